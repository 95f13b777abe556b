//! Tests that need no browser.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::tally::Tally;
use super::{Run, binaries, libtest};
use crate::build::{self, native_packages};
use crate::command::{self, cargo, program};
use crate::project::Project;
use crate::setup;

/// For one test binary; with the ignored tests, some of which start the real
/// gateway again and again.
const PATIENCE: Duration = Duration::from_secs(900);
const LONG_PATIENCE: Duration = Duration::from_secs(1800);
/// Most tests that take long wait for something.
const AT_ONCE: &str = "6";

/// The recordings of real traffic that this repository keeps.
pub(super) fn recordings(project: &Project) -> Result<Vec<PathBuf>> {
    let folder = project.path("tests/conformance/recordings");
    let mut recordings = Vec::new();
    for entry in
        fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?
    {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            recordings.push(path);
        }
    }
    recordings.sort();
    Ok(recordings)
}

pub(super) fn native(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let project = run.project;
    // What we send is checked against the published schema, an npm package.
    setup::test_packages(project)?;
    // The relay's tests run the real bridge.
    build::bridge(project)?;
    let mut tests = cargo(project, &["test"]);
    tests.args(native_packages()).args(build::FOR_TESTS);
    let built = binaries::compile(&mut tests)?;
    let patience = if run.full { LONG_PATIENCE } else { PATIENCE };
    let mut failed = Vec::new();
    for binary in built {
        println!("\n{}", binary.name);
        let tests = |words: &[&str]| {
            let mut tests = program(project, &binary.path);
            tests
                .current_dir(&binary.folder)
                .env("CARGO_MANIFEST_DIR", &binary.folder)
                .env("RUST_TEST_THREADS", AT_ONCE)
                .args(words);
            if run.full {
                tests.arg("--include-ignored");
            }
            tests
        };
        if libtest::watch(run, patience, tests, tally).is_err() {
            failed.push(binary.name);
        }
    }

    println!("\nexamples in the documentation");
    let mut examples = cargo(
        project,
        &["test", "--doc", "--no-fail-fast", "-p", "clawline-core"],
    );
    examples.arg("--").args(&run.filter);
    if command::watch(&mut examples, PATIENCE, |line| tally.see_libtest(line)).is_err() {
        failed.push("examples in the documentation".to_owned());
    }
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    Ok(())
}
