//! A witness as text.

mod names;
#[cfg(test)]
mod sample;
mod source;
