//! A report of a network tells what was done with it, and nothing of what brings things.

use super::connected;
use conccheck::tokio::io::{AsyncReadExt, AsyncWriteExt};
use conccheck::{Checker, Outcome, task};

#[test]
fn a_witness_tells_that_a_read_was_short() {
    let report = Checker::new().explore(|| {
        task::block_on(async {
            let (mut client, mut server) = connected().await;
            client.write_all(b"ping").await.unwrap();
            server.read(&mut [0; 4]).await.unwrap()
        })
    });
    let witness = report.witness(&Outcome::Returned(1)).expect("native shows how");
    let functions: Vec<_> = witness.steps.iter().map(|step| step.function).collect();
    assert!(functions.contains(&"short read"), "{functions:?}");
    assert!(!functions.contains(&"deliver"), "{functions:?}");
}
