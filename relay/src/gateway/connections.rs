//! Who is connected, and the bounded queue in front of each reader.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, Semaphore, mpsc};

use super::frames::{self, Event, Failure};
use super::limits;

/// What the writer of a socket has to do next.
pub(crate) enum Outgoing {
    Text(String),
    Close(u16, String),
}

impl std::fmt::Debug for Outgoing {
    /// Without the text: `hello-ok` has a token in it, the rest what people say.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Close(code, reason) => write!(f, "Close({code}, {reason:?})"),
        }
    }
}

/// Facts of a client that outlive its handshake.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) mode: String,
    pub(crate) version: String,
    pub(crate) platform: String,
    pub(crate) display_name: Option<String>,
    pub(crate) device_family: Option<String>,
    pub(crate) instance_id: Option<String>,
}

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
    subscriptions: Mutex<Subscriptions>,
    queue: Queue,
}

#[derive(Debug, Default)]
struct Subscriptions {
    sessions: bool,
    messages: HashSet<String>,
}

#[derive(Debug)]
struct Queue {
    sender: mpsc::UnboundedSender<Outgoing>,
    queued: AtomicUsize,
    closed: AtomicBool,
    /// Next event number. Held while an event is queued, so that numbers and
    /// order agree. `None` until hello-ok is queued: there are no events before.
    next_seq: Mutex<Option<u64>>,
    overflow: Notify,
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
    pub(crate) fn new(
        id: String,
        identity: Identity,
        since: i64,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Outgoing>) {
        let (sender, receiver) = mpsc::unbounded_channel();
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
            subscriptions: Mutex::default(),
            queue: Queue {
                sender,
                queued: AtomicUsize::new(0),
                closed: AtomicBool::new(false),
                next_seq: Mutex::new(None),
                overflow: Notify::new(),
            },
        };
        (Arc::new(connection), receiver)
    }

    /// Whether the connection holds a scope. `operator.admin` holds all of the
    /// operator's, `operator.write` reads too.
    pub(crate) fn may(&self, scope: &str) -> bool {
        holds(&self.scopes, scope)
    }

    pub(crate) fn answer(&self, id: &str, payload: &Value) {
        self.send(frames::answer(id, payload));
    }

    pub(crate) fn refuse(&self, id: &str, failure: &Failure) {
        self.send(frames::refusal(id, failure));
    }

    pub(crate) fn event(&self, event: &Event) {
        let mut next_seq = lock(&self.queue.next_seq);
        let Some(seq) = *next_seq else { return };
        *next_seq = Some(seq + 1);
        self.send(event.frame(Some(seq)));
    }

    /// Queues hello-ok; events may follow from now on.
    pub(crate) fn open(&self, hello: &str) {
        let mut next_seq = lock(&self.queue.next_seq);
        self.send(hello.to_owned());
        *next_seq = Some(1);
    }

    fn send(&self, text: String) {
        if self.queue.closed.load(Ordering::Acquire) {
            return;
        }
        let queued = self.queue.queued.fetch_add(text.len(), Ordering::AcqRel) + text.len();
        if queued > limits::MAX_BUFFERED {
            self.close(1008, "slow consumer");
            self.queue.overflow.notify_one();
            return;
        }
        // A receiver that is gone means a socket that is gone: nothing to do.
        let _ = self.queue.sender.send(Outgoing::Text(text));
    }

    /// Ends the connection after what is queued.
    pub(crate) fn close(&self, code: u16, reason: &str) {
        if !self.queue.closed.swap(true, Ordering::AcqRel) {
            let _ = self
                .queue
                .sender
                .send(Outgoing::Close(code, reason.to_owned()));
        }
    }

    /// The writer tells that a frame left.
    pub(crate) fn written(&self, bytes: usize) {
        self.queue.queued.fetch_sub(bytes, Ordering::AcqRel);
    }

    /// Completes when the reader at the other end was too slow.
    pub(crate) async fn overflowed(&self) {
        self.queue.overflow.notified().await;
    }

    pub(crate) fn subscribe_sessions(&self) {
        lock(&self.subscriptions).sessions = true;
    }

    /// `false` when the connection holds too many subscriptions already.
    pub(crate) fn subscribe_messages(&self, session_key: String) -> bool {
        const AT_MOST: usize = 1_000;
        let messages = &mut lock(&self.subscriptions).messages;
        if messages.len() >= AT_MOST && !messages.contains(&session_key) {
            return false;
        }
        messages.insert(session_key);
        true
    }

    pub(crate) fn unsubscribe_messages(&self, session_key: &str) {
        lock(&self.subscriptions).messages.remove(session_key);
    }

    fn wants(&self, audience: &Audience<'_>) -> bool {
        match audience {
            Audience::All => true,
            Audience::Run(session_key) => {
                self.may("operator.read")
                    && (!self.session_scoped
                        || lock(&self.subscriptions).messages.contains(*session_key))
            }
            Audience::Messages(session_key) => {
                self.may("operator.read")
                    && lock(&self.subscriptions).messages.contains(*session_key)
            }
            Audience::Sessions => self.may("operator.read") && lock(&self.subscriptions).sessions,
            Audience::Scope(scope) => self.may(scope),
        }
    }
}

/// Whether a list of scopes covers one.
pub(crate) fn holds(scopes: &[String], wanted: &str) -> bool {
    scopes.iter().any(|held| {
        held == wanted
            || (held == "operator.admin" && wanted.starts_with("operator."))
            || (held == "operator.write" && wanted == "operator.read")
    })
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
    live: Mutex<HashMap<String, Arc<Connection>>>,
}

impl Connections {
    /// `false` when there are too many.
    pub(crate) fn add(&self, connection: &Arc<Connection>) -> bool {
        let mut live = lock(&self.live);
        if live.len() >= limits::MAX_CONNECTIONS {
            return false;
        }
        live.insert(connection.id.clone(), Arc::clone(connection));
        true
    }

    pub(crate) fn remove(&self, id: &str) {
        lock(&self.live).remove(id);
    }

    /// All, the first connected first.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        let mut all: Vec<_> = lock(&self.live).values().cloned().collect();
        all.sort_by(|a, b| (a.since, &a.id).cmp(&(b.since, &b.id)));
        all
    }

    pub(crate) fn emit(&self, audience: Audience<'_>, event: &Event) {
        for connection in lock(&self.live).values() {
            if connection.wants(&audience) {
                connection.event(event);
            }
        }
    }

    /// Closes every connection of a device.
    pub(crate) fn close_device(&self, device_id: &str, code: u16, reason: &str) {
        for connection in lock(&self.live).values() {
            if connection.device_id.as_deref() == Some(device_id) {
                connection.close(code, reason);
            }
        }
    }

    pub(crate) fn is_connected(&self, device_id: &str) -> bool {
        lock(&self.live)
            .values()
            .any(|connection| connection.device_id.as_deref() == Some(device_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> (Arc<Connection>, mpsc::UnboundedReceiver<Outgoing>) {
        let client = Client {
            id: "webchat-ui".into(),
            mode: "webchat".into(),
            version: "1".into(),
            platform: "web".into(),
            display_name: None,
            device_family: None,
            instance_id: None,
        };
        let identity = Identity {
            client,
            role: "operator".into(),
            scopes: vec![],
            caps: vec![],
            device_id: None,
        };
        Connection::new("c".into(), identity, 0)
    }

    #[tokio::test]
    async fn a_reader_that_is_too_slow_is_closed_and_costs_no_more_memory() {
        let (connection, mut queue) = connection();
        connection.open("hello");
        let megabyte = Event::new("chat", &Value::from("x".repeat(1_000_000)));
        for _ in 0..200 {
            connection.event(&megabyte);
        }
        connection.overflowed().await;
        let mut bytes = 0;
        let mut last = None;
        while let Ok(next) = queue.try_recv() {
            if let Outgoing::Text(text) = &next {
                bytes += text.len();
            }
            last = Some(next);
        }
        assert!(bytes <= limits::MAX_BUFFERED, "{bytes}");
        assert!(matches!(last, Some(Outgoing::Close(1008, reason)) if reason == "slow consumer"));
    }

    #[tokio::test]
    async fn a_reader_that_keeps_up_may_get_any_amount() {
        let (connection, mut queue) = connection();
        connection.open("hello");
        let megabyte = Event::new("chat", &Value::from("x".repeat(1_000_000)));
        for _ in 0..200 {
            connection.event(&megabyte);
            while let Ok(Outgoing::Text(text)) = queue.try_recv() {
                connection.written(text.len());
            }
        }
        connection.close(1000, "");
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Close(1000, _))));
    }

    #[test]
    fn no_event_comes_before_hello_and_numbers_begin_with_one() {
        let (connection, mut queue) = connection();
        let event = Event::new("tick", &Value::Null);
        connection.event(&event);
        connection.open("hello");
        connection.event(&event);
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Text(text)) if text == "hello"));
        assert!(matches!(queue.try_recv(), Ok(Outgoing::Text(text)) if text.contains("\"seq\":1")));
    }

    #[test]
    fn admin_holds_every_operator_scope_and_write_reads() {
        let admin = vec!["operator.admin".to_owned()];
        let write = vec!["operator.write".to_owned()];
        assert!(holds(&admin, "operator.pairing"));
        assert!(!holds(&admin, "node.invoke"));
        assert!(holds(&write, "operator.read"));
        assert!(!holds(&write, "operator.pairing"));
        assert!(!holds(&[], "operator.read"));
    }
}
