//! Tells web servers of others what happens on channels.
//!
//! A delivery is written down when its event is told, and lives in the store
//! until the receiver took it or its time was over; then it is set aside for the
//! owner to see. A repeat has the id of the first. Each webhook has a worker of
//! its own: one that is slow or gone holds up nobody else.

mod gate;
mod http;
mod news;
mod post;
mod settings;
mod work;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::Notify;

pub(crate) use self::http::routes;
use self::news::{News, Reader};
use self::post::Postman;
pub use self::settings::{BadWebhook, Patience, Topic, WebhookSettings};
use crate::bus::{Event, Subscription};
use crate::clock::now_ms;
use crate::inbox;
use crate::store::{NewDelivery, Store, StoreError, WaitingBounds};
use crate::tasks::Tasks;

/// What may wait for one webhook.
const BOUNDS: WaitingBounds = WaitingBounds {
    count: 10_000,
    bytes: 64 * 1024 * 1024,
};
/// Most events that are written down in one commit.
const BATCH: usize = 256;
/// Between two attempts at a database that refuses.
const PAUSE: Duration = Duration::from_secs(1);

/// The webhooks of this relay.
#[derive(Debug)]
pub(crate) struct Webhooks {
    store: Store,
    hooks: BTreeMap<String, Arc<Webhook>>,
}

/// One receiver.
#[derive(Debug)]
struct Webhook {
    settings: WebhookSettings,
    postman: Postman,
    /// There is something new to deliver.
    news: Notify,
    /// Events that it was never told, for want of room or because they came
    /// faster than they were written.
    lost: AtomicU64,
    last: Mutex<Last>,
}

/// How it went since the start. Times are Unix milliseconds.
#[derive(Debug, Clone, Default)]
struct Last {
    delivered_at: Option<i64>,
    failed_at: Option<i64>,
    error: Option<String>,
}

impl Webhook {
    fn wants(&self, news: &News) -> bool {
        self.settings.wants(news.topic, &news.channel)
    }

    fn lose(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
        let webhook = self.settings.name.as_str();
        tracing::warn!(webhook, count, "events that this webhook is never told");
    }

    fn last<T>(&self, look: impl FnOnce(&mut Last) -> T) -> T {
        look(&mut self.last.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Webhooks {
    /// Starts to follow what happens, and to deliver what waits from before.
    ///
    /// # Errors
    /// The settings of one cannot be used.
    pub(crate) fn start(
        settings: Vec<WebhookSettings>,
        store: Store,
        events: Subscription,
        tasks: &Tasks,
    ) -> Result<Arc<Self>, BadWebhook> {
        let mut hooks = BTreeMap::new();
        for settings in settings {
            let hook = Webhook {
                postman: Postman::new(&settings)?,
                news: Notify::new(),
                lost: AtomicU64::new(0),
                last: Mutex::default(),
                settings,
            };
            hooks.insert(hook.settings.name.clone(), Arc::new(hook));
        }
        let webhooks = Arc::new(Self { store, hooks });
        for hook in webhooks.hooks.values() {
            tasks.spawn(work::work(webhooks.store.clone(), Arc::clone(hook)));
        }
        if !webhooks.hooks.is_empty() {
            tasks.spawn(follow(Arc::clone(&webhooks), events));
        }
        Ok(webhooks)
    }

    /// The deliveries that news make.
    fn deliveries(&self, news: &News) -> impl Iterator<Item = NewDelivery> {
        let hooks = self.hooks.values().filter(|hook| hook.wants(news));
        hooks.map(|hook| NewDelivery {
            webhook: hook.settings.name.clone(),
            id: news.id.clone(),
            event: news.topic.as_str().to_owned(),
            trace: news.trace.clone(),
            body: news.body.clone(),
            told_at: news.at,
        })
    }

    /// Writes deliveries down, however long the database refuses.
    async fn keep(&self, all: Vec<NewDelivery>) {
        if all.is_empty() {
            return;
        }
        let refused = loop {
            match self.store.keep_deliveries(&all, BOUNDS).await {
                Ok(refused) => break refused,
                Err(error) => {
                    tracing::error!(%error, "what webhooks are to be told cannot be stored yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        };
        for (name, hook) in &self.hooks {
            if let Some(count) = refused.get(name) {
                hook.lose(*count);
            }
            hook.news.notify_one();
        }
    }

    /// Messages that were stored and maybe never told, as the process ended in
    /// between. One that was written down has its id already.
    async fn catch_up(&self) -> Result<(), StoreError> {
        let unfinished = self.store.unfinished().await?;
        let received = unfinished.iter().filter_map(inbox::received);
        let news = received.map(|message| News::message(Topic::Received, &message, now_ms()));
        let all = news.flat_map(|news| self.deliveries(&news).collect::<Vec<_>>());
        self.keep(all.collect()).await;
        Ok(())
    }
}

/// Writes down what is told, in as few commits as there are pauses.
async fn follow(webhooks: Arc<Webhooks>, mut events: Subscription) {
    while let Err(error) = webhooks.catch_up().await {
        tracing::error!(%error, "what webhooks were not told before the start is not known yet");
        tokio::time::sleep(PAUSE).await;
    }
    let mut reader = Reader::default();
    loop {
        let mut next = Some(events.next().await);
        let mut all = Vec::new();
        while let Some(event) = next {
            match event {
                Ok(event) => all.extend(webhooks.told(&mut reader, &event)),
                Err(lagged) => {
                    reader = Reader::default();
                    for hook in webhooks.hooks.values() {
                        hook.lose(lagged.0);
                    }
                }
            }
            next = match all.len() < BATCH {
                true => events.next().now_or_never(),
                false => None,
            };
        }
        webhooks.keep(all).await;
    }
}

impl Webhooks {
    fn told(&self, reader: &mut Reader, event: &Event) -> Vec<NewDelivery> {
        let news = reader.read(event);
        let all = news.iter().flat_map(|news| self.deliveries(news));
        all.collect()
    }
}
