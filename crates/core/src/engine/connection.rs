//! Attempts, the handshake, and what happens at the end of a connection.

use std::time::Duration;

use super::{Engine, Generation, Input, Live, Network, Output, Owner, Phase, Wait};
use crate::answers::Answers;
use crate::engine::Outgoing;
use crate::handshake::{Awaits, Challenge, Handshake, Profile, Proposal, Step};
use crate::outbox::{Link, Loss};
use crate::requests::RequestError;
use crate::secret::Secret;
use crate::time::Instant;
use crate::verdict;
use crate::watchdog::{Bark, Watchdog};
use crate::wire::{Hello, methods, request};

/// The codes that a browser may close with are 1000 and 3000 to 4999.
pub(super) const CLOSE_DONE: u16 = 1000;
pub(super) const CLOSE_GIVEN_UP: u16 = 4000;

/// Our own sign-in is longer than this (bytes): a gateway that says that it takes
/// less is not to be believed, or of no use.
const LEAST_PAYLOAD: u64 = 512;

/// After good news (the network is back, the page is seen) the next attempt
/// begins within this.
pub(super) const SOON: Duration = Duration::from_millis(250);
/// The clocks of a machine that is awake do not come apart by this much
/// between two looks.
const SLEPT: Duration = Duration::from_secs(5);
/// A socket that has not opened after this is worth another one to a person
/// who asks for it.
const HANGS: Duration = Duration::from_secs(1);

impl Engine {
    /// Connects, now. From any state: a wait ends, a pause ends, a socket that
    /// hangs in opening gives way to a new one. An attempt that gets on goes on.
    pub fn connect(&mut self, now: Instant) {
        let begins = match self.phase {
            Phase::Idle | Phase::Closed | Phase::Paused(_) | Phase::Waiting(_) => true,
            Phase::Opening { since, .. } => now.since(since) >= HANGS,
            _ => false,
        };
        if begins {
            self.drop_socket(CLOSE_GIVEN_UP);
            self.outage.end();
            self.device_token_refused = false;
            if !matches!(self.phase, Phase::Waiting(_) | Phase::Opening { .. }) {
                self.pairing = None;
            }
            self.attempt(now);
        }
        self.publish();
    }

    /// Ends the connection and everything that waits for an answer. Messages
    /// of the outbox stay.
    pub fn close(&mut self, now: Instant) {
        self.drop_socket(CLOSE_DONE);
        self.interrupt(now, Loss::Ours);
        self.fail_all(RequestError::NotConnected);
        self.pairing = None;
        self.phase = Phase::Closed;
        self.publish();
    }

    /// Takes in what happened outside. Inputs of older generations change
    /// nothing.
    pub fn handle_input(&mut self, now: Instant, input: Input) {
        match input {
            Input::Opened(generation, introduction) => {
                if generation == self.generation && matches!(self.phase, Phase::Opening { .. }) {
                    let until = now + self.config.deadlines.challenge;
                    self.meter.step(now, |phases| &mut phases.opening);
                    let handshake = Box::new(Handshake::new(introduction));
                    self.phase = Phase::Shaking { until, handshake };
                }
            }
            Input::Closed(generation, close) => {
                if generation == self.generation && self.has_socket() {
                    self.closed(now, close);
                }
            }
            Input::Signed(generation, signature) => {
                if let Phase::Shaking { handshake, .. } = &mut self.phase
                    && generation == self.generation
                {
                    let step = handshake.signed(signature);
                    self.shake(now, step);
                }
            }
            Input::Network(network) => self.network(now, network),
            Input::Woke { wall_ms } => self.check_sleep(now, wall_ms),
            Input::Stored {
                batch,
                result,
                wall_ms,
            } => {
                self.check_sleep(now, wall_ms);
                self.stored(now, batch, result);
            }
            Input::Restored {
                store,
                wall_ms,
                entries,
            } => {
                self.check_sleep(now, wall_ms);
                self.outbox.restored(now, store, wall_ms, entries);
            }
            Input::Adopted { wall_ms, entries } => {
                self.outbox.tell_time(now, wall_ms);
                self.outbox.adopt(now, wall_ms, entries);
            }
            Input::PayloadRead(key, result) => self.outbox.payload_read(now, &key, result),
            Input::Led { status, policy } => self.led(now, status, policy),
            Input::Drained(generation) => {
                if let Phase::Ready(live) = &mut self.phase
                    && generation == self.generation
                {
                    live.watchdog.heard(now);
                }
            }
        }
        // Timers of hidden pages come late: every input looks at the clock.
        self.check_clock(now);
        self.publish();
    }

    pub(super) const fn has_socket(&self) -> bool {
        matches!(
            self.phase,
            Phase::Opening { .. } | Phase::Shaking { .. } | Phase::Ready(_)
        )
    }

    pub(super) fn attempt(&mut self, now: Instant) {
        self.generation = Generation(self.generation.0.wrapping_add(1));
        let deadlines = &self.config.deadlines;
        let patience = deadlines.opening.saturating_mul(self.outage.attempts() + 1);
        let until = now + patience.min(deadlines.opening_cap);
        self.phase = Phase::Opening { since: now, until };
        self.meter.attempt(now);
        self.outputs.push_back(Output::Connect(self.generation));
    }

    /// What the handshake under way waits for.
    pub(super) const fn awaits(&self) -> Option<Awaits> {
        match &self.phase {
            Phase::Shaking { handshake, .. } => Some(handshake.awaits()),
            _ => None,
        }
    }

    /// What the handshake under way has sent.
    pub(super) const fn proposed(&self) -> Option<&Proposal> {
        match &self.phase {
            Phase::Shaking { handshake, .. } => handshake.proposed(),
            _ => None,
        }
    }

    pub(super) fn challenged(&mut self, now: Instant, challenge: Option<Challenge>) {
        let profile = self.profile();
        let Phase::Shaking { until, handshake } = &mut self.phase else {
            return;
        };
        let step = handshake.challenged(now, challenge, profile, self.device_token_refused);
        if matches!(step, Step::Sign(_) | Step::Ask { .. }) {
            *until = now + self.config.deadlines.hello;
            self.meter.step(now, |phases| &mut phases.challenge);
        }
        self.shake(now, step);
    }

    /// Does what the handshake wants done.
    fn shake(&mut self, now: Instant, step: Step) {
        match step {
            Step::Wait => {}
            Step::Sign(text) => self.outputs.push_back(Output::Sign(self.generation, text)),
            Step::Ask { method, params } => {
                self.meter.step(now, |phases| &mut phases.signing);
                self.send_own(now, Owner::Connect, method, &params, None);
            }
            Step::Fail(code, why) => self.end(now, code, &why),
        }
    }

    /// Who this client is and what this attempt asks for.
    fn profile(&self) -> Profile {
        let profile = &self.config.profile;
        Profile {
            scopes: self.scopes.asked(&profile.scopes),
            ..profile.clone()
        }
    }

    /// Sends a request of the engine itself.
    pub(super) fn send_own(
        &mut self,
        now: Instant,
        owner: Owner,
        method: &str,
        params: &str,
        deadline: Option<Duration>,
    ) {
        let id = self.requests.add(now, owner, Answers::First, deadline);
        self.requests.mark_sent(id, now);
        let frame = Outgoing::Frame(Secret::new(request(id.0, method, params)));
        self.outputs
            .push_back(Output::Transmit(self.generation, frame));
    }

    pub(super) fn greeted(&mut self, now: Instant, hello: Hello) {
        let Some(proposal) = self.proposed() else {
            return;
        };
        let (gateway_ms, since) = (proposal.challenge.ts, proposal.challenged);
        let asked = proposal.profile.scopes.clone();
        // The one that we came in with is kept already, with all that it was issued
        // for: this time less may have been asked for.
        let device_token = hello.device_token.clone();
        let device_token = device_token.filter(|token| !proposal.auth.is_token(token));
        if hello.scopes.is_empty() && self.config.profile.role == "operator" {
            return self.end(now, "no-scopes", "");
        }
        if hello.policy.max_payload < LEAST_PAYLOAD {
            return self.end(now, "limits-unusable", "");
        }
        let scopes = hello.scopes.clone();
        let own = &self.config.profile.scopes;
        self.scopes.granted(now, own, &asked, &scopes);
        let live = Live {
            stable_at: Some(now + self.config.backoff.stable),
            watchdog: Watchdog::new(now, hello.policy.tick),
            seq: 0,
            state: hello.state,
            restart_in: None,
            policy: hello.policy,
        };
        self.phase = Phase::Ready(Box::new(live));
        self.pairing = None;
        self.device_token_refused = false;
        self.was_ready = true;
        self.meter.connected(now);
        if let Some(token) = device_token {
            self.outputs.push_back(Output::KeepDeviceToken {
                role: hello.role,
                token,
                scopes: hello.scopes,
            });
        }
        let link = Link {
            gateway_ms,
            since,
            boot_id: hello.boot_id,
            durable_keys: hello
                .capabilities
                .iter()
                .any(|known| known == super::DURABLE_KEYS),
            main_session: hello.main_session.unwrap_or_else(|| "main".to_owned()),
            scopes,
        };
        self.outbox.connected(now, link);
        self.publish();
        self.transmit_waiting(now);
        self.pump(now);
    }

    fn network(&mut self, now: Instant, network: Network) {
        match network {
            Network::Visible => self.visible = true,
            Network::Hidden => self.visible = false,
            _ => {}
        }
        match (&mut self.phase, network) {
            (_, Network::Hidden) => {}
            (Phase::Waiting(wait), _) if network != Network::Offline && !wait.firm => {
                wait.until = wait.until.min(now + self.rng.up_to(SOON));
            }
            (
                Phase::Waiting(_)
                | Phase::Following(_)
                | Phase::Idle
                | Phase::Paused(_)
                | Phase::Closed,
                _,
            ) => {}
            (_, Network::Restored) => self.start_over(now),
            (Phase::Ready(live), _) => {
                // A monotonic clock may stand still while the machine sleeps, so
                // what wakes it up is a reason of its own.
                let woke = network != Network::Visible;
                let worth_it = woke || live.watchdog.is_stale(now);
                if worth_it && live.watchdog.probing(now) {
                    self.probe(now);
                }
            }
            _ => {}
        }
    }

    /// The page came back from the cache: whatever its socket says, it is gone.
    fn start_over(&mut self, now: Instant) {
        self.drop_socket(CLOSE_GIVEN_UP);
        self.interrupt(now, Loss::Ours);
        let (_, cause) = verdict::of_end("page-restored", "");
        let until = now + self.rng.up_to(SOON);
        self.phase = Phase::Waiting(Wait {
            until,
            cause,
            firm: false,
        });
    }

    /// A light request whose answer, whatever it is, is a sign of life.
    fn probe(&mut self, now: Instant) {
        let deadline = Some(self.config.deadlines.request);
        self.send_own(now, Owner::Probe, methods::SYSTEM_PRESENCE, "{}", deadline);
    }

    fn check_clock(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Opening { until, .. } if *until <= now => self.end(now, "opening-timeout", ""),
            Phase::Shaking { until, handshake } if *until <= now => {
                let code = match handshake.awaits() {
                    Awaits::Challenge => "challenge-timeout",
                    Awaits::Signature | Awaits::Hello => "hello-timeout",
                };
                self.end(now, code, "");
            }
            Phase::Waiting(wait) if wait.until <= now => self.attempt(now),
            Phase::Following(_) => self.watch_leader(now),
            Phase::Ready(live) => {
                if live.stable_at.is_some_and(|at| at <= now) {
                    live.stable_at = None;
                    self.outage.end();
                }
                match live.watchdog.bark(now, self.requests.oldest_unanswered()) {
                    Some(Bark::Probe) if live.watchdog.probing(now) => self.probe(now),
                    Some(Bark::Dead) => self.end(now, "silent", ""),
                    _ => {}
                }
            }
            _ => {}
        }
        self.check_requests(now);
        self.widen_when_idle(now);
        self.outbox.expire(now);
        self.outbox.forget_quiet(now);
        self.pump(now);
    }

    /// A wall clock that ran ahead of the monotonic one: the machine slept, and
    /// its sockets may be gone.
    pub(super) fn check_sleep(&mut self, now: Instant, wall_ms: u64) {
        self.outbox.tell_time(now, wall_ms);
        let Some((then, wall)) = self.clocks.replace((now, wall_ms)) else {
            return;
        };
        let passed = Duration::from_millis(wall_ms.saturating_sub(wall));
        if passed > now.since(then) + SLEPT {
            self.outbox.slept(passed.saturating_sub(now.since(then)));
            self.network(now, Network::Resumed);
        }
    }
}
