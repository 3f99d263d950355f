//! Hints.

pub use conccheck::hint::spin_loop;

/// Says that nobody gets here; and panics if somebody does.
///
/// # Safety
/// It is safe here. What it stands for is not.
///
/// # Panics
/// Always.
#[track_caller]
pub unsafe fn unreachable_unchecked() -> ! {
    unreachable!("unreachable_unchecked was reached!");
}
