//! What looks into history find of an accepted message, or do not.

use super::*;

/// An outbox with one message, which the gateway has accepted.
fn accepted() -> (Outbox, Key) {
    let mut outbox = outbox(&["k"]);
    let key = Key::new("k");
    send(&mut outbox).unwrap();
    outbox.answered(NOW, &key, Reply::Accepted { last: true });
    (outbox, key)
}

/// A look that finds this.
fn look(outbox: &mut Outbox, now: Instant, found: History) {
    outbox.begin_look(now).unwrap();
    outbox.looked(now, "s", found);
}

#[test]
fn looks_in_quick_succession_are_one_look() {
    let (mut outbox, key) = accepted();
    for seconds in 0..5 {
        let now = NOW + Duration::from_secs(seconds);
        outbox.ended_without_message(now, &key);
        outbox.begin_look(now).unwrap();
        outbox.looked(now, "s", History::default());
        assert_eq!(states(&outbox), [EntryState::Accepted]);
    }
    let apart = NOW + Duration::from_secs(12);
    outbox.ended_without_message(apart, &key);
    look(&mut outbox, apart, History::default());
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}

#[test]
fn an_accepted_message_that_was_thrown_away_without_a_word_is_given_to_a_person() {
    let (mut outbox, _) = accepted();
    let mut looks = 0;
    let mut now = NOW;
    while states(&outbox) == [EntryState::Accepted] {
        now = outbox.deadline().expect("another look");
        look(&mut outbox, now, History::default());
        looks += 1;
    }
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
    assert_eq!(reasons(&outbox), ["no-row"]);
    assert_eq!(looks, 6);
    assert!(now.since(NOW) >= Duration::from_secs(200));
}

#[test]
fn a_run_that_ended_without_any_trace_is_not_waited_for_for_ever() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    let mut now = NOW;
    for expected in [EntryState::Accepted, EntryState::Unconfirmed] {
        look(&mut outbox, now, History::default());
        assert_eq!(states(&outbox), [expected]);
        now = now + Duration::from_secs(60);
    }
}

#[test]
fn a_waiting_input_whose_own_run_ended_is_waited_for() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    let mut now = NOW;
    for _ in 0..5 {
        outbox.begin_look(now).unwrap();
        let input = PendingInput {
            key: "k".to_owned(),
            interrupted: false,
        };
        let history = History {
            pending: vec![input],
            ..History::default()
        };
        outbox.looked(now, "s", history);
        assert_eq!(states(&outbox), [EntryState::Accepted]);
        now = now + Duration::from_secs(60);
    }
}

/// A session that is busy with another message.
fn busy() -> History {
    let input = PendingInput {
        key: "another".to_owned(),
        interrupted: false,
    };
    History {
        pending: vec![input],
        ..History::default()
    }
}

#[test]
fn while_others_are_dealt_with_a_message_without_a_trace_is_waited_for_but_not_for_ever() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    let mut now = NOW;
    while states(&outbox) == [EntryState::Accepted] {
        look(&mut outbox, now, busy());
        now = outbox.deadline().unwrap_or(now + Duration::from_secs(10));
    }
    assert_eq!(reasons(&outbox), ["no-row"]);
    let minutes = now.since(NOW).as_secs() / 60;
    assert!((5..20).contains(&minutes), "{minutes}");
}

#[test]
fn a_session_that_comes_to_rest_is_looked_into_twice_before_a_message_is_given_up() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    let seen = [
        (busy(), EntryState::Accepted),
        (History::default(), EntryState::Accepted),
        (History::default(), EntryState::Unconfirmed),
    ];
    let mut now = NOW;
    for (history, expected) in seen {
        look(&mut outbox, now, history);
        assert_eq!(states(&outbox), [expected]);
        now = outbox.deadline().unwrap_or(now);
    }
}

#[test]
fn a_repeat_is_not_given_up_for_what_was_missed_before_it() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    look(&mut outbox, NOW, History::default());
    let later = NOW + Duration::from_secs(60);
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(later, link("boot"));
    look(&mut outbox, later, History::default());
    send(&mut outbox).unwrap();
    outbox.answered(later, &key, Reply::Accepted { last: true });
    outbox.missed_frames(NOW);
    look(&mut outbox, later, History::default());
    assert_eq!(states(&outbox), [EntryState::Accepted]);
}

#[test]
fn a_trace_that_comes_and_goes_is_waited_for_as_if_nothing_had_been_missed_before() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    let in_flight = History {
        in_flight: Some("k".to_owned()),
        ..History::default()
    };
    let seen = [
        (History::default(), EntryState::Accepted),
        (in_flight, EntryState::Accepted),
        (History::default(), EntryState::Accepted),
        (History::default(), EntryState::Unconfirmed),
    ];
    let mut now = NOW;
    for (history, expected) in seen {
        look(&mut outbox, now, history);
        assert_eq!(states(&outbox), [expected]);
        now = now + Duration::from_secs(60);
    }
}

#[test]
fn history_is_read_back_past_an_accepted_message_too() {
    let (mut outbox, key) = accepted();
    outbox.ended_without_message(NOW, &key);
    outbox.begin_look(NOW).unwrap();
    let newest_page = History {
        oldest: Some(NOW.as_millis()),
        older: Some(200),
        ..History::default()
    };
    outbox.looked(NOW, "s", newest_page);
    assert_eq!(outbox.begin_look(NOW), Some(("s".to_owned(), 200)));
}

#[test]
fn a_gateway_that_reports_ends_without_end_is_asked_ever_more_rarely() {
    let (mut outbox, key) = accepted();
    let (mut now, mut looks) = (NOW, 0);
    while now.since(NOW) < Duration::from_secs(60) {
        outbox.ended_without_message(now, &key);
        if outbox.begin_look(now).is_some() {
            looks += 1;
            // It is among the inputs that wait: nothing is decided.
            let input = PendingInput {
                key: key.to_string(),
                interrupted: false,
            };
            let waits = History {
                pending: vec![input],
                ..History::default()
            };
            outbox.looked(now, "s", waits);
        }
        now = now + Duration::from_millis(1);
    }
    assert_eq!(looks, 10);
}

#[test]
fn where_history_is_refused_for_good_a_message_in_doubt_is_decided_by_its_key_alone() {
    for (boot, next) in [
        ("boot", EntryState::Sending),
        ("another", EntryState::Unconfirmed),
    ] {
        let mut outbox = outbox(&["k"]);
        send(&mut outbox).unwrap();
        outbox.lost(NOW, Loss::Lost);
        outbox.connected(NOW, link(boot));
        outbox.begin_look(NOW).unwrap();
        outbox.look_failed(NOW, "s", true);
        send(&mut outbox);
        assert_eq!(states(&outbox), [next]);
    }
}

#[test]
fn where_history_is_refused_for_good_an_accepted_message_is_given_to_a_person() {
    let (mut outbox, _) = accepted();
    let mut now = NOW;
    for _ in 0..100 {
        let Some(due) = outbox.deadline() else { break };
        now = due;
        if outbox.begin_look(now).is_some() {
            outbox.look_failed(now, "s", true);
        }
    }
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
    assert_eq!(reasons(&outbox), ["no-row"]);
    assert!(now.since(NOW) >= Duration::from_secs(60));
}
