//! What is shown in a session though nobody answers it, and what is changed
//! there later: words that were replaced or taken back, two sessions that are one.

use std::sync::Arc;

use super::lanes::Turn;
use super::{Inbox, Message, Refused, check_key, turn};
use crate::bus::{ChangeReason, ChannelMessage, Event};
use crate::clock::now_ms;
use crate::store::{Acceptance, Entry, InputKind, NewRow, Rewritten, StoreError};

/// The key of a message that is shown, and of its row.
fn shown(key: &str) -> String {
    format!("{key}:shown")
}

/// The key of the row of a message that is answered.
fn asked(key: &str) -> String {
    format!("{key}:user")
}

impl Inbox {
    /// Shows a message in its session; nobody answers it. `at` says when it was
    /// written, in Unix milliseconds. Gives whether it is new.
    ///
    /// # Errors
    /// Nothing was stored, and why.
    pub async fn show(&self, mut message: Message, at: i64) -> Result<bool, Refused> {
        let key = std::mem::take(&mut message.key);
        message.key = shown(&key);
        message.kind = InputKind::Delivery;
        check_key(&message.key)?;
        let new = message.into_input(now_ms());
        let Some(origin) = new.origin.clone() else {
            return Ok(false);
        };
        let row = NewRow {
            run_id: None,
            key: Some(new.key.clone()),
            recorded_at: new.accepted_at,
            entry: Entry::Message {
                text: new.text.clone(),
                at,
                origin: origin.clone(),
            },
        };
        let (acceptance, stored) = self.store.accept_row(&new, &row).await?;
        let (Acceptance::New(_), Some(row)) = (acceptance, stored) else {
            return Ok(false);
        };
        let heard = ChannelMessage::received(&origin, &key, &new.session_key, &new.text);
        self.bus.publish(&Event::ChannelReceived(Arc::new(heard)));
        let session = self.tell_stored(&new.session_key, row).await?;
        self.tell_change(session.as_ref(), ChangeReason::Sent);
        Ok(true)
    }

    /// Shows what the owner sends through a channel; nobody answers it. The key of
    /// `message` is the run by which is told how far it has come, `key` the one that
    /// it was sent under. A repeat shows nothing.
    ///
    /// # Errors
    /// Nothing was stored, and why.
    pub async fn show_sent(&self, message: Message, key: &str) -> Result<(), Refused> {
        check_key(&message.key)?;
        let new = message.into_input(now_ms());
        let Some(origin) = new.origin.clone() else {
            return Ok(());
        };
        let row = NewRow {
            run_id: Some(new.key.clone()),
            key: Some(asked(key)),
            recorded_at: new.accepted_at,
            entry: Entry::Message {
                text: new.text.clone(),
                at: new.accepted_at,
                origin,
            },
        };
        if let (_, Some(row)) = self.store.accept_row(&new, &row).await? {
            let session = self.tell_stored(&new.session_key, row).await?;
            self.tell_change(session.as_ref(), ChangeReason::Sent);
        }
        Ok(())
    }

    /// Gives a message other words, wherever it is by now. One that runs goes on
    /// with those that it had. Gives whether there is a row of it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rewrite(
        &self,
        session_key: &str,
        key: &str,
        text: &str,
    ) -> Result<bool, StoreError> {
        let _admission = self.admission.of(session_key).await;
        let keys = [asked(key), shown(key)];
        let rewritten = self.store.rewrite(key, &keys, text).await?;
        self.lanes.rewrite(session_key, key, text);
        self.tell_rewritten(rewritten).await
    }

    /// Puts a message in the place of one that was shown under the same key, so
    /// that it can be admitted, or shown. Gives whether there was one.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn replace(&self, message: &Message, at: i64) -> Result<bool, StoreError> {
        let _admission = self.admission.of(&message.session_key).await;
        let new = message.clone().into_input(now_ms());
        let Some(origin) = new.origin else {
            return Ok(false);
        };
        let entry = Entry::Message {
            text: new.text,
            at,
            origin,
        };
        let (old, new) = (shown(&message.key), asked(&message.key));
        let rewritten = self.store.replace_row(&old, &new, &entry).await?;
        self.tell_rewritten(rewritten).await
    }

    async fn tell_rewritten(&self, rewritten: Option<Rewritten>) -> Result<bool, StoreError> {
        let Some((session_key, row)) = rewritten else {
            return Ok(false);
        };
        let session = self.tell_stored(&session_key, row).await?;
        self.tell_change(session.as_ref(), ChangeReason::Patched);
        Ok(true)
    }

    /// Lets a message be unanswered, unless it is answered already: one that
    /// waits for its turn is only shown, one that runs is stopped. Gives whether
    /// that did something.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn leave_unanswered(&self, session_key: &str, key: &str) -> Result<bool, StoreError> {
        let _admission = self.admission.of(session_key).await;
        if let Some(turn) = self.lanes.withdraw(session_key, key) {
            turn::end_unanswered(self, &turn).await?;
            return Ok(true);
        }
        let running = self.lanes.active(session_key);
        let running = running.filter(|turn| turn.run_id() == key);
        if let Some(turn) = &running {
            turn.stop();
        }
        Ok(running.is_some())
    }

    /// As [`Inbox::leave_unanswered`], for all that runs and waits in a session and
    /// would be answered to somebody in a channel: whoever asks in the page reads on.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn leave_all_unanswered(&self, session_key: &str) -> Result<(), StoreError> {
        let _admission = self.admission.of(session_key).await;
        let leaves = |turn: &Turn| {
            let origin = turn.input().origin.as_ref();
            origin.is_some_and(|origin| origin.answer_to.is_some())
        };
        for turn in self.lanes.withdraw_those(session_key, leaves) {
            turn::end_unanswered(self, &turn).await?;
        }
        if let Some(turn) = self.lanes.active(session_key).filter(|turn| leaves(turn)) {
            turn.stop();
        }
        Ok(())
    }

    /// Puts all that was said in one session into another, where nothing runs or
    /// waits in either. Gives whether it was done, or there was nothing to do.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn merge_sessions(&self, gone: &str, stays: &str) -> Result<bool, StoreError> {
        let _admission = self.admission.all().await;
        if self.lanes.is_busy(gone) || self.lanes.is_busy(stays) {
            return Ok(false);
        }
        let ended = self.store.merge_sessions(gone, stays, now_ms()).await?;
        if let Some(session_id) = ended {
            self.bus.publish(&Event::SessionDeleted {
                session_key: gone.to_owned(),
                session_id,
            });
            self.tell_changed(stays, ChangeReason::Reset).await?;
        }
        Ok(true)
    }
}
