//! One end of a pipe that carries frames of bytes both ways: between processes as a length of four
//! bytes and the frame, between tasks as messages of two channels. Both ends of both kinds are the
//! same type, so that neither side knows which it has.

use super::Ended;
use crate::sync::mpsc;
use std::io::{self, BufReader, Read, Write};

/// The longest frame. Text that is taken for a frame by mistake has a greater length, always.
pub const FRAME_BYTES_MAX: usize = 64 << 20;

/// What each side says first between processes, so that another program, or another version, is
/// noticed before anything is done. The parent's and the worker's differ: `cat` is not a worker.
pub(super) const GREETING_OF_PARENT: &str = concat!("conccheck ", env!("CARGO_PKG_VERSION"), " parent");
pub(super) const GREETING_OF_WORKER: &str = concat!("conccheck ", env!("CARGO_PKG_VERSION"), " worker");

/// One end of a pipe between a worker and the one that started it.
pub struct Pipe(Ends);

enum Ends {
    Streams { input: BufReader<Box<dyn Read + Send>>, output: Box<dyn Write + Send> },
    Channels { input: mpsc::Receiver<Message>, output: mpsc::Sender<Message> },
    Closed(Option<Ended>),
}

/// What goes through the channels of a task.
pub(super) enum Message {
    Frame(Vec<u8>),
    /// The worker has ended so: no frame follows that anyone may see.
    End(Ended),
}

/// What came in the place of a greeting.
pub(super) enum Misgreeting {
    Ended,
    Said(String),
}

/// Why no frame can be sent or received.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PipeError {
    /// The other side is gone.
    #[error("the pipe is closed")]
    Closed,
    /// The other side wrote something else, which would be a frame of this many bytes.
    #[error("what came is not a frame: it would be {0} bytes long, at most {FRAME_BYTES_MAX} are allowed")]
    NotAFrame(usize),
    /// The frame to send has this many bytes.
    #[error("a frame of {0} bytes is too long to be sent, at most {FRAME_BYTES_MAX} are allowed")]
    TooLong(usize),
}

impl Pipe {
    /// The worker's end in a child process: standard input and output. Nothing else may read the one or
    /// write to the other as long as it lives; standard error is free for messages.
    ///
    /// # Errors
    /// When the other side does not greet as a parent of this version does: what it said instead.
    pub fn stdio() -> Result<Self, String> {
        let mut pipe = Pipe::streams(io::stdin(), io::stdout());
        // Said in any case: a parent of another version shall see which one this is.
        pipe.send(GREETING_OF_WORKER.as_bytes()).map_err(|error| error.to_string())?;
        match pipe.expect_greeting(GREETING_OF_PARENT) {
            Ok(()) => Ok(pipe),
            Err(Misgreeting::Ended) => Err("nobody is at the other side".to_string()),
            Err(Misgreeting::Said(said)) => Err(said),
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// When the other side is gone, or the frame is longer than [`FRAME_BYTES_MAX`].
    pub fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        if frame.len() > FRAME_BYTES_MAX {
            return Err(PipeError::TooLong(frame.len()));
        }
        match &mut self.0 {
            Ends::Streams { output, .. } => {
                write_frame(output.as_mut(), frame).map_err(|_| PipeError::Closed)
            }
            Ends::Channels { output, .. } => {
                output.send(Message::Frame(frame.to_vec())).map_err(|_| PipeError::Closed)
            }
            Ends::Closed(_) => Err(PipeError::Closed),
        }
    }

    /// Waits for a frame.
    ///
    /// # Errors
    /// When the other side is gone, or wrote something that is not a frame; the pipe is closed then.
    pub fn receive(&mut self) -> Result<Vec<u8>, PipeError> {
        let failed = match &mut self.0 {
            Ends::Streams { input, .. } => match read_frame(input) {
                Ok(frame) => return Ok(frame),
                Err(error) => (error, None),
            },
            Ends::Channels { input, .. } => match input.recv() {
                Ok(Message::Frame(frame)) => return Ok(frame),
                Ok(Message::End(ended)) => (PipeError::Closed, Some(ended)),
                Err(_) => (PipeError::Closed, None),
            },
            Ends::Closed(_) => return Err(PipeError::Closed),
        };
        self.0 = Ends::Closed(failed.1);
        Err(failed.0)
    }

    pub(super) fn streams(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> Self {
        Pipe(Ends::Streams { input: BufReader::new(Box::new(input)), output: Box::new(output) })
    }

    pub(super) fn channels(input: mpsc::Receiver<Message>, output: mpsc::Sender<Message>) -> Self {
        Pipe(Ends::Channels { input, output })
    }

    /// Closes this end; gives how the other side said that it ended, if it did.
    pub(super) fn close(&mut self) -> Option<Ended> {
        let ended = if let Ends::Closed(ended) = self.0 { ended } else { None };
        self.0 = Ends::Closed(ended);
        ended
    }

    /// Receives the other side's greeting.
    pub(super) fn expect_greeting(&mut self, expected: &str) -> Result<(), Misgreeting> {
        match self.receive() {
            Ok(frame) if frame == expected.as_bytes() => Ok(()),
            Ok(frame) => {
                let said: String = String::from_utf8_lossy(&frame).chars().take(80).collect();
                Err(Misgreeting::Said(format!("it said {said:?}")))
            }
            Err(PipeError::Closed) => Err(Misgreeting::Ended),
            Err(error) => Err(Misgreeting::Said(error.to_string())),
        }
    }
}

fn write_frame(output: &mut dyn Write, frame: &[u8]) -> io::Result<()> {
    // One write for both: a short frame is one system call, and the reader wakes once.
    let length = u32::try_from(frame.len()).expect("a frame is shorter than FRAME_BYTES_MAX");
    let mut bytes = Vec::with_capacity(4 + frame.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(frame);
    output.write_all(&bytes)?;
    output.flush()
}

fn read_frame(input: &mut impl Read) -> Result<Vec<u8>, PipeError> {
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(|_| PipeError::Closed)?;
    let length = u32::from_le_bytes(length) as usize;
    if length > FRAME_BYTES_MAX {
        return Err(PipeError::NotAFrame(length));
    }
    // Grows with what comes: a wrong length reserves nothing.
    let mut frame = Vec::new();
    let read = input.take(length as u64).read_to_end(&mut frame);
    match read {
        Ok(bytes) if bytes == length => Ok(frame),
        _ => Err(PipeError::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_out_as_they_went_in() {
        let mut bytes = Vec::new();
        for frame in [&b""[..], b"a", &[7; 100_000]] {
            write_frame(&mut bytes, frame).unwrap();
        }
        let mut input = &bytes[..];
        for frame in [&b""[..], b"a", &[7; 100_000]] {
            assert_eq!(read_frame(&mut input).unwrap(), frame);
        }
        assert_eq!(read_frame(&mut input), Err(PipeError::Closed));
    }

    #[test]
    fn text_is_never_taken_for_a_frame() {
        for text in ["\nrunning 0 tests\n", "hello, world", "\t\t\t\t\t"] {
            assert!(matches!(read_frame(&mut text.as_bytes()), Err(PipeError::NotAFrame(_))), "{text:?}");
        }
    }

    #[test]
    fn a_cut_frame_is_a_closed_pipe() {
        let mut bytes = Vec::new();
        write_frame(&mut bytes, b"whole").unwrap();
        for end in 0..bytes.len() {
            assert_eq!(read_frame(&mut &bytes[..end]), Err(PipeError::Closed));
        }
    }
}
