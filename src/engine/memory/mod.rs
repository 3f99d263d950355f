//! What a load may read, and where a store goes. A memory model is a file of this room; the only one as yet is
//! sequential consistency, in which a load reads the last store.

mod sc;

pub(super) use sc::Place;
