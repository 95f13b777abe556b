//! One session's chat: history and events, folded and kept fresh.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use clawline_core::Key;
use clawline_core::chat::{Change, Chat as Fold, fold, read_change, read_page};
use clawline_core::engine::Status;
use clawline_core::wire::{EventKind, Object as _};
use futures_core::Stream;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::client::{Client, RequestOptions, SendOptions};
use crate::error::{RequestError, SendError};
use crate::host::sleep;
use crate::hub::Event;
use crate::object::{JsObject, plain};

/// Rows that one page of history asks for.
const PAGE: u32 = 100;

/// A history or a subscription that failed for the moment is asked for again
/// after this, then after twice as long, up to the second.
const RETRY: Duration = Duration::from_secs(1);
const RAREST_RETRY: Duration = Duration::from_secs(30);

/// Makes a payload of a message object: a transcript row, what a run says, or
/// `inFlightRun` (which has `text`).
type Decode<P> = Box<dyn Fn(&JsValue) -> P>;

/// A chat. It follows its session until the last clone is dropped.
pub struct Chat<P: 'static>(Rc<Inner<P>>);

impl<P> Clone for Chat<P> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

struct Inner<P> {
    client: Client,
    /// `None` until a hello names the main session.
    session: RefCell<Option<String>>,
    follows_main: bool,
    /// The gateway's process of the last connection.
    boot_id: RefCell<Option<String>>,
    fold: RefCell<Fold<P>>,
    decode: Decode<P>,
    error: RefCell<Option<RequestError>>,
    /// A page of history came since the session was chosen.
    loaded: Cell<bool>,
    /// A page of history is on its way; another one was asked for meanwhile.
    loading: Cell<bool>,
    again: Cell<bool>,
    version: Cell<u64>,
    wakers: RefCell<Vec<Waker>>,
}

impl<P: 'static> Chat<P> {
    /// Follows a session, the gateway's main one when `session` is `None`.
    pub fn open(
        client: &Client,
        session: Option<String>,
        decode: impl Fn(&JsValue) -> P + 'static,
    ) -> Self {
        let inner = Rc::new(Inner {
            client: client.clone(),
            follows_main: session.is_none(),
            session: RefCell::new(session),
            boot_id: RefCell::default(),
            fold: RefCell::new(Fold::new()),
            decode: Box::new(decode),
            error: RefCell::default(),
            loaded: Cell::new(false),
            loading: Cell::new(false),
            again: Cell::new(false),
            version: Cell::new(0),
            wakers: RefCell::default(),
        });
        let mut events = client.subscribe(&["chat", "session.message"]);
        if client.status() == Status::Ready {
            Inner::resume(&inner);
        }
        let weak = Rc::downgrade(&inner);
        spawn_local(async move {
            while let Some(event) = next(&mut events).await {
                let Some(inner) = weak.upgrade() else { break };
                inner.take(event);
            }
        });
        Self(inner)
    }

    /// The session's canonical key, once it is known.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        self.0.session.borrow().clone()
    }

    /// Looks at the chat as it stands.
    pub fn read<R>(&self, look: impl FnOnce(&Fold<P>) -> R) -> R {
        look(&self.0.fold.borrow())
    }

    /// The history has been read: an empty chat is a new one.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.0.loaded.get()
    }

    /// Why the history could not be read, when it could not.
    #[must_use]
    pub fn error(&self) -> Option<RequestError> {
        self.0.error.borrow().clone()
    }

    /// Yields after changes; several at once are one.
    #[must_use]
    pub fn changes(&self) -> Changes<P> {
        Changes {
            chat: Rc::downgrade(&self.0),
            seen: 0,
        }
    }

    /// Puts a message into the outbox.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub fn send(&self, text: &str) -> Result<Key, SendError> {
        self.send_with(text, &SendOptions::default())
    }

    /// The same, with files or a time to live.
    ///
    /// # Errors
    /// As [`Client::send_with`].
    pub fn send_with(&self, text: &str, options: &SendOptions) -> Result<Key, SendError> {
        let session = self.session();
        self.0.client.send_with(session.as_deref(), text, options)
    }

    /// Stops the runs under way.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn stop(&self) -> Result<(), RequestError> {
        let Some(session) = self.session() else {
            return Ok(());
        };
        let params = plain(&[("sessionKey", session.into())]);
        self.0
            .client
            .request("chat.abort", &params, RequestOptions::default())
            .await
            .map(drop)
    }

    /// Loads the next older page. False when there is none.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn load_older(&self) -> Result<bool, RequestError> {
        let Some(offset) = self.0.fold.borrow().older() else {
            return Ok(false);
        };
        let Some(payload) = self.0.history(Some(offset)).await? else {
            return Ok(false);
        };
        let page = self.0.page(&payload, 0);
        fold(&mut self.0.fold.borrow_mut(), Change::Older(page));
        self.0.changed();
        Ok(true)
    }
}

impl<P: 'static> Inner<P> {
    fn take(self: &Rc<Self>, event: Event) {
        match event {
            Event::Status(Status::Ready) => self.resume(),
            Event::Gap | Event::Lagged(_) => self.refresh(),
            Event::Gateway { kind, payload } => self.take_frame(kind, payload),
            _ => {}
        }
    }

    fn take_frame(self: &Rc<Self>, kind: EventKind, payload: JsValue) {
        let mut decode = |message: &JsObject| (self.decode)(&message.0);
        let Some((session, change)) = read_change(kind, &JsObject(payload), &mut decode) else {
            return;
        };
        if self.session.borrow().as_deref() != Some(&session) {
            return;
        }
        let stale = {
            let mut chat = self.fold.borrow_mut();
            fold(&mut chat, change);
            chat.take_stale()
        };
        self.changed();
        if stale {
            self.refresh();
        }
    }

    /// After every hello: subscribe first, so that nothing falls between.
    fn resume(self: &Rc<Self>) {
        if self.follows_main {
            let main = self.client.main_session();
            if *self.session.borrow() != main {
                // Another gateway: nothing of the old one belongs here.
                self.fold.replace(Fold::new());
                self.loaded.set(false);
                self.session.replace(main);
                self.changed();
            }
        }
        let boot_id = self.client.boot_id();
        if self.boot_id.replace(boot_id.clone()) != boot_id {
            fold(&mut self.fold.borrow_mut(), Change::Restarted);
        }
        let Some(session) = self.session.borrow().clone() else {
            return;
        };
        let inner = Rc::clone(self);
        spawn_local(async move {
            inner.follow(session).await;
            inner.refresh();
        });
    }

    /// Subscribes. Without it nothing of the session comes in, so what may
    /// succeed later is tried again; a gateway that does not know the method
    /// sends everything anyway.
    async fn follow(&self, session: String) {
        let params = plain(&[("key", session.into())]);
        let mut wait = RETRY;
        loop {
            let options = RequestOptions::default();
            let asked = self
                .client
                .request("sessions.messages.subscribe", &params, options);
            match asked.await {
                Err(error) if is_for_now(&error) => sleep(wait).await,
                _ => return,
            }
            wait = (wait * 2).min(RAREST_RETRY);
            // A lost connection brings us here again by itself.
            if self.client.status() != Status::Ready {
                return;
            }
        }
    }

    /// Asks for the newest page, once at a time.
    fn refresh(self: &Rc<Self>) {
        if self.loading.replace(true) {
            self.again.set(true);
            return;
        }
        let inner = Rc::clone(self);
        spawn_local(async move {
            let mut wait = RETRY;
            loop {
                inner.again.set(false);
                let retry = inner.load_newest().await;
                inner.changed();
                if retry && inner.client.status() == Status::Ready {
                    sleep(wait).await;
                    wait = (wait * 2).min(RAREST_RETRY);
                } else if !inner.again.get() {
                    break;
                }
            }
            inner.loading.set(false);
        });
    }

    /// Loads the newest page; answers whether to try again.
    async fn load_newest(&self) -> bool {
        let asked = self.fold.borrow().version();
        let session = self.session.borrow().clone();
        match self.history(None).await {
            // Meanwhile the chat may have moved to another gateway's session.
            Ok(Some(payload)) if *self.session.borrow() == session => {
                let newest = Change::Newest(self.page(&payload, asked));
                fold(&mut self.fold.borrow_mut(), newest);
                self.loaded.set(true);
                self.error.replace(None);
                false
            }
            Ok(_) => false,
            Err(error) => {
                let retry = is_for_now(&error);
                self.error.replace(Some(error));
                retry
            }
        }
    }

    async fn history(&self, offset: Option<u64>) -> Result<Option<JsObject>, RequestError> {
        let Some(session) = self.session.borrow().clone() else {
            return Ok(None);
        };
        let mut members = vec![("sessionKey", session.into()), ("limit", PAGE.into())];
        if let Some(offset) = offset {
            members.push(("offset", (offset as f64).into()));
        }
        let params = plain(&members);
        let options = RequestOptions::default();
        let payload = self
            .client
            .request("chat.history", &params, options)
            .await?;
        Ok(Some(JsObject(payload)))
    }

    fn page(&self, payload: &JsObject, asked: u64) -> clawline_core::chat::Page<P> {
        let mut row = |message: &JsObject| (self.decode)(&message.0);
        let mut live = |run: &JsObject| run.text("text").map(|_| (self.decode)(&run.0));
        read_page(payload, asked, &mut row, &mut live)
    }

    fn changed(&self) {
        self.version.set(self.version.get() + 1);
        for waker in self.wakers.take() {
            waker.wake();
        }
    }
}

/// Yields after changes of a chat; ends with it.
pub struct Changes<P: 'static> {
    chat: Weak<Inner<P>>,
    seen: u64,
}

impl<P> Stream for Changes<P> {
    type Item = ();

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<()>> {
        let Some(chat) = self.chat.upgrade() else {
            return Poll::Ready(None);
        };
        let version = chat.version.get();
        if version != self.seen {
            self.seen = version;
            return Poll::Ready(Some(()));
        }
        let mut wakers = chat.wakers.borrow_mut();
        if !wakers.iter().any(|waker| waker.will_wake(context.waker())) {
            wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

/// The next item of a stream.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}

/// The same request may succeed later, on this very connection.
fn is_for_now(error: &RequestError) -> bool {
    match error {
        RequestError::Refused(error) => error.is_for_now(),
        RequestError::Unanswered(clawline_core::RequestError::Timeout(_)) => true,
        _ => false,
    }
}
