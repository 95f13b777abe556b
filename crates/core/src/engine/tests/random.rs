//! Random weather: whatever happens in whatever order, nothing is lost, nothing
//! runs twice, and the engine never hangs.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::Config as Cases;
use serde_json::{Value, json};

use super::super::{Close, Event, Generation, Glance, Input, Network, Status, Verdict};
use super::model::{Frame, Gateway};
use super::{Sent, World};
use crate::answers::Answers;
use crate::outbox::{EntryState, Key, Update};
use crate::requests::RequestId;
use crate::time::Instant;
use crate::wire::EventKind;

#[derive(Debug, Clone)]
enum Step {
    Connect,
    Close,
    Request {
        two_answers: bool,
    },
    Cancel(u32),
    Message {
        session: usize,
    },
    Remove(usize),
    ResendParked(usize),
    /// The socket opens and the gateway challenges.
    Open,
    /// `connect` is answered.
    Greet,
    RefuseConnect(usize),
    /// So many frames reach the gateway, then so many the client.
    Carry(usize, usize),
    /// Frames reach the gateway, but what it says is lost with the socket.
    Drop {
        carried: usize,
        code: u16,
    },
    Run {
        in_words: bool,
    },
    Crash,
    Pass(u64),
    /// The clock moves and no timer fires.
    Sleep(u64),
    Network(Network),
    Garbage(u32),
    Stale,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => Just(Step::Connect),
        1 => Just(Step::Close),
        4 => any::<bool>().prop_map(|two_answers| Step::Request { two_answers }),
        1 => (0..12_u32).prop_map(Step::Cancel),
        10 => (0..3_usize).prop_map(|session| Step::Message { session }),
        1 => (0..8_usize).prop_map(Step::Remove),
        1 => (0..8_usize).prop_map(Step::ResendParked),
        8 => Just(Step::Open),
        10 => Just(Step::Greet),
        1 => (0..REFUSALS.len()).prop_map(Step::RefuseConnect),
        12 => (0..6_usize, 0..6_usize).prop_map(|(to, from)| Step::Carry(to, from)),
        4 => (0..4_usize, prop::sample::select(vec![1000, 1006, 1008, 1012, 4001]))
            .prop_map(|(carried, code)| Step::Drop { carried, code }),
        8 => any::<bool>().prop_map(|in_words| Step::Run { in_words }),
        2 => Just(Step::Crash),
        8 => (0..40_000_u64).prop_map(Step::Pass),
        1 => (0..600_000_u64).prop_map(Step::Sleep),
        2 => prop::sample::select(vec![
            Network::Online, Network::Offline, Network::Visible, Network::Hidden,
            Network::Resumed, Network::Restored,
        ]).prop_map(Step::Network),
        2 => (0..12_u32).prop_map(Step::Garbage),
        2 => Just(Step::Stale),
    ]
}

const REFUSALS: [&str; 5] = [
    r#"{"code":"INVALID_REQUEST","details":{"code":"AUTH_TOKEN_MISMATCH"}}"#,
    r#"{"code":"NOT_PAIRED","details":{"code":"PAIRING_REQUIRED","reason":"not-paired"}}"#,
    r#"{"code":"UNAVAILABLE","retryable":true,"retryAfterMs":0}"#,
    r#"{"code":"INVALID_REQUEST","details":{"code":"AUTH_DEVICE_TOKEN_MISMATCH"}}"#,
    r#"{"code":"WHAT"}"#,
];

struct Weather {
    world: World,
    gateway: Gateway,
    begun: Instant,
    /// On the way to the gateway.
    to_gateway: VecDeque<Sent>,
    /// How often each accepted request ended.
    requests: BTreeMap<RequestId, u32>,
    seen_events: usize,
    /// The message that each key stands for, and each session's messages.
    messages: BTreeMap<String, usize>,
    lanes: BTreeMap<String, Vec<usize>>,
    count: usize,
}

impl Weather {
    fn new(gateway: Gateway) -> Self {
        let world = World::new().with_device_token(&["operator.read"]);
        Self {
            begun: world.now,
            world,
            gateway,
            to_gateway: VecDeque::new(),
            requests: BTreeMap::new(),
            seen_events: 0,
            messages: BTreeMap::new(),
            lanes: BTreeMap::new(),
            count: 0,
        }
    }

    fn clock(&self) -> u64 {
        1_795_144_574_973 + self.world.now.since(self.begun).as_millis() as u64
    }

    fn is_connecting(&self) -> bool {
        self.world.engine.wake_source() == Some(super::super::WakeSource::Socket)
            && self.world.status() != Status::Ready
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Connect => self.world.connect(),
            Step::Close => self.world.close(),
            Step::Request { two_answers } => {
                let answers = if two_answers {
                    Answers::Final
                } else {
                    Answers::First
                };
                if let Ok(id) = self
                    .world
                    .request_with(answers, Some(Duration::from_secs(9)))
                {
                    assert!(self.requests.insert(id, 0).is_none(), "an id came twice");
                }
            }
            Step::Cancel(id) => {
                self.world.engine.cancel(RequestId(id));
                self.world.wake();
            }
            Step::Message { session } => {
                let key = format!("m{}", self.count);
                let session = format!("session-{session}");
                self.messages.insert(key.clone(), self.count);
                self.lanes
                    .entry(session.clone())
                    .or_default()
                    .push(self.count);
                self.count += 1;
                self.world.enqueue_in(&key, &session);
            }
            Step::Remove(index) => {
                if let Some(entry) = self.world.engine.entries().get(index) {
                    self.world.remove(entry.key.as_str());
                }
            }
            Step::ResendParked(index) => {
                let entries = self.world.engine.entries();
                let parked = |entry: &&crate::Entry| entry.state == EntryState::Parked;
                if let Some(entry) = entries.iter().filter(parked).nth(index) {
                    let new = format!("{}-again", entry.key);
                    self.world.resend(entry.key.as_str(), &new);
                }
            }
            Step::Open if self.is_connecting() => {
                self.world.challenge["ts"] = json!(self.clock());
                self.world.open();
                self.world.send_challenge();
            }
            Step::Greet => self.answer_connect(None),
            Step::RefuseConnect(which) => self.answer_connect(Some(REFUSALS[which])),
            Step::Carry(to_gateway, to_client) => self.carry(to_gateway, to_client),
            Step::Drop { carried, code } => {
                self.carry(carried, 0);
                self.lose_socket();
                self.world.drop_socket(code, "");
            }
            Step::Run { in_words } => self.gateway.run_next(self.clock(), in_words),
            Step::Crash => {
                self.gateway.crash();
                self.lose_socket();
                self.world.drop_socket(1006, "");
            }
            Step::Pass(millis) => self.world.pass(Duration::from_millis(millis)),
            Step::Sleep(millis) => self.world.now = self.world.now + Duration::from_millis(millis),
            Step::Network(network) => self.world.network(network),
            Step::Garbage(id) => self.garbage(RequestId(id)),
            Step::Stale => self.stale(),
            Step::Open => {}
        }
        self.check();
    }

    fn lose_socket(&mut self) {
        self.to_gateway.clear();
        self.gateway.to_client.clear();
    }

    fn answer_connect(&mut self, refusal: Option<&str>) {
        let is_connect =
            |sent: &Sent| matches!(sent, Sent::Own { method, .. } if method == "connect");
        let waiting = self.to_gateway.iter().position(is_connect);
        let Some(connect) = waiting.and_then(|index| self.to_gateway.remove(index)) else {
            return;
        };
        match refusal {
            None => {
                let hello = self.gateway.hello(self.world.hello.clone());
                self.world.answer(connect.id(), &hello);
            }
            Some(error) => {
                let error: Value = serde_json::from_str(error).unwrap();
                self.world.refuse(connect.id(), &error);
            }
        }
    }

    fn carry(&mut self, to_gateway: usize, to_client: usize) {
        for _ in 0..to_gateway {
            let is_connect =
                |sent: &Sent| matches!(sent, Sent::Own { method, .. } if method == "connect");
            if self.to_gateway.front().is_some_and(is_connect) {
                break;
            }
            let Some(sent) = self.to_gateway.pop_front() else {
                break;
            };
            self.gateway.receive(self.world.now, sent);
        }
        for _ in 0..to_client {
            let Some(frame) = self.gateway.to_client.pop_front() else {
                break;
            };
            let (id, verdict) = match frame {
                Frame::Answer(id, payload) => (id, self.world.answer(id, &payload)),
                Frame::Refusal(id, error) => (id, self.world.refuse(id, &error)),
                Frame::Event(name, payload) => {
                    self.world.event(name, &payload);
                    continue;
                }
            };
            if verdict == Verdict::Settled(id) {
                *self.requests.get_mut(&id).expect("a request of ours") += 1;
            }
            self.collect();
        }
    }

    fn garbage(&mut self, id: RequestId) {
        let generation = self.world.generation();
        self.world
            .engine
            .glance(self.world.now, generation, Glance::Other);
        let nonsense = json!({"type": ["hello-ok"], "messages": {"a": 1}, "state": 4});
        for kind in 0..9 {
            let frame = json!({"payload": nonsense, "stateVersion": 7});
            let facts =
                super::super::Facts::Event(crate::wire::read_event(EventKind(kind), &frame));
            if kind != EventKind::CHALLENGE.0 {
                self.world
                    .engine
                    .handle_frame(self.world.now, generation, facts);
            }
        }
        if !self.requests.contains_key(&id) && !self.is_connecting() {
            self.world.answer(RequestId(id.0 + 1_000_000), &nonsense);
        }
        self.world.wake();
    }

    fn stale(&mut self) {
        let world = &mut self.world;
        world.wake();
        let old = Generation(world.generation().0.wrapping_sub(1));
        let before = (
            world.status(),
            world.engine.entries(),
            world.engine.deadline(),
        );
        let events = world.events.len();
        let sent = world.sent.len();
        let close = Close::Socket {
            code: 1006,
            reason: String::new(),
        };
        let introduction = world.introduction.clone();
        world.input(Input::Closed(old, close));
        world.input(Input::Opened(old, introduction));
        world.input(Input::Signed(old, Ok("old".to_owned())));
        let frame = json!({"ok": true, "payload": {"type": "hello-ok"}});
        for id in 0..20 {
            world.answer_frame(old, RequestId(id), &frame);
        }
        let after = (
            world.status(),
            world.engine.entries(),
            world.engine.deadline(),
        );
        assert_eq!(before, after);
        assert_eq!((events, sent), (world.events.len(), world.sent.len()));
    }

    /// Takes what the engine did since.
    fn collect(&mut self) {
        self.to_gateway.extend(self.world.sent.drain(..));
        for event in &self.world.events[self.seen_events..] {
            match event {
                Event::Failed(id, _) => {
                    *self.requests.get_mut(id).expect("a request of ours") += 1;
                }
                Event::Outbox(Update::Renewed { from, to }) => {
                    let message = self.messages[from.as_str()];
                    self.messages.insert(to.to_string(), message);
                }
                _ => {}
            }
        }
        self.seen_events = self.world.events.len();
    }

    fn check(&mut self) {
        self.collect();
        for (id, ended) in &self.requests {
            assert!(*ended <= 1, "{id:?} ended {ended} times");
        }
        let mut keys: Vec<Key> = self
            .world
            .engine
            .entries()
            .into_iter()
            .map(|entry| entry.key)
            .collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count, "an entry is in two places");
        let mut runs = vec![0; self.count];
        for (key, times) in &self.gateway.runs {
            runs[self.messages[key]] += times;
        }
        assert!(
            runs.iter().all(|runs| *runs <= 1),
            "a message ran twice: {runs:?}"
        );
        for (session, transcript) in &self.gateway.transcripts {
            let ran: Vec<usize> = transcript
                .iter()
                .map(|(key, _)| self.messages[key])
                .collect();
            assert!(ran.is_sorted(), "out of order in {session}: {ran:?}");
        }
    }

    /// The weather clears: everything arrives that can.
    fn clear_up(&mut self) {
        if self.world.engine.wake_source().is_none() {
            self.world.connect();
        }
        for _ in 0..400 {
            self.take(Step::Open);
            self.take(Step::Greet);
            for _ in 0..6 {
                self.take(Step::Carry(100, 100));
                self.take(Step::Run { in_words: true });
            }
            if self.world.engine.wake_source().is_none() {
                self.take(Step::Connect);
            }
            self.take(Step::Pass(1_000));
            if self.world.status() == Status::Ready {
                self.world.event("tick", &json!({}));
            }
        }
        assert_eq!(self.world.status(), Status::Ready);
        self.world.close();
        self.collect();
        for (id, ended) in &self.requests {
            assert_eq!(*ended, 1, "{id:?} never ended");
        }
        let mut blocked = Vec::new();
        for entry in self.world.engine.entries() {
            match entry.state {
                EntryState::Parked => blocked.push(entry.session),
                EntryState::Unconfirmed => {}
                _ => assert!(blocked.contains(&entry.session), "stuck: {entry:?}"),
            }
        }
    }

    /// Everything that the app was told about a message's end is true.
    fn check_truth(&self) {
        let confirmed = self.world.confirmed();
        for key in &confirmed {
            assert_eq!(self.gateway.runs.get(*key), Some(&1), "{key} did not run");
        }
    }
}

proptest! {
    #![proptest_config(Cases {
        cases: 256,
        failure_persistence: None,
        ..Cases::default()
    })]

    #[test]
    fn nothing_is_lost_and_nothing_runs_twice_in_any_weather(
        durable in any::<bool>(),
        forgets_inputs in any::<bool>(),
        page in 1..5_usize,
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let gateway = Gateway::new(durable, forgets_inputs, page);
        let mut weather = Weather::new(gateway);
        weather.take(Step::Connect);
        for step in steps {
            weather.take(step);
        }
        weather.clear_up();
        weather.check_truth();
    }

    #[test]
    fn the_same_seed_and_inputs_give_the_same_outputs(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let run = || {
            let mut weather = Weather::new(Gateway::new(false, false, 3));
            for step in steps.clone() {
                weather.take(step);
            }
            (weather.world.events, weather.world.connects, weather.world.proofs)
        };
        prop_assert_eq!(run(), run());
    }
}
