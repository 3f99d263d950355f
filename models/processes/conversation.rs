//! What parent and worker say to each other about one call, from the parent's side: the call, the
//! worker's questions about shared cells, the answers. What is done about trouble is the pool's business.

use super::function::{CallError, decode, encode};
use super::future::Promise;
use super::worker::{ToParent, ToWorker};
use crate::models::workload::Cells;
use crate::panic::{AssertUnwindSafe, catch_unwind, message};
use crate::process::{PipeError, Process};

/// A call that waits for a worker, encoded already.
pub(super) struct Call {
    pub frame: Vec<u8>,
    pub argument_count: usize,
    /// Says in an error what the worker was doing.
    pub doing: String,
    pub promise: Promise,
}

/// Why a worker gave no answers.
pub(super) enum Trouble {
    /// The call cannot be made; the worker is as before.
    Call(CallError),
    /// The worker has ended.
    Gone,
    /// The worker sent something else.
    Nonsense(String),
}

/// Sends a call and answers the worker's questions about cells until it answers.
pub(super) fn converse(
    process: &mut Process,
    call: &Call,
    cells: &dyn Cells,
) -> Result<Vec<Result<Vec<u8>, CallError>>, Trouble> {
    // Any other failure to send means that the worker died; what it said before that still comes.
    if let Err(error @ PipeError::TooLong(_)) = process.send(&call.frame) {
        return Err(Trouble::Call(CallError::Refused(format!("the argument cannot be sent: {error}"))));
    }
    loop {
        let frame = process.receive().map_err(Trouble::from)?;
        let value = match decode(&frame).map_err(Trouble::Nonsense)? {
            ToParent::Answers(answers) if answers.len() == call.argument_count => return Ok(answers),
            ToParent::Answers(answers) => {
                return Err(Trouble::Nonsense(format!("{} answers too many or few", answers.len())));
            }
            ToParent::Read(cell) => on_cells(|| cells.read(&cell)),
            ToParent::Write(cell, value) => on_cells(|| {
                cells.write(&cell, value);
                value
            }),
            ToParent::Add(cell, amount) => on_cells(|| {
                cells.add(&cell, amount);
                amount
            }),
        };
        let answer = encode(&ToWorker::Cell(value)).expect("a number can be encoded");
        process.send(&answer).map_err(Trouble::from)?;
    }
}

/// Asks the cells; a question that makes them panic, for a cell that there is not, fails the call that
/// asked, not this thread.
fn on_cells(ask: impl FnOnce() -> i64) -> Result<i64, String> {
    catch_unwind(AssertUnwindSafe(ask)).map_err(|payload| message(&*payload))
}

impl From<PipeError> for Trouble {
    fn from(error: PipeError) -> Self {
        match error {
            PipeError::Closed => Trouble::Gone,
            error => Trouble::Nonsense(error.to_string()),
        }
    }
}
