//! Histories as long as a test of a real object would record.

use super::drawn::{Drawn, Event};
use super::objects::{Call, Object};
use crate::property::history::projection::Forced;
use crate::property::history::search::Search;
use crate::property::{Criterion, explain};
use fastrand::Rng;
use std::io::Write;
use std::time::Instant;

const TASKS: usize = 4;
const OPERATIONS: usize = 200;
/// So many pairs of placed operations and a state take a few milliseconds.
const ENTERED_MAX: usize = 2_000;

/// Whether there is an order; tells how long that took.
fn is_linearizable(name: &str, drawn: &Drawn) -> bool {
    let history = drawn.history();
    assert_eq!(history.operations().len(), OPERATIONS);
    let begun = Instant::now();
    let precedes = Criterion::Linearizable.precedence(&history);
    let operations: Vec<_> = history.operations().iter().collect();
    let (is_linearizable, entered) = match Forced::new(&drawn.object, &operations, &precedes) {
        Err(_) => (false, 0),
        Ok(forced) => {
            let both = |one: &_, other: &_| precedes(one, other) || forced.precedes(one, other);
            let mut search = Search::new(&drawn.object, operations.into_iter(), both);
            (search.run().is_ok(), search.entered())
        }
    };
    let took = begun.elapsed();
    assert_eq!(explain(&drawn.object, &history, Criterion::Linearizable).is_ok(), is_linearizable);
    writeln!(std::io::stderr(), "{name}: {is_linearizable}, {entered} entered in {took:.1?}").unwrap();
    assert!(entered <= ENTERED_MAX, "{name}: {entered}");
    is_linearizable
}

/// Values that differ, and as many calls that give as that take.
fn calls(give: fn(u8) -> Call, take: Call) -> impl FnMut(&mut Rng) -> Call {
    let mut values = 1..;
    move |rng| if rng.bool() { take.clone() } else { give(values.next().unwrap()) }
}

/// The last operation that takes a value takes what the first one took.
fn broken(drawn: &Drawn) -> Drawn {
    let mut drawn = drawn.clone();
    let mut values: Vec<&mut Option<u8>> = drawn
        .events
        .iter_mut()
        .filter_map(|(_, event)| match event {
            Event::Answer(answer @ Some(_)) => Some(answer),
            Event::Answer(None) | Event::Call(_) => None,
        })
        .collect();
    let first = *values[0];
    **values.last_mut().unwrap() = first;
    drawn
}

fn decides_long_histories(object: Object, give: fn(u8) -> Call, take: Call) {
    for seed in 0..30 {
        let calls = calls(give, take.clone());
        let right = Drawn::right(object, TASKS, OPERATIONS, &mut Rng::with_seed(seed), calls);
        assert!(is_linearizable(&format!("{object:?} {seed}"), &right));
        assert!(!is_linearizable(&format!("{object:?} {seed}, broken"), &broken(&right)));
    }
}

#[test]
fn decides_histories_of_a_register_with_200_operations() {
    decides_long_histories(Object::Register, |value| Call::Write(0, value), Call::Read(0));
}

#[test]
fn decides_histories_of_a_queue_with_200_operations() {
    decides_long_histories(Object::Queue, Call::Enqueue, Call::Dequeue);
}

/// Neither does the stack overflow.
#[test]
fn decides_histories_of_two_registers_with_2000_operations() {
    let mut rng = Rng::with_seed(1);
    let call = |rng: &mut Rng| match rng.bool() {
        true => Call::Read(rng.usize(..2)),
        false => Call::Write(rng.usize(..2), rng.u8(..)),
    };
    let drawn = Drawn::right(Object::Registers, TASKS, 2_000, &mut rng, call);
    let history = drawn.history();
    let begun = Instant::now();
    let explanation = explain(&Object::Registers, &history, Criterion::Linearizable).unwrap();
    writeln!(std::io::stderr(), "2,000 operations in {:.1?}", begun.elapsed()).unwrap();
    assert_eq!(explanation.order().len(), 2_000);
}
