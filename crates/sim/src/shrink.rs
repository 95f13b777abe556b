//! Cutting a failing case down: fewer steps, shorter waits, a simpler world,
//! as long as the same promise is broken.

use crate::script::Action;
use crate::seed::Case;

/// After this many plays what is left is short enough.
const MOST_PLAYS: u32 = 4_000;

/// The smallest case found that breaks the same promise.
#[must_use]
pub fn shrink(case: &Case, promise: &str) -> Case {
    let mut best = case.clone();
    let mut plays = 0;
    let mut fails = |candidate: &Case| {
        plays += 1;
        plays <= MOST_PLAYS
            && candidate
                .play(false)
                .broken
                .is_some_and(|broken| broken.promise == promise)
    };
    loop {
        let before = (best.script.len(), weight(&best));
        remove_steps(&mut best, &mut fails);
        shorten_waits(&mut best, &mut fails);
        write_less(&mut best, &mut fails);
        for setup in best.setup.simpler() {
            let candidate = Case {
                setup,
                script: best.script.clone(),
            };
            if fails(&candidate) {
                best = candidate;
            }
        }
        if (best.script.len(), weight(&best)) == before {
            return best;
        }
    }
}

fn weight(case: &Case) -> u64 {
    case.script.iter().map(|step| step.wait).sum()
}

/// Takes out ever smaller pieces. What follows comes as much earlier, or, in a
/// second try, at its own time.
fn remove_steps(best: &mut Case, fails: &mut impl FnMut(&Case) -> bool) {
    let mut size = best.script.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < best.script.len() {
            let end = (at + size).min(best.script.len());
            let mut candidate = best.clone();
            let gone: u64 = candidate.script.drain(at..end).map(|step| step.wait).sum();
            let mut later = candidate.clone();
            if let Some(next) = later.script.get_mut(at) {
                next.wait += gone;
            }
            if fails(&candidate) {
                *best = candidate;
            } else if fails(&later) {
                *best = later;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
}

fn shorten_waits(best: &mut Case, fails: &mut impl FnMut(&Case) -> bool) {
    for at in 0..best.script.len() {
        for divisor in [u64::MAX, 8, 2] {
            let mut candidate = best.clone();
            let wait = &mut candidate.script[at].wait;
            let shorter = *wait / divisor;
            if shorter == *wait {
                break;
            }
            *wait = shorter;
            if fails(&candidate) {
                *best = candidate;
                break;
            }
        }
    }
}

/// Bursts of fewer messages.
fn write_less(best: &mut Case, fails: &mut impl FnMut(&Case) -> bool) {
    for at in 0..best.script.len() {
        while let Action::Burst(tab, count, letter) = &best.script[at].action {
            let mut candidate = best.clone();
            candidate.script[at].action = match count {
                0..=2 => Action::Write(*tab, letter.clone()),
                more => Action::Burst(*tab, more - 1, letter.clone()),
            };
            if !fails(&candidate) {
                break;
            }
            *best = candidate;
        }
    }
}
