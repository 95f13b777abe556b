//! Who leads among the tabs of a device: the lock, its loss, and its theft.

use clawline_core::Saved;
use clawline_core::engine::Input;

use super::agenda::{Delivery, Due};
use super::store::Job;
use super::tabs::{Life, Role};
use super::{TabId, World};

/// What the store of a device is called.
fn store_name(device: usize) -> String {
    format!("store-{device}")
}

impl World {
    /// The app asks for a connection.
    pub(super) fn app_connects(&mut self, id: TabId) {
        let tab = &mut self.tabs[id];
        if tab.life != Life::Runs {
            return;
        }
        if !std::mem::replace(&mut tab.wanted, true) {
            self.disturb();
        }
        let tab = &mut self.tabs[id];
        match tab.role {
            // It still has the lock from before.
            Role::Apart if self.setup.locks && self.devices[tab.device].holder == Some(id) => {
                self.rise(id);
            }
            Role::Apart if self.setup.locks => {
                let device = self.tabs[id].device;
                self.queue_up(id);
                let device = &self.devices[device];
                if device.holder.is_some() || device.queue.len() > 1 {
                    self.tabs[id].role = Role::Follows;
                    self.follow(id);
                }
            }
            Role::Apart => {
                self.tabs[id].role = Role::Rising;
                self.begin(id, Job::Lead);
            }
            Role::Leads(_) => {
                let now = self.tabs[id].now(self.now);
                self.tabs[id].engine.connect(now);
                self.settle(id);
            }
            Role::Rising | Role::Follows => {}
        }
    }

    /// The app has not asked for a connection yet: what is written is kept, and
    /// waits for who leads.
    pub(super) fn keep_only(&mut self, id: TabId) {
        let store = store_name(self.tabs[id].device);
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        tab.engine.follow(now, store);
        self.settle(id);
    }

    /// The app closes the connection; others may lead.
    pub(super) fn app_closes(&mut self, id: TabId) {
        let tab = &mut self.tabs[id];
        if tab.life != Life::Runs {
            return;
        }
        tab.wanted = false;
        tab.role = Role::Apart;
        let now = tab.now(self.now);
        tab.engine.close(now);
        self.settle(id);
        self.judge.all_ended(id);
        let device = &mut self.devices[self.tabs[id].device];
        device.queue.retain(|waits| *waits != id);
        self.let_go_when_stored(id);
    }

    /// A tab that was closed keeps the lock until the store knows all: what the
    /// next one reads is then true.
    pub(super) fn let_go_when_stored(&mut self, id: TabId) {
        let tab = &self.tabs[id];
        let holds = self.devices[tab.device].holder == Some(id);
        if tab.role == Role::Apart
            && !tab.wanted
            && holds
            && (tab.store_failed || tab.engine.is_stored())
        {
            if !tab.engine.is_stored() {
                self.judge.forgets_removals(id);
            }
            self.let_go(id);
        }
    }

    fn queue_up(&mut self, id: TabId) {
        let device = self.tabs[id].device;
        if !self.devices[device].queue.contains(&id) {
            self.devices[device].queue.push_back(id);
        }
        self.agenda.put(self.now + 1, Due::Lock(device));
    }

    /// A tab that ends holds no lock and waits for none.
    pub(super) fn let_go(&mut self, id: TabId) {
        let device = &mut self.devices[self.tabs[id].device];
        device.queue.retain(|waits| *waits != id);
        if device.holder == Some(id) {
            device.holder = None;
            // Who follows was as live as this one, which may have been hidden.
            self.disturb();
        }
        let device = self.tabs[id].device;
        self.agenda.put(self.now + 1, Due::Lock(device));
    }

    /// A free lock goes to whoever asked first, frozen or not.
    pub(super) fn give_lock(&mut self, device: usize) {
        let device = &mut self.devices[device];
        if device.holder.is_none()
            && let Some(next) = device.queue.pop_front()
        {
            device.holder = Some(next);
            self.agenda
                .put(self.now, Due::Deliver(next, Delivery::Lead));
        }
    }

    /// The lock is this tab's: it reads the store before it connects.
    pub(super) fn rise(&mut self, id: TabId) {
        let device = self.tabs[id].device;
        if self.devices[device].holder == Some(id) {
            self.note(|| format!("t{id} has the lock"));
            self.tabs[id].role = Role::Rising;
            self.disturb();
            self.begin(id, Job::Lead);
        }
    }

    /// The store was read: the tab leads.
    pub(super) fn restored(&mut self, id: TabId, entries: Vec<Saved>) {
        let Role::Leads(epoch) = self.tabs[id].role else {
            return;
        };
        self.note(|| format!("t{id} leads, {} entries restored", entries.len()));
        self.tabs[id].heard_epoch = epoch;
        self.tabs[id].epoch = Some(epoch);
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        // Its outbox waits for what was read.
        if tab.engine.is_following() {
            tab.engine.lead(now);
        } else {
            tab.engine.connect(now);
        }
        self.settle(id);
        // What it had not stored of what stands there is void.
        self.judge.gives_up_outbox(id);
        let rows: Vec<_> = entries
            .iter()
            .map(|saved| (saved.origin.clone(), saved.key.clone()))
            .collect();
        for row in &entries {
            self.judge.reads(row);
        }
        let (store, wall_ms) = (store_name(self.tabs[id].device), self.wall(id));
        self.feed(
            id,
            Input::Restored {
                store,
                wall_ms,
                entries,
            },
        );
        self.judge_restored(id, &rows);
        self.take_note(id);
        self.tell_followers(id);
    }

    /// The leader is silent: this tab takes its place.
    pub(super) fn depose(&mut self, id: TabId) {
        if self.tabs[id].role != Role::Follows {
            return;
        }
        let device = self.tabs[id].device;
        self.note(|| format!("t{id} steals the lock"));
        self.disturb();
        self.devices[device].queue.retain(|waits| *waits != id);
        let before = self.devices[device].holder.replace(id);
        if let Some(before) = before.filter(|before| *before != id) {
            self.agenda
                .put(self.now, Due::Deliver(before, Delivery::LockLost));
        }
        self.tabs[id].role = Role::Rising;
        self.agenda.put(self.now, Due::Deliver(id, Delivery::Lead));
    }

    /// Another tab took the lock: this one follows, and asks for it again.
    pub(super) fn lock_lost(&mut self, id: TabId) {
        let tab = &mut self.tabs[id];
        if matches!(tab.role, Role::Leads(_) | Role::Rising) && tab.wanted {
            self.note(|| format!("t{id} lost the lock"));
            self.tabs[id].role = Role::Follows;
            self.follow(id);
            self.queue_up(id);
        }
    }

    pub(super) fn follow(&mut self, id: TabId) {
        let store = store_name(self.tabs[id].device);
        let tab = &mut self.tabs[id];
        let now = tab.now(self.now);
        tab.epoch = None;
        if tab.engine.wake_source().is_none() {
            // The app wants a connection: that of another tab will do.
            tab.engine.connect(now);
            self.settle(id);
        }
        let tab = &mut self.tabs[id];
        tab.engine.follow(now, store);
        self.judge.gives_up_outbox(id);
        self.settle(id);
    }

    /// The tab is gone, at once: closed, crashed or thrown out of memory.
    pub(super) fn kill_tab(&mut self, id: TabId) {
        if self.tabs[id].life == Life::Dead {
            return;
        }
        self.note(|| format!("t{id} is gone"));
        self.tabs[id].life = Life::Dead;
        self.tabs[id].inbox.clear();
        if let Some(socket) = self.tabs[id].socket.take() {
            self.network.close_up(self.now, &mut self.agenda, socket);
        }
        self.judge.tab_died(id);
        self.let_go(id);
        self.disturb();
    }
}
