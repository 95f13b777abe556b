//! The end of a world: all is healed, and everything must come to rest.

use clawline_core::engine::{Input, Network};
use clawline_core::{EntryState, Key};

use super::tabs::Life;
use super::{TabId, World};
use crate::judge::Violation;
use crate::script::Fault;

/// The longest that a gateway of a script stays away, and a little, in ms.
const AWAY: u64 = 70_000;
/// Within this everything is connected again.
const LIVE: u64 = 61_000;
/// So often, and this far apart, one looks whether all has come to rest.
const LOOKS: u32 = 40;
const BETWEEN: u64 = 30_000;
/// So often a person decides what was left to them.
const DECISIONS: u32 = 100;
/// Drops are lazy, and a store that fails is tried rarely: they get this long,
/// in ms.
const LAZY: u64 = 40_000;

impl World {
    pub(super) fn end(&mut self) -> Result<(), Violation> {
        self.note(|| "    the weather clears".to_owned());
        self.heal();
        self.run_until(self.now + AWAY)?;
        self.heal();
        self.run_until(self.now + LIVE)?;
        self.look_for_life_now();
        self.judge.verdict(self.now)?;
        self.come_to_rest()?;
        for _ in 0..DECISIONS {
            if !self.person_decides() {
                break;
            }
            self.judge.verdict(self.now)?;
            self.come_to_rest()?;
        }
        self.run_until(self.now + LAZY)?;
        self.last_look();
        self.judge.tally.time = self.now;
        self.judge.tally.resumed = u64::from(self.gateway.ledger.resumed);
        self.judge.verdict(self.now)
    }

    fn heal(&mut self) {
        self.disturb();
        self.gateway.refuse_next(Vec::new());
        self.gateway.hurry();
        self.gateway.grant_write_to_all();
        self.is_healed = true;
        for line in &mut self.network.lines {
            *line = super::network::Line::default();
        }
        for device in 0..self.devices.len() {
            self.devices[device].store.trouble = None;
            self.devices[device].sleeps_until = 0;
            self.devices[device].no_sign_in = (false, 0);
            let mut tabs = self.tabs.iter();
            if !tabs.any(|tab| tab.device == device && tab.life != Life::Dead) {
                self.open_tab(device);
            }
        }
        for id in 0..self.tabs.len() {
            if self.tabs[id].life == Life::Dead {
                continue;
            }
            self.wake_up(id);
            self.thaw(id, true);
            self.show(id, true);
            self.app_connects(id);
            self.feed(id, Input::Network(Network::Online));
            self.read_what_hangs(id);
        }
        self.obey_gateway();
    }

    fn look_for_life_now(&mut self) {
        if !self.gateway.is_well() {
            return self
                .judge
                .fail("model", "the gateway did not come back".to_owned());
        }
        self.look_for_life();
    }

    /// Runs until nothing is under way any more.
    fn come_to_rest(&mut self) -> Result<(), Violation> {
        // What no history tells of is given up, a few at a time.
        let field = &self.setup.field;
        let looks = if field.blind || field.rowless > 0 {
            10 * LOOKS
        } else {
            LOOKS
        };
        for _ in 0..looks {
            if self.gateway.is_idle() && self.under_way().is_none() {
                return Ok(());
            }
            self.run_until(self.now + BETWEEN)?;
        }
        let what = self.under_way().unwrap_or_else(|| "the gateway".to_owned());
        self.judge
            .fail("stuck", format!("{what} does not come to rest"));
        self.judge.verdict(self.now)
    }

    /// An entry that neither ended nor waits for a person.
    fn under_way(&self) -> Option<String> {
        for (id, tab) in self.alive() {
            let mut blocked = Vec::new();
            for entry in tab.engine.entries() {
                let lane = (entry.session.clone(), entry.method.clone());
                let is_read = tab.reading.contains(entry.key.as_str());
                match entry.state {
                    EntryState::Unconfirmed => {}
                    EntryState::Queued if is_read => blocked.push(lane),
                    // Its store is not tried any more, and nobody was told.
                    EntryState::Queued if tab.engine.is_following() && tab.engine.is_stored() => {
                        return Some(format!("{} of t{id}, in silence,", entry.key));
                    }
                    EntryState::Queued | EntryState::Sending | EntryState::Accepted
                        if self.waits_for_store(&entry.key) =>
                    {
                        blocked.push(lane);
                    }
                    EntryState::Parked => blocked.push(lane),
                    EntryState::Queued if blocked.contains(&lane) => {}
                    state => return Some(format!("{} of t{id}, {},", entry.key, state.as_str())),
                }
            }
            let goes_on = |entry: &clawline_core::Entry| {
                let is_read = tab.reading.contains(entry.key.as_str());
                let waits = is_read || self.waits_for_store(&entry.key);
                !waits && entry.state != EntryState::Parked
            };
            if tab.engine.is_following() && tab.engine.entries().iter().any(goes_on) {
                let entries = tab.engine.entries();
                return Some(format!("t{id}, which follows and has {entries:?},"));
            }
        }
        None
    }

    /// Its store refuses it. While that one takes nothing else either, nobody can
    /// say whose fault it is.
    fn waits_for_store(&self, key: &Key) -> bool {
        let fault = self.judge.fault(key.as_str());
        matches!(fault, Some(Fault::Unkeepable | Fault::Unmarkable))
    }

    fn alive(&self) -> impl Iterator<Item = (TabId, &super::Tab)> {
        let tabs = self.tabs.iter().enumerate();
        tabs.filter(|(_, tab)| tab.life != Life::Dead)
    }

    /// A person sends again what may not have run, and takes out what nobody
    /// wants.
    fn person_decides(&mut self) -> bool {
        let mut decided = false;
        let tabs: Vec<TabId> = self.alive().map(|(id, _)| id).collect();
        for id in tabs {
            for entry in self.tabs[id].engine.entries() {
                let is_read = self.tabs[id].reading.contains(entry.key.as_str());
                let waits = matches!(entry.state, EntryState::Parked | EntryState::Unconfirmed);
                if !waits && !is_read && !self.waits_for_store(&entry.key) {
                    continue;
                }
                decided = true;
                let reason = entry.reason.unwrap_or_default();
                let lacks = reason.starts_with(clawline_core::reasons::MISSING_SCOPE);
                if lacks && !self.tabs[id].engine.is_following() {
                    let why = format!("{} of t{id} waits for a scope that is there", entry.key);
                    self.judge.fail("stuck", why);
                }
                if is_read || self.setup.field.blind || self.judge.is_hopeless(entry.key.as_str()) {
                    self.dismiss(id, &entry.key);
                } else {
                    self.send_again(id, &entry.key);
                }
            }
        }
        decided
    }

    /// Nothing is left in any outbox or store, and everything ran.
    fn last_look(&mut self) {
        let left = self.alive().find_map(|(id, tab)| {
            let entry = tab.engine.entries().into_iter().next()?;
            Some(format!(
                "{} stays in t{id} as {}",
                entry.key,
                entry.state.as_str()
            ))
        });
        if let Some(left) = left {
            return self.judge.fail("stuck", left);
        }
        let unstored = self.alive().find(|(_, tab)| !tab.engine.is_stored());
        if let Some((id, _)) = unstored {
            let why = format!("t{id} has something to store and does not");
            return self.judge.fail("stuck", why);
        }
        for (index, device) in self.devices.iter().enumerate() {
            let mut rows = device.store.rows.values().flat_map(|rows| &rows.saved);
            if let Some(row) = rows.next() {
                let why = format!("{} stays in the store of device {index} for ever", row.key);
                return self.judge.fail("stuck", why);
            }
        }
        self.judge.settle_accounts(&self.gateway.ledger.ran);
        let transcripts: Vec<_> = self.gateway.transcripts().collect();
        for (session, rows) in transcripts {
            self.judge.check_order(session, &rows);
        }
        for id in 0..self.tabs.len() {
            if self.tabs[id].life == Life::Runs {
                self.app_closes(id);
            }
        }
    }
}
