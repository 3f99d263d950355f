//! Stdout, for results.

use anstream::{AutoStream, ColorChoice};
use std::io::{self, ErrorKind, Write};

/// Results that could not be written; the program ends with [`Exit::NotWritten`](super::Exit::NotWritten).
#[derive(Debug, thiserror::Error)]
#[error("failed to write {place}")]
pub(super) struct NotWritten {
    /// Where to.
    pub(super) place: String,
    /// Why not.
    pub(super) source: io::Error,
}

/// Prints `text`, without its styles where they are not wanted. A reader that has gone away, such as
/// `head`, is no error.
pub(super) fn print(text: &str, color: ColorChoice) -> anyhow::Result<()> {
    let mut stdout = AutoStream::new(io::stdout().lock(), choice(color));
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.map_err(|source| NotWritten { place: "to stdout".to_string(), source }.into()),
    }
}

fn choice(color: ColorChoice) -> ColorChoice {
    if color == ColorChoice::Auto { AutoStream::choice(&io::stdout()) } else { color }
}
