//! Every message, from the moment an outbox took it: none is ever lost.

use std::collections::{BTreeMap, BTreeSet};

use clawline_core::{Entry, EntryState};

use super::Judge;
use super::names::Name;
use super::sends::Departure;
use crate::script::{Fault, Letter};
use crate::world::TabId;

/// How far the removal of a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Removal {
    /// This tab knows of it, and its store does not.
    Asked(TabId),
    /// Nobody knows of it any more, should the message reach a store yet.
    Forgotten,
    /// The store knows.
    Done,
}

/// A message or a request that an outbox took.
#[derive(Debug)]
pub(super) struct Message {
    /// Its keys: the first is its identity, the last the one that counts.
    pub(super) keys: Vec<String>,
    pub(super) device: usize,
    /// The tab in which it was written.
    pub(super) tab: TabId,
    /// The session or the method.
    pub(super) lane: String,
    pub(super) text: String,
    pub(super) bytes: u64,
    /// Size and text before an edit, which no store may have taken yet.
    pub(super) unedited: Option<(u64, String)>,
    /// When it was written, and when an outbox showed it as parked last.
    pub(super) written: u64,
    pub(super) parked: Option<u64>,
    /// … and when one that was not to decide did so.
    pub(super) parked_unseen: Option<u64>,
    /// Under which key, and why.
    pub(super) parked_for: Option<(String, String)>,
    /// The tab that said so: another one may not know, if no store took it.
    pub(super) parked_by: Option<TabId>,
    /// It was let go on a connection that had what it was parked for.
    pub(super) is_released: bool,
    /// A file of it cannot be read.
    pub(super) unreadable: bool,
    /// A person wants to follow it no longer.
    pub(super) dismissed: bool,
    pub(super) expires: bool,
    /// It stood in a store.
    pub(super) kept: bool,
    /// It was in no store when its tab went.
    pub(super) gone: bool,
    /// The app of this tab took it out.
    pub(super) removed: Option<Removal>,
    pub(super) confirmed: bool,
    /// The key that was given up last: it is told again after a reload.
    pub(super) given_up: Option<String>,
    /// Its later keys.
    pub(super) names: Vec<Name>,
    /// How its outbox showed it last.
    pub(super) state: EntryState,
    /// Its place among the others is not what it was.
    pub(super) loose: bool,
    /// The app took it out, and it came back.
    pub(super) came_back: bool,
    /// How often a person had it sent again, knowing that it may have run.
    pub(super) again: u32,
    pub(super) departures: Vec<Departure>,
    /// Its marks in a store: bytes that may have left.
    pub(super) marks: Vec<Departure>,
}

impl Message {
    /// What this tab removed is there again.
    fn bring_back(&mut self, tab: TabId) {
        if self.removed == Some(Removal::Asked(tab)) {
            self.removed = (!self.kept).then_some(Removal::Forgotten);
            self.loose = true;
            self.came_back = true;
        }
    }

    fn is_open(&self) -> bool {
        self.removed.is_none() && !self.confirmed && !self.gone
    }
}

impl Judge {
    /// An outbox took a message.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call, and each is a fact of its own"
    )]
    pub fn wrote(
        &mut self,
        now: u64,
        tab: TabId,
        device: usize,
        key: &str,
        lane: &str,
        text: String,
        letter: &Letter,
    ) {
        self.tally.messages += 1;
        self.by_key.insert(key.to_owned(), self.messages.len());
        self.messages.push(Message {
            keys: vec![key.to_owned()],
            device,
            tab,
            lane: lane.to_owned(),
            text,
            bytes: letter.bytes,
            unedited: None,
            written: now,
            parked: None,
            parked_unseen: None,
            parked_for: None,
            parked_by: None,
            is_released: false,
            unreadable: false,
            dismissed: false,
            expires: letter.ttl.is_some(),
            kept: false,
            gone: false,
            removed: None,
            confirmed: false,
            given_up: None,
            names: Vec::new(),
            state: EntryState::Queued,
            // What no store keeps yet goes behind what one does when it is read.
            loose: letter.fault == Some(Fault::Unkeepable) || letter.file.is_some(),
            came_back: false,
            again: 0,
            departures: Vec::new(),
            marks: Vec::new(),
        });
        self.stirred = true;
    }

    pub(super) fn message(&mut self, key: &str) -> Option<&mut Message> {
        let index = *self.by_key.get(key)?;
        self.messages.get_mut(index)
    }

    /// The words that go with a key.
    pub fn text(&mut self, key: &str) -> String {
        self.message(key)
            .map(|message| message.text.clone())
            .unwrap_or_default()
    }

    /// The size of a message.
    pub fn bytes(&mut self, key: &str) -> u64 {
        self.message(key).map_or(0, |message| message.bytes)
    }

    /// What is wrong with it.
    pub fn fault(&self, key: &str) -> Option<Fault> {
        let index = *self.by_key.get(key)?;
        Fault::of(&self.messages.get(index)?.text)
    }

    /// One of its files cannot be read.
    pub fn is_unreadable(&mut self, key: &str) {
        if let Some(message) = self.message(key) {
            message.unreadable = true;
        }
    }

    /// A person wants to follow it no longer.
    pub fn dismisses(&mut self, key: &str) {
        if let Some(message) = self.message(key) {
            message.dismissed = true;
        }
    }

    /// A person changed the words.
    pub fn edited(&mut self, key: &str, bytes: u64) {
        if let Some(message) = self.message(key) {
            message.unedited = Some((message.bytes, message.text.clone()));
            message.bytes = bytes;
            let edits = message.text.matches(" edited").count();
            let fault = Fault::of(&message.text).map_or("message", Fault::word);
            let text = message.text.replace(fault, "message");
            message.text = format!("{text} edited {}", edits + 1);
        }
    }

    /// All keys that it has had.
    pub fn keys_of(&mut self, key: &str) -> Vec<String> {
        self.message(key)
            .map(|message| message.keys.clone())
            .unwrap_or_default()
    }

    /// A store has it, under this key.
    pub fn kept(&mut self, origin: &str, key: &str) {
        if let Some(index) = self.by_key.get(origin).copied() {
            let message = &mut self.messages[index];
            if !message.keys.iter().any(|known| known == key) {
                // A tab that is gone had given it, and its last words were kept.
                message.keys.push(key.to_owned());
                self.by_key.insert(key.to_owned(), index);
            }
            message.kept = true;
            if message.removed == Some(Removal::Forgotten) {
                message.removed = None;
                message.loose = true;
            }
            message.is_known_as(key);
        }
        self.stirred = true;
    }

    /// A store has its mark: its bytes may have left.
    pub fn marked(&mut self, now: u64, tab: TabId, key: &str, boot_id: &str) {
        let boot = boot_id
            .strip_prefix("boot-")
            .and_then(|boot| boot.parse().ok());
        if let (Some(message), Some(boot)) = (self.message(key), boot) {
            let mark = Departure::new(key, now, tab, boot);
            message.marks.push(mark);
        }
    }

    /// Some store had it.
    pub fn was_kept(&mut self, key: &str) -> bool {
        self.message(key).is_some_and(|message| message.kept)
    }

    /// A store was asked to take it and did not.
    pub fn not_taken(&mut self, not_taken: &BTreeSet<String>, key: &str) -> bool {
        self.message(key)
            .is_some_and(|message| not_taken.contains(&message.keys[0]))
    }

    /// An outbox calls it confirmed.
    pub fn confirmed(&mut self, key: &str) {
        self.tally.confirmed += 1;
        if let Some(message) = self.message(key) {
            message.confirmed = true;
        }
    }

    /// The app took it out. `stale`: another tab has it, and the store will say
    /// so.
    pub fn removed(&mut self, tab: TabId, key: &str, stale: bool) {
        let Some(message) = self.message(key) else {
            return;
        };
        if message.removed != Some(Removal::Done) {
            message.removed = Some(Removal::Asked(tab));
        }
        if stale {
            return message.bring_back(tab);
        }
        let under_way = matches!(message.state, EntryState::Sending | EntryState::Accepted);
        if under_way && !message.dismissed {
            self.fail("truth", format!("{key} is taken out and is under way"));
        }
    }

    /// An outbox shows it in this state.
    pub fn shown(&mut self, now: u64, key: &str, state: EntryState) {
        let Some(message) = self.message(key) else {
            return;
        };
        let is_new = state == EntryState::Parked && message.state != state;
        message.state = state;
        if is_new {
            let at = message.parked_unseen.take().unwrap_or(now);
            message.parked = Some(at);
            self.parks(key, at);
        }
    }

    /// A tab has read it from its store.
    pub fn found(&mut self, tab: TabId, key: &str) {
        let removed = self.message(key).and_then(|message| message.removed);
        if removed == Some(Removal::Done) {
            let why = format!("{key} was taken out and is there again in t{tab}");
            self.fail("end", why);
        }
    }

    /// Those of its lane that this tab wrote, in their order.
    pub(super) fn before(&self, key: &str) -> impl Iterator<Item = &Message> {
        let end = self.by_key.get(key).copied().unwrap_or(0);
        let own = self.messages.get(end);
        let before = self.messages.get(..end).unwrap_or_default().iter();
        before.filter(move |message| {
            own.is_some_and(|own| message.tab == own.tab && message.lane == own.lane)
                && message.is_open()
                && !message.loose
                && message.again == 0
        })
    }

    /// A store has dropped it.
    pub fn dropped(&mut self, origin: &str) {
        if let Some(message) = self.message(origin)
            && (message.removed.is_some() || message.came_back)
        {
            message.removed = Some(Removal::Done);
        }
    }

    /// … and the store would not: another tab has it, and it is there again.
    pub fn not_removed(&mut self, origin: &str) {
        if let Some(message) = self.message(origin)
            && let Some(Removal::Asked(tab)) = message.removed
        {
            message.bring_back(tab);
        }
    }

    /// Another tab has it from now on, and its own order.
    pub fn adopted(&mut self, origin: &str) {
        if let Some(tab) = self.message(origin).map(|message| message.tab) {
            // Who adopts cannot know what its tab has and no store has.
            let unkept = |message: &&mut Message| message.tab == tab && !message.kept;
            for message in self.messages.iter_mut().filter(unkept) {
                message.loose = true;
            }
        }
        if let Some(message) = self.message(origin) {
            message.loose = true;
            if let Some(Removal::Asked(by)) = message.removed {
                message.bring_back(by);
            }
        }
        if let Some(index) = self.by_key.get(origin).copied() {
            self.messages[index].forget_names(|_| true, &mut self.by_key);
        }
    }

    /// Another tab leads: what others removed and did not store is void.
    pub fn leads_now(&mut self, tab: TabId, device: usize) {
        for message in &mut self.messages {
            // It cannot know what another tab has and no store has.
            message.loose |= message.device == device && message.tab != tab && !message.kept;
            if let Some(Removal::Asked(by)) = message.removed
                && by != tab
                && message.device == device
            {
                message.bring_back(by);
            }
            if message.kept && message.device == device {
                message.forget_names(|by| by != tab, &mut self.by_key);
            }
        }
    }

    /// A tab lets its lock go before the store knows of its removals.
    pub fn forgets_removals(&mut self, tab: TabId) {
        for message in &mut self.messages {
            message.bring_back(tab);
        }
    }

    /// A tab gives its outbox up: its removals and its new keys that no
    /// store knows are void.
    pub fn gives_up_outbox(&mut self, tab: TabId) {
        self.watch(tab).losses.clear();
        for message in &mut self.messages {
            message.bring_back(tab);
            // What no store has stays in the tab, under its newest key, and
            // goes behind what stands there.
            if message.kept {
                message.forget_names(|by| by == tab, &mut self.by_key);
            } else if message.tab == tab {
                message.loose = true;
            }
        }
    }

    /// A tab is gone, with what it had not stored.
    pub fn tab_died(&mut self, tab: TabId) {
        self.watches.remove(&tab);
        for message in &mut self.messages {
            // What was kept and whose removal was not comes back.
            message.bring_back(tab);
            message.forget_names(|by| by == tab, &mut self.by_key);
            if message.tab == tab && !message.kept && message.is_open() {
                message.gone = true;
                self.tally.gone_with_tab += 1;
            }
        }
        self.stirred = true;
    }

    /// Every message is somewhere: in an outbox, in a store, in a transcript.
    pub fn take_stock(
        &mut self,
        entries: &[(TabId, Vec<Entry>)],
        holds: impl Fn(usize, &str) -> bool,
        stands: impl Fn(&str) -> bool,
    ) {
        let mut shown = BTreeSet::new();
        for (tab, entries) in entries {
            let mut here = BTreeSet::new();
            for entry in entries {
                if !here.insert(entry.key.as_str()) {
                    let why = format!("t{tab} has {} in two places", entry.key);
                    self.broken.get_or_insert(("truth", why));
                }
            }
            shown.extend(here);
        }
        let lost = self.messages.iter().find(|message| {
            let mut keys = message.keys.iter();
            message.is_open()
                && !keys.any(|key| shown.contains(key.as_str()) || stands(key))
                && !holds(message.device, &message.keys[0])
        });
        if let Some(message) = lost {
            let why = format!("{} is nowhere any more", message.keys.join(", "));
            self.fail("lost", why);
        }
    }

    /// At the end, when a person has decided all that they could: everything
    /// that was written ran, and not more often than they asked for.
    pub fn settle_accounts(&mut self, ran: &BTreeMap<String, u32>) {
        let mut wrong = None;
        for message in &self.messages {
            let keys = message.keys.iter();
            let runs: u32 = keys
                .map(|key| ran.get(key).copied().unwrap_or_default())
                .sum();
            let name = &message.keys[0];
            if runs > 1 + message.again {
                wrong = Some(("repeat", format!("{name} ran {runs} times")));
            }
            if runs == 0 && message.is_open() {
                wrong = Some(("lost", format!("{name} never ran and waits nowhere")));
            }
            if runs == 0 && message.confirmed {
                wrong = Some(("truth", format!("{name} is called confirmed and never ran")));
            }
        }
        if let Some((promise, what)) = wrong {
            self.fail(promise, what);
        }
    }

    /// It would come to the same again, so a person takes it out rather than
    /// sends it.
    pub fn is_hopeless(&mut self, key: &str) -> bool {
        self.fault(key).is_some()
    }

    /// Nobody expects anything of it any more.
    pub fn is_done(&mut self, key: &str) -> bool {
        self.message(key)
            .is_none_or(|message| !message.is_open() || message.came_back)
    }
}
