//! What may leave, and what holds it up.

use super::*;

#[test]
fn a_message_sent_anew_before_one_under_way_does_not_hide_it_from_the_window() {
    let mut outbox = outbox(&["a", "b"]);
    send(&mut outbox).unwrap();
    outbox.answered(NOW, &Key::new("a"), Reply::Refused(GatewayError::default()));
    assert!(outbox.resend(&Key::new("a"), Key::new("a2")));
    assert_eq!(send(&mut outbox).as_deref(), Some("a2"));
    outbox.answered(NOW, &Key::new("a2"), Reply::Accepted { last: true });
    assert_eq!(send(&mut outbox).as_deref(), Some("b"));
    outbox.change(&Key::new("a2"), |record| {
        record.state = EntryState::Unconfirmed;
    });
    assert!(outbox.resend(&Key::new("a2"), Key::new("a3")));
    write(&mut outbox, "large", Some("t"), WINDOW);
    assert_eq!(send(&mut outbox).as_deref(), Some("a3"));
    outbox.answered(NOW, &Key::new("a3"), Reply::Accepted { last: true });
    assert!(!outbox.mark_next(NOW), "the answer to b is still due");
}

#[test]
fn what_left_from_memory_fills_the_window_also_after_the_store_was_read_again() {
    let mut outbox = outbox(&[]);
    write(&mut outbox, "large", Some("s"), WINDOW);
    assert!(outbox.mark_next(NOW));
    let batch = outbox.take_batch(NOW).unwrap();
    outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    assert_eq!(outbox.next_leaving(NOW).unwrap().key, Key::new("large"));
    outbox.restored(NOW, "store".to_owned(), 0, Vec::new());
    write(&mut outbox, "small", Some("t"), 1);
    assert_eq!(send(&mut outbox), None, "the answer to large is still due");
    outbox.answered(NOW, &Key::new("large"), Reply::Accepted { last: true });
    assert_eq!(send(&mut outbox).as_deref(), Some("small"));
}

#[test]
fn a_key_that_is_used_anew_does_not_leave_by_the_mark_of_its_first_entry() {
    let mut outbox = outbox(&["k"]);
    let key = Key::new("k");
    assert!(outbox.mark_next(NOW));
    store(&mut outbox);
    outbox.confirm(&key);
    write(&mut outbox, "k", Some("s"), 1);
    assert!(outbox.mark_next(NOW));
    assert_eq!(outbox.next_leaving(NOW), None, "its own mark is not stored");
    store(&mut outbox);
    assert_eq!(outbox.next_leaving(NOW).unwrap().key, key);
}

#[test]
fn nothing_is_shown_as_sending_before_the_store_was_read() {
    let mut outbox = Outbox::new(Bounds::default());
    outbox.connected(NOW, link("boot"));
    write(&mut outbox, "k", Some("s"), 1);
    assert!(!outbox.mark_next(NOW));
    assert_eq!(states(&outbox), [EntryState::Queued]);
}

#[test]
fn a_key_is_not_repeated_once_the_gateway_may_have_dropped_it_for_newer_ones() {
    let fates = [EntryState::Queued, EntryState::Unconfirmed];
    for (newer, fate) in (KEYS_REMEMBERED - 1..).zip(fates) {
        let mut outbox = outbox(&["k"]);
        send(&mut outbox).unwrap();
        for number in 0..newer {
            let key = number.to_string();
            write(&mut outbox, &key, Some("t"), 1);
            send(&mut outbox).unwrap();
            outbox.confirm(&Key::new(key));
        }
        outbox.lost(NOW, Loss::Ours);
        outbox.connected(NOW, link("boot"));
        outbox.begin_look(NOW).unwrap();
        outbox.looked(NOW, "s", History::default());
        assert_eq!(states(&outbox), [fate], "after {newer}");
    }
}

#[test]
fn a_message_that_no_store_took_is_as_old_as_its_first_byte() {
    let mut outbox = outbox(&[]);
    write(&mut outbox, "k", Some("s"), 1);
    assert!(outbox.mark_next(NOW));
    let batch = outbox.take_batch(NOW).unwrap();
    let late = NOW + KEY_LIFETIME;
    outbox.stored(late, batch.id, Err(StoreError::Failed));
    outbox.next_leaving(late).unwrap();
    outbox.lost(late, Loss::Ours);
    outbox.connected(late, link("boot"));
    outbox.begin_look(late).unwrap();
    outbox.looked(late, "s", History::default());
    assert_eq!(states(&outbox), [EntryState::Queued], "a repeat is safe");
}
