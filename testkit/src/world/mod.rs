//! Everything of this crate behind JSON lines, for tests in other languages.

mod command;
mod lines;
mod park;
mod perform;

use std::sync::Arc;

use serde_json::{Value, json};

use self::{command::Command, park::Park};
use crate::{FaultProxy, RealGateway, Recorder, Relay, Result, StubProvider};

/// Gateways, relays, proxies and recorders by name, and one stub provider.
///
/// Dropping it ends them all.
#[derive(Debug)]
pub struct World {
    stub: StubProvider,
    gateways: Park<RealGateway>,
    relays: Park<Relay>,
    proxies: Park<FaultProxy>,
    recorders: Park<Recorder>,
}

impl World {
    /// An empty world with a running stub provider.
    ///
    /// # Errors
    /// When the provider cannot listen.
    pub async fn new() -> Result<Self> {
        Ok(Self {
            stub: StubProvider::start().await?,
            gateways: Park::new("gateway"),
            relays: Park::new("relay"),
            proxies: Park::new("proxy"),
            recorders: Park::new("recorder"),
        })
    }

    /// Obeys commands from standard input, one JSON object a line, until its
    /// end or SIGTERM or SIGINT; answers on standard output. Commands run side
    /// by side: an answer carries the `id` of its command.
    ///
    /// # Errors
    /// When standard input cannot be read.
    pub async fn run(self) -> std::io::Result<()> {
        lines::run(Arc::new(self)).await
    }

    /// Obeys one command and answers it: `{"id", "ok": true, …}` or
    /// `{"id", "ok": false, "error"}`.
    pub async fn obey(&self, mut order: Value) -> Value {
        let id = order
            .as_object_mut()
            .and_then(|order| order.remove("id"))
            .unwrap_or(Value::Null);
        let outcome = match serde_json::from_value::<Command>(order) {
            Ok(command) => self.perform(command).await,
            Err(error) => Err(anyhow::anyhow!("not a command: {error}")),
        };
        let mut answer = match outcome {
            Ok(Value::Object(answer)) => answer,
            Ok(other) => serde_json::Map::from_iter([("value".to_owned(), other)]),
            Err(error) => return json!({ "id": id, "ok": false, "error": format!("{error:#}") }),
        };
        answer.insert("id".to_owned(), id);
        answer.insert("ok".to_owned(), true.into());
        answer.into()
    }
}
