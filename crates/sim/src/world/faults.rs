//! What a script does to a world.

use clawline_core::engine::{Generation, Input, Network};
use clawline_core::{EntryState, Key};
use serde_json::json;

use super::agenda::{Delivery, Due};
use super::outputs::PONG_DEADLINE;
use super::tabs::{Asked, Life};
use super::{TabId, World};
use crate::gateway::MAIN;
use crate::script::Action;

/// The size of an edited message.
const EDITED: u64 = 50;
/// Tabs that a world may have had, after which none is opened any more.
const MOST_TABS: usize = 24;

impl World {
    /// Does one thing of the script.
    pub(super) fn act(&mut self, action: &Action) {
        match action {
            Action::Write(tab, letter) => self.with_tab(*tab, |world, id| world.write(id, letter)),
            Action::Burst(tab, count, letter) => self.with_tab(*tab, |world, id| {
                for _ in 0..*count {
                    world.write(id, letter);
                }
            }),
            Action::Ask(tab, two_answers, idempotent) => {
                let asked = Asked {
                    method: if *two_answers { "agent" } else { "health" },
                    params: json!({}),
                    generation: Generation::default(),
                    behalf: None,
                    two_answers: *two_answers,
                    idempotent: *idempotent && !*two_answers,
                };
                self.with_tab(*tab, |world, id| {
                    world.ask(id, asked.clone());
                });
            }
            Action::GiveUp(tab) => self.with_tab(*tab, |world, id| {
                let asked = world.tabs[id].asked.iter();
                let own = asked.filter(|(_, asked)| asked.behalf.is_none());
                if let Some(number) = own.map(|(number, _)| *number).next() {
                    world.tabs[id].engine.cancel(number);
                    world.settle(id);
                }
            }),
            Action::Remove(tab, entry) => self.with_entry(
                *tab,
                *entry,
                |_| true,
                |world, id, key| {
                    let now = world.tabs[id].now(world.now);
                    world.tabs[id].engine.remove(now, key);
                },
            ),
            Action::Resend(tab, entry) => {
                self.with_entry(*tab, *entry, is_decided, |world, id, key| {
                    world.send_again(id, key);
                });
            }
            Action::Edit(tab, entry) => self.with_entry(
                *tab,
                *entry,
                |_| true,
                |world, id, key| {
                    world.edit(id, key);
                },
            ),
            Action::Dismiss(tab, entry) => {
                self.with_entry(*tab, *entry, |_| true, Self::dismiss);
            }
            Action::Abort(session) => {
                self.gateway.abort(self.now, &session_name(*session));
                self.obey_gateway();
            }
            Action::Connect(tab) => self.with_tab(*tab, Self::app_connects),
            Action::Close(tab) => self.with_tab(*tab, Self::app_closes),
            other => self.befall(other),
        }
    }

    fn befall(&mut self, action: &Action) {
        self.disturb();
        match *action {
            Action::Open(device) => self.open_another(device),
            Action::KillTab(tab) => self.with_tab(tab, Self::kill_tab),
            Action::Reload(tab) => self.with_tab(tab, |world, id| {
                let device = world.tabs[id].device;
                world.kill_tab(id);
                world.open_another(device);
            }),
            Action::Freeze(tab) => self.with_tab(tab, |world, id| {
                if world.tabs[id].life == Life::Runs {
                    world.tabs[id].life = Life::Frozen;
                }
            }),
            Action::Thaw(tab) => self.with_tab(tab, |world, id| world.thaw(id, true)),
            Action::Hide(tab) => self.with_tab(tab, |world, id| world.show(id, false)),
            Action::Show(tab) => self.with_tab(tab, |world, id| world.show(id, true)),
            Action::Restore(tab) => self.hint(tab, Network::Restored),
            Action::Online(tab, true) => self.hint(tab, Network::Online),
            Action::Online(tab, false) => self.hint(tab, Network::Offline),
            Action::Sleep(device, long, still) => self.sleep(device, long, still),
            Action::WallClock(device, by) => {
                self.devices[device].skew += by;
                self.judge.wall_clock_was_set();
            }
            Action::Cut(tab, code) => self.with_socket(tab, |world, socket| {
                world
                    .network
                    .cut(world.now, &mut world.agenda, socket, code);
            }),
            Action::HalfOpen(tab) => self.with_socket(tab, |world, socket| {
                world.network.lose(socket, world.now);
                let noticed = world.now + PONG_DEADLINE;
                world.agenda.put(noticed, Due::HangUp(socket));
            }),
            Action::Hold(device, long) => {
                self.network.lines[device].held_until = self.now + long;
                self.good_again(long);
            }
            Action::Black(device, long) => {
                self.network.lines[device].black_until = self.now + long;
                self.good_again(long);
            }
            Action::Swallow(device, long) => {
                self.network.lines[device].swallows_until = self.now + long;
                self.good_again(long);
            }
            Action::Slow(device, by, long) => {
                self.network.lines[device].slower = by;
                self.agenda.put(self.now + long, Due::LineGood(device));
                self.good_again(long);
            }
            Action::Kill(away) => self.gateway.kill(away),
            Action::KillAndSetClock(away, by) => {
                self.gateway.kill(away);
                self.gateway.set_clock(by);
                self.judge.clock_was_set();
            }
            Action::ClockBack(by) => {
                self.gateway.set_clock(-i64::try_from(by).unwrap_or(0));
                self.judge.clock_was_set();
            }
            Action::Drain(away) => self.gateway.drain(self.now, away),
            Action::Refuse(error, count) => self.gateway.refuse_next(vec![error; count]),
            Action::NoSignIn(device, told, long) => {
                self.devices[device].no_sign_in = (told, self.now + long);
                self.good_again(long);
            }
            Action::MayWrite(may) => self.gateway.grant_write(may),
            Action::Reset(session) => self.gateway.reset(&session_name(session)),
            Action::Gaps(long) => self.gateway.report_gaps(self.now + long),
            Action::Store(device, trouble, long) => {
                self.devices[device].store.trouble = Some((trouble, self.now + long));
                self.good_again(long);
            }
            _ => {}
        }
        self.obey_gateway();
    }

    fn good_again(&mut self, long: u64) {
        self.good_since = self.good_since.max(self.now + long);
    }

    /// A tab that is there, by a number that wraps around.
    fn with_tab(&mut self, number: usize, act: impl FnOnce(&mut Self, TabId)) {
        let alive = |(id, tab): (usize, &super::Tab)| (tab.life != Life::Dead).then_some(id);
        let tabs: Vec<TabId> = self.tabs.iter().enumerate().filter_map(alive).collect();
        if !tabs.is_empty() {
            act(self, tabs[number % tabs.len()]);
        }
    }

    fn with_socket(&mut self, number: usize, act: impl FnOnce(&mut Self, u32)) {
        let connected = self.tabs.iter().filter_map(|tab| tab.socket);
        let sockets: Vec<u32> = connected.collect();
        if !sockets.is_empty() {
            act(self, sockets[number % sockets.len()]);
        }
    }

    fn with_entry(
        &mut self,
        tab: usize,
        number: usize,
        wanted: impl Fn(EntryState) -> bool,
        act: impl FnOnce(&mut Self, TabId, &Key),
    ) {
        self.with_tab(tab, |world, id| {
            if world.tabs[id].life != Life::Runs {
                return;
            }
            let mut entries = world.tabs[id].engine.entries();
            entries.retain(|entry| wanted(entry.state));
            if !entries.is_empty() {
                act(world, id, &entries[number % entries.len()].key);
                world.settle(id);
            }
        });
    }

    /// A person sends a decided entry again, under a key of its own.
    pub(super) fn send_again(&mut self, id: TabId, key: &Key) {
        self.count += 1;
        let stale = self.is_stale(id);
        let new = Key::new(format!("again{}", self.count));
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        self.judge
            .person_resends(id, key.as_str(), new.as_str(), stale);
        let resent = tab.engine.resend(now, key, new.clone());
        if !resent {
            self.judge.person_did_not(new.as_str());
        }
        self.settle(id);
    }

    /// A person changes the words of an entry. Their new words go to the store
    /// with it, so its facts are what is judged here.
    fn edit(&mut self, id: TabId, key: &Key) {
        self.count += 1;
        let stale = self.is_stale(id);
        let new = Key::new(format!("again{}", self.count));
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        let entries = tab.engine.entries();
        let state = entries
            .iter()
            .find(|entry| entry.key == *key)
            .map(|entry| entry.state);
        let renews = state.is_some_and(is_decided);
        if renews {
            self.judge
                .person_resends(id, key.as_str(), new.as_str(), stale);
        }
        let edited = tab.engine.edit(now, key, new.clone(), EDITED) == Ok(true);
        if edited {
            let now_known_as = if renews { &new } else { key };
            self.judge.edited(now_known_as.as_str(), EDITED);
        } else if renews {
            self.judge.person_did_not(new.as_str());
        }
        self.settle(id);
    }

    fn open_another(&mut self, device: usize) {
        if self.now < self.devices[device].sleeps_until {
            return;
        }
        let alive = self.tabs.iter().filter(|tab| tab.life != Life::Dead);
        let here = alive.filter(|tab| tab.device == device).count();
        if here < self.setup.tabs && self.tabs.len() < MOST_TABS {
            self.open_tab(device);
        }
    }

    /// A tab's code runs again; what came meanwhile comes now.
    pub(super) fn thaw(&mut self, id: TabId, told: bool) {
        let device = &self.devices[self.tabs[id].device];
        if self.tabs[id].life != Life::Frozen || self.now < device.sleeps_until {
            return;
        }
        self.tabs[id].life = Life::Runs;
        let first = told && self.rng.percent(50);
        if first {
            self.feed(id, Input::Network(Network::Resumed));
        }
        for delivery in std::mem::take(&mut self.tabs[id].inbox) {
            self.deliver(id, delivery);
        }
        if told && !first {
            self.feed(id, Input::Network(Network::Resumed));
        }
    }

    pub(super) fn show(&mut self, id: TabId, visible: bool) {
        self.tabs[id].visible = visible;
        if self.tabs[id].life == Life::Runs {
            let hint = if visible {
                Network::Visible
            } else {
                Network::Hidden
            };
            self.feed(id, Input::Network(hint));
        }
    }

    fn hint(&mut self, number: usize, network: Network) {
        self.with_tab(number, |world, id| {
            if world.tabs[id].life == Life::Runs {
                world.feed(id, Input::Network(network));
            }
        });
    }

    /// The machine sleeps. Its sockets are gone when it slept long, whether or
    /// not somebody tells it so.
    fn sleep(&mut self, device: usize, long: u64, still: bool) {
        let here = self.tabs.iter().enumerate();
        let here = here.filter(|(_, tab)| tab.device == device && tab.life == Life::Runs);
        let tabs: Vec<TabId> = here.map(|(id, _)| id).collect();
        for id in &tabs {
            self.tabs[*id].life = Life::Asleep;
            self.tabs[*id].asleep = (self.now, still);
            let Some(socket) = self.tabs[*id].socket else {
                continue;
            };
            if long > PONG_DEADLINE {
                self.network.lose(socket, self.now);
                self.agenda
                    .put(self.now + PONG_DEADLINE, Due::HangUp(socket));
                if self.rng.percent(50) {
                    let noticed = self.now + long + self.rng.between(0, 5_000);
                    let closed = Delivery::Closed(socket, 1006);
                    self.agenda.put(noticed, Due::Deliver(*id, closed));
                }
            }
        }
        let until = &mut self.devices[device].sleeps_until;
        *until = (*until).max(self.now + long);
        let line = &mut self.network.lines[device];
        line.held_until = line.held_until.max(self.now + long);
        self.good_again(long);
        self.agenda.put(self.now + long, Due::Awake(tabs));
    }

    /// A tab whose machine wakes up goes on; nobody tells it.
    pub(super) fn wake_up(&mut self, id: TabId) {
        if self.tabs[id].life == Life::Asleep {
            let (since, stood_still) = self.tabs[id].asleep;
            if stood_still {
                self.tabs[id].stood_still += self.now - since;
                // What leaves before its connection is found dead is marked by
                // a clock that lags: it seems older than it is.
                self.judge.page_clock_was_set();
            }
            self.tabs[id].life = Life::Frozen;
            self.disturb();
            self.thaw(id, false);
        }
    }
}

/// The session of this number.
pub(super) fn session_name(number: usize) -> String {
    match number {
        0 => MAIN.to_owned(),
        other => format!("agent:main:s{other}"),
    }
}

const fn is_decided(state: EntryState) -> bool {
    matches!(state, EntryState::Parked | EntryState::Unconfirmed)
}
