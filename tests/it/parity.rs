//! Ordinary std code compiles against the facade when its imports change, and against std when they
//! change back. The bodies here are compiled twice and never run: drift between the two fails to
//! compile. What std has in these modules, in its stable part, is used here, or stands at the end in a list of what
//! the facade does not have, with the reason; a name of that list that the facade has after all fails to compile.

macro_rules! ordinary_code {
    ($name:ident: $root:ident) => {
        #[allow(dead_code, reason = "to be compiled is all that it has to do")]
        mod $name {
            use root::{hint, sync, thread, time};
            use std::cell::{Cell, RefCell};
            use std::collections::HashMap;
            use std::error::Error;
            use sync::atomic::{self, AtomicBool, AtomicI64, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
            use sync::mpsc::{
                self, Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError,
                TrySendError,
            };
            use sync::{
                Arc, Barrier, BarrierWaitResult, Condvar, LazyLock, LockResult, Mutex, MutexGuard, Once,
                OnceLock, OnceState, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
                WaitTimeoutResult, Weak,
            };
            use thread::{
                AccessError, Builder, JoinHandle, LocalKey, Scope, ScopedJoinHandle, Thread, ThreadId,
            };
            use time::{Duration, Instant, SystemTime, SystemTimeError, TryFromFloatSecsError, UNIX_EPOCH};
            use $root as root;

            static TOTAL: LazyLock<AtomicUsize> = LazyLock::new(|| AtomicUsize::new(0));
            static NAMES: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

            #[derive(Debug, Default)]
            struct Account {
                balance: Mutex<i64>,
                owner: RwLock<String>,
                changed: Condvar,
                closed: AtomicBool,
            }

            impl Account {
                fn deposit(&self, amount: i64) -> Result<i64, Box<dyn Error + '_>> {
                    let mut balance = self.balance.lock()?;
                    *balance += amount;
                    self.changed.notify_all();
                    Ok(*balance)
                }

                fn balance_now(&self) -> Option<MutexGuard<'_, i64>> {
                    match self.balance.try_lock() {
                        Ok(guard) => Some(guard),
                        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                        Err(TryLockError::WouldBlock) => None,
                    }
                }

                fn wait_for(&self, least: i64) -> i64 {
                    let guard = self.balance.lock().unwrap_or_else(PoisonError::into_inner);
                    let guard = self.changed.wait_while(guard, |balance| *balance < least).unwrap();
                    let mut guard = self.changed.wait(guard).unwrap();
                    *guard += 0;
                    let (guard, result): (MutexGuard<'_, i64>, WaitTimeoutResult) =
                        self.changed.wait_timeout(guard, Duration::from_millis(1)).unwrap();
                    let (guard, _) = self
                        .changed
                        .wait_timeout_while(guard, Duration::ZERO, |balance| *balance < least)
                        .unwrap();
                    if result.timed_out() { 0 } else { *guard }
                }

                fn owner(&self) -> LockResult<RwLockReadGuard<'_, String>> {
                    self.owner.read()
                }

                fn rename(&self, name: &str) {
                    let mut owner: RwLockWriteGuard<'_, String> = self.owner.write().unwrap();
                    owner.push_str(name);
                    drop(owner);
                    let readable = self.owner.try_read().is_ok_and(|owner| owner.is_empty());
                    let writable = self.owner.try_write().is_ok();
                    let _ = (readable, writable, self.owner.is_poisoned());
                    self.owner.clear_poison();
                }

                fn into_parts(mut self) -> (i64, String) {
                    *self.balance.get_mut().unwrap() += 1;
                    self.owner.get_mut().unwrap().clear();
                    (self.balance.into_inner().unwrap(), self.owner.into_inner().unwrap())
                }
            }

            /// An owner goes through a pointer, as does one who only knows.
            fn pointers(account: Arc<Account>) -> bool {
                let known = Arc::downgrade(&account).into_raw();
                let pointer = Arc::into_raw(account);
                // SAFETY: each pointer becomes what it was.
                unsafe {
                    Arc::increment_strong_count(pointer);
                    Arc::decrement_strong_count(pointer);
                    let account: Arc<Account> = Arc::from_raw(pointer);
                    Weak::from_raw(known).upgrade().is_some_and(|same| Arc::ptr_eq(&same, &account))
                }
            }

            fn locks(mut flag: AtomicBool, shared: Arc<Mutex<dyn std::fmt::Debug + Send>>) -> String {
                *flag.get_mut() = true;
                let other: Weak<Mutex<dyn std::fmt::Debug + Send>> = Arc::downgrade(&shared);
                let text = format!("{:?} {}", &*shared.lock().unwrap(), other.upgrade().is_some());
                let from: Mutex<u8> = 1.into();
                let lock: RwLock<u8> = RwLock::from(1);
                if from.is_poisoned() {
                    from.clear_poison();
                }
                format!("{text} {:?} {:?} {}", from, lock, from.lock().unwrap())
            }

            fn atomics(cell: &AtomicI64) -> Result<i64, i64> {
                let mut value = 1;
                let pointer: AtomicPtr<i32> = AtomicPtr::new(&mut value);
                let _ = pointer.swap(std::ptr::null_mut(), Ordering::AcqRel).is_null();
                let _ = AtomicBool::default().fetch_xor(true, Ordering::SeqCst);
                let _ = AtomicU8::from(1).fetch_nand(1, Ordering::Relaxed);
                atomic::fence(Ordering::SeqCst);
                atomic::compiler_fence(Ordering::Release);
                cell.fetch_add(1, Ordering::Relaxed);
                cell.fetch_max(7, Ordering::AcqRel);
                let _ = cell.compare_exchange_weak(7, 8, Ordering::AcqRel, Ordering::Acquire);
                cell.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |seen| seen.checked_add(1))?;
                let copy = AtomicI64::new(cell.load(Ordering::Acquire)).into_inner();
                cell.compare_exchange(copy, 9, Ordering::SeqCst, Ordering::Relaxed)
            }

            fn channels() -> Result<u32, RecvError> {
                let (sender, receiver): (Sender<u32>, Receiver<u32>) = mpsc::channel();
                let (bounded, bounded_receiver): (SyncSender<u32>, Receiver<u32>) = mpsc::sync_channel(1);
                let SendError(_unsent) = sender.clone().send(1).unwrap_err();
                match bounded.try_send(1) {
                    Ok(()) => {}
                    Err(TrySendError::Full(message) | TrySendError::Disconnected(message)) => {
                        bounded.send(message).unwrap();
                    }
                }
                let mut sum = receiver.recv()?;
                match receiver.try_recv() {
                    Ok(message) => sum += message,
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
                }
                match receiver.recv_timeout(Duration::from_millis(1)) {
                    Ok(message) => sum += message,
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
                }
                sum += receiver.try_iter().sum::<u32>() + receiver.iter().take(2).sum::<u32>();
                for message in &receiver {
                    sum += message;
                }
                for message in bounded_receiver {
                    sum += message;
                }
                Ok(sum)
            }

            fn once(start: &Once, mut cell: OnceLock<String>) -> Option<String> {
                start.call_once(|| ());
                start.call_once_force(|state: &OnceState| assert!(!state.is_poisoned()));
                let _ = (start.is_completed(), cell.get(), cell.set(String::new()));
                let _ = cell.get_mut();
                let _ = OnceLock::from(1).get_or_init(|| 2);
                TOTAL.fetch_add(cell.get_or_init(String::new).len(), Ordering::SeqCst);
                NAMES
                    .lock()
                    .unwrap()
                    .insert(cell.get()?.clone(), LazyLock::force(&TOTAL).load(Ordering::SeqCst));
                cell.into_inner()
            }

            fn threads(account: Arc<Account>) -> std::io::Result<thread::Result<i64>> {
                let barrier = Arc::new(Barrier::new(2));
                let builder = Builder::new().name("teller".to_string()).stack_size(64 * 1024);
                let teller: JoinHandle<i64> = builder.spawn({
                    let (account, barrier) = (account.clone(), barrier.clone());
                    move || {
                        let met: BarrierWaitResult = barrier.wait();
                        thread::park_timeout(Duration::from_millis(1));
                        thread::park();
                        account.deposit(i64::from(met.is_leader())).unwrap()
                    }
                })?;
                barrier.wait();
                let thread: &Thread = teller.thread();
                let id: ThreadId = thread.id();
                thread.unpark();
                thread::yield_now();
                thread::sleep(Duration::from_millis(1));
                let same = id == thread::current().id() || thread.name() == Some("teller");
                let cores = thread::available_parallelism()?.get();
                let _ = (same, cores, teller.is_finished(), thread::panicking());
                thread::spawn(|| 1).join().unwrap();
                Ok(teller.join())
            }

            fn scoped(numbers: &[u64]) -> u64 {
                thread::scope(|scope: &Scope<'_, '_>| {
                    let halves = numbers.split_at(numbers.len() / 2);
                    let first: ScopedJoinHandle<'_, u64> = scope.spawn(|| halves.0.iter().sum());
                    let second = scope.spawn(|| {
                        let inner = scope.spawn(|| halves.1.iter().sum::<u64>());
                        inner.join().unwrap()
                    });
                    let _ = (first.is_finished(), first.thread().name());
                    first.join().unwrap() + second.join().unwrap()
                })
            }

            fn named_and_scoped(number: &u32) -> std::io::Result<thread::Result<u32>> {
                thread::scope(|scope| {
                    let builder = Builder::new().name("scoped".to_string());
                    let handle: ScopedJoinHandle<'_, u32> = builder.spawn_scoped(scope, || *number)?;
                    Ok(handle.join())
                })
            }

            root::thread_local! {
                /// With a value that needs no code.
                static COUNT: Cell<u32> = const { Cell::new(0) };
                pub(crate) static TEXT: RefCell<String> = RefCell::new(String::from("text"))
            }
            root::thread_local!(
                static PLAIN: u8 = 1;
            );

            fn locals() -> Result<usize, AccessError> {
                let plain: &'static LocalKey<u8> = &PLAIN;
                COUNT.set(COUNT.get() + COUNT.take() + COUNT.replace(1));
                TEXT.set(String::new());
                TEXT.with_borrow_mut(|text| text.push_str(&TEXT.replace(String::new())));
                let length = TEXT.with_borrow(String::len) + TEXT.take().len();
                let error = plain.try_with(|plain| usize::from(*plain))?;
                Ok(plain.with(|plain| usize::from(*plain)) + length + error)
            }

            fn clocks() -> Result<(Duration, SystemTime), SystemTimeError> {
                let begun: Instant = Instant::now();
                let mut later = begun + Duration::from_secs(1);
                later += Duration::from_secs(1);
                later -= Duration::from_secs(1);
                let both =
                    [later.checked_add(Duration::MAX), (later - Duration::ZERO).checked_sub(Duration::MAX)];
                let waited = begun.elapsed()
                    + begun.duration_since(later)
                    + begun.saturating_duration_since(later)
                    + begun.checked_duration_since(later).unwrap_or_default()
                    + (later - begun);
                let mut today = SystemTime::now() + Duration::ZERO - Duration::ZERO;
                today += Duration::ZERO;
                today -= Duration::ZERO;
                let since: Duration = today.duration_since(SystemTime::UNIX_EPOCH)? + today.elapsed()?;
                let exact: Result<Duration, TryFromFloatSecsError> = Duration::try_from_secs_f64(0.5);
                let _ = (
                    both[0] < both[1],
                    today.checked_add(since),
                    today.checked_sub(since),
                    UNIX_EPOCH == today,
                );
                let _ = today.duration_since(UNIX_EPOCH).map_err(|error| error.duration());
                Ok((waited + exact.unwrap_or_default(), today))
            }

            fn hints(sum: u64) -> u64 {
                hint::spin_loop();
                // SAFETY: it is never called.
                unsafe { hint::assert_unchecked(sum > 0) };
                hint::select_unpredictable(hint::black_box(sum) > 1, 1, 2)
            }
        }
    };
}

ordinary_code!(with_std: std);
ordinary_code!(with_conccheck: conccheck);

/// What std has in a module and the facade has not, and why. Where the facade has it, the name is ambiguous here.
macro_rules! missing_items {
    ($module:ident, $std:path, $facade:path: $($item:ident: $why:literal,)+) => {
        mod $module {
            use $std as real;

            mod in_std {
                $(
                    #[allow(non_snake_case, unused_imports, deprecated, reason = "it has to be there")]
                    mod $item {
                        use super::super::real::$item;
                    }
                )+
            }

            mod absent {
                $(
                    #[allow(non_camel_case_types, reason = "it stands for items of any kind")]
                    pub struct $item;
                )+
            }

            mod both {
                use $facade as facade;
                #[allow(unused_imports, reason = "each name comes from one of the two")]
                pub use {super::absent::*, facade::*};
            }

            pub(super) fn reasons() -> Vec<(String, &'static str)> {
                $(let _: both::$item = both::$item;)+
                vec![$((format!("{}::{}", stringify!($std), stringify!($item)), $why)),+]
            }
        }
    };
}

missing_items! { in_thread, std::thread, conccheck::thread:
    park_timeout_ms: "deprecated since Rust 1.6: `park_timeout`",
    sleep_ms: "deprecated since Rust 1.6: `sleep`",
}

missing_items! { in_sync, std::sync, conccheck::sync:
    ONCE_INIT: "deprecated since Rust 1.38: `Once::new`",
}

missing_items! { in_atomic, std::sync::atomic, conccheck::sync::atomic:
    ATOMIC_BOOL_INIT: "deprecated since Rust 1.34: `AtomicBool::new`; so for each other atomic",
    spin_loop_hint: "deprecated since Rust 1.51: `hint::spin_loop`",
}

/// Stands for a method that is not there.
struct Absent;

/// Methods that std has and the facade has not, and why. One that the facade has is taken instead, and is of another
/// type.
macro_rules! missing_methods {
    ($module:ident: $($type:ty: $method:ident: $why:literal,)+) => {
        mod $module {
            use super::Absent;
            #[allow(unused_imports, reason = "not each list needs each")]
            use conccheck::{cell::*, sync::atomic::*, sync::*, thread::*};

            pub(super) fn reasons() -> Vec<(String, &'static str)> {
                vec![$({
                    trait Lacks: Sized {
                        fn $method() -> Absent {
                            Absent
                        }
                    }
                    impl Lacks for $type {}
                    let Absent = <$type>::$method();
                    (format!("{}::{}", stringify!($type), stringify!($method)), $why)
                }),+]
            }
        }
    };
}

missing_methods! { of_threads:
    Builder: spawn_unchecked: "a checker keeps a thread's result, which has to be `'static` for that",
}

missing_methods! { of_locks:
    LazyLock<u8>: force_mut: "not yet",
}

missing_methods! { of_atomics:
    AtomicBool: compare_and_swap: "deprecated since Rust 1.50: `compare_exchange`; so for each atomic",
    AtomicUsize: as_ptr: "under a checker the value is not in the atomic's own memory; so for each atomic",
    AtomicUsize: from_ptr: "an atomic of the facade is more than its value; so for each atomic",
}

missing_methods! { of_cells:
    UnsafeCell<u8>: from_mut: "a cell of the facade is more than its value",
    UnsafeCell<u8>: raw_get: "`get` gives a pointer that says how long the access lasts",
}

/// Traits that std's types have and the facade's have not.
const MISSING_TRAITS: [(&str, &str); 2] = [
    ("as_pthread_t and the like of JoinHandle", "a checker's task is no thread of the system"),
    (
        "const new of UnsafeCell",
        "making one is its first write, which a checker has to see: `const_new` for statics",
    ),
];

#[test]
fn what_is_missing_is_known_and_why() {
    let lists = [
        in_thread::reasons(),
        in_sync::reasons(),
        in_atomic::reasons(),
        of_threads::reasons(),
        of_locks::reasons(),
        of_atomics::reasons(),
        of_cells::reasons(),
    ];
    let traits = MISSING_TRAITS.map(|(what, why)| (what.to_string(), why));
    let missing = lists.into_iter().flatten().chain(traits);
    let lines: Vec<String> = missing.map(|(what, why)| format!("{what}  {why}")).collect();
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_snapshot_path("../../snapshots/parity");
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("missing_from_std", lines.join("\n")));
}
