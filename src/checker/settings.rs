//! Which settings of a [`Checker`] make sense together.

use super::Checker;
use crate::backend::{self, Backend};
use crate::schedule::Memory;
use crate::strategy::{self, Strategy};
use std::time::Duration;

/// OS threads that explore one program.
pub(crate) const WORKERS_MAX: usize = 256;

impl Checker {
    /// Whether the settings make sense together.
    ///
    /// # Errors
    /// Says which do not, and what would.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let compiled_in = match self.backend {
            Backend::Real | Backend::Native => true,
            Backend::Shuttle => cfg!(feature = "shuttle"),
            Backend::Loom => cfg!(feature = "loom"),
        };
        if !compiled_in {
            return Err(SettingsError::NotCompiledIn(self.backend));
        }
        if backend::current() != Backend::Real {
            return Err(SettingsError::Nested);
        }
        match self.strategy {
            Some(strategy) if !strategy.is_of(self.backend) => {
                return Err(SettingsError::Strategy(self.backend, strategy.name()));
            }
            Some(Strategy::Pct { depth: 0, .. }) => return Err(SettingsError::Zero("the depth of pct")),
            _ => {}
        }
        if self.preemptions_max.is_some() {
            if !matches!(self.backend, Backend::Native | Backend::Loom) {
                return Err(SettingsError::Preemptions(self.backend));
            }
            if self.strategy == Some(Strategy::Dpor) {
                return Err(SettingsError::BoundedDpor);
            }
        }
        if self.finds_leaks && self.backend != Backend::Native {
            return Err(SettingsError::Leaks(self.backend));
        }
        if self.memory == Some(Memory::Rust) && self.backend != Backend::Native {
            return Err(SettingsError::Memory(self.backend));
        }
        match self.workers {
            None => {}
            Some(_) if self.backend != Backend::Native => return Err(SettingsError::Workers(self.backend)),
            Some(0) => return Err(SettingsError::Zero("the number of workers")),
            Some(workers) if workers > WORKERS_MAX => return Err(SettingsError::TooManyWorkers(workers)),
            Some(_) => {}
        }
        if self.executions_max == Some(0) {
            return Err(SettingsError::Zero("the number of executions"));
        }
        if self.steps_max == 0 {
            return Err(SettingsError::Zero("the number of steps"));
        }
        if self.time_max == Some(Duration::ZERO) {
            return Err(SettingsError::Zero("the time"));
        }
        Ok(())
    }
}

/// "shuttle has random, pct and dfs": what a backend lets one choose.
fn strategy_names(backend: Backend) -> String {
    match strategy::names(|row| row.backends.contains(&backend)) {
        Some(names) => format!("it has {names}"),
        None => "it makes its own choices".to_string(),
    }
}

/// Settings of a [`Checker`] that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The backend's cargo feature is off.
    #[error("the {0} backend is not compiled in; enable the cargo feature `{0}`")]
    NotCompiledIn(Backend),
    /// The backend does not have the strategy.
    #[error("the {0} backend has no strategy {1}; {names}", names = strategy_names(*.0))]
    Strategy(Backend, &'static str),
    /// The backend does not count preemptions.
    #[error("the {0} backend cannot bound preemptions; native and loom can")]
    Preemptions(Backend),
    /// What dpor leaves out it knows from executions that such a bound would leave out.
    #[error("dpor cannot bound preemptions: it would miss executions within the bound; dfs can")]
    BoundedDpor,
    /// The backend does not tell what is left.
    #[error("the {0} backend cannot find leaks; native can")]
    Leaks(Backend),
    /// The backend has its own memory model.
    #[error("the {0} backend has a memory model of its own; native lets one choose")]
    Memory(Backend),
    /// The backend explores on one thread.
    #[error("the {0} backend explores on one thread; native takes several workers")]
    Workers(Backend),
    /// More than any machine is good for.
    #[error("{0} workers are too many; there can be {WORKERS_MAX}")]
    TooManyWorkers(usize),
    /// A limit that lets nothing happen.
    #[error("{0} must be at least one")]
    Zero(&'static str),
    /// A program under check checks another.
    #[error("a check cannot run inside a checked program")]
    Nested,
}
