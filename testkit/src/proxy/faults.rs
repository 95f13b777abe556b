//! What a fault proxy does wrong, and what it has counted.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde::{Deserialize, Serialize};

/// What the proxy does with connections.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// Passes them on.
    #[default]
    Pass,
    /// Swallows what either side sends, ends included: open connections become
    /// half-open, new ones are accepted and never answered. A connection that
    /// lost something this way stays swallowed when the mode changes.
    BlackHole,
    /// Accepts new connections and never answers them; open ones go on.
    NeverAnswer,
    /// Refuses new connections, as with nobody listening; open ones go on.
    Refuse,
}

/// All faults at once; the default is none. They hold for open connections too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// What happens to connections.
    pub mode: Mode,
    /// How long each byte is under way, in each direction.
    pub delay: Duration,
    /// Bytes per second for each connection and direction; 0 holds everything
    /// back until it is changed, and nothing is lost.
    pub throttle: Option<u64>,
    /// Each connection is cut after so many more bytes to the upstream.
    pub cut_after_up: Option<u64>,
    /// Each connection is cut after so many more bytes to the client.
    pub cut_after_down: Option<u64>,
}

/// What a proxy has counted since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Connections accepted.
    pub accepted: u64,
    /// Connections open now, swallowed ones included.
    pub open: u64,
    /// Bytes passed on to the upstream.
    pub up: u64,
    /// Bytes passed on to clients.
    pub down: u64,
    /// Bytes taken from either side and passed on to nobody.
    pub swallowed: u64,
    /// Lines that its log had no room for.
    pub unlogged: u64,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub accepted: AtomicU64,
    pub open: AtomicU64,
    pub up: AtomicU64,
    pub down: AtomicU64,
    pub swallowed: AtomicU64,
}

impl Tally {
    pub(super) fn read(&self) -> Counters {
        let of = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Counters {
            accepted: of(&self.accepted),
            open: of(&self.open),
            up: of(&self.up),
            down: of(&self.down),
            swallowed: of(&self.swallowed),
            unlogged: 0,
        }
    }
}

pub(super) fn add(counter: &AtomicU64, bytes: usize) {
    counter.fetch_add(bytes as u64, Ordering::SeqCst);
}

/// What connections watch.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    pub faults: Faults,
    /// Rises with each change of the faults: counts begin anew.
    pub change: u64,
    /// Rises when all connections of now are to be cut.
    pub cut: u64,
    /// Single connections that are to be cut, by number.
    pub cut_sockets: BTreeSet<u64>,
    /// Single connections of which everything is swallowed from now on.
    pub holes: BTreeSet<u64>,
}

impl Orders {
    /// Whether what the connection of that number sends now is swallowed.
    pub(super) fn is_hole(&self, number: u64) -> bool {
        self.faults.mode == Mode::BlackHole || self.holes.contains(&number)
    }
}
