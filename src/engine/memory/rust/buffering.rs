//! Load buffering, which is not explored, but noticed.

use super::{Access, Graph, Point, Store};

/// In executions of so many accesses it is noticed.
const ACCESSES_MAX: usize = 100;

impl Graph {
    /// Whether the access at the first position could have read what the one at the second has stored, had loads been allowed
    /// to read what comes about because of them: nothing that the program declares orders the two, and the store need not
    /// be newer than what the load's task goes on to store.
    pub(in crate::engine) fn could_buffer(&self, load: usize, store: usize) -> bool {
        // To look takes longer the longer an execution is.
        if self.accesses.len() > ACCESSES_MAX {
            return false;
        }
        let (Some(load), Some(store)) = (self.access_at(load), self.access_at(store)) else { return false };
        let is_before = |one: &Point, other: &Point| match one.task == other.task {
            true => one.index < other.index,
            false => self.clocks.count(other.clock, one.task) >= one.time,
        };
        if is_before(&load.point, &store.point) {
            return false;
        }
        let stores = &self.places[load.object.index()].stores;
        let is_written_after_load = |store: &Store| {
            store.access.is_some_and(|access| {
                let point = &self.accesses[access].point;
                point.index == load.point.index || is_before(&load.point, point)
            })
        };
        // In modification order, since read-modify-writes go right behind what they read.
        let is_behind_load = |number: u32| {
            let of_number = |number: u32| stores.iter().find(|store| store.number == number);
            std::iter::successors(of_number(number), |&store| of_number(store.reads?))
                .any(is_written_after_load)
        };
        let own = self.accesses.iter().filter(|access| access.object == load.object);
        let mut seen = own.filter(|access| is_before(&access.point, &store.point));
        !seen.any(|access| {
            access.read.is_some_and(is_behind_load) || access.written.is_some_and(is_behind_load)
        })
    }

    fn access_at(&self, position: usize) -> Option<&Access> {
        let at = self.accesses.partition_point(|access| access.position < position);
        self.accesses.get(at).filter(|access| access.position == position)
    }
}
