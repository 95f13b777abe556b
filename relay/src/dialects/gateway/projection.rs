//! What happens in the domain, as events of this protocol.

use std::collections::HashMap;
use std::sync::Arc;

use clawline_core::wire::extensions::{CHANNELS_PROGRESS, CHANNELS_TYPING};
use serde_json::{Value, json};

use super::connections::{Audience, Connections};
use super::frames::Event;
use super::linked::wire_name;
use super::sessions::{PROVIDER, changed, deleted, session_row};
use super::{Gateway, rows};
use crate::bus::{self, Ending, Run, Subscription};
use crate::clock::now_ms;
use crate::ids;
use crate::store::{InputKind, Sender};
use crate::trace;

/// The live text of a delta keeps its last characters only, as measured.
const LIVE_CHARACTERS: usize = 500_000;

/// Tells connections what they follow, until the gateway ends.
pub(super) async fn project(gateway: Arc<Gateway>, mut events: Subscription) {
    let mut live = HashMap::new();
    loop {
        match events.next().await {
            Ok(event) => tell(&gateway.connections, &mut live, &event),
            Err(lagged) => {
                tracing::warn!("{lagged}: clients are told that they missed something");
                gateway.connections.skip_one();
            }
        }
    }
}

fn tell(connections: &Connections, live: &mut HashMap<String, Voice>, event: &bus::Event) {
    match event {
        bus::Event::MessageStored { session, row } => {
            let payload = rows::envelope(row, &session.session, &session_row(session));
            let audience = Audience::Messages(&session.session.key);
            connections.emit(audience, &Event::new("session.message", &payload));
        }
        bus::Event::SessionChanged { session, reason } => {
            let payload = changed(session, *reason);
            connections.emit(
                Audience::Sessions,
                &Event::new("sessions.changed", &payload),
            );
        }
        bus::Event::SessionDeleted {
            session_key,
            session_id,
        } => {
            let payload = deleted(session_key, session_id);
            connections.emit(
                Audience::Sessions,
                &Event::new("sessions.changed", &payload),
            );
        }
        bus::Event::RunStarted(run) => voice(connections, live, run).begin(),
        bus::Event::RunSaid { run, from, to } => voice(connections, live, run).delta(*from, *to),
        bus::Event::RunEnded { run, ending, at } => {
            trace::of_message(&run.id).in_scope(|| {
                tracing::info!("an answer was told");
                voice(connections, live, run).end(ending, *at);
            });
            live.remove(&run.id);
        }
        // The only channel of this protocol is the session itself.
        bus::Event::ChannelReceived(_)
        | bus::Event::ChannelSent(_)
        | bus::Event::ChannelProgress(_)
        | bus::Event::ChannelStatus { .. } => {}
        bus::Event::RowProgress(progress) => {
            let mut payload = rows::progress(progress.state, progress.error.as_deref());
            payload["channel"] = json!(wire_name(&progress.channel));
            payload["sessionKey"] = json!(progress.session_key);
            payload["runId"] = json!(progress.run_id);
            let audience = Audience::Messages(&progress.session_key);
            connections.emit(audience, &Event::new(CHANNELS_PROGRESS, &payload));
        }
        bus::Event::ChannelTyping(typing) => {
            let typist = |one: &Sender| json!({ "senderId": one.id, "senderName": one.name });
            let payload = json!({
                "channel": wire_name(&typing.channel),
                "sessionKey": typing.session_key,
                "typing": typing.typists.iter().map(typist).collect::<Vec<_>>(),
            });
            let audience = Audience::Messages(&typing.session_key);
            connections.emit(audience, &Event::new(CHANNELS_TYPING, &payload));
        }
    }
}

/// The numbers of one run's events. `chat` and `agent` share them, as on the
/// real gateway, so they have holes.
#[derive(Debug)]
struct Voice {
    item_id: String,
    seq: u64,
}

fn voice<'a>(
    connections: &'a Connections,
    live: &'a mut HashMap<String, Voice>,
    run: &'a Run,
) -> Speaking<'a> {
    let voice = live.entry(run.id.clone()).or_insert_with(|| Voice {
        item_id: format!("{}:1", ids::uuid()),
        seq: 1,
    });
    Speaking {
        connections,
        run,
        voice,
    }
}

struct Speaking<'a> {
    connections: &'a Connections,
    run: &'a Run,
    voice: &'a mut Voice,
}

impl Speaking<'_> {
    /// `payload` is an object with what is particular to this event.
    fn emit(&self, name: &str, mut payload: Value) {
        payload["runId"] = json!(self.run.id);
        payload["sessionKey"] = json!(self.run.session_key);
        payload["agentId"] = json!("main");
        payload["seq"] = json!(self.voice.seq);
        let audience = Audience::Run(&self.run.session_key);
        self.connections.emit(audience, &Event::new(name, &payload));
    }

    fn chat(&self, payload: Value) {
        self.emit("chat", payload);
    }

    fn agent(&self, stream: &str, data: Value) {
        let payload = json!({
            "stream": stream,
            "data": data,
            "sessionId": self.run.session_id,
            "ts": now_ms(),
            "isHeartbeat": false,
        });
        self.emit("agent", payload);
    }

    /// As [`Speaking::agent`], and the next event has the next number.
    fn agent_counted(&mut self, stream: &str, data: Value) {
        self.agent(stream, data);
        self.voice.seq += 1;
    }

    fn status(&mut self, phase: &str) {
        // The `agent` method has no status events (recorded).
        if self.run.kind == InputKind::Message {
            self.chat(json!({ "state": "status", "phase": phase }));
            self.agent_counted("run_status", json!({ "phase": phase }));
        }
    }

    fn begin(&mut self) {
        self.status("preparing_workspace");
        self.status("preparing_context");
        let start = json!({ "phase": "start", "startedAt": self.run.started_at });
        self.agent_counted("lifecycle", start);
        self.status("starting_model");
        let model = json!({ "phase": "model", "provider": PROVIDER, "model": self.run.agent });
        self.agent_counted("lifecycle", model);
    }

    fn delta(&mut self, from: usize, to: usize) {
        let (agent, chat) = self.run.said.read(|text| {
            let text = text.get(..to).unwrap_or(text);
            let news = text.get(from..).unwrap_or_default();
            let live = live(text);
            (
                json!({ "text": live, "delta": news, "itemId": self.voice.item_id }),
                json!({ "state": "delta", "deltaText": news, "message": message(live) }),
            )
        });
        self.agent("assistant", agent);
        self.chat(chat);
        self.voice.seq += 1;
    }

    fn end(&mut self, ending: &Ending, at: i64) {
        match ending {
            Ending::Answered(_) => {
                let text = self.run.said.read(|text| text.trim_end().to_owned());
                self.end_answered(&text, at);
            }
            Ending::Failed(words) => {
                let error = json!({
                    "phase": "error",
                    "error": words,
                    "startedAt": self.run.started_at,
                    "endedAt": at,
                    "executionSettled": true,
                });
                self.agent_counted("lifecycle", error);
                self.chat(json!({
                    "state": "error",
                    "errorMessage": words,
                    "errorDetail": { "provider": PROVIDER, "model": self.run.agent },
                }));
            }
            Ending::Stopped => self.end_stopped(at),
            Ending::Withdrawn => self.chat(json!({ "state": "aborted", "stopReason": "rpc" })),
            Ending::Lost(words) => self.chat(json!({ "state": "error", "errorMessage": words })),
        }
    }

    fn end_stopped(&self, at: i64) {
        let mut aborted = json!({ "state": "aborted", "stopReason": "rpc" });
        self.run.said.read(|text| {
            if !text.is_empty() {
                aborted["message"] = message(text.trim_end());
            }
        });
        self.chat(aborted);
        self.agent(
            "lifecycle",
            json!({
                "phase": "end",
                "status": "cancelled",
                "aborted": true,
                "stopReason": "rpc",
                "startedAt": self.run.started_at,
                "endedAt": at,
            }),
        );
    }

    fn end_answered(&mut self, text: &str, at: i64) {
        let words = text.split_whitespace().count();
        self.agent_counted("usage", json!({ "outputTokens": words }));
        let finishing = json!({
            "phase": "finishing",
            "stopReason": "stop",
            "aborted": false,
            "livenessState": "working",
            "endedAt": at,
        });
        self.agent_counted("lifecycle", finishing);
        let nobody = json!({ "phase": "model", "provider": null, "model": null });
        self.agent_counted("lifecycle", nobody);
        self.agent(
            "lifecycle",
            json!({
                "phase": "end",
                "stopReason": "stop",
                "aborted": false,
                "livenessState": "working",
                "startedAt": self.run.started_at,
                "endedAt": at,
                "terminalReply": { "disposition": "visible", "text": live(text) },
                "executionSettled": true,
            }),
        );
        let mut last = json!({ "state": "final", "stopReason": "stop" });
        if !text.is_empty() {
            last["message"] = message(text);
        }
        self.chat(last);
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
