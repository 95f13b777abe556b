//! `clawline-testkit gateway`: a real gateway in the foreground.

use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;
use clawline_testkit::{
    DIRECTIVES, GatewayAuth, GatewayOptions, OpenClaw, RealGateway, StubProvider,
};
use tokio::{signal::unix::SignalKind, time::interval};

const PATIENCE: Duration = Duration::from_secs(180);

#[derive(Debug, Args)]
pub(super) struct GatewayArguments {
    /// The port to listen on; any free one by default.
    #[arg(long)]
    port: Option<u16>,
    /// The shared token.
    #[arg(long, default_value = "testkit-token")]
    token: String,
    /// Let new devices wait for an approval, also from this machine.
    #[arg(long)]
    pair: bool,
    /// An origin beside loopback from which browsers may connect; may repeat.
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// Serve the gateway's own page too.
    #[arg(long)]
    control_ui: bool,
}

pub(super) async fn run(arguments: GatewayArguments) -> Result<()> {
    // Watched from here on: an early Ctrl-C must not leave a gateway behind.
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    tokio::select! {
        ended = serve(arguments) => ended,
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
    }
}

async fn serve(arguments: GatewayArguments) -> Result<()> {
    let openclaw = OpenClaw::installed().await?;
    let stub = StubProvider::start().await?;
    let options = GatewayOptions {
        auth: GatewayAuth::Token(arguments.token.clone()),
        allowed_origins: arguments.origins,
        control_ui: arguments.control_ui,
        silent_pairing: !arguments.pair,
        port: arguments.port,
        ..GatewayOptions::default()
    };
    eprintln!("testkit: starting the real gateway, about 7 s …");
    let mut gateway = RealGateway::start(&openclaw, &stub.base_url(), &options)?;
    let waited = gateway.ready(PATIENCE).await?;
    let command = gateway.write_command()?;
    println!(
        "The real gateway is ready after {:.1} s. Ctrl-C ends it and forgets its state.\n",
        waited.as_secs_f64()
    );
    println!("  address   {}", gateway.url());
    println!("  token     {}", arguments.token);
    println!("  log       {}", gateway.log_file().display());
    println!("  devices   {} devices list", command.display());
    println!("            {} devices approve REQUEST", command.display());
    println!("\nIts model does what your message says:\n");
    for (directive, meaning) in DIRECTIVES {
        println!("  {directive:<16} {meaning}");
    }
    let mut seconds = interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        if !gateway.service().is_running() {
            bail!(
                "the gateway ended by itself; its output was {}",
                gateway.service().output().display()
            );
        }
    }
}
