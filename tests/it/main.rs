//! conccheck's tests, one binary: each file makes one claim about the product.

mod asyncio;
mod backends;
mod gil;
mod pool;
mod processes;
mod programs;
