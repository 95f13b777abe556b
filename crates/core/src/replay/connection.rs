//! One recorded connection, driven through an engine of its own.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{BadRecording, Kind, Line, Report};
use crate::answers::Answers;
use crate::engine::{
    Close, Config, Engine, Event, Facts, Generation, Glance, Input, Introduction, NewEntry,
    NewRequest, Outgoing, Output, Status, Verdict,
};
use crate::handshake::{Credentials, DeviceKey, DeviceToken, Profile};
use crate::outbox::{EntryState, Key, Update};
use crate::requests::RequestId;
use crate::secret::Secret;
use crate::time::Instant;
use crate::wire::{EventKind, GatewayError, Object, read_answer, read_event};

/// The engine's own look into history, answered when the recording has one.
struct Look {
    id: RequestId,
    session: String,
}

pub(super) struct Replayed {
    engine: Engine,
    generation: Generation,
    introduction: Introduction,
    signature: String,
    /// The recording's ids and, by them, the engine's.
    ids: BTreeMap<String, RequestId>,
    /// The sessions of the recording's own `chat.history` requests.
    asked: BTreeMap<String, String>,
    looks: Vec<Look>,
    /// Ids that the engine gave out and the recording has not claimed yet.
    transmitted: Vec<RequestId>,
    announced: Vec<String>,
    /// Names of events without a fixed number.
    names: Vec<String>,
    over: bool,
}

impl Replayed {
    /// `connect` is the first frame that the recorded client sent.
    pub(super) fn new(at: Instant, connect: Option<&Value>) -> Self {
        let params = connect.and_then(|frame| frame.child("params"));
        let (profile, introduction, signature) =
            params.map(|params| introduce(&params)).unwrap_or((
                Profile::webchat("0"),
                Introduction::default(),
                String::new(),
            ));
        let mut engine = Engine::new(Config::new(profile), 0);
        engine.connect(at);
        let generation = match engine.poll_output() {
            Some(Output::Connect(generation)) => generation,
            _ => Generation::default(),
        };
        // A recording has no store: the outbox begins empty and is not kept.
        let empty = Input::Restored {
            store: String::new(),
            wall_ms: 0,
            entries: Vec::new(),
        };
        engine.handle_input(at, empty);
        Self {
            engine,
            generation,
            introduction,
            signature,
            ids: BTreeMap::new(),
            asked: BTreeMap::new(),
            looks: Vec::new(),
            transmitted: Vec::new(),
            announced: Vec::new(),
            names: Vec::new(),
            over: false,
        }
    }

    pub(super) fn take(&mut self, report: &mut Report, line: &Line) {
        if self.over {
            return;
        }
        let generation = self.generation;
        while let Some((due, _)) = self.engine.deadline().filter(|(due, _)| *due < line.at) {
            let wall_ms = due.as_millis();
            self.engine.handle_input(due, Input::Woke { wall_ms });
            self.perform(report, due);
        }
        let close = |code, reason: &str| {
            let reason = reason.to_owned();
            Input::Closed(generation, Close::Socket { code, reason })
        };
        match &line.kind {
            Kind::Upgraded(true) => {
                let opened = Input::Opened(generation, self.introduction.clone());
                self.engine.handle_input(line.at, opened);
            }
            Kind::Upgraded(false) => {
                self.engine.handle_input(line.at, close(1006, ""));
                self.over = true;
            }
            Kind::Closed { code, reason } => {
                self.engine.handle_input(line.at, close(*code, reason));
                self.over = true;
            }
            Kind::Out(frame) => {
                report.frames_out += 1;
                self.send(report, line.at, frame);
            }
            Kind::In(frame) => {
                report.frames_in += 1;
                if let Err(what) = self.receive(report, line.at, frame) {
                    let line = line.number;
                    report.undecodable.push(BadRecording { line, what });
                }
            }
        }
        self.perform(report, line.at);
    }

    /// The engine's state, with its reason.
    pub(super) fn end(&self) -> String {
        match self.engine.status() {
            Status::Ready => "ready".to_owned(),
            Status::Connecting { .. } => "connecting".to_owned(),
            Status::Waiting { cause, .. } => format!("waiting ({})", cause.code),
            Status::Pairing(pairing) => {
                format!("pairing ({})", pairing.reason.unwrap_or_default())
            }
            Status::Paused(cause) => format!("paused ({})", cause.code),
            Status::Idle => "idle".to_owned(),
            Status::Closed => "closed".to_owned(),
        }
    }

    /// The recorded client sent this: the engine sends the same.
    fn send(&mut self, report: &mut Report, at: Instant, frame: &Value) {
        let (Some(id), Some(method)) = (frame.text("id"), frame.text("method")) else {
            return;
        };
        if method == "connect" {
            self.claim(id);
            return;
        }
        let params = frame.child("params").unwrap_or(Value::Null);
        let session = params.text("sessionKey");
        if method == "chat.history" {
            self.asked
                .insert(id.clone(), session.clone().unwrap_or_default());
        }
        if method == "chat.send"
            && let Some(key) = params.text("idempotencyKey")
            && self.enqueue(report, at, Key::new(key), session)
        {
            self.claim(id);
            return;
        }
        let answers = if method == "agent" {
            Answers::Final
        } else {
            Answers::First
        };
        let new = NewRequest {
            answers,
            deadline: None,
            final_deadline: None,
            idempotent: false,
        };
        if self.engine.request(at, new).is_ok() {
            self.perform(report, at);
            self.claim(id);
        }
    }

    /// Sends a message through the outbox. False when that would not let it
    /// leave now, as the recorded client did.
    fn enqueue(
        &mut self,
        report: &mut Report,
        at: Instant,
        key: Key,
        session: Option<String>,
    ) -> bool {
        let new = NewEntry::chat(key.clone(), session, 0, 0);
        if self.engine.enqueue(at, new).is_err() {
            return false;
        }
        self.perform(report, at);
        if self.transmitted.is_empty() {
            self.engine.remove(at, &key);
            self.perform(report, at);
            return false;
        }
        report.messages += 1;
        true
    }

    /// The recording's id stands for the engine's last one.
    fn claim(&mut self, id: String) {
        if let Some(ours) = self.transmitted.pop() {
            self.ids.insert(id, ours);
        }
    }

    fn receive(&mut self, report: &mut Report, at: Instant, frame: &Value) -> Result<(), String> {
        match frame.text("type").as_deref() {
            Some("event") => self.receive_event(report, at, frame),
            Some("res") => self.receive_answer(report, at, frame),
            _ => Err("neither an event nor a response".to_owned()),
        }
    }

    fn receive_event(
        &mut self,
        report: &mut Report,
        at: Instant,
        frame: &Value,
    ) -> Result<(), String> {
        let name = frame.text("event").ok_or("an event without a name")?;
        if !self.announced.is_empty() && !self.announced.contains(&name) {
            *report.unknown_events.entry(name.clone()).or_default() += 1;
        }
        let glance = Glance::Event {
            kind: self.intern(name),
            seq: frame.whole("seq"),
        };
        let Glance::Event { kind, .. } = glance else {
            return Ok(());
        };
        if self.engine.glance(at, self.generation, glance) == Verdict::ReadEvent {
            let facts = Facts::Event(read_event(kind, frame));
            self.engine.handle_frame(at, self.generation, facts);
        }
        Ok(())
    }

    fn receive_answer(
        &mut self,
        report: &mut Report,
        at: Instant,
        frame: &Value,
    ) -> Result<(), String> {
        let theirs = frame.text("id").ok_or("a response without an id")?;
        if frame.flag("ok") != Some(true) {
            let error = frame.child("error").unwrap_or(Value::Null);
            let code = GatewayError::read(&error).best_code().to_owned();
            *report.errors.entry(code).or_default() += 1;
        }
        let session = self.asked.get(&theirs).cloned();
        if let Some(session) = session {
            let same = |look: &Look| look.session == session;
            for look in self
                .looks
                .extract_if(.., |look| same(look))
                .collect::<Vec<_>>()
            {
                self.settle(report, at, look.id, frame)?;
                self.perform(report, at);
            }
        }
        match self.ids.get(&theirs) {
            Some(id) => self.settle(report, at, *id, frame),
            None => Ok(()),
        }
    }

    fn settle(
        &mut self,
        report: &mut Report,
        at: Instant,
        id: RequestId,
        frame: &Value,
    ) -> Result<(), String> {
        let mut verdict = self
            .engine
            .glance(at, self.generation, Glance::Response { id });
        if let Verdict::ReadAnswer(read) = verdict {
            let answer = read_answer(read, frame);
            if answer == crate::wire::Answer::Unreadable {
                return Err(format!("a response that does not read as {read:?}"));
            }
            let facts = Facts::Answer(id, answer);
            verdict = self.engine.handle_frame(at, self.generation, facts);
        }
        match verdict {
            Verdict::Settled(_) => report.answered += 1,
            Verdict::Accepted(_) => report.accepted += 1,
            Verdict::Hello => {
                let features = frame
                    .child("payload")
                    .and_then(|payload| payload.child("features"));
                self.announced = features
                    .and_then(|features| features.texts("events"))
                    .unwrap_or_default();
            }
            _ => {}
        }
        Ok(())
    }

    /// Does what the engine says, as far as the recording did not.
    fn perform(&mut self, report: &mut Report, at: Instant) {
        while let Some(output) = self.engine.poll_output() {
            match output {
                Output::Sign(generation, _) => {
                    let signed = Input::Signed(generation, Ok(self.signature.clone()));
                    self.engine.handle_input(at, signed);
                }
                Output::Store(batch) => {
                    let stored = Input::Stored {
                        batch: batch.id,
                        result: Ok(()),
                        wall_ms: at.as_millis(),
                    };
                    self.engine.handle_input(at, stored);
                }
                Output::Transmit(_, Outgoing::Frame(text)) => {
                    self.transmit_own(at, text.expose());
                }
                Output::Transmit(_, Outgoing::Request(id) | Outgoing::Entry { id, .. }) => {
                    self.transmitted.push(id);
                }
                Output::Event(Event::Gap { .. }) => report.gaps += 1,
                Output::Event(Event::Outbox(Update::Changed(entry))) => {
                    report.confirmed += usize::from(entry.state == EntryState::Confirmed);
                }
                _ => {}
            }
        }
    }

    fn transmit_own(&mut self, at: Instant, text: &str) {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return;
        };
        let id = frame.text("id").and_then(|id| id.parse().ok());
        let Some(id) = id.map(RequestId) else { return };
        match frame.text("method").as_deref() {
            Some("chat.history") => {
                let params = frame.child("params");
                let session = params.and_then(|params| params.text("sessionKey"));
                let session = session.unwrap_or_default();
                self.looks.push(Look { id, session });
            }
            Some("connect") => self.transmitted.push(id),
            // A probe: the recorded gateway lived.
            _ => {
                self.engine
                    .glance(at, self.generation, Glance::Response { id });
            }
        }
    }

    fn intern(&mut self, name: String) -> EventKind {
        if let Some(kind) = EventKind::fixed(&name) {
            return kind;
        }
        let known = self.names.iter().position(|known| *known == name);
        let index = known.unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        let number = u16::try_from(index).unwrap_or(u16::MAX);
        EventKind(number.saturating_add(EventKind::FIRST_FREE))
    }
}

/// Who the recorded client said it was.
fn introduce(params: &Value) -> (Profile, Introduction, String) {
    let text = |object: Option<&Value>, name: &'static str| {
        object
            .and_then(|object| object.text(name))
            .unwrap_or_default()
    };
    let scopes = params.texts("scopes").unwrap_or_default();
    let client = params.child("client");
    let client = client.as_ref();
    let mut profile = Profile::webchat(&text(client, "version"));
    profile.client.id = text(client, "id");
    profile.client.mode = text(client, "mode");
    profile.client.platform = text(client, "platform");
    profile.role = params.text("role").unwrap_or_default();
    profile.scopes.clone_from(&scopes);
    profile.caps = params.texts("caps").unwrap_or_default();
    let auth = params.child("auth");
    let secret = |name| {
        auth.as_ref()
            .and_then(|auth| auth.text(name))
            .map(Secret::new)
    };
    let credentials = Credentials {
        token: secret("token"),
        password: secret("password"),
        bootstrap_token: secret("bootstrapToken"),
        device_token: secret("deviceToken").map(|token| DeviceToken { token, scopes }),
    };
    let device = params.child("device");
    let key = device.as_ref().map(|device| DeviceKey {
        id: text(Some(device), "id"),
        public_key: text(Some(device), "publicKey"),
    });
    let introduction = Introduction {
        credentials,
        device: key,
    };
    let signature = text(device.as_ref(), "signature");
    (profile, introduction, signature)
}
