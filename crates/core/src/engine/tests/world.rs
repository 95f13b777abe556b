//! A host and a gateway in one: it does what the engine says, and feeds it what
//! a test wants to have happened.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{
    Close, Config, Engine, Event, Generation, Input, Introduction, Network, NewEntry, NewRequest,
    Outgoing, Output, Status, WakeSource,
};
use super::disk::Disk;
use crate::answers::Answers;
use crate::handshake::{Credentials, DeviceKey, DeviceToken, Profile};
use crate::outbox::{Batch, Entry, EntryState, Key, Route, StoreError, Update};
use crate::requests::{RequestError, RequestId};
use crate::secret::Secret;
use crate::time::Instant;
use crate::verdict::Cause;

pub(super) const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The cause that a status shows.
pub(super) fn cause(status: &Status) -> &Cause {
    match status {
        Status::Waiting { cause, .. } | Status::Paused(cause) => cause,
        other => panic!("{other:?} has no cause"),
    }
}

/// A frame that left.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sent {
    Own {
        id: RequestId,
        method: String,
        params: Value,
    },
    Request(RequestId),
    Entry {
        id: RequestId,
        key: String,
        session: String,
    },
}

impl Sent {
    pub(super) fn id(&self) -> RequestId {
        match self {
            Self::Own { id, .. } | Self::Request(id) | Self::Entry { id, .. } => *id,
        }
    }
}

pub(super) struct World {
    pub(super) engine: Engine,
    pub(super) now: Instant,
    pub(super) introduction: Introduction,
    /// What the gateway answers to `connect`.
    pub(super) hello: Value,
    pub(super) challenge: Value,
    /// When a socket was asked for, one for each generation.
    pub(super) connects: Vec<Instant>,
    pub(super) disconnects: Vec<(Generation, u16)>,
    pub(super) proofs: Vec<String>,
    pub(super) sent: Vec<Sent>,
    pub(super) events: Vec<Event>,
    pub(super) kept_tokens: Vec<(String, Vec<String>)>,
    pub(super) forgotten_tokens: usize,
    pub(super) disk: Disk,
    /// How far the wall clock is ahead of the monotonic one, in milliseconds.
    pub(super) wall_ahead: u64,
    pub(super) pings: usize,
    pub(super) deposals: usize,
    pub(super) seq: u64,
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(Config::new(Profile::webchat("0.1.0")))
    }

    pub(super) fn with(config: Config) -> Self {
        let scopes = config.profile.scopes.clone();
        let role = config.profile.role.clone();
        let mut world = Self {
            engine: Engine::new(config, 11),
            now: Instant::from_millis(5_000_000),
            introduction: Introduction {
                credentials: Credentials {
                    token: Some(Secret::new("shared")),
                    ..Credentials::default()
                },
                device: Some(DeviceKey {
                    id: "device".to_owned(),
                    public_key: "key".to_owned(),
                }),
            },
            hello: json!({
                "type": "hello-ok",
                "server": {"version": "2026.9.6", "bootId": "boot-1", "connId": "c1"},
                "features": {"capabilities": []},
                "snapshot": {
                    "sessionDefaults": {"mainSessionKey": "agent:main:main"},
                    "stateVersion": {"presence": 3, "health": 5},
                },
                "auth": {"role": role, "scopes": scopes},
                "policy": {"tickIntervalMs": 30_000},
            }),
            challenge: json!({"nonce": "nonce", "ts": 1_795_144_574_973_u64}),
            connects: Vec::new(),
            disconnects: Vec::new(),
            proofs: Vec::new(),
            sent: Vec::new(),
            events: Vec::new(),
            kept_tokens: Vec::new(),
            forgotten_tokens: 0,
            disk: Disk::default(),
            wall_ahead: 0,
            pings: 0,
            deposals: 0,
            seq: 0,
        };
        world.restore();
        world.events.clear();
        world
    }

    /// Connected, with nothing told so far but that.
    pub(super) fn ready() -> Self {
        let mut world = Self::new();
        world.connect();
        world.shake_hands();
        assert_eq!(world.status(), Status::Ready);
        world.sent.clear();
        world.events.clear();
        world
    }

    pub(super) fn with_device_token(mut self, scopes: &[&str]) -> Self {
        self.introduction.credentials.device_token = Some(DeviceToken {
            token: Secret::new("device-token"),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        });
        self
    }

    // What the app does.

    pub(super) fn connect(&mut self) {
        self.engine.connect(self.now);
        self.drain();
    }

    pub(super) fn close(&mut self) {
        self.engine.close(self.now);
        self.drain();
    }

    pub(super) fn request(&mut self) -> RequestId {
        self.request_with(Answers::First, Some(secs(30))).unwrap()
    }

    pub(super) fn request_with(
        &mut self,
        answers: Answers,
        deadline: Option<Duration>,
    ) -> Result<RequestId, RequestError> {
        let id = self.engine.request(
            self.now,
            NewRequest {
                answers,
                deadline,
                final_deadline: None,
                idempotent: false,
            },
        );
        self.drain();
        id
    }

    pub(super) fn enqueue(&mut self, key: &str) {
        self.enqueue_in(key, "agent:main:main");
    }

    pub(super) fn enqueue_in(&mut self, key: &str, session: &str) {
        let new = NewEntry::chat(Key::new(key), Some(session.to_owned()), 10, self.wall_ms());
        self.engine.enqueue(self.now, new).unwrap();
        self.drain();
    }

    pub(super) fn resend(&mut self, key: &str, new_key: &str) -> bool {
        let resent = self
            .engine
            .resend(self.now, &Key::new(key), Key::new(new_key));
        self.drain();
        resent
    }

    pub(super) fn remove(&mut self, key: &str) -> bool {
        let removed = self.engine.remove(self.now, &Key::new(key));
        self.drain();
        removed
    }

    // What happens outside.

    pub(super) fn wall_ms(&self) -> u64 {
        self.now.as_millis() + self.wall_ahead
    }

    /// The timer fires.
    pub(super) fn wake(&mut self) {
        self.input(Input::Woke {
            wall_ms: self.wall_ms(),
        });
    }

    /// The store is read, as after a start.
    pub(super) fn restore(&mut self) {
        self.restore_from("store");
    }

    pub(super) fn restore_from(&mut self, store: &str) {
        self.input(Input::Restored {
            store: store.to_owned(),
            wall_ms: self.wall_ms(),
            entries: self.disk.entries.clone(),
        });
    }

    /// The page is loaded anew: all that is left is on disk.
    pub(super) fn reload(&mut self) {
        let config = self.engine.config.clone();
        self.engine = Engine::new(config, 12);
        self.connects.clear();
        self.sent.clear();
        self.events.clear();
        self.disk.out = None;
        self.restore();
        self.connect();
        self.shake_hands();
    }

    /// The batch that is out is answered.
    pub(super) fn answer_store(&mut self) {
        let batch = self.disk.out.take().expect("a batch that waits");
        let result = self.disk.take(&batch);
        self.input(self.how_stored(&batch, result));
    }

    /// The store says how a batch ended.
    pub(super) fn how_stored(&self, batch: &Batch, result: Result<(), StoreError>) -> Input {
        Input::Stored {
            batch: batch.id,
            result,
            wall_ms: self.wall_ms(),
        }
    }

    pub(super) fn input(&mut self, input: Input) {
        self.engine.handle_input(self.now, input);
        self.drain();
    }

    pub(super) fn network(&mut self, network: Network) {
        self.input(Input::Network(network));
    }

    pub(super) fn open(&mut self) {
        self.seq = 0;
        let opened = Input::Opened(self.generation(), self.introduction.clone());
        self.input(opened);
    }

    pub(super) fn drop_socket(&mut self, code: u16, reason: &str) {
        let close = Close::Socket {
            code,
            reason: reason.to_owned(),
        };
        self.input(Input::Closed(self.generation(), close));
    }

    /// Time passes; the timer fires whenever it should.
    pub(super) fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some((due, _)) = self.engine.deadline().filter(|(due, _)| *due <= end) {
            self.now = self.now.max(due);
            self.wake();
            let next = self.engine.deadline();
            assert!(
                next.is_none_or(|(next, _)| next > self.now),
                "the timer does not move on: {next:?}"
            );
        }
        self.now = end;
    }

    /// Time passes on a connection that is alive.
    pub(super) fn live(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.pass(secs(1));
            self.event("tick", &json!({"ts": 1}));
        }
    }

    // What can be seen.

    pub(super) fn status(&self) -> Status {
        self.engine.status()
    }

    pub(super) fn generation(&self) -> Generation {
        Generation(u32::try_from(self.connects.len()).unwrap())
    }

    /// The id of the newest frame of the engine's own with this method.
    pub(super) fn own(&self, wanted: &str) -> RequestId {
        self.own_all(wanted).last().expect(wanted).0
    }

    pub(super) fn own_all(&self, wanted: &str) -> Vec<(RequestId, Value)> {
        let own = self.sent.iter().filter_map(|sent| match sent {
            Sent::Own { id, method, params } if method == wanted => Some((*id, params.clone())),
            _ => None,
        });
        own.collect()
    }

    /// Keys of the messages that left, in order.
    pub(super) fn left(&self) -> Vec<&str> {
        let keys = self.sent.iter().filter_map(|sent| match sent {
            Sent::Entry { key, .. } => Some(key.as_str()),
            _ => None,
        });
        keys.collect()
    }

    /// The id under which a message left last.
    pub(super) fn id_of(&self, wanted: &str) -> RequestId {
        let newest = self.sent.iter().rev();
        newest
            .filter(|sent| matches!(sent, Sent::Entry { key, .. } if key == wanted))
            .map(Sent::id)
            .next()
            .expect(wanted)
    }

    pub(super) fn entry(&self, key: &str) -> Option<Entry> {
        let mut entries = self.engine.entries().into_iter();
        entries.find(|entry| entry.key.as_str() == key)
    }

    /// The state of an entry; `None` once it is out of the outbox.
    pub(super) fn state(&self, key: &str) -> Option<EntryState> {
        self.entry(key).map(|entry| entry.state)
    }

    pub(super) fn confirmed(&self) -> Vec<&str> {
        let confirmed = self.events.iter().filter_map(|event| match event {
            Event::Outbox(Update::Changed(entry)) if entry.state == EntryState::Confirmed => {
                Some(entry.key.as_str())
            }
            _ => None,
        });
        confirmed.collect()
    }

    pub(super) fn failures(&self) -> Vec<(RequestId, RequestError)> {
        let failures = self.events.iter().filter_map(|event| match event {
            Event::Failed(id, error) => Some((*id, *error)),
            _ => None,
        });
        failures.collect()
    }

    pub(super) fn drain(&mut self) {
        for round in 0.. {
            assert!(round < 100_000, "the outputs do not end");
            let is_drained = self.engine.is_drained();
            let output = self.engine.poll_output();
            assert_eq!(is_drained, output.is_none());
            let Some(output) = output else {
                break;
            };
            self.perform(output);
        }
        let waits_for_nothing = matches!(
            self.status(),
            Status::Idle | Status::Paused(_) | Status::Closed
        );
        let waits_for_nothing = waits_for_nothing && !self.engine.is_following();
        assert_eq!(self.engine.wake_source().is_none(), waits_for_nothing);
        // The store may be tried again, and an entry expire, at any time.
        assert!(self.engine.deadline().is_some() || waits_for_nothing);
        if self.engine.wake_source() == Some(WakeSource::Host) {
            panic!("the host signs at once");
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Connect(generation) => {
                self.connects.push(self.now);
                assert_eq!(generation, self.generation());
            }
            Output::Sign(generation, text) => {
                self.proofs.push(text.expose().to_owned());
                let signature = Ok("signature".to_owned());
                let signed = Input::Signed(generation, signature);
                self.engine.handle_input(self.now, signed);
            }
            Output::Transmit(generation, outgoing) => {
                if !self.engine.is_following() {
                    assert_eq!(generation, self.generation());
                }
                self.sent.push(match outgoing {
                    Outgoing::Frame(text) => own(text.expose()),
                    Outgoing::Request(id) => Sent::Request(id),
                    Outgoing::Entry { id, key, route } => Sent::Entry {
                        id,
                        key: key.to_string(),
                        session: match route {
                            Route::Chat(session) => session.expect("a session"),
                            Route::Method { name, .. } => name,
                        },
                    },
                });
            }
            Output::Disconnect(generation, code) => {
                assert!(code == 1000 || (3000..5000).contains(&code), "{code}");
                self.disconnects.push((generation, code));
            }
            Output::KeepDeviceToken { token, scopes, .. } => {
                self.kept_tokens.push((token.expose().to_owned(), scopes));
            }
            Output::ForgetDeviceToken => self.forgotten_tokens += 1,
            Output::Store(batch) => {
                assert!(self.disk.out.is_none(), "one batch at a time");
                self.disk.batches += 1;
                if self.disk.is_slow {
                    self.disk.out = Some(batch);
                } else {
                    let result = self.disk.take(&batch);
                    let stored = self.how_stored(&batch, result);
                    self.engine.handle_input(self.now, stored);
                }
            }
            Output::Ping(_) => self.pings += 1,
            Output::Depose => self.deposals += 1,
            Output::Event(event) => self.events.push(event),
        }
    }
}

fn own(text: &str) -> Sent {
    let frame: Value = serde_json::from_str(text).unwrap();
    assert_eq!(frame["type"], "req");
    Sent::Own {
        id: RequestId(frame["id"].as_str().unwrap().parse().unwrap()),
        method: frame["method"].as_str().unwrap().to_owned(),
        params: frame["params"].clone(),
    }
}
