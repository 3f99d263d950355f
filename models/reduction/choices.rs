//! What is read decides what is written. In each of these a search that follows the order in which it
//! happened to see things first begins executions in vain, or misses some.

use crate::models::spawned::{join, join_all, spawn, spawn_each};
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Variables, 0 at first.
struct Cells([AtomicUsize; 5]);

impl Cells {
    fn new() -> Arc<Self> {
        Arc::new(Cells([0; 5].map(AtomicUsize::new)))
    }

    fn is_set(&self, cell: usize) -> bool {
        self.0[cell].load(SeqCst) == 1
    }

    fn set(&self, cell: usize) {
        self.0[cell].store(1, SeqCst);
    }

    /// Sets `cell` if `other` is set; says whether it is.
    fn set_after(&self, other: usize, cell: usize) -> bool {
        let is_set = self.is_set(other);
        if is_set {
            self.set(cell);
        }
        is_set
    }
}

/// The example of the paper on optimal dynamic partial-order reduction (POPL 2014), with two conditions
/// that depend on who was first.
pub fn popl_optimal() -> String {
    const X: usize = 0;
    const Y: usize = 1;
    const Z: usize = 2;
    let cells = Cells::new();
    let setters = [X, Y].map(|cell| spawn(&cells, move |cells| cells.set(cell)));
    let third = spawn(&cells, |cells| {
        let is_first = !cells.is_set(Y);
        if is_first {
            cells.set(Z);
        }
        is_first
    });
    let fourth = spawn(&cells, |cells| {
        let is_first = cells.is_set(Z) && !cells.is_set(Y);
        if is_first {
            cells.0[X].store(2, SeqCst);
        }
        is_first
    });
    setters.into_iter().for_each(join);
    match (join(third), join(fourth)) {
        (false, _) => "y was first",
        (true, false) => "z was first",
        (true, true) => "z was first, and x then",
    }
    .to_string()
}

/// Three threads that write a cell each, and one that looks at the first when it has seen the others: it
/// begins to matter only then.
pub fn many_initials() -> String {
    let cells = Cells::new();
    let setters = spawn_each(&cells, 3, Cells::set);
    let reader = spawn(&cells, |cells| {
        let others = [cells.is_set(1), cells.is_set(2)];
        (others == [true, true]).then(|| cells.is_set(0))
    });
    join_all(setters);
    match join(reader) {
        None => "did not look",
        Some(false) => "looked too early",
        Some(true) => "saw all three",
    }
    .to_string()
}

/// Each condition can hold only after the one before.
pub fn combination_lock() -> String {
    const X: usize = 0;
    const Y: usize = 1;
    const Z: usize = 2;
    const W: usize = 3;
    const V: usize = 4;
    let cells = Cells::new();
    let key = spawn(&cells, |cells| cells.set(Z));
    let first = spawn(&cells, |cells| {
        cells.set(X);
        usize::from(cells.set_after(Y, W))
    });
    let second = spawn(&cells, |cells| {
        let turns = cells.set_after(X, Y);
        let turns_again = turns && cells.is_set(V);
        if turns_again {
            cells.is_set(Z);
        }
        usize::from(turns) + usize::from(turns_again)
    });
    let third = spawn(&cells, |cells| usize::from(cells.set_after(W, V)));
    join(key);
    let turned: usize = join_all(vec![first, second, third]).into_iter().sum();
    format!("{turned} of 4 turned")
}
