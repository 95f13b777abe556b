//! One turn, from its user row to its terminal event.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Gateway;
use super::connections::Audience;
use super::frames::Event;
use super::rows;
use super::runs::{Outcome, Turn};
use super::sessions::{MODEL, PROVIDER};
use crate::agent::echo::{self, End};
use crate::clock::now_ms;
use crate::ids;
use crate::store::{InputMethod, InputState, StoreError, TranscriptRow};

/// Deltas come no faster than this; the words between go along with the next.
const COALESCE: Duration = Duration::from_millis(70);
/// The live text of a delta keeps its last characters only, as measured.
const LIVE_CHARACTERS: usize = 500_000;

/// Runs a turn to its end.
pub(crate) async fn take(gateway: &Arc<Gateway>, turn: &Arc<Turn>) -> Result<Outcome, StoreError> {
    let started_at = now_ms();
    let session_key = turn.session_key();
    let user_row = rows::waiting_user_row(&turn.input, started_at);
    let row = gateway.store.begin(&turn.input, &user_row).await?;
    let session_id = gateway
        .store
        .session(session_key)
        .await?
        .map(|session| session.session_id)
        .unwrap_or_default();
    gateway.tell_message(session_key, &row).await?;
    gateway.tell_session_changed(session_key, "send").await?;

    let mut voice = Voice::new(gateway, turn, session_id, started_at);
    voice.begin();
    let end = voice.speak(echo::script(&turn.input.text)).await;
    let text = turn
        .said
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    let ended_at = now_ms();
    let input = &turn.input;
    let (state, error, last_row) = match &end {
        Ending::Answered => {
            let row = rows::answer_row(&turn.run_id, &text, &input.text, started_at, ended_at);
            (InputState::Done, None, Some(row))
        }
        Ending::Failed(words) => {
            let row = rows::failed_row(&turn.run_id, words, ended_at);
            (InputState::Failed, Some(words.clone()), Some(row))
        }
        Ending::Stopped => {
            let row = rows::aborted_row(&turn.run_id, text.trim_end(), started_at, ended_at);
            (InputState::Aborted, None, (!text.is_empty()).then_some(row))
        }
    };
    let stored = gateway
        .store
        .finish(input, state, ended_at, error.as_deref(), last_row.as_ref())
        .await?;
    gateway.runs.settle(turn);
    if let Some(row) = stored {
        gateway.tell_message(session_key, &row).await?;
    }
    voice.end(&end, &text, ended_at);
    gateway
        .tell_session_changed(session_key, "agent.input.settled")
        .await?;
    Ok(Outcome {
        state,
        text,
        error,
        started_at,
        ended_at,
    })
}

/// Ends a turn that somebody took back before it began.
pub(crate) async fn never_began(
    gateway: &Arc<Gateway>,
    turn: &Arc<Turn>,
) -> Result<Outcome, StoreError> {
    let now = now_ms();
    let state = InputState::Aborted;
    gateway
        .store
        .finish(&turn.input, state, now, None, None)
        .await?;
    let voice = Voice::new(gateway, turn, String::new(), now);
    voice.chat(json!({ "state": "aborted", "stopReason": "rpc" }));
    Ok(Outcome {
        state,
        text: String::new(),
        error: None,
        started_at: now,
        ended_at: now,
    })
}

/// The database failed under a turn.
pub(crate) fn lost(gateway: &Arc<Gateway>, turn: &Arc<Turn>) -> Outcome {
    let now = now_ms();
    let words =
        "the gateway's database did not answer; the turn runs again when the gateway starts";
    let voice = Voice::new(gateway, turn, String::new(), now);
    voice.chat(json!({ "state": "error", "errorMessage": words }));
    Outcome {
        state: InputState::Failed,
        text: String::new(),
        error: Some(words.to_owned()),
        started_at: now,
        ended_at: now,
    }
}

enum Ending {
    Answered,
    Failed(String),
    Stopped,
}

/// The events of one run, numbered. `chat` and `agent` share the numbers, as on
/// the real gateway, so they have holes.
struct Voice<'a> {
    gateway: &'a Arc<Gateway>,
    turn: &'a Arc<Turn>,
    session_id: String,
    started_at: i64,
    item_id: String,
    seq: u64,
    /// What the last delta showed, in bytes of the whole text.
    shown: usize,
}

impl<'a> Voice<'a> {
    fn new(
        gateway: &'a Arc<Gateway>,
        turn: &'a Arc<Turn>,
        session_id: String,
        started_at: i64,
    ) -> Self {
        Self {
            gateway,
            turn,
            session_id,
            started_at,
            item_id: format!("{}:1", ids::uuid()),
            seq: 1,
            shown: 0,
        }
    }

    /// `payload` is an object with what is particular to this event.
    fn emit(&self, name: &str, mut payload: Value) {
        payload["runId"] = json!(self.turn.run_id);
        payload["sessionKey"] = json!(self.turn.session_key());
        payload["agentId"] = json!("main");
        payload["seq"] = json!(self.seq);
        let audience = Audience::Run(self.turn.session_key());
        self.gateway
            .connections
            .emit(audience, &Event::new(name, &payload));
    }

    fn chat(&self, payload: Value) {
        self.emit("chat", payload);
    }

    fn agent(&self, stream: &str, data: Value) {
        let payload = json!({
            "stream": stream,
            "data": data,
            "sessionId": self.session_id,
            "ts": now_ms(),
            "isHeartbeat": false,
        });
        self.emit("agent", payload);
    }

    fn status(&mut self, phase: &str) {
        // The `agent` method has no status events (recorded).
        if self.turn.input.method == InputMethod::Chat {
            self.chat(json!({ "state": "status", "phase": phase }));
            self.agent("run_status", json!({ "phase": phase }));
            self.seq += 1;
        }
    }

    fn begin(&mut self) {
        self.status("preparing_workspace");
        self.status("preparing_context");
        self.agent(
            "lifecycle",
            json!({ "phase": "start", "startedAt": self.started_at }),
        );
        self.seq += 1;
        self.status("starting_model");
        self.agent(
            "lifecycle",
            json!({ "phase": "model", "provider": PROVIDER, "model": MODEL }),
        );
        self.seq += 1;
    }

    async fn speak(&mut self, script: echo::Script) -> Ending {
        let turn = Arc::clone(self.turn);
        let mut last_delta: Option<Instant> = None;
        for (pause, piece) in script.pieces {
            if pause.is_zero() {
                // Fast answers must not starve the rest of the gateway.
                tokio::task::yield_now().await;
            } else {
                tokio::select! {
                    biased;
                    () = turn.stopped() => {}
                    () = tokio::time::sleep(pause) => {}
                }
            }
            if turn.is_stopped() {
                return Ending::Stopped;
            }
            turn.said
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&piece);
            if last_delta.is_none_or(|at| at.elapsed() >= COALESCE) {
                self.delta();
                last_delta = Some(Instant::now());
            }
            self.seq += 1;
        }
        self.delta();
        match script.end {
            End::Answer => Ending::Answered,
            End::Failure(words) => Ending::Failed(words),
            End::Never => {
                turn.stopped().await;
                Ending::Stopped
            }
        }
    }

    /// Shows what was said since the last delta. Blanks at the end are held back.
    fn delta(&mut self) {
        let turn = Arc::clone(self.turn);
        let said = turn.said.lock().unwrap_or_else(PoisonError::into_inner);
        let text = said.trim_end();
        let Some(news) = text.get(self.shown..).filter(|news| !news.is_empty()) else {
            return;
        };
        self.shown = text.len();
        let live = live(text);
        self.agent(
            "assistant",
            json!({ "text": live, "delta": news, "itemId": self.item_id }),
        );
        let message = message(live);
        self.chat(json!({ "state": "delta", "deltaText": news, "message": message }));
    }

    fn end(&mut self, end: &Ending, text: &str, ended_at: i64) {
        match end {
            Ending::Answered => self.end_answered(text.trim_end(), ended_at),
            Ending::Failed(words) => {
                self.agent(
                    "lifecycle",
                    json!({
                        "phase": "error",
                        "error": words,
                        "startedAt": self.started_at,
                        "endedAt": ended_at,
                        "executionSettled": true,
                    }),
                );
                self.seq += 1;
                self.chat(json!({
                    "state": "error",
                    "errorMessage": words,
                    "errorDetail": { "provider": PROVIDER, "model": MODEL },
                }));
            }
            Ending::Stopped => {
                let mut own = json!({ "state": "aborted", "stopReason": "rpc" });
                if !text.is_empty() {
                    own["message"] = message(text.trim_end());
                }
                self.chat(own);
                self.agent(
                    "lifecycle",
                    json!({
                        "phase": "end",
                        "status": "cancelled",
                        "aborted": true,
                        "stopReason": "rpc",
                        "startedAt": self.started_at,
                        "endedAt": ended_at,
                    }),
                );
            }
        }
    }

    fn end_answered(&mut self, text: &str, ended_at: i64) {
        let words = text.split_whitespace().count();
        self.agent("usage", json!({ "outputTokens": words }));
        self.seq += 1;
        self.agent(
            "lifecycle",
            json!({
                "phase": "finishing",
                "stopReason": "stop",
                "aborted": false,
                "livenessState": "working",
                "endedAt": ended_at,
            }),
        );
        self.seq += 1;
        let nobody = Value::Null;
        self.agent(
            "lifecycle",
            json!({ "phase": "model", "provider": nobody, "model": nobody }),
        );
        self.seq += 1;
        self.agent(
            "lifecycle",
            json!({
                "phase": "end",
                "stopReason": "stop",
                "aborted": false,
                "livenessState": "working",
                "startedAt": self.started_at,
                "endedAt": ended_at,
                "terminalReply": { "disposition": "visible", "text": live(text) },
                "executionSettled": true,
            }),
        );
        self.chat(json!({ "state": "final", "stopReason": "stop", "message": message(text) }));
    }
}

fn message(text: &str) -> Value {
    json!({
        "role": "assistant",
        "content": [{ "type": "text", "text": text }],
        "timestamp": now_ms(),
    })
}

/// The last characters of a text that grew too long to be sent with each delta.
pub(crate) fn live(text: &str) -> &str {
    if text.len() <= LIVE_CHARACTERS {
        return text;
    }
    let characters = text.chars().count();
    let skip = characters.saturating_sub(LIVE_CHARACTERS);
    match text.char_indices().nth(skip) {
        Some((start, _)) => &text[start..],
        None => text,
    }
}

impl Gateway {
    /// Tells whoever follows a session that it has a new row.
    pub(crate) async fn tell_message(
        &self,
        session_key: &str,
        row: &TranscriptRow,
    ) -> Result<(), StoreError> {
        if let Some(session) = self.store.session(session_key).await? {
            let payload = rows::envelope(row, &session, &self.session_row(&session));
            let event = Event::new("session.message", &payload);
            self.connections
                .emit(Audience::Messages(session_key), &event);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_an_endless_text_is_live() {
        assert_eq!(live("short"), "short");
        let long = "é".repeat(LIVE_CHARACTERS + 3);
        assert_eq!(live(&long).chars().count(), LIVE_CHARACTERS);
    }
}
