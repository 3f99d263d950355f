//! Unix sockets.
#![cfg(unix)]

use super::comes_to;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, ErrorKind};
use conccheck::tokio::net::{UnixListener, UnixStream};
use conccheck::{Checker, task};

#[test]
fn a_pair_is_connected() {
    comes_to([(b"ping".to_vec(), true)], || {
        task::block_on(async {
            let (mut near, mut far) = UnixStream::pair().unwrap();
            let is_nameless =
                near.peer_addr().unwrap().is_unnamed() && far.local_addr().unwrap().is_unnamed();
            near.write_all(b"ping").await.unwrap();
            drop(near);
            let mut read = Vec::new();
            far.read_to_end(&mut read).await.unwrap();
            (read, is_nameless)
        })
    });
}

#[test]
fn who_writes_to_nobody_hears_of_it_at_once() {
    comes_to([ErrorKind::BrokenPipe], || {
        task::block_on(async {
            let (mut near, far) = UnixStream::pair().unwrap();
            drop(far);
            near.write_all(b"x").await.unwrap_err().kind()
        })
    });
}

#[test]
fn who_closes_with_something_unread_resets() {
    comes_to([(Err(ErrorKind::ConnectionReset), Ok(0))], || {
        task::block_on(async {
            let (mut near, far) = UnixStream::pair().unwrap();
            near.write_all(b"x").await.unwrap();
            drop(far);
            let mut read = async || near.read(&mut [0; 4]).await.map_err(|error| error.kind());
            (read().await, read().await)
        })
    });
}

#[test]
fn a_reset_is_told_to_who_reads_and_not_to_who_writes() {
    comes_to([(ErrorKind::BrokenPipe, Err(ErrorKind::ConnectionReset), Ok(0))], || {
        task::block_on(async {
            let (mut near, far) = UnixStream::pair().unwrap();
            near.write_all(b"x").await.unwrap();
            drop(far);
            let written = near.write_all(b"x").await.unwrap_err().kind();
            let mut read = async || near.read(&mut [0; 4]).await.map_err(|error| error.kind());
            (written, read().await, read().await)
        })
    });
    // Also after the end, when it is there.
    let reset = Err(ErrorKind::ConnectionReset);
    let expected = [(Ok(0), reset, Ok(0)), (Ok(0), Ok(0), reset), (Ok(0), Ok(0), Ok(0))];
    comes_to(expected, || {
        task::block_on(async {
            let (mut near, mut far) = UnixStream::pair().unwrap();
            near.write_all(b"x").await.unwrap();
            far.shutdown().await.unwrap();
            let end = near.read(&mut [0; 4]).await.map_err(|error| error.kind());
            drop(far);
            let mut read = async || near.read(&mut [0; 4]).await.map_err(|error| error.kind());
            let first = read().await;
            (end, first, read().await)
        })
    });
}

#[test]
fn a_path_is_taken_once_and_for_good() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let nobody = UnixStream::connect("/tmp/socket").await.unwrap_err().kind();
            let listener = UnixListener::bind("/tmp/socket").unwrap();
            let taken = UnixListener::bind("/tmp/socket").unwrap_err().kind();
            let client = UnixStream::connect("/tmp/socket").await.unwrap();
            let (server, _) = listener.accept().await.unwrap();
            let path = server.local_addr().unwrap().as_pathname().unwrap().to_owned();
            assert_eq!(client.peer_addr().unwrap().as_pathname().unwrap(), path);
            drop(listener);
            let refused = UnixStream::connect("/tmp/socket").await.unwrap_err().kind();
            (nobody, taken, refused, UnixListener::bind("/tmp/socket").is_err())
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, ["(NotFound, AddrInUse, ConnectionRefused, true)"], "{report}");
}
