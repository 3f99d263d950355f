//! Ordinary std code compiles against the facade when its imports change, and against std when they
//! change back. The bodies here are compiled twice and never run: drift between the two fails to
//! compile.

macro_rules! ordinary_code {
    ($name:ident: $sync:path, $thread:path) => {
        #[allow(dead_code, reason = "to be compiled is all that it has to do")]
        mod $name {
            use std::collections::HashMap;
            use std::error::Error;
            use std::time::Duration;
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
            use thread::{Builder, JoinHandle, Scope, ScopedJoinHandle, Thread, ThreadId};
            use $sync as sync;
            use $thread as thread;

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
        }
    };
}

ordinary_code!(with_std: std::sync, std::thread);
ordinary_code!(with_conccheck: conccheck::sync, conccheck::thread);
