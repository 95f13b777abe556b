//! The real engine as one client of the herd.

use anyhow::{Context, Result};
use clawline_core::engine::{
    Close, Config, Engine, Facts, Generation, Glance, Input, Introduction, Outgoing, Output,
};
use clawline_core::wire::{EventKind, Read, read_answer, read_event};
use clawline_core::{Instant, Profile, RequestId};
use serde_json::{Value, json};

use super::model::{Client, LOST_AT};

/// When the herd connected: long enough before it is lost to be stable.
const CONNECTED_AT: u64 = 0;

/// An engine that was connected until the gateway went away.
#[derive(Debug)]
pub(super) struct Clawline {
    engine: Engine,
    generation: Generation,
}

impl Clawline {
    /// `told_ms` is what `shutdown.restartExpectedMs` said.
    pub(super) fn connected(seed: u64, told_ms: Option<u64>) -> Result<Self> {
        let mut engine = Engine::new(Config::new(Profile::webchat("0")), seed);
        let at = Instant::from_millis(CONNECTED_AT);
        engine.connect(at);
        let generation = asked_to_connect(&mut engine).context("the engine asks for no socket")?;
        let mut client = Self { engine, generation };
        client.shake_hands(at)?;
        let lost = Instant::from_millis(LOST_AT);
        client.pass_time_until(lost);
        if let Some(told_ms) = told_ms {
            let frame =
                json!({"payload": {"reason": "gateway restarting", "restartExpectedMs": told_ms}});
            client.hear(lost, EventKind::SHUTDOWN, Some(1), &frame);
        }
        Ok(client)
    }

    fn shake_hands(&mut self, at: Instant) -> Result<()> {
        let opened = Input::Opened(self.generation, Introduction::default());
        self.engine.handle_input(at, opened);
        let challenge = json!({"payload": {"nonce": "nonce", "ts": 1}});
        self.hear(at, EventKind::CHALLENGE, None, &challenge);
        let id = self
            .connect_request()
            .context("the engine sends no connect")?;
        let hello = json!({"ok": true, "payload": {
            "type": "hello-ok",
            "server": {"version": "0", "bootId": "boot", "connId": "connection"},
            "auth": {"role": "operator", "scopes": ["operator.read"]},
        }});
        self.engine
            .glance(at, self.generation, Glance::Response { id });
        let facts = Facts::Answer(id, read_answer(Read::Hello, &hello));
        self.engine.handle_frame(at, self.generation, facts);
        while self.engine.poll_output().is_some() {}
        Ok(())
    }

    fn hear(&mut self, at: Instant, kind: EventKind, seq: Option<u64>, frame: &Value) {
        let glance = Glance::Event { kind, seq };
        self.engine.glance(at, self.generation, glance);
        let facts = Facts::Event(read_event(kind, frame));
        self.engine.handle_frame(at, self.generation, facts);
    }

    /// The id of the handshake's request.
    fn connect_request(&mut self) -> Option<RequestId> {
        while let Some(output) = self.engine.poll_output() {
            if let Output::Transmit(_, Outgoing::Frame(text)) = output {
                let frame: Value = serde_json::from_str(text.expose()).ok()?;
                return frame["id"].as_str()?.parse().ok().map(RequestId);
            }
        }
        None
    }

    fn pass_time_until(&mut self, end: Instant) {
        while let Some((due, _)) = self.engine.deadline().filter(|(due, _)| *due <= end) {
            self.wake(due);
            while self.engine.poll_output().is_some() {}
        }
    }

    fn wake(&mut self, at: Instant) {
        let wall_ms = at.as_millis();
        self.engine.handle_input(at, Input::Woke { wall_ms });
    }
}

impl Client for Clawline {
    fn failed(&mut self, at: u64) -> Option<u64> {
        let close = Close::Socket {
            code: 1006,
            reason: String::new(),
        };
        let closed = Input::Closed(self.generation, close);
        let mut now = Instant::from_millis(at);
        self.engine.handle_input(now, closed);
        loop {
            if let Some(generation) = asked_to_connect(&mut self.engine) {
                self.generation = generation;
                return Some(now.as_millis());
            }
            (now, _) = self.engine.deadline()?;
            self.wake(now);
        }
    }
}

/// Drains the engine; whether it wants a socket.
fn asked_to_connect(engine: &mut Engine) -> Option<Generation> {
    let mut asked = None;
    while let Some(output) = engine.poll_output() {
        if let Output::Connect(generation) = output {
            asked = Some(generation);
        }
    }
    asked
}
