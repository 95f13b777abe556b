//! The command line.

mod channel;
mod config;
mod database;
mod devices;
mod doctor;
mod serve;
mod whatsapp;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::config::usual_data_dir;
use crate::config::{Config, ConfigFile, FILE_VARIABLE, Flags, HomePath, Loaded, Problems};
use crate::owner_command::OwnerCommand;
use crate::owner_senders::Senders;

/// Hosts the WebChat page and an embedded OpenClaw gateway.
#[derive(Debug, Parser)]
#[command(name = "clawline-relay", version)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the embedded gateway until Ctrl-C.
    Serve(serve::Serve),
    /// See the channels of the running relay, and write to them.
    Channel(channel::Channel),
    Whatsapp(whatsapp::Whatsapp),
    /// Decide which devices may connect.
    Devices(devices::Devices),
    Senders(Senders),
    /// Bring the database back to the version of an earlier release.
    Database(database::Database),
    /// Look at the settings.
    Config(config::Settings),
    /// Look for what would keep the relay from working.
    Doctor(doctor::Doctor),
}

#[derive(Debug, Args)]
struct Common {
    /// File with the settings [default: clawline.toml in the platform's folder,
    /// see `config path`].
    #[arg(long, value_name = "FILE", global = true, env = FILE_VARIABLE, visible_alias = "file")]
    config: Option<HomePath>,
    /// Folder for sessions, history and devices [default: clawline in the platform's data folder].
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<String>,
}

impl Cli {
    /// Does what the command line says. The code is a failure where what was
    /// looked at is not as it should be.
    ///
    /// # Errors
    /// What went wrong, and what to do about it.
    pub async fn run(self) -> anyhow::Result<ExitCode> {
        let done = |()| ExitCode::SUCCESS;
        match self.command {
            Command::Serve(serve) => serve.run(&self.common).await.map(done),
            Command::Channel(channel) => channel.run(&self.common).await,
            Command::Whatsapp(whatsapp) => whatsapp.run(&self.common).await,
            Command::Devices(devices) => devices.run(&self.common).await.map(done),
            Command::Senders(senders) => {
                let config = self.common.load(Flags::new())?.config;
                senders.run(&data_dir(&config)?).await.map(done)
            }
            Command::Database(database) => database.run(&self.common).await.map(done),
            Command::Config(settings) => settings.run(&self.common),
            Command::Doctor(doctor) => doctor.run(&self.common).await,
        }
    }
}

impl Common {
    fn file(&self) -> ConfigFile {
        // An empty variable names none.
        let named = self.config.as_ref().filter(|it| !it.as_os_str().is_empty());
        ConfigFile::find(named)
    }

    fn load(&self, mut flags: Flags) -> Result<Loaded, Problems> {
        flags.insert("data_dir", self.data_dir.iter().cloned().collect());
        Loaded::read(&self.file(), &flags)
    }
}

/// Whether a key of the settings has an option of its name.
#[must_use]
pub fn has_option(key: &str) -> bool {
    let command = Cli::command();
    let serve = command.find_subcommand("serve");
    let options = command.get_arguments();
    let mut options = options.chain(serve.into_iter().flat_map(clap::Command::get_arguments));
    options.any(|option| option.get_long() == Some(&key.replace('_', "-")))
}

fn data_dir(config: &Config) -> anyhow::Result<PathBuf> {
    let named = config.data_dir.as_ref().map(|folder| folder.to_path_buf());
    named
        .or_else(usual_data_dir)
        .context("this system names no folder for data (HOME is not set): give one with --data-dir")
}

/// How the owner calls this program again for the same data.
fn owner_command(config: &Config) -> OwnerCommand {
    let usual = usual_data_dir();
    let named = config.data_dir.as_deref();
    OwnerCommand::new(
        std::env::args_os().next().as_deref(),
        named.filter(|folder| Some(*folder) != usual.as_deref()),
    )
}
