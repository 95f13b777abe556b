//! A chat as one pure fold: history and events in, what a page shows out.
//!
//! Generic over the payload `P`: typed messages for a page, object handles for
//! the npm package. The order is the gateway's, never a clock's; live text is
//! what the last `delta` carried; the first terminal of a run wins; runs that
//! nobody announced are adopted; rows that the gateway wrote to itself are
//! hidden.

mod fold;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

pub use fold::fold;
pub use read::{read_change, read_page};

use crate::wire::RunState;

/// Whose words a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A person's.
    User,
    /// The agent's.
    Assistant,
    /// What a tool returned.
    Tool,
    /// The gateway's own, for people to read (a run that failed, say).
    Notice,
}

/// Where a row stands: the gateway's number of its record, and its index when
/// one record is shown as several rows.
pub type Place = (u64, u32);

/// The facts of a transcript row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFacts {
    /// `__openclaw.id`; empty when the gateway gave none.
    pub record: String,
    /// Where it stands; `None` when the gateway did not say.
    pub seq: Option<u64>,
    /// Whose words it holds.
    pub role: Role,
    /// The idempotency key with which a person's message was sent.
    pub key: Option<String>,
    /// The run that wrote it.
    pub run: Option<String>,
    /// When the gateway recorded it, Unix milliseconds.
    pub at_ms: Option<u64>,
    /// The gateway wrote it to itself: not for people.
    pub hidden: bool,
    /// It holds the last words of its run, or of a part of it that a further
    /// message was steered into.
    pub ends_run: bool,
}

/// A row with its payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<P> {
    /// Its facts.
    pub facts: RowFacts,
    /// What the host made of it.
    pub payload: P,
}

/// A run that is under way, or has ended and has no row yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run<P> {
    /// Its id: the idempotency key of the message that began it, or one that
    /// the gateway made.
    pub id: String,
    /// What it has said so far.
    pub live: Option<P>,
    /// How it ended; `None` while it goes on.
    pub end: Option<RunEnd>,
    /// Its last words stand in a row: once it has ended, the rows are shown
    /// and not the live text.
    covered: bool,
    touched: u64,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// `Final`, `Aborted` or `Error`.
    pub state: RunState,
    /// What went wrong, in the gateway's words.
    pub error: Option<String>,
}

/// A page of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<P> {
    /// The transcript's id: another one means that the session was reset.
    pub session_id: Option<String>,
    /// Its rows, oldest first.
    pub rows: Vec<Row<P>>,
    /// The run in flight, with what it has said so far.
    pub in_flight: Option<(String, Option<P>)>,
    /// A message waits behind a run, and the gateway names it where it would
    /// name that run: runs that are not named may go on.
    pub waits: bool,
    /// Where the next older page begins; `None` when there is none.
    pub older: Option<u64>,
    /// [`Chat::version`] when the page was asked for.
    pub asked: u64,
}

/// Something that changes a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<P> {
    /// The newest page of history: the truth about what it covers.
    Newest(Page<P>),
    /// A page of older rows.
    Older(Page<P>),
    /// A new row.
    Row(Row<P>),
    /// The gateway's process is another one. Runs of the old one are over,
    /// unless the next page names them.
    Restarted,
    /// A run went on.
    Run {
        /// Which.
        id: String,
        /// How it stands now.
        state: RunState,
        /// Everything it has said so far.
        message: Option<P>,
        /// What went wrong.
        error: Option<String>,
    },
}

/// One session's chat.
#[derive(Debug, Clone)]
pub struct Chat<P> {
    session_id: Option<String>,
    rows: BTreeMap<Place, Held<P>>,
    runs: Vec<Run<P>>,
    /// Ids of runs that ended, so that late frames do not revive them.
    ended: VecDeque<String>,
    older: Option<u64>,
    /// The change by which something was missed that only history tells.
    stale: Option<u64>,
    /// The change by which the gateway restarted last.
    restarted: u64,
    version: u64,
}

impl<P> Default for Chat<P> {
    fn default() -> Self {
        Self {
            session_id: None,
            rows: BTreeMap::new(),
            runs: Vec::new(),
            ended: VecDeque::new(),
            older: None,
            stale: None,
            restarted: 0,
            version: 0,
        }
    }
}

/// A row, and the change that brought it.
#[derive(Debug, Clone)]
struct Held<P> {
    row: Row<P>,
    since: u64,
}

/// One thing to show, in order.
#[derive(Debug)]
pub enum Item<'a, P> {
    /// A row of the transcript.
    Row(Place, &'a Row<P>),
    /// What a run has said and no row holds yet.
    Live(&'a Run<P>),
}

impl<P> Chat<P> {
    /// A chat of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What to show: rows in the gateway's order, then live text.
    pub fn items(&self) -> impl Iterator<Item = Item<'_, P>> {
        let rows = self
            .rows
            .iter()
            .map(|(place, held)| (place, &held.row))
            .filter(|(_, row)| !row.facts.hidden && !self.is_live(row));
        rows.map(|(place, row)| Item::Row(*place, row))
            .chain(self.runs.iter().map(Item::Live))
    }

    /// The pieces of a run are shown as its live text until it has ended and
    /// its last row is there: that text holds them all.
    fn is_live(&self, row: &Row<P>) -> bool {
        let is_its_run = |run: &Run<P>| row.facts.run.as_deref() == Some(&run.id);
        row.facts.role == Role::Assistant
            && self
                .runs
                .iter()
                .any(|run| run.live.is_some() && is_its_run(run))
    }

    /// The runs under way: what "Stop" would stop.
    pub fn active_runs(&self) -> impl Iterator<Item = &Run<P>> {
        self.runs.iter().filter(|run| run.end.is_none())
    }

    /// A person's message with this key stands in the transcript.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        // A message just sent is looked for: the newest rows first.
        self.rows
            .values()
            .rev()
            .any(|held| held.row.facts.key.as_deref() == Some(key))
    }

    /// Where the next older page begins; `None` when everything is here.
    #[must_use]
    pub const fn older(&self) -> Option<u64> {
        self.older
    }

    /// Counts changes: what a page was asked at, and what a view has drawn.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Something was missed that only history tells: ask for the newest page.
    /// Answers once.
    pub const fn take_stale(&mut self) -> bool {
        self.stale.take().is_some()
    }
}
