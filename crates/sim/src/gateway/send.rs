//! `chat.send`: the layers that a key goes through.

use serde_json::{Value, json};

use super::disk::{Kind, Waiting};
use super::keys::Fate;
use super::{Gateway, SocketId, Task, Up};
use crate::script::Fault;
use crate::setup::Queue;

/// When more inputs than this wait, the oldest are thrown away.
const WAITING_CAP: usize = 20;

impl Gateway {
    pub(super) fn chat_send(&mut self, now: u64, socket: SocketId, up: &Up) {
        let text_of = |name: &str| up.params[name].as_str().map(str::to_owned);
        let (Some(session), Some(text), Some(key)) = (
            text_of("sessionKey"),
            text_of("message"),
            text_of("idempotencyKey"),
        ) else {
            let error = json!({"code": "INVALID_REQUEST", "message": "invalid chat.send params"});
            return self.refuse(socket, up.id, error);
        };
        if self
            .connection(socket)
            .is_some_and(|connection| !connection.may_write)
        {
            self.ledger.refused(up);
            let error = json!({"code": "FORBIDDEN", "message": "missing scope: operator.write"});
            return self.refuse(socket, up.id, error);
        }
        let fault = Fault::of(&text);
        if fault == Some(Fault::Stop) {
            self.ledger.without_row(&key);
            let done = json!({"ok": true, "aborted": false, "runIds": []});
            return self.answer(socket, up.id, done);
        }
        if text.trim().is_empty() || fault == Some(Fault::Refused) {
            self.ledger.refused(up);
            let error = json!({
                "code": "INVALID_REQUEST", "message": "message or attachment required",
            });
            return self.refuse(socket, up.id, error);
        }
        if self.rng.percent(self.setup.busy) {
            self.ledger.refused(up);
            let error = json!({
                "code": "INVALID_REQUEST",
                "message": "the session changed while it was made; retry the request",
            });
            return self.refuse(socket, up.id, error);
        }
        if fault == Some(Fault::NoRow) {
            self.ledger.without_row(&key);
            let payload = json!({"runId": key, "status": "started"});
            return self.answer(socket, up.id, payload);
        }
        let answer = self.take_in(now, &session, &key, text);
        match answer {
            Ok(status) => {
                let payload = json!({"runId": key, "status": status});
                self.answer(socket, up.id, payload);
            }
            Err(error) => {
                self.ledger.refused(up);
                self.refuse(socket, up.id, error);
            }
        }
    }

    fn take_in(
        &mut self,
        now: u64,
        session: &str,
        key: &str,
        text: String,
    ) -> Result<&'static str, Value> {
        let clock = self.clock(now);
        self.ledger.received.insert(key.to_owned());
        if self.setup.durable {
            if let Some(before) = self.disk.keys.get(key) {
                let same = *before == text;
                self.ledger.duplicates += u32::from(same);
                return if same {
                    Ok("in_flight")
                } else {
                    Err(conflict())
                };
            }
            self.disk.keys.insert(key.to_owned(), text.clone());
        }
        let keys = &mut self.process.as_mut().expect("it receives").keys;
        if let Some(known) = keys.get(key) {
            if known.text != text {
                return Err(conflict());
            }
            self.ledger.duplicates += 1;
            return Ok(match known.fate {
                Fate::UnderWay => "in_flight",
                Fate::Done => "ok",
                Fate::Aborted => "timeout",
            });
        }
        if self.disk.is_dead(key) {
            let message = "Pending input ownership ended; submit a new turn to continue";
            return Err(json!({"code": "UNAVAILABLE", "message": message}));
        }
        keys.remember(clock, key, &text);
        if self.disk.place(key).is_some() {
            self.run_again(now, session, key);
            return Ok("started");
        }
        let input = Waiting {
            key: key.to_owned(),
            text,
            interrupted: false,
        };
        if self
            .process
            .as_ref()
            .is_some_and(|process| process.turns.contains_key(session))
        {
            self.wait(now, session, input);
        } else {
            self.begin(session, key, vec![input]);
        }
        Ok("started")
    }

    /// A request that has an effect and no place in any transcript: only the
    /// memory of keys stands between a repeat and a second effect.
    pub(super) fn effect(&mut self, now: u64, socket: SocketId, up: &Up) {
        let clock = self.clock(now);
        let key = up.params["idempotencyKey"].as_str().unwrap_or_default();
        self.ledger.received.insert(key.to_owned());
        let keys = &mut self.process.as_mut().expect("it receives").keys;
        let kept = self.setup.durable && self.disk.keys.contains_key(key);
        if keys.get(key).is_some() || kept {
            self.ledger.duplicates += 1;
        } else {
            keys.remember(clock, key, "");
            keys.set(key, Fate::Done);
            self.disk.keys.insert(key.to_owned(), String::new());
            self.ledger.runs(key);
        }
        if up.method == "agent" {
            let accepted = json!({"status": "accepted", "runId": key});
            self.answer_now(socket, up.id, accepted);
            let wait = self.rng.between(10, 4_000);
            let done = json!({"status": "ok", "summary": "completed"});
            self.later(wait, Task::Answer(socket, up.id, done));
        } else {
            self.answer(socket, up.id, json!({"ok": true}));
        }
    }

    /// A key that stands in the transcript and that this process does not know:
    /// measured, the user row is not doubled, but the model runs again, or a
    /// row says that it may not.
    fn run_again(&mut self, now: u64, session: &str, key: &str) {
        let outrage = format!("{key} came again after its row was written and its key forgotten");
        self.ledger.outrages.push(outrage);
        self.ledger.runs(key);
        let clock = self.clock(now);
        let kind = if self.rng.percent(50) {
            Kind::Assistant(key.to_owned())
        } else {
            Kind::Synthetic {
                key: Some(format!("{key}:terminal-error")),
                text: "automatic retry stopped to avoid duplicate execution",
                provenance: false,
            }
        };
        self.disk.write(session, clock, kind);
        self.empty_final(session, key);
    }

    /// A turn runs: the message waits for it, or for its own.
    fn wait(&mut self, now: u64, session: &str, input: Waiting) {
        let key = input.key.clone();
        let inputs = &mut self.disk.session(session).inputs;
        inputs.push(input);
        let alive: Vec<usize> = (0..inputs.len())
            .filter(|at| !inputs[*at].interrupted)
            .collect();
        if alive.len() > WAITING_CAP && !self.setup.durable {
            let dropped = inputs.remove(alive[0]);
            let clock = self.clock(now);
            let kind = Kind::Synthetic {
                key: Some(format!("followup-overflow:{}", dropped.key)),
                text: "[Queue overflow] Dropped 1 messages due to cap.",
                provenance: false,
            };
            let row = self.disk.write(session, clock, kind);
            self.announce(session, &row);
            if let Some(process) = &mut self.process {
                process.keys.set(&dropped.key, Fate::Done);
            }
            if self.setup.queue == Queue::Steer && self.rng.percent(50) {
                self.empty_final(session, &dropped.key);
            }
            self.ledger.overflowed.insert(dropped.key);
        }
        if self.setup.queue != Queue::Steer {
            self.empty_final(session, &key);
        }
    }
}

fn conflict() -> Value {
    json!({
        "code": "INVALID_REQUEST", "message": "the key was used for another message",
        "details": {"reason": "chat-request-conflict"},
    })
}
