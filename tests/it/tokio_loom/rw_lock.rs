//! RwLock: no write is lost, and who shares what he had alone lets nobody write in between.

use super::{fails, holds};
use conccheck::task::block_on;
use conccheck::thread;
use conccheck::tokio::sync::RwLock;
use std::sync::Arc;

fn adds(lock: &Arc<RwLock<u32>>) -> thread::JoinHandle<()> {
    let lock = lock.clone();
    thread::spawn(move || block_on(async { *lock.write().await += 5 }))
}

fn adds_owned(lock: &Arc<RwLock<u32>>) -> thread::JoinHandle<()> {
    let lock = lock.clone();
    thread::spawn(move || block_on(async { *lock.write_owned().await += 5 }))
}

#[test]
fn two_write() {
    let executions = holds(|| {
        let lock = Arc::new(RwLock::new(0));
        for thread in [adds(&lock), adds_owned(&lock)] {
            thread.join().unwrap();
        }
        assert_eq!(*block_on(lock.read()), 10);
    });
    assert_eq!(executions, 4);
    fails(|| {
        let lock = Arc::new(RwLock::new(0));
        let other = lock.clone();
        let loses = thread::spawn(move || {
            let read = *block_on(other.read());
            *block_on(other.write()) = read + 5;
        });
        adds(&lock).join().unwrap();
        loses.join().unwrap();
        assert_eq!(*block_on(lock.read()), 10);
    });
}

#[test]
fn two_write_and_two_read() {
    let executions = holds(|| {
        let lock = Arc::new(RwLock::new(0));
        let writers = [adds(&lock), adds_owned(&lock)];
        let other = lock.clone();
        let reads = thread::spawn(move || assert!([0, 5, 10].contains(&*block_on(other.read()))));
        assert!([0, 5, 10].contains(&*block_on(lock.clone().read_owned())));
        for thread in writers {
            thread.join().unwrap();
        }
        reads.join().unwrap();
        assert_eq!(*block_on(lock.read()), 10);
    });
    assert_eq!(executions, 932);
}

#[test]
fn nobody_writes_while_a_writer_becomes_a_reader() {
    let executions = holds(|| {
        let lock = Arc::new(RwLock::new(1));
        let writing = block_on(lock.write());
        let other = lock.clone();
        let writes = thread::spawn(move || *block_on(other.write()) = 2);
        let reading = writing.downgrade();
        assert_eq!(*reading, 1);
        drop(reading);
        writes.join().unwrap();
        assert_eq!(*block_on(lock.read()), 2);
    });
    assert_eq!(executions, 3);
}
