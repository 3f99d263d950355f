//! Streams: `tests/python/streams.py`.

use super::{Log, secs, steps, turn};
use conccheck::models::asyncio::{
    ReadUntilError, StreamLimits, StreamReader, StreamWriter, catch_cancelled, create_task, stream_pair,
};
use std::cell::RefCell;
use std::rc::Rc;

programs!(
    a_line_arrives_two_turns_later,
    lines_are_read_one_by_one,
    bytes_are_read_as_they_come,
    all_is_read_at_the_end,
    an_exact_number_is_waited_for,
    an_exact_number_may_not_come,
    a_separator_is_waited_for,
    a_separator_may_come_too_late,
    a_line_may_be_too_long,
    who_writes_too_much_waits,
    who_writes_little_does_not_wait,
    a_closed_end_ends_the_other_and_then_itself,
    half_a_connection_may_be_ended,
    who_writes_to_a_closed_end_learns_of_it,
    who_reads_may_be_cancelled_and_loses_nothing,
    two_talk,
);

type End = (StreamReader, StreamWriter);

fn pair() -> (End, End) {
    stream_pair(StreamLimits::default())
}

fn shown(data: Vec<u8>) -> String {
    let text = String::from_utf8(data).expect("text").replace('\n', "$");
    if text.is_empty() { "nothing".to_string() } else { text }
}

async fn a_line_arrives_two_turns_later(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    let reads = log.clone();
    let task =
        create_task(async move { reads.note(format!("read-{}", shown(reader.readline().await.unwrap()))) });
    turn().await;
    let other = create_task(steps(log.clone(), "other", 4));
    writer.write(b"hello\nworld");
    log.note("written");
    task.or_raise().await;
    other.or_raise().await;
}

async fn lines_are_read_one_by_one(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    writer.writelines(["one\n", "two\n", "rest"]);
    writer.close();
    loop {
        let line = reader.readline().await.unwrap();
        if line.is_empty() {
            break;
        }
        log.note(shown(line));
    }
    log.note(format!("end-{}", reader.at_eof()));
}

async fn bytes_are_read_as_they_come(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    let task = create_task(async move {
        for data in ["ab", "cdef"] {
            writer.write(data.as_bytes());
            secs(1).await;
        }
        writer.close();
    });
    loop {
        let data = reader.read(3).await;
        if data.is_empty() {
            break;
        }
        log.note(shown(data));
    }
    task.or_raise().await;
}

async fn all_is_read_at_the_end(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    let writes = log.clone();
    let task = create_task(async move {
        for data in ["ab", "cd"] {
            writer.write(data.as_bytes());
            writes.note(format!("written-{data}"));
            secs(1).await;
        }
        writer.write_eof();
        writer
    });
    log.note(format!("read-{}", shown(reader.read_to_end().await)));
    task.await.unwrap();
}

async fn an_exact_number_is_waited_for(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    let writes = log.clone();
    let task = create_task(async move {
        for data in ["ab", "cd", "ef"] {
            writes.note(format!("writes-{data}"));
            writer.write(data.as_bytes());
            secs(1).await;
        }
        writer
    });
    for _ in 0..2 {
        log.note(format!("read-{}", shown(reader.readexactly(3).await.unwrap())));
    }
    task.await.unwrap();
}

async fn an_exact_number_may_not_come(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    writer.write(b"ab");
    writer.close();
    let error = reader.readexactly(3).await.unwrap_err();
    log.note(format!("incomplete-{}-{}", shown(error.partial), error.expected.unwrap()));
    log.note(reader.at_eof());
}

async fn a_separator_is_waited_for(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = pair();
    let writes = log.clone();
    let task = create_task(async move {
        for data in ["a-", "-b--", "c"] {
            writes.note(format!("writes-{data}"));
            writer.write(data.as_bytes());
            secs(1).await;
        }
        writer.close();
    });
    for _ in 0..2 {
        log.note(format!("read-{}", shown(reader.readuntil(b"--").await.unwrap())));
    }
    if let Err(ReadUntilError::Incomplete(error)) = reader.readuntil(b"--").await {
        log.note(format!("incomplete-{}", shown(error.partial)));
    }
    task.or_raise().await;
}

fn short_lines(line_max: usize) -> StreamLimits {
    StreamLimits { line_max, ..StreamLimits::default() }
}

async fn a_separator_may_come_too_late(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = stream_pair(short_lines(4));
    writer.write(b"abcdefg--h");
    if let Err(ReadUntilError::LimitOverrun(error)) = reader.readuntil(b"--").await {
        log.note(format!("too long-{}", error.consumed));
    }
    log.note(format!("read-{}", shown(reader.readexactly(9).await.unwrap())));
}

async fn a_line_may_be_too_long(log: Log) {
    let ((mut reader, _other_writer), (_other_reader, writer)) = stream_pair(short_lines(4));
    writer.write(b"abcdef\nnext\n");
    if reader.readline().await.is_err() {
        log.note("too long");
    }
    log.note(format!("read-{}", shown(reader.readline().await.unwrap())));
}

async fn who_writes_too_much_waits(log: Log) {
    let limits = StreamLimits { line_max: 2, high_water: 3 };
    let ((mut reader, _other_writer), (_other_reader, writer)) = stream_pair(limits);
    let writes = log.clone();
    let task = create_task(async move {
        for data in ["abcdef", "gh", "ijkl"] {
            writer.write(data.as_bytes());
            writer.drain().await.unwrap();
            writes.note(format!("drained-{data}"));
        }
        writer.close();
    });
    for _ in 0..5 {
        turn().await;
    }
    log.note("reads");
    loop {
        let data = reader.read(4).await;
        if data.is_empty() {
            break;
        }
        log.note(format!("read-{}", shown(data)));
        secs(1).await;
    }
    task.or_raise().await;
}

async fn who_writes_little_does_not_wait(log: Log) {
    let ((_reader, _other_writer), (_other_reader, writer)) = pair();
    let other = create_task(steps(log.clone(), "other", 1));
    writer.write(b"ab");
    writer.drain().await.unwrap();
    log.note("drained");
    other.or_raise().await;
}

async fn a_closed_end_ends_the_other_and_then_itself(log: Log) {
    let ((mut reader, _other_writer), (own, writer)) = pair();
    let (reads, writer) = (log.clone(), Rc::new(writer));
    let (closes, closing) = (log.clone(), writer.clone());
    let reading = create_task(async move {
        let data = shown(reader.read(5).await);
        reads.note(format!("read-{data}-{}", reader.at_eof()));
    });
    let waiting = create_task(async move {
        closing.wait_closed().await;
        closes.note(format!("closed-{}", own.at_eof()));
    });
    turn().await;
    let other = create_task(steps(log.clone(), "other", 5));
    writer.close();
    log.note(format!("closing-{}", writer.is_closing()));
    reading.or_raise().await;
    waiting.or_raise().await;
    other.or_raise().await;
}

async fn half_a_connection_may_be_ended(log: Log) {
    let ((mut reader, writer), (mut other_reader, other_writer)) = pair();
    let task = create_task(async move {
        let question = other_reader.read_to_end().await;
        other_writer.write(&[b"re: ", &question[..]].concat());
        other_writer.close();
    });
    writer.write(b"question");
    writer.write_eof();
    log.note(format!("read-{}", shown(reader.read_to_end().await)));
    task.or_raise().await;
}

async fn who_writes_to_a_closed_end_learns_of_it(log: Log) {
    let ((_reader, writer), (_other_reader, other_writer)) = pair();
    other_writer.close();
    other_writer.wait_closed().await;
    for _ in 0..3 {
        writer.write(b"ab");
        log.note(if writer.drain().await.is_ok() { "drained" } else { "reset" });
        secs(1).await;
    }
}

async fn who_reads_may_be_cancelled_and_loses_nothing(log: Log) {
    let ((reader, _other_writer), (_other_reader, writer)) = pair();
    let reader = Rc::new(RefCell::new(Some(reader)));
    let read = || {
        let (log, kept) = (log.clone(), reader.clone());
        create_task(async move {
            let mut reader = kept.take().expect("nobody else reads");
            let read = catch_cancelled(reader.readexactly(4)).await;
            kept.replace(Some(reader));
            match read {
                Ok(data) => log.note(format!("read-{}", shown(data.unwrap()))),
                Err(error) => {
                    log.note("cancelled");
                    error.raise().await
                }
            }
        })
    };
    let task = read();
    turn().await;
    writer.write(b"ab");
    secs(1).await;
    task.cancel();
    secs(1).await;
    writer.write(b"cd");
    read().or_raise().await;
}

async fn two_talk(log: Log) {
    let ((mut reader, writer), (mut other_reader, other_writer)) = pair();
    let task = create_task(async move {
        loop {
            let line = other_reader.readline().await.unwrap();
            if line.is_empty() {
                break;
            }
            other_writer.write(&line.to_ascii_uppercase());
            other_writer.drain().await.unwrap();
        }
        other_writer.close();
    });
    for line in ["one\n", "two\n"] {
        writer.write(line.as_bytes());
        writer.drain().await.unwrap();
        log.note(shown(reader.readline().await.unwrap()));
    }
    writer.close();
    log.note(format!("end-{}", shown(reader.readline().await.unwrap())));
    task.or_raise().await;
}
