//! Stdout, for results.

use anstream::{AutoStream, ColorChoice};
use anyhow::Context;
use std::io::{self, ErrorKind, Write};

/// Prints `text`, without its styles where they are not wanted. A reader that has gone away, such as
/// `head`, is no error.
pub(super) fn print(text: &str, color: ColorChoice) -> anyhow::Result<()> {
    let mut stdout = AutoStream::new(io::stdout().lock(), choice(color));
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result.context("failed to write to stdout"),
    }
}

fn choice(color: ColorChoice) -> ColorChoice {
    if color == ColorChoice::Auto { AutoStream::choice(&io::stdout()) } else { color }
}
