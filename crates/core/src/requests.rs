//! Requests that wait for their answer: ids, deadlines, cancellation.

use std::time::Duration;

use crate::answers::Answers;
use crate::table::Table;
use crate::time::Instant;

/// A request, by the number that stands as its id on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// How far a request had come when it ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing had left.
    Unsent,
    /// Its bytes had left: it may have run.
    Sent,
    /// The first of two answers had come: it runs, or has run.
    Accepted,
}

/// Why a request ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestError {
    /// There is no connection, and none is on its way. Nothing was sent.
    NotConnected,
    /// The connection ended after the bytes left and before the answer came:
    /// it may have run. Never repeated by itself.
    Interrupted(Progress),
    /// Its deadline passed.
    Timeout(Progress),
    /// The caller gave it up.
    Cancelled(Progress),
    /// More requests wait than the bound allows. Nothing was sent.
    TooMany,
}

impl RequestError {
    /// It was given up here: an answer may still be on its way.
    #[must_use]
    pub const fn is_from_here(&self) -> bool {
        matches!(self, Self::Timeout(_) | Self::Cancelled(_))
    }
}

/// More waiting requests than this are refused with [`RequestError::TooMany`].
pub(crate) const LIMIT: usize = 4_096;

#[derive(Debug, Clone)]
pub(crate) struct Pending<T> {
    pub(crate) owner: T,
    pub(crate) answers: Answers,
    pub(crate) accepted: bool,
    /// When its bytes left; `None` while it waits for a connection.
    pub(crate) sent: Option<Instant>,
    pub(crate) deadline: Option<Instant>,
    /// From the first of two answers on: how long the last one may take.
    pub(crate) final_deadline: Option<Duration>,
    /// It may run twice.
    pub(crate) idempotent: bool,
}

impl<T> Pending<T> {
    pub(crate) const fn progress(&self) -> Progress {
        match (self.sent, self.accepted) {
            (None, _) => Progress::Unsent,
            (Some(_), false) => Progress::Sent,
            (Some(_), true) => Progress::Accepted,
        }
    }

    /// It may be sent again after the connection was lost.
    pub(crate) const fn may_repeat(&self) -> bool {
        self.idempotent && !self.accepted
    }
}

/// The table of waiting requests; `T` says whose each one is.
#[derive(Debug, Clone)]
pub(crate) struct Requests<T> {
    next: u32,
    waiting: Table<u32, Pending<T>>,
}

impl<T: Clone> Requests<T> {
    pub(crate) const fn new() -> Self {
        Self {
            next: 1,
            waiting: Table::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn add(
        &mut self,
        now: Instant,
        owner: T,
        answers: Answers,
        deadline: Option<Duration>,
    ) -> RequestId {
        while self.waiting.get(&self.next).is_some() {
            self.next = self.next.wrapping_add(1).max(1);
        }
        let id = self.next;
        self.next = self.next.wrapping_add(1).max(1);
        let pending = Pending {
            owner,
            answers,
            accepted: false,
            sent: None,
            deadline: deadline.map(|wait| now + wait),
            final_deadline: None,
            idempotent: false,
        };
        self.waiting.insert(id, pending);
        RequestId(id)
    }

    pub(crate) fn get(&self, id: RequestId) -> Option<&Pending<T>> {
        self.waiting.get(&id.0)
    }

    pub(crate) fn mark_sent(&mut self, id: RequestId, now: Instant) {
        if let Some(pending) = self.waiting.get_mut(&id.0) {
            pending.sent = Some(now);
        }
    }

    pub(crate) fn set_final_deadline(&mut self, id: RequestId, deadline: Option<Duration>) {
        if let Some(pending) = self.waiting.get_mut(&id.0) {
            pending.final_deadline = deadline;
        }
    }

    pub(crate) fn set_idempotent(&mut self, id: RequestId, idempotent: bool) {
        if let Some(pending) = self.waiting.get_mut(&id.0) {
            pending.idempotent = idempotent;
        }
    }

    /// A request waits for the next connection.
    pub(crate) fn put_back(&mut self, id: RequestId, mut pending: Pending<T>) {
        pending.sent = None;
        self.waiting.insert(id.0, pending);
    }

    pub(crate) fn mark_accepted(&mut self, id: RequestId, now: Instant) {
        if let Some(pending) = self.waiting.get_mut(&id.0) {
            pending.accepted = true;
            pending.deadline = pending.final_deadline.map(|wait| now + wait);
        }
    }

    pub(crate) fn remove(&mut self, id: RequestId) -> Option<Pending<T>> {
        self.waiting.remove(&id.0)
    }

    /// Those that wait for a connection, in the order in which they were made.
    pub(crate) fn unsent(&self) -> Vec<(RequestId, T)> {
        let unsent = self
            .waiting
            .iter()
            .filter(|(_, pending)| pending.sent.is_none());
        unsent
            .map(|(id, pending)| (RequestId(*id), pending.owner.clone()))
            .collect()
    }

    /// Takes out those whose bytes had left.
    pub(crate) fn take_sent(&mut self) -> Vec<(RequestId, Pending<T>)> {
        self.take(|pending| pending.sent.is_some())
    }

    /// Takes out those of these owners whose deadline has passed.
    pub(crate) fn take_late(
        &mut self,
        now: Instant,
        of: impl Fn(&T) -> bool,
    ) -> Vec<(RequestId, Pending<T>)> {
        let is_late = |pending: &Pending<T>| pending.deadline.is_some_and(|at| at <= now);
        self.take(|pending| is_late(pending) && of(&pending.owner))
    }

    pub(crate) fn take_all(&mut self) -> Vec<(RequestId, Pending<T>)> {
        self.take(|_| true)
    }

    fn take(&mut self, wanted: impl Fn(&Pending<T>) -> bool) -> Vec<(RequestId, Pending<T>)> {
        let taken = self.waiting.take_if(|_, pending| wanted(pending));
        taken
            .into_iter()
            .map(|(id, pending)| (RequestId(id), pending))
            .collect()
    }

    pub(crate) fn deadline(&self, of: impl Fn(&T) -> bool) -> Option<Instant> {
        let waiting = self.waiting.values();
        let of_these = waiting.filter(|pending| of(&pending.owner));
        of_these.filter_map(|pending| pending.deadline).min()
    }

    /// Nothing that has left waits for its first answer.
    pub(crate) fn is_idle(&self) -> bool {
        self.oldest_unanswered().is_none()
    }

    /// When the oldest request left that has had no answer at all.
    pub(crate) fn oldest_unanswered(&self) -> Option<Instant> {
        let unanswered = self.waiting.values().filter(|pending| !pending.accepted);
        unanswered.filter_map(|pending| pending.sent).min()
    }
}
