//! Programs by which the papers on partial-order reduction compare searches: what they read decides what
//! they do next, which lock they take, or which cell they write.

pub mod choices;
pub mod fib;
pub mod last_writer;
pub mod servers;
pub mod sigma;

pub(super) mod programs;
