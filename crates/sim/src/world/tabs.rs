//! A tab: the host of one engine. It does what a browser's shell does.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use clawline_core::engine::{
    Close, Config, Facts, Generation, Glance, Input, Introduction, NewEntry, NewRequest, Verdict,
};
use clawline_core::wire::{EventKind, read_answer, read_event};
use clawline_core::{
    Answers, Backoff, Bounds, Credentials, DeviceKey, Engine, Instant, Key, Profile, RequestId,
    Route, Secret, StoreError,
};

use super::agenda::{Delivery, Due};
use super::{TabId, World};
use crate::gateway::{Down, MAIN, SocketId};
use crate::script::{Fault, Letter};

/// The page's monotonic clock when the page opened.
const BEGIN: u64 = 5_000_000;
/// The wall clock at the beginning of the world.
const WALL: u64 = 1_795_144_574_000;
/// How often a browser lets the timers of a hidden page fire.
const CLAMP: u64 = 60_000;

/// Whether a tab's code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Runs,
    Frozen,
    /// Its machine sleeps.
    Asleep,
    Dead,
}

/// What a tab is to the others of its device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It has not connected, or was closed.
    Apart,
    /// It got the lock and reads the store.
    Rising,
    /// Its rows of the store are its own while the epoch is this.
    Leads(u64),
    /// Another tab leads.
    Follows,
}

/// A request of the app.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: &'static str,
    pub(super) params: serde_json::Value,
    pub(super) generation: Generation,
    /// For another tab, under its own number.
    pub(super) behalf: Option<(TabId, RequestId)>,
    pub(super) two_answers: bool,
    pub(super) idempotent: bool,
}

/// The host of one engine.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) device: usize,
    pub(super) engine: Engine,
    pub(super) life: Life,
    pub(super) visible: bool,
    pub(super) role: Role,
    /// Whose rows of the store it has.
    pub(super) owner: TabId,
    /// The app wants a connection.
    pub(super) wanted: bool,
    pub(super) subscribes: bool,
    /// The true time at which its clock began, and what it stood still.
    origin: u64,
    pub(super) stood_still: u64,
    /// Since when its machine sleeps, and whether its clocks stand still.
    pub(super) asleep: (u64, bool),
    pub(super) socket: Option<SocketId>,
    pub(super) last_seq: u64,
    pub(super) inbox: VecDeque<Delivery>,
    pub(super) asked: BTreeMap<RequestId, Asked>,
    /// The epoch in which it led last: its changes carry it.
    pub(super) epoch: Option<u64>,
    /// The newest epoch of which it heard.
    pub(super) heard_epoch: u64,
    /// Marks that it stored: keys, and the process they are for.
    pub(super) marks: BTreeSet<(String, String)>,
    /// Messages that the store did not take.
    pub(super) not_taken: BTreeSet<String>,
    /// Messages of which the store did not take some fact.
    pub(super) failed: BTreeSet<String>,
    /// Messages whose files are being read.
    pub(super) reading: BTreeSet<String>,
    /// Its last batch was not taken: the store may be broken for good.
    pub(super) store_failed: bool,
    wakes: (u64, u32),
}

impl Tab {
    pub(super) fn now(&self, now: u64) -> Instant {
        Instant::from_millis(BEGIN + (now - self.origin).saturating_sub(self.stood_still))
    }

    /// When its timer fires, in true time.
    fn timer(&self) -> Option<u64> {
        if self.life != Life::Runs {
            return None;
        }
        let (due, _) = self.engine.deadline()?;
        let at = due.as_millis().saturating_sub(BEGIN) + self.origin + self.stood_still;
        Some(if self.visible {
            at
        } else {
            at.next_multiple_of(CLAMP)
        })
    }
}

impl World {
    /// A tab opens, and its app connects.
    pub(super) fn open_tab(&mut self, device: usize) -> TabId {
        let id = self.tabs.len();
        let mut config = Config::new(Profile::webchat("0.1.0"));
        config.backoff = Backoff::default();
        config.bounds = self
            .setup
            .bounds
            .map_or_else(Bounds::default, |entries| Bounds {
                entries,
                ..Bounds::default()
            });
        let seed = self.rng.bits();
        self.tabs.push(Tab {
            device,
            engine: Engine::new(config, seed),
            life: Life::Runs,
            visible: true,
            role: Role::Apart,
            owner: if self.setup.locks { usize::MAX } else { id },
            wanted: false,
            subscribes: self.rng.percent(self.setup.subscribers),
            origin: self.now,
            stood_still: 0,
            asleep: (0, false),
            socket: None,
            last_seq: 0,
            inbox: VecDeque::new(),
            asked: BTreeMap::new(),
            epoch: None,
            heard_epoch: 0,
            marks: BTreeSet::new(),
            not_taken: BTreeSet::new(),
            failed: BTreeSet::new(),
            reading: BTreeSet::new(),
            store_failed: false,
            wakes: (0, 0),
        });
        self.note(|| format!("t{id} opens on device {device}"));
        if self.rng.percent(self.setup.field.late) {
            self.keep_only(id);
        } else {
            self.app_connects(id);
        }
        if self.setup.locks {
            self.patrol(id);
        } else {
            self.beat(id);
        }
        id
    }

    /// The next timer that fires, of all tabs.
    pub(super) fn next_timer(&self) -> Option<(u64, TabId)> {
        let timers = self.tabs.iter().enumerate();
        timers
            .filter_map(|(id, tab)| Some((tab.timer()?, id)))
            .min()
    }

    /// A tab's timer fires.
    pub(super) fn wake(&mut self, id: TabId) {
        let wall_ms = self.wall(id);
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        tab.wakes = if tab.wakes.0 == self.now {
            (self.now, tab.wakes.1 + 1)
        } else {
            (self.now, 0)
        };
        if tab.wakes.1 > 30 {
            let why = format!(
                "t{id}: the timer does not move on: {:?}",
                tab.engine.deadline()
            );
            self.judge.fail("finite", why);
        }
        self.tabs[id]
            .engine
            .handle_input(now, Input::Woke { wall_ms });
        self.settle(id);
    }

    /// What a device's wall clock shows in a tab.
    pub(super) fn wall(&self, id: TabId) -> u64 {
        let skew = self.devices[self.tabs[id].device].skew;
        (WALL + self.now).saturating_add_signed(skew)
    }

    /// Feeds an engine and does what it says.
    pub(super) fn feed(&mut self, id: TabId, input: Input) {
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        tab.engine.handle_input(now, input);
        self.settle(id);
    }

    /// Something reaches a tab.
    pub(super) fn deliver(&mut self, id: TabId, delivery: Delivery) {
        match self.tabs[id].life {
            Life::Dead => {}
            Life::Frozen | Life::Asleep => self.tabs[id].inbox.push_back(delivery),
            Life::Runs => self.receive(id, delivery),
        }
    }

    pub(super) fn receive(&mut self, id: TabId, delivery: Delivery) {
        match delivery {
            Delivery::Opened(socket) => {
                if self.network.returns(self.now, socket) {
                    self.tabs[id].last_seq = 0;
                    let introduction = Introduction {
                        credentials: Credentials {
                            token: Some(Secret::new("shared")),
                            ..Credentials::default()
                        },
                        device: Some(DeviceKey {
                            id: format!("device-{}", self.tabs[id].device),
                            public_key: "key".to_owned(),
                        }),
                    };
                    let generation = self.generation(socket);
                    self.feed(id, Input::Opened(generation, introduction));
                }
            }
            Delivery::Frame(socket, down) => {
                if self.network.returns(self.now, socket) {
                    self.frame(id, socket, down);
                }
            }
            Delivery::Closed(socket, code) => {
                let link = &mut self.network.sockets[socket as usize];
                if std::mem::replace(&mut link.over, true) {
                    return;
                }
                if self.tabs[id].socket == Some(socket) {
                    self.tabs[id].socket = None;
                    self.judge.loses(self.now, id, code);
                }
                if self.network.sockets[socket as usize].by_proxy {
                    self.disturb();
                }
                let generation = self.generation(socket);
                let close = Close::Socket {
                    code,
                    reason: String::new(),
                };
                self.feed(id, Input::Closed(generation, close));
                self.judge.has_lost(self.now, id);
            }
            Delivery::Signed(generation) => {
                let signed = Input::Signed(Generation(generation), Ok("signature".to_owned()));
                self.feed(id, signed);
            }
            Delivery::Stored(batch, result, epoch, added) => {
                // What a tab made before it led anew is no sign of another one.
                let is_own = epoch < self.tabs[id].epoch && !self.is_stale(id);
                let result = match result {
                    Err(StoreError::Deposed) if is_own => Err(StoreError::Failed),
                    result => result,
                };
                self.stored(id, batch, result, added);
            }
            Delivery::Restored(saved) => self.restored(id, saved),
            Delivery::Adopted(entries) => {
                if matches!(self.tabs[id].role, Role::Leads(_)) {
                    self.finds(id, &entries);
                    let wall_ms = self.wall(id);
                    self.feed(id, Input::Adopted { wall_ms, entries });
                    self.take_note(id);
                }
            }
            Delivery::FilesRead(key, is_readable) => self.files_read(id, &key, is_readable),
            Delivery::NoSignIn(socket) => self.no_sign_in(id, socket),
            Delivery::Lead => self.rise(id),
            Delivery::LockLost => self.lock_lost(id),
            Delivery::Subscribe => self.subscribe(id),
            Delivery::Word(word) => self.hear(id, word),
        }
    }

    fn generation(&self, socket: SocketId) -> Generation {
        Generation(self.network.sockets[socket as usize].generation)
    }

    fn frame(&mut self, id: TabId, socket: SocketId, down: Down) {
        let generation = self.generation(socket);
        let is_current = self.tabs[id].socket == Some(socket);
        if is_current {
            self.judge.saw(id, &down);
        }
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        match down {
            Down::Event { name, seq, .. } => {
                let kind = EventKind::fixed(name).unwrap_or(EventKind(EventKind::FIRST_FREE));
                let is_next = is_current && seq == Some(tab.last_seq + 1);
                if let Some(seq) = seq.filter(|_| is_current) {
                    tab.last_seq = tab.last_seq.max(seq);
                }
                let goes_by = is_next && tab.engine.lets_pass();
                if goes_by && !EventKind::ALWAYS_READ.contains(&kind) {
                    tab.engine.passed(now, generation, seq.unwrap_or_default());
                } else {
                    let verdict = tab
                        .engine
                        .glance(now, generation, Glance::Event { kind, seq });
                    if verdict == Verdict::ReadEvent {
                        let facts = Facts::Event(read_event(kind, &down.value()));
                        tab.engine.handle_frame(now, generation, facts);
                    }
                }
                if name == "session.message" {
                    self.tell_followers(id);
                }
            }
            Down::Answer { id: number, ok, .. } => {
                let glance = Glance::Response {
                    id: RequestId(number),
                };
                let mut verdict = tab.engine.glance(now, generation, glance);
                if is_current {
                    let is_read = matches!(verdict, Verdict::ReadAnswer(_));
                    self.judge.answered(self.now, id, number, ok, is_read);
                }
                let number = RequestId(number);
                if let Verdict::ReadAnswer(read) = verdict {
                    let facts = Facts::Answer(number, read_answer(read, &down.value()));
                    verdict = tab.engine.handle_frame(now, generation, facts);
                }
                match verdict {
                    Verdict::Settled(number) => self.answered(id, number, true),
                    Verdict::Accepted(number) => self.answered(id, number, false),
                    _ => {}
                }
            }
        }
        self.settle(id);
    }

    /// The app writes a message or a request for the outbox.
    pub(super) fn write(&mut self, id: TabId, letter: &Letter) {
        if self.tabs[id].life != Life::Runs {
            return;
        }
        let index = self.count;
        self.count += 1;
        let key = format!("m{index}");
        let session = match letter.session % self.setup.sessions {
            0 if letter.main => None,
            0 => Some(MAIN.to_owned()),
            other => Some(format!("agent:main:s{other}")),
        };
        let route = match letter.method {
            None => Route::Chat(session.clone()),
            Some(method) => Route::Method {
                name: method.to_owned(),
                session: None,
            },
        };
        let new = NewEntry {
            key: Key::new(key.as_str()),
            route,
            answers: if letter.method == Some("agent") {
                Answers::Final
            } else {
                Answers::First
            },
            bytes: letter.bytes,
            ttl: letter.ttl.map(Duration::from_millis),
            written_ms: self.wall(id),
            is_being_read: letter.file.is_some(),
        };
        let word = letter.fault.map_or("message", Fault::word);
        let text = format!("{word} {index}");
        let lane = match letter.method {
            None => session.unwrap_or_else(|| MAIN.to_owned()),
            Some(method) => method.to_owned(),
        };
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        if tab.engine.enqueue(now, new).is_ok() {
            let device = tab.device;
            self.judge
                .wrote(self.now, id, device, &key, &lane, text, letter);
            self.note(|| format!("t{id} writes {key} to {lane}"));
            if let Some(file) = letter.file {
                self.read_files(id, &key, file);
            }
        }
        self.settle(id);
    }

    /// The app makes a request.
    pub(super) fn ask(&mut self, id: TabId, asked: Asked) -> bool {
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        let new = NewRequest {
            answers: if asked.two_answers {
                Answers::Final
            } else {
                Answers::First
            },
            deadline: Some(Duration::from_secs(9)),
            final_deadline: Some(Duration::from_secs(20)),
            idempotent: asked.idempotent,
        };
        let made = tab.engine.request(now, new);
        if let Ok(number) = made {
            tab.asked.insert(number, asked);
            self.judge.asked(id, number);
        }
        self.settle(id);
        made.is_ok()
    }

    /// An answer came for a request of the app, or of another tab.
    fn answered(&mut self, id: TabId, number: RequestId, last: bool) {
        let behalf = self.tabs[id]
            .asked
            .get(&number)
            .and_then(|asked| asked.behalf);
        if last {
            self.tabs[id].asked.remove(&number);
            self.judge.ended(id, number);
        }
        if let Some((from, theirs)) = behalf {
            self.say(
                id,
                Some(from),
                super::agenda::Word::Answer { id: theirs, last },
            );
        }
    }

    /// Runs a transaction later: the store takes its time, and they run one
    /// after the other.
    pub(super) fn begin(&mut self, id: TabId, job: super::store::Job) {
        let most = match self.devices[self.tabs[id].device].store.trouble(self.now) {
            Some(super::Trouble::Slow(most)) => most,
            _ => self.setup.store_ms,
        };
        let wait = self.rng.between(0, most);
        let store = &mut self.devices[self.tabs[id].device].store;
        store.floor = store.floor.max(self.now + wait);
        self.agenda.put(store.floor, Due::Commit(id, job));
    }
}
