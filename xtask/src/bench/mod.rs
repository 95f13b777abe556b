//! The benches: the npm package beside other clients, and the relay under load.

mod herd;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::build::{self, Variant};
use crate::command::{self, program};
use crate::project::Project;
use crate::setup;

/// What to measure and how often.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What to measure
    what: Bench,
    /// How often each client is measured [default: 12; reconnect and outbox 5, memory and page 3]
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
    /// Our page beside that of the real gateway: loading, a reply, 10,000 rows
    Page,
    /// A thousand clients of the relay for two minutes: none lost, time and memory
    Relay,
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
        Bench::Page => page(project, options),
        Bench::Relay => relay(project),
        Bench::Herd => herd::herd(options.rounds, options.json),
    }
}

/// Runs the load of the relay's own tests, with nothing else, in a release build.
fn relay(project: &Project) -> Result<()> {
    let mut load = command::cargo(
        project,
        &[
            "test",
            "--release",
            "-p",
            "clawline-relay",
            "--test",
            "relay",
        ],
    );
    load.args(["--", "--ignored", "--nocapture", "load::"]);
    command::become_program(&mut load)
}

/// Builds the package and hands over to the runner in tests/bench/.
fn in_browser(project: &Project, options: &Options, what: &str) -> Result<()> {
    build::package(project)?;
    run(project, options, what, &[])
}

/// Builds the page, and what serves it and the other one.
fn page(project: &Project, options: &Options) -> Result<()> {
    build::page(project, Variant::Shipped)?;
    let [relay, testkit] = build::binaries(project, ["clawline-relay", "clawline-testkit"])?;
    command::run(program(project, &testkit).arg("install"))?;
    let told = [
        ("CLAWLINE_RELAY", relay),
        ("CLAWLINE_TESTKIT", testkit),
        ("CLAWLINE_PAGE", project.page()),
        ("CLAWLINE_PACKAGE", project.package()),
        ("CLAWLINE_FIREFOX", setup::browsers(project)?.firefox),
        ("CLAWLINE_E2E_RESULTS", project.target().join("bench")),
    ];
    run(project, options, "page", &told)
}

fn run(project: &Project, options: &Options, what: &str, told: &[(&str, PathBuf)]) -> Result<()> {
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    let mut runner = program(project, "node");
    runner
        .arg(project.path("tests/bench/run.mjs"))
        .arg(what)
        .env("CLAWLINE_CHROMIUM", browsers.chromium)
        .envs(told.iter().cloned());
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
