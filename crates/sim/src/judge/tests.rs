//! What the judge calls wrong, and what it does not.

use super::Judge;
use crate::rng::Rng;
use crate::script::Letter;
use crate::setup::Setup;

const TAB: usize = 0;
/// Later than any answer that is in time, in ms.
const LATE: u64 = 40_000;

/// A judge of a gateway that forgets its keys, in whose world a tab wrote `m`.
fn judge() -> Judge {
    let mut judge = Judge::new(&Setup {
        durable: false,
        ..Setup::draw(&mut Rng::new(1))
    });
    let letter = Letter {
        session: 0,
        main: true,
        method: None,
        bytes: 10,
        ttl: None,
        file: None,
        fault: None,
    };
    judge.wrote(0, TAB, 0, "m", "main", "message 0".to_owned(), &letter);
    judge
}

/// … and sent it to the first process, which refused it: late.
fn refused_late(is_read: bool) -> Judge {
    let mut judge = judge();
    judge.departs(1, TAB, "m", 1);
    judge.sending(1, TAB, 7, "m");
    judge.answered(LATE, TAB, 7, false, is_read);
    judge
}

#[test]
fn a_refusal_that_a_tab_waits_for_counts_however_late_it_is() {
    // The tab slept meanwhile, and its clock stood still.
    let mut judge = refused_late(true);
    judge.departs(LATE + 1, TAB, "m", 2);
    assert_eq!(judge.verdict(LATE + 1), Ok(()));
}

#[test]
fn a_refusal_that_nobody_waits_for_any_more_does_not_count() {
    let mut judge = refused_late(false);
    judge.departs(LATE + 1, TAB, "m", 2);
    let broken = judge.verdict(LATE + 1).unwrap_err();
    assert!(broken.what.ends_with("another process of the gateway"));
}

#[test]
fn who_does_not_wait_for_an_answer_in_time_is_no_excuse() {
    let mut judge = judge();
    judge.departs(1, TAB, "m", 1);
    judge.sending(1, TAB, 7, "m");
    judge.answered(2, TAB, 7, false, false);
    judge.given_up(3, "m", Some(1), false, None);
    let broken = judge.verdict(3).unwrap_err();
    assert!(broken.what.ends_with("and it never left"));
}

/// A tab that led when `m` was stored, and does not know that `TAB` leads now.
const OLD_LEADER: usize = 1;

/// A person has `m`, which a store has, sent again in both tabs.
fn sent_again_in_both(first: usize, second: usize) -> Judge {
    let mut judge = judge();
    judge.kept("m", "m");
    for tab in [first, second] {
        let is_stale = tab == OLD_LEADER;
        judge.person_resends(tab, "m", &format!("again{tab}"), is_stale);
    }
    judge
}

#[test]
fn a_key_that_no_store_will_take_is_none_for_who_leads() {
    for (first, second) in [(TAB, OLD_LEADER), (OLD_LEADER, TAB)] {
        let mut judge = sent_again_in_both(first, second);
        judge.departs(1, TAB, "again0", 1);
        assert_eq!(judge.verdict(1), Ok(()), "{first} before {second}");
    }
}

#[test]
fn a_key_that_no_store_took_is_forgotten_under_later_ones() {
    let mut judge = sent_again_in_both(OLD_LEADER, TAB);
    judge.gives_up_outbox(OLD_LEADER);
    // Nor did it take that one: a third tab leads.
    judge.leads_now(2, 0);
    judge.departs(1, 2, "m", 1);
    assert_eq!(judge.verdict(1), Ok(()));
}

#[test]
fn an_old_key_leaves_no_more_once_who_leads_gave_a_new_one() {
    let mut judge = judge();
    judge.kept("m", "m");
    judge.person_resends(TAB, "m", "again0", false);
    judge.departs(1, OLD_LEADER, "m", 1);
    let broken = judge.verdict(1).unwrap_err();
    assert!(broken.what.ends_with("has another key by now"));
}

#[test]
fn a_key_that_a_store_took_after_all_counts() {
    let mut judge = judge();
    judge.kept("m", "m");
    judge.person_resends(OLD_LEADER, "m", "again1", true);
    judge.kept("m", "again1");
    judge.departs(1, TAB, "m", 1);
    let broken = judge.verdict(1).unwrap_err();
    assert!(broken.what.ends_with("has another key by now"));
}
