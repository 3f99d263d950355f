//! Reading from a connection. Port of CPython's `asyncio.StreamReader`.

use super::stream::{Connection, Transport};
use std::rc::Rc;

/// The reading side of an end of a connection. (That only one task reads at a time, which Python tests, is in its `&mut`.)
pub struct StreamReader(Rc<Connection>);

/// The connection ended before all was there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} bytes read on a total of {} expected bytes", partial.len(), expected.map_or("undefined".to_string(), |expected| expected.to_string()))]
pub struct IncompleteReadError {
    /// What was there; it is read now.
    pub partial: Vec<u8>,
    /// How much was asked for, if that was a number.
    pub expected: Option<usize>,
}

/// What was looked for did not come within [`line_max`](super::StreamLimits::line_max) bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the separator did not come within the limit")]
pub struct LimitOverrunError {
    /// In how many bytes, which have not been read, it is not.
    pub consumed: usize,
}

/// Why [`StreamReader::readuntil`] gives nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadUntilError {
    /// The connection has ended.
    #[error(transparent)]
    Incomplete(#[from] IncompleteReadError),
    /// There is too much before the separator.
    #[error(transparent)]
    LimitOverrun(#[from] LimitOverrunError),
}

impl StreamReader {
    pub(super) fn new(connection: Rc<Connection>) -> Self {
        StreamReader(connection)
    }

    fn transport(&self) -> &Rc<Transport> {
        &self.0.end
    }

    /// Whether all has been read, and no more will come.
    pub fn at_eof(&self) -> bool {
        self.transport().is_at_end.get() && self.buffered() == 0
    }

    /// Waits until something is there, and gives at most `count` bytes of it; none at the end.
    pub async fn read(&mut self, count: usize) -> Vec<u8> {
        if count > 0 && self.buffered() == 0 && !self.transport().is_at_end.get() {
            self.wait_for_data().await;
        }
        self.take(count.min(self.buffered()))
    }

    /// Waits for the end, and gives all that came: Python's `read()`.
    pub async fn read_to_end(&mut self) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let block = self.read(self.transport().limits.line_max).await;
            if block.is_empty() {
                return all;
            }
            all.extend(block);
        }
    }

    /// Waits until `count` bytes are there, and gives them.
    ///
    /// # Errors
    /// If the connection ends before.
    pub async fn readexactly(&mut self, count: usize) -> Result<Vec<u8>, IncompleteReadError> {
        while self.buffered() < count {
            if self.transport().is_at_end.get() {
                return Err(IncompleteReadError {
                    partial: self.take(self.buffered()),
                    expected: Some(count),
                });
            }
            self.wait_for_data().await;
        }
        Ok(self.take(count))
    }

    /// Waits for a line, and gives it with its end; at the end of the connection what there is.
    ///
    /// # Errors
    /// If it is longer than the limit; it is dropped then, up to its end if that is there.
    pub async fn readline(&mut self) -> Result<Vec<u8>, LimitOverrunError> {
        match self.readuntil(b"\n").await {
            Ok(line) => Ok(line),
            Err(ReadUntilError::Incomplete(error)) => Ok(error.partial),
            Err(ReadUntilError::LimitOverrun(error)) => {
                let has_end = self.transport().incoming.borrow().get(error.consumed) == Some(&b'\n');
                self.take(if has_end { error.consumed + 1 } else { self.buffered() });
                Err(error)
            }
        }
    }

    /// Waits for `separator`, and gives what is before it, and it.
    ///
    /// # Errors
    /// If the connection ends before, or there is more than the limit before it, which is not read then.
    ///
    /// # Panics
    /// If `separator` is empty.
    pub async fn readuntil(&mut self, separator: &[u8]) -> Result<Vec<u8>, ReadUntilError> {
        assert!(!separator.is_empty(), "what is looked for needs at least one byte");
        let line_max = self.transport().limits.line_max;
        // In so many bytes it does not begin.
        let mut offset = 0;
        let start = loop {
            if self.buffered() - offset >= separator.len() {
                if let Some(start) = self.find(separator, offset) {
                    break start;
                }
                offset = self.buffered() + 1 - separator.len();
                if offset > line_max {
                    return Err(LimitOverrunError { consumed: offset }.into());
                }
            }
            if self.transport().is_at_end.get() {
                return Err(
                    IncompleteReadError { partial: self.take(self.buffered()), expected: None }.into()
                );
            }
            self.wait_for_data().await;
        };
        if start > line_max {
            return Err(LimitOverrunError { consumed: start }.into());
        }
        Ok(self.take(start + separator.len()))
    }

    fn buffered(&self) -> usize {
        self.transport().incoming.borrow().len()
    }

    fn find(&self, separator: &[u8], offset: usize) -> Option<usize> {
        let incoming = self.transport().incoming.borrow();
        incoming[offset..]
            .windows(separator.len())
            .position(|window| window == separator)
            .map(|at| offset + at)
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let data = self.transport().incoming.borrow_mut().drain(..count).collect();
        self.transport().resume_reading_if_little_is_left();
        data
    }

    async fn wait_for_data(&mut self) {
        self.transport().resume_reading();
        self.transport().reader.join().woken().await;
    }
}
