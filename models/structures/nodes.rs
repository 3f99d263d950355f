//! Pointers to the nodes of a structure: which node, and how often the pointer was changed.

use crate::sync::atomic::{AtomicUsize, Ordering, Ordering::SeqCst};

/// No node.
pub(in crate::models) const NULL: usize = 0;

/// A node's number, [`NULL`] for none, and a count that makes an old pointer differ from a new one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::models) struct Pointer {
    pub node: usize,
    pub changes: usize,
}

/// A [`Pointer`] that threads share.
pub(in crate::models) struct AtomicPointer(AtomicUsize);

impl Pointer {
    /// This, changed to point to `node`.
    pub fn moved_to(self, node: usize) -> Pointer {
        Pointer { node, changes: self.changes + 1 }
    }

    fn pack(self) -> usize {
        self.changes << 16 | self.node
    }

    fn unpack(bits: usize) -> Pointer {
        Pointer { node: bits & 0xffff, changes: bits >> 16 }
    }
}

impl AtomicPointer {
    #[track_caller]
    pub fn to(node: usize) -> Self {
        AtomicPointer(AtomicUsize::new(Pointer { node, changes: 0 }.pack()))
    }

    #[track_caller]
    pub fn load(&self) -> Pointer {
        self.load_with(SeqCst)
    }

    #[track_caller]
    pub fn store(&self, pointer: Pointer) {
        self.store_with(pointer, SeqCst);
    }

    /// Whether it was `old` and is `new` now.
    #[track_caller]
    pub fn exchange(&self, old: Pointer, new: Pointer) -> bool {
        self.0.compare_exchange(old.pack(), new.pack(), SeqCst, SeqCst).is_ok()
    }

    #[track_caller]
    pub fn load_with(&self, order: Ordering) -> Pointer {
        Pointer::unpack(self.0.load(order))
    }

    #[track_caller]
    pub fn store_with(&self, pointer: Pointer, order: Ordering) {
        self.0.store(pointer.pack(), order);
    }

    /// As [`AtomicPointer::exchange`]; it counts for nothing if it fails.
    #[track_caller]
    pub fn exchange_with(&self, old: Pointer, new: Pointer, success: Ordering) -> bool {
        self.0.compare_exchange(old.pack(), new.pack(), success, Ordering::Relaxed).is_ok()
    }
}
