//! What begins a model: loom's settings, each conccheck's or refused in words, and the variables of the environment that
//! they begin with. What is explored, and with what, is decided here and nowhere else.

mod environment;

use conccheck::{Backend, Checker, Memory, Progress};
use std::io::{self, Write};
use std::panic::Location;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// loom's, of which not much is left: an execution here has more steps than loom counts branches.
const MAX_BRANCHES: usize = 1_000;
const STEPS_PER_BRANCH: usize = 10;

/// How a model is explored.
///
/// ```
/// let mut builder = loom::model::Builder::new();
/// builder.preemption_bound = Some(2);
/// builder.check(|| assert_eq!(1 + 1, 2));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Builder {
    /// loom's bound on threads. Here there is none.
    pub max_threads: usize,
    /// An execution that goes on for more than ten times as many steps is left there, and a line on stderr says so. If
    /// nobody says anything `LOOM_MAX_BRANCHES`, or 1,000.
    pub max_branches: usize,
    /// Stops after so many executions. If nobody says anything `LOOM_MAX_PERMUTATIONS`, or what
    /// [conccheck](Checker::executions_max) does.
    pub max_permutations: Option<usize>,
    /// Stops after this long. If nobody says anything `LOOM_MAX_DURATION`, in seconds, or never.
    pub max_duration: Option<Duration>,
    /// loom looks only at executions with at most so many preemptions, since all are too many for it. Here none is left out:
    /// one of each kind is all that is run, which is less than all that have few preemptions. If nobody says anything
    /// `LOOM_MAX_PREEMPTIONS`.
    pub preemption_bound: Option<usize>,
    /// Refused where it is set: conccheck keeps no checkpoints. A failure shows how to run its one execution again.
    pub checkpoint_file: Option<PathBuf>,
    /// How often loom writes its checkpoints. Here nothing.
    pub checkpoint_interval: usize,
    /// loom explores nothing before [`explore`](crate::explore()). Here all is explored.
    pub expect_explicit_explore: bool,
    /// loom notes places in the source. Here a report always has them.
    pub location: bool,
    /// Writes to stderr how many executions a model had that does not fail. (One that fails says that, and shows every
    /// step of the execution that does.) If nobody says anything, whether there is `LOOM_LOG`.
    pub log: bool,
}

impl Builder {
    /// What the environment says, and otherwise loom's defaults.
    ///
    /// # Panics
    /// If a variable of the environment makes no sense, or asks for a checkpoint file.
    pub fn new() -> Builder {
        Builder {
            max_threads: crate::MAX_THREADS,
            max_branches: environment::number("LOOM_MAX_BRANCHES").unwrap_or(MAX_BRANCHES),
            max_permutations: environment::number("LOOM_MAX_PERMUTATIONS"),
            max_duration: environment::number("LOOM_MAX_DURATION").map(Duration::from_secs),
            preemption_bound: environment::number("LOOM_MAX_PREEMPTIONS"),
            checkpoint_file: environment::text("LOOM_CHECKPOINT_FILE").map(PathBuf::from),
            checkpoint_interval: environment::number("LOOM_CHECKPOINT_INTERVAL").unwrap_or(20_000),
            expect_explicit_explore: false,
            location: environment::text("LOOM_LOCATION").is_some(),
            log: environment::text("LOOM_LOG").is_some(),
        }
    }

    /// Sets [`Builder::checkpoint_file`].
    pub fn checkpoint_file(&mut self, file: &str) -> &mut Self {
        self.checkpoint_file = Some(file.into());
        self
    }

    /// Explores the model.
    ///
    /// # Panics
    /// With conccheck's report, if the model fails; and if a setting makes no sense here.
    #[track_caller]
    pub fn check<F>(&self, f: F)
    where
        F: Fn() + Sync + Send + 'static,
    {
        let progress = Arc::new(Progress::default());
        self.checker().progress(Arc::clone(&progress)).check(f);
        if self.log {
            let (place, executions) = (Location::caller(), progress.executions());
            let line =
                format!("loom: the model at {}:{} had {executions} executions\n", place.file(), place.line());
            // Not by `eprintln`, which the harness keeps for itself; and where nobody can be told, nobody is.
            let _ = io::stderr().write_all(line.as_bytes());
        }
    }

    /// The memory model is Rust's, whatever is left over is a failure, and some waits may end for no reason, as block_on's
    /// do in loom.
    fn checker(&self) -> Checker {
        if let Some(file) = &self.checkpoint_file {
            panic!(
                "{} is to be loom's checkpoint file (LOOM_CHECKPOINT_FILE, or Builder::checkpoint_file), but conccheck \
                 keeps no checkpoints: set none; a failure shows a command that runs its execution again",
                file.display()
            );
        }
        let mut checker = Checker::new()
            .memory(Memory::Rust)
            .find_leaks()
            .spurious_wakeups_max(1)
            .steps_max(self.max_branches.saturating_mul(STEPS_PER_BRANCH));
        if let Some(executions) = self.max_permutations {
            checker = checker.executions_max(u64::try_from(executions).unwrap_or(u64::MAX));
        }
        if let Some(time) = self.max_duration {
            checker = checker.time_max(time);
        }
        checker
    }
}

impl Default for Builder {
    fn default() -> Self {
        Builder::new()
    }
}

/// Explores all executions of a model, as [`Builder::new`] says.
///
/// # Panics
/// As [`Builder::new`] and [`Builder::check`] do.
#[track_caller]
pub fn model<F>(f: F)
where
    F: Fn() + Sync + Send + 'static,
{
    Builder::new().check(f);
}

/// Refuses what is not of one thread of the system, as all of a model is.
#[track_caller]
pub(crate) fn expect(what: &str) {
    assert!(
        Backend::current() == Backend::Native,
        "{what} outside of a model; do so inside loom::model, or take std's"
    );
}
