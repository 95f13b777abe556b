//! The benches: what the npm package costs the page beside other clients.

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
    /// How often each client is measured; ratios are taken within a round
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// One JSON object a row
    #[arg(long)]
    json: bool,
    /// Also write a CPU profile of each client and case into this folder
    #[arg(long, value_name = "FOLDER")]
    profile: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Bench {
    /// Streamed events: the CPU of script, read and unread, small and large
    Ingest,
    /// Requests, one after the other and 64 at a time: the CPU of the main thread
    Rpc,
}

/// Builds the package and hands over to the runner in tests/bench/.
pub(crate) fn bench(project: &Project, options: &Options) -> Result<()> {
    build::package(project)?;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    let what = match options.what {
        Bench::Ingest => "ingest",
        Bench::Rpc => "rpc",
    };
    let mut runner = program(project, "node");
    runner
        .arg(project.path("tests/bench/run.mjs"))
        .args([what, "--rounds", &options.rounds.to_string()])
        .env("CLAWLINE_CHROMIUM", browsers.chromium);
    if options.json {
        runner.arg("--json");
    }
    if let Some(folder) = &options.profile {
        // The runner starts in the root of the clone, people need not.
        runner.arg("--profile").arg(std::path::absolute(folder)?);
    }
    command::become_program(&mut runner)
}
