//! A bound that holds unless the one who looks at it comes last.

use crate::models::spawned::{join_all, spawn};
use crate::sync::{Arc, Mutex};

/// The bound is what both together add.
pub fn lazy() -> String {
    bounded_by(3)
}

/// Broken: the bound is less.
pub fn lazy_bad() -> String {
    bounded_by(2)
}

fn bounded_by(most: usize) -> String {
    let data = Arc::new(Mutex::new(0));
    let one = spawn(&data, |data| *data.lock().unwrap() += 1);
    let two = spawn(&data, |data| *data.lock().unwrap() += 2);
    let look = spawn(&data, move |data| {
        let seen = *data.lock().unwrap();
        assert!(seen <= most, "{seen} is more than {most}");
    });
    join_all(vec![one, two, look]);
    "within the bound".to_string()
}
