//! What an engine says, done.

use clawline_core::engine::{Event, Generation, Outgoing, Output, Status};
use clawline_core::{EntryState, Key, Progress, RequestError, Route, Update, reasons};
use serde_json::{Value, json};

use super::agenda::{Delivery, Due, Word};
use super::store::Job;
use super::tabs::Asked;
use super::{TabId, World};
use crate::gateway::Up;
use crate::script::Fault;

/// How long a gateway takes to notice that nobody is there any more, in ms.
pub(super) const PONG_DEADLINE: u64 = 50_000;
/// More outputs than this from one mutation never end.
const MOST_OUTPUTS: u32 = 20_000;

impl World {
    /// Drains an engine and does what it says: nothing here calls into it.
    pub(super) fn settle(&mut self, id: TabId) {
        for round in 0.. {
            if round > MOST_OUTPUTS {
                self.judge
                    .fail("finite", format!("t{id}: the outputs do not end"));
                break;
            }
            let Some(output) = self.tabs[id].engine.poll_output() else {
                break;
            };
            self.perform(id, output);
        }
        self.look_at(id);
    }

    fn perform(&mut self, id: TabId, output: Output) {
        match output {
            Output::Connect(generation) => {
                let device = self.tabs[id].device;
                let socket =
                    self.network
                        .connect(self.now, &mut self.agenda, id, device, generation.0);
                self.tabs[id].socket = Some(socket);
                self.judge.new_socket(id);
                self.sign_in(id, socket);
            }
            Output::Sign(generation, _) => {
                let wait = self.rng.between(0, 20);
                let signed = Delivery::Signed(generation.0);
                self.agenda.put(self.now + wait, Due::Deliver(id, signed));
            }
            Output::Transmit(generation, outgoing) => self.transmit(id, generation, outgoing),
            Output::Disconnect(generation, code) => {
                if code != 1000 && !(3000..5000).contains(&code) {
                    self.judge
                        .fail("close", format!("a browser cannot close with {code}"));
                }
                if let Some(socket) = self.tabs[id].socket.take() {
                    if self.network.sockets[socket as usize].generation != generation.0 {
                        self.judge
                            .fail("close", format!("t{id} closes a socket it does not have"));
                    }
                    self.network.close_up(self.now, &mut self.agenda, socket);
                    self.note(|| format!("t{id} ends socket {socket} with {code}"));
                }
            }
            Output::KeepDeviceToken { .. } | Output::ForgetDeviceToken => {}
            Output::Store(batch) => {
                let epoch = self.tabs[id].epoch;
                self.judge_batch(id, &batch.changes);
                self.judge.stores(self.now, id);
                self.note(|| format!("t{id} stores {}", super::upkeep::shown(&batch)));
                self.begin(id, Job::Write(batch, epoch));
            }
            Output::Ping(_) => self.say(id, None, Word::Ping(id)),
            Output::Depose => self.depose(id),
            Output::Event(event) => self.told(id, event),
        }
    }

    fn transmit(&mut self, id: TabId, generation: Generation, outgoing: Outgoing) {
        let up = match outgoing {
            Outgoing::Frame(text) => {
                let frame: Value = serde_json::from_str(text.expose()).unwrap_or_default();
                let params = &frame["params"];
                if frame["method"] == "chat.history" && params["offset"].is_null() {
                    let session = params["sessionKey"].as_str().unwrap_or_default();
                    self.judge.looks(self.now, id, session);
                }
                let number = frame["id"].as_str().and_then(|id| id.parse().ok());
                Up {
                    id: number.unwrap_or_default(),
                    method: frame["method"].as_str().unwrap_or_default().to_owned(),
                    params: frame["params"].clone(),
                }
            }
            Outgoing::Request(number) => {
                let follows = self.tabs[id].engine.is_following();
                let Some(asked) = self.tabs[id].asked.get_mut(&number) else {
                    return self
                        .judge
                        .fail("requests", format!("t{id} sends an ended request"));
                };
                asked.generation = generation;
                self.judge.asks(id, number, asked.idempotent);
                if follows {
                    let word = Word::Ask {
                        from: id,
                        id: number,
                        two_answers: asked.two_answers,
                        idempotent: asked.idempotent,
                    };
                    return self.say(id, None, word);
                }
                Up {
                    id: number.0,
                    method: asked.method.to_owned(),
                    params: asked.params.clone(),
                }
            }
            Outgoing::Entry {
                id: number,
                key,
                route,
            } => {
                self.judge_departure(id, &key);
                let text = self.judge.text(key.as_str());
                let (method, params) = match &route {
                    Route::Chat(session) => (
                        "chat.send".to_owned(),
                        json!({
                            "sessionKey": session, "message": text,
                            "idempotencyKey": key.as_str(),
                        }),
                    ),
                    Route::Method { name, .. } => (
                        name.clone(),
                        json!({"message": text, "idempotencyKey": key.as_str()}),
                    ),
                };
                self.judge.sending(self.now, id, number.0, key.as_str());
                if let Some(socket) = self.tabs[id].socket {
                    let bytes = self.judge.bytes(key.as_str());
                    if !self.passes(socket, &text, bytes) {
                        return;
                    }
                }
                Up {
                    id: number.0,
                    method,
                    params,
                }
            }
        };
        let Some(socket) = self.tabs[id].socket else {
            return self
                .judge
                .fail("sockets", format!("t{id} sends without a socket"));
        };
        if self.network.sockets[socket as usize].generation != generation.0 {
            return self
                .judge
                .fail("sockets", format!("t{id} sends on an older socket"));
        }
        let line = self.network.lines[self.tabs[id].device];
        if self.now < line.swallows_until && up.params["idempotencyKey"].is_string() {
            self.network.lose(socket, self.now);
            self.agenda
                .put(self.now + PONG_DEADLINE, Due::HangUp(socket));
        }
        self.network.send_up(self.now, &mut self.agenda, socket, up);
    }

    /// A message leaves: its mark must stand in the store.
    fn judge_departure(&mut self, id: TabId, key: &Key) {
        let tab = &self.tabs[id];
        let boot = self.boot_of(id).unwrap_or_default();
        let marked = tab
            .marks
            .contains(&(key.to_string(), format!("boot-{boot}")));
        let kept = self.judge.was_kept(key.as_str());
        let refused = tab.store_failed || self.judge.not_taken(&tab.not_taken, key.as_str());
        self.note(|| format!("t{id} sends {key}"));
        if self.tabs[id].reading.contains(key.as_str()) {
            let why = format!("{key} leaves t{id} and its files are not read");
            self.judge.fail("stored", why);
        }
        self.judge_turn(id, key);
        let lacks_scope = self.tabs[id]
            .socket
            .is_some_and(|socket| !self.gateway.may_write(socket));
        if lacks_scope && self.judge.waits_for_scope(id, key.as_str()) {
            let why = format!("{key} leaves t{id} without the scope that it waits for");
            self.judge.fail("needless", why);
        }
        if self.gateway.ledger.wiped.contains(key.as_str()) {
            self.judge.wiped(key.as_str());
        }
        if !marked && (kept || !refused) {
            let why = format!("{key} leaves t{id} for process {boot} before its mark is stored");
            self.judge.fail("mark", why);
        }
        self.judge.departs(self.now, id, key.as_str(), boot);
    }

    /// The engine tells the app something.
    fn told(&mut self, id: TabId, event: Event) {
        match event {
            Event::Status(status) => {
                self.note(|| format!("t{id} is {}", super::upkeep::word(&status)));
                if status == Status::Ready && self.tabs[id].subscribes {
                    self.agenda
                        .put(self.now, Due::Deliver(id, Delivery::Subscribe));
                }
                self.tell_followers(id);
            }
            Event::Failed(number, error) => {
                let engine = &self.tabs[id].engine;
                let connected = engine.status() == Status::Ready && !engine.is_following();
                if connected && error == RequestError::Timeout(Progress::Unsent) {
                    let why = format!("t{id}: request {} stays here although it may go", number.0);
                    self.judge.fail("requests", why);
                }
                self.note(|| format!("t{id} request {} failed: {error:?}", number.0));
                let behalf = self.tabs[id]
                    .asked
                    .remove(&number)
                    .and_then(|asked| asked.behalf);
                self.judge.ended(id, number);
                if let Some((from, theirs)) = behalf {
                    self.say(id, Some(from), Word::Failed { id: theirs });
                }
            }
            Event::Outbox(update) => {
                self.note(|| format!("t{id} {}", super::upkeep::update(&update)));
                self.judge_update(id, &update);
            }
            _ => {}
        }
    }

    fn judge_update(&mut self, id: TabId, update: &Update) {
        let ledger = &self.gateway.ledger;
        match update {
            Update::Changed(entry) => {
                let key = entry.key.as_str();
                // What no store has is this tab's alone.
                let is_void = self.is_stale(id) && self.judge.was_kept(key);
                if !is_void {
                    self.judge.shown(self.now, key, entry.state);
                }
                if entry.state != EntryState::Sending {
                    self.judge.moved_on(id, key);
                }
                match entry.state {
                    EntryState::Confirmed => {
                        let stands = match entry.method {
                            None => {
                                self.gateway.place(key).is_some()
                                    || ledger.rowless.contains(key)
                                    || ledger.wiped.contains(key)
                            }
                            Some(_) => ledger.ran.contains_key(key),
                        };
                        if !stands {
                            let why = format!("{key} is called confirmed and stands nowhere");
                            self.judge.fail("truth", why);
                        }
                        self.judge.confirmed(key);
                    }
                    EntryState::Accepted if !ledger.received.contains(key) => {
                        let why = format!("{key} is called accepted and never arrived");
                        self.judge.fail("truth", why);
                    }
                    EntryState::Parked if is_void => {
                        self.judge.parked_unseen(self.now, id, key);
                    }
                    EntryState::Unconfirmed if is_void => {}
                    EntryState::Unconfirmed => {
                        let boot = self.boot_of(id);
                        let is_stop = self.judge.fault(key) == Some(Fault::Stop);
                        if is_stop && entry.reason.as_deref() == Some(reasons::NO_ROW) {
                            let why = format!("{key} was done, and a row of it is waited for");
                            self.judge.fail("needless", why);
                        }
                        let blind = self.setup.field.blind;
                        let done = ledger.is_untraceable(key) || blind;
                        let stands = self.gateway.stands_since(key).filter(|_| !blind);
                        self.judge.given_up(self.now, key, boot, done, stands);
                    }
                    EntryState::Queued => {
                        let socket = self.tabs[id].socket;
                        if socket.is_some_and(|socket| self.gateway.may_write(socket)) {
                            self.judge.released(key);
                        }
                    }
                    EntryState::Parked => {
                        let refused = ledger.refused.contains(key);
                        let failed = self.judge.not_taken(&self.tabs[id].failed, key);
                        let reason = entry.reason.as_deref().unwrap_or_default();
                        self.judge
                            .parked(self.now, id, key, refused, failed, reason);
                    }
                    _ => {}
                }
            }
            Update::Renewed { from, to } => {
                let dead = self.gateway.is_dead(from.as_str());
                let stale = self.is_stale(id);
                self.judge
                    .renewed(id, from.as_str(), to.as_str(), dead, stale);
            }
            Update::Removed(key) => {
                let stale = self.is_stale(id);
                self.judge.moved_on(id, key.as_str());
                self.judge.removed(id, key.as_str(), stale);
            }
            Update::Stored { key, is_kept } => {
                if *is_kept && !self.judge.was_kept(key.as_str()) {
                    let why = format!("{key} is called stored and stands in no store");
                    self.judge.fail("stored", why);
                }
            }
            Update::Restored => {}
        }
    }

    /// The app of a tab that is ready wants to hear of its sessions.
    pub(super) fn subscribe(&mut self, id: TabId) {
        for session in 0..self.setup.sessions {
            let key = super::faults::session_name(session);
            let asked = Asked {
                method: "sessions.messages.subscribe",
                params: json!({"key": key}),
                generation: Generation::default(),
                behalf: None,
                two_answers: false,
                idempotent: true,
            };
            self.ask(id, asked);
        }
    }

    /// The process of the gateway that a tab's socket reached.
    pub(super) fn boot_of(&self, id: TabId) -> Option<u32> {
        let socket = self.tabs[id].socket?;
        self.network.sockets[socket as usize].boot
    }
}
