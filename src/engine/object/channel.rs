//! A channel without its messages: how many were sent and received, who is still there.

use super::{By, Causes, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;

/// Positions are those of events.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    /// `None` is no limit.
    capacity: Option<usize>,
    senders: usize,
    /// Which event sent each message.
    sent: Vec<usize>,
    /// Who did, in a channel without room: it waits for the receipt.
    waiting: Vec<Option<TaskId>>,
    /// Which event received each.
    received: Vec<usize>,
    /// Which events were a sender's last.
    left: Vec<usize>,
    closed: Option<usize>,
    /// Whether the receiver waits for a rendezvous.
    attended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Puts a message in, once there is room or nobody to receive it.
    Send,
    /// Puts a message in if there is room.
    TrySend,
    /// Goes on when a message of a channel without room, by its number from 1, was received.
    Handover {
        number: u32,
    },
    /// Takes a message, once there is one or nobody to send it.
    Receive,
    /// Takes a message if there is one.
    TryReceive,
    /// The receiver of a channel without room is there.
    Attend,
    /// One sender less.
    DropSender,
    DropReceiver,
}

/// Messages are numbered from 1, and so are their receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Put a message in, or found that nobody is there to receive it.
    Send {
        number: u32,
    },
    /// Did so only because there was room, which the receipt of that number had made; 0 is none.
    TrySend {
        number: u32,
        room_by: u32,
    },
    /// Found no room.
    Full,
    /// Took a message, or found that nobody is there to send one.
    Receive {
        number: u32,
    },
    /// Took a message only because it was there.
    TryReceive {
        number: u32,
    },
    /// Found no message.
    Empty,
    /// Found no message and nobody to send one, without waiting for that.
    Disconnected,
    Attend,
    DropSender,
    DropReceiver,
    /// Concerns no other task.
    Private,
}

const SENT: usize = 0;
const FULL: usize = 1;
const RECEIVED: usize = 2;
const LOOKED: usize = 3;
const LEFT: usize = 4;
/// Where nobody looks.
const PRIVATE: usize = 5;

/// What senders that leave hand on, and the receiver that leaves.
const GONE: u64 = 0;
const CLOSED: u64 = 1;

/// What a message hands on.
fn message(number: u32) -> u64 {
    2 * u64::from(number)
}

/// What its receipt hands on.
fn receipt(number: u32) -> u64 {
    2 * u64::from(number) + 1
}

/// What a [`View`] says, in bits.
#[derive(Clone, Copy)]
struct Counts {
    sent: u64,
    received: u64,
    has_senders: bool,
    is_closed: bool,
    attended: bool,
}

const COUNT_BITS: u32 = 30;
const COUNT_MAX: u64 = (1 << COUNT_BITS) - 1;

impl Counts {
    fn pack(self) -> View {
        let flags =
            u64::from(self.has_senders) | u64::from(self.is_closed) << 1 | u64::from(self.attended) << 2;
        View((self.sent & COUNT_MAX) | (self.received & COUNT_MAX) << COUNT_BITS | flags << (2 * COUNT_BITS))
    }

    fn unpack(View(bits): View) -> Self {
        let flag = |place: u32| bits >> (2 * COUNT_BITS + place) & 1 == 1;
        Counts {
            sent: bits & COUNT_MAX,
            received: bits >> COUNT_BITS & COUNT_MAX,
            has_senders: flag(0),
            is_closed: flag(1),
            attended: flag(2),
        }
    }

    fn len(self) -> u64 {
        self.sent.saturating_sub(self.received)
    }
}

impl Channel {
    pub(crate) fn new(capacity: Option<usize>) -> Self {
        Channel {
            capacity,
            senders: 1,
            sent: Vec::new(),
            waiting: Vec::new(),
            received: Vec::new(),
            left: Vec::new(),
            closed: None,
            attended: false,
        }
    }

    /// How many messages were sent.
    pub(crate) fn sent_count(&self) -> usize {
        self.sent.len()
    }

    /// One sender more, which nobody notices.
    pub(crate) fn add_sender(&mut self) {
        self.senders += 1;
    }

    fn counts(&self) -> Counts {
        Counts {
            sent: self.sent.len() as u64,
            received: self.received.len() as u64,
            has_senders: self.senders > 0,
            is_closed: self.closed.is_some(),
            attended: self.attended,
        }
    }

    /// Whether a message fits. A rendezvous takes any number, whose senders then wait.
    fn has_room(&self, counts: Counts) -> bool {
        self.capacity.is_none_or(|capacity| capacity == 0 || counts.len() < capacity as u64)
    }

    /// Whether a message fits without anybody's waiting.
    fn fits(&self, counts: Counts) -> bool {
        match self.capacity {
            Some(0) => counts.attended && counts.len() == 0,
            _ => self.has_room(counts),
        }
    }

    /// The receipt that made room for the next message; 0 if there was always room.
    fn room_by(&self, counts: Counts) -> u32 {
        match self.capacity {
            Some(capacity) if capacity > 0 => (counts.sent + 1).saturating_sub(capacity as u64) as u32,
            _ => 0,
        }
    }
}

impl Primitive for Channel {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Send => "send",
            Action::TrySend => "try_send",
            Action::Handover { .. } => "rendezvous",
            Action::Receive | Action::Attend => "recv",
            Action::TryReceive => "try_recv",
            Action::DropSender => "drop sender",
            Action::DropReceiver => "drop receiver",
        }
    }

    fn view(&self) -> View {
        self.counts().pack()
    }

    fn waiting(action: Action) -> Waiting {
        match action {
            Action::Send => Waiting::Queue(0),
            Action::Receive => Waiting::Queue(1),
            Action::Handover { .. } => Waiting::Alone,
            _ => Waiting::Never,
        }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        let counts = Counts::unpack(view);
        match action {
            Action::Send => counts.is_closed || self.has_room(counts),
            Action::Receive => counts.len() > 0 || !counts.has_senders,
            Action::Handover { number } => counts.is_closed || counts.received >= u64::from(number),
            _ => true,
        }
    }

    fn access(&self, action: Action, view: View) -> Access {
        let counts = Counts::unpack(view);
        let (next_message, next_receipt) = (counts.sent as u32 + 1, counts.received as u32 + 1);
        match action {
            Action::Send => Access::Send { number: next_message },
            Action::TrySend if counts.is_closed => Access::Send { number: next_message },
            Action::TrySend if self.fits(counts) => {
                Access::TrySend { number: next_message, room_by: self.room_by(counts) }
            }
            Action::TrySend => Access::Full,
            Action::Handover { .. } => Access::Private,
            Action::Receive => Access::Receive { number: next_receipt },
            Action::TryReceive if counts.len() > 0 => Access::TryReceive { number: next_receipt },
            Action::TryReceive if counts.has_senders => Access::Empty,
            Action::TryReceive => Access::Disconnected,
            Action::Attend => Access::Attend,
            Action::DropSender => Access::DropSender,
            Action::DropReceiver => Access::DropReceiver,
        }
    }

    fn after(&self, view: View, access: Access) -> View {
        let mut counts = Counts::unpack(view);
        match access {
            Access::Send { .. } | Access::TrySend { .. } => counts.sent += 1,
            Access::Receive { .. } | Access::TryReceive { .. } => {
                counts.received = (counts.received + 1).min(counts.sent);
                counts.attended = false;
            }
            Access::Attend => counts.attended = true,
            _ => {}
        }
        counts.pack()
    }

    fn commute(one: Access, other: Access) -> bool {
        use Access::{
            Attend, Disconnected, DropSender, Empty, Full, Private, Receive, Send, TryReceive, TrySend,
        };
        let ordered = |one: Access, other: Access| match (one, other) {
            (Private, _) | (Full, Full) => true,
            // Only who looks whether senders are left notices that one leaves.
            (DropSender, Empty | Disconnected) => false,
            (DropSender, _) => true,
            // Neither side notices the other, but by what it waits for: a message is received after it was sent,
            // and room is there after a receipt, which are causes and no choices.
            (Receive { .. }, Send { .. }) => true,
            // Who did not wait, notices the one without which it would have come to nothing.
            (TryReceive { number }, Send { number: message }) => number != message,
            (Receive { number }, TrySend { room_by, .. }) => number != room_by,
            (TryReceive { number }, TrySend { number: message, room_by }) => {
                number != message && number != room_by
            }
            (Attend, Send { .. }) => true,
            (Full, Empty | Disconnected) => true,
            (Disconnected, Send { .. } | TrySend { .. }) => true,
            _ => false,
        };
        ordered(one, other) || ordered(other, one)
    }

    fn is_read(access: Access) -> bool {
        matches!(access, Access::Full | Access::Empty | Access::Disconnected | Access::Private)
    }

    fn lane(access: Access) -> usize {
        match access {
            Access::Send { .. } | Access::TrySend { .. } | Access::DropReceiver => SENT,
            Access::Full => FULL,
            Access::Receive { .. } | Access::TryReceive { .. } => RECEIVED,
            Access::Empty | Access::Disconnected | Access::Attend => LOOKED,
            Access::DropSender => LEFT,
            Access::Private => PRIVATE,
        }
    }

    /// All of the receiver's are its task's.
    fn is_ordered(lane: usize) -> bool {
        matches!(lane, SENT | RECEIVED | LOOKED)
    }

    fn meets(access: Access, lane: usize) -> bool {
        match access {
            Access::Send { .. } | Access::TrySend { .. } => matches!(lane, SENT | FULL | LOOKED),
            Access::Full => matches!(lane, SENT | RECEIVED | LOOKED),
            Access::Receive { .. } | Access::TryReceive { .. } => matches!(lane, FULL | RECEIVED | LOOKED),
            Access::Empty => matches!(lane, SENT | RECEIVED | LOOKED | LEFT),
            Access::Disconnected => matches!(lane, RECEIVED | LOOKED | LEFT),
            Access::Attend => !matches!(lane, LEFT | PRIVATE),
            Access::DropSender => lane == LOOKED,
            Access::DropReceiver => !matches!(lane, LEFT | PRIVATE),
            Access::Private => false,
        }
    }

    fn covers(earlier: Access, later: Access) -> bool {
        use Access::{Attend, Disconnected, DropReceiver, Empty, Full, Receive, Send, TryReceive, TrySend};
        matches!(
            (earlier, later),
            (DropReceiver, _)
                | (Send { .. }, Send { .. } | DropReceiver)
                | (TrySend { .. }, Send { .. } | TrySend { .. } | Full | DropReceiver)
                | (Receive { .. } | TryReceive { .. }, Receive { .. })
                | (Empty, Empty | Disconnected)
                | (Disconnected, Disconnected)
                | (Attend, Attend)
        )
    }

    fn causes(&self, action: Action, causes: &mut Causes) {
        let counts = self.counts();
        let has_message = counts.len() > 0;
        let supplier = || self.sent[self.received.len()];
        match action {
            Action::Receive if has_message => causes.enabling.push(supplier()),
            Action::Receive => causes.enabling.extend(&self.left),
            Action::TryReceive if has_message => causes.deciding.push(supplier()),
            Action::Handover { number } => match self.received.get(number as usize - 1) {
                Some(&receipt) => causes.enabling.push(receipt),
                None => causes.enabling.extend(self.closed),
            },
            Action::Send | Action::TrySend => {
                let receipt = (self.room_by(counts) as usize).checked_sub(1);
                match receipt.and_then(|receipt| self.received.get(receipt)) {
                    Some(&receipt) if action == Action::Send => causes.enabling.push(receipt),
                    Some(&receipt) => causes.deciding.push(receipt),
                    None if !self.has_room(counts) => causes.enabling.extend(self.closed),
                    None => {}
                }
            }
            _ => {}
        }
    }

    fn timed_out(action: Action) -> Option<Action> {
        (action == Action::Receive).then_some(Action::TryReceive)
    }

    fn is_timed_out(action: Action) -> bool {
        action == Action::TryReceive
    }

    fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
        let counts = self.counts();
        match (action, access) {
            (Action::Send | Action::TrySend, _) if counts.is_closed => edges.acquire(CLOSED),
            (_, Access::Send { number } | Access::TrySend { number, .. }) => {
                let room_by = self.room_by(counts);
                if room_by > 0 {
                    edges.acquire(receipt(room_by));
                    edges.forget(receipt(room_by));
                }
                edges.release(message(number));
            }
            (_, Access::Receive { .. }) if counts.len() == 0 => edges.acquire(GONE),
            (_, Access::Receive { number } | Access::TryReceive { number }) => {
                edges.acquire(message(number));
                edges.forget(message(number));
                if self.capacity.is_some() {
                    edges.release(receipt(number));
                }
            }
            (Action::Handover { number }, _) => edges.acquire(receipt(number)),
            (_, Access::Disconnected) => edges.acquire(GONE),
            (Action::DropSender, _) => edges.release(GONE),
            (Action::DropReceiver, _) => edges.release(CLOSED),
            _ => {}
        }
    }

    fn apply(&mut self, action: Action, by: By, woken: &mut Vec<TaskId>) -> Reply {
        let counts = self.counts();
        match action {
            Action::Send | Action::TrySend if counts.is_closed => return Reply::Disconnected,
            Action::TrySend if !self.fits(counts) => return Reply::WouldBlock,
            Action::Send | Action::TrySend => {
                self.sent.push(by.position);
                if self.capacity == Some(0) {
                    self.waiting.push((action == Action::Send).then_some(by.task));
                }
            }
            Action::Receive | Action::TryReceive if counts.len() > 0 => {
                woken.extend(self.waiting.get(self.received.len()).copied().flatten());
                self.received.push(by.position);
                self.attended = false;
            }
            Action::TryReceive if counts.has_senders => return Reply::WouldBlock,
            Action::Receive | Action::TryReceive => return Reply::Disconnected,
            Action::Attend => self.attended = true,
            Action::DropSender => {
                self.senders -= 1;
                self.left.push(by.position);
            }
            Action::DropReceiver => {
                woken.extend(self.waiting.iter().skip(self.received.len()).flatten());
                self.closed = Some(by.position);
            }
            Action::Handover { number } if self.received.len() < number as usize => {
                return Reply::Disconnected;
            }
            Action::Handover { .. } => {}
        }
        Reply::Done
    }
}
