//! The files of a message: copied when it is written, for a file may change or
//! vanish before the message leaves, and what cannot be read cannot be kept.

use std::rc::Rc;

use clawline_core::engine::Input;
use clawline_core::wire::Object as _;
use clawline_core::{Engine, Key, reasons};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::Driver;
use crate::error::SendError;
use crate::frames::copy;
use crate::host::spawn_local;
use crate::letter::{Payload, size};
use crate::object::{JsObject, plain};

impl Driver {
    /// Files as they are kept, if the gateway takes them.
    pub(super) fn files(&self, attachments: &JsValue) -> Result<JsValue, SendError> {
        let Some(given) = attachments.dyn_ref::<Array>() else {
            return Ok(JsValue::UNDEFINED);
        };
        let policy = self.look(Engine::policy);
        let files = Array::new();
        for file in given.iter().map(JsObject) {
            let name = file.text("name").unwrap_or_else(|| "file".to_owned());
            let blob = match file.get("blob") {
                blob if blob.is_object() => blob,
                _ => file.0.clone(),
            };
            let mime = JsObject(blob.clone()).text("type").unwrap_or_default();
            let mime = if mime.is_empty() {
                "application/octet-stream".to_owned()
            } else {
                mime
            };
            let limit = if mime.starts_with("image/") {
                policy.max_image
            } else {
                policy.max_attachment
            };
            match size(&blob) {
                // The gateway would leave it out without a word.
                0 => return Err(SendError::FileEmpty { name }),
                bytes if bytes > limit => return Err(SendError::FileTooLarge { name, limit }),
                _ => {}
            }
            files.push(&plain(&[
                ("name", name.into()),
                ("mime", mime.into()),
                ("blob", blob),
            ]));
        }
        Ok(if files.length() > 0 {
            files.into()
        } else {
            JsValue::UNDEFINED
        })
    }

    /// Copies the files of a message that was put into the outbox meanwhile.
    pub(super) fn read_files(self: &Rc<Self>, key: Key, payload: Payload) {
        let driver = Rc::clone(self);
        spawn_local(async move {
            let copied = copy(&payload.0.get("attachments")).await;
            // Its words may have been changed meanwhile.
            let Some(now) = driver.payload(&key) else {
                return;
            };
            let unreadable = JsObject(copied.clone()).text("unreadable");
            let files = JsObject(copied).get("files");
            driver.keep_payload(&key, &now.with_files(&files));
            let result = unreadable.map_or(Ok(()), |name| {
                Err([reasons::FILE_UNREADABLE, ": ", &name].concat())
            });
            driver.input(Input::PayloadRead(key, result));
        });
    }

    /// `[{name, type, size}]` of a message on its way, `undefined` when it has no
    /// files.
    pub(crate) fn entry_files(&self, key: &Key) -> JsValue {
        let told = self.mirror.borrow().files(key);
        told.or_else(|| self.payload(key).map(|payload| payload.files()))
            .unwrap_or(JsValue::UNDEFINED)
    }
}
