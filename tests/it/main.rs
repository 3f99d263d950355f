//! conccheck's tests, one binary: each file makes one claim about the product.

mod asyncio;
mod backends;
mod cli;
mod gil;
mod native;
mod pool;
mod processes;
mod programs;
mod run;
mod workload_file;
