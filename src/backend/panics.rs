//! Panics during an exploration: kept quiet, because they are outcomes, and told from the unwinding
//! by which a checker leaves an execution.

use super::Backend;
use super::execution::Abandoned;
use crate::panic;
use std::any::Any;
use std::cell::Cell;
use std::sync::Once;

/// Mutes panics inside executions for the rest of the process; all others are reported as before.
///
/// shuttle and loom install hooks of their own at their first execution, which print for every task
/// that unwinds, forever. So they get to do it now, and ours replaces theirs.
pub(crate) fn mute_executions() {
    static MUTED: Once = Once::new();
    MUTED.call_once(|| {
        let previous = std::panic::take_hook();
        #[cfg(feature = "shuttle")]
        super::shuttle::run_nothing();
        #[cfg(feature = "loom")]
        super::loom::run_nothing();
        let _ = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let running =
                super::RUNNING.try_with(|running| running.try_borrow().ok().and_then(|now| now.clone()));
            match running.ok().flatten() {
                None if QUIET.get() => {}
                None => previous(info),
                Some(execution) => {
                    let place = info.location().map(ToString::to_string).unwrap_or_default();
                    let message = panic::message(info.payload());
                    match execution.backend {
                        Backend::Native if super::native::begin_unwinding(&message, &place) => {}
                        Backend::Native => {
                            execution.fail(&message, &place);
                            previous(info);
                        }
                        _ => execution.panicked(message, place),
                    }
                }
            }
        }));
    });
}

thread_local! {
    /// Whether panics of this thread are expected, and caught.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does what may panic, and catches that itself, without a report of the panic.
pub(crate) fn quietly<R>(act: impl FnOnce() -> R) -> R {
    struct Reset(bool);
    impl Drop for Reset {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    let _reset = Reset(QUIET.replace(true));
    act()
}

/// Lets an unwind pass that is not the program's own.
pub(crate) fn rethrow_if_ours(payload: Box<dyn Any + Send>) -> Box<dyn Any + Send> {
    let leaving =
        payload.is::<Abandoned>() || (super::current() != super::Backend::Real && super::abandoned());
    if leaving {
        std::panic::resume_unwind(payload);
    }
    if super::current() == Backend::Native {
        super::native::end_unwinding();
    }
    payload
}

/// Unwinds with what was caught, or with what is to look like it: no panic is reported.
pub(crate) fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    if super::current() == Backend::Native && !payload.is::<Abandoned>() {
        super::native::unwind_on();
    }
    std::panic::resume_unwind(payload)
}

/// Whether the calling task unwinds from a panic. Where several tasks are on one OS thread, std does not know which.
pub(crate) fn is_unwinding() -> bool {
    std::thread::panicking() && (super::current() != Backend::Native || super::native::is_unwinding())
}
