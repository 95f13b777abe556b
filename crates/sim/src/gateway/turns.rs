//! Turns: from an input to its row, its stream and its end.

use serde_json::json;

use super::disk::{Kind, Waiting};
use super::keys::Fate;
use super::{Gateway, Row, Task};
use crate::setup::Queue;

/// How a turn ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// In words.
    Words,
    /// With a final that carries no message.
    Silence,
    /// The model failed.
    Failure,
}

/// A turn of the model.
#[derive(Debug)]
pub(super) struct Turn {
    /// The run's id: the key of the message that began it, or the gateway's.
    id: String,
    /// Its rows stand in the transcript.
    pub(super) written: bool,
    deltas: u64,
    /// `payload.seq`, which counts what nobody sees.
    seq: u64,
    end: End,
    /// The keys whose messages it took in.
    keys: Vec<String>,
}

impl Turn {
    /// The run's id.
    pub(super) fn id(&self) -> &str {
        &self.id
    }
}

impl Gateway {
    fn new_turn(&mut self, id: &str, written: bool) -> Turn {
        let end = match self.rng.between(0, 9) {
            0 => End::Silence,
            1 => End::Failure,
            _ => End::Words,
        };
        Turn {
            id: id.to_owned(),
            written,
            deltas: self.rng.between(0, 3),
            seq: self.rng.between(2, 6),
            end,
            keys: Vec::new(),
        }
    }

    /// A turn begins with these inputs; their rows come a little later.
    pub(super) fn begin(&mut self, session: &str, id: &str, inputs: Vec<Waiting>) {
        let turn = self.new_turn(id, false);
        self.disk.session(session).running = Some((id.to_owned(), inputs));
        if let Some(process) = &mut self.process {
            process.turns.insert(session.to_owned(), turn);
        }
        let wait = self.rng.between(0, self.setup.row_delay);
        self.later(wait, Task::Step(session.to_owned(), id.to_owned()));
    }

    /// A turn that a crash had ended begins anew: its rows are there.
    pub(super) fn resume(&mut self, session: &str, id: &str) {
        self.ledger.resumed += 1;
        let turn = self.new_turn(id, true);
        self.disk.session(session).running = Some((id.to_owned(), Vec::new()));
        if let Some(process) = &mut self.process {
            process.turns.insert(session.to_owned(), turn);
        }
        let wait = self.rng.between(0, self.setup.pace);
        self.later(wait, Task::Step(session.to_owned(), id.to_owned()));
    }

    /// The turn with this id goes on by one step.
    pub(super) fn step(&mut self, now: u64, session: &str, id: &str) {
        let Some(mut turn) = self.take_turn(session, id) else {
            return;
        };
        turn.seq += self.rng.between(1, 8);
        if !turn.written {
            let running = self.disk.session(session).running.as_mut();
            let inputs = running.map(|(_, inputs)| std::mem::take(inputs));
            self.write_rows(now, session, &mut turn, inputs.unwrap_or_default());
            turn.written = true;
            let payload = json!({"runId": turn.id, "sessionKey": session, "seq": turn.seq,
                "state": "status", "phase": "preparing_context"});
            self.broadcast(session, "chat", &payload);
        } else if turn.deltas > 0 {
            turn.deltas -= 1;
            if self.setup.queue == Queue::Steer {
                self.steer(now, session, &mut turn);
            }
            let payload = json!({"runId": turn.id, "sessionKey": session, "seq": turn.seq,
                "state": "delta", "deltaText": "w", "message": words()});
            self.broadcast(session, "chat", &payload);
        } else {
            return self.finish(now, session, &turn, None);
        }
        if let Some(process) = &mut self.process {
            process.turns.insert(session.to_owned(), turn);
        }
        let wait = self.rng.between(0, self.setup.pace);
        self.later(wait, Task::Step(session.to_owned(), id.to_owned()));
    }

    fn take_turn(&mut self, session: &str, id: &str) -> Option<Turn> {
        let turns = &mut self.process.as_mut()?.turns;
        let turn = turns.remove(session)?;
        if turn.id == id {
            return Some(turn);
        }
        turns.insert(session.to_owned(), turn);
        None
    }

    fn write_rows(&mut self, now: u64, session: &str, turn: &mut Turn, inputs: Vec<Waiting>) {
        let clock = self.clock(now);
        for input in inputs {
            self.ledger.runs(&input.key);
            self.ledger.stands.insert(input.key.clone(), now);
            turn.keys.push(input.key.clone());
            let kind = Kind::User {
                key: input.key,
                text: input.text,
            };
            let row = self.disk.write(session, clock, kind);
            self.announce(session, &row);
        }
    }

    /// The running turn takes in what waits; each gets an end of its own
    /// without a word.
    fn steer(&mut self, now: u64, session: &str, turn: &mut Turn) {
        let inputs = self.take_waiting(session, usize::MAX);
        let keys: Vec<String> = inputs.iter().map(|input| input.key.clone()).collect();
        self.write_rows(now, session, turn, inputs);
        for key in keys {
            self.empty_final(session, &key);
        }
    }

    fn take_waiting(&mut self, session: &str, most: usize) -> Vec<Waiting> {
        let inputs = &mut self.disk.session(session).inputs;
        let mut taken = Vec::new();
        inputs.retain(|input| {
            let takes = !input.interrupted && taken.len() < most;
            if takes {
                taken.push(input.clone());
            }
            !takes
        });
        taken
    }

    fn finish(&mut self, now: u64, session: &str, turn: &Turn, stopped: Option<&str>) {
        let clock = self.clock(now);
        let mut payload = json!({"runId": turn.id, "sessionKey": session, "seq": turn.seq});
        let state = match (stopped, turn.end) {
            (Some(_), _) => "aborted",
            (None, End::Failure) => "error",
            (None, End::Words | End::Silence) => "final",
        };
        payload["state"] = json!(state);
        if state == "final" && turn.end == End::Words {
            let kind = Kind::Assistant(turn.id.clone());
            let row = self.disk.write(session, clock, kind);
            self.announce(session, &row);
            payload["message"] = words();
        }
        self.broadcast(session, "chat", &payload);
        if self.rng.percent(self.setup.double_terminals) {
            let again = Task::Terminal(session.to_owned(), turn.id.clone());
            self.later(self.setup.pace.min(2_000), again);
        }
        let fate = if stopped.is_some() {
            Fate::Aborted
        } else {
            Fate::Done
        };
        self.disk.session(session).running = None;
        if let Some(process) = &mut self.process {
            for key in &turn.keys {
                process.keys.set(key, fate);
            }
        }
        self.turn_ended(now);
        self.next_turn(session);
    }

    /// What waits in a session gets a turn, under an id of the gateway's own.
    pub(super) fn next_turn(&mut self, session: &str) {
        let may = |process: &super::Process| {
            process.draining.is_none() && !process.turns.contains_key(session)
        };
        if !self.process.as_ref().is_some_and(may) {
            return;
        }
        let most = if self.setup.queue == Queue::Followup {
            1
        } else {
            usize::MAX
        };
        let inputs = self.take_waiting(session, most);
        if !inputs.is_empty() {
            let id = self.own_id();
            self.begin(session, &id, inputs);
        }
    }

    pub(super) fn own_id(&mut self) -> String {
        self.served += 1;
        format!("served-{}", self.served)
    }

    /// Somebody stops the turn of a session.
    pub fn abort(&mut self, now: u64, session: &str) {
        let Some(turn) = self.process.as_mut().and_then(|process| {
            let written = process.turns.get(session).is_some_and(|turn| turn.written);
            written.then(|| process.turns.remove(session)).flatten()
        }) else {
            return;
        };
        self.finish(now, session, &turn, Some("rpc"));
    }

    /// All that ever comes for a message that another run answers.
    pub(super) fn empty_final(&mut self, session: &str, key: &str) {
        let payload = json!({"runId": key, "sessionKey": session, "seq": 1, "state": "final"});
        self.broadcast(session, "chat", &payload);
    }

    /// A row is shown to those who subscribed.
    pub(super) fn announce(&mut self, session: &str, row: &Row) {
        let mut payload = json!({"sessionKey": session});
        payload["message"] = row.shown();
        self.broadcast(session, "session.message", &payload);
    }
}

fn words() -> serde_json::Value {
    json!({"role": "assistant", "content": [{"type": "text", "text": "w1 w2"}]})
}
