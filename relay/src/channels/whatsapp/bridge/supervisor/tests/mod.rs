//! One account in a time of its own.

use serde_json::json;

use super::super::lines::{Line, StartMode};
use super::*;

mod process;
mod whatsapp;

/// Time is seconds here, and chance the middle.
struct Rig {
    supervisor: Supervisor,
    at: Duration,
    /// Whether the process answers when it is asked for a sign of life.
    lives: bool,
}

impl Rig {
    fn new() -> Self {
        Self {
            supervisor: Supervisor::new(&Account::default()),
            at: Duration::ZERO,
            lives: true,
        }
    }

    fn feed(&mut self, input: Input<'_>) -> Vec<Output> {
        let now = Now {
            at: self.at,
            wall_ms: 1_000_000 + i64::try_from(self.at.as_millis()).unwrap(),
            chance: 0.5,
        };
        self.supervisor.handle(now, input);
        std::iter::from_fn(|| self.supervisor.poll()).collect()
    }

    /// Goes on to a moment, and wakes it whenever it wants.
    fn until(&mut self, seconds: u64) -> Vec<Output> {
        let end = Duration::from_secs(seconds);
        let mut out = Vec::new();
        while let Some(at) = self.supervisor.deadline().filter(|at| *at <= end) {
            self.at = self.at.max(at);
            let mut new = self.feed(Input::Woke);
            if self.lives
                && let Some((number, _)) = ping(&new)
            {
                new.extend(self.feed(Input::Answered(number, Ok(&json!({})))));
            }
            out.extend(new);
        }
        self.at = end;
        out
    }

    fn state(&self) -> &'static str {
        self.supervisor.link().state.as_str()
    }

    fn ready(&mut self, linked: bool) -> Vec<Output> {
        let me = if linked {
            json!({ "jid": "15551234567@s.whatsapp.net", "alt": "99@lid" })
        } else {
            json!({ "jid": "" })
        };
        self.hear(json!({
            "ev": "ready", "proto": 1, "bridge": "0", "baileys": "7", "node": "20", "linked": linked, "me": me,
        }))
    }

    fn hear(&mut self, mut event: Value) -> Vec<Output> {
        event["seq"] = json!(1);
        event["ts"] = json!(1);
        let line = Line::read(event.to_string().as_bytes()).unwrap();
        let Line::Event(numbered) = line else {
            panic!()
        };
        self.feed(Input::Heard(&numbered.event))
    }

    fn whatsapp(&mut self, state: &str) -> Vec<Output> {
        let generation = self.supervisor.generation.max(1);
        self.hear(json!({ "ev": "state", "state": state, "generation": generation }))
    }

    fn closes(&mut self, code: u32) -> Vec<Output> {
        let generation = self.supervisor.generation.max(1);
        self.hear(json!({ "ev": "state", "state": "closed", "generation": generation, "code": code, "reason": "x" }))
    }

    /// A linked account, open.
    fn open() -> Self {
        let mut rig = Self::new();
        assert_eq!(rig.feed(Input::Begin(Mode::Resume)), [Output::Install]);
        assert_eq!(rig.feed(Input::Installed), [Output::Spawn]);
        assert_eq!(rig.state(), "starting");
        let out = rig.ready(true);
        assert_eq!(starts(&out), 1);
        rig.whatsapp("connecting");
        assert_eq!(rig.state(), "connecting");
        rig.whatsapp("open");
        assert_eq!(rig.state(), "open");
        rig
    }

    /// Everything up to a code that is shown.
    fn pairing(mode: Mode) -> (Self, Vec<Output>) {
        let mut rig = Self::new();
        rig.feed(Input::Begin(mode));
        rig.feed(Input::Installed);
        let out = rig.ready(false);
        rig.whatsapp("connecting");
        rig.whatsapp("pairing");
        assert_eq!(rig.state(), "pairing");
        (rig, out)
    }

    fn shows_qr(&mut self) {
        self.hear(json!({ "ev": "qr", "data": "2@x", "n": 1, "expires_in_ms": 60_000 }));
    }
}

fn starts(out: &[Output]) -> usize {
    let is_start = |one: &&Output| matches!(one, Output::Write(_, Command::Start { .. }));
    out.iter().filter(is_start).count()
}

fn ping(out: &[Output]) -> Option<(u64, bool)> {
    out.iter().find_map(|one| match one {
        Output::Write(number, Command::Ping { whatsapp, .. }) => Some((*number, *whatsapp)),
        _ => None,
    })
}
