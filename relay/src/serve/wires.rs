//! The dialects and their channels. A new dialect is plugged in here: one that
//! people are reached by has a channel too.

use std::sync::Arc;

use axum::Router;

use crate::channels::{Channel, Channels};
use crate::clock::now_ms;
use crate::config::Dialect as Spoken;
use crate::dialects::accept::Dialect;
use crate::dialects::bridge::{self, BRIDGE, Bridge, Programs};
use crate::dialects::chat::Chat;
use crate::dialects::clients::Clients;
use crate::dialects::gateway::Gateway;
use crate::dialects::hub::Hub;
use crate::dialects::jsonrpc::{CALLS, Calls, Jsonrpc};
use crate::dialects::rooms::Rooms;
use crate::store::StoreError;

/// The older wires, as far as they run before there are channels.
pub(super) struct Wires {
    rooms: Rooms,
    chat: Arc<Chat>,
    hub: Arc<Hub>,
    /// Who is connected; `None` where the dialect is not spoken.
    bridge: Option<Arc<Clients>>,
    jsonrpc: Option<Arc<Clients>>,
}

impl Wires {
    /// # Errors
    /// The database does not answer.
    pub(super) async fn start(rooms: Rooms, spoken: &[Spoken]) -> Result<Self, StoreError> {
        let speaks = |dialect| spoken.contains(&dialect);
        let clients = |channel| Clients::new(channel, rooms.bus.clone());
        Ok(Self {
            chat: Chat::start(rooms.clone(), speaks(Spoken::Chat), now_ms()).await?,
            hub: Hub::start(rooms.clone(), speaks(Spoken::Hub), now_ms()).await?,
            bridge: speaks(Spoken::Bridge).then(|| clients(BRIDGE)),
            jsonrpc: speaks(Spoken::JsonRpc).then(|| clients(CALLS)),
            rooms,
        })
    }

    /// The channels whose people come in by a dialect.
    pub(super) fn channels(&self) -> Vec<Arc<dyn Channel>> {
        let mut channels: Vec<Arc<dyn Channel>> =
            vec![Arc::clone(&self.chat) as _, Arc::clone(&self.hub) as _];
        if let Some(clients) = self.bridge.clone() {
            let inbox = Arc::clone(&self.rooms.inbox);
            channels.push(Arc::new(Programs::new(clients, inbox)));
        }
        if let Some(clients) = self.jsonrpc.clone() {
            channels.push(Arc::new(Calls(clients)));
        }
        channels
    }

    /// All dialects, the first that claims a socket first, and what they answer
    /// over HTTP.
    pub(super) fn dialects(
        self,
        channels: &Arc<Channels>,
        gateway: &Arc<Gateway>,
    ) -> (Vec<Arc<dyn Dialect>>, Router) {
        let mut dialects: Vec<Arc<dyn Dialect>> = vec![self.chat, self.hub];
        let mut routes = Router::new();
        if let Some(clients) = self.bridge {
            let bridge = Bridge::start(self.rooms.clone(), Arc::clone(channels), clients);
            routes = routes.merge(bridge::routes(&bridge));
            dialects.push(bridge);
        }
        if let Some(clients) = self.jsonrpc {
            dialects.push(Jsonrpc::new(self.rooms, clients));
        }
        // Last: at `/` it takes what nobody else reads.
        dialects.push(Arc::clone(gateway) as _);
        (dialects, routes)
    }
}
