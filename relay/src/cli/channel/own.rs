//! Where no relay runs: a connection of the command's own, to the gateway of
//! `[channel]`, for as long as the command takes.

use std::path::Path;
use std::time::Duration;

use anstream::eprintln;
use anyhow::{Context as _, bail};
use clawline_core::Key;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::channels::{Address, OPENCLAW};
use crate::config::Config;
use crate::data_folder::{self, ServeLock};
use crate::ids;
use crate::upstream::{AskAgainFailed, Message, SendRefused, Sqlite, Status, Upstream};

/// How long the gateway may take to be there, and to take a message.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to the gateway that the relay would call.
#[derive(Debug)]
pub(super) struct OwnConnection {
    upstream: Upstream,
    url: String,
    status: Status,
    /// No relay starts beside it with the same device and the same outbox.
    _alone: ServeLock,
}

impl OwnConnection {
    /// Connects, or finds out why not; `None` where no gateway is configured.
    ///
    /// # Errors
    /// A relay has the data, or they cannot be used.
    pub(super) async fn open(config: &Config, data_dir: &Path) -> anyhow::Result<Option<Self>> {
        let called = config.called_gateway(|name| std::env::var_os(name), data_dir)?;
        let Some(called) = called else {
            return Ok(None);
        };
        data_folder::make(data_dir)?;
        let alone = ServeLock::take(data_dir)?.with_context(|| {
            format!(
                "a relay has the data in {} and listens elsewhere: name it with --gateway URL",
                data_dir.display()
            )
        })?;
        let url = called.address.clone();
        let url = url.split(['?', '#']).next().unwrap_or_default().to_owned();
        let store = Sqlite::open(&called.folder).await?;
        let upstream = Upstream::connect(called, store).await?;
        let mut changes = upstream.status();
        let known = |status: &Status| status.is_ready() || status.trouble().is_some();
        let _ = timeout(PATIENCE, changes.wait_for(known)).await;
        let status = changes.borrow().clone();
        eprintln!("No relay runs; using a connection of its own to {url}");
        Ok(Some(Self {
            upstream,
            url,
            status,
            _alone: alone,
        }))
    }

    /// As `GET /v1/channels` has it.
    pub(super) fn list(&self) -> Value {
        json!({ "channels": [OPENCLAW], "status": self.state() })
    }

    /// As `GET /v1/channels/status?detail=1` has it.
    pub(super) fn status(&self) -> Value {
        let state = self.state();
        let account = json!({
            "id": "default",
            "status": state,
            "enabled": true,
            "configured": true,
            "running": true,
            "connected": self.status.is_ready(),
            "url": self.url,
            "lastError": self.status.trouble(),
            "transport": "websocket",
        });
        let channel = json!({ "name": OPENCLAW, "status": state, "accounts": [account] });
        json!({ "status": state, "channels": [channel] })
    }

    fn state(&self) -> &'static str {
        if self.status.is_ready() {
            "connected"
        } else {
            "error"
        }
    }

    /// Sends a message to a session of the gateway, once for each key.
    ///
    /// # Errors
    /// The gateway does not take it, or not yet.
    pub(super) async fn send(
        &self,
        target: &str,
        words: &str,
        key: Option<&str>,
    ) -> anyhow::Result<Value> {
        let address = Address::parse(target, |name| name == OPENCLAW)?;
        if words.trim().is_empty() {
            bail!("there are no words to send");
        }
        if !self.status.is_ready() {
            let trouble = self.status.trouble();
            let trouble = trouble.unwrap_or_else(|| "it does not answer".to_owned());
            bail!("Failed to send message to {}: {trouble}", self.url);
        }
        let key = key.map_or_else(ids::uuid, str::to_owned);
        let key = Key::new(format!("cli:{key}"));
        let message = Message {
            key: Some(key.clone()),
            ..Message::new(address.target, words)
        };
        match self.upstream.ask_again(message).await {
            // A call before this one left it on its way.
            Ok(_) | Err(AskAgainFailed::Refused(SendRefused::KeyInUse)) => {}
            Err(error) => bail!("Failed to send message: {error}"),
        }
        // What has arrived is there no longer.
        let Some(sent) = self.upstream.find(&key).await else {
            return Ok(self.sent(target, &key));
        };
        match timeout(PATIENCE, sent.accepted()).await {
            Ok(taken) => taken.context("Failed to send message")?,
            Err(_) => bail!(
                "{} has not taken the message yet; it is kept, and goes out when a relay or this command \
                 is connected",
                self.url
            ),
        }
        Ok(self.sent(target, &key))
    }

    fn sent(&self, target: &str, key: &Key) -> Value {
        json!({ "status": "sent", "channel": target, "message_id": key.as_str(), "repeated": false })
    }

    /// Ends it in good order.
    pub(super) async fn close(self) {
        self.upstream.close().await;
    }
}
