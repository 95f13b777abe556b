//! `clawline-relay`: see `clawline-relay --help`.

use std::process::ExitCode;

use clap::Parser as _;
use clawline_relay::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    clawline_relay::log::start();
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clawline-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}
