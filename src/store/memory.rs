//! The outbox where nothing can be kept: it lives as long as the page, and this
//! page alone sees it.

use std::cell::{RefCell, RefMut};
use std::rc::Rc;

use clawline_core::{Change, Saved};
use wasm_bindgen::JsValue;

use super::{ApplyError, Kept};

thread_local! {
    /// By name, so that a client that comes back to a gateway finds its
    /// messages.
    static KEPT: RefCell<Vec<(String, Rc<RefCell<Content>>)>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct Content {
    epoch: u64,
    leaders: Vec<Leader>,
    rows: Vec<Row>,
}

struct Leader {
    owner: String,
    epoch: u64,
    beat_ms: u64,
}

struct Row {
    owner: String,
    saved: Saved,
    payload: JsValue,
    /// Its leader has read it.
    is_read: bool,
}

pub(super) struct Outbox {
    content: Rc<RefCell<Content>>,
    owner: String,
    /// 0 for a follower.
    epoch: u64,
}

pub(super) fn open(name: &str, owner: &str, leads: bool) -> (Outbox, Vec<Kept>) {
    let content = KEPT.with_borrow_mut(|kept| {
        let known = kept.iter().find(|(known, _)| known == name);
        let known = known.map(|(_, content)| Rc::clone(content));
        known.unwrap_or_else(|| {
            let content = Rc::default();
            kept.push((name.to_owned(), Rc::clone(&content)));
            content
        })
    });
    let mut outbox = Outbox {
        content,
        owner: owner.to_owned(),
        epoch: 0,
    };
    let entries = if leads { outbox.lead() } else { Vec::new() };
    (outbox, entries)
}

/// Drops what is kept under names that begin so; nobody leads it any more.
pub(super) fn forget(start: &str) {
    KEPT.with_borrow_mut(|kept| {
        kept.retain(|(name, content)| {
            let stays = !name.starts_with(start);
            if !stays {
                content.borrow_mut().leaders.clear();
            }
            stays
        });
    });
}

impl Outbox {
    fn lead(&mut self) -> Vec<Kept> {
        let mut content = self.content.borrow_mut();
        content.epoch += 1;
        self.epoch = content.epoch;
        content.leaders.retain(|leader| leader.owner != self.owner);
        content.leaders.push(Leader {
            owner: self.owner.clone(),
            epoch: self.epoch,
            beat_ms: u64::MAX,
        });
        for row in &mut content.rows {
            row.is_read &= row.owner != self.owner;
        }
        content.unread(&self.owner)
    }

    /// The content, unless another one leads it now.
    fn lead_on(&self) -> Result<RefMut<'_, Content>, ApplyError> {
        let content = self.content.borrow_mut();
        let leads = |leader: &Leader| leader.owner == self.owner && leader.epoch == self.epoch;
        if self.epoch == 0 || content.leaders.iter().any(leads) {
            Ok(content)
        } else {
            Err(ApplyError::Deposed)
        }
    }

    pub(super) fn apply(&self, changes: Vec<(Change, JsValue)>) -> Result<(), ApplyError> {
        let mut content = self.lead_on()?;
        for (change, payload) in changes {
            let (is_new, saved) = match change {
                Change::Add(saved) => (true, saved),
                Change::Set(saved) => (false, saved),
                Change::Drop(origin) => {
                    content.rows.retain(|row| row.saved.origin != origin);
                    continue;
                }
            };
            let mut rows = content.rows.iter_mut();
            if let Some(row) = rows.find(|row| row.saved.origin == saved.origin) {
                row.saved = saved;
                if !is_new && !payload.is_undefined() {
                    row.payload = payload;
                }
            } else if is_new {
                content.rows.push(Row {
                    owner: self.owner.clone(),
                    saved,
                    payload,
                    is_read: self.epoch != 0,
                });
            }
        }
        Ok(())
    }

    pub(super) fn read_new(&self) -> Result<Vec<Kept>, ApplyError> {
        Ok(self.lead_on()?.unread(&self.owner))
    }

    pub(super) fn beat(&self, wall_ms: u64) -> Result<(), ApplyError> {
        let mut content = self.lead_on()?;
        let mut leaders = content.leaders.iter_mut();
        if let Some(leader) = leaders.find(|leader| leader.owner == self.owner) {
            leader.beat_ms = wall_ms;
        }
        Ok(())
    }

    pub(super) fn adopt(&self, stale_before_ms: u64) -> Result<Vec<Kept>, ApplyError> {
        let mut content = self.lead_on()?;
        let Content { leaders, rows, .. } = &mut *content;
        leaders.retain(|leader| {
            let stays = leader.owner == self.owner || leader.beat_ms >= stale_before_ms;
            for row in rows
                .iter_mut()
                .filter(|row| !stays && row.owner == leader.owner)
            {
                row.owner.clone_from(&self.owner);
                row.is_read = false;
            }
            stays
        });
        Ok(content.unread(&self.owner))
    }
}

impl Content {
    fn unread(&mut self, owner: &str) -> Vec<Kept> {
        let rows = self.rows.iter_mut();
        rows.filter(|row| row.owner == owner && !row.is_read)
            .map(|row| {
                row.is_read = true;
                (row.saved.clone(), row.payload.clone())
            })
            .collect()
    }
}
