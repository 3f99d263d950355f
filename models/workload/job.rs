//! What a job is and what doing it means, once for code that blocks and once for code that awaits.
//! Both do the same steps with the same effects; they differ only in how they wait.

use super::{Answer, Cells};
use crate::models::gil::Attached;
use crate::panic;
use crate::{task, thread};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// A list of steps, done in order by one worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Names its result.
    pub name: String,
    /// What it does.
    pub steps: Vec<Step>,
}

/// One thing that a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Computes the sum of the squares of the numbers below this one.
    Cpu(u64),
    /// Waits, as for a network or a disk, without using a core. At time scale 1.
    Io(Duration),
    /// Adds to a cell that all jobs share.
    Shared {
        /// Which cell.
        cell: String,
        /// What is added to it.
        add: i64,
        /// Whether other jobs can come between the reading and the writing.
        sharing: Sharing,
    },
    /// Fails with this message; later steps are not done.
    Fail(String),
}

/// How a shared cell is updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sharing {
    /// Read and written in one step: no update is lost.
    Safe,
    /// Read, a call to something else, written: another job's update between the two is lost.
    Racy,
}

/// What a finished job results in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Done {
    /// The job's name.
    pub job: String,
    /// The sum, modulo [`MODULUS`], of what its `cpu` steps computed.
    pub sum: u64,
}

/// What a job needs from the model that runs it.
#[derive(Clone)]
pub struct Context {
    /// Every wait is multiplied by this.
    pub time_scale: f64,
    /// Where the shared cells are.
    pub cells: Arc<dyn Cells>,
}

/// Sums of squares are taken modulo this prime, so that they fit and cost the same for every term.
pub const MODULUS: u64 = 1_000_000_007;

/// Terms that a `cpu` step adds up between two check points of the GIL. CPython has one at every
/// loop's back edge; a Rust loop is some fifty times faster, so this one has fewer.
const TERMS_PER_CHECK_POINT: u64 = 50;

impl Job {
    /// Does the steps, blocking where they wait, on a thread that is attached to `interpreter`.
    ///
    /// # Panics
    /// With the message of a [`Step::Fail`]: that is how a job fails. The panic hook is not called.
    pub fn perform(&self, context: &Context, interpreter: &Attached<'_>) -> Done {
        let mut sum = 0;
        for step in &self.steps {
            match step {
                Step::Io(wait) => {
                    interpreter.allow_threads(|| thread::sleep(wait.mul_f64(context.time_scale)))
                }
                step => step.apply(&mut sum, context, interpreter),
            }
        }
        self.done(sum)
    }

    /// Does the steps, awaiting where they wait.
    ///
    /// # Panics
    /// As [`Job::perform`] does.
    pub async fn perform_async(&self, context: &Context) -> Done {
        let interpreter = Attached::unlocked();
        let mut sum = 0;
        for step in &self.steps {
            match step {
                Step::Io(wait) => task::sleep(wait.mul_f64(context.time_scale)).await,
                step => step.apply(&mut sum, context, &interpreter),
            }
        }
        self.done(sum)
    }

    /// Does the steps and catches the failure: the [`Answer`] that a caller sees.
    ///
    /// # Errors
    /// The message of the step that failed.
    pub fn answer(&self, context: &Context, interpreter: &Attached<'_>) -> Answer {
        panic::catch_unwind(panic::AssertUnwindSafe(|| self.perform(context, interpreter)))
            .map_err(|payload| panic::message(&*payload))
    }

    fn done(&self, sum: u64) -> Done {
        Done { job: self.name.clone(), sum }
    }
}

impl Step {
    /// The effect of a step that does not wait.
    fn apply(&self, sum: &mut u64, context: &Context, interpreter: &Attached<'_>) {
        match self {
            Step::Cpu(below) => *sum = (*sum + sum_of_squares(*below, interpreter)) % MODULUS,
            Step::Shared { cell, add, sharing: Sharing::Safe } => context.cells.add(cell, *add),
            Step::Shared { cell, add, sharing: Sharing::Racy } => {
                let seen = context.cells.read(cell);
                interpreter.check_point();
                context.cells.write(cell, seen + add);
            }
            Step::Fail(message) => panic::resume_unwind(Box::new(message.clone())),
            Step::Io(_) => unreachable!("the callers wait themselves"),
        }
    }
}

/// The sum of the squares of the numbers below `below`, modulo [`MODULUS`]; it gives the other
/// threads of the interpreter their turns meanwhile.
fn sum_of_squares(below: u64, interpreter: &Attached<'_>) -> u64 {
    // Opaque, so that each term costs a division and no compiler finds the closed form.
    let modulus = std::hint::black_box(MODULUS);
    let mut sum = 0;
    let mut next = 0;
    while next < below {
        let chunk_end = below.min(next + TERMS_PER_CHECK_POINT);
        for term in next..chunk_end {
            sum = (sum + (term % modulus) * (term % modulus)) % modulus;
        }
        next = chunk_end;
        interpreter.check_point();
    }
    sum
}
