//! Whatever is wrong with one entry hurts no other one.

use super::*;

/// Sends what may leave, as many as there are.
fn send_all(outbox: &mut Outbox) -> Vec<String> {
    std::iter::from_fn(|| send(outbox)).collect()
}

/// What the disk holds of all that is stored.
fn on_disk(outbox: &Outbox) -> Vec<Saved> {
    let lanes = outbox.lanes.iter();
    let saved = lanes.flat_map(|(route, lane)| lane.records.iter().map(|one| one.saved(route)));
    saved.collect()
}

#[test]
fn a_message_whose_files_are_being_read_holds_up_its_own_session_only() {
    let mut outbox = outbox(&[]);
    let new = NewEntry {
        is_being_read: true,
        ..NewEntry::chat(Key::new("file"), Some("s".to_owned()), 1, 0)
    };
    outbox.enqueue(NOW, new).unwrap();
    write(&mut outbox, "behind", Some("s"), 1);
    write(&mut outbox, "elsewhere", Some("t"), 1);
    assert_eq!(send_all(&mut outbox), ["elsewhere"]);
    store(&mut outbox);
    let told = told_stored(&mut outbox);
    assert_eq!(told.iter().filter(|(key, _)| key == "file").count(), 0);
    outbox.payload_read(NOW, &Key::new("file"), Ok(()));
    assert_eq!(send(&mut outbox).as_deref(), Some("file"));
    assert_eq!(told_stored(&mut outbox), [("file".to_owned(), true)]);
}

#[test]
fn no_timer_runs_for_the_store_while_files_are_being_read() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "bad", Some("s"), 1);
    let batch = outbox.take_batch(NOW).unwrap();
    outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    assert!(outbox.dismiss(&Key::new("bad")));
    being_read(&mut outbox, None);
    assert_eq!(outbox.deadline(), None);
    outbox.payload_read(NOW, &Key::new("file"), Ok(()));
    assert!(outbox.take_batch(NOW + Duration::from_secs(30)).is_some());
}

#[test]
fn a_message_whose_time_runs_out_while_its_files_are_read_is_parked_when_they_are() {
    let mut outbox = restored(Bounds::default());
    being_read(&mut outbox, Some(Duration::from_secs(1)));
    let later = NOW + Duration::from_secs(5);
    outbox.expire(later);
    assert_eq!(outbox.take_batch(later), None, "it cannot be kept yet");
    assert_eq!(outbox.deadline(), None);
    outbox.payload_read(later, &Key::new("file"), Ok(()));
    outbox.expire(later);
    assert_eq!(reasons(&outbox), ["expired"]);
    assert_eq!(store_without(&mut outbox, &[], later), ["file"]);
}

/// Writes a message whose files are being read.
fn being_read(outbox: &mut Outbox, ttl: Option<Duration>) {
    let new = NewEntry {
        is_being_read: true,
        ttl,
        ..NewEntry::chat(Key::new("file"), Some("s".to_owned()), 1, 0)
    };
    outbox.enqueue(NOW, new).unwrap();
}

#[test]
fn a_message_whose_file_cannot_be_read_waits_for_a_person_and_is_kept() {
    let mut outbox = outbox(&[]);
    let new = NewEntry {
        is_being_read: true,
        ..NewEntry::chat(Key::new("file"), Some("s".to_owned()), 1, 0)
    };
    outbox.enqueue(NOW, new).unwrap();
    let reason = "file-unreadable: a.txt".to_owned();
    outbox.payload_read(NOW, &Key::new("file"), Err(reason));
    store(&mut outbox);
    assert_eq!(told_stored(&mut outbox), [("file".to_owned(), true)]);
    assert_eq!(states(&outbox), [EntryState::Parked]);
    assert_eq!(reasons(&outbox), ["file-unreadable: a.txt"]);
    write(&mut outbox, "later", Some("s"), 1);
    assert_eq!(send(&mut outbox).as_deref(), Some("later"));
    assert!(outbox.remove(&Key::new("file")));
}

#[test]
fn what_was_typed_before_a_parking_waits_and_what_is_typed_after_goes_out() {
    let mut outbox = outbox(&["parked", "leans on it"]);
    outbox.tell_time(NOW, 1_000);
    assert_eq!(send(&mut outbox).as_deref(), Some("parked"));
    refuse(&mut outbox, NOW, "parked", "no");
    assert_eq!(send(&mut outbox), None, "it may lean on the parked one");
    let new = NewEntry::chat(Key::new("later"), Some("s".to_owned()), 1, 1_000);
    outbox.enqueue(NOW, new).unwrap();
    assert_eq!(send(&mut outbox).as_deref(), Some("later"));
    assert!(outbox.remove(&Key::new("parked")));
    assert_eq!(send(&mut outbox).as_deref(), Some("leans on it"));
}

#[test]
fn the_parking_counts_after_a_reload_as_it_did_before() {
    let mut before = outbox(&["parked", "leans on it"]);
    before.tell_time(NOW, 1_000);
    send(&mut before).unwrap();
    refuse(&mut before, NOW, "parked", "no");
    let new = NewEntry::chat(Key::new("later"), Some("s".to_owned()), 1, 2_000);
    before.enqueue(NOW, new).unwrap();
    let on_disk = on_disk(&before);
    let mut outbox = Outbox::new(Bounds::default());
    outbox.restored(NOW, "store".to_owned(), 9_000, on_disk.clone());
    outbox.connected(NOW, link("boot"));
    assert_eq!(send_all(&mut outbox), ["later"]);

    // An earlier version did not note when: all that it had kept waits.
    let forget = |saved: Saved| Saved {
        parked_ms: None,
        ..saved
    };
    let mut outbox = Outbox::new(Bounds::default());
    let old = on_disk.into_iter().map(forget).collect();
    outbox.restored(NOW, "store".to_owned(), 9_000, old);
    outbox.connected(NOW, link("boot"));
    assert_eq!(send_all(&mut outbox), [""; 0]);
    write(&mut outbox, "typed now", Some("s"), 1);
    assert_eq!(send_all(&mut outbox), ["typed now"]);
}

#[test]
fn a_frame_that_is_too_large_for_something_between_is_parked_and_the_rest_goes_on() {
    let mut outbox = outbox(&[]);
    write(&mut outbox, "small", Some("r"), 100);
    write(&mut outbox, "large", Some("s"), 100_000);
    write(&mut outbox, "before", Some("s"), 10);
    assert_eq!(send_all(&mut outbox), ["small", "large"]);
    outbox.lost(NOW, Loss::TooLarge);
    assert_eq!(reasons(&outbox), ["", "too-large", ""]);
    outbox.connected(NOW, link("boot"));
    for session in ["r", "s"] {
        assert!(
            outbox.begin_look(NOW).is_some(),
            "it may have arrived: {session}"
        );
        outbox.looked(NOW, session, History::default());
    }
    write(&mut outbox, "after", Some("s"), 10);
    assert_eq!(send_all(&mut outbox), ["small", "after"]);
    assert!(outbox.remove(&Key::new("large")));
    assert_eq!(send_all(&mut outbox), ["before"]);
}

#[test]
fn a_small_message_is_never_taken_for_one_that_is_too_large() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    for loss in [Loss::TooLarge, Loss::Ours] {
        outbox.lost(NOW, loss);
        assert_eq!(states(&outbox), [EntryState::Sending], "{loss:?}");
    }
}

#[test]
fn a_message_that_ends_each_connection_is_parked_and_no_other_one_is() {
    let mut outbox = outbox(&[]);
    write(&mut outbox, "deadly", Some("s"), 10);
    write(&mut outbox, "innocent", Some("t"), 10);
    let mut ended = Vec::new();
    for connection in 0..10 {
        let leaving = send_all(&mut outbox);
        let is_deadly = leaving.iter().any(|key| key == "deadly");
        if !is_deadly {
            for key in leaving {
                outbox.answered(NOW, &Key::new(key), Reply::Accepted { last: true });
            }
            if states(&outbox)[0] == EntryState::Parked {
                break;
            }
            continue;
        }
        ended.push(connection);
        outbox.lost(NOW, Loss::Lost);
        outbox.connected(NOW, link("boot"));
        while let Some((session, _)) = outbox.begin_look(NOW) {
            outbox.looked(NOW, &session, History::default());
        }
    }
    assert_eq!(ended.len(), 5);
    assert_eq!(states(&outbox), [EntryState::Parked, EntryState::Accepted]);
    assert_eq!(reasons(&outbox), ["never-answered", ""]);
}

#[test]
fn what_lacks_a_scope_waits_for_it_and_goes_out_when_it_is_there() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    refuse(&mut outbox, NOW, "k", "missing scope: operator.write");
    assert_eq!(reasons(&outbox), ["missing-scope: operator.write"]);
    for (scopes, leaves) in [("operator.read", None), ("operator.write", Some("k"))] {
        outbox.lost(NOW, Loss::Ours);
        let scopes = vec![scopes.to_owned()];
        outbox.connected(
            NOW,
            Link {
                scopes,
                ..link("boot")
            },
        );
        assert_eq!(send(&mut outbox).as_deref(), leaves);
    }
}

#[test]
fn what_another_tab_parked_for_a_scope_goes_out_where_the_scope_is() {
    let mut first = outbox(&["k"]);
    send(&mut first).unwrap();
    refuse(&mut first, NOW, "k", "missing scope: operator.write");
    let mut second = restored(Bounds::default());
    let scopes = vec!["operator.write".to_owned()];
    second.connected(
        NOW,
        Link {
            scopes,
            ..link("boot")
        },
    );
    second.adopt(NOW, 0, on_disk(&first));
    assert_eq!(send(&mut second).as_deref(), Some("k"));
}

#[test]
fn what_lacked_a_scope_and_was_sent_before_without_an_answer_is_looked_up_first() {
    for reloads in [false, true] {
        looked_up_first(reloads);
    }
}

fn looked_up_first(reloads: bool) {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.lost(NOW, Loss::Lost);
    outbox.connected(NOW, link("boot"));
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    send(&mut outbox).unwrap();
    refuse(&mut outbox, NOW, "k", "missing scope: operator.write");
    outbox.lost(NOW, Loss::Lost);
    if reloads {
        let saved = on_disk(&outbox);
        outbox = restored(Bounds::default());
        outbox.adopt(NOW, 0, saved);
    }
    let scopes = vec!["operator.write".to_owned()];
    outbox.connected(
        NOW,
        Link {
            scopes,
            ..link("another")
        },
    );
    assert_eq!(send(&mut outbox), None);
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    assert_eq!(send(&mut outbox), None);
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}

#[test]
fn a_person_can_end_every_entry_whatever_its_state() {
    for state in 0..5 {
        let mut outbox = outbox(&["k"]);
        let key = Key::new("k");
        if state > 0 {
            send(&mut outbox).unwrap();
        }
        match state {
            2 => outbox.answered(NOW, &key, Reply::Accepted { last: true }),
            3 => refuse(&mut outbox, NOW, "k", "no"),
            4 => outbox.lost(NOW, Loss::Lost),
            _ => {}
        }
        assert!(outbox.dismiss(&key), "{:?}", states(&outbox));
        assert!(outbox.entries().is_empty());
        let on_disk = store_without(&mut outbox, &[], NOW);
        assert!(on_disk.is_empty() && outbox.is_stored());
        outbox.answered(NOW, &key, Reply::Accepted { last: true });
        assert!(!outbox.dismiss(&key), "it is gone");
    }
}

#[test]
fn what_was_done_without_a_run_is_done_and_not_waited_for() {
    let mut outbox = outbox(&["stop"]);
    send(&mut outbox).unwrap();
    while outbox.poll_update().is_some() {}
    outbox.answered(NOW, &Key::new("stop"), Reply::Done);
    assert!(outbox.entries().is_empty());
    assert!(matches!(
        outbox.poll_update(),
        Some(Update::Changed(entry)) if entry.state == EntryState::Confirmed
    ));
}
