//! The list of the gateway's sessions, as signals that stay fresh.

mod acts;

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

use clawline::core::RequestError as Unanswered;
use clawline::core::engine::Status;
use clawline::core::wire::{Object as _, methods};
use clawline::{Client, Event, JsObject, RequestError, RequestOptions, Source};
use futures_util::StreamExt as _;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use webchat_model::sessions::Title;
use webchat_model::sessions::actions::{Action, Features};
use webchat_model::sessions::deletions::Deletions;
use webchat_model::sessions::listing::{Listing, Part};
use webchat_model::sessions::presence::{self, Present};
use webchat_model::words::Words;

use super::params::members;
use super::refusals;
use crate::browser::spawn_local;

const LIST: &str = "sessions.list";
const CHANGED: &str = "sessions.changed";
const PRESENCE: &str = "presence";

/// So many are asked for, and so many more each time that a person wants more.
const PAGE: u32 = 50;
/// A turn changes its session several times: the list is asked for again once.
const SETTLE: Duration = Duration::from_millis(250);
/// How long a question waits that may be answered later, at least.
const AGAIN: Duration = Duration::from_secs(2);

/// Why something was not done.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) action: Action,
    pub(crate) title: Title,
    /// The gateway's words, or the client's.
    pub(crate) why: Words,
}

/// The sessions of one gateway. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Sessions {
    pub(crate) listing: RwSignal<Listing>,
    /// The key of the main session, once it is known.
    pub(crate) main: RwSignal<Option<String>>,
    /// Whether the list has been read once.
    pub(crate) is_loaded: RwSignal<bool>,
    /// The gateway has such a list, as far as is known.
    pub(crate) is_offered: RwSignal<bool>,
    /// Why the list cannot be read.
    pub(crate) error: RwSignal<Option<Words>>,
    /// Why the last action was not done.
    pub(crate) failure: RwSignal<Option<Failure>>,
    pub(crate) features: RwSignal<Features>,
    pub(crate) deletions: RwSignal<Deletions>,
    /// A session that somebody has deleted: it may be the one that is shown.
    pub(crate) gone: RwSignal<Option<String>>,
    /// Who else is at the gateway.
    pub(crate) others: RwSignal<Vec<Present>>,
    follower: StoredValue<Option<Rc<Follower>>, LocalStorage>,
}

impl Sessions {
    pub(crate) fn new() -> Self {
        Self {
            listing: RwSignal::default(),
            main: RwSignal::new(None),
            is_loaded: RwSignal::new(false),
            is_offered: RwSignal::new(true),
            error: RwSignal::new(None),
            failure: RwSignal::new(None),
            features: RwSignal::default(),
            deletions: RwSignal::default(),
            gone: RwSignal::new(None),
            others: RwSignal::default(),
            follower: StoredValue::new_local(None),
        }
    }

    /// Shows the sessions of a client's gateway from now on, and none of those
    /// before: what was to be deleted there stays.
    pub(crate) fn follow(self, client: Client, source: Source) {
        self.listing.set(Listing::default());
        self.main.set(client.main_session());
        self.is_loaded.set(false);
        self.is_offered.set(true);
        self.error.set(None);
        self.failure.set(None);
        self.features.set(Features::default());
        self.deletions.set(Deletions::default());
        self.others.set(Vec::new());
        self.follower
            .set_value(Some(Follower::begin(self, client, source)));
    }

    /// The same gateway is signed in to in another way.
    pub(crate) fn sign_in(self, source: Source) {
        if let Some(follower) = self.follower.get_value() {
            follower.source.replace(source);
        }
    }

    /// Asks also for those that were put away.
    pub(crate) fn show_archived(self) {
        if let Some(follower) = self.follower.get_value() {
            follower.wants_archived.set(true);
            follower.ask(Part::Archived);
        }
    }

    /// Asks for more of them.
    pub(crate) fn show_more(self) {
        if let Some(follower) = self.follower.get_value() {
            follower.limit.set(follower.limit.get() + PAGE);
            follower.ask(Part::Active);
        }
    }
}

/// What keeps the signals fresh.
struct Follower {
    sessions: Sessions,
    client: Client,
    /// How the client signs in, for one that asks for more.
    source: RefCell<Source>,
    me: Weak<Self>,
    limit: Cell<u32>,
    wants_archived: Cell<bool>,
    /// Counts the questions for each part: only the latest counts.
    questions: [Cell<u32>; 2],
    /// Questions that wait for their answers.
    under_way: Cell<u32>,
    renewal: Cell<Option<TimeoutHandle>>,
    lapse: Cell<Option<TimeoutHandle>>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        for timer in [self.renewal.take(), self.lapse.take()] {
            timer.iter().for_each(TimeoutHandle::clear);
        }
    }
}

impl Follower {
    fn begin(sessions: Sessions, client: Client, source: Source) -> Rc<Self> {
        let mut events = client.subscribe(&[CHANGED, PRESENCE]);
        let follower = Rc::new_cyclic(|me| Self {
            sessions,
            client,
            source: RefCell::new(source),
            me: me.clone(),
            limit: Cell::new(PAGE),
            wants_archived: Cell::default(),
            questions: Default::default(),
            under_way: Cell::default(),
            renewal: Cell::default(),
            lapse: Cell::default(),
        });
        let me = Rc::downgrade(&follower);
        spawn_local(async move {
            while let Some(event) = events.next().await {
                let Some(follower) = me.upgrade() else { break };
                follower.take(event);
            }
        });
        if follower.client.status() == Status::Ready {
            follower.greeted();
        }
        follower
    }

    fn take(&self, event: Event) {
        match event {
            Event::Status(Status::Ready) => self.greeted(),
            Event::Gap | Event::Lagged(_) => self.renew(),
            Event::Gateway { kind, payload } => {
                let payload = JsObject(payload);
                if kind == self.client.kind(CHANGED) {
                    self.changed(&payload);
                } else {
                    self.met(&payload);
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
        let has_list = features.has_list();
        let sessions = self.sessions;
        sessions.main.set(self.client.main_session());
        sessions.is_offered.set(has_list);
        sessions.features.set(features);
        if let Some(snapshot) = hello.child("snapshot") {
            self.met(&snapshot);
        }
        if has_list {
            self.subscribe();
            self.renew();
        }
    }

    fn met(&self, told: &JsObject) {
        let own = self.client.device_id();
        let others = presence::others(told, own.as_deref());
        if self.sessions.others.with_untracked(|old| *old != others) {
            self.sessions.others.set(others);
        }
    }

    fn subscribe(&self) {
        let me = self.me.clone();
        let client = self.client.clone();
        spawn_local(async move {
            let options = RequestOptions {
                idempotent: true,
                ..RequestOptions::default()
            };
            let params = members(&[]);
            let asked = client.request(methods::SESSIONS_SUBSCRIBE, &params, options);
            if let Err(error) = asked.await
                && let Some(follower) = me.upgrade()
            {
                follower.again(&error, Self::greeted);
            }
        });
    }

    /// Asks for all that is shown.
    fn renew(&self) {
        self.renewal.take().iter().for_each(TimeoutHandle::clear);
        self.ask(Part::Active);
        if self.wants_archived.get() {
            self.ask(Part::Archived);
        }
    }

    fn ask(&self, part: Part) {
        let question = &self.questions[part as usize];
        let number = question.get().wrapping_add(1);
        question.set(number);
        self.under_way.set(self.under_way.get() + 1);
        let (me, client) = (self.me.clone(), self.client.clone());
        let params = members(&[
            ("limit", self.limit.get().into()),
            ("archived", (part == Part::Archived).into()),
            ("includeDerivedTitles", true.into()),
            ("includeLastMessage", true.into()),
        ]);
        spawn_local(async move {
            let options = RequestOptions {
                idempotent: true,
                ..RequestOptions::default()
            };
            let answer = client.request(LIST, &params, options).await;
            let Some(follower) = me.upgrade() else { return };
            follower.under_way.set(follower.under_way.get() - 1);
            if follower.questions[part as usize].get() == number {
                follower.answered(part, answer);
            }
        });
    }

    fn answered(&self, part: Part, answer: Result<JsValue, RequestError>) {
        let sessions = self.sessions;
        let taken = answer.and_then(|answer| {
            let answer = JsObject(answer);
            let is_read = sessions
                .listing
                .try_update(|listing| listing.answered(part, &answer));
            is_read
                .unwrap_or(true)
                .then_some(())
                .ok_or(RequestError::Unreadable)
        });
        match taken {
            Ok(()) => {
                sessions.error.set(None);
                sessions.is_loaded.set(true);
            }
            Err(error) => {
                self.again(&error, Self::renew);
                // A new connection begins anew by itself.
                let is_lost = matches!(
                    error,
                    RequestError::Unanswered(Unanswered::NotConnected | Unanswered::Interrupted(_))
                );
                if !is_lost {
                    sessions.error.set(Some(refusals::of_request(&error)));
                }
            }
        }
    }

    fn changed(&self, payload: &JsObject) {
        let heard = self.sessions.listing.try_maybe_update(|listing| {
            let heard = listing.heard(payload);
            (heard.is_changed, heard)
        });
        let Some(heard) = heard else { return };
        let reason = payload.text("reason").unwrap_or_default();
        if matches!(&*reason, "delete" | "reset") {
            let session = payload.child("session").and_then(|told| told.text("key"));
            let session = payload.text("sessionKey").or(session);
            if let Some(session) = &session {
                self.client.forget_transcript(session);
            }
            if reason == "delete" {
                self.sessions.gone.set(session);
            }
        }
        // An answer that is under way may not know of the change.
        if heard.is_stale || self.under_way.get() > 0 {
            self.later(SETTLE, Self::renew);
        }
    }

    /// Asks again where that may help.
    fn again(&self, error: &RequestError, act: fn(&Self)) {
        let wait = match error {
            RequestError::Unanswered(Unanswered::Timeout(_)) => AGAIN,
            RequestError::Refused(refusal) if refusal.retryable => {
                refusal.retry_after.unwrap_or_default().max(AGAIN)
            }
            _ => return,
        };
        self.later(wait, act);
    }

    fn later(&self, wait: Duration, act: fn(&Self)) {
        let waiting = self.renewal.take();
        if waiting.is_some() {
            return self.renewal.set(waiting);
        }
        let me = self.me.clone();
        let tick = move || {
            if let Some(follower) = me.upgrade() {
                follower.renewal.set(None);
                if follower.client.status() == Status::Ready {
                    act(&follower);
                }
            }
        };
        self.renewal.set(set_timeout_with_handle(tick, wait).ok());
    }
}
