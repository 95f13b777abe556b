//! The npm package without its module: its types, made anew, held against
//! recorded traffic and compiled as an app would, and its façade.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

use super::tally::Tally;
use super::{Run, node};
use crate::setup;

const PATIENCE: Duration = Duration::from_secs(600);

pub(super) fn types(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::test_packages(project)?;
    let results = project.target().join("types");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let tap = results.join("results.tap");
    let mut tests = node::runner(run, &tap);
    for folder in ["tests/types", "tests/facade"] {
        tests.args(node::files(&project.path(folder))?);
    }
    node::watch(&mut tests, &tap, PATIENCE, tally)
}
