//! A worker that is a child process. Real runs only, so the clock may decide here: a child that
//! neither speaks nor ends is killed, for nobody can tell it from one that never will.

use super::pipe::{GREETING_OF_PARENT, GREETING_OF_WORKER, Misgreeting, Pipe};
use super::{Ended, StartError};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How long a child may take until it greets.
const GREETING_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a child may take to end after its standard input is closed.
const ENDING_TIME_MAX: Duration = Duration::from_secs(2);

/// A child process that greeted as a worker does.
pub(super) struct Child {
    killer: Killer,
    ended: Option<Ended>,
}

#[derive(Clone)]
pub(super) struct Killer(Arc<Mutex<std::process::Child>>);

/// Starts `program` and waits for its greeting.
pub(super) fn start(program: &Path, arguments: &[String]) -> Result<(Child, Pipe), StartError> {
    let shown = program.display().to_string();
    let mut child = command(program, arguments)
        .spawn()
        .map_err(|source| StartError::Spawn { program: shown.clone(), source })?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let mut pipe = Pipe::streams(stdout.expect("stdout is piped"), stdin.expect("stdin is piped"));
    let mut child = Child { killer: Killer(Arc::new(Mutex::new(child))), ended: None };

    // A child that has ended already cannot be greeted; that it has is said below.
    let _ = pipe.send(GREETING_OF_PARENT.as_bytes());
    let silent = AtomicBool::new(false);
    let greeting =
        child.killing_after(GREETING_TIME_MAX, &silent, || pipe.expect_greeting(GREETING_OF_WORKER));
    let Err(misgreeting) = greeting else { return Ok((child, pipe)) };
    drop(pipe);
    let ended = child.wait();
    Err(match misgreeting {
        _ if silent.into_inner() => StartError::Silent { program: shown, waited: GREETING_TIME_MAX },
        Misgreeting::Ended => StartError::Ended { program: shown, ended },
        Misgreeting::Said(said) => {
            StartError::Foreign { program: shown, expected: GREETING_OF_WORKER.to_string(), said }
        }
    })
}

fn command(program: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
    // A terminal's Ctrl-C goes to the group in the foreground. The parent decides what becomes of its
    // workers; they end when it does, for their standard input closes.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
}

impl Child {
    pub(super) fn killer(&self) -> Killer {
        self.killer.clone()
    }

    /// Waits for the end, once the pipe is closed. Asks again and again, in growing intervals, so that
    /// it never holds the lock which a killer needs.
    pub(super) fn wait(&mut self) -> Ended {
        if let Some(ended) = self.ended {
            return ended;
        }
        let give_up = Instant::now() + ENDING_TIME_MAX;
        let mut pause = Duration::from_micros(50);
        let ended = loop {
            match self.killer.with(std::process::Child::try_wait) {
                Ok(Some(status)) => break Ended::from(status),
                Ok(None) => {}
                // The child is not ours to wait for: the program reaps its children some other way.
                Err(_) => break Ended::Exited(-1),
            }
            if Instant::now() >= give_up {
                self.killer.kill();
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        };
        *self.ended.insert(ended)
    }

    /// Runs `body`, and kills the child when that takes longer than `time_max`; says so in `killed`.
    fn killing_after<T>(&self, time_max: Duration, killed: &AtomicBool, body: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            let (finished, waiting) = mpsc::channel::<()>();
            scope.spawn(move || {
                if waiting.recv_timeout(time_max) == Err(mpsc::RecvTimeoutError::Timeout) {
                    killed.store(true, Ordering::SeqCst);
                    self.killer.kill();
                }
            });
            let result = body();
            drop(finished);
            result
        })
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.wait();
    }
}

impl Killer {
    /// Kills the child and what it has started, unless it has ended.
    pub(super) fn kill(&self) {
        self.with(|child| {
            // The number of a child that was waited for may be another's by now.
            if let Ok(None) = child.try_wait() {
                kill_group(child);
            }
        });
    }

    pub(super) fn process_id(&self) -> u32 {
        self.with(|child| child.id())
    }

    fn with<T>(&self, act: impl FnOnce(&mut std::process::Child) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Kills the process group that [`command`] made for the child.
#[cfg(unix)]
fn kill_group(child: &mut std::process::Child) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    // The only failure is that all of it has ended already.
    let _ = killpg(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL);
}

#[cfg(not(unix))]
fn kill_group(child: &mut std::process::Child) {
    // The only failure is that it has ended already.
    let _ = child.kill();
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Ended::Signalled(signal);
        }
        Ended::Exited(status.code().unwrap_or(-1))
    }
}
