//! Payloads of the outbox: they follow their entries.

use clawline_core::{EntryState, Key, Update};
use js_sys::Array;

use super::Driver;
use crate::letter::Payload;
use crate::object::JsObject;

impl Driver {
    pub(super) fn payload(&self, key: &Key) -> Option<Payload> {
        let payload = self.payloads.get(&key.as_str().into());
        payload.is_object().then(|| Payload(JsObject(payload)))
    }

    pub(super) fn keep_payload(&self, key: &Key, payload: &Payload) {
        self.payloads.set(&key.as_str().into(), &payload.0.0);
    }

    pub(super) fn drop_payload(&self, key: &Key) {
        self.payloads.delete(&key.as_str().into());
        self.edited.borrow_mut().remove(key);
    }

    pub(super) fn keep_payloads(&self, update: &Update) {
        match update {
            Update::Renewed { from, to } => {
                self.unstored.rename(from, to);
                let was_edited = self.edited.borrow_mut().remove(from).is_some();
                if was_edited {
                    self.edited.borrow_mut().insert(to.clone(), ());
                }
                if let Some(payload) = self.payload(from) {
                    self.drop_payload(from);
                    self.keep_payload(to, &payload);
                }
            }
            Update::Removed(key) => {
                self.drop_payload(key);
                self.tell_stored(key, true);
            }
            Update::Changed(entry) if entry.state == EntryState::Confirmed => {
                self.drop_payload(&entry.key);
                self.tell_stored(&entry.key, true);
            }
            Update::Changed(_) | Update::Stored { .. } => {}
            Update::Restored => self.drop_stray_payloads(),
        }
    }

    /// The outbox is another one: what it does not know is no use here.
    pub(super) fn drop_stray_payloads(&self) {
        for key in Array::from(&self.payloads.keys()).iter() {
            let Some(key) = key.as_string().map(Key::new) else {
                continue;
            };
            if !self.look(|engine| engine.knows(&key)) {
                self.drop_payload(&key);
            }
        }
    }
}
