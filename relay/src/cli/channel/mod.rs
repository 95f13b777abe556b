//! `clawline-relay channel`: it asks the running relay. Where none runs it has a
//! connection of its own to the gateway of `[channel]`, and says so.

mod client;
mod own;
mod watch;

use std::process::ExitCode;

use anstream::{eprintln, println};
use anstyle::Style;
use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

pub(super) use self::client::RelayClient;
use self::own::OwnConnection;
use super::{Common, data_dir};
use crate::account::Account;
use crate::channels::Act;
use crate::config::{Flags, Loaded};
use crate::paint::{FAINT, GREEN, RED, YELLOW};

/// `clawline-relay channel …`.
#[derive(Debug, Args)]
pub(super) struct Channel {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    named: Named,
}

/// Which relay is asked, and how it is told.
#[derive(Debug, Args)]
pub(super) struct Named {
    /// Address of the running relay [default: the first that it listens at by
    /// the settings].
    #[arg(long, value_name = "URL", global = true)]
    gateway: Option<String>,
    /// File with the token that the relay asks for [otherwise as in the settings].
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<String>,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(super) json: bool,
}

impl Named {
    /// Whether a person named the relay: then that one is meant and no other.
    pub(super) fn is_given(&self) -> bool {
        self.gateway.is_some()
    }

    /// The settings, and the relay that is meant, be it there or not.
    ///
    /// # Errors
    /// The settings cannot be read, or the address is none.
    pub(super) fn relay(&self, common: &Common) -> anyhow::Result<(Loaded, RelayClient)> {
        let token_file = self.token_file.iter().cloned().collect();
        let loaded = common.load(Flags::from([("token_file", token_file)]))?;
        let own = loaded.config.listen.first().map(|at| {
            let ip = at.ip();
            if ip.is_unspecified() {
                format!("http://127.0.0.1:{}", at.port())
            } else {
                format!("http://{at}")
            }
        });
        let gateway = self.gateway.clone().or(own).unwrap_or_default();
        let relay = RelayClient::new(&gateway, loaded.token()?)?;
        Ok((loaded, relay))
    }
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the channels.
    List,
    /// Send a message.
    Send {
        /// Whom to reach: NAME:TARGET, like webchat:agent:main:main, or a channel alone
        /// that needs no target.
        target: String,
        /// The words.
        message: String,
        /// The account that it leaves by, where the channel has several.
        #[arg(long, value_name = "NAME")]
        account: Option<Account>,
        /// Send it once, however often this is called with the same key.
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Put a reaction to a message, or take it away.
    React {
        #[command(flatten)]
        of: Of,
        /// One emoji; none takes the reaction away.
        #[arg(default_value = "")]
        emoji: String,
    },
    /// Give a message of yours other words.
    Edit {
        #[command(flatten)]
        of: Of,
        /// The new words.
        message: String,
    },
    /// Take a message of yours back, for everybody.
    Delete {
        #[command(flatten)]
        of: Of,
    },
    /// Say how each channel stands.
    Status,
    /// Show what comes in and goes out, until Ctrl-C.
    Watch,
}

/// A message that is there.
#[derive(Debug, Args)]
struct Of {
    /// The conversation: NAME:TARGET, like whatsapp_baileys:+15551234567.
    target: String,
    /// The message, by its id in the channel: `send` and `watch` tell it.
    message_id: String,
    /// The account whose conversation it is, where the channel has several.
    #[arg(long, value_name = "NAME")]
    account: Option<Account>,
    /// Do it once, however often this is called with the same key.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

impl Action {
    /// What is done to a message that is there: its route, whose it is, and the words.
    fn act(&self) -> Option<(Act, &Of, Value)> {
        Some(match self {
            Self::React { of, emoji } => (Act::React, of, json!({ "emoji": emoji })),
            Self::Edit { of, message } => (Act::Edit, of, json!({ "content": message })),
            Self::Delete { of } => (Act::Delete, of, json!({})),
            Self::List | Self::Send { .. } | Self::Status | Self::Watch => return None,
        })
    }
}

impl Channel {
    /// # Errors
    /// No relay answers, or it refuses, and what to do about it.
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<ExitCode> {
        let (loaded, relay) = self.named.relay(common)?;
        // Whoever names a relay means that one.
        if !self.named.is_given() && !relay.is_there().await {
            let folder = data_dir(&loaded.config)?;
            if let Some(own) = OwnConnection::open(&loaded.config, &folder).await? {
                let done = self.over_own(&own).await;
                own.close().await;
                return done;
            }
        }
        self.over_relay(&relay).await
    }

    async fn over_relay(&self, relay: &RelayClient) -> anyhow::Result<ExitCode> {
        if let Some((act, of, mut body)) = self.action.act() {
            body["channel"] = json!(of.target);
            body["message_id"] = json!(of.message_id);
            body["account"] = json!(of.account);
            let sent = relay.send(act.as_str(), &body, of.key.as_deref()).await?;
            relay.say_who_answered();
            if self.named.json {
                println!("{sent:#}");
            } else if sent["repeated"] == true {
                println!("It was asked of {} before", of.target);
            } else {
                println!("It is on its way to {}", of.target);
            }
            return Ok(ExitCode::SUCCESS);
        }
        match &self.action {
            Action::List => {
                let list = relay.get("/v1/channels").await?;
                relay.say_who_answered();
                self.list(&list);
            }
            Action::Send {
                target,
                message,
                account,
                key,
            } => {
                let body = json!({ "channel": target, "content": message, "account": account });
                let sent = relay.send("send", &body, key.as_deref()).await?;
                relay.say_who_answered();
                self.sent(target, &sent);
            }
            Action::Status => {
                let status = relay.get("/v1/channels/status?detail=1").await?;
                relay.say_who_answered();
                self.status(&status);
            }
            Action::Watch => return watch::watch(relay, self.named.json).await,
            Action::React { .. } | Action::Edit { .. } | Action::Delete { .. } => {}
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn over_own(&self, own: &OwnConnection) -> anyhow::Result<ExitCode> {
        match &self.action {
            Action::List => self.list(&own.list()),
            Action::Send {
                target,
                message,
                account,
                key,
            } => {
                if let Some(account) = account.as_ref().filter(|account| !account.is_usual()) {
                    bail!(
                        "only a running relay has the account {account}: start one with `clawline-relay serve`"
                    );
                }
                let sent = own.send(target, message, key.as_deref()).await?;
                self.sent(target, &sent);
            }
            Action::Status => self.status(&own.status()),
            Action::React { .. } | Action::Edit { .. } | Action::Delete { .. } => bail!(
                "only a running relay can do this to a message: start one with `clawline-relay serve`, or \
                 name another with --gateway URL"
            ),
            Action::Watch => bail!(
                "only a running relay can be watched: start one with `clawline-relay serve`, or name \
                 another with --gateway URL"
            ),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn list(&self, list: &Value) {
        if self.named.json {
            println!("{list:#}");
            return;
        }
        let names = list["channels"].as_array().into_iter().flatten();
        let names: Vec<&str> = names.filter_map(Value::as_str).collect();
        for name in &names {
            println!("{name}");
        }
        if names.is_empty() {
            say_not_configured();
        }
    }

    fn sent(&self, target: &str, sent: &Value) {
        if self.named.json {
            println!("{sent:#}");
        } else if sent["repeated"] == true {
            println!("Message was sent to {target} before");
        } else {
            println!("Message sent to {target}");
        }
    }

    fn status(&self, status: &Value) {
        if self.named.json {
            println!("{status:#}");
            return;
        }
        if status["status"] == "not_configured" {
            return say_not_configured();
        }
        let channels: Vec<&Value> = status["channels"]
            .as_array()
            .into_iter()
            .flatten()
            .collect();
        let connected = channels.iter().filter(|one| one["status"] == "connected");
        let configured = channels
            .iter()
            .filter(|one| one["status"] != "not_configured");
        println!("{}/{} connected", connected.count(), configured.count());
        channels.into_iter().for_each(show);
    }
}

fn show(channel: &Value) {
    let name = text(channel, "name");
    for account in channel["accounts"].as_array().into_iter().flatten() {
        let state = text(account, "status");
        let style = style(state);
        let mut more = String::new();
        for (field, word) in [
            ("id", "account"),
            ("transport", "over"),
            ("url", "at"),
            ("lastError", "last error:"),
        ] {
            let value = text(account, field);
            if !value.is_empty() {
                more.push_str(&format!("  {word} {value}"));
            }
        }
        if let Some(attempts) = account["reconnectAttempts"].as_u64().filter(|n| *n > 0) {
            more.push_str(&format!("  after {attempts} attempts"));
        }
        println!("{name}  {style}{state}{style:#}{FAINT}{more}{FAINT:#}");
    }
}

fn style(state: &str) -> Style {
    match state {
        "connected" => GREEN,
        "error" => RED,
        "connecting" => YELLOW,
        _ => FAINT,
    }
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn say_not_configured() {
    println!("Status: not_configured");
    eprintln!("Set enabled = true below [channel] in clawline.toml, and start the relay anew.");
}
