//! Memory by hand, and values that are tracked: what is left of either at the end of an execution fails the model.

pub use conccheck::alloc::{Layout, Track, alloc, alloc_zeroed, dealloc};
