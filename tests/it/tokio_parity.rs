//! Ordinary tokio code compiles against `conccheck::tokio` when its imports change, and against tokio when they change
//! back. The bodies here are compiled twice and never run.

macro_rules! ordinary_code {
    ($name:ident: $root:path) => {
        #[allow(
            dead_code,
            unused_must_use,
            dropping_copy_types,
            reason = "to be compiled is all that it has to do"
        )]
        mod $name {
            use root::io::{
                AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt, AsyncWrite,
                AsyncWriteExt, BufReader, BufStream, BufWriter, DuplexStream, Interest, Lines, ReadBuf,
                ReadHalf, Ready, SimplexStream, WriteHalf, copy, copy_bidirectional,
                copy_bidirectional_with_sizes, copy_buf, duplex, empty, join as join_io, repeat, simplex,
                sink, split,
            };
            use root::net::{
                TcpListener, TcpSocket, TcpStream, ToSocketAddrs, UnixListener, UnixStream, lookup_host, tcp,
                unix,
            };
            use root::runtime::{
                Builder, EnterGuard, Handle, LocalOptions, LocalRuntime, Runtime, RuntimeFlavor,
                TryCurrentError,
            };
            use root::signal::ctrl_c;
            use root::signal::unix::{Signal, SignalKind, signal};
            use root::sync::futures::{Notified, OwnedNotified};
            use root::sync::mpsc::error::{
                SendError, SendTimeoutError, TryRecvError as MpscTryRecvError, TrySendError,
            };
            use root::sync::mpsc::{
                OwnedPermit, Permit, PermitIterator, UnboundedReceiver, UnboundedSender, WeakSender,
                WeakUnboundedSender,
            };
            use root::sync::{
                AcquireError, Barrier, BarrierWaitResult, MappedMutexGuard, Mutex, MutexGuard, Notify,
                OnceCell, OwnedMappedMutexGuard, OwnedMutexGuard, OwnedRwLockMappedWriteGuard,
                OwnedRwLockReadGuard, OwnedRwLockWriteGuard, OwnedSemaphorePermit, RwLock,
                RwLockMappedWriteGuard, RwLockReadGuard, RwLockWriteGuard, Semaphore, SemaphorePermit,
                SetError, SetOnce, SetOnceError, TryAcquireError, TryLockError, broadcast, mpsc, oneshot,
                watch,
            };
            use root::task::futures::TaskLocalFuture;
            use root::task::{
                AbortHandle, Id, JoinError, JoinHandle, JoinSet, LocalEnterGuard, LocalSet, coop,
                spawn_blocking, spawn_local,
            };
            use root::time::error::Elapsed;
            use root::time::{
                Duration, Instant, Interval, MissedTickBehavior, Sleep, Timeout, advance, interval,
                interval_at, pause, resume, sleep, sleep_until, timeout, timeout_at,
            };
            use root::{join, pin, select, task_local, try_join};
            use std::cell::Cell;
            use std::error::Error;
            use std::future::Future;
            use std::pin::Pin;
            use std::sync::Arc;
            use std::task::{Context, Poll};
            use $root as root;

            static LIMIT: Semaphore = Semaphore::const_new(Semaphore::MAX_PERMITS);
            static NUMBER: Mutex<u32> = Mutex::const_new(0);
            static NAME: RwLock<&str> = RwLock::const_with_max_readers("", 2);
            static READY: Notify = Notify::const_new();
            static CELL: OnceCell<u32> = OnceCell::const_new_with(1);
            static SET: SetOnce<u32> = SetOnce::const_new();

            task_local! {
                pub static ID: u32;
                static LABEL: String
            }

            fn shared<T: Send + Sync>() {}
            fn sent<T: Send>(_: T) {}

            fn local_runtime() -> std::io::Result<LocalRuntime> {
                Builder::new_current_thread().enable_all().build_local(LocalOptions::default())
            }

            fn what_may_be_shared() {
                shared::<(Runtime, Handle, JoinHandle<u32>, AbortHandle, JoinSet<u32>, JoinError, Id)>();
                shared::<Mutex<u32>>();
                shared::<MutexGuard<'_, u32>>();
                shared::<OwnedMutexGuard<u32>>();
                shared::<RwLockReadGuard<'_, u32>>();
                shared::<RwLockWriteGuard<'_, u32>>();
                shared::<SemaphorePermit<'_>>();
                shared::<OwnedSemaphorePermit>();
                shared::<Notified<'_>>();
                shared::<OwnedNotified>();
                shared::<Barrier>();
                shared::<OnceCell<u32>>();
                shared::<SetOnce<u32>>();
                shared::<(mpsc::Sender<u32>, mpsc::Receiver<u32>, Permit<'_, u32>, OwnedPermit<u32>)>();
                shared::<(oneshot::Sender<u32>, oneshot::Receiver<u32>)>();
                shared::<(broadcast::Sender<Cell<u32>>, broadcast::Receiver<Cell<u32>>)>();
                shared::<(watch::Sender<u32>, watch::Receiver<u32>)>();
                shared::<(DuplexStream, SimplexStream, ReadHalf<DuplexStream>, WriteHalf<DuplexStream>)>();
                shared::<(TcpListener, TcpStream, TcpSocket, UnixListener, UnixStream, Signal)>();
                shared::<(tcp::OwnedReadHalf, tcp::OwnedWriteHalf, tcp::ReadHalf<'_>, tcp::WriteHalf<'_>)>();
                shared::<(unix::OwnedReadHalf, unix::OwnedWriteHalf)>();
                sent(async {
                    let mut socket = TcpStream::connect("127.0.0.1:1").await?;
                    socket.readable().await?;
                    socket.write_all(b"x").await?;
                    socket.read_u8().await?;
                    ctrl_c().await
                });
                sent(async {
                    let guard = NUMBER.lock().await;
                    READY.notified().await;
                    drop(guard);
                    LIMIT.acquire_many(2).await.map(|permit| permit.forget())
                });
            }

            async fn semaphore(permits: Arc<Semaphore>) -> Result<usize, Box<dyn Error>> {
                let mut permit: SemaphorePermit<'_> = permits.acquire().await?;
                let other: Result<SemaphorePermit<'_>, TryAcquireError> = permits.try_acquire_many(2);
                permit.merge(other?);
                let split = permit.split(1).map(|permit| permit.num_permits());
                let _: &Semaphore = permit.semaphore();
                permit.forget();
                let owned: Result<OwnedSemaphorePermit, AcquireError> = permits.clone().acquire_owned().await;
                let many = permits.clone().acquire_many_owned(2).await?;
                let _: &Arc<Semaphore> = many.semaphore();
                drop((
                    owned,
                    many,
                    permits.clone().try_acquire_owned(),
                    permits.clone().try_acquire_many_owned(2),
                ));
                permits.add_permits(1);
                permits.close();
                Ok(permits.available_permits()
                    + permits.forget_permits(1)
                    + usize::from(permits.is_closed())
                    + split.unwrap_or(0))
            }

            async fn mutex(number: Arc<Mutex<(u32, u32)>>) {
                let guard: MutexGuard<'_, (u32, u32)> = number.lock().await;
                let _: &Mutex<(u32, u32)> = MutexGuard::mutex(&guard);
                let mapped: MappedMutexGuard<'_, u32> = MutexGuard::map(guard, |pair| &mut pair.0);
                let mapped = MappedMutexGuard::map(mapped, |number| number);
                drop(mapped);
                let owned: OwnedMutexGuard<(u32, u32)> = number.clone().lock_owned().await;
                let _: &Arc<Mutex<(u32, u32)>> = OwnedMutexGuard::mutex(&owned);
                let tried: Result<_, TryLockError> = number.clone().try_lock_owned();
                drop((tried, number.try_lock(), format!("{number:?} {owned:?}")));
                let part: OwnedMappedMutexGuard<(u32, u32), u32> =
                    OwnedMutexGuard::map(owned, |pair| &mut pair.0);
                let part = OwnedMappedMutexGuard::try_map(part, |number| Some(number)).unwrap();
                drop(OwnedMappedMutexGuard::map(part, |number| number));
                let mut alone = Mutex::from(1);
                *alone.get_mut() += Mutex::<u32>::default().into_inner();
                let unsized_one: Arc<Mutex<[u32]>> = Arc::new(Mutex::new([1, 2]));
                unsized_one.lock().await[0] = 2;
            }

            async fn rw_lock(pair: Arc<RwLock<(u32, u32)>>) {
                let guard: RwLockReadGuard<'_, _> = pair.read().await;
                let part: RwLockReadGuard<'_, u32> = RwLockReadGuard::map(guard, |pair| &pair.0);
                let part = RwLockReadGuard::try_map(part, |number| Some(number)).unwrap();
                drop(part);
                let guard: RwLockWriteGuard<'_, _> = pair.write().await;
                let part: RwLockMappedWriteGuard<'_, u32> = RwLockWriteGuard::map(guard, |pair| &mut pair.0);
                drop(part);
                drop(RwLockWriteGuard::into_mapped(pair.write().await));
                drop(RwLockWriteGuard::downgrade_map(pair.write().await, |pair| &pair.1));
                drop(pair.write().await.downgrade());
                let reading: OwnedRwLockReadGuard<_> = pair.clone().read_owned().await;
                let _: &Arc<RwLock<(u32, u32)>> = OwnedRwLockReadGuard::rwlock(&reading);
                let writing: OwnedRwLockWriteGuard<_> = pair.clone().write_owned().await;
                let part: OwnedRwLockReadGuard<(u32, u32), u32> =
                    OwnedRwLockReadGuard::map(reading, |pair| &pair.0);
                drop((OwnedRwLockReadGuard::try_map(part, |number| Some(number)), writing.downgrade()));
                let writing = OwnedRwLockWriteGuard::into_mapped(pair.clone().write_owned().await);
                let part: OwnedRwLockMappedWriteGuard<(u32, u32), u32> =
                    OwnedRwLockMappedWriteGuard::map(writing, |pair| &mut pair.0);
                drop(OwnedRwLockMappedWriteGuard::try_map(part, |number| Some(number)));
                let writing =
                    OwnedRwLockWriteGuard::try_map(pair.clone().write_owned().await, |_| None::<&mut u32>);
                let writing =
                    OwnedRwLockWriteGuard::try_downgrade_map(writing.unwrap_err(), |_| None::<&u32>)
                        .unwrap_err();
                drop(OwnedRwLockWriteGuard::downgrade_map(writing, |pair| &pair.1));
                let part = RwLockWriteGuard::map(pair.write().await, |pair| &mut pair.0);
                drop(RwLockMappedWriteGuard::try_map(part, |number| Some(number)).map(|part| {
                    RwLockMappedWriteGuard::map(part, |number| number);
                }));
                drop(RwLockWriteGuard::try_downgrade_map(pair.write().await, |pair| Some(&pair.1)));
                drop((pair.try_read(), pair.try_write(), pair.clone().try_read_owned(), format!("{pair:?}")));
                NAME.write().await.len();
                RwLock::with_max_readers(1, 2).into_inner();
            }

            async fn notify(ready: Arc<Notify>) {
                let notified: Notified<'_> = ready.notified();
                pin!(notified);
                let _: bool = notified.as_mut().enable();
                let owned: OwnedNotified = ready.clone().notified_owned();
                owned.await;
                ready.notify_one();
                ready.notify_last();
                ready.notify_waiters();
                notified.await
            }

            async fn once(barrier: Barrier) {
                let waited: BarrierWaitResult = barrier.wait().await;
                waited.is_leader();
                let cell = OnceCell::new();
                let _: &u32 = cell.get_or_init(|| async { 1 }).await;
                let _: Result<&u32, ()> = cell.get_or_try_init(|| async { Ok(1) }).await;
                let set: Result<(), SetError<u32>> = cell.set(1);
                drop((set, cell.get(), cell.initialized(), cell.clone() == cell, format!("{cell:?}")));
                let value: SetOnce<u32> = SetOnce::new_with(None);
                let set: Result<(), SetOnceError<u32>> = value.set(1);
                drop((set, value.wait().await, value.get(), value.initialized()));
                value.into_inner();
                (CELL.get(), SET.get());
            }

            async fn bounded(sender: mpsc::Sender<u32>, mut receiver: mpsc::Receiver<u32>) {
                let sent: Result<(), SendError<u32>> = sender.send(1).await;
                let tried: Result<(), TrySendError<u32>> = sender.try_send(1);
                let late: Result<(), SendTimeoutError<u32>> =
                    sender.send_timeout(1, Duration::from_secs(1)).await;
                drop(late);
                let permit: Permit<'_, u32> = sender.reserve().await.unwrap();
                permit.send(1);
                let permits: PermitIterator<'_, u32> = sender.reserve_many(2).await.unwrap();
                permits.for_each(|permit| permit.send(1));
                drop((sender.try_reserve(), sender.try_reserve_many(2), sent, tried));
                let owned: OwnedPermit<u32> = sender.clone().reserve_owned().await.unwrap();
                let sender: mpsc::Sender<u32> = owned.send(1);
                let owned = sender.clone().try_reserve_owned().unwrap();
                let back = owned.release();
                drop((
                    back.same_channel(&sender),
                    sender.capacity(),
                    sender.max_capacity(),
                    sender.is_closed(),
                ));
                let weak: WeakSender<u32> = sender.downgrade();
                drop((weak.upgrade(), weak.strong_count(), sender.weak_count(), weak.clone()));
                let received: Option<u32> = receiver.recv().await;
                let tried: Result<u32, MpscTryRecvError> = receiver.try_recv();
                let mut many = Vec::new();
                let count: usize = receiver.recv_many(&mut many, 10).await;
                std::future::poll_fn(|context| receiver.poll_recv(context)).await;
                drop((receiver.len(), receiver.is_empty(), receiver.is_closed(), receiver.capacity()));
                receiver.close();
                sender.closed().await;
                drop((received, tried, count, receiver.sender_strong_count()));
            }

            async fn unbounded() {
                let (sender, mut receiver): (UnboundedSender<u32>, UnboundedReceiver<u32>) =
                    mpsc::unbounded_channel();
                let sent: Result<(), SendError<u32>> = sender.send(1);
                let weak: WeakUnboundedSender<u32> = sender.downgrade();
                drop((sent, weak, receiver.recv().await, receiver.try_recv()));
            }

            async fn oneshot_channel() {
                let (mut sender, mut receiver) = oneshot::channel::<u32>();
                sender.closed().await;
                drop((
                    sender.is_closed(),
                    receiver.is_empty(),
                    receiver.is_terminated(),
                    receiver.try_recv(),
                ));
                receiver.close();
                let sent: Result<(), u32> = sender.send(1);
                let received: Result<u32, oneshot::error::RecvError> = (&mut receiver).await;
                drop((sent, received));
            }

            async fn broadcast_channel() {
                let (sender, mut receiver) = broadcast::channel::<String>(2);
                let sent: Result<usize, broadcast::error::SendError<String>> = sender.send(String::new());
                let received: Result<String, broadcast::error::RecvError> = receiver.recv().await;
                let tried: Result<String, broadcast::error::TryRecvError> = receiver.try_recv();
                drop((sent, received, tried, sender.subscribe(), receiver.resubscribe(), sender.len()));
                drop((sender.receiver_count(), receiver.len(), receiver.is_empty(), sender.downgrade()));
                sender.closed().await;
            }

            async fn watch_channel() {
                let (sender, mut receiver) = watch::channel(0);
                let sent: Result<(), watch::error::SendError<u32>> = sender.send(1);
                sender.send_modify(|value| *value += 1);
                let modified: bool = sender.send_if_modified(|value| *value > 1);
                let before: u32 = sender.send_replace(1);
                let changed: Result<(), watch::error::RecvError> = receiver.changed().await;
                let value: u32 = *receiver.wait_for(|value| *value > 0).await.unwrap();
                let is_new = receiver.borrow_and_update().has_changed();
                let seen: watch::Ref<'_, u32> = receiver.borrow();
                drop((sent, modified, before, changed, value, is_new, *seen, receiver.has_changed()));
                drop(seen);
                receiver.mark_changed();
                receiver.mark_unchanged();
                drop((sender.subscribe(), sender.receiver_count(), sender.is_closed(), *sender.borrow()));
                sender.closed().await;
            }

            async fn macros() -> Result<(u32, u32), Elapsed> {
                let waits: Sleep = sleep(Duration::from_millis(1));
                pin! {
                    let other = sleep_until(Instant::now() + Duration::from_millis(1));
                }
                pin!(waits);
                let first = select! {
                    biased;
                    () = &mut waits => 1,
                    _ = &mut other, if true => 2,
                    else => 3,
                };
                let second = select! {
                    Some(number) = async { Some(1) } => { number }
                    number = async { 2 } => number,
                };
                let (one, two) = join!(async { first }, async { second });
                let tried: Result<(u32, u32), Elapsed> =
                    try_join!(timeout(Duration::from_secs(1), async { one }), async { Ok(two) });
                tried
            }

            async fn time() {
                pause();
                advance(Duration::from_secs(1)).await;
                resume();
                let mut ticks: Interval = interval(Duration::from_secs(1));
                ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
                let due: Instant = ticks.tick().await;
                ticks.reset();
                drop((ticks.period(), interval_at(due, Duration::from_secs(1)), due.elapsed()));
                let waits: Timeout<_> = timeout_at(due, async { 1 });
                let waited: Result<u32, Elapsed> = waits.await;
                let error: std::io::Error = waited.unwrap_err().into();
                drop(error);
            }

            async fn tasks() -> Result<u32, JoinError> {
                let task: JoinHandle<u32> = root::spawn(ID.scope(1, async { ID.get() }));
                let mut set = JoinSet::new();
                set.spawn(root::task::unconstrained(async { 1 }));
                let labelled: TaskLocalFuture<String, _> = LABEL.scope(String::new(), async {});
                labelled.await;
                ID.sync_scope(1, || ID.with(|id| *id));
                let _ = ID.try_with(|id| *id);
                task.await
            }

            fn runtimes() -> std::io::Result<()> {
                let mut builder: Builder = Builder::new_multi_thread();
                builder.worker_threads(2).max_blocking_threads(4).enable_all().enable_time();
                builder
                    .thread_name("worker")
                    .thread_name_fn(String::new)
                    .name("all")
                    .thread_stack_size(1 << 20);
                builder
                    .on_thread_start(|| {})
                    .on_thread_stop(|| {})
                    .on_thread_park(|| {})
                    .on_thread_unpark(|| {});
                builder
                    .thread_keep_alive(Duration::from_secs(1))
                    .global_queue_interval(31)
                    .event_interval(61);
                let runtime: Runtime = builder.build()?;
                let one: Runtime = Builder::new_current_thread().build()?;
                let task: JoinHandle<u32> = runtime.spawn(async { 1 });
                let blocking: JoinHandle<u32> = runtime.spawn_blocking(|| 1);
                let sum: Result<u32, JoinError> = one.block_on(async { Ok(task.await? + blocking.await?) });
                let handle: &Handle = runtime.handle();
                {
                    let _entered: EnterGuard<'_> = runtime.enter();
                    let current: Result<Handle, TryCurrentError> = Handle::try_current();
                    let _: bool = current.is_err_and(|error| error.is_missing_context());
                }
                handle.enter();
                handle.block_on(async { Handle::current().id() == handle.id() });
                handle.spawn(async {}).abort_handle().abort();
                let _: bool = handle.runtime_flavor() == RuntimeFlavor::MultiThread;
                Runtime::new()?.shutdown_timeout(Duration::from_secs(1));
                one.shutdown_background();
                sum.map(drop).map_err(std::io::Error::from)
            }

            fn local(runtime: &Runtime) {
                let set = LocalSet::new();
                let number: u32 = set.block_on(runtime, async { spawn_local(async { 1 }).await.unwrap() });
                {
                    let _entered: LocalEnterGuard = set.enter();
                    set.spawn_local(async move { number }).is_finished();
                }
                runtime.block_on(async {
                    set.run_until(async {}).await;
                    LocalSet::default().await;
                });
            }

            async fn sets(handle: Handle, local: LocalSet) -> Result<(), Box<dyn Error>> {
                let mut set: JoinSet<u32> = [1, 2].map(|number| async move { number }).into_iter().collect();
                let abort: AbortHandle = set.spawn_on(async { 1 }, &handle);
                let _: Id = abort.id();
                set.spawn_blocking(|| 1);
                set.spawn_blocking_on(|| 1, &handle);
                set.spawn_local(async { 1 });
                set.spawn_local_on(async { 1 }, &local);
                set.extend([async { 3 }]);
                let next: Option<Result<u32, JoinError>> = set.join_next().await;
                let with_id: Option<Result<(Id, u32), JoinError>> = set.join_next_with_id().await;
                drop((next, with_id, set.try_join_next(), set.try_join_next_with_id()));
                std::future::poll_fn(|context| set.poll_join_next(context)).await;
                std::future::poll_fn(|context| set.poll_join_next_with_id(context)).await;
                set.abort_all();
                set.shutdown().await;
                set.detach_all();
                let _: Vec<u32> = set.join_all().await;
                let blocking = spawn_blocking(|| root::task::block_in_place(root::task::id));
                if let Err(error) = blocking.await {
                    let id: Id = error.id();
                    let payload: Result<Box<dyn std::any::Any + Send>, JoinError> = error.try_into_panic();
                    drop((id, payload));
                }
                coop::consume_budget().await;
                coop::unconstrained(coop::cooperative(async { coop::has_budget_remaining() })).await;
                drop((root::task::try_id(), format!("{handle:?} {local:?}")));
                Ok(())
            }

            async fn streams(stream: DuplexStream) -> root::io::Result<()> {
                let (mut reader, mut writer): (ReadHalf<DuplexStream>, WriteHalf<DuplexStream>) =
                    split(stream);
                let copied: u64 = copy(&mut reader, &mut writer).await?;
                let buffered: u64 = copy_buf(&mut BufReader::new(&mut reader), &mut sink()).await?;
                drop((copied, buffered, reader.is_pair_of(&writer), writer.is_pair_of(&reader)));
                let mut stream: DuplexStream = reader.unsplit(writer);
                let (mut one, mut other): (DuplexStream, DuplexStream) = duplex(8);
                let both: (u64, u64) = copy_bidirectional(&mut one, &mut other).await?;
                copy_bidirectional_with_sizes(&mut one, &mut other, 1, 1).await?;
                let (reader, mut writer): (ReadHalf<SimplexStream>, WriteHalf<SimplexStream>) = simplex(8);
                writer.shutdown().await?;
                let mut lines: Lines<BufReader<_>> = BufReader::new(reader).lines();
                let line: Option<String> = lines.next_line().await?;
                let mut writer = BufWriter::new(stream);
                writer.write_u32(1).await?;
                writer.flush().await?;
                stream = writer.into_inner();
                BufStream::new(stream).read_u8().await?;
                let mut taken = Vec::new();
                repeat(1).take(2).chain(empty()).read_to_end(&mut taken).await?;
                join_io(empty(), sink()).write_all(&taken).await?;
                std::io::Cursor::new(taken).seek(root::io::SeekFrom::Start(1)).await?;
                drop((both, line, SimplexStream::new_unsplit(1)));
                Ok(())
            }

            fn generic<T: AsyncRead + AsyncWrite + Unpin>(
                mut stream: T,
                context: &mut Context<'_>,
            ) -> Poll<root::io::Result<()>> {
                let mut bytes = [0; 4];
                let mut buffer = ReadBuf::new(&mut bytes);
                let _: Poll<root::io::Result<()>> = Pin::new(&mut stream).poll_read(context, &mut buffer);
                Pin::new(&mut stream).poll_flush(context)
            }

            fn more_generic<T: AsyncBufRead + AsyncSeek>(_: T) {}

            async fn listens<A: ToSocketAddrs>(address: A) -> root::io::Result<()> {
                let listener: TcpListener = TcpListener::bind(address).await?;
                let (stream, from): (TcpStream, std::net::SocketAddr) = listener.accept().await?;
                std::future::poll_fn(|context| listener.poll_accept(context)).await?;
                drop((listener.local_addr()?, listener.ttl()?, listener.set_ttl(1)?, from));
                drop(TcpListener::from_std(listener.into_std()?)?);
                drop(lookup_host("localhost:80").await?.next());
                let (reader, writer): (tcp::OwnedReadHalf, tcp::OwnedWriteHalf) = stream.into_split();
                drop((reader.peer_addr()?, writer.local_addr()?, reader.try_read(&mut [0])?));
                drop((reader.readable().await?, writer.writable().await?, writer.try_write(b"x")?));
                drop((reader.ready(Interest::READABLE).await?, writer.ready(Interest::WRITABLE).await?));
                let reunited: Result<TcpStream, tcp::ReuniteError> = reader.reunite(writer);
                reunited.unwrap().into_split().1.forget();
                Ok(())
            }

            async fn connects(address: std::net::SocketAddr) -> root::io::Result<()> {
                let socket: TcpSocket = TcpSocket::new_v4()?;
                socket.set_reuseaddr(true)?;
                socket.set_nodelay(true)?;
                socket.bind(address)?;
                drop((socket.local_addr()?, socket.listen(8)?));
                let mut stream: TcpStream = TcpSocket::new_v6()?.connect(address).await?;
                let ready: Ready = stream.ready(Interest::READABLE | Interest::WRITABLE).await?;
                drop((ready.is_readable(), stream.peek(&mut [0]).await?, stream.take_error()?));
                std::future::poll_fn(|context| stream.poll_read_ready(context)).await?;
                std::future::poll_fn(|context| stream.poll_write_ready(context)).await?;
                std::future::poll_fn(|context| {
                    stream.poll_peek(context, &mut ReadBuf::new(&mut [0])).map_ok(drop)
                })
                .await?;
                stream.try_read_vectored(&mut [std::io::IoSliceMut::new(&mut [0])])?;
                stream.try_write_vectored(&[std::io::IoSlice::new(b"x")])?;
                stream.try_read_buf(&mut Vec::new())?;
                stream.try_io(Interest::READABLE, || Ok(()))?;
                stream.async_io(Interest::READABLE, || Ok(())).await?;
                stream.set_nodelay(stream.nodelay()?)?;
                stream.set_ttl(stream.ttl()?)?;
                stream.set_zero_linger()?;
                {
                    let (mut reader, mut writer): (tcp::ReadHalf<'_>, tcp::WriteHalf<'_>) = stream.split();
                    drop((reader.peek(&mut [0]).await?, reader.read_u8().await?, writer.write_u8(1).await?));
                    writer.shutdown().await?;
                }
                let std: std::net::TcpStream = stream.into_std()?;
                TcpStream::try_from(std).map(drop)
            }

            async fn unix_sockets() -> root::io::Result<()> {
                let listener: UnixListener = UnixListener::bind("path")?;
                let address: unix::SocketAddr = listener.local_addr()?;
                let (mut stream, _): (UnixStream, unix::SocketAddr) = listener.accept().await?;
                std::future::poll_fn(|context| listener.poll_accept(context)).await?;
                drop((UnixStream::connect("path").await?, UnixStream::connect_addr(&address).await?));
                let (one, other): (UnixStream, UnixStream) = UnixStream::pair()?;
                let (reader, writer): (unix::OwnedReadHalf, unix::OwnedWriteHalf) = one.into_split();
                let reunited: Result<UnixStream, unix::ReuniteError> = writer.reunite(reader);
                drop((
                    reunited,
                    other.peer_cred()?,
                    other.try_write(b"x")?,
                    UnixListener::bind_addr(&address)?,
                ));
                let (_, _): (unix::ReadHalf<'_>, unix::WriteHalf<'_>) = stream.split();
                Ok(())
            }

            async fn signals() -> root::io::Result<()> {
                let mut hangup: Signal = signal(SignalKind::hangup())?;
                let heard: Option<()> = hangup.recv().await;
                std::future::poll_fn(|context| hangup.poll_recv(context)).await;
                drop(heard);
                ctrl_c().await
            }

            struct Named<'a>(Notified<'a>);
            impl Future for Named<'_> {
                type Output = ();
                fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
                    // SAFETY: the only field is not moved.
                    unsafe { self.map_unchecked_mut(|named| &mut named.0) }.poll(context)
                }
            }
        }
    };
}

ordinary_code!(facade: conccheck::tokio);
ordinary_code!(tokio: conccheck::tokio::__tokio);
