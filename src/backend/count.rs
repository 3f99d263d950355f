//! What a checker sees of an `Arc`. Its owners come and go as std counts them; for most programs nothing depends on when,
//! and nothing of it is an operation. Where something does (somebody looks how many there are, or the last owner's
//! letting go does what others can notice), that is found out, and all is explored anew with the owners of the `Arc`s
//! that were made at that place as operations.
//!
//! For real, and under the other checkers, nobody looks.

use super::ledger::Entry;
use super::{Backend, Binding, current, native, number, with_execution};
use crate::engine::ObjectState;
use crate::engine::object::CountAction;
use crate::schedule::{Fact, Mark};
use std::cell::Cell;
use std::collections::HashMap;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

/// The owners of one `Arc`'s value, in one execution of native.
pub(crate) struct Count {
    binding: Binding,
    fact: Fact,
    execution: u64,
    /// Whether all that its owners do is an operation.
    is_watched: bool,
    maker: AtomicUsize,
    /// Its number in the ledger of what has to be let go of, if there is one.
    entry: Option<u64>,
    /// Whether another task than its maker has had to do with it.
    is_shared: AtomicBool,
}

const WHAT: &str = "an Arc";

thread_local! {
    /// The execution in which the last owner of something shared is dropping it, which another of its owners might do
    /// instead: so all that is let go of meanwhile is shared, too.
    static DROPS_SHARED: Cell<u64> = const { Cell::new(0) };
}

impl Count {
    /// Of what has one owner; `None` where nobody looks.
    #[track_caller]
    pub(crate) fn new() -> Option<Arc<Self>> {
        Count::of("an Arc")
    }

    /// As [`Count::new`], of what has this name for readers.
    #[track_caller]
    pub(crate) fn of(what: &'static str) -> Option<Arc<Self>> {
        // A closure's caller is another.
        let made_at = Location::caller();
        (current() == Backend::Native).then(|| {
            let fact = Fact::ArcIsWatched(Mark::of(made_at));
            let entry = || Entry { what, made_at, address: None };
            Arc::new(Count {
                binding: Binding::new(),
                fact,
                execution: number(),
                is_watched: native::knows(fact),
                maker: AtomicUsize::new(native::current().0.index()),
                is_shared: AtomicBool::new(false),
                entry: with_execution(|execution| execution.made(entry)),
            })
        })
    }

    /// Notes whose owners are at this address, since a pointer to it may become an owner.
    pub(crate) fn note(count: Option<&Arc<Self>>, address: usize) {
        if let Some(count) = count.filter(|count| count.is_here()) {
            with_execution(|execution| execution.lent(|lent| lent.note(count, address)));
        }
    }

    /// Keeps what is known of the owners of what is at this address, one of whom is a pointer from here on.
    pub(crate) fn lend(count: Option<Arc<Self>>, address: usize) {
        if let Some(count) = count.filter(|count| count.is_here()) {
            // What is dropped may write so into the execution, which must not be at work then.
            drop(with_execution(|execution| execution.lent(|lent| lent.lend(count, address))));
        }
    }

    /// What is known of the owners of what is at this address; a pointer is an owner no more.
    pub(crate) fn take_back(address: usize) -> Option<Arc<Self>> {
        (current() == Backend::Native)
            .then(|| with_execution(|execution| execution.lent(|lent| lent.take_back(address))))
            .flatten()
    }

    /// What is known of the owners of what is at this address.
    pub(crate) fn at(address: usize) -> Option<Arc<Self>> {
        (current() == Backend::Native)
            .then(|| with_execution(|execution| execution.lent(|lent| lent.get(address))))
            .flatten()
    }

    /// The owners change without being looked at.
    #[track_caller]
    pub(crate) fn change(&self, action: CountAction) {
        if self.is_here() {
            self.touch();
            self.act_if_watched(action);
        }
    }

    /// The owners are looked at by one of them; `is_alone` if there is no other, and no observer.
    #[track_caller]
    pub(crate) fn look(&self, action: CountAction, is_alone: bool) {
        if !self.is_here() {
            return;
        }
        self.touch();
        // An owner that was always the only one may look: no order of what others do shows it anything else.
        let may_be_shared = !is_alone || self.is_shared.load(Ordering::Relaxed);
        if !self.is_watched && may_be_shared && !native::is_main_alone() {
            native::find_out(self.fact);
        }
        self.act_if_watched(action);
    }

    /// An owner lets go, by `drop`, which may run the value's destructor; `is_last` if there is no other.
    #[track_caller]
    pub(crate) fn let_go(&self, is_last: bool, drop: impl FnOnce()) {
        if !self.is_here() {
            return drop();
        }
        self.touch();
        if self.is_watched {
            self.act_if_watched(CountAction::Drop);
            return drop();
        }
        if native::keeps_order() {
            native::let_go(self.binding.native(WHAT, ObjectState::count), is_last);
        }
        let drops_shared = is_last && self.is_shared.load(Ordering::Relaxed);
        let _dropping = drops_shared.then(|| Dropping::begin(self.fact));
        drop();
    }

    /// The value and its memory are gone, if `is_alone`, even if there is somebody who once was an owner, and never lets go:
    /// one that was made of a pointer, to be looked at, and forgotten.
    pub(crate) fn end_if(is_alone: bool, count: Option<&Self>) {
        if let Some(count) = count.filter(|count| is_alone && count.is_here())
            && let Some(entry) = count.entry
        {
            with_execution(|execution| execution.gone(entry));
        }
    }

    /// Whether it is of the running execution, and whoever calls is a task of that.
    fn is_here(&self) -> bool {
        self.execution == number()
    }

    fn touch(&self) {
        if DROPS_SHARED.get() == self.execution
            || native::current_index() != self.maker.load(Ordering::Relaxed)
        {
            self.is_shared.store(true, Ordering::Relaxed);
        }
    }

    #[track_caller]
    fn act_if_watched(&self, action: CountAction) {
        if self.is_watched {
            self.binding.native(WHAT, ObjectState::count).count(action);
        }
    }
}

/// The last owner of something shared drops it. Where another might notice that it was this one, that is found out.
struct Dropping {
    fact: Fact,
    /// What the task had done before.
    before: u32,
    was_unwinding: bool,
    outer: u64,
    outer_bar: Option<Fact>,
}

impl Dropping {
    fn begin(fact: Fact) -> Self {
        let (before, was_unwinding) = (native::deeds_of_running(), native::is_unwinding());
        // At once, and not only when it is over: what the others did before they let go may not be seen here, and so what
        // comes of it is not the program's.
        let outer_bar = native::bar(Some(fact));
        Dropping { fact, before, was_unwinding, outer: DROPS_SHARED.replace(number()), outer_bar }
    }
}

impl Drop for Dropping {
    fn drop(&mut self) {
        DROPS_SHARED.set(self.outer);
        native::bar(self.outer_bar);
        let panics = native::is_unwinding() && !self.was_unwinding;
        if panics || native::deeds_of_running() != self.before {
            native::find_out(self.fact);
        }
    }
}

/// Whose owners are where, as far as pointers are owners or may become some.
#[derive(Default)]
pub(super) struct Lent(HashMap<usize, Known>);

/// What is known of an address.
#[derive(Default)]
struct Known {
    count: Weak<Count>,
    /// The same, as long as pointers are owners, and how many.
    kept: Option<Arc<Count>>,
    pointers: usize,
}

/// What it gives back is not to be dropped before it is let go of itself.
impl Lent {
    fn note(&mut self, count: &Arc<Count>, address: usize) {
        let known = self.0.entry(address).or_default();
        if known.pointers == 0 {
            known.count = Arc::downgrade(count);
        }
    }

    /// What there is no room for.
    fn lend(&mut self, count: Arc<Count>, address: usize) -> Option<Arc<Count>> {
        self.note(&count, address);
        let known = self.0.entry(address).or_default();
        known.pointers += 1;
        match known.kept {
            Some(_) => Some(count),
            None => {
                known.kept = Some(count);
                None
            }
        }
    }

    fn take_back(&mut self, address: usize) -> Option<Arc<Count>> {
        let known = self.0.get_mut(&address)?;
        known.pointers = known.pointers.saturating_sub(1);
        match known.pointers {
            0 => known.kept.take().or_else(|| known.count.upgrade()),
            _ => known.kept.clone(),
        }
    }

    fn get(&self, address: usize) -> Option<Arc<Count>> {
        self.0.get(&address)?.count.upgrade()
    }
}

/// Neither owner nor observer is left.
impl Drop for Count {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.filter(|_| self.is_here()) {
            with_execution(|execution| execution.gone(entry));
        }
    }
}
