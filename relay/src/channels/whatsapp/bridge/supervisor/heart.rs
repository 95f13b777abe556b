//! Signs of life of the process, and now and then of WhatsApp behind it.

use std::time::Duration;

use super::super::lines::{Command, Refusal};

/// How often it is asked.
const BEAT: Duration = Duration::from_secs(15);
/// How many questions in a row may stay without an answer.
const MOST_MISSES: usize = 2;
/// Each so-manieth question goes to WhatsApp, too.
const FAR: u64 = 4;
/// How long WhatsApp may take.
const FAR_DEADLINE: Duration = Duration::from_secs(10);

/// The heartbeat of a process that works.
#[derive(Debug, Default)]
pub(super) struct Heart {
    next: Option<Duration>,
    beats: u64,
    /// Numbers of the questions without an answer.
    unanswered: Vec<u64>,
}

/// What a question brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pulse {
    /// The process lives.
    Good,
    /// The process lives, and WhatsApp answers nothing.
    Silent,
}

impl Heart {
    pub(super) fn start(&mut self, at: Duration) {
        *self = Self {
            next: Some(at + BEAT),
            ..Self::default()
        };
    }

    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Nobody reads what the process writes: its silence says nothing.
    pub(super) fn pause(&mut self) {
        self.next = None;
        self.unanswered.clear();
    }

    pub(super) fn resume(&mut self, at: Duration) {
        self.next = Some(at + BEAT);
    }

    pub(super) fn next(&self) -> Option<Duration> {
        self.next
    }

    /// The next question, under this number; `None` when too many stayed without
    /// an answer.
    pub(super) fn beat(&mut self, at: Duration, number: u64, is_open: bool) -> Option<Command> {
        if self.unanswered.len() >= MOST_MISSES {
            return None;
        }
        self.beats += 1;
        self.next = Some(at + BEAT);
        self.unanswered.push(number);
        Some(Command::Ping {
            whatsapp: is_open && self.beats.is_multiple_of(FAR),
            deadline_ms: u64::try_from(FAR_DEADLINE.as_millis()).unwrap_or(u64::MAX),
        })
    }

    /// What an answer to the question of this number says; `None` when it is to
    /// none of them.
    pub(super) fn answered(&mut self, number: u64, refusal: Option<&Refusal>) -> Option<Pulse> {
        if !self.unanswered.contains(&number) {
            return None;
        }
        self.unanswered.clear();
        match refusal {
            // Where the bridge has no connection, the word that it ended was lost.
            Some(refusal) if matches!(&*refusal.code, "silent" | "not_open") => Some(Pulse::Silent),
            _ => Some(Pulse::Good),
        }
    }
}
