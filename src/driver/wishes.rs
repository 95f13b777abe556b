//! What a person wants of entries that another tab has: taken back, changed,
//! sent again. A wish may be earlier at the tab that leads than its entry.

use std::rc::Rc;
use std::time::Duration;

use clawline_core::wire::Object as _;
use clawline_core::{EntryState, Instant, Key, Saved, Update};

use super::Driver;
use crate::host::now;
use crate::letter::Payload;
use crate::object::JsObject;

/// What a person wants of an entry that the tab that leads has. It is said again
/// to the next one that leads, until what it wants is seen.
#[derive(Clone)]
pub(super) struct Wish {
    key: Key,
    /// `None` takes the entry back.
    new_key: Option<Key>,
    /// Follows it no longer, also when it is under way.
    dismisses: bool,
    /// With other words; else as it is.
    text: Option<String>,
    since: Instant,
}

/// What nobody knows of after this is done, or never was.
const FORGOTTEN: Duration = Duration::from_secs(60);

impl Wish {
    pub(super) fn removal(key: Key) -> Self {
        Self {
            key,
            new_key: None,
            dismisses: false,
            text: None,
            since: now(),
        }
    }

    pub(super) fn dismissal(key: Key) -> Self {
        Self {
            dismisses: true,
            ..Self::removal(key)
        }
    }

    pub(super) fn renewal(key: Key, new_key: Key, text: Option<String>) -> Self {
        Self {
            key,
            new_key: Some(new_key),
            dismisses: false,
            text,
            since: now(),
        }
    }

    fn read(message: &JsObject) -> Option<Self> {
        Some(Self {
            key: Key::new(message.text("key")?),
            new_key: message.text("newKey").map(Key::new),
            dismisses: message.flag("dismisses") == Some(true),
            text: message.text("text"),
            since: now(),
        })
    }

    /// An entry that never left is taken in as the person wants it: it could
    /// else leave at once as it was.
    fn change(&self, saved: &mut Saved, payload: Payload) -> (Payload, bool) {
        if saved.state != EntryState::Queued || saved.mark.is_some() {
            return (payload, false);
        }
        if self.new_key.is_none() {
            saved.state = EntryState::Parked;
        }
        let edited = self.text.as_ref().and_then(|text| payload.with_text(text));
        let is_edited = edited.is_some();
        (edited.unwrap_or(payload), is_edited)
    }

    /// What is told of its entry fulfils it, or makes it impossible.
    fn is_over(&self, update: &Update, text: Option<&str>) -> bool {
        match update {
            Update::Changed(entry) if entry.key == self.key => {
                let waits = matches!(
                    entry.state,
                    EntryState::Queued | EntryState::Parked | EntryState::Unconfirmed
                );
                !waits && !self.dismisses || (self.text.is_some() && self.text.as_deref() == text)
            }
            Update::Removed(key) | Update::Renewed { from: key, .. } => *key == self.key,
            _ => false,
        }
    }
}

impl Driver {
    pub(super) fn wish(&self, wish: Wish) {
        self.say_wish(&wish);
        self.wishes.borrow_mut().push(wish);
    }

    fn say_wish(&self, wish: &Wish) {
        let new_key = wish.new_key.as_ref().map(Key::to_string);
        self.tell_leader(
            "wish",
            &[
                ("key", wish.key.as_str().into()),
                ("newKey", new_key.into()),
                ("dismisses", wish.dismisses.into()),
                ("text", wish.text.clone().into()),
            ],
        );
    }

    /// Another tab leads: it may not have heard them.
    pub(super) fn repeat_wishes(&self) {
        let wishes = self.wishes.borrow().clone();
        for wish in wishes {
            if self.mirrored(&wish.key).is_some() {
                self.say_wish(&wish);
            } else {
                self.wishes.borrow_mut().retain(|one| one.key != wish.key);
            }
        }
    }

    pub(super) fn forget_wishes(&self, update: &Update, text: Option<&str>) {
        let mut wishes = self.wishes.borrow_mut();
        wishes.retain(|wish| !wish.is_over(update, text));
    }

    /// Changes an entry of the store as it is wished for, before it is taken in.
    pub(super) fn as_wished(&self, saved: &mut Saved, mut payload: Payload) -> Payload {
        for wish in self.wishes.borrow().iter() {
            if wish.key == saved.key {
                let (changed, is_edited) = wish.change(saved, payload);
                payload = changed;
                if is_edited {
                    self.edited.borrow_mut().insert(saved.key.clone(), ());
                }
            }
        }
        payload
    }

    pub(super) fn take_wish(self: &Rc<Self>, message: &JsObject) {
        let Some(wish) = Wish::read(message) else {
            return;
        };
        self.wishes.borrow_mut().push(wish);
        self.grant_wishes();
    }

    /// Does what is wished for, of entries that this tab has read. Others may
    /// still be on their way from the store.
    pub(super) fn grant_wishes(self: &Rc<Self>) {
        if !self.has_read() {
            return;
        }
        let (known, later): (Vec<Wish>, Vec<Wish>) = self
            .wishes
            .take()
            .into_iter()
            .partition(|wish| self.look(|engine| engine.knows(&wish.key)));
        let limit = now();
        let waits = later
            .into_iter()
            .filter(|wish| limit.since(wish.since) < FORGOTTEN);
        self.wishes.borrow_mut().extend(waits);
        for wish in known {
            let Wish {
                key,
                new_key,
                dismisses,
                text,
                ..
            } = wish;
            match (new_key, text) {
                (None, _) if dismisses => drop(self.dismiss(&key)),
                (None, _) => drop(self.remove(&key)),
                (Some(new_key), None) => drop(self.resend_as(&key, new_key)),
                (Some(new_key), Some(text)) => drop(self.edit_as(&key, new_key, &text)),
            }
        }
    }
}
