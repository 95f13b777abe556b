//! Decides what becomes of the bridge: when its process starts and ends, when it
//! connects to WhatsApp, and how the [`Link`] stands.
//!
//! A state machine without IO, fed and drained like the engine of core: time and
//! chance come in with each input, [`Supervisor::poll`] gives what to do, and
//! [`Supervisor::deadline`] when to feed [`Input::Woke`].

mod asked;
mod heart;
mod retry;
mod told;
mod words;

use std::collections::VecDeque;
use std::time::Duration;

use serde_json::Value;

use self::heart::Heart;
use self::retry::Retry;
use super::install::NotInstalled;
use super::lines::{Command, Event, Fatal, Refusal};
use crate::account::Account;
use crate::channels::whatsapp::link::{Installing, Link, LinkState, Mode, Unlinked};

/// How long the process may take until it says that it works.
const READY: Duration = Duration::from_secs(60);
/// How long it may take to end by itself, then after SIGTERM. The bridge gives
/// itself ten seconds.
const END: Duration = Duration::from_secs(12);
const TERM: Duration = Duration::from_secs(5);
/// How long unlinking may take; the bridge waits for WhatsApp for 30 seconds.
const UNLINK: Duration = Duration::from_secs(45);
/// How long the next step of a connection may take, until it is open or a code is
/// shown. Baileys has no such end of its own: a WhatsApp that answers its pings and
/// says no more would be waited for without end.
const CONNECT: Duration = Duration::from_secs(90);
/// How often a login that another process has is tried: what a killed relay left
/// behind needs a moment to end.
const MOST_LOCKED: u32 = 5;

/// The moment of an input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Now {
    /// Since some beginning, on a clock that never goes back.
    pub(super) at: Duration,
    /// The time of day, Unix milliseconds, for people only.
    pub(super) wall_ms: i64,
    /// A number from 0 to 1 by chance.
    pub(super) chance: f64,
}

/// What happened.
#[derive(Debug)]
pub(super) enum Input<'a> {
    /// A person, or the relay's start, wants it to be connected.
    Begin(Mode),
    /// Nobody wants it any more.
    End,
    /// A person unlinks it.
    Unlink,
    /// Laying out has come so far.
    Installing(Installing),
    /// Everything is there to start the process.
    Installed,
    /// It is not, in words for people: what is wrong, and what to do.
    NotInstalled(NotInstalled),
    /// There is no login, so that nothing needs to run.
    NoLogin,
    /// The process ended, or could not be started, in words for people.
    Ended(String),
    /// The process told something.
    Heard(&'a Event),
    /// The process answered one of our own commands, or refused it.
    Answered(u64, Result<&'a Value, &'a Refusal>),
    /// What the process writes is not read for now, for those whom it is for are
    /// slow.
    HeldUp,
    /// It is read again.
    Resumed,
    /// The time of [`Supervisor::deadline`] has come.
    Woke,
}

/// What is to be done.
#[derive(Debug, PartialEq)]
pub(super) enum Output {
    /// See that everything is there, and lay it out where it is not.
    Install,
    /// Stop doing that.
    DropInstall,
    /// Start the process.
    Spawn,
    /// Give it a command.
    Write(u64, Command),
    /// Close its standard input: it is to end.
    CloseInput,
    /// Ask its process group to end.
    Terminate,
    /// End its process group.
    Kill,
    /// Unlinking is over.
    Unlinked(Result<Unlinked, String>),
    /// WhatsApp closed the connection with this code: to be counted.
    Closed(u32),
    /// The process is started once more: to be counted.
    Restarted,
}

/// What is wanted of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wish {
    Off,
    On(Mode),
    Unlink,
}

/// Where the process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    None,
    Installing,
    /// It has until then to say that it works.
    Starting(Duration),
    Ready,
    /// It has until then to end.
    Closing(Duration),
    Terminating(Duration),
    Killed,
}

/// The one who decides. See the head of this module.
#[derive(Debug)]
pub(super) struct Supervisor {
    link: Link,
    wish: Wish,
    child: Child,
    /// Whether the process ends because it was asked to.
    is_asked: bool,
    is_linked: bool,
    retry: Retry,
    heart: Heart,
    /// When it is tried again.
    wait: Option<Duration>,
    /// Number of the `start` without an answer.
    starting: Option<u64>,
    /// Until when the connection that is made has to come further.
    further: Option<Duration>,
    /// Whether somebody waits for the end of unlinking.
    awaits_unlink: bool,
    /// Number of the `logout` without an answer, and until when it is awaited.
    unlinking: Option<(u64, Duration)>,
    /// The newest socket that was heard of.
    generation: u64,
    /// What the process said of its end.
    fatal: Option<Fatal>,
    /// How often in a row another process had the login.
    locked: u32,
    numbers: u64,
    out: VecDeque<Output>,
}

impl Supervisor {
    pub(super) fn new(account: &Account) -> Self {
        Self {
            link: Link::off(account),
            wish: Wish::Off,
            child: Child::None,
            is_asked: false,
            is_linked: false,
            retry: Retry::default(),
            heart: Heart::default(),
            wait: None,
            starting: None,
            further: None,
            awaits_unlink: false,
            unlinking: None,
            generation: 0,
            fatal: None,
            locked: 0,
            numbers: 0,
            out: VecDeque::new(),
        }
    }

    /// How the account stands.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Whether the process takes commands.
    pub(super) fn is_ready(&self) -> bool {
        self.child == Child::Ready
    }

    /// Whether there is no process, and none is on its way.
    pub(super) fn is_ended(&self) -> bool {
        self.child == Child::None && self.wait.is_none()
    }

    /// A number for a command that no other has.
    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// What is to be done next.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// When to feed [`Input::Woke`].
    pub(super) fn deadline(&self) -> Option<Duration> {
        let child = match self.child {
            Child::Starting(until) | Child::Closing(until) | Child::Terminating(until) => {
                Some(until)
            }
            Child::None | Child::Installing | Child::Ready | Child::Killed => None,
        };
        let unlinking = self.unlinking.map(|(_, until)| until);
        let all = [
            child,
            self.wait,
            self.further,
            self.heart.next(),
            self.retry.stable_at(),
            unlinking,
        ];
        all.into_iter().flatten().min()
    }

    /// Takes in what happened.
    pub(super) fn handle(&mut self, now: Now, input: Input<'_>) {
        match input {
            Input::Begin(mode) => self.begin(now, mode),
            Input::End => self.end(now),
            Input::Unlink => self.unlink(now),
            Input::Installing(step) if self.child == Child::Installing => {
                self.stand(LinkState::Installing { step });
            }
            // Of an installation that nobody wants any more.
            Input::Installing(_) => {}
            Input::Installed => self.installed(now),
            Input::NotInstalled(why) => {
                self.child = Child::None;
                self.answer_unlink(Err(why.reason.clone()));
                self.rest(now, why.state, &why.reason, &why.next_step);
            }
            Input::NoLogin => self.rest(now, LinkState::NotLinked, "it is not linked", "link it"),
            Input::Ended(words) => self.ended(now, &words),
            Input::Heard(event) => self.heard(now, event),
            Input::Answered(number, outcome) => self.answered(now, number, outcome),
            Input::HeldUp => {
                self.heart.pause();
                self.further = None;
            }
            Input::Resumed if self.child == Child::Ready => {
                self.heart.resume(now.at);
                self.further = Some(now.at + CONNECT);
            }
            Input::Resumed => {}
            Input::Woke => self.woke(now),
        }
        if !self.is_connecting() {
            self.further = None;
        }
        self.link.attempts = self.retry.failures();
    }

    /// Whether the next step is WhatsApp's, not a person's.
    fn is_connecting(&self) -> bool {
        let is_wanted = matches!(self.wish, Wish::On(_)) && self.unlinking.is_none();
        is_wanted
            && self.child == Child::Ready
            && match self.link.state {
                LinkState::Connecting | LinkState::Linking => true,
                LinkState::Pairing => self.link.qr.is_none() && self.link.code.is_none(),
                _ => false,
            }
    }

    fn woke(&mut self, now: Now) {
        let is_due = |at: Option<Duration>| at.is_some_and(|at| at <= now.at);
        self.retry.settle(now.at);
        match self.child {
            Child::Starting(until) | Child::Closing(until) if is_due(Some(until)) => {
                self.terminate(now);
            }
            Child::Terminating(until) if is_due(Some(until)) => {
                self.child = Child::Killed;
                self.out.push_back(Output::Kill);
            }
            _ => {}
        }
        if is_due(self.heart.next()) {
            self.beat(now);
        }
        if is_due(self.further) {
            self.leave(now, "WhatsApp did not finish the connection");
        }
        if is_due(self.unlinking.map(|(_, until)| until)) {
            self.unlinked(now, Err("the bridge did not answer in time".to_owned()));
        }
        if is_due(self.wait) {
            self.wait = None;
            match self.child {
                Child::None => self.install(),
                Child::Ready => self.connect(now),
                _ => {}
            }
        }
    }

    fn beat(&mut self, now: Now) {
        let number = self.number();
        let is_open = self.link.state == LinkState::Open;
        match self.heart.beat(now.at, number, is_open) {
            Some(ping) => self.out.push_back(Output::Write(number, ping)),
            None => {
                self.link.last_error = Some("the bridge did not answer any more".to_owned());
                self.terminate(now);
            }
        }
    }

    /// Lets the process end in order.
    fn close(&mut self, now: Now) {
        self.heart.stop();
        self.is_asked = true;
        self.child = Child::Closing(now.at + END);
        self.out.push_back(Output::CloseInput);
    }

    /// Ends a process that does not go by itself.
    fn terminate(&mut self, now: Now) {
        self.heart.stop();
        self.child = Child::Terminating(now.at + TERM);
        self.out.push_back(Output::CloseInput);
        self.out.push_back(Output::Terminate);
    }

    fn ended(&mut self, now: Now, words: &str) {
        self.child = Child::None;
        self.heart.stop();
        self.retry.closed(now.at);
        self.starting = None;
        let fatal = self.fatal.take();
        let is_asked = std::mem::take(&mut self.is_asked);
        match self.wish {
            Wish::Off => {}
            // Meanwhile somebody wants it again.
            Wish::On(_) | Wish::Unlink if is_asked => self.install(),
            Wish::Unlink => {
                let words = fatal.map_or_else(|| words.to_owned(), |fatal| fatal.message);
                self.unlinked(now, Err(words));
            }
            Wish::On(_) => match fatal {
                Some(fatal) => self.gave_up(now, &fatal),
                None => self.crashed(now, words),
            },
        }
    }

    /// The process said why it ends.
    fn gave_up(&mut self, now: Now, fatal: &Fatal) {
        let words = &fatal.message;
        match fatal.code.as_str() {
            "locked" if self.locked >= MOST_LOCKED => {
                let next_step = "stop the other program; then connect again";
                self.rest(now, LinkState::Conflict, words, next_step);
            }
            "locked" => {
                self.locked += 1;
                self.try_later(now, words);
            }
            "credentials_damaged" | "bad_arguments" => {
                let next_step = "put a backup in its place, or unlink it and link it anew";
                self.rest(now, LinkState::Failed, words, next_step);
            }
            _ => self.crashed(now, words),
        }
    }

    fn crashed(&mut self, now: Now, words: &str) {
        if self.retry.ended(now.at) {
            let words = format!("the bridge ended again and again: {words}");
            let next_step = "look into the log of the relay; then connect again";
            return self.rest(now, LinkState::Failed, &words, next_step);
        }
        self.out.push_back(Output::Restarted);
        self.try_later(now, words);
    }

    /// Gives up a connection of which nothing comes.
    fn leave(&mut self, now: Now, words: &str) {
        self.retry.closed(now.at);
        self.write(Command::Stop);
        self.try_later(now, words);
    }

    fn try_later(&mut self, now: Now, words: &str) {
        let wait = self.retry.failed(now.chance);
        self.wait = Some(now.at + wait);
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.stand(LinkState::Waiting {
            until_ms: now.wall_ms.saturating_add(wait_ms),
        });
        self.link.reason = Some(words.to_owned());
        self.link.last_error = Some(words.to_owned());
    }

    /// The account stands so, and there is no more to say.
    fn stand(&mut self, state: LinkState) {
        let link = &mut self.link;
        link.state = state;
        link.reason = None;
        link.next_step = None;
        link.qr = None;
        link.code = None;
    }

    /// Nothing more happens before a person does something, and nothing runs.
    fn rest(&mut self, now: Now, state: LinkState, reason: &str, next_step: &str) {
        self.end(now);
        self.stand(state);
        self.link.reason = Some(reason.to_owned());
        self.link.next_step = Some(next_step.to_owned());
        if !matches!(state, LinkState::NotLinked | LinkState::Off) {
            self.link.last_error = Some(reason.to_owned());
        }
    }

    fn write(&mut self, command: Command) -> u64 {
        let number = self.number();
        self.out.push_back(Output::Write(number, command));
        number
    }
}

#[cfg(test)]
mod tests;
