//! Connection pools: a connection has one user at a time, and one who gives up waiting takes none along.

use bb8::ManageConnection;
use conccheck::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use conccheck::task::cancellable;
use deadpool::managed::{self, Metrics, RecycleResult};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::task::{spawn, yield_now};

struct Manager;

impl ManageConnection for Manager {
    type Connection = ();
    type Error = Infallible;

    async fn connect(&self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn is_valid(&self, (): &mut ()) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, (): &mut ()) -> bool {
        false
    }
}

impl managed::Manager for Manager {
    type Type = ();
    type Error = Infallible;

    async fn create(&self) -> Result<(), Infallible> {
        Ok(())
    }

    async fn recycle(&self, (): &mut (), _: &Metrics) -> RecycleResult<Infallible> {
        Ok(())
    }
}

async fn pool_of_bb8(size: u32) -> bb8::Pool<Manager> {
    bb8::Pool::builder().max_size(size).max_lifetime(None).idle_timeout(None).build(Manager).await.unwrap()
}

fn pool_of_deadpool(size: usize) -> managed::Pool<Manager> {
    managed::Pool::builder(Manager).max_size(size).build().unwrap()
}

/// Nobody else does this at the same time.
fn alone(users: &AtomicUsize) {
    assert_eq!(users.fetch_add(1, SeqCst), 0);
    users.fetch_sub(1, SeqCst);
}

async fn two_use_bb8(size: u32) {
    let (pool, users) = (pool_of_bb8(size).await, Arc::new(AtomicUsize::new(0)));
    let (other, others) = (pool.clone(), users.clone());
    let task = spawn(async move {
        // A time may always be up.
        if let Ok(_connection) = other.get().await {
            alone(&others);
        }
    });
    if let Ok(_connection) = pool.get().await {
        alone(&users);
    }
    task.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_bb8_has_one_user() {
    two_use_bb8(1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "FAIL under native")]
async fn two_connections_of_bb8_have_two() {
    two_use_bb8(2).await;
}

async fn two_use_deadpool(size: usize) {
    let (pool, users) = (pool_of_deadpool(size), Arc::new(AtomicUsize::new(0)));
    let (other, others) = (pool.clone(), users.clone());
    let task = spawn(async move {
        let _connection = other.get().await.unwrap();
        alone(&others);
    });
    let connection = pool.get().await.unwrap();
    alone(&users);
    drop(connection);
    task.await.unwrap();
    assert_eq!((pool.status().size, pool.status().available), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_of_deadpool_has_one_user() {
    two_use_deadpool(1).await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "FAIL under native")]
async fn two_connections_of_deadpool_have_two() {
    two_use_deadpool(2).await;
}

/// djc/bb8 67, which is mended since.
#[tokio::test]
async fn who_gives_up_waiting_for_bb8_takes_no_connection_along() {
    let pool = pool_of_bb8(1).await;
    let (taken, other) = (pool.get().await, pool.clone());
    let waits = spawn(async move { drop(cancellable(other.get()).await) });
    yield_now().await;
    drop(taken);
    waits.await.unwrap();
    let state = pool.state();
    assert_eq!((state.connections, state.idle_connections), (1, 1));
}

#[tokio::test]
async fn who_gives_up_waiting_for_deadpool_takes_no_connection_along() {
    let pool = pool_of_deadpool(1);
    let (taken, other) = (pool.get().await.unwrap(), pool.clone());
    let waits = spawn(async move { drop(cancellable(other.get()).await) });
    yield_now().await;
    drop(taken);
    waits.await.unwrap();
    drop(pool.get().await.unwrap());
    assert_eq!(pool.status().waiting, 0);
}

/// A pool of two that becomes a pool of one, while one is in use.
#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_pool_of_deadpool_has_fewer_connections() {
    let pool = pool_of_deadpool(2);
    let (taken, other) = (pool.get().await.unwrap(), pool.clone());
    let shrinks = spawn(async move { other.resize(1) });
    drop(taken);
    shrinks.await.unwrap();
    let status = pool.status();
    assert_eq!((status.max_size, status.size <= 1), (1, true));
    drop(pool.get().await.unwrap());
}
