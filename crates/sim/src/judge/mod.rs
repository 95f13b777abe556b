//! What must hold. The judge knows the truth (the gateway's ledger, the bytes
//! that left, the rows that were shown to whom) and nothing of how an engine
//! came to its decisions.

mod losses;
mod messages;
mod names;
mod parking;
mod sends;
mod tally;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use clawline_core::RequestId;

pub use tally::Tally;

use crate::setup::Setup;
use crate::world::TabId;
use losses::{Losses, UnderWay};
use messages::Message;

/// Something that must never happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which promise was broken, in one word.
    pub promise: &'static str,
    /// What happened.
    pub what: String,
    /// When, in ms.
    pub at: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let seconds = self.at as f64 / 1_000.0;
        write!(f, "[{}] at {seconds:.3} s: {}", self.promise, self.what)
    }
}

/// What is known of one tab.
#[derive(Debug, Default)]
struct Watch {
    /// Keys whose rows it was shown.
    seen: BTreeSet<String>,
    /// What left on its socket and was not answered.
    sending: BTreeMap<u32, UnderWay>,
    losses: Losses,
    /// Requests of the app that left.
    asked: BTreeSet<RequestId>,
    /// How often each request of the app ended.
    requests: BTreeMap<RequestId, u32>,
}

/// The judge of one world.
#[derive(Debug)]
pub struct Judge {
    durable: bool,
    /// No history is shown: who was not there when a row was does not see it.
    blind: bool,
    broken: Option<(&'static str, String)>,
    messages: Vec<Message>,
    by_key: BTreeMap<String, usize>,
    watches: BTreeMap<TabId, Watch>,
    /// When something was parked in a lane.
    parkings: BTreeMap<String, Vec<u64>>,
    /// Something changed that may have lost a message.
    stirred: bool,
    /// The gateway's clock was set: its rows are not where one looks for them.
    clock_set: bool,
    /// A page's clock was set, which looks like sleep: what was under way seems
    /// older than it is.
    page_clock_set: bool,
    /// A device's wall clock was set: over a reload the order is that of the times
    /// at which messages were written.
    wall_clock_set: bool,
    /// What happened, in numbers.
    pub tally: Tally,
}

impl Judge {
    /// The judge of a world like this.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        Self {
            durable: setup.durable,
            blind: setup.field.blind,
            broken: None,
            messages: Vec::new(),
            by_key: BTreeMap::new(),
            watches: BTreeMap::new(),
            parkings: BTreeMap::new(),
            stirred: false,
            clock_set: false,
            page_clock_set: false,
            wall_clock_set: false,
            tally: Tally::default(),
        }
    }

    /// A promise is broken. The first one counts.
    pub fn fail(&mut self, promise: &'static str, what: String) {
        self.broken.get_or_insert((promise, what));
    }

    /// Whether all has held so far.
    ///
    /// # Errors
    /// The first promise that was broken.
    pub fn verdict(&mut self, now: u64) -> Result<(), Violation> {
        match self.broken.take() {
            None => Ok(()),
            Some((promise, what)) => Err(Violation {
                promise,
                what,
                at: now,
            }),
        }
    }

    fn watch(&mut self, tab: TabId) -> &mut Watch {
        self.watches.entry(tab).or_default()
    }

    /// The app of a tab made a request.
    pub fn asked(&mut self, tab: TabId, id: RequestId) {
        if self.watch(tab).requests.insert(id, 0).is_some() {
            self.fail("requests", format!("t{tab}: the id {} came twice", id.0));
        }
    }

    /// A request of the app leaves. Unless it may run twice it does so once.
    pub fn asks(&mut self, tab: TabId, id: RequestId, idempotent: bool) {
        if !self.watch(tab).asked.insert(id) && !idempotent {
            self.fail("requests", format!("t{tab}: request {} leaves twice", id.0));
        }
    }

    /// A request ended, by an answer or a failure.
    pub fn ended(&mut self, tab: TabId, id: RequestId) {
        let Some(times) = self.watch(tab).requests.get_mut(&id) else {
            return self.fail(
                "requests",
                format!("t{tab}: request {} was never made", id.0),
            );
        };
        *times += 1;
        if *times > 1 {
            self.fail("requests", format!("t{tab}: request {} ended twice", id.0));
        }
    }

    /// The tab's connection is closed for good: nothing waits any more.
    pub fn all_ended(&mut self, tab: TabId) {
        let open = self
            .watch(tab)
            .requests
            .iter()
            .find(|(_, times)| **times == 0);
        if let Some((id, _)) = open {
            let why = format!("t{tab}: request {} never ended", id.0);
            self.fail("requests", why);
        }
    }

    /// The gateway's clock was set.
    pub const fn clock_was_set(&mut self) {
        self.clock_set = true;
    }

    /// A device's wall clock was set.
    pub const fn wall_clock_was_set(&mut self) {
        self.wall_clock_set = true;
        self.page_clock_set = true;
    }

    /// A page's clock was set.
    pub const fn page_clock_was_set(&mut self) {
        self.page_clock_set = true;
    }

    /// Whether messages are to be counted now.
    pub const fn takes_stock(&mut self) -> bool {
        std::mem::replace(&mut self.stirred, false)
    }
}
