//! The second try that CI gives to a few tests, each alone.
//!
//! A submission has one run on two cores, beside nothing that we know of, and
//! its thousands of tests start browsers, gateways and processes that are
//! killed. What fails for want of a core passes alone; what is broken fails
//! again. A developer's run gives no second try: there a test that fails now
//! and then is to be seen (docs/adr/0027-a-second-try-in-ci.md).

use super::tally::Tally;

/// With more than that something is broken.
const MOST: usize = 4;

/// Whether this run gives second tries.
fn offered() -> bool {
    std::env::var_os("CI").is_some()
}

/// Runs the named tests once more, where that is offered and they are all that
/// failed since `before`.
/// What passes then counts as passed, and is named in the last lines of the run.
/// Returns whether nothing is left that failed.
pub(super) fn again(
    before: u64,
    names: &[String],
    tally: &mut Tally,
    mut rerun: impl FnMut(&str, &mut Tally),
) -> bool {
    let all = tally.failed - before == names.len() as u64;
    if !offered() || !all || names.is_empty() || names.len() > MOST {
        return false;
    }
    let mut passed = 0;
    for name in names {
        println!("\nonce more, alone: {name}");
        let mut second = Tally::default();
        rerun(name, &mut second);
        if second.passed > 0 && second.failed == 0 {
            tally.passes_at_second_try(name);
            passed += 1;
        }
    }
    passed == names.len()
}
