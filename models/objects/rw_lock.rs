//! A reader-writer lock: any number of readers or one writer, counted under a mutex; whoever cannot go on waits
//! for a notification and looks again.

use super::{ConcurrentObject, SeededFault, object};
use crate::property::Object;
use crate::sync::{Condvar, Mutex};

pub(super) const OBJECT: ConcurrentObject = ConcurrentObject {
    name: "rw_lock",
    about: "any number of readers or one writer",
    check: || lock(None).run(),
    clients: &[],
    faults: &[
        SeededFault::new("wakes_one", "a writer that leaves wakes only one of those who wait", || {
            lock(Some(Fault::WakesOne)).run()
        })
        .needs(3, 4, "two readers wait, and a third task ends the writing"),
        SeededFault::new("looks_once", "a writer that was woken goes on without looking again", || {
            lock(Some(Fault::LooksOnce)).run()
        }),
        SeededFault::new("last_reader_is_silent", "the last reader leaves without waking anybody", || {
            lock(Some(Fault::LastReaderIsSilent)).run()
        }),
        SeededFault::new("writer_among_readers", "a writer looks for other writers only", || {
            lock(Some(Fault::WriterAmongReaders)).run()
        }),
    ],
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    WakesOne,
    LooksOnce,
    LastReaderIsSilent,
    WriterAmongReaders,
}

fn lock(fault: Option<Fault>) -> Object<Lock, Holders> {
    object(move || Lock::new(fault), Holders::default)
        .blocking("read", Lock::read, |holders| (!holders.writer).then(|| holders.readers += 1))
        .blocking("write", Lock::write, |holders| holders.is_free().then(|| holders.writer = true))
        .operation("end_read", Lock::end_read, Holders::remove_reader)
        .operation("end_write", Lock::end_write, |holders| std::mem::take(&mut holders.writer))
}

struct Lock {
    holders: Mutex<Holders>,
    /// Notified when the lock is given back.
    freed: Condvar,
    fault: Option<Fault>,
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Holders {
    readers: usize,
    writer: bool,
}

impl Holders {
    fn is_free(&self) -> bool {
        self.readers == 0 && !self.writer
    }

    /// Whether there was one.
    fn remove_reader(&mut self) -> bool {
        let had_readers = self.readers > 0;
        self.readers = self.readers.saturating_sub(1);
        had_readers
    }
}

impl Lock {
    fn new(fault: Option<Fault>) -> Self {
        Lock { holders: Mutex::default(), freed: Condvar::new(), fault }
    }

    fn read(&self) {
        let mut holders = self.holders.lock().unwrap();
        while holders.writer {
            holders = self.freed.wait(holders).unwrap();
        }
        holders.readers += 1;
    }

    fn write(&self) {
        let mut holders = self.holders.lock().unwrap();
        while !self.admits_writer(&holders) {
            holders = self.freed.wait(holders).unwrap();
            if self.fault == Some(Fault::LooksOnce) {
                break;
            }
        }
        holders.writer = true;
    }

    fn admits_writer(&self, holders: &Holders) -> bool {
        if self.fault == Some(Fault::WriterAmongReaders) { !holders.writer } else { holders.is_free() }
    }

    /// Whether there was a reader.
    fn end_read(&self) -> bool {
        let mut holders = self.holders.lock().unwrap();
        let had_readers = holders.remove_reader();
        if holders.is_free() && self.fault != Some(Fault::LastReaderIsSilent) {
            self.freed.notify_all();
        }
        had_readers
    }

    /// Whether there was a writer.
    fn end_write(&self) -> bool {
        let mut holders = self.holders.lock().unwrap();
        let had_writer = std::mem::take(&mut holders.writer);
        if self.fault == Some(Fault::WakesOne) {
            self.freed.notify_one();
        } else {
            self.freed.notify_all();
        }
        had_writer
    }
}
