//! Parses nothing and decides nothing: `cli::run` turns arguments into an exit code.
fn main() {
    // Before anything else: a worker process has nothing to parse, and starts the faster for it.
    conccheck::models::processes::serve_if_worker(conccheck::models::processes::FUNCTIONS);
}
