//! What readers of a witness are told of bytes that come and go. Knows no stream.

use crate::backend::Told;
use crate::tokio::sync::announced::poll_unconstrained;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::task::{Context, Poll};
use tokio::io::ReadBuf;

/// Does a read of tokio's at one go: how many bytes came of it.
pub(in crate::tokio) fn read_at_one_go(
    context: &mut Context<'_>,
    buffer: &mut ReadBuf<'_>,
    mut poll: impl FnMut(&mut Context<'_>, &mut ReadBuf<'_>) -> Poll<io::Result<()>>,
) -> Poll<io::Result<usize>> {
    let before = buffer.filled().len();
    let polled = poll_unconstrained(pin!(poll_fn(|context| poll(context, buffer))), context);
    polled.map_ok(|()| buffer.filled().len() - before)
}

/// Of a read into a buffer that had room, or had none.
pub(in crate::tokio) fn told_of_read(had_room: bool) -> impl FnOnce(&io::Result<usize>) -> Told {
    move |read| match read {
        Ok(0) if had_room => Told { is_change: false, text: "the end".to_string() },
        read => told_of_write(read),
    }
}

/// Of a write.
pub(in crate::tokio) fn told_of_write(written: &io::Result<usize>) -> Told {
    match written {
        Ok(count) => {
            let plural = if *count == 1 { "" } else { "s" };
            Told { is_change: *count > 0, text: format!("{count} byte{plural}") }
        }
        Err(error) => Told { is_change: false, text: error.kind().to_string() },
    }
}
