//! Stdout, for results.

use anstream::{AutoStream, ColorChoice};
use std::io::{self, ErrorKind, Write};
use terminal_size::terminal_size_of;

/// Results that could not be written; the program ends with [`Exit::NotWritten`](super::Exit::NotWritten).
#[derive(Debug, thiserror::Error)]
#[error("failed to write {place}")]
pub(super) struct NotWritten {
    /// Where to.
    pub(super) place: String,
    /// Why not.
    pub(super) source: io::Error,
}

/// Narrower texts are not readable.
const WIDTH_MIN: usize = 60;
/// Wider ones neither.
const WIDTH_MAX: usize = 160;
/// Where nothing says how wide it is.
const WIDTH: usize = 100;

/// How many columns a text may take: as the environment says, or the terminal.
pub(super) fn width() -> usize {
    let environment = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    environment.or_else(terminal).unwrap_or(WIDTH).clamp(WIDTH_MIN, WIDTH_MAX)
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
