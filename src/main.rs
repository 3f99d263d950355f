//! Parses nothing and decides nothing: `cli::run` turns arguments into an exit code.
fn main() {}
