//! `cargo xtask mutants`: bugs are seeded into a copy of the engine, one at a
//! time, and the simulator has to find each of them.
//!
//! A simulator that finds nothing proves nothing: this is its own test. The
//! bugs are in crates/sim/mutants/, each a small change of one file of
//! crates/core/src that somebody might make.

mod list;
mod workshop;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::project::Project;
use list::Mutant;
use workshop::{Ending, Workshop};

/// So many of a hundred bugs must be found.
const GOAL: usize = 95;

/// Which bugs, and how hard to look for them.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many seeds the simulator plays at most for each bug
    #[arg(long, default_value_t = 30_000)]
    seeds: u64,
    /// Only bugs in whose file or words this stands
    #[arg(long, default_value = "")]
    only: String,
}

/// How the search for one bug went.
struct Row<'a> {
    mutant: &'a Mutant,
    ending: Ending,
    took: Duration,
}

/// Seeds each bug and prints a table; fails when too many were not found.
pub(crate) fn mutants(project: &Project, options: &Options) -> Result<ExitCode> {
    let all = list::read(project)?;
    list::check(project, &all)?;
    let wanted = |mutant: &&Mutant| {
        mutant.file.contains(&options.only) || mutant.what.contains(&options.only)
    };
    let chosen: Vec<&Mutant> = all.iter().filter(wanted).collect();
    let workshop = Workshop::open(project)?;
    println!("without a bug: {} seeds", options.seeds);
    match workshop.play(options.seeds)? {
        Ending::Clean => {}
        other => bail!("the simulator fails without any bug: {other}"),
    }
    let mut rows = Vec::new();
    for mutant in chosen {
        let started = Instant::now();
        workshop.seed(mutant)?;
        let ending = workshop.play(options.seeds)?;
        workshop.mend(mutant)?;
        let row = Row {
            mutant,
            ending,
            took: started.elapsed(),
        };
        println!("{}", line(&row));
        rows.push(row);
    }
    Ok(report(&rows))
}

fn line(row: &Row<'_>) -> String {
    let word = if row.ending.is_found() {
        "found"
    } else {
        "MISSED"
    };
    format!(
        "{word:<6} {:>5.1} s  {:<22} {}\n               {}",
        row.took.as_secs_f64(),
        row.mutant.file,
        row.mutant.what,
        row.ending
    )
}

fn report(rows: &[Row<'_>]) -> ExitCode {
    let found = rows.iter().filter(|row| row.ending.is_found()).count();
    let missed: Vec<_> = rows.iter().filter(|row| !row.ending.is_found()).collect();
    println!("\n{found} of {} bugs were found", rows.len());
    for row in &missed {
        println!("missed: {}: {}", row.mutant.file, row.mutant.what);
    }
    if found * 100 >= rows.len() * GOAL {
        ExitCode::SUCCESS
    } else {
        println!("the goal is {GOAL} of 100");
        ExitCode::FAILURE
    }
}
