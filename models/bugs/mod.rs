//! Programs with known faults: the small ones of SCTBench (Thomson, Donaldson and Betts, 2016) and of the
//! collections that it was made from, each after a twin in which the fault is mended. Variables that are
//! shared without a lock are atomics here, so that a fault is one of order and not a data race.

pub mod account;
pub mod arithmetic_prog;
pub mod bluetooth_driver;
pub mod carter;
pub mod deadlock;
pub mod lazy;
pub mod phase;
pub mod philosophers_with_counter;
pub mod reorder;
pub mod stack;
pub mod twostage;
pub mod wronglock;

pub(super) mod programs;
