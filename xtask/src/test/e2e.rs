//! Playwright: the page as people open it, on our relay and on the real gateway.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

use super::tally::Tally;
use super::{Run, node};
use crate::build::{self, Variant};
use crate::command::{self, program};
use crate::setup;

/// For all, should the runner itself hang; each test has its own limit.
const PATIENCE: Duration = Duration::from_secs(3600);

pub(super) fn e2e(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::test_packages(project)?;
    let browsers = setup::browsers(project)?;
    build::page(project, Variant::Shipped)?;
    build::package(project)?;
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

    let mut tests = node::runner(run, &tap);
    tests
        .env("CLAWLINE_RELAY", relay)
        .env("CLAWLINE_TESTKIT", testkit)
        .env("CLAWLINE_PAGE", project.page())
        .env("CLAWLINE_PACKAGE", project.path("pkg"))
        .env("CLAWLINE_CHROMIUM", browsers.chromium)
        .env("CLAWLINE_FIREFOX", browsers.firefox)
        .env("CLAWLINE_E2E_RESULTS", &results);
    if run.full {
        tests.env("CLAWLINE_E2E_FULL", "1");
    }
    tests.arg(project.path("tests/e2e/all.mjs"));
    node::watch(&mut tests, &tap, PATIENCE, tally)
        .with_context(|| format!("screenshots and logs are in {}", results.display()))
}
