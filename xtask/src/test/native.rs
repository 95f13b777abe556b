//! Tests that need no browser.

use anyhow::Result;

use super::Run;
use super::tally::Tally;
use crate::build::native_packages;
use crate::command::{self, cargo};

pub(super) fn native(run: &Run<'_>, tally: &mut Tally) -> Result<()> {
    let mut tests = cargo(run.project, &["test", "--no-fail-fast"]);
    tests.args(native_packages()).arg("--");
    if run.full {
        tests.arg("--include-ignored");
    }
    tests.args(&run.filter);
    command::watch(&mut tests, |line| tally.see_libtest(line))
}
