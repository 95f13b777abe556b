//! The npm package without its module: its types, made anew, held against
//! recorded traffic and compiled as an app would, and its façade.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
use super::node::{self, Tests};
use super::tally::Tally;
use crate::setup;

const PATIENCE: Duration = Duration::from_secs(600);

pub(super) fn types(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::test_packages(project)?;
    let results = project.target().join("types");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let told = |tests: &mut Command| {
        for folder in ["tests/types", "tests/facade"] {
            tests.args(node::files(&project.path(folder))?);
        }
        Ok(())
    };
    let tests = Tests {
        results: &results,
        patience: PATIENCE,
        is_nested: false,
        told: &told,
    };
    node::watch(run, &tests, tally)
}
