//! Plain memory whose accesses must not race. conccheck's cell tells what races; here are loom's signatures: pointers
//! that borrow nothing.

mod plain;
mod unsafe_cell;

pub use self::plain::Cell;
pub use self::unsafe_cell::{ConstPtr, MutPtr, UnsafeCell};
