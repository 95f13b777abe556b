//! Follows the gateway: how the connection stands, and what is said in its
//! sessions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use clawline_core::chat::{Change, Role, Row, read_change};
use clawline_core::wire::EventKind;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::standing::Standing;
use super::{OPENCLAW, SENT};
use crate::account::Account;
use crate::agents::{NoAgent, UpstreamAgent, is_own_session};
use crate::bus::{AccountStatus, Bus, ChannelMessage, Event};
use crate::tasks::Tasks;
use crate::upstream::{self, Request, Status, Subscription, Upstream, words};

/// Sessions that are heard at once.
const SESSIONS: usize = 200;

/// Follows while it is started.
#[derive(Debug)]
pub(super) struct Follower {
    shared: Arc<Shared>,
    tasks: Tasks,
    /// The task that follows now ends when this is dropped.
    running: Mutex<Option<watch::Sender<()>>>,
}

#[derive(Debug)]
struct Shared {
    upstream: Upstream,
    agents: Vec<Arc<UpstreamAgent>>,
    standing: Standing,
    bus: Bus,
    heard: Mutex<HashMap<String, Subscription>>,
}

impl Follower {
    pub(super) fn new(
        upstream: Upstream,
        agents: Vec<Arc<UpstreamAgent>>,
        standing: Standing,
        bus: Bus,
        tasks: Tasks,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                upstream,
                agents,
                standing,
                bus,
                heard: Mutex::default(),
            }),
            tasks,
            running: Mutex::default(),
        }
    }

    pub(super) fn account(&self) -> AccountStatus {
        self.shared.standing.account()
    }

    pub(super) fn start(&self) {
        let mut running = lock(&self.running);
        if running.is_some() {
            return;
        }
        let (ends, end) = watch::channel(());
        *running = Some(ends);
        self.shared.standing.started();
        if matches!(*self.shared.upstream.status().borrow(), Status::Paused(_)) {
            self.shared.upstream.reconnect();
        }
        self.tasks.spawn(follow(Arc::clone(&self.shared), end));
    }

    pub(super) fn stop(&self) {
        if lock(&self.running).take().is_some() {
            lock(&self.shared.heard).clear();
            self.shared.standing.stopped();
        }
    }

    /// Hears what is said in this session, while it follows.
    pub(super) fn hear(&self, session: &str) {
        if lock(&self.running).is_some() {
            self.shared.hear(session);
        }
    }
}

async fn follow(shared: Arc<Shared>, mut end: watch::Receiver<()>) {
    // Each at its own pace: a gateway that does not answer holds up no news of it.
    let following = async { tokio::join!(follow_status(&shared), follow_events(&shared)) };
    tokio::select! {
        _ = following => {}
        _ = end.changed() => {}
    }
}

async fn follow_status(shared: &Shared) {
    let mut status = shared.upstream.status();
    loop {
        let now = status.borrow_and_update().clone();
        let changed = tokio::select! {
            biased;
            () = shared.tell(&now) => status.changed().await,
            changed = status.changed() => changed,
        };
        if changed.is_err() {
            return;
        }
    }
}

async fn follow_events(shared: &Shared) {
    let mut events = shared.upstream.events();
    if shared.upstream.status().borrow().is_ready() {
        shared.listen().await;
    }
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => shared.read(&event).await,
            Err(lagged) => {
                tracing::warn!(missed = lagged.missed, "events of the gateway were missed");
            }
        }
    }
}

impl Shared {
    async fn tell(&self, status: &Status) {
        let lack = if status.is_ready() {
            self.lack().await
        } else {
            None
        };
        self.standing.is(status, lack);
    }

    /// The agent that should answer and that the gateway does not have.
    async fn lack(&self) -> Option<String> {
        for agent in &self.agents {
            if let Err(error @ NoAgent::Unknown(_)) = agent.id().await {
                return Some(error.to_string());
            }
        }
        None
    }

    async fn read(&self, event: &upstream::Event) {
        match event {
            upstream::Event::Connected => self.listen().await,
            upstream::Event::Gateway { name, payload } => match EventKind::fixed(name) {
                Some(EventKind::SESSIONS_CHANGED) => self.hear_of(&payload["sessionKey"]),
                Some(kind @ EventKind::SESSION_MESSAGE) => self.take_in(kind, payload),
                _ => {}
            },
            _ => {}
        }
    }

    /// Hears the sessions that there are, and of those that begin.
    async fn listen(&self) {
        let changes = Request::new("sessions.subscribe", json!({}));
        let list = Request::reading("sessions.list", json!({ "limit": SESSIONS }));
        for request in [changes, list] {
            match self.upstream.request(request).await {
                Ok(answer) => {
                    for session in answer["sessions"].as_array().into_iter().flatten() {
                        self.hear_of(&session["key"]);
                    }
                }
                Err(error) => tracing::warn!(%error, "the gateway's sessions are not heard"),
            }
        }
    }

    fn hear_of(&self, session: &Value) {
        if let Some(session) = session.as_str().filter(|key| !is_own_session(key)) {
            self.hear(session);
        }
    }

    fn hear(&self, session: &str) {
        let mut heard = lock(&self.heard);
        if heard.len() < SESSIONS && !heard.contains_key(session) {
            heard.insert(session.to_owned(), self.upstream.subscribe(session));
        }
    }

    fn take_in(&self, kind: EventKind, payload: &Value) {
        let change = read_change(kind, payload, &mut |message| words(message));
        if let Some((Some(session), Change::Row { row, .. })) = change
            && let Some(message) = message_of(session, row, payload)
        {
            self.bus.publish(&Event::ChannelReceived(Arc::new(message)));
        }
    }
}

/// What a new row of a session says, if it is not ours.
fn message_of(session: String, row: Row<String>, payload: &Value) -> Option<ChannelMessage> {
    let Row {
        facts,
        payload: content,
    } = row;
    let is_ours = is_own_session(&session)
        || facts
            .key
            .as_deref()
            .is_some_and(|key| key.starts_with(SENT));
    if is_ours || facts.hidden || content.is_empty() {
        return None;
    }
    let sender = match facts.role {
        Role::User => payload.pointer("/message/__openclaw/senderId"),
        Role::Assistant => payload.get("agentId"),
        _ => return None,
    };
    Some(ChannelMessage {
        channel: OPENCLAW.to_owned(),
        account: Account::default(),
        sender: sender
            .and_then(Value::as_str)
            .unwrap_or("unknown")
            .to_owned(),
        content,
        message_id: facts.record,
        conversation_id: session,
        metadata: Vec::new(),
    })
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing panics while it holds one.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
