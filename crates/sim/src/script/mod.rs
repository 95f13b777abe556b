//! What happens to a world: written first, from the seed, then played. A
//! script can be cut down, and what is left still makes sense: tabs and
//! entries are named by numbers that wrap around.

mod draw;
mod words;

pub use draw::draw;

use crate::world::Trouble;

/// A message, or a request for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its session, by number.
    pub session: usize,
    /// Without a session's name: for the main one.
    pub main: bool,
    /// Not a chat message but a request by this method.
    pub method: Option<&'static str>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How long it may wait, in ms.
    pub ttl: Option<u64>,
    /// It has files, which are read first.
    pub file: Option<File>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

/// How the reading of a message's files ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// They are read after so many ms.
    Read(u64),
    /// One cannot be read, which is found after so many ms.
    Unreadable(u64),
    /// It never ends.
    Hangs,
}

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The gateway refuses it.
    Refused,
    /// The store cannot keep it.
    Unkeepable,
    /// The store keeps it, and no later fact of it.
    Unmarkable,
    /// Something between ends most connections that carry it.
    Deadly,
    /// It is done at once and stands in no transcript.
    Stop,
    /// It is acknowledged; nothing comes of it, and nobody says so.
    NoRow,
}

impl Fault {
    /// The words of such a message begin with this.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Refused => "refuse me",
            Self::Unkeepable => "keep me not",
            Self::Unmarkable => "mark me not",
            Self::Deadly => "cut the line",
            Self::Stop => "stop",
            Self::NoRow => "say nothing",
        }
    }

    /// What is wrong with a message of these words.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let all = [
            Self::Refused,
            Self::Unkeepable,
            Self::Unmarkable,
            Self::Deadly,
            Self::Stop,
            Self::NoRow,
        ];
        all.into_iter().find(|fault| text.starts_with(fault.word()))
    }
}

/// What somebody or something does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// The app of a tab writes.
    Write(usize, Letter),
    /// It writes so many at once.
    Burst(usize, usize, Letter),
    /// It makes a request: with two answers or one, repeatable or not.
    Ask(usize, bool, bool),
    /// It gives a request up.
    GiveUp(usize),
    /// It takes an entry out.
    Remove(usize, usize),
    /// It sends a parked or unconfirmed entry again.
    Resend(usize, usize),
    /// It changes an entry.
    Edit(usize, usize),
    /// It follows an entry no longer, whatever its state.
    Dismiss(usize, usize),
    /// Somebody stops the turn of a session.
    Abort(usize),
    /// The app connects.
    Connect(usize),
    /// The app closes.
    Close(usize),
    /// A tab opens on a device.
    Open(usize),
    /// A tab is gone.
    KillTab(usize),
    /// A tab is reloaded.
    Reload(usize),
    /// A tab's code stops.
    Freeze(usize),
    /// It goes on.
    Thaw(usize),
    /// Nobody sees a tab.
    Hide(usize),
    /// It is seen again.
    Show(usize),
    /// It comes back from the back/forward cache.
    Restore(usize),
    /// The system says that there is a network, or none.
    Online(usize, bool),
    /// A machine sleeps so many ms; its monotonic clocks stand still, or not.
    Sleep(usize, u64, bool),
    /// A machine's wall clock is set ahead or back, in ms.
    WallClock(usize, i64),
    /// A tab's socket breaks with this code.
    Cut(usize, u16),
    /// A tab's socket carries nothing any more, and nobody is told.
    HalfOpen(usize),
    /// A device's network passes nothing for so many ms, then everything.
    Hold(usize, u64),
    /// What is sent from a device within so many ms is lost.
    Black(usize, u64),
    /// Within so many ms each socket of a device dies of the first message that
    /// is sent on it, and nobody is told.
    Swallow(usize, u64),
    /// Every frame of a device takes so much longer, for so many ms.
    Slow(usize, u64, u64),
    /// The gateway is killed, and starts again so many ms later.
    Kill(u64),
    /// It is killed, and its clock is another by so many ms afterwards.
    KillAndSetClock(u64, i64),
    /// Its clock is set back.
    ClockBack(u64),
    /// It drains, ends, and starts again so many ms later.
    Drain(u64),
    /// It refuses so many handshakes.
    Refuse(&'static str, usize),
    /// For so many ms the tabs of a device get no sign-in data: they hear so, or
    /// wait for it.
    NoSignIn(usize, bool, u64),
    /// From now on connections may write, or may not.
    MayWrite(bool),
    /// A session is reset: its transcript is empty.
    Reset(usize),
    /// For so many ms the gateway reports losses without end.
    Gaps(u64),
    /// A device's store is in trouble for so many ms.
    Store(usize, Trouble, u64),
}

/// An action, and how long after the one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In ms.
    pub wait: u64,
    /// What then happens.
    pub action: Action,
}
