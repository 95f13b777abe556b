//! The channels. A new one is registered here; one whose people come in by a
//! dialect belongs to [`Wires::channels`].

use std::sync::Arc;

use super::wires::Wires;
use crate::agents::UpstreamAgent;
use crate::channels::whatsapp::{Surroundings, Whatsapp, WhatsappSettings};
use crate::channels::{Channels, NewChannel, Openclaw, Webchat};
use crate::clock::now_ms;
use crate::dialects::rooms::Rooms;
use crate::upstream::{self, ConnectError, Sqlite, Upstream};

/// All channels, `added` being those of the program that this server is part of.
pub(super) fn all(
    rooms: &Rooms,
    openclaw: Openclaw,
    wires: &Wires,
    whatsapp: Vec<WhatsappSettings>,
    added: &[NewChannel],
) -> Arc<Channels> {
    let inbox = || Arc::clone(&rooms.inbox);
    let mut channels = Channels::new(rooms.bus.clone());
    channels.add(Arc::new(Webchat::new(inbox(), now_ms())));
    channels.add(Arc::new(openclaw));
    for channel in wires.channels() {
        channels.add(channel);
    }
    if !whatsapp.is_empty() {
        channels.add(Arc::new(Whatsapp::new(whatsapp, &around(rooms))));
    }
    for channel in added {
        channels.add(channel.make(inbox()));
    }
    Arc::new(channels)
}

fn around(rooms: &Rooms) -> Surroundings {
    Surroundings {
        store: rooms.store.clone(),
        inbox: Arc::clone(&rooms.inbox),
        media: rooms.media.clone(),
        bus: rooms.bus.clone(),
        tasks: rooms.tasks.clone(),
    }
}

/// The gateway elsewhere that is called.
#[derive(Debug)]
pub(super) struct Called {
    url: String,
    pub(super) upstream: Upstream,
}

impl Called {
    /// Begins to connect to it, where one is configured.
    pub(super) async fn of(config: Option<upstream::Config>) -> Result<Option<Self>, ConnectError> {
        let Some(config) = config else {
            return Ok(None);
        };
        let store = Sqlite::open(&config.folder).await?;
        let url = config.address.clone();
        let upstream = Upstream::connect(config, store).await?;
        Ok(Some(Self { url, upstream }))
    }

    /// The channel to it; `agents` are those of its agents that answer here.
    pub(super) fn channel(&self, agents: Vec<Arc<UpstreamAgent>>, rooms: &Rooms) -> Openclaw {
        Openclaw::new(
            self.upstream.clone(),
            &self.url,
            agents,
            Arc::clone(&rooms.inbox),
            rooms.bus.clone(),
            rooms.tasks.clone(),
        )
    }
}
