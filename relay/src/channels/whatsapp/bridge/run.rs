//! Performs what the [`Supervisor`] decides: the one task of a bridge.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::install::{NotInstalled, install};
use super::lines::{Answer, BadLine, Command, Event, Line, Numbered, Refusal};
use super::process::{Happened, Process, Program};
use super::ration::{Ration, Share};
use super::refused::{busy, ended, not_running, refusal};
use super::supervisor::{Input, Now, Output, Supervisor};
use super::{AskError, Settings, Told};
use crate::channels::whatsapp::link::{Counts, Installing, Link, LinkState, Mode, Unlinked};
use crate::{clock, ids};

/// How many commands may be under way at once; the bridge takes 256.
const MOST_UNDER_WAY: usize = 200;

/// What a person wants.
#[derive(Debug)]
pub(super) enum Order {
    Begin(Mode),
    /// The answer comes when nothing runs any more.
    End(oneshot::Sender<()>),
    Unlink(oneshot::Sender<Result<Unlinked, String>>),
}

/// A command of the channel, with whoever waits for its answer.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) command: Command,
    pub(super) answer: oneshot::Sender<Result<serde_json::Value, AskError>>,
}

/// The other ends of the handle.
#[derive(Debug)]
pub(super) struct Ends {
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) questions: mpsc::Receiver<Question>,
    pub(super) acknowledged: watch::Receiver<u64>,
    /// What was acknowledged counts for the process that told it.
    pub(super) acknowledges: Arc<watch::Sender<u64>>,
    pub(super) told: mpsc::Sender<Told>,
    pub(super) link: watch::Sender<Link>,
    pub(super) counts: Arc<Mutex<Counts>>,
}

/// Everything that a bridge is at work with.
pub(super) struct Run {
    settings: Settings,
    ends: Ends,
    supervisor: Supervisor,
    begun: Instant,
    installing: Option<BoxFuture<'static, Result<Program, NotInstalled>>>,
    program: Option<Program>,
    process: Option<Process>,
    under_way: HashMap<u64, oneshot::Sender<Result<serde_json::Value, AskError>>>,
    /// What the channel has not taken yet.
    waiting: VecDeque<Told>,
    /// The acknowledgement that is under way, and the last that was.
    acknowledging: Option<u64>,
    acknowledged: u64,
    /// The newest event of this process: one that comes twice is one.
    newest: u64,
    /// How many lines that were none are logged.
    complaints: Ration,
    leaving: Vec<oneshot::Sender<()>>,
    unlinking: Vec<oneshot::Sender<Result<Unlinked, String>>>,
    steps: mpsc::UnboundedReceiver<Installing>,
    step: mpsc::UnboundedSender<Installing>,
}

/// What the task woke up for.
enum Woken {
    Order(Option<Order>),
    Question(Question),
    Acknowledged,
    Step(Installing),
    Installed(Result<Program, NotInstalled>),
    Process(Happened),
    /// The channel has room for one more; `false` when it is gone.
    Room(bool),
    Timer,
}

impl Run {
    pub(super) fn new(settings: Settings, ends: Ends) -> Self {
        let (step, steps) = mpsc::unbounded_channel();
        Self {
            supervisor: Supervisor::new(&settings.account),
            settings,
            ends,
            begun: Instant::now(),
            installing: None,
            program: None,
            process: None,
            under_way: HashMap::new(),
            waiting: VecDeque::new(),
            acknowledging: None,
            acknowledged: 0,
            newest: 0,
            complaints: Ration::new(),
            leaving: Vec::new(),
            unlinking: Vec::new(),
            steps,
            step,
        }
    }

    /// Runs until the handle and all its clones are gone.
    pub(super) async fn run(mut self) {
        loop {
            match self.wait().await {
                Woken::Order(None) => return,
                Woken::Order(Some(order)) => self.order(order),
                Woken::Question(question) => self.question(question),
                Woken::Acknowledged => {}
                Woken::Step(step) => self.feed(Input::Installing(step)),
                Woken::Installed(outcome) => self.installed(outcome),
                Woken::Process(happened) => self.happened(happened),
                Woken::Room(is_there) => self.hand_on(is_there),
                Woken::Timer => self.feed(Input::Woke),
            }
            self.acknowledge();
            if self.supervisor.is_ended() {
                for left in self.leaving.drain(..) {
                    let _ = left.send(());
                }
            }
        }
    }

    async fn wait(&mut self) -> Woken {
        let deadline = self.supervisor.deadline().map(|at| self.begun + at);
        if self.under_way.len() >= MOST_UNDER_WAY {
            // For some of them nobody waits any more.
            self.under_way.retain(|_, asked| !asked.is_closed());
        }
        let has_room = self.under_way.len() < MOST_UNDER_WAY;
        // While the channel is slow nothing more is read for it; of a process that
        // is to end, everything is.
        let reads = self.waiting.is_empty() || !self.supervisor.is_ready();
        tokio::select! {
            order = self.ends.orders.recv() => Woken::Order(order),
            Some(question) = self.ends.questions.recv(), if has_room => Woken::Question(question),
            Ok(()) = self.ends.acknowledged.changed() => Woken::Acknowledged,
            Some(step) = self.steps.recv() => Woken::Step(step),
            Some(outcome) = installed(&mut self.installing) => Woken::Installed(outcome),
            Some(happened) = next(&mut self.process), if reads => Woken::Process(happened),
            room = self.ends.told.reserve(), if !self.waiting.is_empty() => Woken::Room(room.is_ok()),
            Some(()) = woken(deadline) => Woken::Timer,
        }
    }

    fn feed(&mut self, input: Input<'_>) {
        let now = Now {
            at: self.begun.elapsed(),
            wall_ms: clock::now_ms(),
            chance: ids::fraction(),
        };
        self.supervisor.handle(now, input);
        while let Some(output) = self.supervisor.poll() {
            self.perform(output);
        }
        let link = self.supervisor.link();
        self.ends.link.send_if_modified(|known| {
            let is_new = known != link;
            if is_new {
                log(known, link);
                link.clone_into(known);
            }
            is_new
        });
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Install => {
                let (settings, step) = (self.settings.clone(), self.step.clone());
                self.installing = Some(Box::pin(install(settings, step)));
            }
            Output::DropInstall => self.installing = None,
            Output::Spawn => self.spawn(),
            Output::Write(number, command) => self.write_own(number, &command),
            Output::CloseInput => {
                if let Some(process) = &mut self.process {
                    process.close_input();
                }
            }
            Output::Terminate => {
                if let Some(process) = &mut self.process {
                    process.terminate();
                }
            }
            Output::Kill => {
                if let Some(process) = &mut self.process {
                    process.kill();
                }
            }
            Output::Unlinked(outcome) => {
                for asked in self.unlinking.drain(..) {
                    let _ = asked.send(outcome.clone());
                }
            }
            Output::Closed(code) => {
                self.count(|counts| *counts.closed.entry(code).or_default() += 1);
            }
            Output::Restarted => self.count(|counts| counts.restarts += 1),
        }
    }

    fn count(&self, count: impl FnOnce(&mut Counts)) {
        count(
            &mut self
                .ends
                .counts
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    fn spawn(&mut self) {
        let Some(program) = &self.program else { return };
        match Process::start(program) {
            Ok(process) => self.process = Some(process),
            Err(error) => self.feed(Input::Ended(format!("Node.js cannot be started: {error}"))),
        }
    }

    /// A command of the supervisor. One that there is no room for has an answer
    /// too; a question for a sign of life has none then, as is right.
    fn write_own(&mut self, number: u64, command: &Command) {
        let is_written = self.write(number, command).is_ok();
        if !is_written && !matches!(command, Command::Ping { .. }) {
            self.feed(Input::Answered(number, Err(&busy())));
        }
    }

    fn write(&self, number: u64, command: &Command) -> Result<(), Refusal> {
        let too_large = |error: BadLine| refusal("too_large", &error.to_string(), false, false);
        let line = command.line(number).map_err(too_large)?;
        let process = self.process.as_ref();
        let is_written = process.is_some_and(|process| process.write(line));
        is_written.then_some(()).ok_or_else(busy)
    }

    fn order(&mut self, order: Order) {
        match order {
            // Without a login there is nothing to wake a process for.
            Order::Begin(Mode::Resume) if !self.has_login() => self.feed(Input::NoLogin),
            Order::Begin(mode) => self.feed(Input::Begin(mode)),
            Order::End(left) => {
                self.leaving.push(left);
                self.feed(Input::End);
            }
            Order::Unlink(asked) => {
                self.unlinking.push(asked);
                self.feed(Input::Unlink);
            }
        }
    }

    fn has_login(&self) -> bool {
        let folder = &self.settings.auth_dir;
        ["creds.json", "creds.json.bak"]
            .iter()
            .any(|name| folder.join(name).exists())
    }

    fn installed(&mut self, outcome: Result<Program, NotInstalled>) {
        self.installing = None;
        match outcome {
            Ok(program) => {
                self.program = Some(program);
                self.feed(Input::Installed);
            }
            Err(why) => self.feed(Input::NotInstalled(why)),
        }
    }

    fn question(&mut self, Question { command, answer }: Question) {
        if !self.supervisor.is_ready() {
            let _ = answer.send(Err(not_running()));
            return;
        }
        let number = self.supervisor.number();
        match self.write(number, &command) {
            Ok(()) => {
                self.under_way.insert(number, answer);
            }
            Err(refusal) => {
                let _ = answer.send(Err(refusal));
            }
        }
    }

    fn happened(&mut self, happened: Happened) {
        match happened {
            Happened::Wrote(lines) => {
                for line in lines {
                    match line.and_then(|line| Line::read(&line)) {
                        Ok(Line::Answer(answer)) => self.answered(answer),
                        Ok(Line::Event(numbered)) => self.event(numbered),
                        Err(bad) => self.bad(&bad),
                    }
                }
            }
            Happened::Ended(words) => {
                self.process = None;
                self.newest = 0;
                self.acknowledging = None;
                self.acknowledged = 0;
                // The next one may count from the beginning, where a person put a
                // backup in its place.
                self.ends.acknowledges.send_replace(0);
                // They are told again.
                self.waiting.clear();
                for (_, answer) in self.under_way.drain() {
                    let _ = answer.send(Err(ended()));
                }
                tracing::debug!(account = self.settings.account.as_str(), "{words}");
                self.feed(Input::Ended(words));
            }
        }
    }

    fn bad(&mut self, bad: &BadLine) {
        self.count(|counts| counts.bad_lines += 1);
        let account = self.settings.account.as_str();
        match self.complaints.take() {
            Share::Line => tracing::warn!(account, "the WhatsApp bridge: {bad}"),
            Share::Last => {
                tracing::warn!(
                    account,
                    "the WhatsApp bridge writes more bad lines than are logged"
                );
            }
            Share::None => {}
        }
    }

    fn answered(&mut self, Answer { id, outcome }: Answer) {
        let Some(id) = id else {
            return self.bad(&BadLine::Foreign);
        };
        if let Some(asked) = self.under_way.remove(&id) {
            let _ = asked.send(outcome);
        } else if self.acknowledging == Some(id) {
            self.acknowledging = None;
        } else {
            self.feed(Input::Answered(id, outcome.as_ref()));
        }
    }

    fn event(&mut self, numbered: Numbered) {
        let Numbered {
            seq,
            at_ms,
            again,
            event,
            ..
        } = numbered;
        if matches!(event, Event::Fatal(_)) {
            return self.feed(Input::Heard(&event));
        }
        if !again {
            if seq <= self.newest {
                return self.bad(&BadLine::Doubled(seq));
            }
            self.newest = seq;
        }
        self.feed(Input::Heard(&event));
        let is_kept = event.is_kept();
        if self.supervisor.is_ready() && (is_kept || matches!(event, Event::Typing(_))) {
            self.tell(Told {
                seq: is_kept.then_some(seq),
                at_ms,
                again,
                event,
            });
        }
    }

    fn tell(&mut self, told: Told) {
        if !self.waiting.is_empty() {
            return self.waiting.push_back(told);
        }
        match self.ends.told.try_send(told) {
            Err(mpsc::error::TrySendError::Full(told)) => {
                self.waiting.push_back(told);
                self.feed(Input::HeldUp);
            }
            // Nobody is there any more: it is told again to whoever comes.
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
        }
    }

    fn hand_on(&mut self, is_there: bool) {
        if !is_there {
            self.waiting.clear();
        }
        if let Some(told) = self.waiting.pop_front() {
            // We alone fill it, and there is room.
            let _ = self.ends.told.try_send(told);
        }
        if self.waiting.is_empty() {
            self.feed(Input::Resumed);
        }
    }

    /// Tells the bridge what the channel has; the newest says it for all.
    fn acknowledge(&mut self) {
        let seq = *self.ends.acknowledged.borrow();
        let is_news = seq > self.acknowledged && seq <= self.newest;
        if !is_news || !self.supervisor.is_ready() || self.acknowledging.is_some() {
            return;
        }
        let number = self.supervisor.number();
        if self.write(number, &Command::Ack { seq }).is_ok() {
            self.acknowledging = Some(number);
            self.acknowledged = seq;
        }
    }
}

/// Logs how an account stands, where that changes: as a warning when a person
/// has to do something.
fn log(before: &Link, now: &Link) {
    let (state, account) = (now.state.as_str(), now.account.as_str());
    if state == before.state.as_str() {
        return;
    }
    let reason = now.reason.as_deref().unwrap_or_default();
    match now.state {
        LinkState::Off | LinkState::NotLinked => {
            tracing::info!(account, state, "WhatsApp: {reason}");
        }
        LinkState::Failed | LinkState::NoNode => {
            let next_step = now.next_step.as_deref().unwrap_or_default();
            tracing::error!(account, "WhatsApp: {reason}; {next_step}");
        }
        at_rest if at_rest.is_at_rest() => {
            let next_step = now.next_step.as_deref().unwrap_or_default();
            tracing::warn!(account, state, "WhatsApp: {reason}; {next_step}");
        }
        _ => tracing::info!(account, state, "WhatsApp: {reason}"),
    }
}

async fn installed<T>(installing: &mut Option<BoxFuture<'static, T>>) -> Option<T> {
    match installing {
        Some(installing) => Some(installing.await),
        None => None,
    }
}

async fn next(process: &mut Option<Process>) -> Option<Happened> {
    match process {
        Some(process) => Some(process.next().await),
        None => None,
    }
}

async fn woken(deadline: Option<Instant>) -> Option<()> {
    tokio::time::sleep_until(deadline?).await;
    Some(())
}
