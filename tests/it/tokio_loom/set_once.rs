//! SetOnce: one sets it, the others have their value back, and each value is dropped once.

use super::{fails, holds};
use conccheck::sync::Arc;
use conccheck::sync::atomic::{AtomicU32, Ordering::Relaxed};
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::SetOnce;

struct Counted(Arc<AtomicU32>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[test]
fn each_value_is_dropped_once() {
    let executions = holds(|| {
        let (cell, dropped) = (Arc::new(SetOnce::new()), Arc::new(AtomicU32::new(0)));
        let (other, value) = (cell.clone(), Counted(dropped.clone()));
        let sets = thread::spawn(move || other.set(value).is_ok());
        let has_set = cell.set(Counted(dropped.clone())).is_ok();
        assert_ne!(sets.join().unwrap(), has_set);
        drop(cell);
        assert_eq!(dropped.load(Relaxed), 2);
    });
    assert_eq!(executions, 2);
}

#[test]
fn who_waits_gets_the_value() {
    let waits = |value: Option<u32>| {
        move || {
            let cell = Arc::new(SetOnce::new());
            let other = cell.clone();
            let sets = thread::spawn(move || value.map(|value| other.set(value).unwrap()));
            assert_eq!(*block_on(cell.wait()), 2);
            sets.join().unwrap();
        }
    };
    assert_eq!(holds(waits(Some(2))), 2);
    fails(waits(None));
}
