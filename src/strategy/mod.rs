//! Who runs next under the native engine, a strategy in each file.

mod dfs;
mod dpor;
mod wakeup;

#[cfg(test)]
mod tests;

pub(crate) use dfs::Dfs;
pub(crate) use dpor::Dpor;
