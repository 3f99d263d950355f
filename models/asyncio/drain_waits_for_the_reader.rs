//! Who drains after each write has never much written that nobody took.

use super::{StreamLimits, StreamWriter, create_task, run, sleep, stream_pair};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A reader that reads a byte at a time, and a writer that waits for it.
pub fn little_is_kept() -> String {
    write(drain)
}

async fn drain(writer: &StreamWriter) {
    writer.drain().await.expect("nobody closes the connection");
}

/// The same with a writer that is wrong: it only lets others have a turn.
pub fn much_is_kept() -> String {
    write(async |_| sleep(Duration::ZERO).await)
}

fn write(wait: impl AsyncFn(&StreamWriter) + 'static) -> String {
    run(async move {
        let limits = StreamLimits { line_max: 1, high_water: 1 };
        let ((mut reader, _answers), (_questions, writer)) = stream_pair(limits);
        let (written, read) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (sent, taken) = (written.clone(), read.clone());
        let writing = create_task(async move {
            let mut most = 0;
            for _ in 0..8 {
                writer.write(b"ab");
                sent.set(sent.get() + 2);
                most = most.max(sent.get() - taken.get());
                wait(&writer).await;
            }
            writer.close();
            most
        });
        while !reader.read(1).await.is_empty() {
            read.set(read.get() + 1);
            for _ in 0..3 {
                sleep(Duration::ZERO).await;
            }
        }
        let most = writing.await.expect("nobody cancels it");
        format!("read {}, of which {} waited at most", read.get(), if most <= 8 { "few" } else { "many" })
    })
}
