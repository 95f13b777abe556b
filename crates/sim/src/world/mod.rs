//! The world of one seed: tabs with real engines, a model of the gateway, a
//! network, stores and clocks, in virtual time and without threads.

mod agenda;
mod channel;
mod end;
mod faults;
mod field;
mod locks;
mod network;
mod outputs;
mod store;
mod tabs;
mod upkeep;

use std::collections::VecDeque;

use crate::gateway::{Effect, Gateway};
use crate::judge::{Judge, Violation};
use crate::rng::Rng;
use crate::script::Step;
use crate::setup::Setup;
use agenda::{Agenda, Delivery, Due};
use network::Network;
use store::Store;
pub use store::Trouble;
use tabs::Tab;

/// A tab, by its number in this world. A tab that is opened again is another.
pub type TabId = usize;

/// After this many things in one millisecond something goes round in circles.
const BUSIEST: u32 = 20_000;

/// A browser profile.
#[derive(Debug, Default)]
struct Device {
    store: Store,
    /// The tab that holds the lock.
    holder: Option<TabId>,
    /// Those that asked for it.
    queue: VecDeque<TabId>,
    /// What was added to the true time for its wall clock, in ms.
    skew: i64,
    /// Its machine sleeps until then: nobody opens or wakes a tab.
    sleeps_until: u64,
    /// Until then its tabs get no sign-in data, and whether they hear so.
    no_sign_in: (bool, u64),
}

/// All of it.
#[derive(Debug)]
pub struct World {
    setup: Setup,
    now: u64,
    rng: Rng,
    agenda: Agenda,
    gateway: Gateway,
    network: Network,
    devices: Vec<Device>,
    tabs: Vec<Tab>,
    /// What is known to be true, and what must hold.
    pub judge: Judge,
    /// Messages so far, for their names.
    count: usize,
    /// Since when nothing has gone wrong.
    good_since: u64,
    /// What stood between tabs and gateway is gone.
    is_healed: bool,
    /// What was to leave next when one looked last, and when that was.
    next: Vec<field::Next>,
    looked_for_delays: u64,
    /// Lines of what happened, when somebody wants to read them.
    trace: Option<Vec<String>>,
}

impl World {
    /// A world where all is well: every device has one tab.
    #[must_use]
    pub fn new(setup: &Setup, traced: bool) -> Self {
        let mut rng = Rng::new(setup.luck);
        let gateway = Gateway::new(setup, rng.fork());
        let network = Network::new(setup.devices, setup.latency, rng.fork());
        let mut world = Self {
            now: 0,
            agenda: Agenda::default(),
            gateway,
            network,
            devices: (0..setup.devices).map(|_| Device::default()).collect(),
            tabs: Vec::new(),
            judge: Judge::new(setup),
            count: 0,
            good_since: 0,
            is_healed: false,
            next: Vec::new(),
            looked_for_delays: 0,
            trace: traced.then(Vec::new),
            rng,
            setup: setup.clone(),
        };
        world.obey_gateway();
        for device in 0..world.devices.len() {
            world.open_tab(device);
        }
        world
    }

    /// Plays a script to its end, then heals everything and looks whether all
    /// is settled.
    ///
    /// # Errors
    /// The first thing that must never happen.
    pub fn play(&mut self, script: &[Step]) -> Result<(), Violation> {
        for step in script {
            let end = self.now + step.wait;
            self.run_until(end)?;
            self.note(|| format!("    {}", step.action));
            self.act(&step.action);
            self.judge.verdict(self.now)?;
        }
        self.end()
    }

    /// What happened, line by line, when it was wanted, and what stands in the
    /// gateway's transcripts at last.
    pub fn take_trace(&mut self) -> Vec<String> {
        let mut trace = self.trace.take().unwrap_or_default();
        for (session, keys) in self.gateway.transcripts() {
            trace.push(format!("          {session}: {}", keys.join(" ")));
        }
        trace
    }

    fn note(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            #[expect(clippy::cast_precision_loss, reason = "for people")]
            let seconds = self.now as f64 / 1_000.0;
            let line = line();
            let same = trace
                .iter()
                .rev()
                .take(6)
                .any(|before| before.get(10..) == Some(&line));
            if !(same && (line.ends_with("unreachable") || line.ends_with("connecting"))) {
                trace.push(format!("{seconds:>9.3} {line}"));
            }
        }
    }

    /// Something went wrong, or was wrong until now.
    fn disturb(&mut self) {
        self.good_since = self.good_since.max(self.now);
    }

    fn run_until(&mut self, end: u64) -> Result<(), Violation> {
        let mut busy = 0;
        loop {
            let timer = self.next_timer();
            let next = self.agenda.next_at();
            let at = match (next, timer) {
                (Some(next), Some((due, _))) => next.min(due),
                (Some(next), None) => next,
                (None, Some((due, _))) => due,
                (None, None) => end,
            };
            if at > end {
                break;
            }
            busy = if at > self.now { 0 } else { busy + 1 };
            if busy > BUSIEST {
                self.judge
                    .fail("finite", "the world goes round in circles".to_owned());
            }
            self.now = self.now.max(at);
            match (next, timer) {
                (Some(next), _) if next == at => self.happen(),
                (_, Some((_, tab))) => self.wake(tab),
                _ => break,
            }
            self.look_over();
            self.judge.verdict(self.now)?;
        }
        self.now = end;
        Ok(())
    }

    fn happen(&mut self) {
        let Some((_, due)) = self.agenda.take() else {
            return;
        };
        match due {
            Due::Deliver(tab, delivery) => self.deliver(tab, delivery),
            Due::Knock(socket) => self.knock(socket),
            Due::Arrive(socket, up) => {
                let boot = self.network.sockets[socket as usize].boot;
                if self.network.reaches(self.now, socket) && boot == Some(self.gateway.boot()) {
                    if let Some(key) = up.params["idempotencyKey"].as_str() {
                        self.note(|| format!("    {key} arrives by socket {socket}"));
                    } else if up.method == "chat.history" {
                        self.note(|| format!("    a look arrives: {}", up.params));
                    }
                    self.gateway.receive(self.now, socket, up);
                    self.obey_gateway();
                }
            }
            Due::HangUp(socket) => self.gateway.hung_up(socket),
            Due::Gateway(boot, task) => {
                self.gateway.perform(self.now, boot, task);
                self.obey_gateway();
            }
            Due::Start => {
                let warm_up = self.rng.between(0, 4_000);
                self.gateway.start(warm_up);
                self.gateway.take_up(self.now);
                self.note(|| "    gateway starts".to_owned());
                self.good_since = self.good_since.max(self.now + warm_up);
                self.obey_gateway();
            }
            Due::Commit(tab, job) => self.commit(tab, job),
            Due::Retry(tab, job) => match self.tabs[tab].life {
                tabs::Life::Runs => self.begin(tab, job),
                // It tries again when it thaws, and not before.
                tabs::Life::Frozen | tabs::Life::Asleep => {
                    self.agenda.put(self.now + 1_000, Due::Retry(tab, job));
                }
                tabs::Life::Dead => {}
            },
            Due::Lock(device) => self.give_lock(device),
            Due::Beat(tab) => self.beat(tab),
            Due::Patrol(tab) => self.patrol(tab),
            Due::LineGood(device) => {
                self.network.lines[device].slower = 0;
                self.disturb();
            }
            Due::Awake(tabs) => tabs.into_iter().for_each(|id| self.wake_up(id)),
        }
    }

    /// A socket reaches the gateway, or nobody.
    fn knock(&mut self, id: u32) {
        let socket = &mut self.network.sockets[id as usize];
        if socket.over || !self.network.reaches(self.now, id) {
            return;
        }
        if self.gateway.listens() {
            self.network.sockets[id as usize].boot = Some(self.gateway.boot());
            let opened = Delivery::Opened(id);
            self.network
                .send_down(self.now, &mut self.agenda, id, opened);
            self.gateway.opened(self.now, id);
            self.obey_gateway();
        } else {
            let closed = Delivery::Closed(id, 1006);
            self.network
                .send_down(self.now, &mut self.agenda, id, closed);
        }
    }

    /// Does what the gateway asks for.
    fn obey_gateway(&mut self) {
        for effect in self.gateway.take_effects() {
            match effect {
                Effect::Send(socket, down) => {
                    let frame = Network::frame(socket, down);
                    self.network
                        .send_down(self.now, &mut self.agenda, socket, frame);
                }
                Effect::Close(socket, code, _) => {
                    self.network
                        .close_down(self.now, &mut self.agenda, socket, code);
                }
                Effect::Later(wait, boot, task) => {
                    self.agenda.put(self.now + wait, Due::Gateway(boot, task));
                }
                Effect::Refused => self.disturb(),
                Effect::Gone(away) => {
                    let boot = Some(self.gateway.boot());
                    self.note(|| "    gateway is gone".to_owned());
                    for id in 0..self.network.sockets.len() {
                        if self.network.sockets[id].boot == boot {
                            let id = u32::try_from(id).unwrap_or(u32::MAX);
                            self.network.process_died(self.now, &mut self.agenda, id);
                        }
                    }
                    self.disturb();
                    self.agenda.put(self.now + away, Due::Start);
                }
            }
        }
        for outrage in std::mem::take(&mut self.gateway.ledger.outrages) {
            self.judge.fail("repeat", outrage);
        }
    }
}
