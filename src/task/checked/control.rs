//! What a task shares with its handles, whatever its result is: its number, whether it has ended, how it is
//! aborted.

use super::core::TaskId;
use super::foreign::Waiter;
use super::local_set::SetMail;
use super::lock::Lock;
use super::mailbox::{self, Mailbox};
use super::numbers::Number;
use super::story::{self, Name};
use crate::task::per_thread::{self, Entered, PerThread};
use std::mem;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Waker;

std::thread_local! {
    /// The task that each thread polls.
    static POLLED: PerThread<Number> = PerThread::default();
}

/// The task that the calling thread polls.
pub(in crate::task) fn current_number() -> Option<Number> {
    per_thread::current(&POLLED)
}

pub(super) struct Control {
    pub(super) number: Number,
    pub(super) name: Name,
    abort: Abort,
    progress: Lock<Progress>,
}

#[derive(Default)]
struct Progress {
    finished: bool,
    /// Nobody will ever take how it ended.
    is_let_go: bool,
    joiners: Vec<Waiter>,
}

/// How an abort reaches a task.
pub(super) enum Abort {
    /// It comes with the calls to its loop, of which it is all that others can reach. The flag is the loop's
    /// thread's.
    Called { mailbox: Arc<Mailbox>, task: TaskId, aborted: AtomicBool },
    /// It is seen before each poll, and has the task polled.
    Seen { whose: Whose, aborted: Lock<bool> },
    /// It is seen once, before the task begins.
    Blocking(Lock<Begun>),
}

/// Who polls a task.
pub(super) enum Whose {
    Loop(Arc<Mailbox>),
    Set(Arc<SetMail>),
}

#[derive(Default)]
pub(super) enum Begun {
    #[default]
    NotYet,
    Running,
    Aborted,
}

impl Control {
    /// Of the future that a thread's own loop was started with.
    pub(super) fn of_thread(number: Number, mailbox: Arc<Mailbox>) -> Arc<Self> {
        let main = super::event_loop::MAIN;
        let name = mailbox.name(main);
        let abort = Abort::Called { mailbox, task: main, aborted: AtomicBool::new(false) };
        Arc::new(Control { number, name, abort, progress: Lock::shared(Progress::default()) })
    }

    /// Of a task that only its loop's thread ever uses.
    pub(super) fn at_home(number: Number, mailbox: Arc<Mailbox>) -> Arc<Self> {
        let name = mailbox.name(number);
        let abort = Abort::Called { mailbox, task: number, aborted: AtomicBool::new(false) };
        Arc::new(Control { number, name, abort, progress: Lock::home(Progress::default()) })
    }

    pub(super) fn of(number: Number, whose: Whose) -> Arc<Self> {
        let name = whose.name(number);
        let abort = Abort::Seen { whose, aborted: Lock::seldom(false) };
        Arc::new(Control { number, name, abort, progress: Lock::seldom(Progress::default()) })
    }

    /// Of what runs on a thread of its own, and is no future.
    pub(super) fn blocking(number: Number) -> Arc<Self> {
        let name = Name { event_loop: mailbox::next_number(), task: super::event_loop::MAIN };
        let abort = Abort::Blocking(Lock::shared(Begun::NotYet));
        let progress = Lock::shared(Progress::default());
        Arc::new(Control { number, name, abort, progress })
    }

    /// Has `joiner` woken when the task finishes; or says that it has.
    pub(super) fn finished_or_wake(&self, joiner: &Waker) -> bool {
        let waiter = Waiter::new(joiner);
        self.progress.look(|progress| {
            if !progress.finished && !progress.joiners.iter().any(|known| known.will_wake(joiner)) {
                progress.joiners.push(waiter);
            }
            progress.finished
        })
    }

    pub(super) fn is_finished(&self) -> bool {
        self.progress.look(|progress| progress.finished)
    }

    /// Nobody will ever take how it ended: whether it has ended, so that this is to be dropped here.
    pub(super) fn let_go(&self) -> bool {
        !self.progress.is_elsewhere()
            && self.progress.with(|progress| {
                progress.is_let_go = true;
                progress.finished
            })
    }

    /// Whether nobody will ever take how it ended, so that this is to be dropped here.
    pub(super) fn finish(&self, is_aborted: bool) -> bool {
        story::ends(is_aborted);
        self.finish_unseen()
    }

    /// As [`Control::finish`], for what no reader is told of.
    pub(super) fn finish_unseen(&self) -> bool {
        let (joiners, is_let_go) = self.progress.with(|progress| {
            progress.finished = true;
            (mem::take(&mut progress.joiners), progress.is_let_go)
        });
        joiners.into_iter().for_each(Waiter::wake);
        is_let_go
    }

    /// Has the task dropped when its turn comes, instead of polled.
    #[track_caller]
    pub(super) fn abort(self: &Arc<Self>) {
        if !matches!(self.abort, Abort::Blocking(_)) {
            story::aborts(self.name, Location::caller());
        }
        self.abort_untold();
    }

    /// As [`Control::abort`], since its set is dropped, which was made there.
    pub(super) fn abort_with_set(self: &Arc<Self>, made_at: &'static Location<'static>) {
        if !matches!(self.abort, Abort::Blocking(_)) {
            story::drops_with_set(self.name, made_at);
        }
        self.abort_untold();
    }

    fn abort_untold(self: &Arc<Self>) {
        match &self.abort {
            Abort::Called { mailbox, task, .. } => {
                let (control, task) = (self.clone(), *task);
                mailbox.call(move |event_loop| {
                    control.note_abort();
                    event_loop.make_ready(task);
                });
            }
            Abort::Seen { whose, aborted } => {
                aborted.with(|aborted| *aborted = true);
                whose.make_ready(self.number);
            }
            Abort::Blocking(begun) => begun.with(|begun| {
                if matches!(begun, Begun::NotYet) {
                    *begun = Begun::Aborted;
                }
            }),
        }
    }

    fn note_abort(&self) {
        if let Abort::Called { aborted, .. } = &self.abort {
            aborted.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it is to be dropped, instead of polled.
    pub(super) fn is_aborted(&self) -> bool {
        match &self.abort {
            Abort::Called { aborted, .. } => aborted.load(Ordering::Relaxed),
            Abort::Seen { aborted, .. } => aborted.look(|aborted| *aborted),
            Abort::Blocking(_) => false,
        }
    }

    /// Whether what cannot be aborted from here on was not aborted before.
    pub(super) fn begin(&self) -> bool {
        let Abort::Blocking(begun) = &self.abort else { return true };
        begun.with(|begun| match begun {
            Begun::Aborted => false,
            _ => {
                *begun = Begun::Running;
                true
            }
        })
    }

    /// The calling thread runs the task's code as long as the guard is there.
    pub(super) fn polls(&self) -> Entered<Number> {
        per_thread::enter(&POLLED, self.number)
    }
}

impl Whose {
    fn name(&self, task: TaskId) -> Name {
        match self {
            Whose::Loop(mailbox) => mailbox.name(task),
            Whose::Set(set) => set.name(task),
        }
    }

    fn make_ready(&self, task: TaskId) {
        match self {
            Whose::Loop(mailbox) => mailbox.call(move |event_loop| event_loop.make_ready(task)),
            Whose::Set(set) => set.make_ready(task),
        }
    }
}
