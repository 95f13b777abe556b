//! What the world of one seed is like: drawn once, then constant.

mod field;

use std::fmt;

pub use field::Field;

use crate::rng::Rng;

/// How the gateway treats a message that comes while a turn runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// It is handed to the running turn (the gateway's default).
    Steer,
    /// It waits for a turn of its own, one after the other.
    Followup,
    /// All that wait share the next turn.
    Collect,
}

/// The knobs of a world.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Browser profiles: a store, a lock and a channel each.
    pub devices: usize,
    /// Tabs that a device may have at once.
    pub tabs: usize,
    /// The browser has Web Locks; without them every tab has its own socket.
    pub locks: bool,
    /// The gateway keeps keys and waiting inputs over restarts (ours does).
    pub durable: bool,
    /// A crash takes the waiting inputs with it instead of marking them.
    pub forgets_inputs: bool,
    /// What becomes of messages that come while a turn runs.
    pub queue: Queue,
    /// Records that a page of history holds at most.
    pub page: usize,
    /// Between its acknowledgement and its row a message shows nowhere.
    pub shy: bool,
    /// From the acknowledgement to the row in the transcript, at most, in ms.
    pub row_delay: u64,
    /// Out of 100 messages, so many are refused for now: their session is in the
    /// making.
    pub busy: u64,
    /// From a request to its answer inside the gateway, at most, in ms.
    pub thinking: u64,
    /// The pace of a turn: each of its steps takes at most this long, in ms.
    pub pace: u64,
    /// One way over the network, at least and at most, in ms.
    pub latency: (u64, u64),
    /// A transaction of the store takes at most this long, in ms.
    pub store_ms: u64,
    /// Out of 100 events, so many are skipped for a slow consumer.
    pub skipped_events: u64,
    /// Out of 100 turns, so many end with two terminals.
    pub double_terminals: u64,
    /// Sessions that people write to.
    pub sessions: usize,
    /// Out of 100 tabs, so many subscribe to the messages of their sessions.
    pub subscribers: u64,
    /// Out of 100 messages, so many have a time to live.
    pub expiring: u64,
    /// An outbox holds so many entries; the default when there is none.
    pub bounds: Option<usize>,
    /// What people bring.
    pub field: Field,
    /// Where chance goes on from after the script.
    pub luck: u64,
}

impl Setup {
    /// Draws a world.
    pub fn draw(rng: &mut Rng) -> Self {
        let calm = rng.percent(30);
        Self {
            devices: usize::from(rng.percent(45)) + usize::from(rng.percent(25)) + 1,
            tabs: usize::from(rng.percent(50)) + usize::from(rng.percent(30)) + 1,
            locks: rng.percent(85),
            durable: rng.percent(25),
            forgets_inputs: rng.percent(30),
            queue: rng.pick(&[Queue::Steer, Queue::Steer, Queue::Followup, Queue::Collect]),
            page: rng.pick(&[10, 50, 200]),
            shy: rng.percent(30),
            row_delay: rng.pick(&[0, 50, 400, 3_000]),
            busy: rng.pick(&[0, 0, 15]),
            thinking: rng.pick(&[5, 100, 200]),
            pace: rng.pick(&[50, 500, 4_000, 30_000]),
            latency: rng.pick(&[(1, 1), (5, 30), (20, 400), (100, 900)]),
            store_ms: rng.pick(&[0, 3, 40]),
            skipped_events: if calm { 0 } else { rng.pick(&[0, 2, 15]) },
            double_terminals: rng.pick(&[0, 30]),
            sessions: rng.index(3) + 1,
            subscribers: rng.pick(&[0, 70, 100]),
            expiring: rng.pick(&[0, 0, 20]),
            bounds: rng.percent(10).then_some(6),
            field: Field::draw(rng),
            luck: rng.bits(),
        }
    }

    /// Simpler worlds that may fail in the same way, for a shorter trace.
    #[must_use]
    pub fn simpler(&self) -> Vec<Self> {
        let mut simpler = Vec::new();
        let mut try_one = |change: &dyn Fn(&mut Self)| {
            let mut setup = self.clone();
            change(&mut setup);
            if setup.to_string() != self.to_string() {
                simpler.push(setup);
            }
        };
        try_one(&|setup| setup.devices = 1);
        try_one(&|setup| setup.tabs = 1);
        try_one(&|setup| setup.sessions = 1);
        try_one(&|setup| setup.skipped_events = 0);
        try_one(&|setup| setup.double_terminals = 0);
        try_one(&|setup| setup.latency = (5, 5));
        try_one(&|setup| setup.row_delay = 0);
        try_one(&|setup| setup.busy = 0);
        try_one(&|setup| setup.thinking = 5);
        try_one(&|setup| setup.pace = 500);
        try_one(&|setup| setup.page = 200);
        try_one(&|setup| setup.shy = false);
        try_one(&|setup| setup.store_ms = 3);
        try_one(&|setup| setup.expiring = 0);
        try_one(&|setup| setup.subscribers = 100);
        try_one(&|setup| setup.bounds = None);
        try_one(&|setup| setup.queue = Queue::Steer);
        for field in self.field.simpler() {
            try_one(&|setup| setup.field = field.clone());
        }
        simpler
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            devices,
            tabs,
            locks,
            durable,
            forgets_inputs,
            queue,
            page,
            shy,
            row_delay,
            busy,
            thinking,
            pace,
            latency,
            store_ms,
            skipped_events,
            double_terminals,
            sessions,
            subscribers,
            expiring,
            bounds,
            field,
            luck: _,
        } = self;
        write!(
            f,
            "{devices} device(s) of {tabs} tab(s), locks {locks}, {sessions} session(s), \
             {subscribers} % subscribe, {expiring} % expire; gateway: durable {durable}, \
             forgets inputs {forgets_inputs}, {queue:?}, pages of {page}, shy {shy}, row \
             after {row_delay} ms, answers after {thinking} ms, \
             busy {busy} %, steps of {pace} ms, \
             {double_terminals} % double terminals, {skipped_events} % skipped events; network \
             {latency:?} ms, store {store_ms} ms, bounds \
             {bounds:?}{field}"
        )
    }
}
