//! A chat that begins with what an earlier visit has shown, and keeps what it
//! shows for the next one: its newest rows, as the gateway wrote them, without
//! what is in files. Where the browser keeps nothing it is a chat like others.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use clawline_core::engine::Status;
use clawline_core::wire::Object as _;
use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;

use super::Chat;
use super::session::{Asked, Line};
use crate::client::Client;
use crate::host::{sleep, spawn_local};
use crate::object::JsObject;

/// So many rows of a session are kept, with so many letters of JSON.
const ROWS: u32 = 100;
const LETTERS: u32 = 300_000;

/// Changes within this are kept together.
const SOON: Duration = Duration::from_millis(500);

#[wasm_bindgen(module = "/src/chat/kept.js")]
extern "C" {
    fn pack(
        session_id: Option<String>,
        info: JsValue,
        rows: &Array,
        most_rows: u32,
        most_letters: u32,
    ) -> JsValue;
}

impl<P: 'static> Chat<P> {
    /// The same as [`Chat::open`], but it begins with the rows that this browser
    /// has kept of the session, until the gateway's are there, and keeps the
    /// newest ones. They go with the device's key ([`Client::forget_device`]).
    pub fn open_kept(
        client: &Client,
        session: Option<String>,
        decode: impl Fn(&JsValue) -> P + 'static,
    ) -> Self {
        let keeper = Keeper {
            client: client.clone(),
            notes: Rc::default(),
        };
        let chat = Self::follow(client, Box::new(keeper), session.clone(), decode);
        let (driver, weak) = (Rc::clone(client.driver()), Rc::downgrade(&chat.session));
        spawn_local(async move {
            let kept = driver.kept_transcript(session).await;
            let Some((session, kept)) = kept else { return };
            // What somebody else has written there is passed over.
            let Ok(payload) = JSON::parse(&kept) else {
                return;
            };
            if let Some(chat) = weak.upgrade() {
                chat.recall(&session, &JsObject(payload));
            }
        });
        chat
    }
}

impl Client {
    /// Forgets what is kept of a session that is no more.
    pub fn forget_transcript(&self, session: &str) {
        self.driver().keep_transcript(session, None);
    }
}

/// Hears what the gateway tells of a session.
struct Keeper {
    client: Client,
    notes: Rc<RefCell<Notes>>,
}

/// The newest rows of a transcript.
#[derive(Default)]
struct Notes {
    session: String,
    id: Option<String>,
    /// The session's row.
    info: JsValue,
    rows: Array,
    /// They are going to be kept.
    is_due: bool,
}

impl Line for Keeper {
    fn status(&self) -> Status {
        self.client.status()
    }

    fn hello(&self) -> Option<JsObject> {
        Line::hello(&self.client)
    }

    fn ask(&self, method: &'static str, params: JsValue) -> Asked {
        self.client.ask(method, params)
    }

    fn has_read(&self, session: &str, page: &JsObject) {
        let rows = page.get("messages").dyn_into::<Array>();
        {
            let mut notes = self.notes.borrow_mut();
            session.clone_into(&mut notes.session);
            notes.id = page.text("sessionId");
            notes.info = page.get("sessionInfo");
            // Rows that come are put behind these.
            notes.rows = rows
                .map(|rows| rows.slice(rows.length().saturating_sub(ROWS), rows.length()))
                .unwrap_or_default();
        }
        self.keep_soon();
    }

    fn has_heard(&self, session: &str, payload: &JsObject) {
        {
            let mut notes = self.notes.borrow_mut();
            // A session has a transcript from its first row on.
            let id = payload.text("sessionId");
            let is_of = id.is_none() || notes.id.is_none() || id == notes.id;
            let row = payload.get("message");
            let Some(seq) = seq_of(&row).filter(|_| is_of && notes.session == session) else {
                // History will tell where it stands.
                return;
            };
            notes.id = id.or(notes.id.take());
            let rows = &notes.rows;
            while rows.length() > 0 && seq_of(&rows.get(rows.length() - 1)) >= Some(seq) {
                rows.pop();
            }
            if rows.push(&row) > ROWS {
                rows.shift();
            }
        }
        self.keep_soon();
    }
}

impl Keeper {
    fn keep_soon(&self) {
        if std::mem::replace(&mut self.notes.borrow_mut().is_due, true) {
            return;
        }
        let (driver, notes) = (Rc::clone(self.client.driver()), Rc::downgrade(&self.notes));
        spawn_local(async move {
            sleep(SOON).await;
            // A chat that nobody follows any more may be of a session that is no more.
            let Some(notes) = notes.upgrade() else { return };
            let mut notes = notes.borrow_mut();
            notes.is_due = false;
            let (id, info) = (notes.id.clone(), notes.info.clone());
            let text = pack(id, info, &notes.rows, ROWS, LETTERS).as_string();
            driver.keep_transcript(&notes.session, text);
        });
    }
}

/// The gateway's number of a row.
fn seq_of(row: &JsValue) -> Option<u64> {
    JsObject(row.clone()).child("__openclaw")?.whole("seq")
}
