//! The list of sessions as it stands: what was answered, and what events
//! changed since.

use std::mem::take;

use clawline_core::wire::Object;
use clawline_core::{Table, sorted};

use super::{Session, is_key};
use crate::difference::Index;

/// Which sessions were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Those that are in use.
    Active,
    /// Those that a person has put away.
    Archived,
}

/// The sessions of a gateway, in their order.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    sessions: Vec<Session>,
    /// The gateway has more that are in use.
    pub has_more: bool,
    /// Sessions that were asked for and are of no list, as far as is known.
    others: Table<String, ()>,
}

/// What a person sees after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// The list is another one now.
    pub is_changed: bool,
    /// The event did not tell all: the list is to be asked for again.
    pub is_stale: bool,
}

impl Listing {
    /// The sessions, in their order.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// A session by its key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Session> {
        self.sessions.iter().find(|session| session.key == key)
    }

    /// Takes the answer of `sessions.list`. What it does not have any more goes.
    /// False when it is no such answer: nothing changed then.
    pub fn answered<O: Object>(&mut self, part: Part, answer: &O) -> bool {
        if answer.texts("sessions").is_none() {
            return false;
        }
        let mut rows = Vec::new();
        let mut keys = Table::new();
        answer.each("sessions", &mut |row| {
            let is_new = |session: &Session| keys.insert(session.key.clone(), ()).is_none();
            rows.extend(Session::read(&row).filter(is_new));
        });
        let is_archived = part == Part::Archived;
        self.sessions
            .retain(|old| old.is_archived != is_archived && keys.get(&old.key).is_none());
        self.sessions.append(&mut rows);
        if part == Part::Active {
            self.has_more = answer.flag("hasMore").unwrap_or(false);
            self.others = Table::new();
        }
        self.sort();
        true
    }

    /// Takes the payload of `sessions.changed`.
    pub fn heard<O: Object>(&mut self, payload: &O) -> Heard {
        let told = payload.child("session");
        let told = told.filter(|told| told.text("key").is_some_and(|key| is_key(&key)));
        let key = told.as_ref().and_then(|told| told.text("key"));
        let key = key.or_else(|| payload.text("sessionKey"));
        let reason = payload.text("reason").unwrap_or_default();
        let reason = reason.as_str();
        let at = key
            .as_ref()
            .and_then(|key| self.sessions.iter().position(|session| session.key == *key));
        let Some(session) = at.and_then(|at| self.sessions.get_mut(at)) else {
            return Heard {
                is_changed: false,
                is_stale: self.wonders(key, reason),
            };
        };
        if reason == "delete" {
            self.sessions
                .retain(|session| Some(&session.key) != key.as_ref());
            return Heard {
                is_changed: true,
                is_stale: false,
            };
        }
        let next = told.as_ref().map(|told| session.changed(told, false));
        let is_end = payload.text("phase").is_some_and(|phase| phase == "end");
        // Last words and titles are not in events, or are late; what a person
        // changed may have been taken away, which looks like nothing said.
        let is_read = is_end
            || matches!(
                reason,
                "create" | "patch" | "reset" | "send" | "agent.input.settled"
            );
        let is_moved = next
            .as_ref()
            .is_none_or(|next| next.is_archived != session.is_archived);
        let is_changed = next.as_ref().is_some_and(|next| next != session);
        if let Some(next) = next {
            *session = next;
        }
        self.sort();
        Heard {
            is_changed,
            is_stale: is_read || is_moved,
        }
    }

    /// Changes a session before the gateway says so.
    pub fn expect(&mut self, key: &str, change: impl FnOnce(&mut Session)) {
        if let Some(session) = self.sessions.iter_mut().find(|session| session.key == key) {
            change(session);
        }
        self.sort();
    }

    /// Forgets a session that is deleted.
    pub fn remove(&mut self, key: &str) {
        self.sessions.retain(|session| session.key != key);
    }

    /// What is not in the list may belong there: it is asked for once, and
    /// again when its own properties change.
    fn wonders(&mut self, key: Option<String>, reason: &str) -> bool {
        let Some(key) = key.filter(|key| is_key(key) && reason != "delete") else {
            return false;
        };
        self.others.insert(key, ()).is_none() || matches!(reason, "create" | "patch")
    }

    fn sort(&mut self) {
        self.sessions = sorted(take(&mut self.sessions), Session::order);
    }
}

/// The sessions of one part in the order in which they are drawn, the main one
/// among those in use also when nothing was said in it.
#[must_use]
pub fn drawn(listing: &Listing, part: Part, main: Option<&str>) -> Vec<Session> {
    let is_archived = part == Part::Archived;
    let of_part = listing.sessions().iter();
    let mut drawn: Vec<Session> = of_part
        .filter(|session| session.is_archived == is_archived)
        .map(|session| {
            let is_main = session.is_main || main == Some(session.key.as_str());
            Session {
                is_main,
                ..session.clone()
            }
        })
        .collect();
    if let Some(main) = main.filter(|main| !is_archived && listing.get(main).is_none()) {
        drawn.push(Session::main(main));
        drawn = sorted(drawn, Session::order);
    }
    drawn
}

/// The order while a person points at the list: nothing moves under the hand.
/// What was there stays where it was, what is new comes first.
pub fn hold(sessions: Vec<Session>, before: &[String]) -> Vec<Session> {
    let places = Index::of(before.iter().map(String::as_str));
    let place = |session: &Session| {
        let place = places.get(&session.key);
        (!session.is_pinned, place.map_or(0, |place| place + 1))
    };
    sorted(sessions, |a, b| place(a).cmp(&place(b)))
}
