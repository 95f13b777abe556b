//! What tabs of one browser tell each other.

use clawline_core::RequestId;
use clawline_core::engine::{Facts, Generation, Glance, Input, Verdict};
use clawline_core::wire::read_answer;
use serde_json::json;

use super::agenda::{Delivery, Due, Word};
use super::store::Job;
use super::tabs::{Asked, Life, Role};
use super::{TabId, World};

/// The channel's way, in ms.
const WAY: u64 = 1;

impl World {
    /// A tab says something to one other, or to all others of its device.
    pub(super) fn say(&mut self, from: TabId, to: Option<TabId>, word: Word) {
        if !self.setup.locks {
            return;
        }
        let device = self.tabs[from].device;
        for (id, tab) in self.tabs.iter().enumerate() {
            let hears = id != from && tab.device == device && tab.life != Life::Dead;
            if hears && to.is_none_or(|to| to == id) {
                let word = Delivery::Word(word.clone());
                self.agenda.put(self.now + WAY, Due::Deliver(id, word));
            }
        }
    }

    /// A tab that leads says how its connection stands.
    pub(super) fn tell_followers(&mut self, id: TabId) {
        if let Role::Leads(epoch) = self.tabs[id].role {
            let engine = &self.tabs[id].engine;
            let word = Word::Status(Box::new(engine.status()), engine.policy(), epoch);
            self.say(id, None, word);
        }
    }

    pub(super) fn hear(&mut self, id: TabId, word: Word) {
        let leads = matches!(self.tabs[id].role, Role::Leads(_));
        match word {
            Word::Ask {
                from,
                id: theirs,
                two_answers,
                idempotent,
            } if leads => {
                let asked = Asked {
                    method: if two_answers { "agent" } else { "health" },
                    params: json!({}),
                    generation: Generation::default(),
                    behalf: Some((from, theirs)),
                    two_answers,
                    idempotent,
                };
                if !self.ask(id, asked) {
                    self.say(id, Some(from), Word::Failed { id: theirs });
                }
            }
            Word::Ping(from) if leads => {
                let Role::Leads(epoch) = self.tabs[id].role else {
                    return;
                };
                let engine = &self.tabs[id].engine;
                let word = Word::Status(Box::new(engine.status()), engine.policy(), epoch);
                self.say(id, Some(from), word);
            }
            Word::Written if leads => self.begin(id, Job::Read),
            Word::Status(status, policy, epoch) if self.tabs[id].role == Role::Follows => {
                let heard = self.tabs[id].heard_epoch;
                if epoch < heard {
                    return;
                }
                if epoch > heard {
                    self.tabs[id].heard_epoch = epoch;
                    if heard > 0 {
                        self.follow(id);
                    }
                }
                let status = *status;
                self.feed(id, Input::Led { status, policy });
            }
            Word::Answer { id: theirs, last } => self.hear_answer(id, theirs, last),
            Word::Failed { id: theirs } => {
                let tab = &mut self.tabs[id];
                if tab
                    .asked
                    .get(&theirs)
                    .is_some_and(|asked| asked.behalf.is_none())
                    && tab.engine.is_following()
                {
                    tab.engine.forget(theirs);
                    tab.asked.remove(&theirs);
                    self.judge.ended(id, theirs);
                    self.settle(id);
                }
            }
            Word::Ask { .. } | Word::Ping(_) | Word::Status(..) | Word::Written => {}
        }
    }

    fn hear_answer(&mut self, id: TabId, theirs: RequestId, last: bool) {
        let tab = &mut self.tabs[id];
        let Some(asked) = tab
            .asked
            .get(&theirs)
            .filter(|asked| asked.behalf.is_none())
        else {
            return;
        };
        if !tab.engine.is_following() {
            return;
        }
        let now = tab.now(self.now);
        let generation = asked.generation;
        let status = if last { "ok" } else { "accepted" };
        let frame = json!({"ok": true, "payload": {"status": status}});
        let glance = Glance::Response { id: theirs };
        let mut verdict = tab.engine.glance(now, generation, glance);
        if let Verdict::ReadAnswer(read) = verdict {
            let facts = Facts::Answer(theirs, read_answer(read, &frame));
            verdict = tab.engine.handle_frame(now, generation, facts);
        }
        if verdict == Verdict::Settled(theirs) {
            self.tabs[id].asked.remove(&theirs);
            self.judge.ended(id, theirs);
        }
        self.settle(id);
    }
}
