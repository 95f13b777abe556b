//! The benches: the npm package beside other clients.

mod herd;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::command::{self, program};
use crate::project::Project;
use crate::{build, setup};

/// What to measure and how often.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure
    what: Bench,
    /// How often each client is measured [default: 12; reconnect and outbox 5, memory 3]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: Option<u16>,
    /// One JSON object a row
    #[arg(long)]
    json: bool,
    /// Also write a CPU profile of each client and case into this folder (ingest, rpc)
    #[arg(long, value_name = "FOLDER")]
    profile: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Streamed events: the CPU of script, read and unread, small and large
    Ingest,
    /// Requests, one after the other and 64 at a time: the CPU of the main thread
    Rpc,
    /// A new page: from asking for the script to the first frame on the wire
    Startup,
    /// A hundred thousand events that were read: what they leave in the heap
    Memory,
    /// A gateway that is killed and comes back: the time to the first answer
    Reconnect,
    /// A thousand clients that lose one gateway: a model, with real engines
    Herd,
    /// Unsent messages: to keep them, to find them again, to send them
    Outbox,
}

/// Runs the model, or what is measured in the browser.
pub(crate) fn bench(project: &Project, options: &Options) -> Result<()> {
    match options.what {
        Bench::Ingest => in_browser(project, options, "ingest"),
        Bench::Rpc => in_browser(project, options, "rpc"),
        Bench::Startup => in_browser(project, options, "startup"),
        Bench::Memory => in_browser(project, options, "memory"),
        Bench::Reconnect => in_browser(project, options, "reconnect"),
        Bench::Outbox => in_browser(project, options, "outbox"),
        Bench::Herd => herd::herd(options.rounds, options.json),
    }
}

/// Builds the package and hands over to the runner in tests/bench/.
fn in_browser(project: &Project, options: &Options, what: &str) -> Result<()> {
    build::package(project)?;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    let mut runner = program(project, "node");
    runner
        .arg(project.path("tests/bench/run.mjs"))
        .arg(what)
        .env("CLAWLINE_CHROMIUM", browsers.chromium);
    if let Some(rounds) = options.rounds {
        runner.args(["--rounds", &rounds.to_string()]);
    }
    if options.json {
        runner.arg("--json");
    }
    if let Some(folder) = &options.profile {
        // The runner starts in the root of the clone, people need not.
        runner.arg("--profile").arg(std::path::absolute(folder)?);
    }
    command::become_program(&mut runner)
}
