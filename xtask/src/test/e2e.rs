//! Playwright: the page as people open it, on our relay and on the real gateway.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Run;
use super::tally::Tally;
use crate::build::{self, Variant};
use crate::command::{self, program};
use crate::setup;

/// Milliseconds for one test; and, should the runner itself hang, for all.
const TEST_PATIENCE_MS: &str = "240000";
const PATIENCE: Duration = Duration::from_secs(3600);

pub(super) fn e2e(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    let files = test_files(&project.path("tests/e2e"))?;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    build::page(project, Variant::Shipped)?;
    let [relay, testkit] = build::binaries(project, ["clawline-relay", "clawline-testkit"])?;
    // Before the tests begin: what takes its time must not run into their clocks.
    command::run(program(project, &testkit).arg("install"))?;

    let results = project.target().join("e2e");
    if results.exists() {
        fs::remove_dir_all(&results)
            .with_context(|| format!("cannot remove {}", results.display()))?;
    }
    fs::create_dir_all(&results).with_context(|| format!("cannot create {}", results.display()))?;
    let tap = results.join("results.tap");

    let mut tests = program(project, "node");
    tests
        // One file at a time: each starts gateways and browsers of its own.
        .args(["--test", "--test-concurrency=1"])
        .arg(format!("--test-timeout={TEST_PATIENCE_MS}"))
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=tap")
        .arg(format!("--test-reporter-destination={}", tap.display()))
        .env("CLAWLINE_RELAY", relay)
        .env("CLAWLINE_TESTKIT", testkit)
        .env("CLAWLINE_PAGE", project.page())
        .env("CLAWLINE_CHROMIUM", browsers.chromium)
        .env("CLAWLINE_FIREFOX", browsers.firefox)
        .env("CLAWLINE_E2E_RESULTS", &results);
    if run.full {
        tests.env("CLAWLINE_E2E_FULL", "1");
    }
    if let Some(filter) = &run.filter {
        tests.arg(format!("--test-name-pattern={filter}"));
    }
    let result = command::watch(tests.args(files), PATIENCE, |_| {});
    let report = fs::read_to_string(&tap);
    for line in report.as_deref().unwrap_or_default().lines() {
        tally.see_tap(line);
    }
    result.with_context(|| format!("screenshots and logs are in {}", results.display()))?;
    report.with_context(|| format!("the runner wrote no {}", tap.display()))?;
    Ok(())
}

fn test_files(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry
            .with_context(|| format!("cannot read {}", folder.display()))?
            .path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("there is no *.test.mjs in {}", folder.display());
    }
    files.sort();
    Ok(files)
}
