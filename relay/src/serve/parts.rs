//! What a server is made of, put together from the store upwards.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;

use super::channels::{self, Called};
use super::wires::Wires;
use crate::access::Access;
use crate::agents::Agents;
use crate::bus::Bus;
use crate::channels::{Channels, Openclaw, send_replies};
use crate::config::{ServeError, Setup};
use crate::dialects::accept::Accept;
use crate::dialects::gateway::{Gateway, GatewaySettings};
use crate::dialects::jsonrpc::CALLS;
use crate::dialects::rooms::Rooms;
use crate::dialects::seats::Seats;
use crate::http_access;
use crate::inbox::Inbox;
use crate::media::{Bounds, Media};
use crate::page::Page;
use crate::passage::{self, Passages};
use crate::readiness::Readiness;
use crate::rest::{self, Rest};
use crate::routes::App;
use crate::store::Store;
use crate::tasks::Tasks;
use crate::webhooks::{self, Webhooks};

/// Everything that runs behind the listeners.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) rooms: Rooms,
    pub(super) channels: Arc<Channels>,
    pub(super) gateway: Arc<Gateway>,
    pub(super) called: Option<Called>,
}

impl Parts {
    /// Starts everything; gives what routes share, and the routes of other rooms.
    ///
    /// # Errors
    /// The database does not open, or something that is configured is not to be
    /// had.
    pub(super) async fn start(config: Setup) -> Result<(Self, App, Router), ServeError> {
        let GatewaySettings {
            tokens,
            pair,
            welcome,
            proxies,
        } = config.gateway;
        let store = Store::open(&config.data_dir).await?;
        let media = Media::open(store.clone(), &config.data_dir, Bounds::default()).await?;
        let called = Called::of(config.openclaw).await?;
        let upstream = called.as_ref().map(|called| &called.upstream);
        let mut agents = config.agents;
        // Calls are kept; nobody answers them whom the owner did not name.
        let of_calls = agents.by_channel.entry(CALLS.to_owned());
        of_calls.or_insert_with(|| "none".to_owned());
        let (agents, of_gateway) = Agents::of_settings(agents, &media, upstream).await?;
        let (bus, tasks) = (Bus::default(), Tasks::new());
        let (kept, told, ending) = (store.clone(), bus.clone(), tasks.clone());
        let rooms = Rooms {
            inbox: Inbox::guarded(kept, told, agents, ending, config.policies),
            access: Arc::new(Access::new(tokens, welcome).behind(proxies)),
            seats: Seats::default(),
            media,
            store,
            bus,
            tasks,
        };

        // Whoever wants to hear of what was interrupted subscribes before it goes on.
        let events = rooms.bus.subscribe();
        let webhooks = Webhooks::start(config.webhooks, rooms.store.clone(), events, &rooms.tasks)?;
        let wires = Wires::start(rooms.clone(), &config.dialects).await?;
        let openclaw = called
            .as_ref()
            .map_or_else(Openclaw::not_configured, |called| {
                called.channel(of_gateway, &rooms)
            });
        let channels = channels::all(&rooms, openclaw, &wires, config.whatsapp, &config.channels);
        let gateway = Gateway::start(
            rooms.clone(),
            Arc::clone(&channels),
            pair,
            config.owner_command,
        )
        .await?;
        let rest = Rest::start(
            Arc::clone(&rooms.access),
            Arc::clone(&channels),
            config.has_channels,
            &rooms.bus,
            rooms.tasks.clone(),
        );
        let passages = Passages::new(config.passages, &rooms)?;
        let (dialects, routes) = wires.dialects(&channels, &gateway);
        let ends = rooms.bus.subscribe();
        let replies = send_replies(rooms.store.clone(), Arc::clone(&channels), ends);
        let unfinished = rooms.inbox.recover().await?;
        if unfinished > 0 {
            tracing::info!(unfinished, "going on with turns that a stop interrupted");
        }
        channels.connect().await;
        rooms.tasks.spawn(replies);
        let (store, media) = (rooms.store.clone(), rooms.media.clone());
        rooms.tasks.spawn(config.retention.keep(store, media));

        let webhooks = http_access::guarded(webhooks::routes(webhooks), &rooms.access);
        let rest = rest::routes(&rest, rooms.media.clone(), config.base_path.clone());
        let passages = passage::routes(passages);
        let routes = routes.merge(rest).merge(webhooks).merge(passages);
        let app = App {
            access: Arc::clone(&rooms.access),
            accept: Accept::new(dialects, rooms.tasks.clone()),
            store: rooms.store.clone(),
            tasks: rooms.tasks.clone(),
            page: Page::new(config.page),
            gateways: config.gateways.into(),
            base_path: config.base_path,
            started: Instant::now(),
            readiness: Arc::new(Readiness::of(config.data_dir)),
        };
        let parts = Self {
            rooms,
            channels,
            gateway,
            called,
        };
        Ok((parts, app, routes))
    }

    /// Ends all that runs, where it is.
    pub(super) async fn end(&self) {
        self.rooms.tasks.end();
        if let Some(called) = &self.called {
            called.upstream.close().await;
        }
        self.rooms.store.close().await;
    }
}
