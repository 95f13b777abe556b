//! The outbox's store: batches go to it, and what it holds comes in.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::Input;
use clawline_core::{Batch, Change, Engine, Key, Saved, StoreError};

use super::Driver;
use super::seat::Turn;
use crate::host::{sleep, spawn_local, wall_ms};
use crate::identity::Notice;
use crate::letter::Payload;
use crate::object::JsObject;
use crate::store::{ApplyError, Changes, Kept};

impl Driver {
    /// Makes a batch of changes in the store.
    pub(super) fn keep(self: &Rc<Self>, batch: Batch) {
        let Some(store) = self.store() else {
            return self.input(stored(batch.id, Err(StoreError::Failed)));
        };
        let only_adds = self.look(Engine::only_adds);
        let Batch {
            id,
            strict,
            changes,
        } = batch;
        let mut written = Vec::new();
        let mut edited = Vec::new();
        let mut listed = Changes::default();
        for change in changes {
            match change {
                Change::Add(saved) => {
                    if let Some(payload) = self.payload(&saved.key) {
                        listed.add(&saved, &payload.0.0);
                    }
                    written.push(saved);
                }
                Change::Set(saved) => match self.edited_payload(&saved.key) {
                    Some(payload) => {
                        listed.edit(&saved, &payload.0.0);
                        edited.push((saved.key, payload));
                    }
                    None => listed.set(&saved),
                },
                Change::Drop(origin) => listed.drop(&origin),
            }
        }
        let turn = self.this_turn();
        // Its seat may be another one when the store answers.
        let is_durable = self.keeps();
        let driver = Rc::clone(self);
        spawn_local(async move {
            let result = store.apply(listed, strict).await;
            if result.is_ok() {
                driver.set_durable(is_durable);
                driver.forget_edits(edited);
            }
            driver.kept(turn, id, result, only_adds, written);
        });
    }

    fn edited_payload(&self, key: &Key) -> Option<Payload> {
        self.edited.borrow().get(key)?;
        self.payload(key)
    }

    /// The store has these payloads now, unless there are newer ones.
    fn forget_edits(&self, stored: Vec<(Key, Payload)>) {
        for (key, payload) in stored {
            if self.payload(&key).is_none_or(|now| now.0.0 == payload.0.0) {
                self.edited.borrow_mut().remove(&key);
            }
        }
    }

    fn kept(
        self: &Rc<Self>,
        turn: Turn,
        id: u32,
        result: Result<(), ApplyError>,
        only_adds: bool,
        written: Vec<Saved>,
    ) {
        match &result {
            Ok(()) => {
                if !written.is_empty() {
                    self.ask_to_persist();
                }
            }
            Err(ApplyError::Failed(_)) => {
                self.durable.set(false);
                self.announce_once(Notice::NotKept);
            }
            Err(ApplyError::Deposed) => {}
        }
        let deposed = matches!(result, Err(ApplyError::Deposed));
        let answer = result.map_err(|why| why.class());
        let is_kept = answer.is_ok();
        self.input(stored(id, answer));
        if only_adds && is_kept {
            // Those that the engine gave away are the leader's. One without a
            // payload was forgotten meanwhile.
            let given = |saved: &Saved| {
                !self.look(|engine| engine.knows(&saved.key)) && self.payload(&saved.key).is_some()
            };
            let given: Vec<Saved> = written.into_iter().filter(given).collect();
            self.hand_over(&given);
        }
        if is_kept && self.look(Engine::is_stored) {
            self.taken_back.borrow_mut().clear();
        }
        self.leave_when_stored();
        if deposed && self.adds_unconnected() {
            // The device was forgotten, or the store taken away.
            self.identity.replace(None);
            self.leave_seat();
            return self.keep_unconnected();
        }
        match deposed && self.counts(turn) {
            true if only_adds => self.change_part(false),
            true => self.deposed(),
            false => {}
        }
    }

    fn ask_to_persist(self: &Rc<Self>) {
        if self.asked_to_persist.replace(true) {
            return;
        }
        spawn_local(async {
            crate::store::persist().await;
        });
    }

    /// Takes in what the store held, with its payloads.
    pub(super) fn take_in(&self, kept: Vec<Kept>) -> Vec<Saved> {
        let entries = kept.into_iter();
        entries
            .map(|(mut saved, payload)| {
                let payload = self.as_wished(&mut saved, Payload(JsObject(payload)));
                self.keep_payload(&saved.key, &payload);
                saved
            })
            .collect()
    }

    /// Other tabs have written into the store, or left their part of it.
    pub(super) fn adopt(self: &Rc<Self>, kept: Vec<Kept>) {
        if kept.is_empty() {
            return;
        }
        // Known ones keep their newer payloads.
        let is_new = |kept: &Kept| !self.look(|engine| engine.knows(&kept.0.key));
        let entries = self.take_in(kept.into_iter().filter(is_new).collect());
        self.input(Input::Adopted {
            wall_ms: wall_ms(),
            entries,
        });
        self.grant_wishes();
    }

    /// Takes in what other tabs have written into the store that this one has
    /// read: one that reads it later finds it anyway.
    pub(super) fn read_new(self: &Rc<Self>) {
        let Some(store) = self.store().filter(|_| self.has_read()) else {
            return;
        };
        let turn = self.this_turn();
        let driver = Rc::clone(self);
        spawn_local(async move {
            for wait in [0, 1, 5, 30] {
                if wait > 0 {
                    sleep(Duration::from_secs(wait)).await;
                }
                match store.read_new().await {
                    _ if !driver.counts(turn) => return,
                    Ok(kept) => return driver.adopt(kept),
                    Err(ApplyError::Deposed) => return,
                    Err(ApplyError::Failed(_)) => {}
                }
            }
        });
    }
}

/// How a batch ended, for the engine.
fn stored(batch: u32, result: Result<(), StoreError>) -> Input {
    Input::Stored {
        batch,
        result,
        wall_ms: wall_ms(),
    }
}
