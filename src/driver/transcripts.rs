//! What this browser keeps of transcripts, by gateway and session.

use std::rc::Rc;

use super::Driver;

impl Driver {
    /// What an earlier visit kept of a session, and that session's key; of the
    /// main one for `None`.
    pub(crate) async fn kept_transcript(
        self: &Rc<Self>,
        session: Option<String>,
    ) -> Option<(String, String)> {
        let place = self.place().await.ok()?;
        let session = session.or(place.main_session)?;
        let kept = place.identity?.transcript(&place.gateway, &session).await?;
        Some((session, kept))
    }

    /// Keeps a transcript for the next visit, or nothing of it any more.
    pub(crate) fn keep_transcript(&self, session: &str, kept: Option<String>) {
        let session = session.to_owned();
        self.with_identity(async move |identity, gateway| {
            identity.keep_transcript(&gateway, &session, kept).await;
        });
    }
}
