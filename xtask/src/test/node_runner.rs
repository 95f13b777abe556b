//! Tests in Node's own runner: they drive browsers and our built programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
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

/// Runs a suite; the page and the package are built before.
pub(super) fn tests(run: &Run<'_>, suite: &Suite<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    let [relay, testkit] = build::binaries(project, ["clawline-relay", "clawline-testkit"])?;
    if suite.real_gateway {
        // Before the tests begin: what takes its time must not run into their clocks.
        command::run(program(project, &testkit).arg("install"))?;
    }

    let results = cleared(project.target().join(suite.name))?;
    let tap = results.join("results.tap");
    let mut tests = program(project, "node");
    tests
        .arg("--test")
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=tap")
        .arg(format!("--test-reporter-destination={}", tap.display()))
        .env("CLAWLINE_RELAY", relay)
        .env("CLAWLINE_TESTKIT", testkit)
        .env("CLAWLINE_PAGE", project.page())
        .env("CLAWLINE_PACKAGE", project.package())
        .env("CLAWLINE_CHROMIUM", browsers.chromium)
        .env("CLAWLINE_FIREFOX", browsers.firefox)
        .env("CLAWLINE_E2E_RESULTS", &results)
        .envs(suite.told.iter().copied());
    if run.full {
        tests.env("CLAWLINE_E2E_FULL", "1");
    }
    if let Some(filter) = &run.filter {
        tests.arg(format!("--test-name-pattern={filter}"));
    }
    let result = command::watch(tests.arg(project.path(suite.script)), PATIENCE, |_| {});
    let report = fs::read_to_string(&tap);
    for line in report.as_deref().unwrap_or_default().lines() {
        tally.see_tap(line);
    }
    result.with_context(|| format!("screenshots and logs are in {}", results.display()))?;
    report.with_context(|| format!("the runner wrote no {}", tap.display()))?;
    Ok(())
}

fn cleared(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
