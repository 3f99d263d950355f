//! A runtime in a static is there for each execution anew, and its tasks end with that.

use super::{comes_to, many_threads};
use conccheck::sync::LazyLock;
use conccheck::tokio::runtime::Runtime;
use std::future::pending;

#[test]
fn a_runtime_is_never_dropped_by_the_program() {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(many_threads);
    comes_to([3], || {
        RUNTIME.spawn(pending::<()>());
        RUNTIME.block_on(async { RUNTIME.spawn(async { 3 }).await.unwrap() })
    });
}
