//! What became of messages lately. A tab that slept, or was forgotten, missed
//! it; that a message is gone tells it nothing.

use std::rc::Rc;

use clawline_core::{EntryState, Key, Update};
use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Driver;
use crate::hub::Event;
use crate::object::{JsObject, plain, word};

/// How many are remembered.
const MOST: usize = 500;

pub(super) struct Ended {
    key: Key,
    replaces: Option<Key>,
    is_confirmed: bool,
}

impl Driver {
    pub(super) fn note_end(&self, update: &Update) {
        let ended = match update {
            Update::Changed(entry) if entry.state == EntryState::Confirmed => Ended {
                key: entry.key.clone(),
                replaces: entry.replaces.clone(),
                is_confirmed: true,
            },
            Update::Removed(key) => Ended {
                key: key.clone(),
                replaces: None,
                is_confirmed: false,
            },
            _ => return,
        };
        let mut all = self.ended.borrow_mut();
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back(ended);
    }

    /// `[{key, replaces?, state}]`
    pub(super) fn all_ended(&self) -> JsValue {
        let all = self.ended.borrow();
        let told = all.iter().map(|ended| {
            let replaces = ended.replaces.as_ref().map(|key| key.as_str().to_owned());
            let state = if ended.is_confirmed {
                "confirmed"
            } else {
                "removed"
            };
            plain(&[
                ("key", ended.key.as_str().into()),
                ("replaces", replaces.into()),
                ("state", word(state)),
            ])
        });
        told.collect::<Array>().into()
    }

    /// The tab that leads tells it.
    pub(super) fn take_ended(self: &Rc<Self>, state: &JsObject) {
        let ended = state.get("ended");
        if ended.is_object() {
            self.announce(&Event::Ended(ended));
        }
    }
}
