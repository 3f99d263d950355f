//! Who takes part in an execution: the tasks by their numbers, how each ended, and whether somebody will see
//! it. It knows nothing of backends and schedules.

/// A task's number, in the order of spawning; `main` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskId(usize);

impl TaskId {
    pub(crate) const MAIN: TaskId = TaskId(0);
}

#[derive(Default)]
pub(crate) struct Roll {
    tasks: Vec<Task>,
    panics: usize,
}

#[derive(Default)]
struct Task {
    /// `None` is `T` and its number.
    name: Option<Box<str>>,
    ended: bool,
    panic: Option<Box<Panic>>,
    joined: bool,
    /// Whether the program is over without its end.
    is_background: bool,
}

impl Task {
    /// Its name, if its number is this.
    fn name(&self, number: usize) -> String {
        match (&self.name, number) {
            (Some(name), _) => name.to_string(),
            (None, 0) => "main".to_string(),
            (None, _) => format!("T{number}"),
        }
    }
}

/// How a task failed.
#[derive(Clone)]
pub(crate) struct Panic {
    pub(crate) message: String,
    /// `file:line:column`, if the panic hook saw it.
    pub(crate) place: Option<String>,
    /// How many tasks of the execution had panicked before.
    rank: usize,
}

impl Panic {
    /// Whether it says only that a task panicked which was joined: by `join().unwrap()`, by `expect`, or by a scope.
    fn passes_on_another(&self) -> bool {
        self.message.ends_with(": Any { .. }") || self.message == "a scoped thread panicked"
    }
}

impl Roll {
    /// Without anybody.
    pub(crate) const fn new() -> Self {
        Roll { tasks: Vec::new(), panics: 0 }
    }

    /// Strikes everybody off, and puts `main` on.
    pub(crate) fn begin(&mut self) {
        self.tasks.clear();
        self.panics = 0;
        self.begin_task(None);
    }

    /// How many tasks there were, `main` included.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// Writes a new task down.
    pub(crate) fn begin_task(&mut self, name: Option<&str>) -> TaskId {
        let id = TaskId(self.tasks.len());
        self.tasks.push(Task { name: name.map(Box::from), ..Task::default() });
        id
    }

    /// Writes down that a task has ended.
    pub(crate) fn end_task(&mut self, TaskId(id): TaskId) {
        self.tasks[id].ended = true;
    }

    /// Writes down with which panic a task has ended, and where that was raised.
    pub(crate) fn panicked(&mut self, TaskId(id): TaskId, message: String, place: Option<String>) {
        self.tasks[id].panic = Some(Box::new(Panic { message, place, rank: self.panics }));
        self.panics += 1;
    }

    /// With which panic a task has ended.
    pub(crate) fn panic_of(&self, TaskId(id): TaskId) -> Option<String> {
        self.tasks[id].panic.as_ref().map(|panic| panic.message.clone())
    }

    /// Writes down that somebody will see how the task ended.
    pub(crate) fn expect_join(&mut self, TaskId(id): TaskId) {
        self.tasks[id].joined = true;
    }

    /// Writes down that the program is over without that task's end.
    pub(crate) fn put_in_background(&mut self, TaskId(id): TaskId) {
        self.tasks[id].is_background = true;
    }

    /// Whether others than main have not ended that are not in the background.
    pub(crate) fn has_others(&self) -> bool {
        self.tasks.iter().skip(1).any(|task| !task.ended && !task.is_background)
    }

    /// A task's name, by its number in the order of spawning.
    pub(crate) fn name(&self, number: usize) -> String {
        self.tasks.get(number).map(|task| task.name(number)).unwrap_or_default()
    }

    pub(crate) fn has_ended(&self, TaskId(id): TaskId) -> bool {
        self.tasks[id].ended
    }

    /// Names of the tasks that have not ended, in the order of spawning.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        let tasks = self.tasks.iter().enumerate().filter(|(_, task)| !task.ended);
        tasks.map(|(number, task)| task.name(number)).collect()
    }

    /// The first panic that nobody can notice: of `main`, or of a task that nobody joins. If another
    /// task panicked before, which is then its likely cause, that comes first, and alone if this one only passes it on.
    pub(crate) fn unnoticed_panic(&self) -> Option<Panic> {
        if self.panics == 0 {
            return None;
        }
        let told = |id: usize, panic: &Panic| match id {
            0 => panic.message.clone(),
            _ => format!("{}: {}", self.tasks[id].name(id), panic.message),
        };
        let panics =
            || self.tasks.iter().enumerate().filter_map(|(id, task)| Some((id, task, task.panic.as_ref()?)));
        let (id, _, unnoticed) = panics().find(|(_, task, _)| !task.joined)?;
        let first = panics().min_by_key(|(_, _, panic)| panic.rank)?;
        let mut panic = Panic::clone(unnoticed);
        panic.message = told(id, unnoticed);
        if first.0 != id && unnoticed.passes_on_another() {
            panic.message = told(first.0, first.2);
            panic.place = first.2.place.clone();
        } else if first.0 != id && first.2.message != unnoticed.message {
            panic.message = format!("{}; then {}", told(first.0, first.2), panic.message);
            panic.place = first.2.place.clone();
        }
        Some(panic)
    }
}
