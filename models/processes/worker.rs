//! The worker's side: it waits for a call, does it, answers, until its parent is gone. It knows nothing
//! of pools and queues.

use super::function::{CallError, Callable, Functions, decode, encode};
use super::workload::PERFORM;
use crate::models::workload::Cells;
use crate::panic::{AssertUnwindSafe, catch_unwind, message, resume_unwind};
use crate::process::{Launch, Pipe, PipeError, end_with_parent};
use crate::sync::Mutex;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The first argument of a program that is started as a worker.
pub const WORKER_ARGUMENT: &str = "__worker";

/// What the parent sends.
#[derive(Serialize, Deserialize)]
pub(super) enum ToWorker {
    /// Call this function with each of these arguments.
    Call { function: String, arguments: Vec<Vec<u8>> },
    /// The answer to a question about a cell.
    Cell(Result<i64, String>),
}

/// What the worker sends.
#[derive(Serialize, Deserialize)]
pub(super) enum ToParent {
    /// The answers of a call, one for each argument.
    Answers(Vec<Result<Vec<u8>, CallError>>),
    /// Questions that the parent answers with [`ToWorker::Cell`].
    Read(String),
    Write(String, i64),
    Add(String, i64),
}

/// Serves `functions` and ends the program when it was started as a worker; else does nothing. The
/// first thing that `main` does in a program whose workers are started by [`current_exe`], as `if
/// __name__ == "__main__"` is in Python: without it each worker would do what the program does.
///
/// A worker ends when its parent closes the pipe, and also in the middle of a call when its parent is gone.
pub fn serve_if_worker(functions: Functions) {
    if !is_worker() {
        return;
    }
    end_with_parent();
    let code = match Pipe::stdio() {
        Ok(pipe) => {
            serve(pipe, functions);
            0
        }
        Err(said) => {
            eprintln!(
                "error: `{WORKER_ARGUMENT}` is for conccheck itself, which starts its workers so: {said}"
            );
            2
        }
    };
    std::process::exit(code);
}

/// The command that starts this program again, as a worker: its `main` has to begin with
/// [`serve_if_worker`].
///
/// # Errors
/// When the system does not say where this program is, or the program was started as a worker and did
/// not serve: it would start itself again and again.
pub fn current_exe() -> std::io::Result<Launch> {
    if is_worker() {
        return Err(std::io::Error::other(
            "a worker process starts no workers of its own: `serve_if_worker` has to come first in `main`",
        ));
    }
    Ok(Launch::command(std::env::current_exe()?, [WORKER_ARGUMENT]))
}

fn is_worker() -> bool {
    std::env::args_os().nth(1).is_some_and(|argument| argument == WORKER_ARGUMENT)
}

/// Answers the calls that come through `pipe` until the other side is gone.
///
/// # Panics
/// When something comes that is not a call: the parent sees this worker end.
pub fn serve(pipe: Pipe, functions: Functions) {
    let parent = Arc::new(Parent(Mutex::new(pipe)));
    let cells: Arc<dyn Cells> = parent.clone();
    while let Some((function, arguments)) = parent.next_call() {
        let answers = arguments.iter().map(|argument| call(functions, &function, argument, &cells));
        if parent.answer(answers.collect()).is_err() {
            return;
        }
    }
}

/// One call: a panic is its answer, and nobody else's business.
fn call(
    functions: Functions,
    name: &str,
    argument: &[u8],
    cells: &Arc<dyn Cells>,
) -> Result<Vec<u8>, CallError> {
    let built_in: &dyn Callable = &PERFORM;
    let mut all = functions.iter().copied().chain([built_in]);
    let Some(function) = all.find(|function| function.name() == name) else {
        let known: Vec<_> = functions.iter().map(|function| function.name()).collect();
        return Err(CallError::Refused(format!(
            "this worker serves no function `{name}`, only {known:?}: list it where the worker serves"
        )));
    };
    match catch_unwind(AssertUnwindSafe(|| function.call(argument, cells))) {
        Ok(answer) => answer,
        Err(payload) => Err(CallError::Raised(message(&*payload))),
    }
}

/// The pipe to the parent, which answers calls and, in the middle of one, asks for cells.
struct Parent(Mutex<Pipe>);

impl Parent {
    fn next_call(&self) -> Option<(String, Vec<Vec<u8>>)> {
        let frame = match self.0.lock().unwrap().receive() {
            Ok(frame) => frame,
            Err(PipeError::Closed) => return None,
            Err(error) => panic!("the parent of this worker failed: {error}"),
        };
        match decode(&frame) {
            Ok(ToWorker::Call { function, arguments }) => Some((function, arguments)),
            Ok(ToWorker::Cell(_)) => panic!("the parent of this worker answered without being asked"),
            Err(error) => panic!("the parent of this worker sent what is not a call: {error}"),
        }
    }

    fn answer(&self, answers: Vec<Result<Vec<u8>, CallError>>) -> Result<(), PipeError> {
        let count = answers.len();
        match self.send(&ToParent::Answers(answers)) {
            Err(error @ PipeError::TooLong(_)) => {
                let refused = Err(CallError::Refused(format!("the result cannot be sent: {error}")));
                self.send(&ToParent::Answers(vec![refused; count]))
            }
            sent => sent,
        }
    }

    fn send(&self, answer: &ToParent) -> Result<(), PipeError> {
        let frame = encode(answer).expect("bytes and numbers can be encoded");
        self.0.lock().unwrap().send(&frame)
    }

    /// Asks the parent and waits for its answer. Fails the call when there is none.
    fn ask(&self, question: &ToParent) -> i64 {
        let frame = encode(question).expect("a name and a number can be encoded");
        let answer = {
            // Held until the answer is there: a function may use several threads.
            let mut pipe = self.0.lock().unwrap();
            pipe.send(&frame).and_then(|()| pipe.receive())
        };
        let failure = match answer.map_err(|error| error.to_string()).and_then(|frame| decode(&frame)) {
            Ok(ToWorker::Cell(Ok(value))) => return value,
            Ok(ToWorker::Cell(Err(message))) => message,
            Ok(ToWorker::Call { .. }) => "the parent called before it had an answer".to_string(),
            Err(error) => format!("the parent does not answer: {error}"),
        };
        resume_unwind(Box::new(failure))
    }
}

impl Cells for Parent {
    fn read(&self, cell: &str) -> i64 {
        self.ask(&ToParent::Read(cell.to_string()))
    }

    fn write(&self, cell: &str, value: i64) {
        self.ask(&ToParent::Write(cell.to_string(), value));
    }

    fn add(&self, cell: &str, amount: i64) {
        self.ask(&ToParent::Add(cell.to_string(), amount));
    }
}
