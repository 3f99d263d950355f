//! Whether data under a lock was changed by who had it. A checker sees who takes a lock, not what is done under it;
//! but a loop that waits for a change is told from one that makes changes, so it has to know of these.

use crate::backend::{self, Backend, native};

/// What some data was like: its own bytes, not what they point to.
pub(crate) struct Shallow(Option<u64>);

/// Data of more bytes counts as changed whenever it was given out to be changed.
const BYTES_MAX: usize = 64;

impl Shallow {
    /// What it is like now, if the running backend wants to know.
    pub(crate) fn of<T: ?Sized>(data: &T) -> Option<Self> {
        (backend::current() == Backend::Native).then(|| Shallow(digest(data)))
    }

    /// Tells the backend, if it is not as it was.
    pub(crate) fn tell_change<T: ?Sized>(self, data: &T) {
        if backend::current() == Backend::Native && (self.0.is_none() || digest(data) != self.0) {
            native::touch();
        }
    }
}

/// `None` if there is too much of it.
fn digest<T: ?Sized>(data: &T) -> Option<u64> {
    let size = size_of_val(data);
    if size > BYTES_MAX {
        return None;
    }
    let bytes = std::ptr::from_ref(data).cast::<u8>();
    let mix = |digest: u64, at| {
        // SAFETY: it is within the data. Volatile, as it may be padding, of which it does not matter what is read: a
        // change that is none costs a loop a round.
        let byte = unsafe { bytes.add(at).read_volatile() };
        (digest.rotate_left(5) ^ u64::from(byte)).wrapping_mul(0x517c_c1b7_2722_0a95)
    };
    Some((0..size).fold(size as u64, mix))
}
