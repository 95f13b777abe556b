//! A chat message, as it is sent.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_core::Key;
use serde_json::{Value, json};

/// A chat message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Message {
    /// The session it is for; `None` is the gateway's main session.
    pub session: Option<String>,
    /// The words.
    pub text: String,
    /// Files that go with it.
    pub attachments: Vec<Attachment>,
    /// Its idempotency key, which is also the id of the run that answers it:
    /// globally unique and never used again. A random one when there is none.
    pub key: Option<Key>,
    /// How long it may wait before it leaves; `None` waits for ever.
    pub ttl: Option<Duration>,
}

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, for people.
    pub name: String,
    /// Its media type, such as `image/png`. The gateway looks for itself.
    pub mime: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Message {
    /// Words for a session.
    #[must_use]
    pub fn new(session: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            session: Some(session.into()),
            text: text.into(),
            ..Self::default()
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.attachments.is_empty()
    }

    /// Its params, without those that are added when it leaves.
    pub(super) fn params(&self) -> String {
        let mut params = json!({ "message": self.text });
        if !self.attachments.is_empty() {
            params["attachments"] = self.attachments.iter().map(Attachment::json).collect();
        }
        params.to_string()
    }
}

impl Attachment {
    fn json(&self) -> Value {
        let is_image = self.mime.starts_with("image/");
        json!({
            "type": if is_image { "image" } else { "file" },
            "mimeType": self.mime,
            "fileName": self.name,
            "content": STANDARD.encode(&self.bytes),
        })
    }
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.bytes.len();
        write!(
            f,
            "Attachment({:?}, {}, {bytes} bytes)",
            self.name, self.mime
        )
    }
}
