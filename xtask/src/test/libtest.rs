//! Tests that libtest runs, or the runner of wasm-bindgen.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::Run;
use super::again::again;
use super::tally::{Tally, failed_in_libtest};
use crate::command;

/// Runs one test binary, which `tests` starts with the words that select tests,
/// and counts.
pub(super) fn watch(
    run: &Run<'_>,
    patience: Duration,
    tests: impl Fn(&[&str]) -> Command,
    tally: &mut Tally,
) -> Result<()> {
    let before = tally.failed;
    let mut names = Vec::new();
    let wanted: Vec<_> = run.filter.as_deref().into_iter().collect();
    let first = command::watch(&mut tests(&wanted), patience, |line| {
        tally.see_libtest(line);
        names.extend(failed_in_libtest(line));
    });
    let Err(error) = first else { return Ok(()) };
    println!("{error:#}");
    // Killed or crashed: no sum was printed.
    if tally.failed == before {
        tally.add(0, 1);
        return Err(error);
    }
    let mended = again(before, &names, tally, |name, second| {
        let once = &mut tests(&[name, "--exact"]);
        if let Err(error) = command::watch(once, patience, |line| second.see_libtest(line)) {
            println!("{error:#}");
        }
    });
    if mended { Ok(()) } else { Err(error) }
}
