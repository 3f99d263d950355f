//! conccheck's tests, one binary: each file makes one claim about the product.

/// Says how much was explored, also when the test passes: the harness keeps `println!` to itself.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod agree;
mod arcs;
mod async_diagnoses;
mod asyncio;
mod asyncio_orders;
mod backends;
mod cancellation;
mod channels;
mod check;
mod checkers;
mod child;
mod cli;
mod composites;
mod default_search;
mod diagnoses;
mod drawn;
mod first_bug;
mod gil;
mod incomplete;
mod judge;
mod layers;
mod leaks;
mod lints;
mod loom_verdicts;
mod loops;
mod memory;
mod native;
mod objects;
mod orderings;
mod outcome_sets;
mod outside;
mod pairs;
mod parity;
mod policy;
mod pool;
mod processes;
mod programs;
mod promises;
mod publications;
mod relations;
mod remedies;
mod replay;
mod results;
mod run;
mod rw_lock;
mod sizes;
mod specifications;
mod statics;
mod strategies;
mod tasks;
mod thread_locals;
mod threads;
mod time;
mod tokio_clock;
mod tokio_io;
mod tokio_loops;
mod tokio_net;
mod tokio_parity;
mod tokio_reports;
mod tokio_runtime;
mod tokio_select;
mod tokio_sync;
mod tokio_time;
mod tokio_wakers;
mod trace_counts;
mod watchdog;
mod workers;
mod workload_file;
