//! Counting tests from what their runners print.

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Tally {
    /// Adds to both.
    pub(super) fn add(&mut self, passed: u64, failed: u64) {
        self.passed += passed;
        self.failed += failed;
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

/// The number that stands before a word.
fn before(text: &str, word: &str) -> u64 {
    text.find(word)
        .and_then(|at| text[..at].rsplit(|c: char| !c.is_ascii_digit()).next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Tally;

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
