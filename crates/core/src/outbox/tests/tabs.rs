//! The outbox of a tab that follows another, and of one that led.

use super::*;

/// An outbox that follows, with one message.
fn follower() -> Outbox {
    let mut outbox = restored(Bounds::default());
    outbox.follow(NOW, "store".to_owned());
    write(&mut outbox, "k", None, 1);
    outbox
}

#[test]
fn a_follower_takes_back_nothing_that_is_on_its_way_to_the_leader() {
    let mut outbox = restored(Bounds::default());
    outbox.follow(NOW, "store".to_owned());
    write(&mut outbox, "k", None, 1);
    let batch = outbox.take_batch(NOW).unwrap();
    assert!(!outbox.remove(&Key::new("k")));
    assert_eq!(outbox.edit(&Key::new("k"), Key::new("l"), 1), Ok(false));
    outbox.stored(NOW, batch.id, Ok(()));
    assert!(outbox.entries().is_empty(), "it is the leader's");
}

#[test]
fn a_follower_sends_nothing_again_that_is_on_its_way_to_the_leader() {
    let mut outbox = follower();
    outbox.park(NOW, &Key::new("k"), "why");
    let batch = outbox.take_batch(NOW).unwrap();
    assert!(!outbox.resend(&Key::new("k"), Key::new("l")));
    outbox.stored(NOW, batch.id, Ok(()));
    assert!(outbox.entries().is_empty(), "it is the leader's, parked");
    assert!(outbox.poll_update().is_some());
}

#[test]
fn a_followers_timer_does_not_run_for_what_only_a_leader_may_drop() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "k", None, 1);
    store(&mut outbox);
    outbox.remove(&Key::new("k"));
    outbox.follow(NOW, "store".to_owned());
    assert_eq!(outbox.deadline(), None);
    assert!(outbox.is_stored());
    assert_eq!(outbox.take_batch(NOW), None);
}

#[test]
fn what_is_on_its_way_to_the_leader_expires_there_and_not_here() {
    let mut outbox = restored(Bounds::default());
    outbox.follow(NOW, "store".to_owned());
    let new = NewEntry {
        ttl: Some(Duration::from_secs(1)),
        ..NewEntry::chat(Key::new("k"), None, 1, 0)
    };
    outbox.enqueue(NOW, new).unwrap();
    outbox.take_batch(NOW).unwrap();
    outbox.expire(NOW + Duration::from_secs(60));
    assert_eq!(states(&outbox), [EntryState::Queued]);
}

#[test]
fn a_person_takes_back_what_is_not_on_its_way_to_the_leader() {
    let mut outbox = follower();
    let batch = outbox.take_batch(NOW).unwrap();
    write(&mut outbox, "later", None, 1);
    assert!(outbox.remove(&Key::new("later")), "it is still here alone");
    outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    assert!(outbox.remove(&Key::new("k")), "it did not get there");
    assert!(outbox.entries().is_empty());
}

#[test]
fn a_follower_whose_message_was_not_taken_tries_again_later_and_not_at_once() {
    for error in [StoreError::Failed, StoreError::Deposed] {
        let mut outbox = follower();
        let batch = outbox.take_batch(NOW).unwrap();
        outbox.stored(NOW, batch.id, Err(error));
        assert_eq!(outbox.take_batch(NOW), None, "{error:?}");
        let later = outbox.deadline().expect("another try");
        assert!(outbox.take_batch(later).is_some());
    }
}

#[test]
fn a_leader_that_is_deposed_while_it_marks_lets_nothing_leave() {
    let mut outbox = outbox(&["k"]);
    assert!(outbox.mark_next(NOW));
    let batch = outbox.take_batch(NOW).unwrap();
    outbox.stored(NOW, batch.id, Err(StoreError::Deposed));
    assert_eq!(outbox.next_leaving(NOW), None);
    assert_eq!(states(&outbox), [EntryState::Queued]);
}
