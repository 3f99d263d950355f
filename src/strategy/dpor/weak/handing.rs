//! What becomes of a scheduling point's sequences when the search goes on from there with an event: those that the event
//! could be part of, or be put before, are to be explored after it too.

use super::sequence::{Act, Item, Sequence, told};
use crate::engine::{Source, StoreId, World};

/// What of the sequence is to be explored after the event, which is about to be executed at the present scheduling point:
/// nothing, if they do not go together.
pub(super) fn handed_down(world: &World, act: &Act, past: u64, sequence: &Sequence) -> Vec<Sequence> {
    match sequence.acts().position(|item| item.task() == act.task()) {
        Some(at) => {
            let own = sequence.items[at].act;
            let is_initial = sequence.is_initial(at);
            let mut rest = sequence.items.clone();
            rest.remove(at);
            if !is_initial || rest.is_empty() {
                return Vec::new();
            }
            match (act.source, own.source) {
                (Some(Source::Choice(one)), Some(Source::Choice(other))) => {
                    match super::is_same_choice(one, other) {
                        true => vec![sequence.with(rest)],
                        false => Vec::new(),
                    }
                }
                (Some(Source::Store(_)), Some(Source::Store(_))) if act.is_store() && own.is_store() => {
                    let order = Order::of(world, act, sequence);
                    match order.has_it_at_its_place(act) {
                        true => vec![sequence.with(order.place(rest, act))],
                        false => Vec::new(),
                    }
                }
                (one, other) if one == other => vec![sequence.with(match act.writes() {
                    true => Order::of(world, act, sequence).place(rest, act),
                    false => rest,
                })],
                _ => Vec::new(),
            }
        }
        None if sequence.items.iter().any(|item| sequence.may_depend(act, past, item)) => Vec::new(),
        None if act.writes() && sequence.acts().any(|own| own.is_store() && own.object() == act.object()) => {
            let placed = Order::of(world, act, sequence).with_it_at_all_places(act);
            placed.into_iter().map(|order| sequence.with(order.place(sequence.items.clone(), act))).collect()
        }
        None => vec![sequence.clone()],
    }
}

/// An object's modification order as it is here and as a sequence makes it.
struct Order {
    stores: Vec<Placed>,
}

#[derive(Clone, Copy)]
struct Placed {
    id: StoreId,
    /// What it has read, if it is a read-modify-write.
    reads: Option<StoreId>,
    is_here: bool,
}

impl Order {
    fn of(world: &World, act: &Act, sequence: &Sequence) -> Self {
        let here = world.stores(act.object()).into_iter();
        let mut stores: Vec<Placed> = here.map(|(id, reads)| Placed { id, reads, is_here: true }).collect();
        let writes = sequence.acts().filter(|own| own.writes() && own.object() == act.object());
        for own in writes {
            let reads = own.store().filter(|_| own.reads());
            let before = stores.iter().position(|store| Some(store.id) == own.store());
            let at = before.map_or(stores.len(), |before| before + 1);
            stores.insert(at, Placed { id: own.id(), reads, is_here: false });
        }
        Order { stores }
    }

    /// Whether the event, which the sequence has too, is where the sequence has it, among the stores that are here.
    fn has_it_at_its_place(&self, act: &Act) -> bool {
        let earlier = self.stores.iter().take_while(|store| store.id != act.id());
        earlier.filter(|store| store.is_here).last().map(|store| store.id) == act.store()
    }

    /// The event, which the sequence has not, is right behind its place among the stores that are here, and before or
    /// behind the sequence's.
    fn with_it_at_all_places(&self, act: &Act) -> Vec<Order> {
        let Some(before) = self.stores.iter().position(|store| Some(store.id) == act.store()) else {
            return Vec::new();
        };
        let reads = act.store().filter(|_| act.reads());
        let until = self.stores[before + 1..].iter().position(|store| store.is_here);
        let until = until.map_or(self.stores.len(), |until| before + 1 + until);
        let last = if reads.is_some() { before + 1 } else { until };
        let splits =
            |at: usize| self.stores.get(at).is_some_and(|next| next.reads == Some(self.stores[at - 1].id));
        (before + 1..=last)
            .filter(|&at| !splits(at))
            .map(|at| {
                let mut stores = self.stores.clone();
                stores.insert(at, Placed { id: act.id(), reads, is_here: true });
                Order { stores }
            })
            .collect()
    }

    /// Gives the stores of a sequence that comes after the event their places in this order.
    fn place(&self, mut items: Vec<Item>, act: &Act) -> Vec<Item> {
        let mut is_there: Vec<bool> =
            self.stores.iter().map(|store| store.is_here || store.id == act.id()).collect();
        for item in &mut items {
            let own = item.act;
            if told(own.object()).is_some() || own.object() != act.object() || !own.writes() {
                continue;
            }
            let Some(at) = self.stores.iter().position(|store| store.id == own.id()) else { continue };
            if own.is_store()
                && let Some(before) = (0..at).rev().find(|&before| is_there[before])
            {
                item.act.source = Some(Source::Store(self.stores[before].id));
            }
            is_there[at] = true;
        }
        items
    }
}
