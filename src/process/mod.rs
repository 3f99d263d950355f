//! Worker processes: memory of their own, and a pipe to the one that started them.
//!
//! For real a worker is a child process. Under a checker, which cannot look into another process, it
//! is a task that shares nothing with its parent but the pipe, so that the code which talks to workers
//! is the same. This module knows how workers start, end and are killed, and moves frames of bytes;
//! what the frames mean is left to the two that talk.

mod child;
mod parent;
mod pipe;
mod task;

pub use parent::end_with_parent;
pub use pipe::{FRAME_BYTES_MAX, Pipe, PipeError};

use crate::backend::{self, Backend};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// How a worker is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Launch {
    /// As a child process. Under a checker as [`Launch::Task`].
    Command {
        /// The program, which serves on [`Pipe::stdio`] when it is started so.
        program: PathBuf,
        /// Its arguments.
        arguments: Vec<String>,
    },
    /// As a task of this process, also in a real run: for small programs that have no executable to
    /// start. It shares nothing with its parent but the pipe, and cannot be stopped in the middle: when
    /// it is killed its pipe closes at once, and what it was doing ends unseen.
    Task,
}

impl Launch {
    /// The command `program arguments…`.
    pub fn command<A: Into<String>>(
        program: impl Into<PathBuf>,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Launch::Command { program: program.into(), arguments }
    }
}

/// A worker, as the one that started it sees it. Dropped, it is ended and waited for.
///
/// ```
/// use conccheck::process::{Ended, Launch, Pipe, Process};
///
/// fn echo(mut pipe: Pipe) {
///     while let Ok(frame) = pipe.receive() {
///         pipe.send(&frame).expect("a parent that waits for the answer");
///     }
/// }
///
/// let mut worker = Process::start(&Launch::Task, echo)?;
/// worker.send(b"hello")?;
/// assert_eq!(worker.receive()?, b"hello");
/// assert_eq!(worker.wait(), Ended::Exited(0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Process {
    pipe: Pipe,
    body: Body,
}

enum Body {
    Child(child::Child),
    Task(task::Task),
}

/// Kills one worker, from any thread.
#[derive(Clone)]
pub struct Killer(KillerOf);

#[derive(Clone)]
enum KillerOf {
    Child(child::Killer),
    Task(task::Killer),
}

/// How a worker ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ended {
    /// By itself, with this code. A task that panicked has 101, as a program has.
    Exited(i32),
    /// By this signal. A task that was killed has 9.
    Signalled(i32),
}

/// Why a worker did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such program, or it cannot be run, or the system has no room for another.
    #[error("failed to start `{program}`: {source}")]
    Spawn {
        /// What was to be run.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The program ended without having greeted.
    #[error("`{program}` {ended} before it served: it is not a program that serves as a worker")]
    Ended {
        /// What was run.
        program: String,
        /// Its end.
        ended: Ended,
    },
    /// The program wrote something that is not the greeting: it is another program, or one that was
    /// built with another version of conccheck.
    #[error("`{program}` does not serve as a worker: where a worker says {expected:?}, {said}")]
    Foreign {
        /// What was run.
        program: String,
        /// The greeting that this version understands.
        expected: String,
        /// What came instead.
        said: String,
    },
    /// The program neither greeted nor ended.
    #[error("`{program}` said nothing for {waited:?} and was killed: it does not serve as a worker")]
    Silent {
        /// What was run.
        program: String,
        /// How long it was waited for.
        waited: Duration,
    },
}

impl Process {
    /// Starts a worker and waits until it serves. A task runs `serve`; a child process has to serve
    /// itself, on [`Pipe::stdio`]. `serve` is `Copy`, and so can own nothing that it might share.
    ///
    /// # Errors
    /// See [`StartError`]. A child that was started is reaped.
    pub fn start(
        launch: &Launch,
        serve: impl FnOnce(Pipe) + Copy + Send + 'static,
    ) -> Result<Process, StartError> {
        match launch {
            Launch::Command { program, arguments } if backend::current() == Backend::Real => {
                let (child, pipe) = child::start(program, arguments)?;
                Ok(Process { pipe, body: Body::Child(child) })
            }
            _ => {
                let (task, pipe) = task::start(serve);
                Ok(Process { pipe, body: Body::Task(task) })
            }
        }
    }

    /// Sends a frame to the worker.
    ///
    /// # Errors
    /// When the worker has ended or does not listen, or the frame is longer than [`FRAME_BYTES_MAX`].
    pub fn send(&mut self, frame: &[u8]) -> Result<(), PipeError> {
        self.pipe.send(frame)
    }

    /// Waits for a frame of the worker. What it sent before it ended still comes.
    ///
    /// # Errors
    /// When the worker has ended, or wrote something that is not a frame.
    pub fn receive(&mut self) -> Result<Vec<u8>, PipeError> {
        self.pipe.receive()
    }

    /// A handle that kills this worker while another thread waits for its frames.
    pub fn killer(&self) -> Killer {
        Killer(match &self.body {
            Body::Child(child) => KillerOf::Child(child.killer()),
            Body::Task(task) => KillerOf::Task(task.killer()),
        })
    }

    /// Closes the pipe, upon which a worker that serves ends, and waits for that. A child process that
    /// does not is killed after two seconds.
    pub fn wait(&mut self) -> Ended {
        let closed_by = self.pipe.close();
        match &mut self.body {
            Body::Child(child) => child.wait(),
            Body::Task(task) => task.wait(closed_by),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.wait();
    }
}

impl Killer {
    /// Kills the worker at once, whatever it is doing. One that has ended stays as it is.
    pub fn kill(&self) {
        match &self.0 {
            KillerOf::Child(child) => child.kill(),
            KillerOf::Task(task) => task.kill(),
        }
    }

    /// The operating system's number of the process; a task has none.
    pub fn process_id(&self) -> Option<u32> {
        match &self.0 {
            KillerOf::Child(child) => Some(child.process_id()),
            KillerOf::Task(_) => None,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ended::Exited(code) => write!(f, "exited with code {code}"),
            Ended::Signalled(signal) => write!(f, "was killed by signal {signal}"),
        }
    }
}
