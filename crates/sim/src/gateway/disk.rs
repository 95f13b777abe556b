//! What the gateway keeps over a crash: transcripts and waiting inputs.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What a row of a transcript is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// What a person wrote, with its key.
    User {
        /// The key it was sent with.
        key: String,
        /// Its words.
        text: String,
    },
    /// What the model answered, with the run's id.
    Assistant(String),
    /// A row that the gateway made up.
    Synthetic {
        /// Its key, when it has one.
        key: Option<String>,
        /// Its words.
        text: &'static str,
        /// It says of itself that it was made up.
        provenance: bool,
    },
}

/// A row of a transcript.
#[derive(Debug, Clone)]
pub struct Row {
    /// What it is.
    pub kind: Kind,
    /// When it was recorded, by the gateway's clock.
    pub at: u64,
    id: usize,
}

impl Row {
    /// The row as history and `session.message` show it.
    #[must_use]
    pub fn shown(&self) -> Value {
        let meta = json!({"id": self.id, "recordTimestampMs": self.at});
        match &self.kind {
            Kind::User { key, text } => json!({
                "role": "user", "content": text,
                "idempotencyKey": format!("{key}:user"), "__openclaw": meta,
            }),
            Kind::Assistant(run) => json!({
                "role": "assistant", "runId": run, "__openclaw": meta,
            }),
            Kind::Synthetic {
                key,
                text,
                provenance,
            } => {
                let mut row = json!({
                    "role": "user", "content": text, "timestamp": self.at, "__openclaw": meta,
                });
                if let Some(key) = key {
                    row["idempotencyKey"] = json!(key);
                }
                if *provenance {
                    row["provenance"] = json!({
                        "kind": "internal_system",
                        "sourceTool": "main_session_restart_recovery",
                    });
                }
                row
            }
        }
    }
}

/// A message that was acknowledged and has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Waiting {
    /// The key it was sent with.
    pub(super) key: String,
    /// Its words.
    pub(super) text: String,
    /// The gateway died while it waited: it never runs, its key is dead.
    pub(super) interrupted: bool,
}

/// One session.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// The transcript, oldest first.
    pub(super) rows: Vec<Row>,
    /// Inputs without a row, oldest first.
    pub(super) inputs: Vec<Waiting>,
    /// The turn that runs, with its inputs: a crash leaves it here.
    pub(super) running: Option<(String, Vec<Waiting>)>,
}

impl Session {
    /// A row for this key stands in the transcript.
    #[must_use]
    pub(super) fn has(&self, wanted: &str) -> bool {
        self.rows
            .iter()
            .any(|row| matches!(&row.kind, Kind::User { key, .. } if key == wanted))
    }
}

/// All sessions, and the keys that a gateway with durable keys keeps.
#[derive(Debug, Default)]
pub(super) struct Disk {
    sessions: BTreeMap<String, Session>,
    /// Keys and their words, kept for good.
    pub(super) keys: BTreeMap<String, String>,
    rows: usize,
}

impl Disk {
    /// A session, made when there is none.
    pub(super) fn session(&mut self, key: &str) -> &mut Session {
        if !self.sessions.contains_key(key) {
            self.sessions.insert(key.to_owned(), Session::default());
        }
        self.sessions.get_mut(key).expect("inserted just above")
    }

    /// The sessions, by key.
    pub(super) fn sessions(&self) -> impl Iterator<Item = (&String, &Session)> {
        self.sessions.iter()
    }

    /// The sessions, to be changed.
    pub(super) fn sessions_mut(&mut self) -> impl Iterator<Item = (&String, &mut Session)> {
        self.sessions.iter_mut()
    }

    /// Writes a row and returns it.
    pub(super) fn write(&mut self, session: &str, at: u64, kind: Kind) -> Row {
        self.rows += 1;
        let row = Row {
            kind,
            at,
            id: self.rows,
        };
        self.session(session).rows.push(row.clone());
        row
    }

    /// The session in whose transcript this key has a row.
    pub(super) fn place(&self, key: &str) -> Option<&str> {
        let mut sessions = self.sessions.iter();
        sessions.find_map(|(name, session)| session.has(key).then_some(name.as_str()))
    }

    /// This key waits no more, and never will: the gateway died over it.
    pub(super) fn is_dead(&self, key: &str) -> bool {
        let mut inputs = self.sessions.values().flat_map(|session| &session.inputs);
        inputs.any(|input| input.key == key && input.interrupted)
    }
}
