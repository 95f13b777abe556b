//! The command line.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clawline_core::Secret;

use crate::config::{Config, NamedGateway};
use crate::gateway::{GatewaySettings, PairMode};
use crate::origin::Welcome;
use crate::owner::{Owner, Report};
use crate::owner_command::OwnerCommand;
use crate::serve::Server;

/// Hosts the WebChat page and an embedded OpenClaw gateway.
#[derive(Debug, Parser)]
#[command(name = "clawline-relay", version)]
pub struct Cli {
    #[command(flatten)]
    data: Data,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page and the embedded gateway until Ctrl-C.
    Serve(Serve),
    /// Decide which devices may connect.
    Devices(Devices),
}

#[derive(Debug, Args)]
struct Serve {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:18790")]
    listen: SocketAddr,
    /// A gateway that the page may connect to, like ws://127.0.0.1:18789; may be repeated.
    #[arg(long = "gateway", value_name = "URL")]
    gateways: Vec<String>,
    /// File with the token that clients of the embedded gateway must give
    /// [otherwise the variable OPENCLAW_GATEWAY_TOKEN, otherwise none].
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Which new devices wait for your approval.
    #[arg(long, value_enum, default_value_t = Pair::Auto)]
    pair: Pair,
    /// Folder of the built page.
    #[arg(long, value_name = "DIR", default_value = "dist")]
    page: PathBuf,
    /// Another name under which this server is called, like chat.example.org; may be repeated.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Another page that may use the gateway, like https://chat.example.org; may be repeated.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Pair {
    /// Those from other machines; pages and programs of this one come in at once.
    Auto,
    /// All.
    Always,
}

#[derive(Debug, Args)]
struct Data {
    /// Folder for sessions, history and devices [default: clawline in the platform's data folder].
    #[arg(long, value_name = "DIR", global = true, env = "CLAWLINE_DATA_DIR")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Devices {
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

impl Cli {
    /// Does what the command line says.
    ///
    /// # Errors
    /// What went wrong, and what to do about it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Serve(serve) => serve.run(&self.data).await,
            Command::Devices(devices) => devices.run(&self.data).await,
        }
    }
}

impl Serve {
    async fn run(self, data: &Data) -> anyhow::Result<()> {
        let mut gateways = Vec::new();
        for text in &self.gateways {
            gateways.push(NamedGateway::parse(text)?);
        }
        let config = Config {
            listen: self.listen,
            gateways,
            gateway: GatewaySettings {
                token: token(self.token_file.as_deref())?,
                pair: match self.pair {
                    Pair::Auto => PairMode::Auto,
                    Pair::Always => PairMode::Always,
                },
                welcome: Welcome::new(&self.hosts, &self.origins)?,
            },
            data_dir: data.folder()?,
            owner_command: data.owner_command(),
            page: self.page,
        };
        // Before the first connection, so that no signal is missed.
        let goodbye = shutdown_signal()?;
        let server = Server::start(config).await?;
        // One line, for people and for whoever started us and waits for it.
        let mut out = std::io::stdout();
        writeln!(out, "clawline-relay listens at {}", server.url())?;
        out.flush()?;
        goodbye.await;
        server.stop().await;
        Ok(())
    }
}

impl Data {
    fn folder(&self) -> anyhow::Result<PathBuf> {
        match &self.data_dir {
            Some(folder) => Ok(folder.clone()),
            None => default_data_dir().context(
                "this system names no folder for data (HOME is not set): give one with --data-dir",
            ),
        }
    }

    /// How the owner calls this program again for the same data.
    fn owner_command(&self) -> OwnerCommand {
        let usual = default_data_dir();
        let named = self.data_dir.as_deref();
        OwnerCommand::new(
            std::env::args_os().next().as_deref(),
            named.filter(|folder| Some(*folder) != usual.as_deref()),
        )
    }
}

impl Devices {
    async fn run(self, data: &Data) -> anyhow::Result<()> {
        let owner = Owner::open(&data.folder()?, data.owner_command()).await?;
        let report = match &self.action {
            Action::List => owner.list().await?,
            Action::Approve { id } => owner.approve(id).await?,
            Action::Reject { id } => owner.reject(id).await?,
            Action::Revoke { id } => owner.revoke(id).await?,
        };
        let Report { text, json } = report;
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{json:#}")?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(())
    }
}

/// The shared token, from a file or the environment. Never from an option: the
/// command line of a process is there for all to read.
fn token(file: Option<&Path>) -> anyhow::Result<Option<Secret>> {
    const VARIABLE: &str = "OPENCLAW_GATEWAY_TOKEN";
    let (text, from) = match file {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the token from {}", file.display()))?;
            (text, file.display().to_string())
        }
        None => match std::env::var(VARIABLE) {
            Ok(text) if !text.trim().is_empty() => (text, VARIABLE.to_owned()),
            Ok(_) | Err(std::env::VarError::NotPresent) => return Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => bail!("{VARIABLE} is not readable text"),
        },
    };
    let token = text.trim();
    if token.is_empty()
        || token.len() > 4_096
        || token.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        bail!("the token in {from} is empty, too long or has blanks in it: use one word");
    }
    Ok(Some(Secret::new(token)))
}

/// `clawline` in the folder where this platform keeps data of programs.
fn default_data_dir() -> Option<PathBuf> {
    let folder = |name: &str| {
        let value = std::env::var_os(name)?;
        let path = PathBuf::from(value);
        path.is_absolute().then_some(path)
    };
    let base = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("clawline"))
}

/// Completes at Ctrl-C or SIGTERM.
#[cfg(unix)]
fn shutdown_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Completes at Ctrl-C.
#[cfg(not(unix))]
fn shutdown_signal() -> anyhow::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
