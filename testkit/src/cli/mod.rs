//! The commands of the binary.

mod gateway;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use clawline_testkit::{OpenClaw, Recorder, World};
use tokio::signal::unix::{SignalKind, signal};

/// Test kit of clawline: the real OpenClaw gateway, a stub model provider, a
/// fault proxy and a recorder.
#[derive(Debug, Parser)]
#[command(name = "clawline-testkit", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Obey JSON lines on standard input (see testkit/README.md).
    World,
    /// Run the real gateway with the stub provider, for trying by hand.
    Gateway(gateway::GatewayArguments),
    /// Record WebSocket traffic to a gateway.
    Record {
        /// The gateway, ws://HOST:PORT.
        #[arg(long)]
        upstream: String,
        /// The file to write, one JSON object a line.
        #[arg(long)]
        out: PathBuf,
        /// The port to listen on; 0 for any free one.
        #[arg(long, default_value_t = 0)]
        port: u16,
    },
    /// Install the real gateway into the cache folder, if it is not there.
    Install,
}

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    match arguments.action {
        Action::World => World::new()
            .await?
            .run()
            .await
            .context("cannot read commands"),
        Action::Gateway(arguments) => gateway::run(arguments).await,
        Action::Record {
            upstream,
            out,
            port,
        } => {
            let recorder = Recorder::start(&upstream, &out, port).await?;
            println!(
                "recording {} to {upstream} into {} (Ctrl-C ends)",
                recorder.url(),
                out.display()
            );
            until_asked_to_end().await
        }
        Action::Install => {
            let openclaw = OpenClaw::installed().await?;
            openclaw.install_whatsapp().await?;
            println!("{}", openclaw.entry().display());
            Ok(())
        }
    }
}

/// Waits for SIGINT or SIGTERM.
async fn until_asked_to_end() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
