//! The native engine explores as many executions as there are trace classes, and gives none up: on every
//! program of the table whose numbers are published or were counted by brute force, and on some of them in
//! several orders of their threads.

use conccheck::models::{PROGRAMS, Traces};
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::sync::{Arc, Mutex};
use conccheck::{Backend, Checker, Incomplete, Outcome, Report, Verdict, thread};
use std::fmt::Debug;

/// One thread of a program, and where its result goes.
pub type Thread = Box<dyn FnOnce() -> usize + Send>;

pub fn native() -> Checker {
    Checker::new().backend(Backend::Native).executions_max(1_000_000)
}

/// A program: variables and mutexes, all at first 0 and free, and threads that `main` spawns and joins.
#[derive(Clone)]
pub struct Shared {
    pub x: Arc<Vec<AtomicUsize>>,
    pub m: Arc<Vec<Mutex<()>>>,
}

impl Shared {
    pub fn new() -> Self {
        Shared {
            x: Arc::new((0..20).map(|_| AtomicUsize::new(0)).collect()),
            m: Arc::new((0..12).map(|_| Mutex::new(())).collect()),
        }
    }

    pub fn read(&self, x: usize) -> usize {
        self.x[x].load(SeqCst)
    }

    pub fn write(&self, x: usize, value: usize) {
        self.x[x].store(value, SeqCst);
    }

    pub fn exchange(&self, x: usize, old: usize, new: usize) -> bool {
        self.x[x].compare_exchange(old, new, SeqCst, SeqCst).is_ok()
    }

    pub fn thread(&self, body: impl FnOnce(&Shared) -> usize + Send + 'static) -> Thread {
        let shared = self.clone();
        Box::new(move || body(&shared))
    }
}

/// Spawns all and joins all; what they returned.
pub fn run(threads: Vec<Thread>) -> Vec<usize> {
    let handles: Vec<_> = threads.into_iter().map(thread::spawn).collect();
    handles.into_iter().map(|handle| handle.join().unwrap()).collect()
}

/// Explores a program in several orders of its threads, and expects this many trace classes of it.
fn counts(name: &str, traces: u64, threads: impl Fn(&Shared) -> Vec<Thread> + Send + Sync + Clone + 'static) {
    let count = threads_of(&threads);
    for turn in 0..count.min(4) {
        for reversed in [false, true] {
            let threads = threads.clone();
            let report = native().explore(move || {
                let mut threads = threads(&Shared::new());
                threads.rotate_left(turn);
                if reversed {
                    threads.reverse();
                }
                run(threads)
            });
            assert_counts(&format!("{name}, turned by {turn}, reversed: {reversed}"), traces, &report);
        }
    }
}

fn threads_of(threads: &impl Fn(&Shared) -> Vec<Thread>) -> usize {
    threads(&Shared::new()).len()
}

fn assert_counts<T: Ord + Debug>(name: &str, traces: u64, report: &Report<T>) {
    assert!(report.is_complete(), "{name}: {report}");
    assert_eq!((report.executions(), report.redundant()), (traces, 0), "{name}");
}

/// Programs of the table that ask for what the native engine does not have.
const REFUSED: &[&str] = &[];

/// Of each program of the table, at each size for which the numbers are known.
#[test]
fn each_trace_class_of_the_table_is_explored_once() {
    let mut surprises = Vec::new();
    let (mut counted, mut executions) = (0, 0);
    for &program in PROGRAMS {
        for &Traces { size, all, wrong } in program.traces {
            let program = size.map_or(program, |size| program.sized(size).unwrap());
            let checked = program.check(&native());
            let report = &checked.report;
            let is_refused = matches!(report.incomplete(), Some(Incomplete::Unsupported(_)));
            if is_refused || REFUSED.contains(&program.name) {
                if !(is_refused && REFUSED.contains(&program.name)) {
                    surprises.push(format!("{program} is refused: {is_refused}, {report}"));
                }
                continue;
            }
            let seen = report.outcomes().filter(|outcome| !checked.is_right(outcome));
            let seen_wrong = seen.map(|outcome| report.seen(outcome).unwrap().executions).sum();
            if (report.is_complete(), report.executions(), report.redundant(), seen_wrong)
                != (true, all, 0, wrong)
            {
                let seen = (report.executions(), report.redundant(), seen_wrong);
                surprises.push(format!("{program}: {seen:?}, not ({all}, 0, {wrong}): {report}"));
            }
            (counted, executions) = (counted + 1, executions + report.executions());
        }
    }
    tell!("{counted} programs have as many trace classes as they should, {executions} together");
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

fn factorial(n: usize) -> u64 {
    (1..=n as u64).product()
}

#[test]
fn litmus_tests() {
    counts("SB", 3, |s| {
        vec![
            s.thread(|s| {
                s.write(0, 1);
                s.read(1)
            }),
            s.thread(|s| {
                s.write(1, 1);
                s.read(0)
            }),
        ]
    });
    counts("MP", 3, |s| {
        vec![
            s.thread(|s| {
                s.write(0, 1);
                s.write(1, 1);
                0
            }),
            s.thread(|s| 2 * s.read(1) + s.read(0)),
        ]
    });
    counts("2+2W", 3, |s| {
        let both = |x: usize, y: usize| {
            move |s: &Shared| {
                s.write(x, 1);
                s.write(y, 2);
                0
            }
        };
        vec![s.thread(both(0, 1)), s.thread(both(1, 0))]
    });
    counts("LB3", 7, |s| {
        let one = |i: usize| {
            move |s: &Shared| {
                let seen = s.read(i);
                s.write((i + 1) % 3, 1);
                seen
            }
        };
        (0..3).map(|i| s.thread(one(i))).collect()
    });
    counts("IRIW", 15, |s| {
        let write = |x: usize| {
            move |s: &Shared| {
                s.write(x, 1);
                0
            }
        };
        vec![
            s.thread(write(0)),
            s.thread(|s| 2 * s.read(0) + s.read(1)),
            s.thread(|s| 2 * s.read(1) + s.read(0)),
            s.thread(write(1)),
        ]
    });
}

#[test]
fn readers_and_writers() {
    for (n, traces) in [(2, 4), (3, 8), (8, 256)] {
        counts(&format!("readers({n})"), traces, move |s| {
            let mut threads: Vec<Thread> = (0..n).map(|_| s.thread(|s| s.read(0))).collect();
            threads.push(s.thread(|s| {
                s.write(0, 1);
                0
            }));
            threads
        });
    }
    for n in 2..=4 {
        counts(&format!("writers({n})"), factorial(n + 1), move |s| {
            let mut threads: Vec<Thread> = (0..n)
                .map(|i| {
                    s.thread(move |s| {
                        s.write(0, i + 1);
                        0
                    })
                })
                .collect();
            threads.push(s.thread(|s| s.read(0)));
            threads
        });
    }
}

fn lastzero(n: usize) -> impl Fn(&Shared) -> Vec<Thread> + Send + Sync + Clone + 'static {
    move |s| {
        let mut threads = vec![s.thread(move |s| {
            let mut i = n;
            while s.read(i) != 0 {
                i -= 1;
            }
            i
        })];
        threads.extend((1..=n).map(|j| {
            s.thread(move |s| {
                s.write(j, s.read(j - 1) + 1);
                0
            })
        }));
        threads
    }
}

#[test]
fn last_zero() {
    for (n, traces) in [(2, 5), (3, 12), (5, 64), (10, 3_328)] {
        counts(&format!("lastzero({n})"), traces, lastzero(n));
    }
}

#[test]
fn failed_exchanges_are_reads() {
    for n in 2..=5 {
        counts(&format!("cas({n})"), n as u64, move |s| {
            (1..=n).map(|i| s.thread(move |s| usize::from(s.exchange(0, 0, i)))).collect()
        });
    }
    for (n, traces) in [(2, 5), (3, 13), (4, 33)] {
        counts(&format!("wcas({n})"), traces, move |s| {
            let mut threads: Vec<Thread> =
                (0..n).map(|_| s.thread(|s| usize::from(s.exchange(0, 2, 3)))).collect();
            threads.push(s.thread(|s| {
                s.write(0, 2);
                0
            }));
            threads
        });
    }
}

#[test]
fn critical_sections() {
    for (n, k, traces) in [(4, 1, 24), (2, 2, 6), (3, 2, 90)] {
        counts(&format!("lock({n}, {k})"), traces, move |s| {
            let sections = move |s: &Shared| {
                (0..k).for_each(|_| drop(s.m[0].lock()));
                0
            };
            (0..n).map(|_| s.thread(sections)).collect()
        });
    }
    let try_section = |s: &Shared| usize::from(s.m[0].try_lock().is_ok());
    for (n, traces) in [(2, 4), (3, 21)] {
        counts(&format!("trylock({n})"), traces, move |s| (0..n).map(|_| s.thread(try_section)).collect());
    }
    counts("locker and trylocker", 3, move |s| {
        let section = |s: &Shared| {
            drop(s.m[0].lock());
            0
        };
        vec![s.thread(section), s.thread(try_section)]
    });
}

#[test]
fn philosophers() {
    let eat = |first: usize, second: usize| {
        move |s: &Shared| {
            let _first = s.m[first].lock();
            let _second = s.m[second].lock();
            0
        }
    };
    for (n, traces) in [(3, 6), (4, 14), (5, 30), (8, 254)] {
        counts(&format!("{n} ordered philosophers"), traces, move |s| {
            // Where threads are the first to use an object, dpor may not know which it is, and see a class twice.
            s.m.iter().take(n).for_each(|fork| drop(fork.lock()));
            (0..n).map(|i| s.thread(eat(i.min((i + 1) % n), i.max((i + 1) % n)))).collect()
        });
    }
    for n in 2..=5 {
        let threads = move |s: &Shared| (0..n).map(|i| s.thread(eat(i, (i + 1) % n))).collect::<Vec<_>>();
        counts(&format!("{n} unordered philosophers"), (1 << n) - 1, threads);
        let report = native().explore(move || run(threads(&Shared::new())));
        let deadlocks = report.outcomes().filter(|outcome| matches!(outcome, Outcome::Deadlocked { .. }));
        assert_eq!(deadlocks.map(|outcome| report.seen(outcome).unwrap().executions).sum::<u64>(), 1);
        assert_eq!(report.verdict(), Verdict::Hang);
    }
}

#[test]
fn choices() {
    counts("popl_optimal", 5, |s| {
        let write = |x: usize| {
            move |s: &Shared| {
                s.write(x, 1);
                0
            }
        };
        vec![
            s.thread(write(0)),
            s.thread(write(1)),
            s.thread(|s| {
                if s.read(1) == 0 {
                    s.write(2, 1);
                }
                0
            }),
            s.thread(|s| {
                if s.read(2) == 1 && s.read(1) == 0 {
                    s.write(0, 2);
                }
                0
            }),
        ]
    });
    counts("many_initials", 5, |s| {
        let write = |x: usize| {
            move |s: &Shared| {
                s.write(x, 1);
                0
            }
        };
        let reader = |s: &Shared| {
            let (y, z) = (s.read(1), s.read(2));
            if y == 1 && z == 1 { s.read(0) } else { 0 }
        };
        vec![s.thread(write(0)), s.thread(write(1)), s.thread(write(2)), s.thread(reader)]
    });
    counts("combination_lock", 6, |s| {
        let [x, y, z, w, v, a, b, c, d] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
        vec![
            s.thread(move |s| {
                s.write(z, 1);
                0
            }),
            s.thread(move |s| {
                s.write(x, 1);
                s.write(a, 1);
                if s.read(y) == 1 {
                    s.write(w, 1);
                    s.write(b, 0);
                }
                0
            }),
            s.thread(move |s| {
                if s.read(x) == 1 {
                    s.write(y, 1);
                    s.write(c, 0);
                    if s.read(v) == 1 {
                        s.read(z);
                    }
                }
                0
            }),
            s.thread(move |s| {
                if s.read(w) == 1 {
                    s.write(v, 1);
                    s.write(d, 0);
                }
                0
            }),
        ]
    });
}

#[test]
fn locks_named_by_what_was_read() {
    for (k, traces) in [(4, 8), (5, 10)] {
        counts(&format!("ssbexp({k})"), traces, move |s| {
            // Mutexes 1 to k are the servers', mutex 0 guards the index, which begins as 1.
            let mut threads: Vec<Thread> = (1..=k)
                .map(|x| {
                    s.thread(move |s| {
                        drop(s.m[x].lock());
                        0
                    })
                })
                .collect();
            let index = Arc::new(std::sync::Mutex::new(1));
            let (counter, user) = (Arc::clone(&index), index);
            threads.push(s.thread(move |s| {
                for i in 1..k {
                    let _guard = s.m[0].lock();
                    *counter.lock().unwrap() = i;
                }
                0
            }));
            threads.push(s.thread(move |s| {
                let guard = s.m[0].lock();
                let i = *user.lock().unwrap();
                drop(guard);
                drop(s.m[i].lock());
                0
            }));
            threads
        });
    }
}
