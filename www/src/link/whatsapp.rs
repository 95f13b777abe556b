//! WhatsApp at the gateway, as signals: how it stands, and the login that is
//! under way.

mod login;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use clawline::core::RequestError as Unanswered;
use clawline::core::engine::Status;
use clawline::{Client, Event, JsObject, RequestError, RequestOptions, Source};
use futures_util::StreamExt as _;
use futures_util::future::AbortHandle;
use leptos::prelude::*;
use webchat_model::sessions::actions::Features;
use webchat_model::whatsapp::screen::Screen;
use webchat_model::whatsapp::{self, Standing};
use webchat_model::words::Words;

use super::params::members;
use super::refusals;
use crate::browser::clock::{now_ms, sleep};
use crate::browser::spawn_local;

/// How often a gateway is asked that does not tell by itself, while somebody looks.
const LOOK: Duration = Duration::from_secs(5);

/// WhatsApp at one gateway. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Whatsapp {
    pub(crate) screen: RwSignal<Screen>,
    reader: StoredValue<Option<Rc<Reader>>, LocalStorage>,
}

impl Whatsapp {
    pub(crate) fn new() -> Self {
        Self {
            screen: RwSignal::default(),
            reader: StoredValue::new_local(None),
        }
    }

    /// Is about a client's gateway from now on.
    pub(crate) fn follow(self, client: Client, source: Source) {
        self.give_up();
        self.screen.set(Screen::default());
        let is_watched = self.with_reader(|reader| reader.is_watched.get());
        let reader = Reader::begin(self, client, source);
        reader.is_watched.set(is_watched.unwrap_or(false));
        self.reader.set_value(Some(reader));
    }

    /// The same gateway is signed in to in another way.
    pub(crate) fn sign_in(self, source: Source) {
        self.with_reader(|reader| reader.source.replace(source));
    }

    /// Somebody looks at it, or does so no longer.
    pub(crate) fn watch(self, is_watched: bool) {
        self.with_reader(|reader| {
            reader.is_watched.set(is_watched);
            if is_watched {
                reader.ask();
            }
        });
    }

    fn ask(self) {
        self.with_reader(Reader::ask);
    }

    fn with_reader<R>(self, act: impl FnOnce(&Reader) -> R) -> Option<R> {
        self.reader.get_value().map(|reader| act(&reader))
    }
}

/// What keeps the signals fresh.
struct Reader {
    whatsapp: Whatsapp,
    client: Client,
    /// How the client signs in, for one that asks for more.
    source: RefCell<Source>,
    /// What is being done for a person.
    deed: RefCell<Option<AbortHandle>>,
    me: Weak<Self>,
    features: RefCell<Features>,
    is_watched: Cell<bool>,
    /// Counts the questions: only the latest counts.
    questions: Cell<u32>,
}

impl Reader {
    fn begin(whatsapp: Whatsapp, client: Client, source: Source) -> Rc<Self> {
        let mut events = client.subscribe(&[whatsapp::CHANNELS_LINK]);
        let reader = Rc::new_cyclic(|me| Self {
            whatsapp,
            client,
            source: RefCell::new(source),
            deed: RefCell::default(),
            me: me.clone(),
            features: RefCell::default(),
            is_watched: Cell::default(),
            questions: Cell::default(),
        });
        let me = Rc::downgrade(&reader);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                let Some(reader) = me.upgrade() else { break };
                reader.take(event);
            }
        });
        reader
    }

    fn take(&self, event: Event) {
        match event {
            Event::Status(Status::Ready) => self.greeted(),
            Event::Gap | Event::Lagged(_) => self.ask(),
            Event::Gateway { payload, .. } => {
                let told = JsObject(payload);
                let screen = self.whatsapp.screen;
                let is_known = screen.try_update(|it| it.standing.heard(&told, now_ms()));
                if is_known != Some(true) {
                    self.ask();
                }
            }
            _ => {}
        }
    }

    /// A new connection knows nothing of the last one.
    fn greeted(&self) {
        let Some(hello) = self.client.hello().map(JsObject) else {
            return;
        };
        let features = Features::read(&hello);
        let has_codes = features.has(whatsapp::CHANNELS_PAIR);
        self.whatsapp.screen.update(|it| it.has_codes = has_codes);
        self.features.replace(features);
        self.ask();
    }

    /// Asks how it stands, if somebody wants to know.
    fn ask(&self) {
        if !self.is_watched.get() || self.client.status() != Status::Ready {
            return;
        }
        let whatsapp = self.whatsapp;
        if !self.features.borrow().has(whatsapp::STATUS) {
            return whatsapp.screen.update(|it| it.standing = Standing::Absent);
        }
        let number = self.questions.get().wrapping_add(1);
        self.questions.set(number);
        let (me, client) = (self.me.clone(), self.client.clone());
        spawn_local(async move {
            let options = RequestOptions {
                idempotent: true,
                ..RequestOptions::default()
            };
            let params = members(&[]);
            let answer = client.request(whatsapp::STATUS, &params, options).await;
            let is_latest = |reader: &Self| reader.questions.get() == number;
            let Some(reader) = me.upgrade().filter(|it| is_latest(it)) else {
                return;
            };
            reader.answered(answer.map(JsObject));
            let waits = !reader.features.borrow().tells(whatsapp::CHANNELS_LINK);
            drop(reader);
            if waits {
                sleep(LOOK).await;
                if let Some(reader) = me.upgrade().filter(|it| is_latest(it)) {
                    reader.ask();
                }
            }
        });
    }

    fn answered(&self, answer: Result<JsObject, RequestError>) {
        let screen = self.whatsapp.screen;
        match answer {
            Ok(answer) => screen.update(|it| {
                if matches!(it.standing, Standing::Unknown) {
                    it.problem = None;
                }
                it.standing = Standing::read(&answer, now_ms());
            }),
            // A new connection begins anew by itself.
            Err(RequestError::Unanswered(
                Unanswered::NotConnected | Unanswered::Interrupted(_),
            )) => {}
            Err(error) => {
                let why = Words::of("wa-unread").with("reason", refusals::of_request(&error));
                screen.update(|it| it.problem = Some(why));
            }
        }
    }
}
