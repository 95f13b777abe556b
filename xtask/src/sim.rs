//! `cargo xtask sim`: the simulator, in a profile of its own.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::Args;

use crate::command::{self, cargo, program};
use crate::project::Project;

/// The profile of the workspace that it is built with.
pub(crate) const PROFILE: &str = "sim";
/// What one run of the tests plays.
const SEEDS_OF_A_TEST: u64 = 3_000;
/// A world in which an engine never comes to rest must not hold the tests up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Which seeds to play.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many seeds to play; a failing one is printed with the shortest way
    /// to its failure
    #[arg(long, default_value_t = SEEDS_OF_A_TEST)]
    seeds: u64,
    /// The first of them: the same seed is the same world
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Print what happens in the first seed, line by line
    #[arg(long)]
    trace: bool,
}

/// Builds the simulator and plays the seeds on all cores.
pub(crate) fn sim(project: &Project, options: &Options) -> Result<()> {
    build(project)?;
    let mut simulator = program(project, project.built(PROFILE, "clawline-sim"));
    simulator
        .args(["--seeds", &options.seeds.to_string()])
        .args(["--from", &options.from.to_string()]);
    if options.trace {
        simulator.arg("--trace");
    }
    command::become_program(&mut simulator)
}

/// New seeds at every run: the first of them comes from the clock.
pub(crate) fn new_seeds(project: &Project) -> Result<()> {
    build(project)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let from = now.context("the clock is before 1970")?.as_secs() * SEEDS_OF_A_TEST;
    println!("{SEEDS_OF_A_TEST} seeds from {from}");
    let mut simulator = program(project, project.built(PROFILE, "clawline-sim"));
    simulator
        .args(["--seeds", &SEEDS_OF_A_TEST.to_string()])
        .args(["--from", &from.to_string()]);
    command::watch(&mut simulator, PATIENCE, |_| {})
}

fn build(project: &Project) -> Result<()> {
    command::run(&mut cargo(
        project,
        &[
            "build",
            "--quiet",
            "--profile",
            PROFILE,
            "-p",
            "clawline-sim",
        ],
    ))
}
