//! `clawline-relay devices`.

use std::io::Write as _;

use clap::{Args, Subcommand};

use super::{Common, data_dir, owner_command};
use crate::config::Flags;
use crate::owner::{Owner, Report};
use crate::printable::printable_json;

#[derive(Debug, Args)]
pub(super) struct Devices {
    #[command(subcommand)]
    action: Action,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show who waits and who is approved.
    List,
    /// Let a waiting device in.
    Approve {
        /// Request id; its beginning is enough.
        id: String,
    },
    /// Turn a waiting device away.
    Reject {
        /// Request id or device id; its beginning is enough.
        id: String,
    },
    /// Void the tokens of an approved device and end its connections.
    Revoke {
        /// Device id; its beginning is enough.
        id: String,
    },
}

impl Devices {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let config = common.load(Flags::new())?.config;
        let owner = Owner::open(&data_dir(&config)?, owner_command(&config)).await?;
        let report = match &self.action {
            Action::List => owner.list().await?,
            Action::Approve { id } => owner.approve(id).await?,
            Action::Reject { id } => owner.reject(id).await?,
            Action::Revoke { id } => owner.revoke(id).await?,
        };
        let Report { text, json } = report;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{}", printable_json(&format!("{json:#}")))?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(())
    }
}
