//! Messages on their way, and what became of them.

use std::collections::HashMap;
use std::sync::Arc;

use clawline_core::{EnqueueError, Entry, EntryState, Key, Update, reasons};
use tokio::sync::watch;

/// How far a message has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// It waits for its turn or for a connection.
    Queued,
    /// Its bytes leave, or have left.
    Sending,
    /// The gateway answered. Not yet a proof.
    Accepted,
    /// It stands in the gateway's transcript.
    Confirmed,
    /// The gateway refused it, or it cannot be sent: somebody decides.
    Parked {
        /// One of [`clawline_core::reasons`], or the gateway's words.
        reason: String,
    },
    /// It may have run, and repeating it is not safe: somebody decides.
    Unconfirmed {
        /// Why that is not known, where there is a word for it.
        reason: Option<String>,
    },
    /// It was taken back, or is followed no longer.
    Removed,
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The key under which it goes: another one once it was sent anew.
    pub key: Key,
    /// How far it has come.
    pub stage: Stage,
    /// The store has it, or could not keep it; `None` while that is not decided.
    pub is_stored: Option<bool>,
}

impl Delivery {
    fn of(entry: &Entry, is_stored: Option<bool>) -> Self {
        let reason = entry.reason.clone();
        Self {
            key: entry.key.clone(),
            is_stored,
            stage: match entry.state {
                EntryState::Queued => Stage::Queued,
                EntryState::Sending => Stage::Sending,
                EntryState::Accepted => Stage::Accepted,
                EntryState::Confirmed => Stage::Confirmed,
                EntryState::Parked => Stage::Parked {
                    reason: reason.unwrap_or_default(),
                },
                EntryState::Unconfirmed => Stage::Unconfirmed { reason },
            },
        }
    }
}

/// Why a message will not go on by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendFailed {
    /// The gateway refused it, or it cannot be sent.
    #[error("the message waits for a person: {reason}")]
    Parked {
        /// One of [`clawline_core::reasons`], or the gateway's words.
        reason: String,
    },
    /// It may have run.
    #[error("nobody can know whether the message arrived: look before it is sent again")]
    Unconfirmed,
    /// It was taken back.
    #[error("the message was taken back")]
    Removed,
    /// The store could not keep it: it lives as long as this process.
    #[error("the message could not be stored")]
    NotStored,
    /// The client was closed. What was stored goes on with the next one.
    #[error("the client was closed while the message was on its way")]
    Closed,
}

/// Why a message was not taken. Nothing of it was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendRefused {
    /// There is nothing to send.
    #[error("the message is empty")]
    Empty,
    /// It is larger than a gateway takes, or than the outbox holds.
    #[error("the message is too large: {limit} bytes are the most")]
    TooLarge {
        /// The bound, in bytes.
        limit: u64,
    },
    /// Too many messages wait.
    #[error("{limit} messages wait already, which is the most")]
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// A message with this key is on its way.
    #[error("a message with this key is on its way already")]
    KeyInUse,
    /// The client was closed.
    #[error("the client was closed")]
    Closed,
}

impl From<EnqueueError> for SendRefused {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::TooMany { limit } => Self::TooMany { limit },
            EnqueueError::TooLarge { limit } => Self::TooLarge { limit },
            EnqueueError::KeyInUse => Self::KeyInUse,
        }
    }
}

/// A message on its way. Dropping it takes nothing back.
#[derive(Debug, Clone)]
pub struct Sent(watch::Receiver<Delivery>);

impl Sent {
    /// The key under which it goes now.
    #[must_use]
    pub fn key(&self) -> Key {
        self.0.borrow().key.clone()
    }

    /// Where it stands now.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.0.borrow().clone()
    }

    /// Waits until the store has it: from then on it arrives, or is shown, also
    /// after a crash.
    ///
    /// # Errors
    /// [`SendFailed::NotStored`], [`SendFailed::Removed`] or
    /// [`SendFailed::Closed`].
    pub async fn stored(&self) -> Result<(), SendFailed> {
        self.until(|delivery| match (delivery.is_stored, &delivery.stage) {
            // What has arrived need not be stored any more.
            (Some(true), _) | (_, Stage::Confirmed) => Some(Ok(())),
            (Some(false), _) => Some(Err(SendFailed::NotStored)),
            (None, Stage::Removed) => Some(Err(SendFailed::Removed)),
            (None, _) => None,
        })
        .await
    }

    /// Waits until the gateway has answered. Not a proof yet.
    ///
    /// # Errors
    /// Why it does not go on by itself. It may all the same, later: ask again.
    pub async fn accepted(&self) -> Result<(), SendFailed> {
        self.until(|delivery| match &delivery.stage {
            Stage::Accepted | Stage::Confirmed => Some(Ok(())),
            stage => stuck(stage).map(Err),
        })
        .await
    }

    /// Waits until it stands in the gateway's transcript.
    ///
    /// # Errors
    /// Why it does not go on by itself. It may all the same, later: ask again.
    pub async fn confirmed(&self) -> Result<(), SendFailed> {
        self.until(|delivery| match &delivery.stage {
            Stage::Confirmed => Some(Ok(())),
            stage => stuck(stage).map(Err),
        })
        .await
    }

    /// Waits until it moves on; false when it never will.
    pub async fn changed(&mut self) -> bool {
        self.0.changed().await.is_ok()
    }

    async fn until<T>(
        &self,
        mut decide: impl FnMut(&Delivery) -> Option<Result<T, SendFailed>>,
    ) -> Result<T, SendFailed> {
        let mut deliveries = self.0.clone();
        loop {
            let decided = decide(&deliveries.borrow_and_update());
            if let Some(result) = decided {
                return result;
            }
            if deliveries.changed().await.is_err() {
                // What was told last, and then nobody was left to tell more.
                let last = decide(&deliveries.borrow());
                return last.unwrap_or(Err(SendFailed::Closed));
            }
        }
    }
}

fn stuck(stage: &Stage) -> Option<SendFailed> {
    match stage {
        Stage::Parked { reason } => Some(SendFailed::Parked {
            reason: reason.clone(),
        }),
        Stage::Unconfirmed { .. } => Some(SendFailed::Unconfirmed),
        Stage::Removed => Some(SendFailed::Removed),
        _ => None,
    }
}

/// What the engine does not keep of its entries: what they say, and who waits.
#[derive(Debug, Default)]
pub(super) struct Letters(HashMap<Key, Letter>);

#[derive(Debug)]
struct Letter {
    params: Arc<str>,
    delivery: watch::Sender<Delivery>,
}

impl Letters {
    pub(super) fn add(&mut self, key: Key, params: Arc<str>, is_stored: Option<bool>) -> Sent {
        let (delivery, sent) = watch::channel(Delivery {
            key: key.clone(),
            stage: Stage::Queued,
            is_stored,
        });
        self.0.insert(key, Letter { params, delivery });
        Sent(sent)
    }

    pub(super) fn forget(&mut self, key: &Key) {
        self.0.remove(key);
    }

    pub(super) fn find(&self, key: &Key) -> Option<Sent> {
        let letter = self.0.get(key)?;
        Some(Sent(letter.delivery.subscribe()))
    }

    /// What an entry says. `None` for one that cannot be read.
    pub(super) fn params(&self, key: &Key) -> Option<Arc<str>> {
        self.0.get(key).map(|letter| Arc::clone(&letter.params))
    }

    /// Takes in what the engine says of an entry. Those that are done are
    /// forgotten.
    pub(super) fn update(&mut self, update: Update) {
        match update {
            Update::Changed(entry) => {
                self.tell(&entry.key, |told| {
                    *told = Delivery::of(&entry, told.is_stored);
                });
                if entry.state == EntryState::Confirmed {
                    self.forget(&entry.key);
                }
            }
            Update::Removed(key) => {
                self.tell(&key, |told| told.stage = Stage::Removed);
                self.forget(&key);
            }
            Update::Stored { key, is_kept } => {
                self.tell(&key, |told| told.is_stored = Some(is_kept));
            }
            Update::Renewed { from, to } => {
                if let Some(letter) = self.0.remove(&from) {
                    self.0.insert(to.clone(), letter);
                    self.tell(&to, |told| told.key = to.clone());
                }
            }
            // Only at the start, and the host reads the entries then.
            Update::Restored => {}
        }
    }

    fn tell(&self, key: &Key, edit: impl FnOnce(&mut Delivery)) {
        if let Some(letter) = self.0.get(key) {
            letter.delivery.send_modify(edit);
        }
    }
}

/// Why an entry is refused that has not been sent.
pub(super) const UNREADABLE: &str = reasons::UNREADABLE;
/// The same, of one that the gateway does not take.
pub(super) const TOO_LARGE: &str = reasons::TOO_LARGE;
