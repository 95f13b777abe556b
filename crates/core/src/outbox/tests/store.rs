//! The outbox and its store.

use super::*;

#[test]
fn what_an_earlier_store_did_not_take_does_not_go_to_another_gateway() {
    let mut outbox = outbox(&["left", "waits"]);
    assert!(outbox.mark_next(NOW));
    while let Some(batch) = outbox.take_batch(NOW) {
        outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    }
    assert_eq!(outbox.next_leaving(NOW).unwrap().key, Key::new("left"));
    outbox.lost(NOW, Loss::Ours);
    outbox.restored(NOW, "another".to_owned(), 0, Vec::new());
    outbox.connected(NOW, link("boot"));
    let fates = [EntryState::Unconfirmed, EntryState::Parked];
    assert_eq!(states(&outbox), fates);
    assert_eq!(send(&mut outbox), None);
    assert!(outbox.resend(&Key::new("waits"), Key::new("anew")));
    assert_eq!(send(&mut outbox).as_deref(), Some("anew"));
}

#[test]
fn what_is_read_from_the_store_goes_before_what_was_written_meanwhile() {
    let mut before = outbox(&["a", "b"]);
    let on_disk = saved(&mut before);
    let mut outbox = Outbox::new(Bounds::default());
    write(&mut outbox, "c", Some("s"), 1);
    outbox.connected(NOW, link("boot"));
    assert_eq!(send(&mut outbox), None, "the store has not been read");
    outbox.restored(NOW, "store".to_owned(), 0, on_disk);
    assert_eq!(keys(&outbox), ["a", "b", "c"]);
    assert_eq!(send(&mut outbox).as_deref(), Some("a"));
}

#[test]
fn what_a_store_took_at_a_later_try_keeps_its_place() {
    let mut first = restored(Bounds::default());
    write(&mut first, "a", None, 1);
    let batch = first.take_batch(NOW).unwrap();
    first.tell_time(NOW, 7);
    first
        .enqueue(NOW, NewEntry::chat(Key::new("b"), None, 1, 7))
        .unwrap();
    first.stored(NOW, batch.id, Err(StoreError::Failed));
    let mut on_disk = Vec::new();
    while let Some(batch) = first.take_batch(NOW) {
        on_disk.extend(batch.changes.iter().filter_map(|change| match change {
            Change::Add(saved) => Some(saved.clone()),
            _ => None,
        }));
        first.stored(NOW, batch.id, Ok(()));
    }
    assert_eq!(on_disk.first().map(|saved| saved.key.as_str()), Some("b"));
    let mut next = Outbox::new(Bounds::default());
    next.restored(NOW, "store".to_owned(), 8, on_disk);
    assert_eq!(keys(&next), ["a", "b"]);
}

#[test]
fn what_is_done_does_not_come_back_when_the_store_is_read_before_it_knows() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "k", None, 1);
    let on_disk = saved(&mut outbox);
    assert!(outbox.remove(&Key::new("k")));
    outbox.restored(NOW, "store".to_owned(), 0, on_disk.clone());
    assert!(outbox.entries().is_empty());
    outbox.adopt(NOW, 0, on_disk);
    assert!(outbox.entries().is_empty());
    let batch = outbox.take_batch(NOW).unwrap();
    assert_eq!(batch.changes, [Change::Drop(Key::new("k"))]);
}

#[test]
fn a_repeat_that_was_held_up_until_its_key_may_be_forgotten_is_decided_anew() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("boot"));
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    assert!(outbox.mark_next(NOW), "it may be repeated now");
    let thawed = NOW + KEY_LIFETIME;
    let batch = outbox.take_batch(NOW).unwrap();
    outbox.stored(thawed, batch.id, Ok(()));
    let again = outbox.take_batch(thawed).unwrap();
    outbox.stored(thawed, again.id, Ok(()));
    assert_eq!(outbox.next_leaving(thawed), None);
    outbox.begin_look(thawed).unwrap();
    outbox.looked(thawed, "s", History::default());
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}

#[test]
fn a_key_that_is_used_anew_is_stored_after_its_first_entry_is_dropped() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "k", None, 1);
    store(&mut outbox);
    outbox.confirm(&Key::new("k"));
    write(&mut outbox, "k", None, 1);
    let first = outbox.take_batch(NOW).unwrap();
    assert_eq!(first.changes, [Change::Drop(Key::new("k"))]);
    outbox.stored(NOW, first.id, Ok(()));
    let second = outbox.take_batch(NOW).unwrap();
    assert!(matches!(second.changes[..], [Change::Add(_)]));
}

#[test]
fn a_page_that_may_have_been_frozen_asks_the_store_again_before_anything_leaves() {
    let mut outbox = outbox(&["k"]);
    assert!(outbox.mark_next(NOW));
    let mut now = NOW;
    for _ in 0..3 {
        let batch = outbox.take_batch(now).unwrap();
        now = now + Duration::from_secs(4);
        outbox.stored(now, batch.id, Ok(()));
        assert_eq!(outbox.next_leaving(now), None);
    }
    let batch = outbox.take_batch(now).unwrap();
    assert!(matches!(batch.changes[..], [Change::Set(_)]));
    now = now + Duration::from_secs(4);
    outbox.stored(now, batch.id, Ok(()));
    assert!(outbox.next_leaving(now).is_some(), "the store is only slow");
}

#[test]
fn an_entry_that_goes_by_another_key_is_not_adopted_a_second_time() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "k", Some("s"), 1);
    let on_disk = saved(&mut outbox);
    outbox.renew(&Key::new("k"), Key::new("k.2"));
    outbox.adopt(NOW, 0, on_disk);
    assert_eq!(keys(&outbox), ["k.2"]);
}

#[test]
fn a_mark_that_was_stored_as_the_connection_ended_is_taken_back() {
    let mut outbox = outbox(&["k"]);
    assert!(outbox.mark_next(NOW));
    store(&mut outbox);
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("other"));
    assert_eq!(
        outbox.next_leaving(NOW),
        None,
        "not with the mark of the old process"
    );
    assert_eq!(outbox.begin_look(NOW), None, "no byte of it has left");
    assert_eq!(send(&mut outbox).as_deref(), Some("k"));
}

#[test]
fn no_timer_runs_for_a_store_that_is_being_tried_again_or_has_nothing_to_take() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "k", None, 1);
    let mut batch = outbox.take_batch(NOW).unwrap();
    for _ in 0..2 {
        outbox.stored(NOW, batch.id, Err(StoreError::Failed));
        let due = outbox.deadline().expect("another try");
        batch = outbox.take_batch(due).unwrap();
        assert_eq!(outbox.deadline(), None, "it is under way");
    }
    outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    let due = outbox.deadline().expect("another try");
    assert!(outbox.remove(&Key::new("k")));
    assert_eq!(outbox.deadline(), None);
    assert_eq!(outbox.take_batch(due), None, "it never got there");
}

#[test]
fn what_is_forgotten_while_it_is_stored_is_told_and_leaves_nothing_to_do() {
    let mut outbox = outbox(&["stored", "on its way"]);
    let batch = outbox.take_batch(NOW).unwrap();
    write(&mut outbox, "new", Some("s"), 1);
    while outbox.poll_update().is_some() {}
    outbox.clear();
    let mut told = Vec::new();
    while let Some(update) = outbox.poll_update() {
        let Update::Removed(key) = update else {
            panic!("{update:?}");
        };
        told.push(key.to_string());
    }
    told.sort();
    assert_eq!(told, ["new", "on its way", "stored"]);
    outbox.stored(NOW, batch.id, Ok(()));
    assert!(outbox.entries().is_empty() && outbox.is_stored());
    // The next device's outbox knows nothing of them.
    outbox.restored(NOW, "another".to_owned(), 0, Vec::new());
    assert!(outbox.entries().is_empty());
    assert_eq!(outbox.take_batch(NOW).map(|batch| batch.changes), None);
}

#[test]
fn what_the_store_has_wakes_the_outbox_once_a_store_that_failed_may_be_tried() {
    let mut outbox = outbox(&["kept"]);
    outbox.lost(NOW, Loss::Ours);
    store(&mut outbox);
    for key in ["a", "b", "c", "d", "e", "f"] {
        write(&mut outbox, key, Some("t"), 1);
    }
    while let Some(batch) = outbox.take_batch(NOW) {
        outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    }
    for key in ["a", "b", "c", "d", "e", "f"] {
        assert!(outbox.remove(&Key::new(key)));
    }
    while let Some(batch) = outbox.take_batch(NOW) {
        outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    }
    outbox.connected(NOW, link("boot"));
    assert!(!outbox.mark_next(NOW), "the store would not know of it");
    let again = outbox.journal_deadline().expect("a time to try again");
    assert!(outbox.mark_next(again));
}
