//! conccheck's tests, one binary: each file makes one claim about the product.

mod agree;
mod asyncio;
mod backends;
mod check;
mod cli;
mod composites;
mod drawn;
mod gil;
mod parity;
mod policy;
mod pool;
mod processes;
mod programs;
mod promises;
mod run;
mod workload_file;
