//! What there is one of in each execution: the network, the signals of the process.

use crate::backend;
use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::thread::LocalKey;

/// That of the last execution of this OS thread, on which all its tasks are, and that one's number. The very last one goes
/// with the thread, where nothing is left that it would want at its end.
pub(super) struct OneEach<T>(RefCell<ManuallyDrop<Numbered<T>>>);

/// With the number of its execution.
type Numbered<T> = Option<(u64, Arc<T>)>;

impl<T> OneEach<T> {
    pub(super) const fn new() -> Self {
        OneEach(RefCell::new(ManuallyDrop::new(None)))
    }
}

/// That of the running execution, made now if there is none.
pub(super) fn current<T>(one_each: &'static LocalKey<OneEach<T>>, make: impl FnOnce() -> T) -> Arc<T> {
    let number = backend::number();
    let made = one_each.with(|OneEach(known)| match &**known.borrow() {
        Some((of, one)) if *of == number => Some(one.clone()),
        _ => None,
    });
    made.unwrap_or_else(|| {
        let one = Arc::new(make());
        let before = one_each.with(|OneEach(known)| known.borrow_mut().replace((number, one.clone())));
        drop(before);
        one
    })
}

/// Forgets the one of the running execution: what is asked for later is another one.
pub(super) fn end<T>(one_each: &'static LocalKey<OneEach<T>>) {
    let over = one_each.with(|OneEach(known)| known.borrow_mut().take());
    drop(over);
}
