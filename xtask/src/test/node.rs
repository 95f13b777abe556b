//! Tests that Node's own runner runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
use super::tally::Tally;
use crate::command::{self, program};

/// The runner, to be told what to run. It reports to people and, into a file,
/// to us.
pub(super) fn runner(run: &Run<'_>, tap: &Path) -> Command {
    let mut tests = program(run.project, "node");
    tests
        .arg("--test")
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=tap")
        .arg(format!("--test-reporter-destination={}", tap.display()));
    if let Some(filter) = &run.filter {
        tests.arg(format!("--test-name-pattern={filter}"));
    }
    tests
}

/// Runs the tests and counts them.
pub(super) fn watch(
    tests: &mut Command,
    tap: &Path,
    patience: Duration,
    tally: &mut Tally,
) -> Result<()> {
    let result = command::watch(tests, patience, |_| {});
    let report = fs::read_to_string(tap);
    for line in report.as_deref().unwrap_or_default().lines() {
        tally.see_tap(line);
    }
    result?;
    report.with_context(|| format!("the runner wrote no {}", tap.display()))?;
    Ok(())
}

/// The files with tests in a folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unread = || format!("cannot read {}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(unread)? {
        let path = entry.with_context(unread)?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
