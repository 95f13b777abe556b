//! What a conversation says of messages that went out, where a person has to know.

use std::sync::Arc;

use super::NAME;
use super::content::Content;
use super::sending::Outbox;
use crate::bus::{Event, RowProgress};
use crate::inbox::Delivery;
use crate::store::{SendState, Sending, StoreError};

/// So many letters of a message stand for it.
const EXCERPT: usize = 40;

impl Outbox {
    /// Tells how far all has come that stands in one row with this message.
    pub(super) async fn tell_row(&self, id: &str) -> Result<(), StoreError> {
        let _turn = self.in_order.lock().await;
        if let Some(now) = self.store.relay().progress_of_part(id).await? {
            let progress = RowProgress {
                channel: NAME.to_owned(),
                session_key: now.session,
                run_id: now.run,
                state: now.state.as_str(),
                error: now.error,
            };
            self.bus.publish(&Event::RowProgress(Arc::new(progress)));
        }
        Ok(())
    }

    /// Tells it of messages that were taken back.
    pub(super) async fn tell_rows(&self, gone: &[Sending]) -> Result<(), StoreError> {
        for sending in gone {
            self.tell_row(&sending.message_id).await?;
        }
        Ok(())
    }

    /// Says in the conversation what a person has to know of a message: that it was
    /// not sent, that nobody knows, and what became of that.
    pub(super) async fn say(
        &self,
        sending: &Sending,
        state: SendState,
        why: Option<&str>,
    ) -> Result<(), StoreError> {
        let key = |name: &str| format!("{}:{name}:{}", NAME, sending.message_id);
        let why = why.unwrap_or("nobody knows why");
        let (name, words) = match state {
            SendState::Failed => ("failed", format!("Not sent: {why}.")),
            SendState::Unknown => (
                "unknown",
                format!(
                    "It may have been sent, or not: {why}. Look at the phone before you send it again."
                ),
            ),
            SendState::Queued | SendState::Asked => return Ok(()),
            _ if self.store.relay().input(&key("unknown")).await?.is_some() => {
                ("settled", "It was sent after all.".to_owned())
            }
            _ => return Ok(()),
        };
        let content = serde_json::from_str::<Content>(&sending.content);
        let text = content.map(|content| content.text).unwrap_or_default();
        let start: String = text.chars().take(EXCERPT).collect();
        let dots = if start.len() < text.len() { "…" } else { "" };
        let about = format!(" “{start}{dots}”");
        let delivery = Delivery {
            key: key(name),
            session_key: sending.session.clone(),
            text: format!("[{words}{}]", if text.is_empty() { "" } else { &about }),
        };
        if let Err(error) = self.inbox.deliver(delivery).await {
            let id = &sending.message_id;
            tracing::error!(%error, id, "a conversation does not say what became of a message");
        }
        Ok(())
    }
}
