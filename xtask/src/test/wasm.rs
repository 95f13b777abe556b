//! wasm-bindgen-test: built once, run in two browsers.

use std::time::Duration;

use anyhow::{Result, bail};

use super::tally::Tally;
use super::{Run, binaries, libtest};
use crate::command::{cargo, program};
use crate::setup::{self, Tool, WASM_TARGET};

/// The packages with tests for the browser.
const PACKAGES: [&str; 2] = ["clawline", "clawline-webchat"];

/// For one test binary in one browser; the runner has a clock of its own, which
/// is better because it knows the browser. A page that hangs while it loads may
/// have too many scripts: the runner's server answers four connections for sure,
/// and Chromium opens one for each `module` that a test binary imports.
const PATIENCE: Duration = Duration::from_secs(330);
const RUNNER_PATIENCE_SECONDS: &str = "300";

pub(super) fn wasm(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::wasm_target(project)?;
    setup::tools(project, &[Tool::WasmBindgen, Tool::Geckodriver])?;
    let browsers = setup::browsers(project)?;
    // Both at once: no binary is shipped from here, and it saves a second
    // compilation of what they have in common.
    let mut tests = cargo(project, &["test", "--target", WASM_TARGET]);
    for package in PACKAGES {
        tests.args(["-p", package]);
    }
    let built = binaries::compile(&mut tests)?;
    if built.is_empty() {
        bail!("cargo built no test for the browser");
    }
    let mut failed = Vec::new();
    for (browser, variable, driver) in [
        ("Chromium", "CHROMEDRIVER", browsers.chromedriver),
        ("Firefox", "GECKODRIVER", Tool::Geckodriver.path(project)),
    ] {
        for binary in &built {
            println!("\n{browser} · {}", binary.name);
            let tests = |words: &[&str]| {
                let mut runner = program(project, setup::wasm_test_runner(project));
                for other in [
                    "CHROMEDRIVER",
                    "GECKODRIVER",
                    "SAFARIDRIVER",
                    "MSEDGEDRIVER",
                ] {
                    runner
                        .env_remove(other)
                        .env_remove(format!("{other}_REMOTE"));
                }
                runner
                    .arg(&binary.path)
                    .args(words)
                    .env(variable, &driver)
                    .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
                    .env("WASM_BINDGEN_TEST_TIMEOUT", RUNNER_PATIENCE_SECONDS)
                    .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
                runner
            };
            if libtest::watch(run, PATIENCE, tests, tally).is_err() {
                failed.push(format!("{} in {browser}", binary.name));
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
