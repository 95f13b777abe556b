//! Tests that Node's own runner runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Run;
use super::again::again;
use super::tally::{Tally, failed_in_tap};
use crate::command::{self, program};

/// What Node's runner is asked for.
pub(super) struct Tests<'a> {
    /// Where it reports to us.
    pub(super) results: &'a Path,
    /// For all of them, should the runner itself hang.
    pub(super) patience: Duration,
    /// Whether a file that dies after one of its tests failed still shows: Node tells
    /// of one failure only, where tests stand in a file directly.
    pub(super) is_nested: bool,
    /// Names the tests, and says what they need.
    pub(super) told: &'a dyn Fn(&mut Command) -> Result<()>,
}

/// Runs the tests and counts them.
pub(super) fn watch(run: &Run<'_>, tests: &Tests<'_>, tally: &mut Tally) -> Result<()> {
    let before = tally.failed;
    let first = once(
        run,
        tests,
        "results.tap",
        run.filter.as_deref().map(str::to_owned),
        tally,
    );
    let Err(error) = first else { return Ok(()) };
    if !tests.is_nested {
        return Err(error);
    }
    let report = fs::read_to_string(tests.results.join("results.tap")).unwrap_or_default();
    let names = failed_in_tap(&report);
    let mended = again(before, &names, tally, |name, second| {
        // What it prints says how it ended.
        let _ = once(run, tests, "again.tap", Some(exactly(name)), second);
    });
    if mended { Ok(()) } else { Err(error) }
}

/// One run of the runner, which reports to people and, into a file, to us.
fn once(
    run: &Run<'_>,
    tests: &Tests<'_>,
    report: &str,
    pattern: Option<String>,
    tally: &mut Tally,
) -> Result<()> {
    let tap = tests.results.join(report);
    let mut runner = program(run.project, "node");
    runner
        .arg("--test")
        .args(["--test-reporter=spec", "--test-reporter-destination=stdout"])
        .arg("--test-reporter=tap")
        .arg(format!("--test-reporter-destination={}", tap.display()));
    if let Some(pattern) = pattern {
        runner.arg(format!("--test-name-pattern={pattern}"));
    }
    (tests.told)(&mut runner)?;
    let result = command::watch(&mut runner, tests.patience, |_| {});
    let report = fs::read_to_string(&tap);
    for line in report.as_deref().unwrap_or_default().lines() {
        tally.see_tap(line);
    }
    result?;
    report.with_context(|| format!("the runner wrote no {}", tap.display()))?;
    Ok(())
}

/// A pattern for this name alone, whatever stands in it.
fn exactly(name: &str) -> String {
    let mut pattern = String::new();
    for letter in name.chars() {
        if letter.is_ascii_punctuation() {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('$');
    pattern
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
