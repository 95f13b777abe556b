//! `clawline-relay whatsapp`: links and unlinks an account, through the running
//! relay where there is one, otherwise with a bridge of its own.

mod own;
mod show;

use std::process::ExitCode;
use std::time::Duration;

use anstream::println;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use self::own::Own;
use self::show::{Screen, Standing};
use super::channel::{Named, RelayClient};
use super::{Common, data_dir};
use crate::account::Account;
use crate::channels::whatsapp::{Mode, NAME};

/// How often a relay is asked how the account stands.
const LOOK: Duration = Duration::from_secs(1);
/// How long what was before may still be told of an account that was begun with.
const BEGUN: Duration = Duration::from_secs(5);

/// Link WhatsApp, and see how it stands.
#[derive(Debug, Args)]
pub(super) struct Whatsapp {
    #[command(subcommand)]
    action: Action,
    /// The account, where there are several [default: the first].
    #[arg(long, global = true, value_name = "NAME")]
    account: Option<Account>,
    #[command(flatten)]
    named: Named,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Link an account: shows a code for the phone to scan.
    Login {
        /// Show a code to type on the phone of this number instead, like +15551234567.
        #[arg(long, value_name = "PHONE", value_parser = Mode::code)]
        code: Option<Mode>,
    },
    /// Say how the account stands.
    Status,
    /// Unlink the account.
    Logout,
}

impl Whatsapp {
    /// # Errors
    /// No relay answers and none of its data can be used, or it refuses; with
    /// what to do about it.
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<ExitCode> {
        let (loaded, relay) = self.named.relay(common)?;
        if self.named.is_given() || relay.is_there().await {
            return self.over_relay(&relay).await;
        }
        let folder = data_dir(&loaded.config)?;
        let own = Own::new(&loaded.config, self.account.as_ref(), &folder)?;
        match self.action {
            Action::Login { code } => own.login(code.unwrap_or(Mode::Qr)).await,
            Action::Status => {
                let standing = own.standing();
                if self.named.json {
                    println!("{standing:#}");
                } else {
                    show::status(&standing);
                }
                Ok(ExitCode::SUCCESS)
            }
            Action::Logout => {
                show::unlinked(&own.logout().await?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    /// The account that is meant: where none is named, the relay's first.
    async fn account_of(&self, relay: &RelayClient) -> anyhow::Result<Account> {
        if let Some(account) = &self.account {
            return Ok(account.clone());
        }
        let status = relay.get("/v1/channels/status?detail=1").await?;
        let channels = status["channels"].as_array().into_iter().flatten();
        let channel = channels.into_iter().find(|one| one["name"] == NAME);
        let first = channel.and_then(|one| one["accounts"][0]["id"].as_str());
        Ok(first
            .and_then(|name| Account::read(name).ok())
            .unwrap_or_default())
    }

    async fn over_relay(&self, relay: &RelayClient) -> anyhow::Result<ExitCode> {
        let account = self.account_of(relay).await?;
        let path = format!("/v1/channels/{NAME}/accounts/{account}/link");
        match &self.action {
            Action::Login { code } => {
                let begin = match code {
                    Some(Mode::Code { phone }) => json!({ "mode": "code", "phone": phone }),
                    _ => json!({ "mode": "qr" }),
                };
                relay.say_who_answered();
                let mut standing = Standing::new(relay.post(&path, &begin).await?);
                let begun = Instant::now();
                let mut screen = Screen::default();
                loop {
                    let is_old = begun.elapsed() < BEGUN && screen.is_empty();
                    if !(standing.is_at_rest() && is_old)
                        && let Some(code) = screen.show(&standing)
                    {
                        return Ok(code);
                    }
                    sleep(LOOK).await;
                    standing = Standing::new(relay.get(&path).await?);
                }
            }
            Action::Status => {
                let link: Value = relay.get(&path).await?;
                relay.say_who_answered();
                if self.named.json {
                    println!("{link:#}");
                } else {
                    show::status(&link);
                }
            }
            Action::Logout => {
                let unlinked = relay.delete(&path).await?;
                relay.say_who_answered();
                show::unlinked(&unlinked);
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
