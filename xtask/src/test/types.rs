//! The types of the npm package: made anew, held against recorded traffic, and
//! compiled as an app would.

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
    for name in ["protocol.test.mjs", "scopes.test.mjs"] {
        tests.arg(project.path("tests/types").join(name));
    }
    node::watch(&mut tests, &tap, PATIENCE, tally)
}
