//! What people bring, and what stands between them and the gateway.

use clawline_core::engine::{Close, Generation, Input};
use clawline_core::{Change, EntryState, Key, Saved, reasons};

use super::agenda::{Delivery, Due};
use super::store::Job;
use super::tabs::{Life, Role};
use super::{TabId, World};
use crate::gateway::SocketId;
use crate::script::{Fault, File};

/// In good weather what may leave does so within this, in ms.
const PATIENCE: u64 = 150_000;
/// So often one looks whether it did, in ms.
const EVERY: u64 = 5_000;

/// The message that a tab is to send next in a lane, and since when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    tab: TabId,
    lane: (Option<String>, Option<String>),
    key: Key,
    attempts: u32,
    since: u64,
}

impl World {
    /// The host begins to read the files of a message.
    pub(super) fn read_files(&mut self, id: TabId, key: &str, file: File) {
        self.tabs[id].reading.insert(key.to_owned());
        let (wait, is_readable) = match file {
            File::Read(wait) => (wait, true),
            File::Unreadable(wait) => (wait, false),
            File::Hangs => return,
        };
        let read = Delivery::FilesRead(key.to_owned(), is_readable);
        self.agenda.put(self.now + wait, Due::Deliver(id, read));
    }

    pub(super) fn files_read(&mut self, id: TabId, key: &str, is_readable: bool) {
        if !self.tabs[id].reading.remove(key) {
            return;
        }
        let result = if is_readable {
            Ok(())
        } else {
            self.judge.is_unreadable(key);
            Err(format!("{}: notes.txt", reasons::FILE_UNREADABLE))
        };
        self.feed(id, Input::PayloadRead(Key::new(key), result));
    }

    /// Most files that hang are read after all.
    pub(super) fn read_what_hangs(&mut self, id: TabId) {
        for key in self.tabs[id].reading.clone() {
            if self.rng.percent(60) {
                self.files_read(id, &key, true);
            }
        }
    }

    /// One of the records is one that the store cannot take.
    pub(super) fn refuses_one(&self, job: &Job) -> bool {
        let Job::Write(batch, _) = job else {
            return false;
        };
        batch.changes.iter().any(|change| match change {
            Change::Add(saved) => {
                self.judge.fault(saved.origin.as_str()) == Some(Fault::Unkeepable)
            }
            Change::Set(saved) => matches!(
                self.judge.fault(saved.origin.as_str()),
                Some(Fault::Unkeepable | Fault::Unmarkable)
            ),
            Change::Drop(_) => false,
        })
    }

    /// A batch goes to the store: all in it has been read.
    pub(super) fn judge_batch(&mut self, id: TabId, changes: &[Change]) {
        for change in changes {
            let (Change::Add(saved) | Change::Set(saved)) = change else {
                continue;
            };
            if self.tabs[id].reading.contains(saved.key.as_str()) {
                let why = format!("{} is stored and its files are not read", saved.key);
                self.judge.fail("stored", why);
            }
        }
    }

    /// A message leaves: no earlier one of its lane is still being read here.
    pub(super) fn judge_turn(&mut self, id: TabId, key: &Key) {
        let tab = &self.tabs[id];
        let entries = tab.engine.entries();
        let Some(own) = entries.iter().find(|entry| entry.key == *key) else {
            return;
        };
        let mut before = entries.iter().take_while(|entry| entry.key != *key);
        let is_read = before.find(|entry| {
            let same = (&entry.session, &entry.method) == (&own.session, &own.method);
            same && tab.reading.contains(entry.key.as_str())
        });
        if let Some(read) = is_read {
            let why = format!("{key} leaves before the files of {} are read", read.key);
            self.judge.fail("order", why);
        }
    }

    /// A tab that leads reads its store: what it does not know yet is as it
    /// stands there.
    pub(super) fn finds(&mut self, id: TabId, rows: &[Saved]) {
        for row in rows {
            let keys = self.judge.keys_of(row.key.as_str());
            let engine = &self.tabs[id].engine;
            if !keys.into_iter().any(|key| engine.knows(&Key::new(key))) {
                self.judge.reads(row);
            }
        }
    }

    /// The store was read: all that stands in it is there.
    pub(super) fn judge_restored(&mut self, id: TabId, rows: &[(Key, Key)]) {
        for (origin, key) in rows {
            if !self.judge.is_done(origin.as_str()) && !self.tabs[id].engine.knows(key) {
                let why = format!("{key} stands in the store, and t{id} does not find it");
                self.judge.fail("stored", why);
            }
        }
    }

    /// An attempt begins: the host gets its sign-in data, hears that there is
    /// none, or waits.
    pub(super) fn sign_in(&mut self, id: TabId, socket: SocketId) {
        let (is_told, until) = self.devices[self.tabs[id].device].no_sign_in;
        if self.now >= until {
            return;
        }
        self.network.lose(socket, self.now);
        if is_told {
            let wait = self.rng.between(0, 200);
            let failed = Delivery::NoSignIn(socket);
            self.agenda.put(self.now + wait, Due::Deliver(id, failed));
        }
    }

    pub(super) fn no_sign_in(&mut self, id: TabId, socket: SocketId) {
        if self.tabs[id].socket == Some(socket) {
            self.tabs[id].socket = None;
            let link = &mut self.network.sockets[socket as usize];
            link.over = true;
            let generation = Generation(link.generation);
            let close = Close::Credentials("no session".to_owned());
            self.feed(id, Input::Closed(generation, close));
        }
    }

    /// Whether something between lets a message through. Some that it stops
    /// have arrived before.
    pub(super) fn passes(&mut self, socket: SocketId, text: &str, bytes: u64) -> bool {
        let is_too_large = self.setup.field.largest.is_some_and(|most| bytes > most);
        if is_too_large && !self.is_healed {
            self.cut_by_proxy(socket, 1009);
            return false;
        }
        let is_deadly = Fault::of(text) == Some(Fault::Deadly) && !self.is_healed;
        if is_deadly && self.rng.percent(75) {
            self.cut_by_proxy(socket, 1006);
            return self.rng.percent(50);
        }
        true
    }

    fn cut_by_proxy(&mut self, socket: SocketId, code: u16) {
        self.network.sockets[socket as usize].by_proxy = true;
        self.network.cut(self.now, &mut self.agenda, socket, code);
    }

    /// A person does not want to follow an entry any more.
    pub(super) fn dismiss(&mut self, id: TabId, key: &Key) {
        self.judge.dismisses(key.as_str());
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        let dismissed = tab.engine.dismiss(now, key);
        if dismissed == tab.engine.knows(key) && (dismissed || !tab.engine.is_storing()) {
            let why = format!("{key} in t{id} cannot be ended (dismissed: {dismissed})");
            self.judge.fail("end", why);
        }
        self.tabs[id].reading.remove(key.as_str());
        self.settle(id);
    }

    /// In good weather what may leave leaves, whatever is wrong with others.
    pub(super) fn look_for_delays(&mut self) {
        if self.now < self.looked_for_delays + EVERY {
            return;
        }
        self.looked_for_delays = self.now;
        let mut all = Vec::new();
        for id in 0..self.tabs.len() {
            let tab = &self.tabs[id];
            let leads = matches!(tab.role, Role::Leads(_)) && !tab.engine.is_following();
            let is_ready = tab.engine.status() == clawline_core::engine::Status::Ready;
            if tab.life == Life::Runs && tab.visible && leads && is_ready && !self.is_stale(id) {
                self.find_next(id, &mut all);
            }
        }
        let late = all.iter().find(|next| self.now > next.since + PATIENCE);
        if let Some(late) = late {
            let why = format!("{} of t{} may leave and does not", late.key, late.tab);
            self.judge.fail("island", why);
        }
        self.next = all;
    }

    /// What is to leave next in each lane of a tab.
    fn find_next(&self, tab: TabId, all: &mut Vec<Next>) {
        let mut blocked: Vec<(Option<String>, Option<String>)> = Vec::new();
        let mut parked: Vec<Key> = Vec::new();
        for entry in self.tabs[tab].engine.entries() {
            let lane = (entry.session, entry.method);
            let is_read = self.tabs[tab].reading.contains(entry.key.as_str());
            match entry.state {
                _ if blocked.contains(&lane) => {}
                EntryState::Parked => parked.push(entry.key),
                EntryState::Queued if is_read => blocked.push(lane),
                EntryState::Queued => {
                    let fault = self.judge.fault(entry.key.as_str());
                    if matches!(fault, Some(Fault::Unkeepable | Fault::Unmarkable)) {
                        blocked.push(lane);
                        continue;
                    }
                    let held = parked
                        .iter()
                        .any(|parked| self.judge.waits_for(entry.key.as_str(), parked.as_str()));
                    if held {
                        continue;
                    }
                    let same = |next: &&Next| {
                        next.tab == tab && next.key == entry.key && next.attempts == entry.attempts
                    };
                    let since = self
                        .next
                        .iter()
                        .find(same)
                        .map_or(self.now, |next| next.since);
                    let since = since.max(self.good_since);
                    all.push(Next {
                        tab,
                        lane: lane.clone(),
                        key: entry.key,
                        attempts: entry.attempts,
                        since,
                    });
                    blocked.push(lane);
                }
                EntryState::Unconfirmed => {}
                _ => blocked.push(lane),
            }
        }
    }
}
