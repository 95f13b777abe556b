//! The gateway's life: start, drain, crash.

use serde_json::json;

use super::disk::Kind;
use super::{Effect, Gateway, Process, SocketId, Task};
use crate::setup::Setup;

const RESUME: &str = "[System] Your previous turn was interrupted by a gateway restart.";

impl Gateway {
    /// A process starts; it greets `warm_up` ms from now.
    pub fn start(&mut self, warm_up: u64) {
        self.boot += 1;
        self.process = Some(Process::default());
        self.later(warm_up, Task::Started);
        self.later(60_000, Task::Sweep);
    }

    /// What the last process left behind is taken up.
    pub fn take_up(&mut self, now: u64) {
        let clock = self.clock(now);
        let sessions = self.disk.sessions_mut();
        let left: Vec<_> = sessions
            .map(|(name, session)| (name.clone(), session.running.take()))
            .collect();
        for (session, running) in left {
            match running {
                Some((id, inputs)) if self.setup.durable && !inputs.is_empty() => {
                    self.begin(&session, &id, inputs);
                }
                Some((id, _)) if self.setup.durable => self.resume(&session, &id),
                Some((_, inputs)) if inputs.is_empty() => {
                    let kind = Kind::Synthetic {
                        key: None,
                        text: RESUME,
                        provenance: true,
                    };
                    self.disk.write(&session, clock, kind);
                    let id = self.own_id();
                    self.resume(&session, &id);
                }
                Some((_, inputs)) => {
                    let keys = inputs.into_iter().map(|input| input.key);
                    self.ledger.vanished.extend(keys);
                }
                None => self.next_turn(&session),
            }
        }
    }

    /// SIGKILL. Another process starts `away` ms from now.
    pub fn kill(&mut self, away: u64) {
        if self.process.take().is_some() {
            self.bury();
            self.effects.push(Effect::Gone(away));
        }
    }

    /// SIGTERM: it refuses everything, waits for its turns, then ends.
    pub fn drain(&mut self, now: u64, away: u64) {
        if let Some(process) = &mut self.process
            && process.draining.is_none()
        {
            process.draining = Some(away);
            self.turn_ended(now);
        }
    }

    /// A turn ended: a draining process may end now.
    pub(super) fn turn_ended(&mut self, _now: u64) {
        let Some(process) = &self.process else { return };
        let Some(away) = process.draining.filter(|_| process.turns.is_empty()) else {
            return;
        };
        let sockets: Vec<_> = process.connections.keys().copied().collect();
        let hint = self.rng.percent(50).then_some(1_500);
        for socket in sockets {
            let mut payload = json!({"reason": "gateway stopping"});
            if let Some(hint) = hint {
                payload["restartExpectedMs"] = json!(hint);
            }
            self.tell(socket, "shutdown", payload);
            self.effects
                .push(Effect::Close(socket, 1012, "service restart"));
        }
        self.process = None;
        self.bury();
        self.effects.push(Effect::Gone(away));
    }

    /// What waited dies with its process, acknowledged or not.
    fn bury(&mut self) {
        let Setup {
            durable,
            forgets_inputs,
            ..
        } = self.setup;
        if durable {
            return;
        }
        for (_, session) in self.disk.sessions_mut() {
            if forgets_inputs {
                let gone = session.inputs.drain(..).map(|input| input.key);
                self.ledger.vanished.extend(gone);
            }
            for input in &mut session.inputs {
                input.interrupted = true;
            }
        }
    }

    /// The gateway's clock is set: `by` ms ahead, or back.
    pub const fn set_clock(&mut self, by: i64) {
        self.skew += by;
    }

    /// The next handshakes are refused with these errors.
    pub fn refuse_next(&mut self, refusals: Vec<&'static str>) {
        self.refusals = refusals;
    }

    /// New connections may write, or may not.
    pub const fn grant_write(&mut self, may: bool) {
        self.grants_write = may;
    }

    /// A connection has the scope to write.
    pub fn may_write(&self, socket: SocketId) -> bool {
        let connections = self.process.as_ref().map(|process| &process.connections);
        let connection = connections.and_then(|all| all.get(&socket));
        connection.is_none_or(|connection| connection.may_write)
    }

    /// Connections without the scope to write end; the next ones have it.
    pub fn grant_write_to_all(&mut self) {
        self.grants_write = true;
        let connections = self.process.iter().flat_map(|process| &process.connections);
        let lacking: Vec<_> = connections
            .filter(|(_, connection)| connection.greeted && !connection.may_write)
            .map(|(socket, _)| *socket)
            .collect();
        for socket in lacking {
            self.effects
                .push(Effect::Close(socket, 1012, "other scopes"));
            self.hung_up(socket);
        }
    }

    /// From now on, until then, losses are reported without end.
    pub fn report_gaps(&mut self, until: u64) {
        self.gaps_until = until;
        let connections = self.process.iter().flat_map(|process| &process.connections);
        let sockets: Vec<_> = connections.map(|(socket, _)| *socket).collect();
        for socket in sockets {
            self.later(1, Task::Gap(socket));
        }
    }

    /// A session is reset: what stood in its transcript is gone.
    pub fn reset(&mut self, session: &str) {
        for row in std::mem::take(&mut self.disk.session(session).rows) {
            if let Kind::User { key, .. } = row.kind {
                self.ledger.stands.remove(&key);
                self.ledger.wiped.insert(key);
            }
        }
    }

    /// The model is fast again.
    pub fn hurry(&mut self) {
        self.setup.pace = self.setup.pace.min(100);
        self.setup.busy = 0;
    }
}
