//! A chat as one pure fold: history and events in, what a page shows out.
//!
//! Generic over the payload `P`: typed messages for a page, object handles for
//! the npm package. The order is the gateway's, never a clock's; live text is
//! what the last `delta` carried; the first terminal of a run wins, but words
//! after an error withdraw it; runs that nobody announced are adopted, and keep
//! their words until a row has them; rows that the gateway wrote to itself are
//! hidden; rows of two transcripts are never mixed.

mod fold;
mod items;
mod read;
mod rows;
mod runs;
#[cfg(test)]
mod tests;

pub use fold::fold;
pub use items::{Item, Shown};
pub use read::{read_change, read_page};
use rows::Rows;
use runs::Runs;

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
    /// Where it was written down.
    pub written: Option<Written>,
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
    /// An agent's row without words: it only says that its run was stopped
    /// (`Aborted`), failed (`Error`) or had nothing to say (`Final`).
    pub bare_end: Option<RunState>,
}

/// Where a row was written down. Over a reset `seq` begins anew and the number
/// goes on; where rows were cut away, the source is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The gateway's name of the place.
    pub source: String,
    /// Its number there.
    pub number: u64,
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
    /// The model did not answer and is asked again; until words or an end come.
    pub retrying: Option<Retrying>,
    /// How it ended; `None` while it goes on.
    pub end: Option<RunEnd>,
    /// Its last words stand in a row: once it has ended, the rows are shown
    /// and not the live text.
    covered: bool,
    touched: u64,
    /// Where the message stands that began it.
    asked: Option<Place>,
    /// The last row there was when it ended.
    after: Option<Place>,
}

/// A run that is tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrying {
    /// Which attempt comes, from 1.
    pub attempt: Option<u64>,
    /// How many there may be.
    pub of: Option<u64>,
    /// What the gateway says of it.
    pub message: Option<String>,
    /// How long the gateway waits before it.
    pub delay_ms: Option<u64>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunEnd {
    /// `Final`, `Aborted` or `Error`.
    pub state: RunState,
    /// What went wrong, in the gateway's words.
    pub error: Option<String>,
}

/// What a page of history was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// [`Chat::version`] when it was asked.
    pub asked: u64,
    /// Records that are newer than the page.
    pub offset: u64,
    /// Records that it may have.
    pub limit: u64,
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
    /// The gateway says that the transcript begins with its first row.
    pub begins: bool,
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
    /// What an earlier visit kept: shown until the first newest page, which
    /// replaces it. Nothing, where something is known already; a page without rows
    /// takes it away.
    Kept(Page<P>),
    /// A new row.
    Row {
        /// The transcript it stands in, as far as it was said.
        session_id: Option<String>,
        /// The row.
        row: Row<P>,
    },
    /// Something was heard of the session itself.
    Session {
        /// The transcript it has now; `None` when only history knows.
        id: Option<String>,
    },
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
    /// The gateway tries a run again.
    Retrying {
        /// Which.
        id: String,
        /// How.
        retrying: Retrying,
    },
    /// Words came that cannot be read or have no place: history has them.
    Missed,
}

/// One session's chat.
#[derive(Debug, Clone)]
pub struct Chat<P> {
    session_id: Option<String>,
    /// Ids of transcripts that the session had before.
    former: Vec<String>,
    /// Rows of an earlier visit are shown.
    is_kept: bool,
    /// The change by which the transcript began anew last.
    begun: u64,
    rows: Rows<P>,
    runs: Runs<P>,
    older: Option<u64>,
    /// The change by which something was missed that only history tells.
    stale: Option<u64>,
    /// The change by which the gateway restarted last.
    restarted: u64,
    version: u64,
    /// The last change after which there are other items.
    items_version: u64,
}

impl<P> Default for Chat<P> {
    fn default() -> Self {
        Self {
            session_id: None,
            former: Vec::new(),
            is_kept: false,
            begun: 0,
            rows: Rows::default(),
            runs: Runs::default(),
            older: None,
            stale: None,
            restarted: 0,
            version: 0,
            items_version: 0,
        }
    }
}

impl<P> Chat<P> {
    /// A chat of which nothing is known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The runs under way: what "Stop" would stop.
    pub fn active_runs(&self) -> impl Iterator<Item = &Run<P>> {
        self.runs.as_slice().iter().filter(|run| run.end.is_none())
    }

    /// A person's message with this key stands in the transcript.
    #[must_use]
    pub fn has_key(&self, key: &str) -> bool {
        // A message just sent is looked for: the newest rows first.
        self.rows
            .iter()
            .rev()
            .any(|(_, held)| held.row.facts.key.as_deref() == Some(key))
    }

    /// The gateway's id of the transcript that is shown: another one after a reset.
    #[must_use]
    pub fn transcript(&self) -> Option<&str> {
        self.session_id.as_deref()
    }

    /// Rows are shown as an earlier visit kept them: the gateway may have others.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.is_kept
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

    /// [`Chat::version`] after the last change that made other items of these, or
    /// another item of one. A view that has drawn the items of this version has
    /// only to look at what [`Chat::active_runs`] say: a run that goes on writing
    /// costs as much with five rows as with five thousand.
    #[must_use]
    pub const fn items_version(&self) -> u64 {
        self.items_version
    }

    /// Something was missed that only history tells: ask for the newest page.
    /// Answers once.
    pub const fn take_stale(&mut self) -> bool {
        self.stale.take().is_some()
    }
}
