//! Thread-locals under the checkers, whose tasks all run on one OS thread: each task has values of its own, which it
//! makes at their first use and drops at its end, as std does: the last made first; and those that a destructor
//! makes, too. What an execution leaves in its middle is leaked.

use super::{Backend, current, native, not_compiled_in};
use crate::panic;
use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A task of the running execution.
#[derive(PartialEq, Eq, Hash)]
enum Task {
    Native(native::Task),
    #[cfg(feature = "shuttle")]
    Shuttle(shuttle::thread::ThreadId),
    #[cfg(feature = "loom")]
    Loom(loom::thread::ThreadId),
}

impl Task {
    fn running() -> Self {
        match current() {
            Backend::Native => Task::Native(native::running()),
            #[cfg(feature = "shuttle")]
            Backend::Shuttle => Task::Shuttle(shuttle::thread::current().id()),
            #[cfg(feature = "loom")]
            Backend::Loom => Task::Loom(super::loom::operation(loom::thread::current).id()),
            _ => not_compiled_in(),
        }
    }
}

/// A task's values, in the order in which they were made.
type Values = Vec<Local>;

struct Local {
    key: usize,
    /// `None` when it has been dropped.
    value: Option<Rc<dyn Any>>,
    /// One without is there as long as its task.
    has_destructor: bool,
}

thread_local! {
    static LOCALS: RefCell<HashMap<Task, Values>> = RefCell::default();
}

/// The running task's value of `key`, an address that tells it from others; made now if there is none. `None` if it
/// has been dropped.
pub(crate) fn get<T: 'static>(key: usize, make: impl FnOnce() -> T) -> Option<Rc<T>> {
    if current() == Backend::Native {
        native::do_other();
    }
    let found = with_values(|values| {
        let local = values.iter().find(|local| local.key == key)?;
        Some(local.value.clone())
    });
    if let Some(value) = found {
        return value.map(|value| value.downcast().expect("a key is of one type"));
    }
    let value = Rc::new(make());
    let made: Rc<dyn Any> = value.clone();
    // Making it may have made another of the same key; the last one stays.
    let before = with_values(|values| match values.iter_mut().find(|local| local.key == key) {
        Some(local) => local.value.replace(made),
        None => {
            values.push(Local { key, value: Some(made), has_destructor: std::mem::needs_drop::<T>() });
            None
        }
    });
    drop(before);
    Some(value)
}

/// Drops the values of the running task, whose body came to `result`. If a destructor panics, that is what the task
/// came to; std would abort.
pub(crate) fn drop_all<T>(result: std::thread::Result<T>) -> std::thread::Result<T> {
    if LOCALS.with_borrow(HashMap::is_empty) {
        return result;
    }
    let dropped = panic::catch_unwind(|| {
        while let Some(value) = with_values(take_last) {
            drop(value);
        }
    });
    LOCALS.with_borrow_mut(|locals| locals.remove(&Task::running()));
    dropped.and(result)
}

/// Forgets the values of an execution that is over.
pub(super) fn forget() {
    // A thread that ends has none any more.
    let _ = LOCALS.try_with(|locals| {
        if !locals.borrow().is_empty() {
            std::mem::forget(locals.take());
        }
    });
}

fn take_last(values: &mut Values) -> Option<Rc<dyn Any>> {
    values.iter_mut().rev().filter(|local| local.has_destructor).find_map(|local| local.value.take())
}

fn with_values<R>(act: impl FnOnce(&mut Values) -> R) -> R {
    LOCALS.with_borrow_mut(|locals| act(locals.entry(Task::running()).or_default()))
}
