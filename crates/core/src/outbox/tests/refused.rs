//! A store that refuses one entry, or some, or everything.

use super::*;

#[test]
fn one_entry_that_the_store_refuses_keeps_no_other_one_off_the_disk() {
    for bad in 0..6 {
        let mut outbox = restored(Bounds::default());
        let names = ["a", "b", "c", "d", "e", "f"];
        for name in names {
            write(&mut outbox, name, Some(name), 1);
        }
        let kept = store_without(&mut outbox, &[names[bad]], NOW);
        assert_eq!(kept.len(), 5, "all but {}: {kept:?}", names[bad]);
        assert!(outbox.is_stored(), "it comes to rest");
        let told = told_stored(&mut outbox);
        for name in names {
            let is_kept = name != names[bad];
            assert!(told.contains(&(name.to_owned(), is_kept)), "{told:?}");
        }
        // It goes out all the same, without the store.
        outbox.connected(NOW, link("boot"));
        let mut sent = Vec::new();
        while outbox.mark_next(NOW) {
            store_without(&mut outbox, &[names[bad]], NOW);
            sent.extend(
                outbox
                    .next_leaving(NOW)
                    .map(|leaving| leaving.key.to_string()),
            );
        }
        assert_eq!(sent.len(), 6, "{sent:?}");
    }
}

#[test]
fn what_is_typed_after_an_entry_that_the_store_refuses_is_kept_at_once() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "bad", Some("s"), 1);
    assert_eq!(store_without(&mut outbox, &["bad"], NOW), [""; 0]);
    write(&mut outbox, "good", Some("s"), 1);
    assert_eq!(store_without(&mut outbox, &["bad"], NOW), ["good"]);
    assert!(outbox.is_stored());
}

#[test]
fn a_disk_that_takes_nothing_is_tried_ever_more_rarely_and_fills_itself_later() {
    let mut outbox = restored(Bounds::default());
    let names: Vec<String> = (0..100).map(|number| format!("m{number}")).collect();
    for name in &names {
        write(&mut outbox, name, Some("s"), 1);
    }
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut tries = 0;
    let mut now = NOW;
    while now.since(NOW) < Duration::from_secs(120) {
        while let Some(batch) = outbox.take_batch(now) {
            outbox.stored(now, batch.id, Err(StoreError::Failed));
            tries += 1;
        }
        now = outbox.deadline().expect("another try");
    }
    assert!(tries < 120, "{tries} tries");
    assert!(told_stored(&mut outbox).iter().all(|(_, is_kept)| !is_kept));
    assert_eq!(store_without(&mut outbox, &[], now).len(), all.len());
    assert!(told_stored(&mut outbox).iter().all(|(_, is_kept)| *is_kept));
}

#[test]
fn a_kept_entry_whose_mark_cannot_be_stored_waits_for_a_person_and_lets_others_go() {
    let mut outbox = outbox(&["bad"]);
    store(&mut outbox);
    write(&mut outbox, "other", Some("t"), 1);
    assert!(outbox.mark_next(NOW));
    store_without(&mut outbox, &["bad"], NOW);
    store_without(&mut outbox, &["bad"], NOW + Duration::from_secs(40));
    assert_eq!(states(&outbox)[0], EntryState::Parked);
    assert_eq!(reasons(&outbox)[0], "not-kept");
    outbox.mark_next(NOW);
    store(&mut outbox);
    let leaving = outbox.next_leaving(NOW).unwrap();
    assert_eq!(leaving.key, Key::new("other"));
}

#[test]
fn what_a_person_took_out_leaves_the_disk_although_the_store_refuses_another() {
    let mut outbox = outbox(&["gone"]);
    store(&mut outbox);
    write(&mut outbox, "bad", Some("s"), 1);
    store_without(&mut outbox, &["bad"], NOW);
    assert!(outbox.remove(&Key::new("gone")));
    let gone = Change::Drop(Key::new("gone"));
    assert_eq!(outbox.take_batch(NOW).unwrap().changes, [gone]);
}

#[test]
fn what_a_leader_could_not_keep_waits_for_a_person_when_another_tab_leads() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "bad", Some("s"), 1);
    write(&mut outbox, "good", Some("t"), 1);
    store_without(&mut outbox, &["bad"], NOW);
    outbox.follow(NOW, "store".to_owned());
    write(&mut outbox, "better", Some("t"), 1);
    store_without(&mut outbox, &["bad"], NOW);
    assert_eq!(reasons(&outbox), ["not-kept"]);
}

#[test]
fn many_entries_that_the_store_refuses_keep_no_other_one_off_the_disk() {
    let bad: Vec<String> = (0..30).map(|number| format!("bad{number}")).collect();
    let bad: Vec<&str> = bad.iter().map(String::as_str).collect();
    let mut outbox = restored(Bounds::default());
    outbox.follow(NOW, "store".to_owned());
    for name in bad.iter().chain(&["good", "better"]) {
        write(&mut outbox, name, Some(name), 1);
    }
    let (mut now, mut kept) = (NOW, Vec::new());
    for _ in 0..100 {
        kept.extend(store_without(&mut outbox, &bad, now));
        let Some(due) = outbox.deadline() else { break };
        now = due.max(now);
    }
    kept.sort();
    assert_eq!(kept, ["better", "good"]);
    assert!(now.since(NOW) < Duration::from_secs(300), "{now:?}");
    assert_eq!(reasons(&outbox).len(), 30, "all others wait for a person");
}

#[test]
fn what_could_not_be_kept_is_given_to_the_store_again_when_a_person_sends_it_again() {
    let mut outbox = restored(Bounds::default());
    outbox.follow(NOW, "store".to_owned());
    write(&mut outbox, "bad", Some("s"), 1);
    write(&mut outbox, "good", Some("s"), 1);
    store_without(&mut outbox, &["bad"], NOW);
    store_without(&mut outbox, &["bad"], NOW + Duration::from_secs(60));
    assert_eq!(reasons(&outbox), ["not-kept"]);
    assert!(outbox.resend(&Key::new("bad"), Key::new("again")));
    let kept = store_without(&mut outbox, &[], NOW + Duration::from_secs(60));
    assert_eq!(kept, ["again"]);
    assert!(outbox.entries().is_empty(), "the tab that leads has it");
}

#[test]
fn a_parking_that_cannot_be_stored_stays_the_parking_that_was_shown() {
    let mut outbox = outbox(&["bad"]);
    store(&mut outbox);
    send(&mut outbox).unwrap();
    refuse(&mut outbox, NOW, "bad", "no");
    write(&mut outbox, "good", Some("s"), 1);
    store_without(&mut outbox, &["bad"], NOW);
    assert_eq!(reasons(&outbox)[0], "no");
    outbox.mark_next(NOW);
    store_without(&mut outbox, &["bad"], NOW);
    let leaving = outbox.next_leaving(NOW).unwrap();
    assert_eq!(leaving.key, Key::new("good"));
}

#[test]
fn an_entry_that_fails_once_after_an_earlier_trouble_is_not_blamed_for_it() {
    let mut outbox = restored(Bounds::default());
    write(&mut outbox, "first", Some("s"), 1);
    let batch = outbox.take_batch(NOW).unwrap();
    outbox.stored(NOW, batch.id, Err(StoreError::Failed));
    let mut now = NOW + Duration::from_secs(2);
    assert_eq!(store_without(&mut outbox, &[], now), ["first"]);
    write(&mut outbox, "second", Some("s"), 1);
    let batch = outbox.take_batch(now).unwrap();
    outbox.stored(now, batch.id, Err(StoreError::Failed));
    now = now + Duration::from_secs(2);
    assert_eq!(
        store_without(&mut outbox, &[], now),
        ["second"],
        "tried again"
    );
}
