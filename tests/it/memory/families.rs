//! Families of programs that grow with a number: how many execution graphs each has at which size, under sequential
//! consistency and under RC11, which is Rust's memory model. Most are of GenMC's own tests (MPI-SWS/genmc, 0.11.0), with
//! the counts that those expect; those from `fib` on are others. Brute force counts the same where it is quick enough.
//!
//! What GenMC says of programs with `assume` is not here, since nothing in Rust drops an execution; nor are programs
//! whose loops it counts as awaits, which would be other counts.

use super::family::{Family, World};
use conccheck::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// The one of a name, which is the word before the colon.
pub fn family(name: &str) -> Family {
    let is_it = |family: &&Family| family.name.split(':').next() == Some(name);
    *FAMILIES.iter().find(is_it).expect("there is one")
}

/// What takes minutes in a debug build: a family, a size, and the counts as above.
pub const LARGE: &[(&str, u32, u64, u64)] = &[
    ("CoA", 5, 49_776, 57_600),
    ("ainc", 7, 5_040, 5_040),
    ("cinc", 4, 13_824, 13_824),
    ("casrot", 9, 8_597, 8_597),
    ("casw", 5, 32_880, 32_880),
    ("wcas", 9, 2_305, 2_305),
    ("readers", 13, 8_192, 8_192),
    ("lastzero", 15, 147_456, 147_456),
    ("lockinc", 7, 5_040, 5_040),
    ("fib_bench", 5, 218_243, 525_630),
];

/// All of them.
pub const FAMILIES: &[Family] = &[
    Family {
        name: "wrw: one stores, others load and store",
        tasks: |n| n + 1,
        task: |_, number, World { x, .. }| {
            if number == 0 {
                x.store(1, Release);
            } else {
                x.load(Relaxed);
                x.store(number, Release);
            }
        },
        counts: &[(2, 22, 22), (3, 300, 300), (4, 6_576, 6_576)],
    },
    Family {
        name: "CoA: two look whether others have come, who come twice each",
        tasks: |n| n + 1,
        task: |_, number, World { x, y, z, .. }| {
            if number < 2 {
                x.store(number + 1, Release);
                [y, z][number as usize].load(Acquire);
                x.load(Acquire);
            } else {
                y.store(number, Release);
                z.store(number, Release);
            }
        },
        counts: &[(1, 4, 4), (2, 15, 16), (3, 130, 144), (4, 2_028, 2_304)],
    },
    Family {
        name: "N-writers: one loads what the others store",
        tasks: |n| n + 1,
        task: |_, number, World { x, .. }| {
            if number == 0 {
                x.load(Acquire);
            } else {
                x.store(number, Release);
            }
        },
        counts: &[(5, 720, 720)],
    },
    Family {
        name: "ainc: all add",
        tasks: |n| n,
        task: |_, _, World { x, .. }| {
            x.fetch_add(1, Relaxed);
        },
        counts: &[(2, 2, 2), (3, 6, 6), (4, 24, 24), (5, 120, 120), (6, 720, 720)],
    },
    Family {
        name: "binc: all add in two places",
        tasks: |n| n,
        task: |_, _, World { x, y, .. }| {
            let _ = [x, y].map(|place| place.fetch_add(1, Relaxed));
        },
        counts: &[(2, 4, 4), (3, 36, 36), (4, 576, 576)],
    },
    Family {
        name: "cinc: all add in three places",
        tasks: |n| n,
        task: |_, _, World { x, y, z, .. }| {
            let _ = [x, y, z].map(|place| place.fetch_add(1, Relaxed));
        },
        counts: &[(2, 8, 8), (3, 216, 216)],
    },
    Family {
        name: "cas: one of all exchanges",
        tasks: |n| n,
        task: |_, number, World { x, .. }| {
            let _ = x.compare_exchange(0, number + 1, Relaxed, Relaxed);
        },
        counts: &[(2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)],
    },
    Family {
        name: "casrot: each exchanges what the one before has stored",
        tasks: |n| n,
        task: |_, number, World { x, .. }| {
            let _ = x.compare_exchange(number, number + 1, Relaxed, Relaxed);
        },
        counts: &[
            (2, 2, 2),
            (3, 5, 5),
            (4, 14, 14),
            (5, 43, 43),
            (6, 144, 144),
            (7, 523, 523),
            (8, 2_048, 2_048),
        ],
    },
    Family {
        name: "casw: all try to exchange, and store then",
        tasks: |n| n,
        task: |_, number, World { x, .. }| {
            let _ = x.compare_exchange(0, 1, Relaxed, Relaxed);
            x.store(number + 3, Release);
        },
        counts: &[(2, 6, 6), (3, 66, 66), (4, 1_200, 1_200)],
    },
    Family {
        name: "wcas: one stores what others exchange",
        tasks: |n| n + 1,
        task: |_, number, World { x, .. }| {
            if number == 0 {
                x.store(2, Release);
            } else {
                let _ = x.compare_exchange(2, 3, Relaxed, Relaxed);
            }
        },
        counts: &[
            (2, 5, 5),
            (3, 13, 13),
            (4, 33, 33),
            (5, 81, 81),
            (6, 193, 193),
            (7, 449, 449),
            (8, 1_025, 1_025),
        ],
    },
    Family {
        name: "inc: all add, in two steps",
        tasks: |n| n,
        task: |_, number, World { x, .. }| x.store(x.load(Relaxed) + (1 << number), Release),
        counts: &[(2, 4, 4), (3, 36, 36), (4, 576, 576)],
    },
    Family {
        name: "rw: all load, and store",
        tasks: |n| n,
        task: |_, number, World { x, .. }| {
            x.load(Relaxed);
            x.store(number, Release);
        },
        counts: &[(2, 4, 4), (3, 36, 36), (4, 576, 576)],
    },
    Family {
        name: "wainc: one stores, the others add",
        tasks: |n| n + 1,
        task: |_, number, World { x, .. }| {
            if number == 0 {
                x.store(42, Release);
            } else {
                x.fetch_add(1, Relaxed);
            }
        },
        counts: &[(2, 6, 6), (3, 24, 24), (4, 120, 120)],
    },
    Family {
        name: "readers: one stores, the others load",
        tasks: |n| n + 1,
        task: |_, number, World { x, .. }| {
            if number == 0 {
                x.store(1, Release);
            } else {
                x.load(Acquire);
            }
        },
        counts: &[(2, 4, 4), (8, 256, 256)],
    },
    Family {
        name: "lastzero: one looks for the last zero of a row, and each other adds to the number before",
        tasks: |n| n + 1,
        task: |size, number, World { ring: row, .. }| {
            if number == 0 {
                let _ = (0..=size as usize).rev().find(|&place| row[place].load(Acquire) == 0);
            } else {
                let before = row[number as usize - 1].load(Acquire);
                row[number as usize].store(before + 1, Release);
            }
        },
        counts: &[(5, 64, 64), (10, 3_328, 3_328)],
    },
    Family {
        name: "lockinc: all add, in two steps and with a lock",
        tasks: |n| n,
        task: |_, _, World { x, lock, .. }| {
            let _guard = lock.lock().unwrap();
            x.store(x.load(Relaxed) + 1, Relaxed);
        },
        counts: &[(2, 2, 2), (3, 6, 6), (4, 24, 24), (5, 120, 120)],
    },
    Family {
        name: "publish: one waits for a value, so often and no longer",
        tasks: |_| 2,
        task: |rounds, number, World { x, y: flag, .. }| {
            if number == 0 {
                x.store(42, Release);
                flag.store(1, Release);
            } else if (0..rounds).any(|_| flag.load(Acquire) == 1) {
                assert_eq!(x.load(Acquire), 42);
            }
        },
        // GenMC's has 41 rounds, and 42 executions. So many are too many to follow where none need see the store.
        counts: &[(1, 2, 2), (2, 3, 3), (3, 4, 4), (4, 5, 5)],
    },
    Family {
        name: "fib_bench: two add each other's number to their own, so often, and one looks at both",
        tasks: |_| 3,
        task: |rounds, number, World { x, y, .. }| {
            if number == 2 {
                let _ = [x, y].map(|place| place.load(Acquire));
                return;
            }
            for _ in 0..rounds {
                let sum = x.load(Acquire) + y.load(Acquire);
                [x, y][number as usize].store(sum, Release);
            }
        },
        counts: &[(1, 11, 11), (2, 140, 153), (3, 1_698, 2_258)],
    },
    Family {
        name: "fib: the same, and nobody looks",
        tasks: |_| 2,
        task: |rounds, number, World { x, y, .. }| {
            for _ in 0..rounds {
                let sum = x.load(Acquire) + y.load(Acquire);
                [x, y][number as usize].store(sum, Release);
            }
        },
        counts: &[(1, 3, 3), (2, 19, 20), (3, 141, 175), (4, 1_107, 1_764)],
    },
    Family {
        name: "ring of store buffers: each stores, and looks whether the next has",
        tasks: |n| n,
        task: |size, number, World { ring, .. }| {
            ring[number as usize].store(1, Relaxed);
            ring[((number + 1) % size) as usize].load(Relaxed);
        },
        counts: &[(2, 3, 4), (3, 7, 8), (4, 15, 16), (8, 255, 256), (10, 1_023, 1_024)],
    },
    Family {
        name: "ring of stores: each stores in its place and in the next",
        tasks: |n| n,
        task: |size, number, World { ring, .. }| {
            ring[number as usize].store(1, Relaxed);
            ring[((number + 1) % size) as usize].store(2, Relaxed);
        },
        counts: &[(2, 3, 4), (3, 7, 8), (8, 255, 256)],
    },
    Family {
        name: "a message, and a flag that nothing orders, which others read",
        tasks: |n| n + 1,
        task: |_, number, World { x, y: flag, .. }| {
            if number == 0 {
                x.store(1, Relaxed);
                flag.store(1, Relaxed);
            } else {
                flag.load(Relaxed);
                x.load(Relaxed);
            }
        },
        counts: &[(1, 3, 4), (2, 9, 16), (3, 27, 64), (5, 243, 1_024)],
    },
    Family {
        name: "a message, and a flag that releases it, which others read",
        tasks: |n| n + 1,
        task: |_, number, World { x, y: flag, .. }| {
            if number == 0 {
                x.store(1, Release);
                flag.store(1, Release);
            } else {
                flag.load(Acquire);
                x.load(Acquire);
            }
        },
        counts: &[(1, 3, 3), (2, 9, 9), (3, 27, 27), (7, 2_187, 2_187)],
    },
    Family {
        name: "two store twice in one place, which one loads twice",
        tasks: |_| 3,
        task: |_, number, World { x, .. }| {
            if number < 2 {
                x.store(2 * number + 1, Relaxed);
                x.store(2 * number + 2, Relaxed);
            } else {
                x.load(Relaxed);
                x.load(Relaxed);
            }
        },
        counts: &[(1, 90, 90)],
    },
    Family {
        name: "two store each in its place, and all three add in another",
        tasks: |_| 3,
        task: |_, number, World { x, y, z, .. }| {
            if number < 2 {
                [x, y][number as usize].store(1, Relaxed);
            }
            z.fetch_add(1, Relaxed);
            if number == 2 {
                let _ = [x, y].map(|place| place.load(Relaxed));
            }
        },
        counts: &[(1, 14, 24)],
    },
];
