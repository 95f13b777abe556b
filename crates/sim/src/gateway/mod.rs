//! A model of the gateway, with what was measured of the real one.
//!
//! It is written from the measurements, not from the engine: keys are global
//! and known for five minutes to one process; an acknowledged input may be
//! thrown away, or die in a crash with its key; a key that is repeated to
//! another process runs the model again. With `durable` it is our embedded
//! gateway instead, which keeps keys and inputs.

mod disk;
mod frames;
mod history;
mod keys;
mod ledger;
mod life;
mod send;
mod turns;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

pub use disk::{Kind, Row};
pub use frames::{Down, Effect, SocketId, Task, Up};
pub use ledger::Ledger;

use crate::rng::Rng;
use crate::setup::Setup;
use disk::Disk;
use keys::Keys;
use turns::Turn;

/// The clock of the gateway at the beginning of the world, Unix milliseconds.
pub const EPOCH: u64 = 1_795_144_574_973;
/// The time between two ticks, in ms.
const TICK: u64 = 30_000;
/// A socket that has not introduced itself by then is closed, in ms.
const HANDSHAKE: u64 = 15_000;
/// … and between two losses that it reports, while it does, in ms.
const GAPS: u64 = 100;
/// The canonical key of the main session.
pub const MAIN: &str = "agent:main:main";

/// A socket that reached the gateway.
#[derive(Debug, Default)]
struct Connection {
    greeted: bool,
    /// It has the scope to write.
    may_write: bool,
    seq: u64,
    subscriptions: BTreeSet<String>,
}

/// A running process of the gateway; a crash takes all of it.
#[derive(Debug, Default)]
struct Process {
    /// It greets: what it starts beside itself is up.
    started: bool,
    /// It was asked to end, and waits for its turns.
    draining: Option<u64>,
    keys: Keys,
    connections: BTreeMap<SocketId, Connection>,
    turns: BTreeMap<String, Turn>,
}

/// The gateway: its disk, its process if one runs, and the truth about it.
#[derive(Debug)]
pub struct Gateway {
    setup: Setup,
    rng: Rng,
    boot: u32,
    /// What was added to the true time, in ms.
    skew: i64,
    process: Option<Process>,
    disk: Disk,
    served: u32,
    refusals: Vec<&'static str>,
    /// New connections get the scope to write.
    grants_write: bool,
    /// Until then it reports losses without end.
    gaps_until: u64,
    /// What really happened, for the judge.
    pub ledger: Ledger,
    effects: Vec<Effect>,
}

impl Gateway {
    /// A gateway that is up.
    pub fn new(setup: &Setup, rng: Rng) -> Self {
        let mut gateway = Self {
            setup: setup.clone(),
            rng,
            boot: 0,
            skew: 0,
            process: None,
            disk: Disk::default(),
            served: 0,
            refusals: Vec::new(),
            grants_write: true,
            gaps_until: 0,
            ledger: Ledger::default(),
            effects: Vec::new(),
        };
        gateway.start(0);
        if let Some(process) = &mut gateway.process {
            process.started = true;
        }
        gateway
    }

    /// What the world is to do next.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// A process runs and takes sockets.
    pub fn listens(&self) -> bool {
        self.process
            .as_ref()
            .is_some_and(|process| process.draining.is_none())
    }

    /// It runs, greets, and means to go on.
    pub fn is_well(&self) -> bool {
        let well = |process: &Process| process.started && process.draining.is_none();
        self.process.as_ref().is_some_and(well) && self.refusals.is_empty()
    }

    /// The number of the process, from 1.
    pub const fn boot(&self) -> u32 {
        self.boot
    }

    /// Transcripts by session: the keys of user rows, oldest first.
    pub fn transcripts(&self) -> impl Iterator<Item = (&String, Vec<&str>)> {
        self.disk.sessions().map(|(name, session)| {
            let rows = session.rows.iter();
            let keys = rows.filter_map(|row| match &row.kind {
                Kind::User { key, .. } => Some(key.as_str()),
                _ => None,
            });
            (name, keys.collect())
        })
    }

    /// Where a key stands in a transcript.
    pub fn place(&self, key: &str) -> Option<&str> {
        self.disk.place(key)
    }

    /// Since when, by the true time, a key stands in a transcript.
    pub fn stands_since(&self, key: &str) -> Option<u64> {
        self.ledger.stands.get(key).copied()
    }

    /// A key died with a process: it is never taken again.
    pub fn is_dead(&self, key: &str) -> bool {
        self.disk.is_dead(key)
    }

    /// Nothing runs and nothing waits to run.
    pub fn is_idle(&self) -> bool {
        let running = self
            .process
            .as_ref()
            .is_some_and(|process| !process.turns.is_empty());
        let waits = |input: &disk::Waiting| !input.interrupted;
        let mut sessions = self.disk.sessions();
        !running && !sessions.any(|(_, session)| session.inputs.iter().any(waits))
    }

    fn clock(&self, now: u64) -> u64 {
        (EPOCH + now).saturating_add_signed(self.skew)
    }

    fn later(&mut self, wait: u64, task: Task) {
        self.effects.push(Effect::Later(wait, self.boot, task));
    }

    fn connection(&mut self, socket: SocketId) -> Option<&mut Connection> {
        self.process.as_mut()?.connections.get_mut(&socket)
    }

    /// A socket was opened: the challenge goes out.
    pub fn opened(&mut self, now: u64, socket: SocketId) {
        let clock = self.clock(now);
        let Some(process) = self.process.as_mut() else {
            return;
        };
        process.connections.insert(socket, Connection::default());
        let payload = json!({"nonce": format!("nonce-{socket}"), "ts": clock});
        let challenge = Down::Event {
            name: "connect.challenge",
            seq: None,
            payload,
        };
        self.effects.push(Effect::Send(socket, challenge));
        self.later(HANDSHAKE, Task::Handshake(socket));
    }

    /// A socket is gone, or its silence was noticed.
    pub fn hung_up(&mut self, socket: SocketId) {
        if let Some(process) = &mut self.process {
            process.connections.remove(&socket);
        }
    }

    /// A frame arrived.
    pub fn receive(&mut self, now: u64, socket: SocketId, up: Up) {
        let Some(connection) = self.connection(socket) else {
            return;
        };
        let greeted = connection.greeted;
        if up.method == "connect" && !greeted {
            return self.connect(now, socket, &up);
        }
        if !greeted {
            self.effects
                .push(Effect::Close(socket, 1008, "invalid handshake"));
            return self.hung_up(socket);
        }
        if self
            .process
            .as_ref()
            .is_some_and(|process| process.draining.is_some())
        {
            self.ledger.refused(&up);
            return self.refuse(socket, up.id, restarting());
        }
        match up.method.as_str() {
            "chat.send" => self.chat_send(now, socket, &up),
            "chat.history" if self.setup.field.blind => {
                let error = json!({"code": "INVALID_REQUEST", "message": "history is not for you"});
                self.refuse(socket, up.id, error);
            }
            "chat.history" => {
                let page = self.history(&up.params);
                self.answer(socket, up.id, page);
            }
            "chat.abort" => {
                let session = up.params["sessionKey"].as_str().unwrap_or(MAIN).to_owned();
                self.abort(now, &session);
                self.answer(socket, up.id, json!({"ok": true, "aborted": true}));
            }
            "sessions.messages.subscribe" => {
                if let (Some(session), Some(connection)) =
                    (up.params["key"].as_str(), self.connection(socket))
                {
                    connection.subscriptions.insert(session.to_owned());
                }
                self.answer(socket, up.id, json!({"subscribed": true}));
            }
            "agent" | "send" if up.params["idempotencyKey"].is_string() => {
                self.effect(now, socket, &up);
            }
            "agent" => {
                let first = json!({"status": "accepted", "runId": "agent-run"});
                self.answer(socket, up.id, first);
                let answer = json!({"status": "ok", "summary": "completed"});
                let wait = self.rng.between(10, 4_000);
                self.later(wait, Task::Answer(socket, up.id, answer));
            }
            _ => self.answer(socket, up.id, json!({"ok": true})),
        }
    }

    fn connect(&mut self, now: u64, socket: SocketId, up: &Up) {
        let started = self.process.as_ref().is_some_and(|process| process.started);
        if !started {
            let error = json!({
                "code": "UNAVAILABLE", "message": "gateway starting", "retryable": true,
                "retryAfterMs": 500, "details": {"reason": "startup-sidecars"},
            });
            return self.turn_away(socket, up.id, error, 1013);
        }
        if let Some(refusal) = self.refusals.pop() {
            let error = serde_json::from_str(refusal).unwrap_or_default();
            return self.turn_away(socket, up.id, error, 1008);
        }
        let signed = up.params["device"]["nonce"].as_str();
        if signed != Some(&format!("nonce-{socket}")) {
            let error = json!({"code": "INVALID_REQUEST",
                "details": {"code": "DEVICE_AUTH_NONCE_MISMATCH"}});
            return self.turn_away(socket, up.id, error, 1008);
        }
        let hello = self.hello(&up.params);
        let may_write = self.grants_write;
        if let Some(connection) = self.connection(socket) {
            connection.greeted = true;
            connection.may_write = may_write;
        }
        self.answer_now(socket, up.id, hello);
        let state = json!({"presence": now, "health": now});
        self.tell(socket, "presence", json!({"stateVersion": state}));
        let first = self.rng.between(1, TICK);
        self.later(first, Task::Tick(socket));
        if now < self.gaps_until {
            self.later(GAPS, Task::Gap(socket));
        }
    }

    fn hello(&self, params: &Value) -> Value {
        let capabilities: &[&str] = if self.setup.durable {
            &[clawline_core::engine::DURABLE_KEYS]
        } else {
            &[]
        };
        let scopes = if self.grants_write {
            params["scopes"].clone()
        } else {
            json!(["operator.read"])
        };
        json!({
            "type": "hello-ok",
            "server": {"version": "2026.9.6", "bootId": format!("boot-{}", self.boot),
                "connId": "c"},
            "features": {"capabilities": capabilities},
            "snapshot": {"sessionDefaults": {"mainSessionKey": MAIN},
                "stateVersion": {"presence": 1, "health": 1}},
            "auth": {"role": "operator", "scopes": scopes},
            "policy": {"maxPayload": 26_214_400, "tickIntervalMs": TICK},
        })
    }

    fn turn_away(&mut self, socket: SocketId, id: u32, error: Value, code: u16) {
        let refusal = Down::Answer {
            id,
            ok: false,
            body: error,
        };
        self.effects.push(Effect::Send(socket, refusal));
        self.effects.push(Effect::Refused);
        self.effects.push(Effect::Close(socket, code, "refused"));
        self.hung_up(socket);
    }

    /// A thing that was to happen later.
    pub fn perform(&mut self, now: u64, boot: u32, task: Task) {
        if boot != self.boot || self.process.is_none() {
            return;
        }
        match task {
            Task::Answer(socket, id, payload) => self.answer_now(socket, id, payload),
            Task::Refuse(socket, id, error) => self.refuse_now(socket, id, error),
            Task::Step(session, turn) => self.step(now, &session, &turn),
            Task::Terminal(session, run) => {
                let payload = json!({"runId": run, "sessionKey": session, "seq": 1,
                    "state": "error", "errorMessage": "again, in other words"});
                self.broadcast(&session, "chat", &payload);
            }
            Task::Tick(socket) => {
                let ts = self.clock(now);
                if self.connection(socket).is_some() {
                    self.tell(socket, "tick", json!({"ts": ts}));
                    self.later(TICK, Task::Tick(socket));
                }
            }
            Task::Gap(socket) => {
                if now < self.gaps_until
                    && let Some(connection) = self.connection(socket)
                {
                    connection.seq += 1;
                    self.tell(socket, "tick", json!({}));
                    self.later(GAPS, Task::Gap(socket));
                }
            }
            Task::Handshake(socket) => {
                if self
                    .connection(socket)
                    .is_some_and(|connection| !connection.greeted)
                {
                    self.effects.push(Effect::Close(socket, 1000, ""));
                    self.hung_up(socket);
                }
            }
            Task::Sweep => {
                let clock = self.clock(now);
                if let Some(process) = &mut self.process {
                    process.keys.sweep(clock);
                }
                self.later(60_000, Task::Sweep);
            }
            Task::Started => {
                if let Some(process) = &mut self.process {
                    process.started = true;
                }
            }
        }
    }
}

fn restarting() -> Value {
    json!({
        "code": "UNAVAILABLE", "message": "gateway restarting", "retryable": true,
        "retryAfterMs": 1_000, "details": {"reason": "gateway-restarting"},
    })
}
