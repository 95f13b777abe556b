//! Every departure of a key: only what the table allows.

use clawline_core::EntryState;
use serde_json::Value;

use super::Judge;
use super::losses::UnderWay;
use super::messages::Message;
use crate::gateway::Down;
use crate::world::TabId;

/// A key is repeated to the same process within this, in ms: the table says
/// four minutes, and a mark may be stored a little before its bytes leave.
const REPEATABLE: u64 = 4 * 60_000 + 25_000;
/// No key is given up that is younger than this, in ms: what an engine knows
/// of the gateway's clock is as old as the challenge was when it came.
const YOUNG: u64 = 2 * 60_000;
/// So many may be accepted and not confirmed in a lane when the next one leaves.
const UNDER_WAY: usize = 8;
/// A row that has stood for so long, in ms, is found by whoever looks.
const FINDABLE: u64 = 90_000;
/// So many bytes may have left without an answer.
const WINDOW: u64 = 256 * 1024;

/// A key's bytes left.
#[derive(Debug, Clone)]
pub(super) struct Departure {
    pub(super) key: String,
    at: u64,
    tab: TabId,
    /// The process that they went to.
    boot: u32,
    /// The tab was told that this attempt did not count.
    pub(super) refused: bool,
}

impl Departure {
    pub(super) fn new(key: &str, at: u64, tab: TabId, boot: u32) -> Self {
        Self {
            key: key.to_owned(),
            at,
            tab,
            boot,
            refused: false,
        }
    }
}

impl Judge {
    /// A key's bytes leave for a process of the gateway.
    pub fn departs(&mut self, now: u64, tab: TabId, key: &str, boot: u32) {
        // With a clock that was set back no look reaches far enough.
        let seen = !self.clock_set && !self.blind && self.watch(tab).seen.contains(key);
        let durable = self.durable;
        let repeatable = if self.clock_set { u64::MAX } else { REPEATABLE };
        let mut wrong = None;
        self.check_turn(tab, key);
        let Some(message) = self.message(key) else {
            return self.fail("repeat", format!("{key} leaves and nobody wrote it"));
        };
        if message.removed.is_some() {
            wrong = Some("was removed");
        } else if message.key_for(tab) != Some(key) {
            wrong = Some("has another key by now");
        } else if seen {
            wrong = Some("was shown to this tab in the transcript");
        }
        let earlier = message
            .departures
            .iter()
            .filter(|gone| gone.key == key && !gone.refused);
        let mut repeats = false;
        for gone in earlier {
            repeats = true;
            let same = gone.boot == boot;
            if !durable && !same {
                wrong = Some("was sent to another process of the gateway");
            } else if !durable && now > gone.at.saturating_add(repeatable) {
                wrong = Some("was sent so long ago that the gateway may have forgotten it");
            }
        }
        message.departures.push(Departure::new(key, now, tab, boot));
        message.is_known_as(key);
        self.tally.repeats += u64::from(repeats);
        if let Some(wrong) = wrong {
            self.fail("repeat", format!("{key} leaves t{tab} again and {wrong}"));
        }
    }

    /// It is this message's turn: nothing before it in its lane waits for a
    /// person or for its own fate, and not too many are under way.
    fn check_turn(&mut self, tab: TabId, key: &str) {
        let mut under_way = 0;
        let mut blocked = None;
        let own = self.by_key.get(key).and_then(|at| self.messages.get(*at));
        let may_overtake =
            |message: &Message| own.is_some_and(|own| self.lets_overtake(message, own));
        for message in self.before(key) {
            let blocks = match message.state {
                EntryState::Accepted => {
                    under_way += 1;
                    false
                }
                // What no store took, another tab does not know of.
                EntryState::Parked if !message.kept && message.tab != tab => false,
                EntryState::Parked => self.was_there(key, message) && !may_overtake(message),
                EntryState::Sending => !may_overtake(message),
                _ => false,
            };
            if blocks {
                blocked = message.keys.last().cloned();
            }
        }
        if let Some(blocked) = blocked {
            self.fail("order", format!("{key} leaves before {blocked} is decided"));
        }
        if under_way >= UNDER_WAY && !self.wall_clock_set {
            let why = format!("{key} leaves while {under_way} wait for their row");
            self.fail("crowd", why);
        }
    }

    /// … as this request.
    pub fn sending(&mut self, now: u64, tab: TabId, id: u32, key: &str) {
        self.check_company(now, tab, key);
        let under_way = UnderWay {
            key: key.to_owned(),
            bytes: self.bytes(key),
            since: now,
        };
        self.watch(tab).sending.insert(id, under_way);
    }

    /// What left on an older socket fills no buffer.
    pub fn new_socket(&mut self, tab: TabId) {
        let watch = self.watch(tab);
        watch.sending.clear();
        watch.losses.begin();
    }

    /// An engine moved an entry on: it does not wait for that answer.
    pub fn moved_on(&mut self, tab: TabId, key: &str) {
        self.watch(tab).sending.retain(|_, one| one.key != key);
    }

    /// The bytes that wait for an answer are bounded; one larger goes alone.
    pub fn window(&mut self, tab: TabId) {
        let Some(watch) = self.watches.get(&tab) else {
            return;
        };
        let bytes: u64 = watch.sending.values().map(|one| one.bytes).sum();
        if watch.sending.len() > 1 && bytes > WINDOW {
            self.fail("window", format!("t{tab} has {bytes} bytes under way"));
        }
    }

    /// A frame reached a tab by the socket that it has.
    pub fn saw(&mut self, tab: TabId, down: &Down) {
        match down {
            Down::Event { name, payload, .. } => match *name {
                "shutdown" => self.watch(tab).losses.warned = true,
                "session.message" => {
                    let session = payload["sessionKey"].as_str().unwrap_or_default();
                    self.saw_row(tab, session, &payload["message"]);
                }
                "chat" if payload["message"].is_object() => {
                    if let Some(run) = payload["runId"].as_str() {
                        self.saw_key(tab, payload["sessionKey"].as_str().unwrap_or_default(), run);
                    }
                }
                _ => {}
            },
            Down::Answer { body, .. } => {
                let session = body["sessionKey"].as_str().unwrap_or_default();
                for row in body["messages"].as_array().into_iter().flatten() {
                    self.saw_row(tab, session, row);
                }
            }
        }
    }

    /// An answer reached a tab by the socket that it has. `is_read`: the tab waits
    /// for it, however late it is by the true clock.
    pub fn answered(&mut self, now: u64, tab: TabId, id: u32, ok: bool, is_read: bool) {
        let Some(one) = self.watch(tab).sending.remove(&id) else {
            return;
        };
        self.watch(tab).losses.answered(&one.key);
        // One that nobody waits for any more tells the tab nothing.
        if !ok && (is_read || !one.is_late(now)) {
            self.refused(tab, &one.key);
        }
    }

    fn saw_row(&mut self, tab: TabId, session: &str, row: &Value) {
        let key = row["idempotencyKey"].as_str();
        if let Some(key) = key.and_then(|key| key.strip_suffix(":user")) {
            self.saw_key(tab, session, key);
        }
    }

    fn saw_key(&mut self, tab: TabId, session: &str, key: &str) {
        let ours = self
            .message(key)
            .is_some_and(|message| message.lane == session);
        if ours {
            self.watch(tab).seen.insert(key.to_owned());
        }
    }

    /// Its row is gone again, with a reset of its session.
    pub fn wiped(&mut self, key: &str) {
        for watch in self.watches.values_mut() {
            watch.seen.remove(key);
        }
    }

    fn refused(&mut self, tab: TabId, key: &str) {
        let Some(message) = self.message(key) else {
            return;
        };
        let mut newest = message.departures.iter_mut().rev();
        if let Some(gone) = newest.find(|gone| gone.tab == tab && gone.key == key) {
            gone.refused = true;
        }
    }

    /// An outbox gave a key up. `done`: the gateway had thrown it away; `stands`:
    /// since when its row stands in the transcript.
    pub fn given_up(
        &mut self,
        now: u64,
        key: &str,
        boot: Option<u32>,
        done: bool,
        stands: Option<u64>,
    ) {
        let durable = self.durable && !self.clock_set;
        let clock_set = self.clock_set || self.page_clock_set;
        let Some(message) = self.message(key) else {
            return;
        };
        if message.given_up.replace(key.to_owned()).as_deref() == Some(key) {
            return;
        }
        // Later ones go on; should this be forgotten, it comes behind them.
        message.loose = true;
        let all = message.departures.iter().chain(&message.marks);
        let mut open = all
            .filter(|gone| gone.key == key && !gone.refused)
            .peekable();
        let old =
            |gone: &Departure| now >= gone.at + YOUNG || boot.is_some_and(|boot| boot != gone.boot);
        let mut wrong = None;
        if open.peek().is_none() {
            wrong = Some("and it never left");
        } else if !clock_set && stands.is_some_and(|since| now > since + FINDABLE) {
            wrong = Some("although it stands in the transcript");
        } else if durable && !done {
            wrong = Some("although the gateway keeps its keys");
        } else if !done && !clock_set && !open.any(old) {
            wrong = Some("although a repeat was safe");
        }
        self.tally.unconfirmed += 1;
        if let Some(wrong) = wrong {
            self.fail("needless", format!("{key} is called unconfirmed {wrong}"));
        }
    }
}
