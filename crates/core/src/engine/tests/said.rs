//! What the gateway of a [`World`] says.

use serde_json::{Value, json};

use super::World;
use crate::engine::{Facts, Generation, Glance, Phase, Verdict};
use crate::requests::RequestId;
use crate::wire::{EventKind, read_answer, read_event};

impl World {
    pub(super) fn event(&mut self, name: &str, payload: &Value) -> Verdict {
        self.seq += 1;
        self.event_numbered(self.seq, name, payload)
    }

    pub(super) fn event_numbered(&mut self, seq: u64, name: &str, payload: &Value) -> Verdict {
        self.seq = seq;
        let frame = json!({"type": "event", "event": name, "payload": payload, "seq": seq});
        self.event_frame(name, Some(seq), &frame)
    }

    pub(super) fn event_frame(&mut self, name: &str, seq: Option<u64>, frame: &Value) -> Verdict {
        let kind = EventKind::fixed(name).unwrap_or(EventKind(EventKind::FIRST_FREE));
        let glance = Glance::Event { kind, seq };
        let generation = self.generation();
        let goes_by = self.goes_by(kind, seq);
        let mut verdict = self.engine.glance(self.now, generation, glance);
        if goes_by {
            assert_eq!(verdict, Verdict::Deliver, "{name} may go by unseen");
            assert!(self.engine.is_drained(), "{name} may go by unseen");
        }
        if verdict == Verdict::ReadEvent {
            let facts = Facts::Event(read_event(kind, frame));
            verdict = self.engine.handle_frame(self.now, generation, facts);
        }
        self.drain();
        verdict
    }

    /// A host may hand this event on without a glance.
    fn goes_by(&self, kind: EventKind, seq: Option<u64>) -> bool {
        let Phase::Ready(live) = &self.engine.phase else {
            return false;
        };
        let is_next = seq == Some(live.seq + 1);
        self.engine.lets_pass() && is_next && !EventKind::ALWAYS_READ.contains(&kind)
    }

    pub(super) fn send_challenge(&mut self) -> Verdict {
        let challenge = self.challenge.clone();
        let frame = json!({"type": "event", "event": "connect.challenge", "payload": challenge});
        self.event_frame("connect.challenge", None, &frame)
    }

    pub(super) fn answer(&mut self, id: RequestId, payload: &Value) -> Verdict {
        self.answer_frame(
            self.generation(),
            id,
            &json!({"type": "res", "id": id.0.to_string(), "ok": true, "payload": payload}),
        )
    }

    pub(super) fn refuse(&mut self, id: RequestId, error: &Value) -> Verdict {
        self.answer_frame(
            self.generation(),
            id,
            &json!({"type": "res", "id": id.0.to_string(), "ok": false, "error": error}),
        )
    }

    pub(super) fn answer_frame(
        &mut self,
        generation: Generation,
        id: RequestId,
        frame: &Value,
    ) -> Verdict {
        let glance = Glance::Response { id };
        let mut verdict = self.engine.glance(self.now, generation, glance);
        if let Verdict::ReadAnswer(read) = verdict {
            let facts = Facts::Answer(id, read_answer(read, frame));
            verdict = self.engine.handle_frame(self.now, generation, facts);
        }
        self.drain();
        verdict
    }

    /// The socket opens, the challenge comes, the host signs, `connect` leaves.
    pub(super) fn reach_connect(&mut self) -> RequestId {
        self.open();
        self.send_challenge();
        self.own("connect")
    }

    pub(super) fn shake_hands(&mut self) {
        let id = self.reach_connect();
        let hello = self.hello.clone();
        assert_eq!(self.answer(id, &hello), Verdict::Hello);
    }

    /// The whole handshake, refused.
    pub(super) fn be_refused(&mut self, error: &Value) {
        let id = self.reach_connect();
        self.refuse(id, error);
    }

    /// The connection drops and is back, with what the gateway says now.
    pub(super) fn reconnect(&mut self) {
        self.drop_socket(1006, "");
        self.return_after_drop();
    }

    /// The attempt after one that was refused, which may have begun at once.
    pub(super) fn return_after_refusal(&mut self) {
        if !matches!(self.engine.phase, Phase::Opening { .. }) {
            return self.return_after_drop();
        }
        self.shake_hands();
    }

    pub(super) fn return_after_drop(&mut self) {
        let before = self.connects.len();
        while self.connects.len() == before {
            let (due, _) = self.engine.deadline().expect("a wake-up");
            self.pass(due.since(self.now));
        }
        self.shake_hands();
    }
}
