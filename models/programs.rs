//! The one table of all programs that can be checked: the tables of the rooms, one after another. A new
//! program is one new file and one row in its room's table; a new room is one line here.

use super::Program;
use super::{
    asyncio, atomics, bugs, channels, conditions, gil, litmus, locks, pool, processes, reduction, structures,
};
use super::{tasks, threads};

/// Every program that can be checked, each followed by its broken twins.
pub const PROGRAMS: &[Program] = &joined::<{ count(ROOMS) }>(ROOMS);

const ROOMS: &[&[Program]] = &[
    threads::programs::PROGRAMS,
    pool::programs::PROGRAMS,
    processes::programs::PROGRAMS,
    gil::programs::PROGRAMS,
    asyncio::programs::PROGRAMS,
    asyncio::waiting_programs::PROGRAMS,
    tasks::programs::PROGRAMS,
    litmus::programs::PROGRAMS,
    atomics::programs::PROGRAMS,
    locks::programs::PROGRAMS,
    conditions::programs::PROGRAMS,
    channels::programs::PROGRAMS,
    structures::programs::PROGRAMS,
    reduction::programs::PROGRAMS,
    bugs::programs::PROGRAMS,
];

const fn count(rooms: &[&[Program]]) -> usize {
    let (mut count, mut room) = (0, 0);
    while room < rooms.len() {
        count += rooms[room].len();
        room += 1;
    }
    count
}

const fn joined<const COUNT: usize>(rooms: &[&[Program]]) -> [Program; COUNT] {
    let mut programs = [Program::PASSES; COUNT];
    let (mut next, mut room) = (0, 0);
    while room < rooms.len() {
        let mut row = 0;
        while row < rooms[room].len() {
            programs[next] = rooms[room][row];
            (next, row) = (next + 1, row + 1);
        }
        room += 1;
    }
    programs
}
