//! wasm-bindgen-test: built once, run in two browsers.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Run;
use super::tally::Tally;
use crate::command::{self, cargo, program};
use crate::project::Project;
use crate::setup::{self, Tool, WASM_TARGET};

/// The packages with tests for the browser.
const PACKAGES: [&str; 2] = ["clawline", "clawline-webchat"];

/// Seconds for one test binary in one browser.
const PATIENCE: &str = "300";

pub(super) fn wasm(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    setup::wasm_target(project)?;
    setup::tools(project, &[Tool::WasmBindgen, Tool::Geckodriver])?;
    let browsers = setup::browsers(project)?;
    let built = build(project)?;
    if built.is_empty() {
        bail!("cargo built no test for the browser");
    }
    let mut failed = Vec::new();
    for (browser, variable, driver) in [
        ("Chromium", "CHROMEDRIVER", browsers.chromedriver),
        ("Firefox", "GECKODRIVER", Tool::Geckodriver.path(project)),
    ] {
        for binary in &built {
            let name = binary.file_stem().unwrap_or_default().to_string_lossy();
            println!("\n{browser} · {name}");
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
                .arg(binary)
                .args(&run.filter)
                .env(variable, &driver)
                .env("WASM_BINDGEN_TEST_ONLY_WEB", "1")
                .env("WASM_BINDGEN_TEST_TIMEOUT", PATIENCE)
                .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60");
            if command::watch(&mut runner, |line| tally.see_libtest(line)).is_err() {
                failed.push(format!("{name} in {browser}"));
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}

/// Compiles the tests and returns the .wasm of each. Cargo is not asked to run
/// them: it would run them in one browser only.
fn build(project: &Project) -> Result<Vec<PathBuf>> {
    let mut tests = cargo(project, &["test", "--no-run", "--target", WASM_TARGET]);
    for package in PACKAGES {
        tests.args(["-p", package]);
    }
    let messages = command::output_seen(tests.arg("--message-format=json-render-diagnostics"))?;
    let mut built = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("cargo printed no JSON")?;
        let is_test = message.pointer("/profile/test").and_then(Value::as_bool);
        let executable = message.get("executable").and_then(Value::as_str);
        if let (Some(true), Some(path)) = (is_test, executable) {
            built.push(PathBuf::from(path));
        }
    }
    Ok(built)
}
