//! The loop around the engine: one task that owns the engine, its socket and
//! its timer. What takes time (opening, the store) is done beside it.

mod jobs;
mod obey;
mod perform;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clawline_core::engine::{Generation, Glance, Input, Verdict};
use clawline_core::wire;
use clawline_core::{DeviceToken, Engine, Instant, RequestId, Update};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::sleep_until;

use super::Request;
use super::config::SignIn;
use super::events::{Event, Hub};
use super::identity::Identity;
use super::place::Place;
use super::request::outcome;
use super::sent::Letters;
use super::socket::{Heard, Socket};
use super::status::Status;
use super::store::{Kept, Store, StoreFailed};
use super::subscriptions::Subscriptions;
use jobs::Done;
use obey::Asked;
pub(super) use obey::{Command, Commands};

/// A client that is closed gives its socket and its store so long.
const LEAVING: Duration = Duration::from_secs(5);
/// No timer is armed for longer than this.
const FOREVER: Duration = Duration::from_secs(3_600);

#[derive(Debug)]
pub(super) struct Host<S> {
    engine: Engine,
    began: tokio::time::Instant,
    place: Arc<Place>,
    identity: Arc<Identity>,
    sign_in: SignIn,
    device_token: Option<DeviceToken>,
    store: Arc<S>,
    socket: Option<(Generation, Socket)>,
    opening: Option<(Generation, AbortHandle)>,
    /// How much had left when the timer last looked, of a socket that was busy.
    left: Option<u64>,
    jobs: JoinSet<Done>,
    asked: HashMap<RequestId, Asked>,
    letters: Letters,
    subscriptions: Subscriptions,
    /// What the host itself asks for, once the engine is drained.
    wishes: Vec<Request>,
    hub: Arc<Hub>,
    status: watch::Sender<Status>,
    hello: Arc<Value>,
    was_ready: bool,
    leaving: Option<tokio::time::Instant>,
    closers: Vec<oneshot::Sender<()>>,
}

/// What a host is made of.
#[derive(Debug)]
pub(super) struct Parts<S> {
    pub(super) engine: Engine,
    pub(super) place: Place,
    pub(super) identity: Identity,
    pub(super) sign_in: SignIn,
    pub(super) store: S,
    pub(super) hub: Arc<Hub>,
    pub(super) status: watch::Sender<Status>,
}

impl<S: Store> Host<S> {
    /// Reads the store. Nothing of it leaves before.
    pub(super) async fn new(parts: Parts<S>) -> Result<Self, StoreFailed> {
        let restored = parts.store.restore(&parts.place.outbox).await?;
        let mut host = Self {
            engine: parts.engine,
            began: tokio::time::Instant::now(),
            place: Arc::new(parts.place),
            identity: Arc::new(parts.identity),
            sign_in: parts.sign_in,
            device_token: restored.token,
            store: Arc::new(parts.store),
            socket: None,
            opening: None,
            left: None,
            jobs: JoinSet::new(),
            asked: HashMap::new(),
            letters: Letters::default(),
            subscriptions: Subscriptions::default(),
            wishes: Vec::new(),
            hub: parts.hub,
            status: parts.status,
            hello: Arc::default(),
            was_ready: false,
            leaving: None,
            closers: Vec::new(),
        };
        let mut entries = Vec::new();
        for Kept { saved, params } in restored.entries {
            host.letters
                .add(saved.key.clone(), params.into(), Some(true));
            entries.push(saved);
        }
        let store = host.place.outbox.clone();
        host.input(Input::Restored {
            store,
            wall_ms: wall_ms(),
            entries,
        });
        for entry in host.engine.entries() {
            host.follow(Update::Changed(entry));
        }
        Ok(host)
    }

    /// Runs until it is closed, by a command or because nobody can command any
    /// more.
    pub(super) async fn run(mut self, mut commands: mpsc::UnboundedReceiver<Command>) {
        self.engine.connect(self.now());
        loop {
            self.perform();
            if self.has_left() {
                break;
            }
            let wake = self.wake_at();
            tokio::select! {
                command = commands.recv(), if self.leaving.is_none() => match command {
                    Some(command) => self.obey(command),
                    None => self.leave(),
                },
                Some(done) = self.jobs.join_next() => {
                    if let Ok(done) = done {
                        self.take(done);
                    }
                }
                heard = hear(&mut self.socket) => self.hear(heard),
                () = sleep_until(wake) => self.woke(),
            }
        }
        self.hub.close();
        for closer in self.closers {
            let _ = closer.send(());
        }
    }

    fn now(&self) -> Instant {
        let passed = self.began.elapsed().as_millis();
        Instant::from_millis(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    fn wake_at(&self) -> tokio::time::Instant {
        let latest = tokio::time::Instant::now() + FOREVER;
        let due = self.engine.deadline().map(|(due, _)| {
            let wait = Duration::from_millis(due.as_millis());
            self.began.checked_add(wait).unwrap_or(latest)
        });
        due.into_iter().chain(self.leaving).fold(latest, Ord::min)
    }

    fn input(&mut self, input: Input) {
        let now = self.now();
        self.engine.handle_input(now, input);
    }

    fn hear(&mut self, heard: (Generation, Heard)) {
        let (generation, heard) = heard;
        let now = self.now();
        let text = match heard {
            Heard::Text(text) => text,
            Heard::Life => {
                let glance = Glance::Other;
                self.engine.glance(now, generation, glance);
                return;
            }
            Heard::Closed(close) => {
                self.socket = None;
                return self.input(Input::Closed(generation, close));
            }
        };
        let Some(mut frame) = wire::text::read_all(&text).filter(Value::is_object) else {
            let glance = Glance::Unreadable;
            self.engine.glance(now, generation, glance);
            return;
        };
        match self.engine.take_frame(now, generation, &frame) {
            Verdict::Deliver if !self.hub.has_nobody() => {
                let name = frame["event"].as_str().unwrap_or_default().to_owned();
                let payload = frame["payload"].take();
                self.hub.tell(Event::Gateway { name, payload }, text.len());
            }
            Verdict::Settled(id) => {
                if let Some(asked) = self.asked.remove(&id) {
                    asked.answer(outcome(frame));
                }
            }
            // Before its status is performed: who is told "ready" finds it.
            Verdict::Hello => self.hello = Arc::new(without_tokens(frame["payload"].take())),
            _ => {}
        }
    }

    fn woke(&mut self) {
        // A large frame on a slow line says nothing, and moves all the same.
        let before = self.left;
        let busy = self
            .socket
            .as_ref()
            .map(|(at, socket)| (*at, socket.sending()));
        self.left = busy.and_then(|(_, left)| left);
        if let (Some(before), Some((generation, Some(left)))) = (before, busy)
            && left > before
        {
            self.input(Input::Drained(generation));
        }
        self.input(Input::Woke { wall_ms: wall_ms() });
    }

    fn leave(&mut self) {
        self.leaving = Some(tokio::time::Instant::now() + LEAVING);
        self.engine.close(self.now());
    }

    fn has_left(&self) -> bool {
        self.leaving.is_some_and(|until| {
            let is_done = self.engine.is_stored() && self.jobs.is_empty();
            is_done || until <= tokio::time::Instant::now()
        })
    }
}

async fn hear(socket: &mut Option<(Generation, Socket)>) -> (Generation, Heard) {
    match socket {
        Some((generation, socket)) => (*generation, socket.next().await),
        None => std::future::pending().await,
    }
}

fn without_tokens(mut hello: Value) -> Value {
    if let Some(auth) = hello.get_mut("auth").and_then(Value::as_object_mut) {
        for secret in ["deviceToken", "deviceTokens"] {
            auth.remove(secret);
        }
    }
    hello
}

fn wall_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
