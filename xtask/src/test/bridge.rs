//! The WhatsApp bridge: real Baileys, and servers that play WhatsApp.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
use super::node::{self, Tests};
use super::tally::Tally;
use crate::build;

const PATIENCE: Duration = Duration::from_secs(900);

pub(super) fn bridge(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    build::bridge(project)?;
    let folder = project.path("relay/bridge");
    let results = project.target().join("bridge");
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let told = |tests: &mut Command| {
        tests
            // Each starts processes, and kills them at chosen places.
            .arg("--test-concurrency=1")
            .args(node::files(&folder.join("test"))?)
            .current_dir(&folder);
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
