//! Many senders, one receiver.
//!
//! ```
//! use conccheck::tokio::{sync::mpsc, task::spawn};
//! use conccheck::{Checker, task::Runtime};
//!
//! Checker::new().check(|| {
//!     Runtime::multi_thread(2).block_on(async {
//!         let (sender, mut receiver) = mpsc::channel(1);
//!         spawn(async move {
//!             for number in [1, 2] {
//!                 sender.send(number).await.unwrap();
//!             }
//!         });
//!         assert_eq!((receiver.recv().await, receiver.recv().await), (Some(1), Some(2)));
//!         assert_eq!(receiver.recv().await, None);
//!     });
//! });
//! ```

mod bounded;
mod receiver;
mod sender;
mod unbounded;

pub use self::{
    bounded::{OwnedPermit, Permit, PermitIterator, Receiver, Sender, WeakSender, channel},
    unbounded::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel},
};

pub mod error {
    //! What goes wrong, as in `tokio::sync::mpsc::error`.

    pub use tokio::sync::mpsc::error::{SendError, SendTimeoutError, TryRecvError, TrySendError};
}

use crate::backend::Call;

const WHAT: &str = "channel";

const SEND: Call = Call::tries(&"send");
/// By who has a permit.
const SENT: Call = Call::changes(&"send");
const TRY_SEND: Call = Call::tries(&"try_send");
const RESERVE: Call = Call::takes(&"reserve");
const TRY_RESERVE: Call = Call::takes(&"try_reserve");
const RELEASE: Call = Call::takes(&"release");
const CANCEL: Call = Call::takes(&"cancel");
const RECV: Call = Call::tries(&"recv");
const RECV_MANY: Call = Call::tries(&"recv_many");
const TRY_RECV: Call = Call::tries(&"try_recv");
const CLOSE: Call = Call::changes(&"close");
const CLOSED: Call = Call::takes(&"closed");
const LOOK: Call = Call::looks(&"len");
const CAPACITY: Call = Call::looks(&"capacity");
const IS_CLOSED: Call = Call::looks(&"is_closed");
/// There are more who can send, seen by who counts them alone.
const CLONE: Call = Call::counts(&"clone");
const COUNT: Call = Call::takes(&"strong_count");
const DOWNGRADE: Call = Call::counts(&"downgrade");
const UPGRADE: Call = Call::takes(&"upgrade");
const DROP_SENDER: Call = Call::changes(&"drop sender");
const DROP_WEAK: Call = Call::counts(&"drop weak sender");
const DROP_RECEIVER: Call = Call::changes(&"drop receiver");
