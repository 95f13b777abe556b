//! One session's chat: history and events, folded and kept fresh.

mod changes;
mod kept;
pub(crate) mod session;

use std::pin::Pin;
use std::rc::Rc;

use clawline_core::Key;
use clawline_core::chat::Chat as Fold;
use clawline_core::engine::Status;
use futures_core::Stream;
use wasm_bindgen::JsValue;

pub use changes::Changes;
pub(crate) use session::main_session;
use session::{Asked, EVENTS, Line, Session};

use crate::client::{Client, RequestOptions, SendOptions};
use crate::error::{RequestError, SendError};
use crate::host::spawn_local;
use crate::hub::Event;
use crate::object::JsObject;

/// A chat. It follows its session until the last clone is dropped.
pub struct Chat<P: 'static> {
    client: Client,
    session: Rc<Session<P>>,
}

impl<P> Clone for Chat<P> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            session: Rc::clone(&self.session),
        }
    }
}

impl Line for Client {
    fn status(&self) -> Status {
        Self::status(self)
    }

    fn hello(&self) -> Option<JsObject> {
        Self::hello(self).map(JsObject)
    }

    fn ask(&self, method: &'static str, params: JsValue) -> Asked {
        let client = self.clone();
        Box::pin(async move {
            let options = RequestOptions::default();
            client.request(method, &params, options).await
        })
    }
}

impl<P: 'static> Chat<P> {
    /// Follows a session, the gateway's main one when `session` is `None`.
    pub fn open(
        client: &Client,
        session: Option<String>,
        decode: impl Fn(&JsValue) -> P + 'static,
    ) -> Self {
        Self::follow(client, Box::new(client.clone()), session, decode)
    }

    fn follow(
        client: &Client,
        line: Box<dyn Line>,
        session: Option<String>,
        decode: impl Fn(&JsValue) -> P + 'static,
    ) -> Self {
        let mut events = client.subscribe(&EVENTS);
        let session = Session::open(line, session, decode);
        let weak = Rc::downgrade(&session);
        spawn_local(async move {
            while let Some(event) = next(&mut events).await {
                let Some(session) = weak.upgrade() else { break };
                match event {
                    Event::Status(Status::Ready) => session.resume(),
                    Event::Gap | Event::Lagged(_) => session.refresh(),
                    Event::Gateway { kind, payload } => session.take_frame(kind, payload),
                    _ => {}
                }
            }
        });
        Self {
            client: client.clone(),
            session,
        }
    }

    /// The session's canonical key, once it is known.
    #[must_use]
    pub fn session(&self) -> Option<String> {
        self.session.key()
    }

    /// The session's row, as its history had it last; with what this browser keeps
    /// of a transcript, whom it leads to.
    #[must_use]
    pub fn info(&self) -> Option<JsObject> {
        self.session.info()
    }

    /// Looks at the chat as it stands.
    pub fn read<R>(&self, look: impl FnOnce(&Fold<P>) -> R) -> R {
        self.session.read(look)
    }

    /// The history has been read: an empty chat is a new one.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.session.is_loaded()
    }

    /// Why the history could not be read, when it could not.
    #[must_use]
    pub fn error(&self) -> Option<RequestError> {
        self.session.error()
    }

    /// Yields after changes; several at once are one.
    #[must_use]
    pub fn changes(&self) -> Changes<P> {
        self.session.changes()
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
        self.client.send_with(session.as_deref(), text, options)
    }

    /// Stops the runs under way.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn stop(&self) -> Result<(), RequestError> {
        self.session.stop().await
    }

    /// Loads the next older page. False when there is none.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn load_older(&self) -> Result<bool, RequestError> {
        self.session.load_older().await
    }
}

/// The next item of a stream.
async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await
}
