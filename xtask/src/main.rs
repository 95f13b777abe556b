//! The tasks of this repository: `cargo xtask --help`.

mod arch;
mod bench;
mod build;
mod codegen;
mod command;
mod hash;
mod mutants;
mod pins;
mod project;
mod replay;
mod serve;
mod setup;
mod sim;
mod size;
mod test;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::build::Variant;
use crate::project::Project;

/// Builds, runs and tests clawline. Each task sets up what it needs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install everything that any task needs, and show where it is
    Setup,
    /// Build the page and the relay, and serve until ctrl-c
    Run(serve::Options),
    /// Build the page into dist/, the npm package into pkg/dist/, and the relay
    Build {
        /// Build the page quickly: neither optimised nor compressed
        #[arg(long)]
        dev: bool,
    },
    /// Write the types of the npm package from the published schema of the gateway
    Codegen {
        /// Write nothing; fail when something would be written
        #[arg(long)]
        check: bool,
    },
    /// Run the checks and tests; the last line says how many passed
    Test(test::Options),
    /// Print what a browser loads, raw and compressed
    Size {
        /// One JSON object a row
        #[arg(long)]
        json: bool,
        /// Also what an app ships with other clients, each bundled and minified
        #[arg(long)]
        peers: bool,
    },
    /// Measure the npm package beside other clients, and the relay; see docs/bench.md
    Bench(bench::Options),
    /// Play worlds in which everything goes wrong, and judge the engine
    Sim(sim::Options),
    /// Seed bugs into a copy of the engine, one by one, and see that the
    /// simulator finds them
    Mutants(mutants::Options),
    /// Start the real OpenClaw gateway with a stub model, for trying by hand
    Gateway {
        /// Handed on to `clawline-testkit gateway`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Send recordings through the decoder and the engine, one line a file
    Replay {
        /// Recordings, such as tests/conformance/recordings/*.jsonl
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    match dispatch(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: Arguments) -> Result<ExitCode> {
    let project = Project::locate()?;
    match arguments.task {
        Task::Setup => setup::everything(&project)?,
        Task::Run(options) => serve::relay(&project, &options)?,
        Task::Build { dev } => build::everything(&project, Variant::of(dev))?,
        Task::Codegen { check } => codegen::codegen(&project, check)?,
        Task::Test(options) => return test::test(&project, &options),
        Task::Size { json, peers } => size::size(&project, json, peers)?,
        Task::Bench(options) => bench::bench(&project, &options)?,
        Task::Sim(options) => sim::sim(&project, &options)?,
        Task::Mutants(options) => return mutants::mutants(&project, &options),
        Task::Gateway { arguments } => serve::gateway(&project, &arguments)?,
        Task::Replay { files } => replay::run(&files)?,
    }
    Ok(ExitCode::SUCCESS)
}
