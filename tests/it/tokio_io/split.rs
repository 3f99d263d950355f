//! A stream by its halves, which share a lock that the checker sees.

use crate::tokio_sync::{comes_to, on_threads};
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, simplex, split};
use conccheck::{Backend, Checker, Verdict, task};

#[test]
fn halves_read_and_write_at_once() {
    comes_to([*b"ping"], || {
        on_threads(async {
            let (near, far) = duplex(8);
            let (mut reader, mut writer) = split(near);
            let writing = task::spawn(async move {
                writer.write_all(b"ping").await.unwrap();
                writer
            });
            let (mut far_reader, mut far_writer) = split(far);
            let echo = task::spawn(async move {
                let mut read = [0; 4];
                far_reader.read_exact(&mut read).await.unwrap();
                far_writer.write_all(&read).await.unwrap();
            });
            let mut answer = [0; 4];
            reader.read_exact(&mut answer).await.unwrap();
            drop(reader.unsplit(writing.await.unwrap()));
            echo.await.unwrap();
            answer
        })
    });
}

#[test]
fn halves_of_two_streams_are_no_pair() {
    let program = || {
        on_threads(async {
            let ((one, _), (other, _)) = (split(duplex(1).0), split(duplex(1).0));
            let (_, write) = split(duplex(1).1);
            assert!(!one.is_pair_of(&write) && !write.is_pair_of(&other));
            other.unsplit(write);
        });
    };
    let report = Checker::new().explore(program);
    assert_eq!(report.verdict(), Verdict::Fail);
    assert!(
        report.to_string().contains("Unrelated `split::Write` passed to `split::Read::unsplit`."),
        "{report}"
    );
}

#[test]
fn a_pipe_of_one_direction_ends_where_it_is_shut_down() {
    comes_to([b"ping".to_vec()], || {
        on_threads(async {
            let (mut reader, mut writer) = simplex(2);
            let writing = task::spawn(async move {
                writer.write_all(b"ping").await.unwrap();
                writer.shutdown().await.unwrap();
            });
            let mut read = Vec::new();
            reader.read_to_end(&mut read).await.unwrap();
            writing.await.unwrap();
            read
        })
    });
    // A writer that is dropped is no end: with tokio, too, its reader hangs.
    let report = Checker::new().explore(|| {
        on_threads(async {
            let (mut reader, mut writer) = simplex(8);
            writer.write_all(b"ping").await.unwrap();
            drop(writer);
            reader.read_to_end(&mut Vec::new()).await.unwrap();
        });
    });
    assert_eq!(report.verdict(), Verdict::Hang, "{report}");
}

#[test]
fn all_checkers_run_it() {
    for backend in [Backend::Shuttle, Backend::Loom, Backend::Real] {
        let report = Checker::new().backend(backend).explore(|| {
            task::block_on(async {
                let (near, mut far) = duplex(8);
                let (mut reader, mut writer) = split(near);
                let echo = task::spawn(async move {
                    let mut read = [0; 4];
                    far.read_exact(&mut read).await.unwrap();
                    far.write_all(&read).await.unwrap();
                });
                writer.write_all(b"ping").await.unwrap();
                let mut answer = [0; 4];
                reader.read_exact(&mut answer).await.unwrap();
                echo.await.unwrap();
                answer
            })
        });
        let outcomes: Vec<_> = report.outcomes().collect();
        assert_eq!(outcomes, [&conccheck::Outcome::Returned(*b"ping")], "{backend}: {report}");
    }
}
