//! Places for connections of people whom we do not know yet.
//!
//! When all are taken, whoever has waited longest without a word gives his up, at
//! the peer that has the most. So a thousand silent sockets cost each other their
//! places, and somebody who has something to say is never turned away. Who was let
//! in, in whatever dialect, has a place among the known and cannot lose it so.
//!
//! Whoever has a place has a moment for his next word, in which others of his
//! network wait, in the queue of the system. Without it a crowd that dials at once
//! keeps itself out: each takes the place of one who was about to come in. But that
//! queue is everybody's, so they wait only while some of the network do come in.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use crate::guesses::network;
use crate::limits;

/// Most strangers, where the system allows as many.
const STRANGERS: usize = 512;
/// Most who were let in, where the system allows as many.
const KNOWN: usize = 1_024;
/// Files that we need ourselves: database, log, listener.
const OURS: usize = 64;
/// The moment for the first word of all.
const FIRST: Duration = Duration::from_millis(50);
/// The moment for each further word.
const NEXT: Duration = Duration::from_secs(1);
/// All moments of one who was not let in, together.
const ALL: Duration = Duration::from_secs(5);
/// The same for one whose word we have not answered yet.
const OWED: Duration = limits::HANDSHAKE;
/// How long a network waits in which nobody comes in.
const HOPE: Duration = Duration::from_secs(2);
/// Between two hopes that nobody earned by coming in.
const DOUBT: Duration = Duration::from_secs(10);
/// Between two words to the owner that places are short.
const SILENCE: Duration = Duration::from_secs(60);

/// How many may be here at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) strangers: usize,
    pub(crate) known: usize,
}

impl Room {
    /// What the system lets this process have, after asking for more.
    pub(crate) fn of_this_process() -> Self {
        Self::within(open_files())
    }

    /// A stranger may have a socket and, for a moment, a file of the page.
    fn within(open_files: usize) -> Self {
        let free = open_files.saturating_sub(OURS).max(8);
        let strangers = STRANGERS.min(free / 4);
        Self {
            strangers,
            known: KNOWN.min(free - 2 * strangers),
        }
    }
}

#[cfg(unix)]
fn open_files() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const ENOUGH: u64 = 8_192;
    let mut limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX).min(ENOUGH);
    if limit.current.is_some_and(|current| current < most) {
        limit.current = Some(most);
        // Whoever may not have more makes do with what there is.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let current = getrlimit(Resource::Nofile).current.unwrap_or(ENOUGH);
    usize::try_from(current).unwrap_or(usize::MAX)
}

#[cfg(not(unix))]
fn open_files() -> usize {
    8_192
}

#[derive(Debug)]
struct Stranger {
    network: IpAddr,
    /// The page that connects, once it said so.
    origin: Option<String>,
    since: Instant,
    /// Until when nobody of his network takes his place.
    until: Instant,
    gone: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Table {
    strangers: HashMap<u64, Stranger>,
    known: HashSet<u64>,
    /// When somebody came in last, or places ran short, by network; not for longer
    /// than that is hope for it.
    hopes: HashMap<IpAddr, Instant>,
    /// When there was hope last only because places ran short.
    short: Option<Instant>,
    /// Counts arrivals.
    arrivals: u64,
    /// When the owner was told that places are short.
    told: Option<Instant>,
}

impl Table {
    /// Some of this network come in.
    fn hope(&mut self, network: IpAddr) {
        let now = Instant::now();
        self.hopes.retain(|_, since| *since + HOPE > now);
        self.hopes.insert(network, now);
    }

    /// Places run short from now on. A network whose people go and come again has
    /// no new hope each time.
    fn run_short(&mut self, network: IpAddr) {
        if self.short.is_none_or(|short| short.elapsed() >= DOUBT) {
            self.short = Some(Instant::now());
            self.hope(network);
        }
    }

    /// Tells the owner, now and then, that somebody had to go.
    fn tell(&mut self, room: Room) {
        if self.told.is_none_or(|told| told.elapsed() >= SILENCE) {
            self.told = Some(Instant::now());
            tracing::warn!(
                places = room.strangers,
                "more people connect than there are places: who has waited longest without \
                 signing in is let go; where `ulimit -n` is small, more open files give more places"
            );
        }
    }

    /// Who has to go: of the peer with most places the one that was silent
    /// longest; of one page's, when that page has most of them. `Err`: nobody
    /// before then, for a peer that has about as many as that one.
    fn silent(&self, newcomer: IpAddr) -> Result<u64, Instant> {
        let now = Instant::now();
        let networks = || self.strangers.values().map(|one| one.network);
        let Some((network, most_places)) = most(networks()) else {
            return Err(now);
        };
        let of_peer = || {
            self.strangers
                .iter()
                .filter(|(_, one)| one.network == network)
        };
        let own = networks().filter(|one| *one == newcomer).count();
        let hope = self.hopes.get(&network).map(|since| *since + HOPE);
        let hope = hope.filter(|until| most_places <= own + 1 && *until > now);
        let pages = most(of_peer().map(|(_, one)| one.origin.as_deref()));
        let greedy = pages.filter(|(_, count)| 2 * count > of_peer().count());
        of_peer()
            .filter(|(_, one)| greedy.is_none_or(|(page, _)| one.origin.as_deref() == page))
            .min_by_key(|(id, one)| (one.until, **id))
            .map_or(Err(now), |(id, one)| match hope {
                Some(hope) if one.until > now => Err(one.until.min(hope)),
                _ => Ok(*id),
            })
    }
}

/// The one that comes most often, and how often.
fn most<T: std::hash::Hash + Eq + Copy>(all: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut counts = HashMap::new();
    for one in all {
        *counts.entry(one).or_insert(0) += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count)
}

/// All places. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    table: Arc<Mutex<Table>>,
    /// Somebody gave his place up, or his moment.
    freed: Arc<Notify>,
    room: Room,
}

impl Places {
    pub(crate) fn new(room: Room) -> Self {
        Self {
            table: Arc::default(),
            freed: Arc::default(),
            room,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a new connection, as soon as there is one.
    pub(crate) async fn take(&self, ip: IpAddr) -> Arc<Place> {
        loop {
            let mut freed = std::pin::pin!(self.freed.notified());
            freed.as_mut().enable();
            match self.take_now(ip) {
                Ok(place) => return place,
                Err(until) => tokio::select! {
                    () = freed => {}
                    () = sleep_until(until) => {}
                },
            }
        }
    }

    /// `Err`: when to try again.
    fn take_now(&self, ip: IpAddr) -> Result<Arc<Place>, Instant> {
        let network = network(ip);
        let mut table = self.table();
        if table.strangers.len() + 1 == self.room.strangers {
            table.run_short(network);
        }
        while table.strangers.len() >= self.room.strangers {
            let silent = table.silent(network)?;
            if let Some(one) = table.strangers.remove(&silent) {
                one.gone.send_replace(true);
                table.tell(self.room);
            }
        }
        table.arrivals += 1;
        let id = table.arrivals;
        let (gone, is_gone) = watch::channel(false);
        let since = Instant::now();
        let stranger = Stranger {
            network,
            origin: None,
            since,
            until: since + FIRST,
            gone,
        };
        table.strangers.insert(id, stranger);
        Ok(Arc::new(Place {
            places: self.clone(),
            id,
            gone: is_gone,
        }))
    }
}

/// The place of one connection; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    id: u64,
    gone: watch::Receiver<bool>,
}

impl Place {
    /// The connection said something, or it is its turn: it has a moment for what
    /// it says next, and those who say nothing go before it.
    pub(crate) fn asked(&self) {
        if let Some(one) = self.places.table().strangers.get_mut(&self.id) {
            one.until = (Instant::now() + NEXT).min(one.since + ALL);
        }
    }

    /// It said all that we need for an answer, and waits for that.
    pub(crate) fn is_owed(&self) {
        if let Some(one) = self.places.table().strangers.get_mut(&self.id) {
            one.until = one.since + OWED;
        }
    }

    /// It has nothing more to say.
    pub(crate) fn dismiss(&self) {
        if let Some(one) = self.places.table().strangers.get_mut(&self.id) {
            one.until = one.since;
        }
        self.places.freed.notify_waiters();
    }

    /// The connection said where it comes from.
    pub(crate) fn comes_from(&self, ip: IpAddr, origin: Option<String>) {
        if let Some(one) = self.places.table().strangers.get_mut(&self.id) {
            one.network = network(ip);
            one.origin = origin;
        }
    }

    /// Whether there is room for one more among the known.
    pub(crate) fn has_room(&self) -> bool {
        self.places.table().known.len() < self.places.room.known
    }

    /// Makes the connection one of the known. `false`: the place was lost
    /// before, or there are too many known ones; it stays a stranger's.
    pub(crate) fn let_in(&self) -> bool {
        let mut table = self.places.table();
        if table.known.contains(&self.id) {
            return true;
        }
        if table.known.len() >= self.places.room.known {
            return false;
        }
        let Some(stranger) = table.strangers.remove(&self.id) else {
            return false;
        };
        table.hope(stranger.network);
        table.known.insert(self.id);
        drop(table);
        self.places.freed.notify_waiters();
        true
    }

    /// Whether somebody else has it.
    pub(crate) fn is_lost(&self) -> bool {
        *self.gone.borrow()
    }

    /// Completes when somebody else has it.
    pub(crate) async fn lost(&self) {
        let lost = self.gone.clone().wait_for(|gone| *gone).await.is_ok();
        if !lost {
            // Known, or over: nobody takes it any more.
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.places.table();
        table.strangers.remove(&self.id);
        table.known.remove(&self.id);
        drop(table);
        self.places.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
