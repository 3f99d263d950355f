//! Streams in memory are tokio's own under the native checker, and signals come at any moment: what programs of them come
//! to is known exactly, and each right one has a broken twin that is caught. The same programs run for real.

mod duplex;
mod generic;
mod signal;
mod split;
