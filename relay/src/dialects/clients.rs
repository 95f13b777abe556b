//! The clients of one dialect that are connected, as the account of its channel.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::queue::{Frames, Queue};
use crate::bus::{AccountStatus, Bus, ChannelState, Event};
use crate::clock::now_ms;
use crate::ids;

/// One client.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) queue: Queue,
}

/// All of them, and since when there is one.
#[derive(Debug)]
pub(crate) struct Clients {
    channel: &'static str,
    bus: Bus,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    all: Vec<Arc<Client>>,
    last_start_at: Option<i64>,
    last_stop_at: Option<i64>,
}

impl Clients {
    /// Those of a channel with this registry name; nobody yet.
    pub(crate) fn new(channel: &'static str, bus: Bus) -> Arc<Self> {
        Arc::new(Self {
            channel,
            bus,
            present: Mutex::default(),
        })
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new client, and where its frames come out.
    pub(crate) fn join(&self) -> (Arc<Client>, Frames) {
        let (queue, frames) = Queue::new();
        let id = ids::uuid();
        let client = Arc::new(Client { id, queue });
        let is_first = {
            let mut present = self.present();
            present.all.push(Arc::clone(&client));
            let is_first = present.all.len() == 1;
            if is_first {
                present.last_start_at = Some(now_ms());
            }
            is_first
        };
        if is_first {
            self.tell_status();
        }
        (client, frames)
    }

    /// A client is gone.
    pub(crate) fn leave(&self, client: &Arc<Client>) {
        let was_last = {
            let mut present = self.present();
            let before = present.all.len();
            present.all.retain(|one| !Arc::ptr_eq(one, client));
            let was_last = before > 0 && present.all.is_empty();
            if was_last {
                present.last_stop_at = Some(now_ms());
            }
            was_last
        };
        if was_last {
            self.tell_status();
        }
    }

    /// Queues a frame for all but the one that wrote what it says.
    pub(crate) fn tell(&self, frame: &str, writer: Option<&str>) {
        for client in &self.present().all {
            if Some(client.id.as_str()) != writer {
                client.queue.send(frame.to_owned());
            }
        }
    }

    /// How the channel stands: connected while one is there.
    pub(crate) fn account(&self) -> AccountStatus {
        let present = self.present();
        let state = if present.all.is_empty() {
            ChannelState::Disconnected
        } else {
            ChannelState::Connected
        };
        AccountStatus {
            last_start_at: present.last_start_at,
            last_stop_at: present.last_stop_at,
            transport: Some("websocket".to_owned()),
            ..AccountStatus::of_relay(state, 0)
        }
    }

    fn tell_status(&self) {
        self.bus.publish(&Event::ChannelStatus {
            channel: self.channel.to_owned(),
            account: Arc::new(self.account()),
        });
    }
}
