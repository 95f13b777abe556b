//! Frames, and what the gateway asks of the world.

use serde_json::{Value, json};

use super::Gateway;

/// A socket, by its number in this world.
pub type SocketId = u32;

/// A frame on its way to the gateway.
#[derive(Debug, Clone)]
pub struct Up {
    /// The id of the request.
    pub id: u32,
    /// Its method.
    pub method: String,
    /// Its params.
    pub params: Value,
}

/// A frame on its way to a tab.
#[derive(Debug, Clone)]
pub enum Down {
    /// A response.
    Answer {
        /// The id of the request.
        id: u32,
        /// The payload follows; else the error.
        ok: bool,
        /// The payload, or the error.
        body: Value,
    },
    /// An event.
    Event {
        /// Its name.
        name: &'static str,
        /// Its number on this connection.
        seq: Option<u64>,
        /// Its payload; `stateVersion` is taken out of it.
        payload: Value,
    },
}

impl Down {
    /// The frame as it stands on the wire.
    #[must_use]
    pub fn value(self) -> Value {
        match self {
            Self::Answer { id, ok, body } => {
                let member = if ok { "payload" } else { "error" };
                let mut frame = json!({"type": "res", "id": id.to_string(), "ok": ok});
                frame[member] = body;
                frame
            }
            Self::Event {
                name,
                seq,
                mut payload,
            } => {
                let versions = payload
                    .as_object_mut()
                    .and_then(|payload| payload.remove("stateVersion"));
                let mut frame = json!({"type": "event", "event": name, "seq": seq});
                frame["payload"] = payload;
                if let Some(versions) = versions {
                    frame["stateVersion"] = versions;
                }
                frame
            }
        }
    }
}

/// Something that the gateway does later, if it still runs then.
#[derive(Debug, Clone)]
pub enum Task {
    /// It answers a request.
    Answer(SocketId, u32, Value),
    /// It refuses one.
    Refuse(SocketId, u32, Value),
    /// A turn of this session goes on.
    Step(String, String),
    /// A second terminal of a run, in other words.
    Terminal(String, String),
    /// A tick for this socket.
    Tick(SocketId),
    /// It reports a loss to this socket.
    Gap(SocketId),
    /// The handshake of this socket takes too long.
    Handshake(SocketId),
    /// Old keys are forgotten.
    Sweep,
    /// What it starts beside itself is up.
    Started,
}

/// What the gateway asks of the world.
#[derive(Debug)]
pub enum Effect {
    /// A frame to this socket.
    Send(SocketId, Down),
    /// The end of this socket, with a code and a reason.
    Close(SocketId, u16, &'static str),
    /// A task for the process of this number, so many ms from now.
    Later(u64, u32, Task),
    /// Somebody was turned away.
    Refused,
    /// The process is gone, with all its sockets; another one starts so many
    /// ms from now.
    Gone(u64),
}

impl Gateway {
    /// Answers after a while of thinking.
    pub(super) fn answer(&mut self, socket: SocketId, id: u32, payload: Value) {
        let wait = self.rng.between(0, self.setup.thinking);
        self.later(wait, Task::Answer(socket, id, payload));
    }

    pub(super) fn refuse(&mut self, socket: SocketId, id: u32, error: Value) {
        let wait = self.rng.between(0, self.setup.thinking);
        self.later(wait, Task::Refuse(socket, id, error));
    }

    pub(super) fn answer_now(&mut self, socket: SocketId, id: u32, body: Value) {
        self.respond(socket, id, true, body);
    }

    pub(super) fn refuse_now(&mut self, socket: SocketId, id: u32, body: Value) {
        self.respond(socket, id, false, body);
    }

    fn respond(&mut self, socket: SocketId, id: u32, ok: bool, body: Value) {
        if self.connection(socket).is_some() {
            let answer = Down::Answer { id, ok, body };
            self.effects.push(Effect::Send(socket, answer));
        }
    }

    /// An event for one connection. Its number is used up even when the event
    /// itself is left out for a consumer that is too slow.
    pub(super) fn tell(&mut self, socket: SocketId, name: &'static str, payload: Value) {
        let skips = self.rng.percent(self.setup.skipped_events);
        let Some(connection) = self.connection(socket) else {
            return;
        };
        if !connection.greeted {
            return;
        }
        connection.seq += 1;
        let seq = Some(connection.seq);
        if !skips {
            let event = Down::Event { name, seq, payload };
            self.effects.push(Effect::Send(socket, event));
        }
    }

    /// An event for all that subscribed to a session: our clients advertise
    /// `session-scoped-events` and get nothing else.
    pub(super) fn broadcast(&mut self, session: &str, name: &'static str, payload: &Value) {
        let Some(process) = &self.process else { return };
        let listens = process.connections.iter();
        let sockets: Vec<SocketId> = listens
            .filter(|(_, connection)| connection.subscriptions.contains(session))
            .map(|(socket, _)| *socket)
            .collect();
        for socket in sockets {
            self.tell(socket, name, payload.clone());
        }
    }
}
