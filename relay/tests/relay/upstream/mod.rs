//! The relay's client of another gateway, whose other side is a relay here.

mod asking;
pub(crate) mod line;
mod messages;
mod real;
mod sign_in;
pub(crate) mod trust;

use std::path::Path;
use std::time::Duration;

use clawline_core::Secret;
use clawline_relay::upstream::{Config, Source, Sqlite, Status, Upstream};
use serde_json::Value;

use crate::common::{TOKEN, patiently};

pub(crate) const SESSION: &str = "agent:main:main";

/// As the relay would be set up, and quick to come back.
pub(crate) fn config(address: &str, folder: &Path) -> Config {
    let mut config = Config::new(address, folder, "1");
    config.token = Some(Source::Text(Secret::new(TOKEN)));
    config.backoff.base = Duration::from_millis(5);
    config.backoff.early_cap = Duration::from_millis(50);
    config
}

pub(crate) async fn connect(config: Config) -> Upstream {
    let store = Sqlite::open(&config.folder).await.unwrap();
    Upstream::connect(config, store).await.unwrap()
}

pub(crate) async fn until(upstream: &Upstream, fits: impl Fn(&Status) -> bool) -> Status {
    let mut status = upstream.status();
    let reached = patiently(status.wait_for(|status| fits(status))).await;
    reached.unwrap().clone()
}

pub(crate) async fn ready(upstream: &Upstream) -> Value {
    match until(upstream, Status::is_ready).await {
        Status::Ready { hello } => (*hello).clone(),
        other => panic!("{other:?}"),
    }
}
