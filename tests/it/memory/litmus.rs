//! Litmus tests as data: small programs on the facade, read from a table that says what they may come to.
//!
//! A program's threads are lists of instructions, one a string:
//!
//! ```text
//! a = load x acquire        store x 1 release       of atomics
//! a = add x 1 acqrel        a = swap x 2 acqrel     answer the old value; `a =` may be left out
//! a = cas x 0 1 acqrel relaxed                      compare_exchange: expected, new, success, failure
//! fence seqcst              lock m        unlock m
//! a = read d                write d 1               plain accesses
//! if a == 1 ... else ... end                        also !=; may be nested; `else` may be left out
//! spawn 1                   join 1                  in `main`, if it is given
//! ```
//!
//! A value is a number, a register, or register+number. Registers are −1 until assigned. Main spawns all threads, then
//! joins them, unless it is given.

use conccheck::cell::UnsafeCell;
use conccheck::sync::atomic::{AtomicI64, Ordering, fence};
use conccheck::sync::{Arc, Mutex, MutexGuard};
use conccheck::thread;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// A program, and what is known of it.
#[derive(Clone)]
pub struct Litmus {
    pub name: String,
    main: Vec<String>,
    threads: Vec<Vec<String>>,
    init: BTreeMap<String, i64>,
    columns: Vec<String>,
    pub sc: Facts,
    pub rust: Facts,
}

/// What a program comes to under a memory model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub is_racy: bool,
    pub executions: u64,
    pub blocked: u64,
    /// Registers of threads, then what the locations hold at the end.
    pub outcomes: Vec<Vec<i64>>,
}

/// All programs of a table.
pub fn programs(table: &str) -> Vec<Litmus> {
    let table: Table = table.parse().expect("the table is TOML");
    let programs = table["program"].as_array().expect("a list of programs");
    programs.iter().map(Litmus::of).collect()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|value| value.as_str().expect("a string").to_string())
        .collect()
}

impl Facts {
    fn of(facts: &Value) -> Self {
        let count =
            |name: &str| facts.get(name).map_or(0, |count| count.as_integer().expect("a count") as u64);
        let row =
            |row: &Value| row.as_array().expect("a row").iter().map(|v| v.as_integer().unwrap()).collect();
        let outcomes =
            facts.get("outcomes").map(|rows| rows.as_array().expect("rows").iter().map(row).collect());
        Facts {
            is_racy: facts.get("racy").is_some(),
            executions: count("executions"),
            blocked: count("blocked"),
            outcomes: outcomes.unwrap_or_default(),
        }
    }
}

impl Litmus {
    fn of(entry: &Value) -> Self {
        let threads: Vec<_> = entry["threads"].as_array().expect("threads").iter().map(strings).collect();
        let every = |word: &str| (1..=threads.len()).map(move |n| format!("{word} {n}")).collect::<Vec<_>>();
        let init = entry.get("init").and_then(Value::as_table);
        Litmus {
            name: entry["name"].as_str().expect("a name").to_string(),
            main: entry.get("main").map_or_else(|| [every("spawn"), every("join")].concat(), strings),
            init: init.into_iter().flatten().map(|(k, v)| (k.clone(), v.as_integer().unwrap())).collect(),
            columns: strings(&entry["columns"]),
            sc: Facts::of(&entry["sc"]),
            rust: Facts::of(&entry["rc11"]),
            threads,
        }
    }

    /// One execution: a row of the table.
    pub fn run(&self) -> Vec<i64> {
        let world = Arc::new(World::of(self));
        let mut main = Thread::new(&world);
        let mut threads = BTreeMap::new();
        let mut registers = BTreeMap::new();
        for line in &self.main {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["spawn", number] => {
                    let number: usize = number.parse().unwrap();
                    let (lines, world) = (self.threads[number - 1].clone(), Arc::clone(&world));
                    let body = move || {
                        let mut thread = Thread::new(&world);
                        thread.execute(&lines);
                        thread.registers
                    };
                    threads.insert(number, thread::spawn(body));
                }
                ["join", number] => {
                    let number: usize = number.parse().unwrap();
                    registers.insert(format!("T{number}"), threads.remove(&number).unwrap().join().unwrap());
                }
                _ => main.execute(std::slice::from_ref(line)),
            }
        }
        registers.insert("main".to_string(), std::mem::take(&mut main.registers));
        let value = |column: &String| match column.split_once('.') {
            Some((thread, register)) => registers[thread].get(register).copied().unwrap_or(-1),
            None => world.last(column),
        };
        self.columns.iter().map(value).collect()
    }
}

/// Plain memory that threads share, rightly or not.
struct Plain(UnsafeCell<i64>);

// SAFETY: whether its accesses race is what is checked, and an access that does is never made.
unsafe impl Sync for Plain {}

/// What the threads share.
struct World {
    atomics: BTreeMap<String, AtomicI64>,
    plain: BTreeMap<String, Plain>,
    locks: BTreeMap<String, Mutex<()>>,
}

impl World {
    fn of(litmus: &Litmus) -> Self {
        let (mut atomics, mut plain, mut locks) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for line in litmus.threads.iter().flatten().chain(&litmus.main) {
            let words: Vec<&str> = line.split(' ').collect();
            let words = if words.get(1) == Some(&"=") { &words[2..] } else { &words[..] };
            let Some(&place) = words.get(1) else { continue };
            let (name, first) = (place.to_string(), litmus.init.get(place).copied().unwrap_or(0));
            match words[0] {
                "load" | "store" | "add" | "swap" | "cas" => {
                    atomics.entry(name).or_insert_with(|| AtomicI64::new(first));
                }
                "read" | "write" => {
                    plain.entry(name).or_insert_with(|| Plain(UnsafeCell::new(first)));
                }
                "lock" => {
                    locks.entry(name).or_insert_with(|| Mutex::new(()));
                }
                _ => {}
            }
        }
        World { atomics, plain, locks }
    }

    /// What a location holds when all have ended.
    fn last(&self, place: &str) -> i64 {
        match self.plain.get(place) {
            // SAFETY: the thread that asks has joined all others.
            Some(Plain(cell)) => cell.with(|value| unsafe { *value }),
            None => self.atomics[place].load(Ordering::Relaxed),
        }
    }
}

struct Thread<'a> {
    world: &'a World,
    registers: BTreeMap<String, i64>,
    guards: BTreeMap<String, MutexGuard<'a, ()>>,
}

impl<'a> Thread<'a> {
    fn new(world: &'a World) -> Self {
        Thread { world, registers: BTreeMap::new(), guards: BTreeMap::new() }
    }

    fn value(&self, word: &str) -> i64 {
        word.parse().unwrap_or_else(|_| {
            let (register, plus) = word.split_once('+').unwrap_or((word, "0"));
            self.registers.get(register).copied().unwrap_or(-1) + plus.parse::<i64>().unwrap()
        })
    }

    fn execute(&mut self, lines: &[String]) {
        // The depth of `if`, and of the one whose other branch runs.
        let (mut depth, mut skipped) = (0, 0);
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["if", one, relation, other] => {
                    depth += 1;
                    if skipped == 0 && (self.value(one) == self.value(other)) != (relation == "==") {
                        skipped = depth;
                    }
                }
                ["else"] if skipped == depth => skipped = 0,
                ["else"] if skipped == 0 => skipped = depth,
                ["else"] => {}
                ["end"] => {
                    skipped = if skipped == depth { 0 } else { skipped };
                    depth -= 1;
                }
                _ if skipped > 0 => {}
                [register, "=", ..] => {
                    let answer = self.instruction(&words[2..]).expect("it answers");
                    self.registers.insert(register.to_string(), answer);
                }
                _ => {
                    self.instruction(&words);
                }
            }
        }
    }

    fn instruction(&mut self, words: &[&str]) -> Option<i64> {
        let atomic = |place: &str| &self.world.atomics[place];
        match *words {
            ["load", place, order] => Some(atomic(place).load(ordering(order))),
            ["store", place, value, order] => {
                atomic(place).store(self.value(value), ordering(order));
                None
            }
            ["add", place, value, order] => Some(atomic(place).fetch_add(self.value(value), ordering(order))),
            ["swap", place, value, order] => Some(atomic(place).swap(self.value(value), ordering(order))),
            ["cas", place, expected, new, success, failure] => {
                let (expected, new) = (self.value(expected), self.value(new));
                let exchanged =
                    atomic(place).compare_exchange(expected, new, ordering(success), ordering(failure));
                Some(exchanged.unwrap_or_else(|found| found))
            }
            ["fence", order] => {
                fence(ordering(order));
                None
            }
            // SAFETY: that is what is checked.
            ["read", place] => Some(self.world.plain[place].0.with(|value| unsafe { *value })),
            ["write", place, value] => {
                let value = self.value(value);
                // SAFETY: that is what is checked.
                self.world.plain[place].0.with_mut(|place| unsafe { *place = value });
                None
            }
            ["lock", name] => {
                let guard = self.world.locks[name].lock().unwrap();
                self.guards.insert(name.to_string(), guard);
                None
            }
            ["unlock", name] => {
                self.guards.remove(name);
                None
            }
            _ => panic!("no such instruction: {}", words.join(" ")),
        }
    }
}

fn ordering(word: &str) -> Ordering {
    match word {
        "relaxed" => Ordering::Relaxed,
        "acquire" => Ordering::Acquire,
        "release" => Ordering::Release,
        "acqrel" => Ordering::AcqRel,
        "seqcst" => Ordering::SeqCst,
        _ => panic!("no such ordering: {word}"),
    }
}
