//! A gateway as far as messages go, with what was measured of the real one:
//! keys are known for five minutes and to one process, an input that waits at a
//! crash never runs, and a key of a message that ran runs again when it is
//! repeated to another process.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};

use super::Sent;
use crate::requests::RequestId;
use crate::time::Instant;

const MEMORY: Duration = Duration::from_secs(300);

/// What the gateway sends.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Answer(RequestId, Value),
    Refusal(RequestId, Value),
    Event(&'static str, Value),
}

#[derive(Debug, Clone)]
struct Input {
    key: String,
    session: String,
    interrupted: bool,
}

#[derive(Debug)]
pub(super) struct Gateway {
    pub(super) boot: u32,
    /// It keeps its keys and its waiting inputs over a crash.
    pub(super) durable: bool,
    /// A crash takes the waiting inputs with it instead of marking them.
    pub(super) forgets_inputs: bool,
    /// Records a page of history holds.
    pub(super) page: usize,
    /// Keys, with the gateway's time, in the order in which they ran.
    pub(super) transcripts: BTreeMap<String, Vec<(String, u64)>>,
    pub(super) runs: BTreeMap<String, u32>,
    pub(super) to_client: VecDeque<Frame>,
    memory: BTreeMap<String, Instant>,
    kept: BTreeSet<String>,
    inputs: Vec<Input>,
}

impl Gateway {
    pub(super) fn new(durable: bool, forgets_inputs: bool, page: usize) -> Self {
        Self {
            boot: 1,
            durable,
            forgets_inputs,
            page,
            transcripts: BTreeMap::new(),
            runs: BTreeMap::new(),
            to_client: VecDeque::new(),
            memory: BTreeMap::new(),
            kept: BTreeSet::new(),
            inputs: Vec::new(),
        }
    }

    pub(super) fn hello(&self, mut hello: Value) -> Value {
        hello["server"]["bootId"] = json!(format!("boot-{}", self.boot));
        let capabilities: &[&str] = if self.durable {
            &[crate::engine::DURABLE_KEYS]
        } else {
            &[]
        };
        hello["features"]["capabilities"] = json!(capabilities);
        hello
    }

    pub(super) fn receive(&mut self, now: Instant, sent: Sent) {
        match sent {
            Sent::Own { id, method, params } => {
                let answer = if method == "chat.history" {
                    self.history(&params)
                } else {
                    json!([])
                };
                self.to_client.push_back(Frame::Answer(id, answer));
            }
            Sent::Request(id) => self.to_client.push_back(Frame::Answer(id, json!({}))),
            Sent::Entry { id, key, session } => {
                let answer = self.chat_send(now, id, &key, &session);
                self.to_client.push_back(answer);
            }
        }
    }

    fn chat_send(&mut self, now: Instant, id: RequestId, key: &str, session: &str) -> Frame {
        self.memory.retain(|_, seen| now.since(*seen) < MEMORY);
        let mine = self.inputs.iter().find(|input| input.key == key);
        if mine.is_some_and(|input| input.interrupted) {
            let message = "Pending input ownership ended; submit a new turn to continue";
            let error = json!({"code": "UNAVAILABLE", "message": message});
            return Frame::Refusal(id, error);
        }
        let known = self.memory.contains_key(key) || self.durable && self.kept.contains(key);
        if !known {
            self.memory.insert(key.to_owned(), now);
            self.kept.insert(key.to_owned());
            self.inputs.push(Input {
                key: key.to_owned(),
                session: session.to_owned(),
                interrupted: false,
            });
        }
        let status = if known { "in_flight" } else { "started" };
        Frame::Answer(id, json!({"runId": key, "status": status}))
    }

    /// The next waiting input runs: a row, and an answer in words or without.
    pub(super) fn run_next(&mut self, clock: u64, in_words: bool) {
        let next = self.inputs.iter().position(|input| !input.interrupted);
        let Some(next) = next else { return };
        let Input { key, session, .. } = self.inputs.remove(next);
        *self.runs.entry(key.clone()).or_default() += 1;
        let transcript = self.transcripts.entry(session.clone()).or_default();
        transcript.push((key.clone(), clock));
        let mut payload = json!({"sessionKey": session, "runId": key, "state": "final"});
        if in_words {
            payload["message"] = json!({"role": "assistant", "content": []});
        }
        self.to_client.push_back(Frame::Event("chat", payload));
    }

    pub(super) fn crash(&mut self) {
        self.boot += 1;
        self.memory.clear();
        self.to_client.clear();
        if self.durable {
            return;
        }
        if self.forgets_inputs {
            self.inputs.clear();
        }
        for input in &mut self.inputs {
            input.interrupted = true;
        }
    }

    fn history(&self, params: &Value) -> Value {
        let session = params["sessionKey"].as_str().unwrap();
        let offset = usize::try_from(params["offset"].as_u64().unwrap_or(0)).unwrap();
        let transcript = self.transcripts.get(session).map_or(&[][..], Vec::as_slice);
        let end = transcript.len().saturating_sub(offset);
        let begin = end.saturating_sub(self.page);
        let rows: Vec<Value> = transcript[begin..end]
            .iter()
            .map(|(key, at)| {
                json!({
                    "role": "user", "idempotencyKey": format!("{key}:user"),
                    "__openclaw": {"recordTimestampMs": at},
                })
            })
            .collect();
        let inputs = self.inputs.iter().filter(|input| input.session == session);
        let items: Vec<Value> = inputs
            .map(|input| {
                let state = if input.interrupted {
                    "interrupted"
                } else {
                    "queued"
                };
                json!({"runId": input.key, "state": state})
            })
            .collect();
        let mut page = json!({
            "messages": rows, "hasMore": begin > 0, "pendingInputs": {"items": items},
        });
        if begin > 0 {
            page["nextOffset"] = json!(offset + end - begin);
        }
        page
    }
}
