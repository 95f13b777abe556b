//! Who is connected, and who gets which event: found by what it is about, so
//! that an event costs nothing for those who do not hear it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;

use super::frames::{self, Event, Failure};
use super::mailbox::{Kind, Mailbox};
use crate::access::holds;
use crate::dialects::queue::Frames;
use crate::limits;

/// What a client says of itself, as `connect` has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) mode: String,
    pub(crate) version: String,
    pub(crate) platform: String,
    pub(crate) display_name: Option<String>,
    pub(crate) device_family: Option<String>,
    pub(crate) instance_id: Option<String>,
}

/// The scope of whoever hears of sessions.
const READ: &str = "operator.read";

/// One socket after `hello-ok`.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) client: Client,
    pub(crate) role: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) device_id: Option<String>,
    pub(crate) since: i64,
    /// Places for requests that wait for something.
    pub(crate) waiting: Arc<Semaphore>,
    /// Gets `chat` and `agent` only of sessions that it subscribed to.
    session_scoped: bool,
    pub(crate) mailbox: Mailbox,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a handshake decided about a connection.
pub(crate) struct Identity {
    pub(crate) client: Client,
    pub(crate) role: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) caps: Vec<String>,
    pub(crate) device_id: Option<String>,
}

impl Connection {
    pub(crate) fn new(id: String, identity: Identity, since: i64) -> (Arc<Self>, Frames) {
        let (mailbox, frames) = Mailbox::new();
        let connection = Self {
            id,
            client: identity.client,
            role: identity.role,
            scopes: identity.scopes,
            device_id: identity.device_id,
            since,
            waiting: Arc::new(Semaphore::new(limits::MAX_WAITING_REQUESTS)),
            session_scoped: identity
                .caps
                .iter()
                .any(|cap| cap == "session-scoped-events"),
            mailbox,
        };
        (Arc::new(connection), frames)
    }

    /// Whether the connection holds a scope. `operator.admin` holds all of the
    /// operator's, `operator.write` reads too.
    pub(crate) fn may(&self, scope: &str) -> bool {
        holds(&self.scopes, scope)
    }

    pub(crate) fn answer(&self, id: &str, payload: &Value) {
        self.mailbox.answer(frames::answer(id, payload));
    }

    pub(crate) fn refuse(&self, id: &str, failure: &Failure) {
        self.mailbox.answer(frames::refusal(id, failure));
    }
}

/// Who gets an event.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Audience<'a> {
    /// Everybody.
    All,
    /// Whoever follows runs of this session.
    Run(&'a str),
    /// Whoever subscribed to this session's messages.
    Messages(&'a str),
    /// Whoever subscribed to the list of sessions.
    Sessions,
    /// Whoever holds this scope.
    Scope(&'a str),
}

/// All live connections.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    live: Mutex<Live>,
}

/// Most sessions that one connection follows.
const MOST_FOLLOWED: usize = 1_000;

#[derive(Debug, Default)]
struct Live {
    all: HashMap<String, Arc<Connection>>,
    /// Of each session: who subscribed to its messages.
    followers: HashMap<String, Vec<Arc<Connection>>>,
    /// By connection: the sessions that it subscribed to.
    followed: HashMap<String, HashSet<String>>,
    /// Who gets the runs of all sessions.
    unscoped: Vec<Arc<Connection>>,
    /// Who subscribed to the list of sessions.
    listeners: Vec<Arc<Connection>>,
}

impl Live {
    fn remove(&mut self, id: &str) {
        self.all.remove(id);
        for session_key in self.followed.remove(id).unwrap_or_default() {
            self.leave(id, &session_key);
        }
        let stays = |connection: &Arc<Connection>| connection.id != id;
        self.unscoped.retain(stays);
        self.listeners.retain(stays);
    }

    /// Takes a connection off the followers of a session.
    fn leave(&mut self, id: &str, session_key: &str) {
        let Some(followers) = self.followers.get_mut(session_key) else {
            return;
        };
        followers.retain(|connection| connection.id != id);
        if followers.is_empty() {
            self.followers.remove(session_key);
        }
    }

    fn followers(&self, session_key: &str) -> &[Arc<Connection>] {
        self.followers.get(session_key).map_or(&[], Vec::as_slice)
    }

    /// Calls `tell` with each who gets such an event.
    fn each(&self, audience: Audience<'_>, tell: impl FnMut(&Arc<Connection>)) {
        match audience {
            Audience::All => self.all.values().for_each(tell),
            Audience::Scope(scope) => {
                let all = self.all.values();
                all.filter(|connection| connection.may(scope))
                    .for_each(tell);
            }
            Audience::Run(session_key) => {
                let followers = self.followers(session_key).iter();
                let scoped = followers.filter(|connection| connection.session_scoped);
                self.unscoped.iter().chain(scoped).for_each(tell);
            }
            Audience::Messages(session_key) => self.followers(session_key).iter().for_each(tell),
            Audience::Sessions => self.listeners.iter().for_each(tell),
        }
    }
}

impl Connections {
    pub(crate) fn add(&self, connection: &Arc<Connection>) {
        let mut live = lock(&self.live);
        live.all
            .insert(connection.id.clone(), Arc::clone(connection));
        if connection.may(READ) && !connection.session_scoped {
            live.unscoped.push(Arc::clone(connection));
        }
    }

    pub(crate) fn remove(&self, id: &str) {
        lock(&self.live).remove(id);
    }

    /// It hears of the list of sessions from now on.
    pub(crate) fn subscribe_sessions(&self, connection: &Arc<Connection>) {
        let listeners = &mut lock(&self.live).listeners;
        let is_there = listeners.iter().any(|one| one.id == connection.id);
        if connection.may(READ) && !is_there {
            listeners.push(Arc::clone(connection));
        }
    }

    /// It hears of a session's messages from now on. `false` when it follows too
    /// many sessions already.
    pub(crate) fn subscribe_messages(&self, connection: &Arc<Connection>, key: &str) -> bool {
        let mut live = lock(&self.live);
        let followed = live.followed.entry(connection.id.clone()).or_default();
        if followed.contains(key) {
            return true;
        }
        if followed.len() >= MOST_FOLLOWED {
            return false;
        }
        followed.insert(key.to_owned());
        let followers = live.followers.entry(key.to_owned()).or_default();
        followers.push(Arc::clone(connection));
        true
    }

    pub(crate) fn unsubscribe_messages(&self, connection: &Connection, key: &str) {
        let mut live = lock(&self.live);
        if let Some(followed) = live.followed.get_mut(&connection.id) {
            followed.remove(key);
        }
        live.leave(&connection.id, key);
    }

    /// All, the first connected first.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        let mut all: Vec<_> = lock(&self.live).all.values().cloned().collect();
        all.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
        all
    }

    pub(crate) fn emit(&self, audience: Audience<'_>, event: &Event) {
        let live = lock(&self.live);
        live.each(audience, |connection| connection.mailbox.event(event));
    }

    /// Tells everybody how a state is now.
    pub(crate) fn emit_newest(&self, kind: Kind, event: &Event) {
        for connection in lock(&self.live).all.values() {
            connection.mailbox.newest(kind, event);
        }
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.live).all.len()
    }

    /// Everybody missed something, and is to see it by the numbers.
    pub(crate) fn skip_one(&self) {
        for connection in lock(&self.live).all.values() {
            connection.mailbox.skip_one();
        }
    }

    /// Closes every connection of a device.
    pub(crate) fn close_device(&self, device_id: &str, code: u16, reason: &str) {
        for connection in lock(&self.live).all.values() {
            if connection.device_id.as_deref() == Some(device_id) {
                connection.mailbox.close(code, reason);
            }
        }
    }

    pub(crate) fn is_connected(&self, device_id: &str) -> bool {
        lock(&self.live)
            .all
            .values()
            .any(|connection| connection.device_id.as_deref() == Some(device_id))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use serde_json::Value;

    use super::*;

    /// A connection that is there, and what it is told.
    fn come_in(connections: &Connections, id: &str, caps: &[&str]) -> (Arc<Connection>, Frames) {
        let client =
            serde_json::json!({ "id": id, "mode": "ui", "version": "1", "platform": "web" });
        let identity = Identity {
            client: serde_json::from_value(client).unwrap(),
            role: "operator".to_owned(),
            scopes: vec![READ.to_owned()],
            caps: caps.iter().map(|&cap| cap.to_owned()).collect(),
            device_id: None,
        };
        let (connection, mut frames) = Connection::new(id.to_owned(), identity, 1);
        connections.add(&connection);
        connection.mailbox.open("hello".to_owned());
        frames.next().now_or_never();
        (connection, frames)
    }

    #[test]
    fn events_reach_who_asked_for_them_and_nobody_is_kept_who_went() {
        let connections = Connections::default();
        let (scoped, mut at_scoped) = come_in(&connections, "1", &["session-scoped-events"]);
        let (other, mut at_other) = come_in(&connections, "2", &[]);
        let mut tell = |audience: Audience<'_>| {
            connections.emit(audience, &Event::new("chat", &Value::Null));
            [&mut at_scoped, &mut at_other].map(|at| at.next().now_or_never().is_some())
        };
        let (run, messages) = (Audience::Run("a"), Audience::Messages("a"));
        assert_eq!(tell(run), [false, true]);
        assert_eq!(tell(messages), [false, false]);
        assert_eq!(tell(Audience::Sessions), [false, false]);
        for _ in 0..2 {
            assert!(connections.subscribe_messages(&scoped, "a"));
            assert!(connections.subscribe_messages(&other, "a"));
            connections.subscribe_sessions(&other);
        }
        for audience in [run, messages] {
            assert_eq!(tell(audience), [true, true]);
            assert_eq!(
                tell(Audience::Run("b")),
                [false, true],
                "nothing came twice"
            );
        }
        assert_eq!(tell(Audience::Sessions), [false, true]);
        assert_eq!(tell(Audience::All), [true, true]);
        connections.unsubscribe_messages(&scoped, "a");
        assert_eq!(tell(messages), [false, true]);
        assert!(connections.subscribe_messages(&scoped, "b"));
        for gone in [scoped, other] {
            connections.remove(&gone.id);
            assert_eq!(Arc::strong_count(&gone), 1);
        }
        let live = lock(&connections.live);
        assert!(live.followers.is_empty() && live.followed.is_empty());
    }

    #[test]
    fn one_connection_follows_so_many_sessions_and_no_more() {
        let connections = Connections::default();
        let (connection, _frames) = come_in(&connections, "1", &[]);
        for number in 0..MOST_FOLLOWED {
            assert!(connections.subscribe_messages(&connection, &number.to_string()));
        }
        assert!(!connections.subscribe_messages(&connection, "more"));
        assert!(connections.subscribe_messages(&connection, "7"));
        connections.unsubscribe_messages(&connection, "7");
        assert!(connections.subscribe_messages(&connection, "more"));
    }
}
