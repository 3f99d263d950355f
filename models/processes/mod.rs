//! The processes model.

/// The command that starts a worker process.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The program; it has to serve when it is started so.
    pub program: std::path::PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}
