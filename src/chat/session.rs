//! The engine room of a chat: follows a session, asks for its history, folds
//! both, whoever holds the connection.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::Waker;
use std::time::Duration;

use clawline_core::Pace;
use clawline_core::chat::{Change, Chat as Fold, Page, Question, fold, read_change, read_page};
use clawline_core::engine::Status;
use clawline_core::wire::{EventKind, Object as _, Value, methods, words};
use wasm_bindgen::JsValue;

use super::changes::Changes;
use crate::error::RequestError;
use crate::host::{now, sleep, spawn_local};
use crate::object::{JsObject, plain};

/// Records that one page of history asks for.
const PAGE: u32 = 100;
/// Pages that are read at once, while they hold nothing to see.
const PAGES: u32 = 10;

/// What a chat is made of: the events that it listens to.
pub(crate) const EVENTS: [&str; 5] = [
    "chat",
    "chat.side_result",
    "session.message",
    "sessions.changed",
    "agent",
];

/// A subscription that failed for the moment is asked for again after this,
/// then after twice as long, up to the second.
const RETRY: Duration = Duration::from_secs(1);
const RAREST_RETRY: Duration = Duration::from_secs(30);

/// Makes a payload of a message object: a transcript row, what a run says, or
/// `inFlightRun` (which has `text`).
type Decode<P> = Box<dyn Fn(&JsValue) -> P>;

/// An answer on its way.
pub(crate) type Asked = Pin<Box<dyn Future<Output = Result<JsValue, RequestError>>>>;

/// The connection of a chat.
pub(crate) trait Line {
    fn status(&self) -> Status;
    /// The payload of the last hello.
    fn hello(&self) -> Option<JsObject>;
    fn ask(&self, method: &'static str, params: JsValue) -> Asked;
    /// The newest page of a session's history is here.
    fn has_read(&self, _session: &str, _page: &JsObject) {}
    /// An event, `payload`, has brought a row of the session.
    fn has_heard(&self, _session: &str, _payload: &JsObject) {}
}

/// The canonical key of the gateway's main session, as a hello tells it.
pub(crate) fn main_session(hello: &JsObject) -> Option<String> {
    let defaults = hello.child("snapshot")?.child("sessionDefaults")?;
    defaults.text("mainSessionKey")
}

/// A session that is followed until this is dropped.
pub(crate) struct Session<P: 'static> {
    line: Box<dyn Line>,
    /// `None` until a hello names the main session.
    key: RefCell<Option<String>>,
    follows_main: bool,
    /// The session of which rows are shown that an earlier visit kept.
    recalled: RefCell<Option<String>>,
    /// The gateway's process of the last connection.
    boot_id: RefCell<Option<String>>,
    fold: RefCell<Fold<P>>,
    decode: Decode<P>,
    error: RefCell<Option<RequestError>>,
    /// What the gateway, or an earlier visit, says of the session.
    info: RefCell<Option<JsObject>>,
    /// A page of history came since the session was chosen.
    loaded: Cell<bool>,
    /// A page of history is on its way; another one was asked for meanwhile.
    loading: Cell<bool>,
    again: Cell<bool>,
    /// How fast history is asked for, whoever asks.
    pace: RefCell<Pace>,
    version: Cell<u64>,
    wakers: RefCell<Vec<Waker>>,
}

impl<P: 'static> Session<P> {
    /// Follows the gateway's main session when `key` is `None`.
    pub(crate) fn open(
        line: Box<dyn Line>,
        key: Option<String>,
        decode: impl Fn(&JsValue) -> P + 'static,
    ) -> Rc<Self> {
        let session = Rc::new(Self {
            line,
            follows_main: key.is_none(),
            recalled: RefCell::default(),
            key: RefCell::new(key),
            boot_id: RefCell::default(),
            fold: RefCell::new(Fold::new()),
            decode: Box::new(decode),
            error: RefCell::default(),
            info: RefCell::default(),
            loaded: Cell::new(false),
            loading: Cell::new(false),
            again: Cell::new(false),
            pace: RefCell::default(),
            version: Cell::new(0),
            wakers: RefCell::default(),
        });
        if session.line.status() == Status::Ready {
            session.resume();
        }
        session
    }

    pub(crate) fn key(&self) -> Option<String> {
        self.key.borrow().clone()
    }

    pub(crate) fn read<R>(&self, look: impl FnOnce(&Fold<P>) -> R) -> R {
        look(&self.fold.borrow())
    }

    pub(crate) fn is_loaded(&self) -> bool {
        self.loaded.get()
    }

    pub(crate) fn error(&self) -> Option<RequestError> {
        self.error.borrow().clone()
    }

    pub(crate) fn changes(self: &Rc<Self>) -> Changes<P> {
        Changes::of(self)
    }

    /// Stops the runs under way.
    pub(crate) async fn stop(&self) -> Result<(), RequestError> {
        let Some(key) = self.key() else {
            return Ok(());
        };
        let params = plain(&[("sessionKey", key.into())]);
        self.line.ask(methods::CHAT_ABORT, params).await.map(drop)
    }

    /// Loads older rows, until there is something to see. False when there are
    /// none.
    pub(crate) async fn load_older(&self) -> Result<bool, RequestError> {
        let shown = self.shown();
        let mut is_any = false;
        for _ in 0..PAGES {
            let Some(offset) = self.fold.borrow().older() else {
                break;
            };
            self.wait().await;
            let question = self.question(offset);
            let session = self.key();
            let payload = self.history(offset).await?;
            // Meanwhile the chat may have moved to another gateway's session.
            let Some(payload) = payload.filter(|_| self.key() == session) else {
                break;
            };
            let page = self.page(&payload, &question);
            fold(&mut self.fold.borrow_mut(), Change::Older(page));
            self.changed();
            is_any = true;
            if self.shown() > shown {
                self.pace.borrow_mut().rest();
                break;
            }
        }
        Ok(is_any)
    }

    fn shown(&self) -> usize {
        self.fold.borrow().items().count()
    }

    /// Waits until history may be asked for.
    async fn wait(&self) {
        let wait = self.pace.borrow_mut().next(now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }

    /// One of [`EVENTS`], of any session.
    pub(crate) fn take_frame(self: &Rc<Self>, kind: EventKind, payload: JsValue) {
        let mut decode = |message: &JsObject| (self.decode)(&message.0);
        let payload = JsObject(payload);
        let Some((session, change)) = read_change(kind, &payload, &mut decode) else {
            return;
        };
        if session.is_some() && *self.key.borrow() != session {
            return;
        }
        if let (Change::Row { .. }, Some(session)) = (&change, &session) {
            self.line.has_heard(session, &payload);
        }
        fold(&mut self.fold.borrow_mut(), change);
        self.changed();
        if self.fold.borrow_mut().take_stale() {
            self.refresh();
        }
    }

    /// After every hello: subscribe first, so that nothing falls between.
    pub(crate) fn resume(self: &Rc<Self>) {
        let Some(hello) = self.line.hello() else {
            return;
        };
        if self.follows_main {
            let main = main_session(&hello);
            if *self.key.borrow() != main {
                // Another gateway: nothing of the old one belongs here.
                let is_recalled = self.key.borrow().is_none() && *self.recalled.borrow() == main;
                if !is_recalled {
                    self.fold.replace(Fold::new());
                }
                self.loaded.set(false);
                self.key.replace(main);
                self.changed();
            }
        }
        let boot_id = hello
            .child("server")
            .and_then(|server| server.text("bootId"));
        if self.boot_id.replace(boot_id.clone()) != boot_id {
            fold(&mut self.fold.borrow_mut(), Change::Restarted);
        }
        self.pace.borrow_mut().rest();
        let Some(session) = self.key.borrow().clone() else {
            return;
        };
        let weak = Rc::downgrade(self);
        spawn_local(Self::follow(weak, session));
    }

    /// Subscribes. Without it nothing of the session comes in, so what may
    /// succeed later is tried again; a gateway that does not know the method
    /// sends everything anyway.
    async fn follow(chat: Weak<Self>, session: String) {
        let params = plain(&[("key", session.as_str().into())]);
        let mut wait = RETRY;
        loop {
            let Some(asked) = chat.upgrade().map(|chat| {
                // A lost connection brings us here again by itself.
                let is_ready = chat.line.status() == Status::Ready;
                is_ready.then(|| {
                    chat.line
                        .ask(methods::SESSIONS_MESSAGES_SUBSCRIBE, params.clone())
                })
            }) else {
                return;
            };
            let Some(asked) = asked else { return };
            match asked.await {
                Err(error) if is_for_now(&error) => sleep(wait).await,
                answer => {
                    let Some(chat) = chat.upgrade() else { return };
                    if let Ok(answer) = answer {
                        chat.is_called(&session, JsObject(answer).text("key"));
                    }
                    chat.refresh();
                    // A reset or a deletion is told to those alone who follow
                    // the list. Without it the next row tells.
                    let list = chat.line.ask(methods::SESSIONS_SUBSCRIBE, plain(&[]));
                    drop(chat);
                    let _ = list.await;
                    return;
                }
            }
            wait = (wait * 2).min(RAREST_RETRY);
        }
    }

    /// Events have the session's canonical name, an app may have an alias.
    fn is_called(&self, asked: &str, name: Option<String>) {
        let Some(name) = name.filter(|name| name != asked) else {
            return;
        };
        if self.key.borrow().as_deref() == Some(asked) {
            self.key.replace(Some(name));
            self.changed();
        }
    }

    /// Shows what an earlier visit kept of this session, while nothing is known of
    /// it.
    pub(super) fn recall(&self, session: &str, kept: &JsObject) {
        let is_it = self
            .key
            .borrow()
            .as_deref()
            .is_none_or(|key| key == session);
        if !is_it || self.fold.borrow().version() > 0 {
            return;
        }
        self.recalled.replace(Some(session.to_owned()));
        self.info.replace(kept.child("sessionInfo"));
        let page = self.page(kept, &self.question(0));
        fold(&mut self.fold.borrow_mut(), Change::Kept(page));
        self.changed();
    }

    /// Asks for the newest page, once at a time: something was missed.
    pub(crate) fn refresh(self: &Rc<Self>) {
        self.again.set(true);
        if self.loading.replace(true) {
            return;
        }
        let weak = Rc::downgrade(self);
        spawn_local(async move {
            while let Some(chat) = weak.upgrade() {
                if !chat.again.get() {
                    chat.loading.set(false);
                    break;
                }
                let wait = chat.pace.borrow_mut().next(now());
                if !wait.is_zero() {
                    // The chat may be dropped meanwhile.
                    drop(chat);
                    sleep(wait).await;
                }
                if let Some(chat) = weak.upgrade() {
                    chat.load_newest().await;
                }
            }
        });
    }

    /// Loads the newest page, and older ones while there is nothing to see.
    async fn load_newest(&self) {
        self.again.set(false);
        let session = self.key();
        let question = self.question(0);
        let loaded = match self.history(0).await {
            // Meanwhile the chat may have moved to another gateway's session.
            Ok(payload) => {
                let Some(payload) = payload.filter(|_| self.key() == session) else {
                    return;
                };
                if let Some(session) = &session {
                    self.line.has_read(session, &payload);
                }
                self.info.replace(payload.child("sessionInfo"));
                let newest = Change::Newest(self.page(&payload, &question));
                fold(&mut self.fold.borrow_mut(), newest);
                if self.shown() == 0 {
                    self.load_older().await.map(drop)
                } else {
                    Ok(())
                }
            }
            Err(error) => Err(error),
        };
        if let Err(RequestError::Refused(error)) = &loaded
            && !error.is_for_now()
        {
            // What was kept of it is not for us any more.
            let nothing = JsObject(plain(&[]));
            if let Some(session) = &session {
                self.line.has_read(session, &nothing);
            }
            let nothing = Change::Kept(self.page(&nothing, &question));
            fold(&mut self.fold.borrow_mut(), nothing);
        }
        let is_stale = self.fold.borrow_mut().take_stale();
        let is_ready = self.line.status() == Status::Ready;
        let is_failed = loaded.as_ref().is_err_and(is_for_now) && is_ready;
        if is_stale || is_failed {
            self.again.set(true);
        }
        if is_failed {
            self.pace.borrow_mut().failed();
        }
        if loaded.is_ok() {
            self.loaded.set(true);
        }
        self.error.replace(loaded.err());
        self.changed();
    }

    async fn history(&self, offset: u64) -> Result<Option<JsObject>, RequestError> {
        let Some(session) = self.key() else {
            return Ok(None);
        };
        let mut members = vec![("sessionKey", session.into()), ("limit", PAGE.into())];
        if offset > 0 {
            members.push(("offset", (offset as f64).into()));
        }
        let params = plain(&members);
        let payload = JsObject(self.line.ask(methods::CHAT_HISTORY, params).await?);
        // Nothing that can be read is not the same as a new conversation.
        match payload.value("messages") {
            Value::List(_) => Ok(Some(payload)),
            _ => Err(RequestError::Unreadable),
        }
    }

    fn question(&self, offset: u64) -> Question {
        Question {
            asked: self.fold.borrow().version(),
            offset,
            limit: PAGE.into(),
        }
    }

    fn page(&self, payload: &JsObject, question: &Question) -> Page<P> {
        let mut row = |message: &JsObject| (self.decode)(&message.0);
        let mut live = |run: &JsObject| words(run.value("text")).map(|_| (self.decode)(&run.0));
        read_page(payload, question, &mut row, &mut live)
    }

    pub(super) fn info(&self) -> Option<JsObject> {
        self.info.borrow().clone()
    }

    pub(super) fn version(&self) -> u64 {
        self.version.get()
    }

    /// Wakes this at the next change.
    pub(super) fn wake(&self, waker: &Waker) {
        let mut wakers = self.wakers.borrow_mut();
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
        for waker in self.wakers.take() {
            waker.wake();
        }
    }
}

impl<P> Drop for Session<P> {
    fn drop(&mut self) {
        // Who waits for changes learns that there are none any more.
        for waker in self.wakers.take() {
            waker.wake();
        }
    }
}

/// The same request may succeed later, on this very connection.
fn is_for_now(error: &RequestError) -> bool {
    match error {
        RequestError::Refused(error) => error.is_for_now(),
        RequestError::Unanswered(clawline_core::RequestError::Timeout(_)) => true,
        _ => false,
    }
}
