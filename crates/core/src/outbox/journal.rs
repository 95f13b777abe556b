//! The outbox and its store: changes go out in batches, one at a time.

use std::collections::VecDeque;
use std::time::Duration;

use super::connection::Loss;
use super::record::Record;
use super::trouble::{Blame, Trouble};
use super::{Batch, Change, EntryState, Key, Outbox, Route, Saved, StoreError, Table, Update};
use crate::sorted::sorted;
use crate::time::Instant;

/// A batch with so many new entries or more is of many that were written at
/// once: without marks it may be kept less strictly.
const BULK: usize = 100;

/// A page that got its store's answer later than this may have been frozen, and
/// another tab may lead since: it stores its marks once more before anything
/// leaves, which only a leader can. So often at most, for a store that is slow.
const FROZEN: Duration = Duration::from_secs(3);
const MOST_ROUNDS: u8 = 3;

#[derive(Debug, Default)]
pub(super) struct Journal {
    /// The store that was read.
    store: Option<String>,
    /// Counts the stores of different names.
    number: u32,
    /// The one for which messages are written now; 0 when that is not known.
    pub(super) meant: u32,
    /// It is to be read again before anything goes to it or leaves.
    is_shut: bool,
    /// Another tab leads, or led when the store was read last: this one only
    /// adds to it.
    pub(super) follows: bool,
    next: u32,
    out: Option<Out>,
    /// Entries whose facts are to be stored.
    pub(super) dirty: VecDeque<Key>,
    /// Origins of entries that are done.
    drops: Vec<Key>,
    /// Among the drops is one that must not come back.
    pub(super) is_urgent: bool,
    /// Messages whose mark is stored.
    pub(super) cleared: VecDeque<Key>,
    /// What failures of the store have shown.
    pub(super) trouble: Trouble,
    /// How many batches in a row were answered late.
    late: u8,
}

/// The batch that is being stored.
#[derive(Debug)]
struct Out {
    id: u32,
    since: Instant,
    keys: Vec<Key>,
    drops: Vec<Key>,
}

impl Journal {
    /// This is the store from now on.
    fn enter(&mut self, store: String, is_another: bool) {
        self.number = self
            .number
            .wrapping_add(u32::from(is_another || self.number == 0))
            .max(1);
        self.meant = self.number;
        self.store = Some(store);
    }

    /// The store has been read: messages may leave.
    pub(super) const fn is_open(&self) -> bool {
        self.store.is_some() && !self.is_shut
    }

    /// An entry goes by another key.
    pub(super) fn rename(&mut self, from: &Key, to: &Key) {
        let out = self.out.iter_mut().flat_map(|out| &mut out.keys);
        for key in self.dirty.iter_mut().chain(out).filter(|key| *key == from) {
            *key = to.clone();
        }
        self.trouble.rename(from, to);
    }

    /// This entry is on its way to the tab that leads.
    pub(super) fn hands_over(&self, key: &Key) -> bool {
        self.follows && self.is_out(key)
    }

    fn is_out(&self, key: &Key) -> bool {
        self.out.as_ref().is_some_and(|out| out.keys.contains(key))
    }

    /// Entries that are done, of which the store may not know yet.
    fn all_drops(&self) -> Vec<Key> {
        let out = self.out.iter().flat_map(|out| &out.drops);
        self.drops.iter().chain(out).cloned().collect()
    }

    /// None that this tab may tell the store of.
    fn has_no_drops(&self) -> bool {
        self.follows || self.drops.is_empty()
    }

    /// An entry is done.
    pub(super) fn drop(&mut self, record: &Record) {
        let is_out = self
            .out
            .as_ref()
            .is_some_and(|out| out.keys.contains(&record.key));
        if record.kept || is_out {
            self.drops.push(record.origin.clone());
        }
    }
}

impl Outbox {
    /// The store was read, for the first time or because it is another one
    /// now. What this page wrote before any store was read goes behind; what
    /// an earlier store did not take was meant for that one's gateway.
    pub(crate) fn restored(
        &mut self,
        now: Instant,
        store: String,
        wall_ms: u64,
        entries: Vec<Saved>,
    ) {
        let is_another = self.is_another(&store);
        let mine = self.take_unkept();
        let told = self.updates.len();
        let before = std::mem::take(&mut self.journal);
        self.journal.next = before.next;
        self.journal.number = before.number;
        self.journal.enter(store, is_another);
        if !is_another {
            // What is under way to the store may come after what was read.
            self.journal.drops = before.all_drops();
            self.journal.is_urgent = !self.journal.drops.is_empty();
            self.journal.out = before.out;
        }
        self.adopt(now, wall_ms, entries);
        self.put_back(now, mine);
        // One word for all of them.
        self.updates.truncate(told);
        self.updates.push_back(Update::Restored);
        self.decide_what_is_open(now);
    }

    /// What no store keeps goes behind what this one does. What an earlier store
    /// did not take was meant for that one's gateway.
    fn put_back(&mut self, now: Instant, mine: impl Iterator<Item = (Route, Record)>) {
        for (route, mut record) in mine {
            if self.places.contains_key(&record.key) {
                continue;
            }
            let open = !matches!(record.state, EntryState::Parked | EntryState::Unconfirmed);
            let meant = std::mem::replace(&mut record.meant, self.journal.number);
            if meant != 0 && meant != self.journal.number && open {
                record.strand(self.wall_ms(now));
            }
            record.dirty = false;
            // It may be another store, and goes to it by another way.
            record.is_unkeepable = false;
            let route = self.settled(route);
            self.add(route, |number| Record { number, ..record });
        }
    }

    fn is_another(&self, store: &str) -> bool {
        let before = self.journal.store.as_deref();
        before.is_some_and(|before| before != store)
    }

    /// Entries that stand in the store and are new to this page.
    pub(crate) fn adopt(&mut self, now: Instant, wall_ms: u64, entries: Vec<Saved>) {
        if self.journal.follows {
            return;
        }
        // One that the store took at a later try stands behind others there.
        let entries = sorted(entries, |a, b| a.written_ms.cmp(&b.written_ms));
        let mut known = self.journal.all_drops();
        // What goes by another key by now is the same entry.
        let records = self.lanes.values().flat_map(|lane| &lane.records);
        let renamed = records.filter(|record| record.origin != record.key);
        known.extend(renamed.map(|record| record.origin.clone()));
        let before = self.next_number;
        for saved in entries {
            if self.places.contains_key(&saved.key) || known.contains(&saved.origin) {
                continue;
            }
            let expires = saved.ttl.map(|ttl| {
                let waited = Duration::from_millis(wall_ms.saturating_sub(saved.written_ms));
                now + ttl.saturating_sub(waited)
            });
            let route = self.settled(saved.route.clone());
            let count = self.sent;
            // An earlier version did not note when it was parked: from now on.
            let is_unnoted = saved.state == EntryState::Parked && saved.parked_ms.is_none();
            let unnoted = is_unnoted.then(|| saved.key.clone());
            self.add(route, |number| {
                Record::restored(number, saved, expires, count, wall_ms)
            });
            if let Some(key) = unnoted {
                self.save(&key);
            }
        }
        if self.next_number > before {
            self.release_for_scopes();
        }
        self.decide_what_is_open(now);
    }

    /// Another tab leads: the entries of the store are its. What is not in the
    /// store yet stays here until it is.
    pub(crate) fn follow(&mut self, now: Instant, store: String) {
        self.lost(now, Loss::Ours);
        let is_another = self.is_another(&store);
        let mine = self.take_unkept();
        self.journal.drops = self.journal.all_drops();
        self.journal.enter(store, is_another);
        self.journal.is_shut = false;
        self.journal.follows = true;
        self.journal.trouble = Trouble::default();
        self.journal.cleared.clear();
        self.put_back(now, mine);
    }

    /// Empties the outbox, and answers what the store does not keep.
    fn take_unkept(&mut self) -> impl Iterator<Item = (Route, Record)> + use<> {
        let mut mine = Table::new();
        for (route, lane) in std::mem::take(&mut self.lanes).take_if(|_, _| true) {
            let records = lane.records.into_iter().filter(|record| !record.kept);
            for record in records {
                mine.insert(record.number, (route.clone(), record));
            }
        }
        self.lanes = Table::new();
        self.places.clear();
        self.journal.dirty.clear();
        self.bytes = 0;
        self.next_expiry = None;
        mine.into_values()
    }

    /// The device is forgotten, its store is deleted: nothing of it is shown,
    /// sent or stored any more.
    pub(crate) fn clear(&mut self) {
        let keys: Vec<Key> = self.places.keys().cloned().collect();
        drop(self.take_unkept());
        self.journal = Journal {
            next: self.journal.next,
            ..Journal::default()
        };
        self.updates.extend(keys.into_iter().map(Update::Removed));
    }

    /// What the store is to be told next.
    pub(crate) fn take_batch(&mut self, now: Instant) -> Option<Batch> {
        if !self.journal.is_open() || self.journal.out.is_some() || self.journal.trouble.is_on(now)
        {
            return None;
        }
        let drops = if self.journal.follows {
            Vec::new()
        } else {
            std::mem::take(&mut self.journal.drops)
        };
        let mut keys = Vec::new();
        let mut changes = Vec::new();
        let mut adds = 0;
        let mut marks = false;
        let is_alone = !drops.is_empty() && self.journal.trouble.is_open();
        let dirty = if is_alone {
            Vec::new()
        } else {
            self.take_dirty(now)
        };
        for key in dirty {
            if drops.contains(&key) {
                // A key that is used anew waits until its first entry is gone.
                self.save(&key);
                continue;
            }
            let route = self.places.get(&key).map(|place| place.route.clone());
            let Some((route, record)) = route.zip(self.record(&key)) else {
                continue;
            };
            marks |= record.is_marking();
            let saved = record.saved(&route);
            changes.push(if record.kept {
                Change::Set(saved)
            } else {
                adds += 1;
                Change::Add(saved)
            });
            keys.push(key);
        }
        changes.extend(drops.iter().cloned().map(Change::Drop));
        if changes.is_empty() {
            self.journal.trouble.rest(now);
            return None;
        }
        let urgent = std::mem::take(&mut self.journal.is_urgent);
        self.journal.next = self.journal.next.wrapping_add(1);
        let id = self.journal.next;
        self.journal.out = Some(Out {
            id,
            since: now,
            keys,
            drops,
        });
        Some(Batch {
            id,
            strict: urgent || marks || (adds > 0 && adds < BULK),
            changes,
        })
    }

    /// What is to be stored next, in the order in which it was written, also
    /// after a failure; what the store has taken before goes first, for it tells
    /// best whether a failure is the store's.
    fn take_dirty(&mut self, now: Instant) -> Vec<Key> {
        let (mut ready, mut later) = (Table::new(), Vec::new());
        for key in std::mem::take(&mut self.journal.dirty) {
            // It may be another one, written anew under the same key.
            let record = self.record(&key).filter(|record| record.dirty);
            match record {
                Some(record) if record.is_being_read => later.push(key),
                Some(record) => drop(ready.insert((!record.kept, record.number), key)),
                None => {}
            }
        }
        let ready = ready.into_values().collect();
        let (keys, rest) = self.journal.trouble.choose(now, ready);
        for key in &keys {
            if let Some(record) = self.record(key) {
                record.dirty = false;
            }
        }
        self.journal.dirty.extend(rest.into_iter().chain(later));
        keys
    }

    /// How a batch ended.
    pub(crate) fn stored(&mut self, now: Instant, id: u32, result: Result<(), StoreError>) {
        let Some(out) = self.journal.out.take_if(|out| out.id == id) else {
            return;
        };
        match result {
            Ok(()) => {
                self.journal.trouble.stored(now, &out.keys);
                let is_late = now.since(out.since) > FROZEN && self.journal.late < MOST_ROUNDS;
                self.journal.late = if is_late { self.journal.late + 1 } else { 0 };
                for key in out.keys {
                    self.kept(&key, is_late);
                }
            }
            Err(StoreError::Deposed) if !self.journal.follows => {
                for key in out.keys {
                    self.change(&key, |record| {
                        if record.is_marking() {
                            record.unmark();
                        }
                    });
                    self.save(&key);
                }
            }
            Err(_) => {
                let blame = self.journal.trouble.failed(now, &out.keys);
                self.journal.drops.extend(out.drops);
                for key in &out.keys {
                    match blame {
                        Blame::Open => self.save(key),
                        Blame::Entry => self.cannot_be_kept(now, key),
                        Blame::Either | Blame::Store => self.not_kept(key),
                    }
                }
                if blame == Blame::Store {
                    // Those of the parts that were not tried again.
                    for key in self.journal.dirty.clone() {
                        self.not_kept(&key);
                    }
                }
            }
        }
    }

    fn kept(&mut self, key: &Key, is_late: bool) {
        let Some(record) = self.record(key) else {
            return;
        };
        if !std::mem::replace(&mut record.kept, true) {
            self.tell_stored(key, true);
        }
        let Some(record) = self.record(key) else {
            return;
        };
        if record.is_marking() && !record.dirty {
            if is_late {
                self.save(key);
            } else {
                record.left = true;
                self.journal.cleared.push_back(key.clone());
            }
        }
        if self.journal.follows {
            self.hand_over(key);
        }
    }

    /// A follower's entry is the leader's once it is stored.
    fn hand_over(&mut self, key: &Key) {
        if let Some(place) = self.places.remove(key)
            && let Some(lane) = self.lanes.get_mut(&place.route)
        {
            if let Some(record) = lane.take(place.number) {
                self.bytes = self.bytes.saturating_sub(record.bytes);
            }
            if lane.records.is_empty() {
                self.lanes.remove(&place.route);
            }
        }
    }

    /// When the store is to be tried again.
    pub(super) fn journal_deadline(&self) -> Option<Instant> {
        let is_ready = |key: &Key| self.look_up(key).is_some_and(|one| !one.is_being_read);
        // What the store has waits for it to be tried again, too.
        let mut next = self.lanes.values().filter_map(super::Lane::next);
        let mut is_waited_for = || self.link.is_some() && next.any(|record| record.kept);
        let mut has_work = || {
            !self.journal.has_no_drops()
                || self.journal.dirty.iter().any(is_ready)
                || is_waited_for()
        };
        let waits = self.journal.is_open() && self.journal.out.is_none() && has_work();
        self.journal.trouble.retry_at().filter(|_| waits)
    }

    /// Another tab has the entries of the store.
    pub(crate) const fn follows(&self) -> bool {
        self.journal.follows
    }

    /// The store that was read.
    pub(crate) fn store(&self) -> Option<String> {
        self.journal.store.clone()
    }

    /// The store is not there, or not read by whom it is to be: what is written
    /// waits for [`Outbox::restored`] or [`Outbox::follow`].
    pub(crate) fn shut(&mut self) {
        self.journal.is_shut = true;
    }

    /// Another gateway is wanted: what is written from now on is for that one.
    pub(crate) fn part_with_store(&mut self) {
        self.journal.is_shut = true;
        self.journal.meant = 0;
    }

    /// The store may be added to.
    pub(crate) fn open(&mut self) {
        self.journal.is_shut = false;
    }

    /// It only adds to the store: another tab leads, or is to lead.
    pub(crate) const fn only_adds(&self) -> bool {
        self.journal.follows
    }

    /// A batch is on its way to the store.
    pub(crate) fn is_storing(&self) -> bool {
        self.journal.out.is_some()
    }

    /// Everything that is known is stored.
    pub(crate) fn is_stored(&self) -> bool {
        let mut dirty = self.journal.dirty.iter();
        self.journal.out.is_none()
            && !dirty.any(|key| self.knows(key))
            && self.journal.has_no_drops()
    }
}
