//! Whom a library's call wakes, sometimes while the library holds a lock of its own. A wake-up is an operation, before which
//! others may run, and these may want that lock. So who wakes asks here first, and the wake-ups of a call come when it is
//! over.

use super::native::{Fact, LoopTask};
use super::{Backend, Call, Callee, current, native};
use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Wake, Waker};

thread_local! {
    /// The calls that tasks of the execution are in the middle of, each with the wake-ups that it owes. All tasks are
    /// on one OS thread.
    static CALLS: RefCell<Vec<Running>> = const { RefCell::new(Vec::new()) };
    /// The tasks that are in the middle of waking by a waker of the user's own, and whose that is, if it is known.
    static WAKING: RefCell<Vec<(usize, Option<LoopTask>)>> = const { RefCell::new(Vec::new()) };
}

struct Running {
    /// Who is in its middle; where that is not known, nobody in particular.
    task: usize,
    owed: Vec<Owed>,
    /// Whether these come in an order that the library draws by lot.
    is_drawn: bool,
}

/// A wake-up, and whose.
struct Owed {
    whom: Whom,
    wake: Box<dyn FnOnce()>,
}

/// Who is woken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Whom {
    /// A task of an event loop, by their numbers.
    Task { event_loop: u64, task: u64 },
    /// Somebody with a waker of the user's own, by when that was given to the library.
    User(u64),
}

impl Whom {
    /// Whether it can be noticed who of the two is woken first. Of tasks that share no thread each may be late.
    fn is_beside(self, other: Whom) -> bool {
        match (self, other) {
            (Whom::Task { event_loop: one, .. }, Whom::Task { event_loop: other, .. }) => one == other,
            (Whom::User(_), Whom::User(_)) => true,
            _ => false,
        }
    }
}

fn task() -> usize {
    if current() == Backend::Native { native::current_index() } else { 0 }
}

/// Does what is not to be interrupted by what it wakes.
pub(super) fn at_one_go<R>(call: impl FnOnce() -> R) -> R {
    if current() == Backend::Real {
        return call();
    }
    let _wakes = Wakes::put_off();
    call()
}

/// The running task is in the middle of a call up to [`end_call`], of which there is one for each of these.
pub(crate) fn begin_call() {
    if current() != Backend::Real {
        std::mem::forget(Wakes::put_off());
    }
}

/// Ends what [`begin_call`] began.
pub(crate) fn end_call() {
    if current() != Backend::Real {
        drop(Wakes { task: task() });
    }
}

/// While this is there, the task's wake-ups are put off; then they come.
struct Wakes {
    task: usize,
}

impl Wakes {
    fn put_off() -> Self {
        let task = task();
        CALLS.with_borrow_mut(|calls| calls.push(Running { task, owed: Vec::new(), is_drawn: false }));
        Wakes { task }
    }
}

impl Drop for Wakes {
    fn drop(&mut self) {
        let call = CALLS.with_borrow_mut(|calls| {
            let at = calls.iter().rposition(|call| call.task == self.task)?;
            Some(calls.remove(at))
        });
        let Some(Running { mut owed, is_drawn, .. }) = call else { return };
        if is_drawn {
            owed.sort_by_key(|owed| owed.whom);
        }
        while !owed.is_empty() {
            let next = if is_drawn { draw_next(&owed) } else { 0 };
            (owed.remove(next).wake)();
        }
    }
}

/// Which of these is the next to be woken, of those beside the first one: each is explored.
fn draw_next(owed: &[Owed]) -> usize {
    let first = owed[0].whom;
    let beside = owed.iter().filter(|owed| owed.whom.is_beside(first)).count();
    let count = u8::try_from(beside).unwrap_or(u8::MAX);
    if count < 2 || current() != Backend::Native || super::is_unwinding() {
        return 0;
    }
    native::draw_whom(count, Location::caller()) as usize
}

/// Whether the running task is in the middle of a call, so that what it wakes has to wait: then `wake` is kept.
pub(crate) fn puts_off(whom: Whom, wake: impl FnOnce() + 'static) -> bool {
    if current() == Backend::Real {
        return false;
    }
    let task = task();
    CALLS.with_borrow_mut(|calls| {
        let Some(call) = calls.iter_mut().rfind(|call| call.task == task) else { return false };
        call.owed.push(Owed { whom, wake: Box::new(wake) });
        true
    })
}

/// Whom the running call wakes, it wakes in an order that the library draws by lot. It is drawn here instead, so that it can
/// be repeated and each is explored.
pub(crate) fn draw_order() {
    if current() == Backend::Real {
        return;
    }
    let task = task();
    CALLS.with_borrow_mut(|calls| {
        if let Some(call) = calls.iter_mut().rfind(|call| call.task == task) {
            call.is_drawn = true;
        }
    });
}

/// What wakers of the user's own wake of a task.
pub(crate) struct Woken {
    pub(crate) wakers: Callee,
    /// `None` if nobody knows whom.
    task: Option<LoopTask>,
}

impl Woken {
    pub(crate) const fn of(task: Option<LoopTask>) -> Self {
        Woken { wakers: Callee::new("wakers"), task }
    }
}

/// A waker of the user's own is woken: that is an operation on what it wakes.
pub(crate) fn wake_by(woken: Option<&Woken>, place: &'static Location<'static>, wake: impl FnOnce()) {
    const WAKE: Call = Call::changes(&"wake");
    let Some(woken) = woken else { return wake() };
    woken.wakers.end(WAKE, place, || ());
    WAKING.with_borrow_mut(|waking| waking.push((task(), woken.task)));
    let _waking = Waking;
    // It may hold a lock of its own meanwhile, which tasks that it wakes want.
    at_one_go(wake);
}

/// While this is there, the task wakes by a waker of the user's own.
struct Waking;

impl Drop for Waking {
    fn drop(&mut self) {
        let task = task();
        // A thread that ends has none any more.
        let _ = WAKING.try_with(|waking| {
            let mut waking = waking.borrow_mut();
            if let Some(at) = waking.iter().rposition(|(who, _)| *who == task) {
                waking.remove(at);
            }
        });
    }
}

/// A task of a loop, or of a set, is woken. If that is by a waker that another task knows of, tasks share what
/// they wait for.
pub(crate) fn wakes_task(name: LoopTask) {
    if current() != Backend::Native {
        return;
    }
    let task = task();
    let by = WAKING.with_borrow(|waking| waking.iter().rfind(|(who, _)| *who == task).map(|(_, whom)| *whom));
    if by.flatten().is_some_and(|whom| whom != name) && !native::knows(Fact::WakersAreShared) {
        native::find_out(Fact::WakersAreShared);
    }
}

/// Does something in which whoever is woken is so on behalf of who was woken before.
pub(crate) fn on_behalf<R>(act: impl FnOnce() -> R) -> R {
    if current() != Backend::Native {
        return act();
    }
    WAKING.with_borrow_mut(|waking| waking.push((task(), None)));
    let _waking = Waking;
    act()
}

/// A waker of the user's own, for a library that calls it in the middle of its own code: what it does comes when that is over.
pub(crate) fn putting_off(waker: &Waker, woken: Option<Arc<Woken>>) -> Waker {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Arc::new(PuttingOff { waker: waker.clone(), woken, number }).into()
}

struct PuttingOff {
    waker: Waker,
    woken: Option<Arc<Woken>>,
    /// The later it was given to the library, the higher.
    number: u64,
}

impl Wake for PuttingOff {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waker = self.clone();
        if !puts_off(Whom::User(self.number), move || waker.wake_now()) {
            self.wake_now();
        }
    }
}

impl PuttingOff {
    fn wake_now(&self) {
        wake_by(self.woken.as_deref(), Location::caller(), || self.waker.wake_by_ref());
    }
}

/// Forgets what an execution that was left in its middle owes.
pub(super) fn forget() {
    // A thread that ends has none any more.
    let _ = CALLS.try_with(|calls| {
        if !calls.borrow().is_empty() {
            std::mem::forget(calls.take());
        }
    });
    let _ = WAKING.try_with(|waking| waking.borrow_mut().clear());
}
