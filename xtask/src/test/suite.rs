//! Suites of tests that drive browsers and our built programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
use super::node::{self, Tests};
use super::tally::Tally;
use crate::build;
use crate::command::{self, program};
use crate::setup;

/// For all, should the runner itself hang; each test has its own limit.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What is run.
pub(super) struct Suite<'a> {
    /// Its results go to the folder of this name.
    pub(super) name: &'a str,
    /// From the root of the clone.
    pub(super) script: &'a str,
    /// Whether it starts the real gateway.
    pub(super) real_gateway: bool,
    /// Variables for it alone.
    pub(super) told: &'a [(&'a str, &'a Path)],
}

/// Runs a suite; what it needs of the page and the package is built before.
pub(super) fn run(run: &Run<'_>, suite: &Suite<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    let [relay, testkit] = build::binaries(project, ["clawline-relay", "clawline-testkit"])?;
    if suite.real_gateway {
        // Before the tests begin: what takes its time must not run into their clocks.
        command::run(program(project, &testkit).arg("install"))?;
    }

    let results = cleared(project.target().join(suite.name))?;
    let told = |tests: &mut Command| {
        tests
            .env("CLAWLINE_RELAY", &relay)
            .env("CLAWLINE_TESTKIT", &testkit)
            .env("CLAWLINE_PAGE", project.page())
            .env("CLAWLINE_PACKAGE", project.package())
            .env("CLAWLINE_CHROMIUM", &browsers.chromium)
            .env("CLAWLINE_FIREFOX", &browsers.firefox)
            .env("CLAWLINE_E2E_RESULTS", &results)
            .envs(suite.told.iter().copied());
        if run.full {
            tests.env("CLAWLINE_E2E_FULL", "1");
        }
        tests.arg(project.path(suite.script));
        Ok(())
    };
    let tests = Tests {
        results: &results,
        patience: PATIENCE,
        is_nested: suite.name == "e2e",
        told: &told,
    };
    node::watch(run, &tests, tally)
        .with_context(|| format!("screenshots and logs are in {}", results.display()))
}

fn cleared(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
