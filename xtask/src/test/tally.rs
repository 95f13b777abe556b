//! Counting tests from what their runners print.

/// Tests that passed and failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
    /// The names of those among the passed that had failed before.
    pub(super) second_try: Vec<String>,
}

impl Tally {
    /// Adds to both.
    pub(super) fn add(&mut self, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
    }

    /// Counts a test as passed that was counted as failed.
    pub(super) fn passes_at_second_try(&mut self, name: &str) {
        self.failed -= 1;
        self.passed += 1;
        self.second_try.push(name.to_owned());
    }

    /// Adds the sum of one test binary: `test result: ok. 3 passed; 0 failed; …`,
    /// which libtest and the runner of wasm-bindgen both print.
    pub(super) fn see_libtest(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        self.add(before(counts, " passed"), before(counts, " failed"));
    }

    /// Adds the sum of one run of Node's test runner: `# pass 3` in TAP.
    pub(super) fn see_tap(&mut self, line: &str) {
        let number = |prefix: &str| line.strip_prefix(prefix)?.trim().parse().ok();
        self.add(
            number("# pass ").unwrap_or(0),
            number("# fail ").unwrap_or(0) + number("# cancelled ").unwrap_or(0),
        );
    }
}

/// The test that a line of libtest, or of the runner of wasm-bindgen, calls failed.
pub(super) fn failed_in_libtest(line: &str) -> Option<String> {
    let (name, result) = line.strip_prefix("test ")?.split_once(" ... ")?;
    result.starts_with("FAIL").then(|| name.to_owned())
}

/// The tests that a report in TAP calls failed: those themselves, not the suites
/// and tests around them.
pub(super) fn failed_in_tap(report: &str) -> Vec<String> {
    let mut failed = Vec::new();
    let mut lines = report.lines().map(str::trim_start);
    while let Some(line) = lines.next() {
        let Some((_, name)) = line
            .strip_prefix("not ok ")
            .and_then(|rest| rest.split_once(" - "))
        else {
            continue;
        };
        let outer = lines
            .by_ref()
            .take_while(|detail| *detail != "...")
            .any(|detail| detail == "type: 'suite'" || detail == "failureType: 'subtestsFailed'");
        if !outer {
            failed.push(name.replace("\\#", "#").replace("\\\\", "\\"));
        }
    }
    failed
}

/// The number that stands before a word.
fn before(text: &str, word: &str) -> u64 {
    text.find(word)
        .and_then(|at| text[..at].rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Tally, failed_in_libtest, failed_in_tap};

    #[test]
    fn tests_that_failed_are_named_without_those_around_them() {
        assert_eq!(
            failed_in_libtest("test outbox::sends_once ... FAILED").as_deref(),
            Some("outbox::sends_once")
        );
        assert_eq!(failed_in_libtest("test outbox::sends_once ... ok"), None);
        let report = r"TAP version 13
# Subtest: scenarios
    # Subtest: a message arrives
    not ok 1 - a message \\ arrives \# once
      ---
      type: 'test'
      failureType: 'testCodeFailure'
      stack: |-
        not here
      ...
    ok 2 - another
      ---
      ...
not ok 1 - scenarios
  ---
  type: 'suite'
  failureType: 'subtestsFailed'
  ...
# fail 1
";
        assert_eq!(failed_in_tap(report), [r"a message \ arrives # once"]);
    }

    #[test]
    fn the_sums_of_several_runners_add_up() {
        let mut tally = Tally::default();
        tally.see_libtest("running 3 tests");
        tally.see_libtest(
            "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out",
        );
        tally.see_libtest("test result: ok. 5 passed; 0 failed; 0 ignored; 2 filtered out");
        for line in [
            "# tests 4",
            "# pass 2",
            "# fail 1",
            "# cancelled 1",
            "# skipped 7",
        ] {
            tally.see_tap(line);
        }
        assert_eq!((tally.passed, tally.failed), (19, 5));
    }
}
