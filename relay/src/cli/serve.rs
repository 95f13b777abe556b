//! `clawline-relay serve`.

use std::io::Write as _;

use clap::{Args, ValueEnum as _};

use super::Common;
use crate::config::{Flags, Loaded, Pair, Setup};
use crate::dialects::gateway::GatewaySettings;
use crate::origin::Welcome;
use crate::serve::Server;

/// Every option is a key of the settings, by the same name.
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Address to listen at; port 0 takes a free one [default: 127.0.0.1:18790].
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<String>,
    /// Another address for pages and plugins of the tutorial's hub, like 127.0.0.1:8765; may be repeated.
    #[arg(long, value_name = "ADDRESS")]
    hub_listen: Vec<String>,
    /// A gateway that the page may connect to, like ws://127.0.0.1:18789; may be repeated.
    #[arg(long, value_name = "URL")]
    gateway: Vec<String>,
    /// File with the token that clients of the embedded gateway must give
    /// [otherwise the variable OPENCLAW_GATEWAY_TOKEN, otherwise none].
    #[arg(long, value_name = "FILE")]
    token_file: Option<String>,
    /// Which new devices wait for your approval [default: auto].
    #[arg(long, value_enum)]
    pair: Option<Pair>,
    /// Folder of the built page [default: dist].
    #[arg(long, value_name = "DIR")]
    page: Option<String>,
    /// Another name under which this server is called, like chat.example.org; may be repeated.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// Another page that may use the gateway, like https://chat.example.org or
    /// tauri://localhost; may be repeated.
    #[arg(long, value_name = "ORIGIN")]
    origin: Vec<String>,
    /// A reverse proxy whose X-Forwarded-For is believed, like 127.0.0.1; may be
    /// repeated.
    #[arg(long, value_name = "ADDRESS")]
    proxy: Vec<String>,
    /// Path under which a proxy shows this server, like /claw.
    #[arg(long, value_name = "PATH")]
    base_path: Option<String>,
}

impl Serve {
    fn flags(&self) -> Flags {
        let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
        let pair = self.pair.and_then(|pair| pair.to_possible_value());
        Flags::from([
            ("listen", self.listen.clone()),
            ("hub_listen", self.hub_listen.clone()),
            ("gateway", self.gateway.clone()),
            ("token_file", one(&self.token_file)),
            (
                "pair",
                pair.iter().map(|it| it.get_name().to_owned()).collect(),
            ),
            ("page", one(&self.page)),
            ("host", self.host.clone()),
            ("origin", self.origin.clone()),
            ("proxy", self.proxy.clone()),
            ("base_path", one(&self.base_path)),
        ])
    }

    pub(super) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let loaded = common.load(self.flags())?;
        for warning in &loaded.warnings {
            tracing::warn!("{warning}");
        }
        let setup = setup(loaded)?;
        #[cfg(unix)]
        outlive_large_files()?;
        // Before the first connection, so that no signal is missed.
        let goodbye = shutdown_signal()?;
        let server = Server::start(setup).await?;
        // One line for each address, for people and for whoever started us and
        // waits for it.
        let mut out = std::io::stdout();
        for url in server.urls() {
            writeln!(out, "clawline-relay listens at {url}")?;
        }
        for address in server.hub_addresses() {
            writeln!(out, "the hub alone is at ws://{address}/")?;
        }
        out.flush()?;
        goodbye.await;
        server.stop().await;
        Ok(())
    }
}

/// What a server starts from: the settings, with the secrets that they name.
///
/// # Errors
/// Something that they name is not there, or they say two things.
pub(super) fn setup(loaded: Loaded) -> anyhow::Result<Setup> {
    let tokens = loaded.tokens(|name| std::env::var_os(name))?;
    let config = loaded.config;
    let agents = config.agents(|name| std::env::var_os(name))?;
    let policies = config.policies();
    let data_dir = super::data_dir(&config)?;
    Ok(Setup {
        webhooks: config.webhooks(|name| std::env::var_os(name))?,
        openclaw: config.called_gateway(|name| std::env::var_os(name), &data_dir)?,
        whatsapp: config.whatsapp_settings(&data_dir)?,
        passages: config.passages()?,
        data_dir,
        owner_command: super::owner_command(&config),
        gateway: GatewaySettings {
            tokens,
            pair: config.pair.into(),
            welcome: Welcome::new(&config.host, &config.origin)?,
            proxies: config.proxy.clone(),
        },
        agents,
        policies,
        dialects: config.dialects(),
        has_channels: config.has_channels(),
        channels: Vec::new(),
        retention: config.retention.into(),
        page: config.page.to_path_buf(),
        base_path: config.base_path.parse()?,
        listen: config.listen,
        hub_listen: config.hub_listen,
        gateways: config.gateway,
    })
}

/// A file that may not grow any more (`ulimit -f`, a quota) is an error for whoever
/// writes it; by default it ends the program.
#[cfg(unix)]
fn outlive_large_files() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    // Whoever listens to a signal once has taken its default away.
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw())).map(drop)
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
