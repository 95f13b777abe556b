//! What the bus is told of sessions and of what came in.

use std::sync::Arc;

use super::{Inbox, WEBCHAT, received};
use crate::bus::{ChangeReason, Event, SessionState};
use crate::store::{Input, Session, StoreError, TranscriptRow};

impl Inbox {
    /// A session together with what runs in it now.
    #[must_use]
    pub fn state_of(&self, session: Session) -> SessionState {
        let active_run = self.lanes.active(&session.key);
        SessionState {
            active_run: active_run.map(|turn| turn.run_id().to_owned()),
            agent: self.agent_of(WEBCHAT).name().to_owned(),
            session,
        }
    }

    pub(super) async fn state(
        &self,
        session_key: &str,
    ) -> Result<Option<Arc<SessionState>>, StoreError> {
        let session = self.store.session(session_key).await?;
        Ok(session.map(|session| Arc::new(self.state_of(session))))
    }

    /// Tells that a session has a new row; gives the session as it is.
    pub(super) async fn tell_stored(
        &self,
        session_key: &str,
        row: TranscriptRow,
    ) -> Result<Option<Arc<SessionState>>, StoreError> {
        let state = self.state(session_key).await?;
        if let Some(session) = &state {
            self.bus.publish(&Event::MessageStored {
                session: Arc::clone(session),
                row: Arc::new(row),
            });
        }
        Ok(state)
    }

    pub(super) async fn tell_changed(
        &self,
        session_key: &str,
        reason: ChangeReason,
    ) -> Result<(), StoreError> {
        let session = self.state(session_key).await?;
        self.tell_change(session.as_ref(), reason);
        Ok(())
    }

    /// As [`Inbox::tell_changed`], of a session that was read just now.
    pub(super) fn tell_change(&self, session: Option<&Arc<SessionState>>, reason: ChangeReason) {
        if let Some(session) = session.cloned() {
            self.bus.publish(&Event::SessionChanged { session, reason });
        }
    }

    pub(super) fn tell_received(&self, input: &Input) {
        if let Some(message) = received(input) {
            self.bus.publish(&Event::ChannelReceived(Arc::new(message)));
        }
    }
}
