//! Transactions of the store, signs of life, and looks at every tab.

use clawline_core::engine::{Input, Status, WakeSource};
use clawline_core::{Batch, Change, EntryState, StoreError, Update};

use super::agenda::{Delivery, Due, Word};
use super::store::{Job, Rows};
use super::tabs::{Life, Role};
use super::{TabId, World};
use crate::gateway::EPOCH;

/// Without locks a tab says so often that it lives, in ms …
const BEAT: u64 = 15_000;
/// … and after this much silence its rows are another's.
const SILENCE: u64 = 60_000;
/// A tab that leads looks through the store this often, in ms.
const PATROL: u64 = 60_000;
/// With a good network everything is live again within this.
const LIVE: u64 = 60_000;

impl World {
    /// A transaction runs.
    pub(super) fn commit(&mut self, id: TabId, job: Job) {
        let (device, owner) = (self.tabs[id].device, self.tabs[id].owner);
        // What a page that is gone had asked for may still be done.
        let dead = self.tabs[id].life == Life::Dead;
        let fails = self.devices[device].store.fails(self.now, &job) || self.refuses_one(&job);
        if dead && (fails || self.rng.percent(50)) {
            return;
        }
        let back = self.now + self.rng.between(0, self.setup.store_ms.max(1));
        let store = &mut self.devices[device].store;
        store.told = store.told.max(back);
        let back = store.told;
        let delivery = match job {
            Job::Write(batch, epoch) => {
                let result = if fails {
                    Err(StoreError::Failed)
                } else {
                    store.rows(owner).write(&batch, epoch)
                };
                self.written(id, &batch, result);
                let adds = |change: &Change| matches!(change, Change::Add(_));
                let added = epoch.is_none() && batch.changes.iter().any(adds);
                Delivery::Stored(batch.id, result, epoch, added)
            }
            Job::Lead if fails => {
                self.agenda.put(self.now + 1_000, Due::Retry(id, job));
                return;
            }
            Job::Lead if !matches!(self.tabs[id].role, Role::Rising | Role::Leads(_)) => return,
            Job::Lead => {
                let rows = store.rows(owner);
                rows.epoch += 1;
                let (epoch, saved) = (rows.epoch, rows.saved.clone());
                self.tabs[id].role = Role::Leads(epoch);
                if self.setup.locks {
                    self.judge.leads_now(id, device);
                }
                Delivery::Restored(saved)
            }
            Job::Read if fails => {
                self.agenda.put(self.now + 1_000, Due::Retry(id, job));
                return;
            }
            Job::Read => Delivery::Adopted(store.rows(owner).saved.clone()),
            Job::Adopt(_) if fails => return,
            Job::Adopt(other) => {
                let silent = store.rows.get_mut(&other);
                let silent = silent.filter(|rows| !rows.taken && self.now >= rows.beat + SILENCE);
                let Some(rows) = silent else { return };
                rows.taken = true;
                let saved = std::mem::take(&mut rows.saved);
                store.rows(owner).saved.extend(saved.iter().cloned());
                for row in &saved {
                    self.judge.adopted(row.origin.as_str());
                }
                self.note(|| format!("t{id} adopts {} rows of t{other}", saved.len()));
                Delivery::Adopted(saved)
            }
        };
        self.agenda.put(back, Due::Deliver(id, delivery));
    }

    fn written(&mut self, id: TabId, batch: &Batch, result: Result<(), StoreError>) {
        self.note(|| format!("    batch {} of t{id}: {result:?}", batch.id));
        self.tabs[id].store_failed = result.is_err();
        for change in &batch.changes {
            match (change, &result) {
                (Change::Drop(origin), Ok(())) => self.judge.dropped(origin.as_str()),
                (Change::Drop(origin), Err(StoreError::Deposed)) => {
                    self.judge.not_removed(origin.as_str());
                }
                _ => {}
            }
            let (Change::Add(saved) | Change::Set(saved)) = change else {
                continue;
            };
            match (&result, &saved.mark) {
                (Ok(()), mark) => {
                    self.judge.kept(saved.origin.as_str(), saved.key.as_str());
                    if let Some(mark) = mark.as_ref().filter(|_| saved.state == EntryState::Sending)
                    {
                        let key = saved.key.to_string();
                        // Its age counts from when it was made, not from when it was kept.
                        let made = self.now.min(mark.gateway_ms.saturating_sub(EPOCH));
                        self.judge.marked(made, id, &key, &mark.boot_id);
                        self.tabs[id].marks.insert((key, mark.boot_id.clone()));
                    }
                }
                (Err(_), _) => {
                    if self.tabs[id].epoch.is_none() {
                        self.judge.comes_late(saved.origin.as_str());
                    }
                    self.tabs[id].failed.insert(saved.origin.to_string());
                    if matches!(change, Change::Add(_)) {
                        self.tabs[id].not_taken.insert(saved.origin.to_string());
                    }
                }
            }
        }
    }

    /// The engine learns how a batch ended.
    pub(super) fn stored(
        &mut self,
        id: TabId,
        batch: u32,
        result: Result<(), StoreError>,
        added: bool,
    ) {
        let wall_ms = self.wall(id);
        self.feed(
            id,
            Input::Stored {
                batch,
                result,
                wall_ms,
            },
        );
        if result == Ok(()) && added {
            self.say(id, None, Word::Written);
            // It may lead itself by now.
            if matches!(self.tabs[id].role, Role::Leads(_)) {
                self.begin(id, Job::Read);
            }
        }
        self.let_go_when_stored(id);
        if result == Err(StoreError::Deposed) {
            self.judge.gives_up_outbox(id);
            if self.setup.locks {
                self.lock_lost(id);
            } else {
                self.begin_anew(id);
            }
        }
    }

    /// Without locks: its rows are another's, and it begins anew with none.
    fn begin_anew(&mut self, id: TabId) {
        if matches!(self.tabs[id].role, Role::Leads(_)) {
            let rows = self.devices[self.tabs[id].device].store.rows(id);
            rows.taken = false;
            rows.beat = self.now;
            self.tabs[id].role = Role::Rising;
            if !self.tabs[id].engine.is_following() {
                self.follow(id);
            }
            self.disturb();
            self.begin(id, Job::Lead);
        }
    }

    /// Another tab leads since, and this one does not know it yet: what it
    /// shows is old, though what it sends counts.
    pub(super) fn is_stale(&self, id: TabId) -> bool {
        let tab = &self.tabs[id];
        let rows = self.devices[tab.device].store.rows.get(&tab.owner);
        rows.is_some_and(|rows| rows.taken || tab.epoch.is_some_and(|epoch| epoch != rows.epoch))
    }

    /// A tab that leads looks now and then whether somebody wrote and went
    /// before they could say so.
    pub(super) fn patrol(&mut self, id: TabId) {
        if self.tabs[id].life == Life::Dead {
            return;
        }
        if self.tabs[id].life == Life::Runs && matches!(self.tabs[id].role, Role::Leads(_)) {
            self.begin(id, Job::Read);
        }
        self.agenda.put(self.now + PATROL, Due::Patrol(id));
    }

    /// Without locks: a tab says that it lives, and looks who does not.
    pub(super) fn beat(&mut self, id: TabId) {
        let tab = &self.tabs[id];
        if tab.life == Life::Dead {
            return;
        }
        let device = tab.device;
        if tab.life == Life::Runs {
            if self.devices[device].store.rows(id).taken {
                self.begin_anew(id);
            }
            for other in self.silent_beside(id) {
                self.begin(id, Job::Adopt(other));
            }
        }
        let wait = if self.tabs[id].visible {
            BEAT
        } else {
            4 * BEAT
        };
        self.agenda.put(self.now + wait, Due::Beat(id));
    }

    /// Whose rows this tab adopts, once it has said that it lives. One whose own
    /// rows are another's, closed as it is, adopts none.
    fn silent_beside(&mut self, id: TabId) -> Vec<TabId> {
        let now = self.now;
        let store = &mut self.devices[self.tabs[id].device].store;
        if store.rows(id).taken {
            return Vec::new();
        }
        store.rows(id).beat = now;
        let is_silent = |rows: &Rows| !rows.taken && now >= rows.beat + SILENCE;
        let others = store.rows.iter().filter(|(other, _)| **other != id);
        let silent = others.filter(|(_, rows)| is_silent(rows));
        silent.map(|(other, _)| *other).collect()
    }

    /// What a tab read from its store is not told entry by entry.
    pub(super) fn take_note(&mut self, id: TabId) {
        if self.is_stale(id) {
            return;
        }
        for entry in self.tabs[id].engine.entries() {
            self.judge.found(id, entry.key.as_str());
            self.judge.shown(self.now, entry.key.as_str(), entry.state);
        }
    }

    /// What must hold of a tab whenever its engine is drained.
    pub(super) fn look_at(&mut self, id: TabId) {
        let engine = &self.tabs[id].engine;
        let source = engine.wake_source();
        let rests = matches!(
            engine.status(),
            Status::Idle | Status::Paused(_) | Status::Closed
        ) && !engine.is_following();
        let mut wrong = None;
        if source.is_none() != rests {
            wrong = Some(format!(
                "{:?} has the wake-up source {source:?}",
                engine.status()
            ));
        }
        if source.is_some() && engine.deadline().is_none() {
            wrong = Some(format!(
                "{:?} waits for {source:?} without a deadline",
                engine.status()
            ));
        }
        let has_socket = self.tabs[id].socket.is_some();
        let wants_socket = matches!(source, Some(WakeSource::Socket | WakeSource::Host));
        if wants_socket && !has_socket && self.tabs[id].life != Life::Dead {
            wrong = Some(format!(
                "{:?} waits for a socket that is not there",
                engine.status()
            ));
        }
        if has_socket && !wants_socket {
            wrong = Some(format!(
                "{:?} has a socket and does not wait for it",
                engine.status()
            ));
        }
        if let Some(wrong) = wrong {
            self.judge.fail("wake", format!("t{id}: {wrong}"));
        }
        self.judge.window(id);
    }

    /// What must hold of the world after every step.
    pub(super) fn look_over(&mut self) {
        if self.judge.takes_stock() {
            let tabs = self.tabs.iter().enumerate();
            let alive = tabs.filter(|(_, tab)| tab.life != Life::Dead);
            let entries: Vec<_> = alive.map(|(id, tab)| (id, tab.engine.entries())).collect();
            let devices = &self.devices;
            let holds = |device: usize, origin: &str| devices[device].store.holds(origin);
            self.judge
                .take_stock(&entries, holds, |key| self.gateway.place(key).is_some());
        }
        if self.now > self.good_since + LIVE && self.gateway.is_well() {
            self.look_for_life();
            self.look_for_delays();
        }
    }

    pub(super) fn look_for_life(&mut self) {
        for (id, tab) in self.tabs.iter().enumerate() {
            // Who follows is as live as the tab that leads, and takes its place
            // when that one is silent.
            let leader = &self.tabs[self.devices[tab.device].holder.unwrap_or(id)];
            let hidden = leader.life == Life::Runs && !leader.visible;
            let meant = tab.life == Life::Runs && tab.visible && tab.wanted && !hidden;
            if meant && tab.engine.status() != Status::Ready {
                let status = word(&tab.engine.status());
                let why = format!("t{id} is {status} after a minute of good weather");
                return self.judge.fail("live", why);
            }
        }
    }
}

/// A batch in a few words.
pub(super) fn shown(batch: &Batch) -> String {
    let changes = batch.changes.iter().map(|change| match change {
        Change::Add(saved) => format!("+{}:{}", saved.key, saved.state.as_str()),
        Change::Set(saved) => format!("{}:{}", saved.key, saved.state.as_str()),
        Change::Drop(origin) => format!("-{origin}"),
    });
    let changes: Vec<String> = changes.collect();
    format!("batch {} [{}]", batch.id, changes.join(" "))
}

/// An update in a few words.
pub(super) fn update(update: &Update) -> String {
    match update {
        Update::Changed(entry) => format!("{} is {}", entry.key, entry.state.as_str()),
        Update::Removed(key) => format!("{key} is removed"),
        Update::Renewed { from, to } => format!("{from} goes on as {to}"),
        Update::Stored { key, is_kept } => format!("{key} is kept: {is_kept}"),
        Update::Restored => "has another outbox".to_owned(),
    }
}

/// A status in a few words.
pub(super) fn word(status: &Status) -> String {
    match status {
        Status::Idle => "idle".to_owned(),
        Status::Connecting { .. } => "connecting".to_owned(),
        Status::Ready => "ready".to_owned(),
        Status::Waiting { cause, .. } => format!("waiting: {}", cause.code),
        Status::Pairing(_) => "pairing".to_owned(),
        Status::Paused(cause) => format!("paused: {}", cause.code),
        Status::Closed => "closed".to_owned(),
        _ => "in some other state".to_owned(),
    }
}
