//! `clawline-testkit`: the test kit for other languages and for people.

mod cli;

use anyhow::Context as _;
use clap::Parser as _;
use tokio::runtime::Runtime;

fn main() -> anyhow::Result<()> {
    let arguments = cli::Arguments::parse();
    let runtime = Runtime::new().context("cannot start the runtime")?;
    let ended = runtime.block_on(cli::run(arguments));
    // Not the drop: it would wait for the thread that reads standard input,
    // which after a signal may never get another line.
    runtime.shutdown_background();
    ended
}
