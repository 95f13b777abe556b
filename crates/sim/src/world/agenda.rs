//! What happens next: virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use clawline_core::{RequestId, Saved, StoreError};

use super::TabId;
use super::store::Job;
use crate::gateway::{Down, SocketId, Task, Up};

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Due {
    /// It reaches a tab.
    Deliver(TabId, Delivery),
    /// A socket reaches the gateway.
    Knock(SocketId),
    /// A frame reaches the gateway.
    Arrive(SocketId, Up),
    /// The gateway notices that a socket is gone.
    HangUp(SocketId),
    /// The gateway goes on.
    Gateway(u32, Task),
    /// A process of the gateway starts.
    Start,
    /// A transaction of a tab's store runs.
    Commit(TabId, Job),
    /// A transaction that failed is begun again.
    Retry(TabId, Job),
    /// A lock that is free goes to who asked first.
    Lock(usize),
    /// A tab of a browser without locks says that it lives.
    Beat(TabId),
    /// A tab that leads looks through the store.
    Patrol(TabId),
    /// A device's network is as fast as before.
    LineGood(usize),
    /// A machine wakes up.
    Awake(Vec<TabId>),
}

/// What reaches a tab, in order. A frozen tab gets it when it thaws.
#[derive(Debug)]
pub(super) enum Delivery {
    /// The socket is open.
    Opened(SocketId),
    /// A frame.
    Frame(SocketId, Down),
    /// The socket closed, or could not be opened.
    Closed(SocketId, u16),
    /// The device's key signed.
    Signed(u32),
    /// A batch is stored, or not; the epoch in which it was made, and true when a
    /// follower added to the store.
    Stored(u32, Result<(), StoreError>, Option<u64>, bool),
    /// The store was read for a tab that leads from now on.
    Restored(Vec<Saved>),
    /// Entries that another tab wrote were read.
    Adopted(Vec<Saved>),
    /// The lock is this tab's.
    Lead,
    /// The lock was taken away.
    LockLost,
    /// Its app wants to hear of its sessions, now that it is ready.
    Subscribe,
    /// The files of a message were read, or cannot be.
    FilesRead(String, bool),
    /// There is no sign-in data for this socket.
    NoSignIn(SocketId),
    /// From another tab.
    Word(Word),
}

/// What tabs tell each other.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// A follower's request for the leader to make.
    Ask {
        from: TabId,
        id: RequestId,
        two_answers: bool,
        idempotent: bool,
    },
    /// The leader's answer to it; `last` is false for the first of two.
    Answer { id: RequestId, last: bool },
    /// The leader could not get an answer.
    Failed { id: RequestId },
    /// Are you there?
    Ping(TabId),
    /// How the leader's connection stands.
    Status(
        Box<clawline_core::engine::Status>,
        clawline_core::wire::Policy,
        u64,
    ),
    /// Another tab wrote entries.
    Written,
}

/// The heap of what is due, first come first served within a millisecond.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    heap: BinaryHeap<Reverse<Entry>>,
    order: u64,
}

#[derive(Debug)]
struct Entry {
    at: u64,
    order: u64,
    due: Due,
}

impl Agenda {
    pub(super) fn put(&mut self, at: u64, due: Due) {
        self.order += 1;
        let order = self.order;
        self.heap.push(Reverse(Entry { at, order, due }));
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    pub(super) fn take(&mut self) -> Option<(u64, Due)> {
        self.heap.pop().map(|Reverse(entry)| (entry.at, entry.due))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.order) == (other.at, other.order)
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}
