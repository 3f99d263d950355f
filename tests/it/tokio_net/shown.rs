//! A witness of a network tells who read and wrote how much.

use super::connected;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
use conccheck::{Checker, Outcome, task};

#[test]
fn a_witness_tells_how_much_was_read() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            client.write_all(b"ping").await.unwrap();
            let mut message = [0; 4];
            let count = server.read(&mut message).await.unwrap();
            assert_eq!(&message[..count], b"ping");
        });
    });
    let failed =
        report.outcomes().find(|outcome| matches!(outcome, Outcome::Panicked(_))).expect("it may fail");
    let text = report.to_string();
    tell!("{text}");
    tell!(
        "{:#?}",
        report
            .witness(failed)
            .unwrap()
            .steps
            .iter()
            .map(|step| (step.task, step.function, step.object, &step.effect))
            .collect::<Vec<_>>()
    );
}
