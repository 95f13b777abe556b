//! What is kept of a message comes back, and how carefully it is kept.

use super::*;

const STATES: [EntryState; 6] = [
    EntryState::Queued,
    EntryState::Sending,
    EntryState::Accepted,
    EntryState::Confirmed,
    EntryState::Parked,
    EntryState::Unconfirmed,
];

fn kept(key: &str) -> Saved {
    Saved {
        origin: Key::new(key),
        key: Key::new(key),
        route: Route::Chat(Some("s".to_owned())),
        answers: Answers::First,
        bytes: 1,
        written_ms: 7,
        ttl: None,
        state: EntryState::Queued,
        mark: None,
        attempts: 0,
        reason: None,
        parked_ms: None,
        replaces: None,
    }
}

/// It was sent to the process `boot`, just now.
fn sent(key: &str, state: EntryState) -> Saved {
    let mark = Mark {
        boot_id: "boot".to_owned(),
        gateway_ms: NOW.as_millis(),
    };
    Saved {
        state,
        mark: Some(mark),
        attempts: 1,
        ..kept(key)
    }
}

fn read(entries: Vec<Saved>) -> Outbox {
    let mut outbox = Outbox::new(Bounds::default());
    outbox.restored(NOW, "store".to_owned(), 0, entries);
    outbox
}

/// The next batch for the store.
fn batch(outbox: &mut Outbox) -> Batch {
    outbox.take_batch(NOW).unwrap()
}

#[test]
fn what_stopped_before_a_reload_is_told_as_it_was() {
    let stopped = Saved {
        state: EntryState::Parked,
        attempts: 3,
        reason: Some("refused".to_owned()),
        replaces: Some(Key::new("dead")),
        ..kept("k")
    };
    let outbox = read(vec![stopped]);
    let entries = outbox.entries();
    let [entry] = entries.as_slice() else {
        panic!("one entry");
    };
    assert_eq!(entry.state, EntryState::Parked);
    assert_eq!(entry.attempts, 3);
    assert_eq!(entry.reason.as_deref(), Some("refused"));
    assert_eq!(entry.replaces, Some(Key::new("dead")));
    assert_eq!(entry.written_ms, 7);
    assert_eq!(
        (entry.session.as_deref(), entry.method.as_deref()),
        (Some("s"), None)
    );
    assert!(outbox.knows(&Key::new("k")) && !outbox.knows(&Key::new("dead")));
}

#[test]
fn every_states_word_is_read_back_and_no_other() {
    for state in STATES {
        assert_eq!(EntryState::parse(state.as_str()), Some(state));
    }
    assert_eq!(EntryState::parse("lost"), None);
}

#[test]
fn a_request_has_a_method_and_a_message_a_session() {
    let request = Route::Method {
        name: "poll".to_owned(),
        session: Some("s".to_owned()),
    };
    assert_eq!(
        (request.method(), request.session(), request.transcript()),
        (Some("poll"), Some("s"), None)
    );
    let message = Route::Chat(Some("s".to_owned()));
    assert_eq!(
        (message.method(), message.session(), message.transcript()),
        (None, Some("s"), Some("s"))
    );
}

#[test]
fn one_message_is_kept_strictly_and_a_hundred_at_once_are_not() {
    let strict = |count: usize| {
        let mut outbox = read(Vec::new());
        for number in 0..count {
            write(&mut outbox, &format!("k{number}"), None, 1);
        }
        batch(&mut outbox).strict
    };
    assert!(strict(1));
    assert!(strict(99));
    assert!(!strict(100));
}

#[test]
fn a_mark_is_kept_strictly_however_many_go_with_it() {
    let mut outbox = read(Vec::new());
    outbox.connected(NOW, link("boot"));
    write(&mut outbox, "first", Some("s"), 1);
    store(&mut outbox);
    assert!(outbox.mark_next(NOW));
    for number in 0..200 {
        write(&mut outbox, &format!("k{number}"), Some("t"), 1);
    }
    assert!(batch(&mut outbox).strict);
}

#[test]
fn it_is_stored_when_nothing_new_is_known_and_nothing_is_on_its_way() {
    let mut outbox = read(Vec::new());
    assert!(outbox.is_stored() && !outbox.is_storing());
    write(&mut outbox, "k", None, 1);
    assert!(!outbox.is_stored() && !outbox.is_storing());
    let on_its_way = batch(&mut outbox);
    assert!(!outbox.is_stored() && outbox.is_storing());
    outbox.stored(NOW, on_its_way.id, Ok(()));
    assert!(outbox.is_stored() && !outbox.is_storing());
    assert!(outbox.remove(&Key::new("k")));
    assert!(!outbox.is_stored(), "the store still has it");
    store(&mut outbox);
    assert!(outbox.is_stored());
}

#[test]
fn a_message_whose_time_runs_out_is_parked_then_and_not_before() {
    let mut outbox = read(Vec::new());
    let mut new = NewEntry::chat(Key::new("k"), None, 1, 0);
    new.ttl = Some(Duration::from_secs(5));
    outbox.enqueue(NOW, new).unwrap();
    let due = NOW + Duration::from_secs(5);
    outbox.expire(due - Duration::from_millis(1));
    assert_eq!(states(&outbox), [EntryState::Queued]);
    outbox.expire(due);
    assert_eq!(states(&outbox), [EntryState::Parked]);
    assert_eq!(outbox.entries()[0].reason.as_deref(), Some("expired"));
}

#[test]
fn of_two_messages_the_one_with_more_time_waits_on() {
    let mut outbox = read(Vec::new());
    for (key, seconds) in [("soon", 5), ("later", 60)] {
        let mut new = NewEntry::chat(Key::new(key), None, 1, 0);
        new.ttl = Some(Duration::from_secs(seconds));
        outbox.enqueue(NOW, new).unwrap();
    }
    outbox.expire(NOW + Duration::from_secs(5));
    assert_eq!(states(&outbox), [EntryState::Parked, EntryState::Queued]);
    outbox.expire(NOW + Duration::from_secs(60));
    assert_eq!(states(&outbox), [EntryState::Parked, EntryState::Parked]);
}

#[test]
fn what_a_person_takes_back_is_struck_out_of_the_store_strictly() {
    let mut outbox = read(Vec::new());
    write(&mut outbox, "k", None, 1);
    store(&mut outbox);
    assert!(outbox.remove(&Key::new("k")));
    assert!(batch(&mut outbox).strict);
}

#[test]
fn words_may_grow_to_the_bound_and_no_further() {
    let mut outbox = read(Vec::new());
    outbox.bounds.bytes = 10;
    write(&mut outbox, "k", None, 4);
    let key = Key::new("k");
    assert_eq!(outbox.edit(&key, Key::new("new"), 10), Ok(true));
    assert_eq!(
        outbox.edit(&key, Key::new("new"), 11),
        Err(EnqueueError::TooLarge { limit: 10 })
    );
}

#[test]
fn what_is_proven_is_struck_out_of_the_store_without_haste() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.confirm(&Key::new("k"));
    assert!(!batch(&mut outbox).strict);
}

#[test]
fn a_message_has_after_a_reload_the_time_that_it_had_left() {
    let written = Saved {
        ttl: Some(Duration::from_secs(60)),
        ..kept("k")
    };
    let mut outbox = Outbox::new(Bounds::default());
    let wall_ms = written.written_ms + 20_000;
    outbox.restored(NOW, "store".to_owned(), wall_ms, vec![written]);
    let due = NOW + Duration::from_secs(40);
    outbox.expire(due - Duration::from_millis(1));
    assert_eq!(states(&outbox), [EntryState::Queued]);
    outbox.expire(due);
    assert_eq!(states(&outbox), [EntryState::Parked]);
}

#[test]
fn a_repeat_that_had_not_left_before_a_reload_is_decided_anew() {
    let mut outbox = read(vec![sent("k", EntryState::Queued)]);
    outbox.connected(NOW, link("another"));
    assert_eq!(send(&mut outbox), None, "its first attempt may have run");
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}

#[test]
fn what_left_before_a_reload_has_left_also_when_the_new_connection_is_lost() {
    let mut outbox = read(vec![sent("k", EntryState::Sending)]);
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("boot"));
    assert_eq!(states(&outbox), [EntryState::Sending]);
    assert_eq!(send(&mut outbox), None, "it is looked up first");
}

#[test]
fn a_repeat_that_waits_does_not_expire_for_its_first_attempt_may_have_run() {
    let repeat = Saved {
        ttl: Some(Duration::ZERO),
        ..sent("k", EntryState::Queued)
    };
    let mut outbox = read(vec![repeat]);
    outbox.connected(NOW, link("boot"));
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    outbox.expire(NOW);
    assert_eq!(states(&outbox), [EntryState::Queued]);
}

#[test]
fn what_goes_by_another_key_is_struck_out_under_the_one_that_it_was_written_with() {
    let renewed = Saved {
        key: Key::new("k.2"),
        ..kept("k")
    };
    let mut outbox = read(vec![renewed]);
    outbox.confirm(&Key::new("k.2"));
    assert_eq!(batch(&mut outbox).changes, [Change::Drop(Key::new("k"))]);
}
