//! `clawline-relay database`: the version of what is kept.

use std::path::Path;

use anstream::println;
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Common, data_dir};
use crate::config::Flags;
use crate::data_folder::ServeLock;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct Database {
    #[command(subcommand)]
    action: Action,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Bring it back to the version of an earlier release, which says what it
    /// knows when it does not open it; a copy stays beside it.
    Back {
        /// The version.
        version: i64,
    },
}

impl Database {
    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let config = common.load(Flags::new())?.config;
        let folder = data_dir(&config)?;
        let Action::Back { version } = self.action;
        let _alone = alone(&folder)?;
        let brought = Store::bring_back(&folder, version).await?;
        if self.json {
            let report = json!({ "from": brought.from, "to": version, "copy": brought.copy });
            println!("{report:#}");
            return Ok(());
        }
        match brought.copy {
            Some(copy) => println!(
                "The database is of version {version} now, and was of version {}. As it was: {}",
                brought.from,
                copy.display()
            ),
            None => println!("The database has version {version} already."),
        }
        Ok(())
    }
}

/// # Errors
/// A server has the folder, or there is none.
fn alone(folder: &Path) -> anyhow::Result<ServeLock> {
    let lock = ServeLock::take(folder);
    let lock = lock.with_context(|| format!("there is no data in {}", folder.display()))?;
    let Some(lock) = lock else {
        bail!(
            "a clawline-relay serves the data in {}: stop it first",
            folder.display()
        );
    };
    Ok(lock)
}
