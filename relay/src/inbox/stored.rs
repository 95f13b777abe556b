//! What comes in and is stored, and needs no turn: deliveries, sessions.

use super::{Delivered, Delivery, Inbox, Refused, check_key};
use crate::bus::ChangeReason;
use crate::clock::now_ms;
use crate::ids;
use crate::store::{Acceptance, Entry, InputKind, NewInput, NewRow, Session};

impl Inbox {
    /// Puts a message into a session, for whoever reads it there.
    ///
    /// # Errors
    /// Nothing was stored, and why.
    pub async fn deliver(&self, delivery: Delivery) -> Result<Delivered, Refused> {
        check_key(&delivery.key)?;
        let now = now_ms();
        let Delivery {
            session_key,
            key,
            text,
        } = delivery;
        let same = serde_json::json!([session_key, text]).to_string();
        let row = NewRow {
            run_id: Some(key.clone()),
            key: Some(format!("{key}:assistant")),
            recorded_at: now,
            entry: Entry::Delivery {
                text: text.clone(),
                at: now,
            },
        };
        let new = NewInput {
            key,
            kind: InputKind::Delivery,
            digest: ids::sha256(same.as_bytes()),
            session_key,
            text,
            origin: None,
            accepted_at: now,
        };
        let (acceptance, stored) = self.store.accept_row(&new, &row).await?;
        let (input, was_known) = match acceptance {
            Acceptance::New(input) => (input, false),
            Acceptance::Known(input) => (input, true),
            Acceptance::Conflict => return Ok(Delivered::Conflict),
        };
        if let Some(row) = stored {
            let session = self.tell_stored(&new.session_key, row).await?;
            self.tell_change(session.as_ref(), ChangeReason::Sent);
        }
        Ok(Delivered::Stored {
            message_id: input.result.unwrap_or_default(),
            was_known,
        })
    }

    /// Makes a session, or finds it. With `once`, an idempotency key and what
    /// must be equal in a repeat, a repeat finds the first one's session whatever
    /// `session_key` is. `None`: that key was used for something else.
    ///
    /// # Errors
    /// Nothing was made, and why.
    pub async fn create_session(
        &self,
        session_key: &str,
        label: Option<&str>,
        once: Option<(String, String)>,
    ) -> Result<Option<Session>, Refused> {
        let now = now_ms();
        let Some((key, same)) = once else {
            let made = self.store.create_session(session_key, label, now).await?;
            let session = match made {
                Some(session) => session,
                None => self.store.ensure_session(session_key, now).await?,
            };
            self.tell_changed(session_key, ChangeReason::Created)
                .await?;
            return Ok(Some(session));
        };
        check_key(&key)?;
        let new = NewInput {
            key,
            kind: InputKind::Session,
            digest: ids::sha256(same.as_bytes()),
            session_key: session_key.to_owned(),
            text: String::new(),
            origin: None,
            accepted_at: now,
        };
        let input = match self.store.accept_session(&new, label).await? {
            Acceptance::New(input) => {
                self.tell_changed(&input.session_key, ChangeReason::Created)
                    .await?;
                input
            }
            Acceptance::Known(input) => input,
            Acceptance::Conflict => return Ok(None),
        };
        match self.store.session(&input.session_key).await? {
            Some(session) => Ok(Some(session)),
            None => Err(Refused::Deleted),
        }
    }
}
