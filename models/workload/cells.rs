//! The cells that the jobs of a workload share: where they are is the model's business (in the same
//! memory, or behind a pipe), so a job reaches them through [`Cells`].

use crate::sync::atomic::{AtomicI64, Ordering};
use std::collections::BTreeMap;

/// Named numbers that several jobs read and write. Each call is one step; nothing makes two calls one.
pub trait Cells: Send + Sync {
    /// What `cell` holds.
    fn read(&self, cell: &str) -> i64;
    /// Sets `cell`.
    fn write(&self, cell: &str, value: i64);
    /// Adds to `cell`, in one step.
    fn add(&self, cell: &str, amount: i64);
}

/// Cells in this process's memory.
pub struct LocalCells(BTreeMap<String, AtomicI64>);

impl LocalCells {
    /// Cells of these names, each zero.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        LocalCells(names.into_iter().map(|name| (name, AtomicI64::new(0))).collect())
    }

    /// What all cells hold.
    pub fn values(&self) -> BTreeMap<String, i64> {
        self.0.iter().map(|(name, cell)| (name.clone(), cell.load(Ordering::SeqCst))).collect()
    }

    fn cell(&self, name: &str) -> &AtomicI64 {
        self.0.get(name).unwrap_or_else(|| panic!("no shared cell is called {name:?}"))
    }
}

impl Cells for LocalCells {
    fn read(&self, cell: &str) -> i64 {
        self.cell(cell).load(Ordering::SeqCst)
    }

    fn write(&self, cell: &str, value: i64) {
        self.cell(cell).store(value, Ordering::SeqCst);
    }

    fn add(&self, cell: &str, amount: i64) {
        self.cell(cell).fetch_add(amount, Ordering::SeqCst);
    }
}
