//! Inbound frames: a glance first, and facts only where the engine needs them.

use super::{Engine, Event, Facts, Generation, Glance, Owner, Phase, Verdict};
use crate::answers::Answers;
use crate::handshake::{Awaits, Challenge};
use crate::outbox::{Key, Reply};
use crate::requests::RequestId;
use crate::time::Instant;
use crate::wire::{
    Answer, EventFacts, EventKind, Object, Read, StateVersions, read_answer, read_event,
};

impl Glance {
    /// Looks at a frame that is parsed. Names without a fixed number get
    /// [`EventKind::FIRST_FREE`] all of them: whoever asks for events by number
    /// numbers them itself.
    pub fn read<O: Object>(frame: &O) -> Self {
        match frame.text("type").as_deref() {
            Some("event") => frame.text("event").map_or(Self::Other, |name| Self::Event {
                kind: EventKind::fixed(&name).unwrap_or(EventKind(EventKind::FIRST_FREE)),
                seq: frame.whole("seq"),
            }),
            Some("res") => {
                let id = frame.text("id").and_then(|id| id.parse().ok());
                id.map_or(Self::Other, |id| Self::Response { id: RequestId(id) })
            }
            _ => Self::Other,
        }
    }
}

impl Engine {
    /// Takes in a frame that is parsed already: a glance, and its facts where
    /// the engine wants them. What is left to do is `Drop`, `Deliver`, `Hello`,
    /// `Accepted` or `Settled`.
    ///
    /// For hosts to whom parsing is cheap; a page looks first
    /// ([`Engine::glance`]) and reads only what it must.
    pub fn take_frame<O: Object>(
        &mut self,
        now: Instant,
        generation: Generation,
        frame: &O,
    ) -> Verdict {
        let glance = Glance::read(frame);
        let facts = match (self.glance(now, generation, glance), glance) {
            (Verdict::ReadEvent, Glance::Event { kind, .. }) => {
                Facts::Event(read_event(kind, frame))
            }
            (Verdict::ReadAnswer(read), Glance::Response { id }) => {
                Facts::Answer(id, read_answer(read, frame))
            }
            (verdict, _) => return verdict,
        };
        self.handle_frame(now, generation, facts)
    }

    /// Looks at an inbound frame and says what to do with it. Numbers only:
    /// this is the path of every streamed delta.
    pub fn glance(&mut self, now: Instant, generation: Generation, glance: Glance) -> Verdict {
        if generation != self.generation {
            return Verdict::Drop;
        }
        match &mut self.phase {
            Phase::Ready(live) => live.watchdog.heard(now),
            Phase::Following(leader) => leader.heard(now),
            _ => {}
        }
        match glance {
            Glance::Event { kind, seq } => self.glance_event(now, kind, seq),
            Glance::Response { id } => self.glance_response(now, id),
            Glance::Unreadable => self.glance_unreadable(now),
            Glance::Other => Verdict::Drop,
        }
    }

    fn glance_unreadable(&mut self, now: Instant) -> Verdict {
        if self.awaits().is_some_and(|what| what != Awaits::Signature) {
            self.end(now, "frames-unreadable", "");
            self.publish();
        }
        Verdict::Drop
    }

    /// Whether a host may hand events on without a glance: those that carry the
    /// `seq` after the last and are none of [`EventKind::ALWAYS_READ`]. Ask
    /// again after each call that is not a `&self` one; tell with
    /// [`Engine::passed`] what went by before the next.
    #[must_use]
    pub fn lets_pass(&self) -> bool {
        matches!(self.phase, Phase::Ready(_)) && !self.outbox.awaits_proof()
    }

    /// Events up to this `seq` went by without a glance, the last of them at `at`.
    pub fn passed(&mut self, at: Instant, generation: Generation, seq: u64) {
        if generation != self.generation {
            return;
        }
        if let Phase::Ready(live) = &mut self.phase {
            live.watchdog.heard(at);
            live.seq = live.seq.max(seq);
        }
    }

    fn glance_event(&mut self, now: Instant, kind: EventKind, seq: Option<u64>) -> Verdict {
        let live = match &mut self.phase {
            Phase::Shaking { handshake, .. }
                if kind == EventKind::CHALLENGE && handshake.awaits() == Awaits::Challenge =>
            {
                return Verdict::ReadEvent;
            }
            Phase::Ready(live) => live,
            _ => return Verdict::Drop,
        };
        if let Some(seq) = seq {
            if seq <= live.seq {
                self.meter.counts.dropped += 1;
                return Verdict::Drop;
            }
            let expected = live.seq + 1;
            live.seq = seq;
            if seq > expected {
                self.meter.counts.gaps += 1;
                self.outbox.missed_frames(now);
                self.tell(Event::Gap {
                    expected,
                    received: seq,
                });
                self.pump(now);
            }
        }
        match kind {
            EventKind::CHALLENGE => Verdict::Drop,
            EventKind::SHUTDOWN | EventKind::PRESENCE | EventKind::HEALTH => Verdict::ReadEvent,
            EventKind::CHAT | EventKind::SESSION_MESSAGE | EventKind::SIDE_RESULT
                if self.outbox.awaits_proof() =>
            {
                Verdict::ReadEvent
            }
            _ => Verdict::Deliver,
        }
    }

    fn glance_response(&mut self, now: Instant, id: RequestId) -> Verdict {
        let Some(pending) = self.requests.get(id) else {
            return Verdict::Drop;
        };
        if pending.sent.is_none() {
            return Verdict::Drop;
        }
        match (&pending.owner, pending.answers) {
            (Owner::Host, Answers::First) => {
                let sent = pending.sent;
                self.meter.answered(now, sent);
                self.requests.remove(id);
                self.widen_when_idle(now);
                Verdict::Settled(id)
            }
            (Owner::Host, Answers::Final) | (Owner::Entry(_), _) => {
                Verdict::ReadAnswer(Read::Outcome)
            }
            (Owner::Connect, _) => Verdict::ReadAnswer(Read::Hello),
            (Owner::Look(_), _) => Verdict::ReadAnswer(Read::History),
            (Owner::Probe, _) => {
                self.requests.remove(id);
                Verdict::Drop
            }
        }
    }

    /// Takes in the facts that a [`Verdict`] asked for.
    pub fn handle_frame(&mut self, now: Instant, generation: Generation, facts: Facts) -> Verdict {
        if generation != self.generation {
            return Verdict::Drop;
        }
        let verdict = match facts {
            Facts::Event(facts) => self.handle_event(now, facts),
            Facts::Answer(id, answer) => self.handle_answer(now, id, answer),
        };
        self.widen_when_idle(now);
        self.pump(now);
        self.publish();
        verdict
    }

    fn handle_event(&mut self, now: Instant, facts: EventFacts) -> Verdict {
        match facts {
            EventFacts::Challenge { nonce, ts } => {
                let challenge = nonce.zip(ts);
                self.challenged(now, challenge.map(|(nonce, ts)| Challenge { nonce, ts }));
                return Verdict::Drop;
            }
            EventFacts::Shutdown { restart_in } => {
                if let Phase::Ready(live) = &mut self.phase {
                    live.restart_in = restart_in.map(|hint| hint.min(crate::verdict::LONGEST_HINT));
                }
            }
            EventFacts::Chat {
                run,
                state,
                has_message,
                ..
            } => {
                use crate::wire::RunState::{Delta, Final};
                let key = Key::new(run);
                if has_message && matches!(state, Delta | Final) {
                    self.outbox.confirm(&key);
                } else if state.is_terminal() && self.outbox.knows(&key) {
                    self.outbox.ended_without_message(now, &key);
                }
            }
            EventFacts::Message { key } => {
                if let Some(key) = key.as_deref().and_then(|key| key.strip_suffix(":user")) {
                    self.outbox.confirm(&Key::new(key));
                }
            }
            EventFacts::State(versions) => return self.take_state(versions),
            EventFacts::Other => {}
        }
        Verdict::Deliver
    }

    /// State older than what is held is dropped.
    fn take_state(&mut self, new: StateVersions) -> Verdict {
        let Phase::Ready(live) = &mut self.phase else {
            return Verdict::Drop;
        };
        if new.presence < live.state.presence || new.health < live.state.health {
            self.meter.counts.dropped += 1;
            return Verdict::Drop;
        }
        live.state = new;
        Verdict::Deliver
    }

    fn handle_answer(&mut self, now: Instant, id: RequestId, answer: Answer) -> Verdict {
        let Some(pending) = self.requests.get(id) else {
            return Verdict::Drop;
        };
        match (&pending.owner, &answer) {
            (
                Owner::Host,
                Answer::Done {
                    status: Some(status),
                    ..
                },
            ) if status == "accepted" && !pending.accepted => {
                self.requests.mark_accepted(id, now);
                return Verdict::Accepted(id);
            }
            (
                Owner::Entry(key),
                Answer::Done {
                    status: Some(status),
                    ..
                },
            ) if status == "accepted" && pending.answers == Answers::Final && !pending.accepted => {
                let key = key.clone();
                self.requests.mark_accepted(id, now);
                self.outbox
                    .answered(now, &key, Reply::Accepted { last: false });
                return Verdict::Drop;
            }
            _ => {}
        }
        let Some(pending) = self.requests.remove(id) else {
            return Verdict::Drop;
        };
        match (pending.owner, answer) {
            (Owner::Host, _) => {
                self.meter.answered(now, pending.sent);
                return Verdict::Settled(id);
            }
            (Owner::Connect, Answer::Hello(hello)) => {
                self.greeted(now, *hello);
                return Verdict::Hello;
            }
            (Owner::Connect, Answer::Refused(error)) => self.refused(now, &error),
            (Owner::Connect, _) => self.end(now, "hello-invalid", ""),
            (Owner::Look(session), Answer::History(history)) => {
                self.outbox.looked(now, &session, history);
            }
            (Owner::Look(session), answer) => {
                let for_good = matches!(&answer, Answer::Refused(error) if !error.is_for_now());
                self.outbox.look_failed(now, &session, for_good);
            }
            (Owner::Entry(key), Answer::Refused(error)) => {
                self.meter.answered(now, pending.sent);
                self.outbox.answered(now, &key, Reply::Refused(error));
            }
            (Owner::Entry(key), answer) => {
                self.meter.answered(now, pending.sent);
                let reply = match answer {
                    Answer::Done {
                        status: None,
                        has_run: false,
                    } => Reply::Done,
                    _ => Reply::Accepted { last: true },
                };
                self.outbox.answered(now, &key, reply);
            }
            (Owner::Probe, _) => {}
        }
        Verdict::Drop
    }
}
