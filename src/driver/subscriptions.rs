//! Which tab wants the events of which sessions, kept by the tab that leads.
//!
//! The gateway sees one client, and sends it what any tab subscribed to. Each
//! tab hears what a connection of its own would bring, and what one tab no
//! longer wants stays for the others that do.

use clawline_core::RequestId;
use clawline_core::wire::methods::{
    SESSIONS_MESSAGES_SUBSCRIBE as SUBSCRIBE, SESSIONS_MESSAGES_UNSUBSCRIBE as UNSUBSCRIBE,
    SESSIONS_SUBSCRIBE as SUBSCRIBE_LIST,
};
use clawline_core::wire::{EventKind, Object as _};
use js_sys::JSON;

use super::Driver;
use crate::letter::{COUNTED, Letter, special};
use crate::object::{JsObject, plain};

/// The capability that has a gateway send a client the events of the sessions
/// alone that it subscribed to.
pub(super) const SCOPED_EVENTS: &str = "session-scoped-events";

/// What a tab subscribes to in order to hear an event.
#[derive(Clone, Copy)]
enum Audience {
    Session,
    List,
    Either,
}

/// The events that come to subscribers only (seen in openclaw 2026.9.6).
const SCOPED: [(&str, Audience); 8] = [
    ("agent", Audience::Session),
    ("chat", Audience::Session),
    ("chat.side_result", Audience::Session),
    ("session.observer", Audience::Session),
    ("session.tool", Audience::Session),
    ("session.typing", Audience::Session),
    ("session.message", Audience::Either),
    ("sessions.changed", Audience::List),
];

/// The list of sessions, among the names of sessions. A gateway knows no way to
/// end that subscription but the end of the connection.
const LIST: &str = "";

struct Subscription {
    /// Empty: this tab's own app.
    tab: String,
    request: RequestId,
    /// The session as the app calls it, perhaps by an alias.
    asked: String,
    /// As events call it; none until the gateway has answered.
    session: Option<String>,
}

impl Subscription {
    fn is_to(&self, name: &str) -> bool {
        self.asked == name || self.session.as_deref() == Some(name)
    }
}

/// See the module.
#[derive(Default)]
pub(super) struct Subscriptions {
    held: Vec<Subscription>,
    /// Empty where the gateway sends every event to every client.
    scoped: Vec<(EventKind, Audience)>,
}

impl Subscriptions {
    /// A new connection, or none: the gateway knows of nothing.
    pub(super) fn clear(&mut self) {
        self.held.clear();
    }

    /// Another tab holds one.
    pub(super) fn is_shared(&self) -> bool {
        self.held.iter().any(|held| !held.tab.is_empty())
    }

    /// Some tabs may hear this event while others do not.
    pub(super) fn divides(&self, kind: EventKind) -> bool {
        self.is_shared() && self.audience(kind).is_some()
    }

    fn audience(&self, kind: EventKind) -> Option<Audience> {
        let found = self.scoped.iter().find(|(scoped, _)| *scoped == kind);
        found.map(|(_, audience)| *audience)
    }

    /// Its answer has not come.
    pub(super) fn is_asking(&self, id: RequestId) -> bool {
        let waits = |held: &Subscription| held.request == id && held.session.is_none();
        self.held.iter().any(waits)
    }

    /// Nobody wants this any more.
    pub(super) fn remove(&mut self, id: RequestId) {
        self.held.retain(|held| held.request != id);
    }

    /// The gateway calls the session by this name.
    fn is_granted(&mut self, id: RequestId, name: Option<String>) {
        let Some(at) = self.held.iter().position(|held| held.request == id) else {
            return;
        };
        let mut granted = self.held.remove(at);
        let name = name.unwrap_or_else(|| granted.asked.clone());
        let is_older = |held: &Subscription| held.tab == granted.tab && held.is_to(&name);
        self.held.retain(|held| !is_older(held));
        granted.session = Some(name);
        self.held.push(granted);
    }

    /// The name of a session in events, as far as known.
    fn canonical(&self, asked: &str) -> String {
        let known = self.held.iter().find(|held| held.asked == asked);
        let name = known.and_then(|held| held.session.clone());
        name.unwrap_or_else(|| asked.to_owned())
    }

    fn wants(&self, tab: &str, audience: Audience, session: Option<&str>) -> bool {
        self.held
            .iter()
            .filter(|held| held.tab == tab)
            .any(|held| match held.session.as_deref() {
                // It may be granted already, under any name.
                None => true,
                Some(LIST) => !matches!(audience, Audience::Session),
                Some(name) => {
                    !matches!(audience, Audience::List)
                        && session.is_none_or(|session| session == name)
                }
            })
    }

    /// A tab is gone. Answers with what no other one wants.
    pub(super) fn part_with(&mut self, tab: &str) -> Vec<String> {
        let (gone, held) = std::mem::take(&mut self.held)
            .into_iter()
            .partition(|held| held.tab == tab);
        self.held = held;
        let gone: Vec<Subscription> = gone;
        gone.into_iter()
            .map(|gone| gone.session.unwrap_or(gone.asked))
            .filter(|name| name != LIST && !self.held.iter().any(|held| held.is_to(name)))
            .collect()
    }
}

/// The request that ends a subscription.
pub(super) fn farewell(session: &str) -> Letter {
    let params = plain(&[("key", session.into())]);
    Letter {
        method: UNSUBSCRIBE.into(),
        params: JSON::stringify(&params).unwrap_or_default().into(),
    }
}

impl Driver {
    /// After a hello: what is scoped, and that nothing is subscribed to.
    pub(super) fn begin_to_count(&self, hello: &JsObject) {
        let methods = hello
            .child("features")
            .and_then(|features| features.texts("methods"))
            .unwrap_or_default();
        let is_scoped = self.is_scoped && methods.iter().any(|method| method == SUBSCRIBE);
        let scoped = SCOPED.iter().filter(|_| is_scoped);
        let scoped = scoped.map(|(name, audience)| (self.kind(name), *audience));
        self.subscriptions.replace(Subscriptions {
            held: Vec::new(),
            scoped: scoped.collect(),
        });
    }

    /// Counts a request that is about to leave. Answers it when it is not to,
    /// because another tab still wants what this one does not.
    pub(super) fn count(&self, id: RequestId, letter: &Letter) -> Option<JsObject> {
        let method = special(&letter.method).filter(|method| COUNTED.contains(&&**method))?;
        let asked = if method == SUBSCRIBE || method == UNSUBSCRIBE {
            let params = JSON::parse(&letter.params.as_string()?).ok()?;
            JsObject(params).text("key").filter(|key| key != LIST)?
        } else {
            LIST.to_owned()
        };
        let tab = self.tab_of(id).unwrap_or_default();
        let mut subscriptions = self.subscriptions.borrow_mut();
        if method == SUBSCRIBE || method == SUBSCRIBE_LIST {
            subscriptions.held.push(Subscription {
                tab,
                request: id,
                asked,
                session: None,
            });
            return None;
        }
        let name = subscriptions.canonical(&asked);
        let is_to = |held: &Subscription| held.is_to(&asked) || held.is_to(&name);
        subscriptions
            .held
            .retain(|held| held.tab != tab || !is_to(held));
        if !subscriptions.held.iter().any(is_to) {
            return None;
        }
        let payload = plain(&[("subscribed", false.into()), ("key", name.into())]);
        let frame = plain(&[("ok", true.into()), ("payload", payload)]);
        Some(JsObject(frame))
    }

    /// The gateway has answered a request.
    pub(super) fn count_answer(&self, id: RequestId, frame: &JsObject) {
        if !self.subscriptions.borrow().is_asking(id) {
            return;
        }
        let payload = frame.child("payload");
        let name = payload.and_then(|payload| payload.text("key"));
        let mut subscriptions = self.subscriptions.borrow_mut();
        if frame.flag("ok") == Some(true) {
            subscriptions.is_granted(id, name);
        } else {
            subscriptions.remove(id);
        }
    }

    /// Which of these tabs hear an event. Empty: this one's own app.
    pub(super) fn hearers<'a>(
        &self,
        kind: EventKind,
        frame: &JsObject,
        tabs: impl Iterator<Item = &'a str>,
    ) -> Vec<&'a str> {
        let subscriptions = self.subscriptions.borrow();
        let Some(audience) = subscriptions.audience(kind) else {
            return tabs.collect();
        };
        let payload = frame.child("payload");
        let session = payload.and_then(|payload| payload.text("sessionKey"));
        tabs.filter(|tab| subscriptions.wants(tab, audience, session.as_deref()))
            .collect()
    }
}
