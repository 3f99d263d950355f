//! Who listens, who connects, and in which order.

use super::{comes_to, connected};
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt, ErrorKind};
use conccheck::tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use conccheck::tokio::time::{Duration, timeout};
use conccheck::{Checker, Incomplete, Verdict, task};

#[test]
fn to_connect_before_somebody_listens_is_refused() {
    // A port that nobody else has taken, for real: one that was just given back.
    comes_to([Err(ErrorKind::ConnectionRefused), Ok(())], || {
        task::Runtime::multi_thread(2).block_on(async {
            let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
            let listening = task::spawn(async move { TcpListener::bind(address).await.unwrap() });
            let client = TcpStream::connect(address).await;
            let listener = listening.await.unwrap();
            drop(listener);
            client.map(drop).map_err(|error| error.kind())
        })
    });
}

#[test]
fn an_address_is_taken_once() {
    comes_to([(ErrorKind::AddrInUse, true)], || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let error = TcpListener::bind(address).await.unwrap_err().kind();
            drop(listener);
            (error, TcpListener::bind(address).await.is_ok())
        })
    });
}

#[test]
fn the_two_ends_know_each_other() {
    comes_to([true], || {
        task::block_on(async {
            let (client, server) = connected().await;
            client.local_addr().unwrap() == server.peer_addr().unwrap()
                && client.peer_addr().unwrap() == server.local_addr().unwrap()
                && client.local_addr().unwrap().ip().is_loopback()
        })
    });
}

#[test]
fn ports_are_the_same_in_each_execution() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let [one, other] = [TcpListener::bind("[::1]:0").await, TcpListener::bind("0.0.0.0:0").await];
            [one, other].map(|listener| listener.unwrap().local_addr().unwrap().to_string())
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, [r#"["[::1]:40000", "0.0.0.0:40001"]"#]);
}

#[test]
fn who_connects_first_is_accepted_first() {
    comes_to([*b"ab", *b"ba"], || {
        task::Runtime::multi_thread(2).block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let clients = [b'a', b'b'].map(|name| {
                task::spawn(async move {
                    let mut client = TcpStream::connect(address).await.unwrap();
                    client.write_u8(name).await.unwrap();
                })
            });
            let mut names = [0; 2];
            for name in &mut names {
                *name = listener.accept().await.unwrap().0.read_u8().await.unwrap();
            }
            for client in clients {
                client.await.unwrap();
            }
            names
        })
    });
}

#[test]
fn who_is_not_accepted_is_reset_with_the_listener() {
    comes_to([Err(ErrorKind::ConnectionReset)], || {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
            drop(listener);
            client.read_u8().await.map_err(|error| error.kind())
        })
    });
}

#[test]
fn to_connect_takes_time() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let connecting = TcpStream::connect(listener.local_addr().unwrap());
            timeout(Duration::from_secs(1), connecting).await.is_ok()
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, ["false", "true"], "{report}");
    assert_eq!(report.verdict(), Verdict::Pass, "{report}");
}

#[test]
fn a_socket_is_bound_and_then_listens_or_connects() {
    comes_to([true], || {
        task::block_on(async {
            let socket = TcpSocket::new_v4().unwrap();
            socket.set_reuseaddr(true).unwrap();
            socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let listener = socket.listen(8).unwrap();
            let address = listener.local_addr().unwrap();
            let connecting = TcpSocket::new_v4().unwrap().connect(address);
            let (client, (server, from)) =
                conccheck::tokio::try_join!(connecting, listener.accept()).unwrap();
            client.set_nodelay(true).unwrap();
            client.nodelay().unwrap() && server.peer_addr().unwrap() == from
        })
    });
}

#[test]
fn a_socket_has_its_address_from_when_it_is_bound() {
    comes_to([(true, true, Some(ErrorKind::AddrInUse), true)], || {
        task::block_on(async {
            let (any, bind) = ("127.0.0.1:0".parse().unwrap(), |address| {
                let socket = TcpSocket::new_v4().unwrap();
                socket.bind(address).map(|()| socket)
            });
            let socket = bind(any).unwrap();
            let address = socket.local_addr().unwrap();
            let taken = bind(address).err().map(|error| error.kind());
            let listener = socket.listen(8).unwrap();
            let is_there = listener.local_addr().unwrap() == address;
            drop(listener);
            // One that neither listens nor connects gives it back.
            let again = bind(address);
            drop(again);
            (address.port() > 0, is_there, taken, TcpListener::bind(address).await.is_ok())
        })
    });
    // Those who all let addresses be used again share it until one listens.
    comes_to([(true, Err(ErrorKind::AddrInUse))], || {
        task::block_on(async {
            let bind = |address| {
                let socket = TcpSocket::new_v4().unwrap();
                socket.set_reuseaddr(true).unwrap();
                socket.bind(address).map(|()| socket)
            };
            let one = bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let other = bind(one.local_addr().unwrap());
            let is_shared = other.is_ok();
            let _listener = one.listen(8).unwrap();
            (is_shared, other.unwrap().listen(8).map(drop).map_err(|error| error.kind()))
        })
    });
    comes_to([(ErrorKind::AddrNotAvailable, true)], || {
        task::block_on(async {
            let socket = TcpSocket::new_v4().unwrap();
            let error = socket.bind("192.0.2.1:0".parse().unwrap()).unwrap_err().kind();
            (error, socket.local_addr().unwrap().ip().is_unspecified())
        })
    });
}

#[test]
fn who_listens_at_any_address_of_the_sixth_version_does_so_at_the_fourth_too() {
    let seen = ["::ffff:127.0.0.1", "::ffff:127.0.0.1", "127.0.0.1"].map(|ip| ip.parse().unwrap());
    comes_to([seen], || {
        task::block_on(async {
            let listener = TcpListener::bind("[::]:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            let (server, from) = listener.accept().await.unwrap();
            [from, server.local_addr().unwrap(), client.peer_addr().unwrap()].map(|address| address.ip())
        })
    });
    comes_to([[ErrorKind::AddrInUse; 3]], || {
        task::block_on(async {
            let listener = TcpListener::bind("[::]:0").await.unwrap();
            let port = listener.local_addr().unwrap().port();
            let mut errors = [ErrorKind::Other; 3];
            for (error, host) in errors.iter_mut().zip(["0.0.0.0", "127.0.0.1", "::1"]) {
                *error = TcpListener::bind((host, port)).await.unwrap_err().kind();
            }
            errors
        })
    });
}

#[test]
fn names_are_looked_up() {
    let found = task::block_on(async {
        let one: Vec<_> = lookup_host("127.0.0.1:80").await.unwrap().collect();
        let other: Vec<_> = lookup_host(("127.0.0.1", 80)).await.unwrap().collect();
        one == other
    });
    assert!(found);
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let found = lookup_host("localhost:80").await.unwrap().collect::<Vec<_>>();
            let invalid = lookup_host("localhost").await.map(drop).unwrap_err().kind();
            (found, invalid)
        })
    });
    let outcomes: Vec<_> = report.outcomes().map(ToString::to_string).collect();
    assert_eq!(outcomes, ["([127.0.0.1:80], InvalidInput)"]);
}

#[test]
fn what_is_not_of_this_machine_is_refused() {
    for (address, what) in [
        ("example.com:80", "the look-up of the host \"example.com\""),
        ("192.0.2.1:80", "a connection to 192.0.2.1:80, which is not of this machine"),
    ] {
        let report = Checker::new()
            .explore(move || task::block_on(async { TcpStream::connect(address).await.is_ok() }));
        assert_eq!(report.verdict(), Verdict::Skip, "{report}");
        let Some(Incomplete::Unsupported(why)) = report.incomplete() else { panic!("{report}") };
        assert!(why.contains(what), "{why}");
    }
    let report = Checker::new().explore(|| {
        task::block_on(async { TcpListener::bind("192.0.2.1:80").await.map(drop).unwrap_err().kind() })
    });
    assert_eq!(report.outcomes().map(ToString::to_string).collect::<Vec<_>>(), ["AddrNotAvailable"]);
}
