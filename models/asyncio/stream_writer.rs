//! Writing to a connection. Port of CPython's `asyncio.StreamWriter`.

use super::sleep::sleep;
use super::stream::{Connection, Transport};
use std::rc::Rc;
use std::time::Duration;

/// The writing side of an end of a connection. Dropping it closes the end.
pub struct StreamWriter(Rc<Connection>);

/// The connection is closed: what is written arrives nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connection lost")]
pub struct ConnectionResetError;

impl StreamWriter {
    pub(super) fn new(connection: Rc<Connection>) -> Self {
        StreamWriter(connection)
    }

    fn transport(&self) -> &Rc<Transport> {
        &self.0.end
    }

    /// Sends `data`, without waiting: who writes much should [`drain`](StreamWriter::drain). Nothing is sent after the
    /// [end](StreamWriter::write_eof).
    pub fn write(&self, data: &[u8]) {
        self.transport().write(data);
    }

    /// Sends each of `lines`, one after another.
    pub fn writelines<L: AsRef<[u8]>>(&self, lines: impl IntoIterator<Item = L>) {
        let data: Vec<u8> = lines.into_iter().flat_map(|line| line.as_ref().to_vec()).collect();
        self.write(&data);
    }

    /// Waits, if too much was written that the other end has not taken, until it has.
    ///
    /// # Errors
    /// If the connection is closed.
    pub async fn drain(&self) -> Result<(), ConnectionResetError> {
        if self.is_closing() {
            // So that who writes in a loop learns of it.
            sleep(Duration::ZERO).await;
        }
        if self.transport().is_lost.get() {
            return Err(ConnectionResetError);
        }
        if self.transport().is_writing_paused.get() {
            self.transport().drains.join().woken().await;
        }
        Ok(())
    }

    /// No more is written at this end, which can be read from still.
    pub fn write_eof(&self) {
        self.transport().write_eof();
    }

    /// Closes this end, once what was written has arrived.
    pub fn close(&self) {
        self.transport().close();
    }

    /// Whether it is closed, or is about to be.
    pub fn is_closing(&self) -> bool {
        self.transport().is_closing.get()
    }

    /// Waits until it is closed.
    pub async fn wait_closed(&self) {
        self.transport().closed.wait().await;
    }
}

impl Drop for StreamWriter {
    fn drop(&mut self) {
        self.close();
    }
}
