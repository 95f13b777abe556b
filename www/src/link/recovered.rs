//! Messages over the end of a page: what this one leaves behind, and what an
//! earlier visit has left.

use std::sync::Arc;

use clawline::core::Key;
use webchat_model::content::Message;
use webchat_model::leftovers::{Leftover, Standing};
use webchat_model::transcript::{HistoryRow, OutboxEntry};

use super::show::state_of;
use super::{Inner, Link};

impl Link {
    /// What the gateway has not acknowledged: lost with the page unless it is
    /// kept.
    pub(crate) fn unsent(&self) -> Vec<Leftover> {
        let inner = &self.0;
        let mut left = inner.recovered.borrow().clone();
        left.extend(inner.client.entries().into_iter().filter_map(|entry| {
            let standing = Standing::of(state_of(&entry), entry.attempts > 0)?;
            let written = inner.written.borrow();
            Some(Leftover {
                text: inner.client.entry_text(&entry.key)?,
                written: written.get(&entry.key).and_then(|one| one.timestamp),
                key: entry.key.as_str().to_owned(),
                standing,
                reason: entry.reason,
            })
        }));
        left
    }

    /// Takes up what an earlier visit has left. What never left goes out; the
    /// rest is shown, and a person or the history decides.
    pub(crate) fn take_over(&self, left: Vec<Leftover>) {
        let inner = &self.0;
        for mut one in left {
            if one.standing == Standing::Waiting {
                match inner.enqueue(&one.text, one.written) {
                    Ok(()) => continue,
                    Err(reason) => {
                        one.standing = Standing::Parked;
                        one.reason = Some(reason);
                    }
                }
            }
            inner.recovered.borrow_mut().push(one);
        }
        inner.show();
    }

    /// Another tab has taken these messages up: they are not sent from here.
    /// What is under way is found in the history by both.
    pub(crate) fn let_go(&self, keys: &[String]) {
        let inner = &self.0;
        inner
            .recovered
            .borrow_mut()
            .retain(|one| !keys.contains(&one.key));
        for key in keys {
            inner.client.cancel(&Key::new(key.as_str()));
        }
        inner.show();
    }
}

impl Inner {
    pub(super) fn recovered_text(&self, key: &str) -> Option<String> {
        let recovered = self.recovered.borrow();
        let found = recovered.iter().find(|one| one.key == key)?;
        Some(found.text.clone())
    }

    pub(super) fn drop_recovered(self: &std::rc::Rc<Self>, key: &str) {
        self.recovered.borrow_mut().retain(|one| one.key != key);
        self.page.keep_soon();
        self.show();
    }

    /// What stands in the history has arrived after all.
    pub(super) fn find_recovered(&self, history: &[HistoryRow]) {
        let mut recovered = self.recovered.borrow_mut();
        let before = recovered.len();
        let is_there =
            |one: &Leftover| history.iter().any(|row| row.key.as_ref() == Some(&one.key));
        recovered.retain(|one| !is_there(one));
        if recovered.len() != before {
            self.page.keep_soon();
        }
    }

    pub(super) fn recovered_entries(&self) -> Vec<OutboxEntry> {
        let mut written = self.written.borrow_mut();
        let recovered = self.recovered.borrow();
        let entries = recovered.iter().map(|one| OutboxEntry {
            key: one.key.clone(),
            message: Arc::clone(
                written
                    .entry(Key::new(one.key.as_str()))
                    .or_insert_with(|| Arc::new(message(&one.text, one.written))),
            ),
            state: one.standing.state(),
            reason: one.reason.clone(),
        });
        entries.collect()
    }
}

pub(super) fn message(text: &str, written: Option<f64>) -> Message {
    let mut message = Message::from_text(text);
    message.timestamp = written;
    message
}
