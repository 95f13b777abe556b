//! What the owner does to whole sessions. Where one is put away, begun anew or
//! deleted, nothing of it runs or waits any more.

use tokio::time::timeout;

use super::admission::Admitting;
use super::{Inbox, STOP, turn};
use crate::bus::{ChangeReason, Event};
use crate::clock::now_ms;
use crate::store::{Deletion, DeletionOf, Patched, Session, SessionPatch, StoreError};

impl Inbox {
    /// Changes a session, which is made when it is new. One that is put away is
    /// stopped first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn patch_session(
        &self,
        key: &str,
        patch: &SessionPatch,
    ) -> Result<Patched, StoreError> {
        let mut quiet = None;
        if patch.archived == Some(true) {
            let session = self.store.session(key).await?;
            if let Some(refusal) = patch.refusal(session.as_ref()) {
                return Ok(refusal);
            }
            quiet = Some(self.silence(key).await?);
        }
        let patched = self.store.patch_session(key, patch, now_ms()).await?;
        if matches!(patched, Patched::Done(_)) {
            self.tell_changed(key, ChangeReason::Patched).await?;
        }
        drop(quiet);
        Ok(patched)
    }

    /// Stops a session and begins it anew, under its key. Gives it and the
    /// digests of the files that nobody has any more.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn reset_session(&self, key: &str) -> Result<(Session, Vec<String>), StoreError> {
        let _quiet = self.silence(key).await?;
        let begun = self.store.reset_session(key, now_ms()).await?;
        self.tell_changed(key, ChangeReason::Reset).await?;
        Ok(begun)
    }

    /// Stops a session and deletes it.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn delete_session(&self, key: &str, of: &DeletionOf) -> Result<Deletion, StoreError> {
        let session = self.store.session(key).await?;
        if let Some(refusal) = of.refusal(session.as_ref()) {
            return Ok(refusal);
        }
        let _quiet = self.silence(key).await?;
        let deletion = self.store.delete_session(key, of, now_ms()).await?;
        if let Deletion::Done { session_id, .. } = &deletion {
            self.bus.publish(&Event::SessionDeleted {
                session_key: key.to_owned(),
                session_id: session_id.clone(),
            });
        }
        Ok(deletion)
    }

    /// Ends what runs and waits in a session. Nothing new begins in it while the
    /// guard lives.
    async fn silence(&self, session_key: &str) -> Result<Admitting<'_>, StoreError> {
        loop {
            let admission = self.admission.of(session_key).await;
            for turn in self.lanes.withdraw_those(session_key, |_| true) {
                turn::end_withdrawn(self, &turn).await?;
            }
            let Some(running) = self.lanes.active(session_key) else {
                return Ok(admission);
            };
            // Others go on while it ends.
            drop(admission);
            running.stop();
            let ended = timeout(STOP, running.outcome()).await;
            ended.map_err(|_| StoreError::NoAnswer)?;
        }
    }
}
