//! What the outbox promises whatever an engine does with it.

mod island;
mod kept;
mod leaving;
mod refused;
mod store;
mod tabs;
mod traces;

use std::time::Duration;

use super::*;
use crate::wire::{History, PendingInput};

const NOW: Instant = Instant::from_millis(1_000_000);

fn link(boot_id: &str) -> Link {
    Link {
        gateway_ms: 0,
        since: Instant::default(),
        boot_id: boot_id.to_owned(),
        durable_keys: false,
        main_session: "main".to_owned(),
        scopes: Vec::new(),
    }
}

fn restored(bounds: Bounds) -> Outbox {
    let mut outbox = Outbox::new(bounds);
    outbox.restored(NOW, "store".to_owned(), 0, Vec::new());
    outbox
}

fn write(outbox: &mut Outbox, key: &str, session: Option<&str>, bytes: u64) {
    let session = session.map(str::to_owned);
    let new = NewEntry::chat(Key::new(key), session, bytes, 0);
    outbox.enqueue(NOW, new).unwrap();
}

/// An outbox with these messages in the session `s`, connected.
fn outbox(keys: &[&str]) -> Outbox {
    let mut outbox = restored(Bounds::default());
    outbox.connected(NOW, link("boot"));
    for key in keys {
        write(&mut outbox, key, Some("s"), 1);
    }
    outbox
}

/// The store takes all that is new.
fn store(outbox: &mut Outbox) {
    while let Some(batch) = outbox.take_batch(NOW) {
        outbox.stored(NOW, batch.id, Ok(()));
    }
}

fn send(outbox: &mut Outbox) -> Option<String> {
    if !outbox.mark_next(NOW) {
        return None;
    }
    store(outbox);
    let leaving = outbox.next_leaving(NOW)?;
    Some(leaving.key.to_string())
}

fn keys(outbox: &Outbox) -> Vec<String> {
    let entries = outbox.entries().into_iter();
    entries.map(|entry| entry.key.to_string()).collect()
}

fn reasons(outbox: &Outbox) -> Vec<String> {
    let entries = outbox.entries().into_iter();
    entries
        .map(|entry| entry.reason.unwrap_or_default())
        .collect()
}

/// A store that keeps everything but these, each of which undoes its batch.
fn store_without(outbox: &mut Outbox, bad: &[&str], now: Instant) -> Vec<String> {
    let mut kept = Vec::new();
    for _ in 0..1_000 {
        let Some(batch) = outbox.take_batch(now) else {
            return kept;
        };
        let added: Vec<String> = batch
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Add(saved) | Change::Set(saved) => Some(saved.key.to_string()),
                Change::Drop(_) => None,
            })
            .collect();
        if added.iter().any(|key| bad.contains(&key.as_str())) {
            outbox.stored(now, batch.id, Err(StoreError::Failed));
        } else {
            outbox.stored(now, batch.id, Ok(()));
            kept.extend(added);
        }
    }
    panic!("it never comes to rest");
}

fn told_stored(outbox: &mut Outbox) -> Vec<(String, bool)> {
    std::iter::from_fn(|| outbox.poll_update())
        .filter_map(|update| match update {
            Update::Stored { key, is_kept } => Some((key.to_string(), is_kept)),
            _ => None,
        })
        .collect()
}

fn refuse(outbox: &mut Outbox, now: Instant, key: &str, message: &str) {
    let error = GatewayError {
        code: "FORBIDDEN".to_owned(),
        message: message.to_owned(),
        ..GatewayError::default()
    };
    outbox.answered(now, &Key::new(key), Reply::Refused(error));
}

fn interrupted(keys: &[&str]) -> History {
    let input = |key: &&str| PendingInput {
        key: (*key).to_owned(),
        interrupted: true,
    };
    History {
        pending: keys.iter().map(input).collect(),
        ..History::default()
    }
}

#[test]
fn a_dead_key_is_renewed_to_one_that_is_free() {
    let mut outbox = outbox(&["k", "k.2"]);
    send(&mut outbox).unwrap();
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("other"));
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", interrupted(&["k"]));
    assert_eq!(keys(&outbox), ["k.3", "k.2"]);
    for key in ["k.2", "k.3"] {
        outbox.confirm(&Key::new(key));
    }
    assert!(outbox.places.is_empty(), "the dead key takes no room");
}

#[test]
fn keys_count_up_and_stay_distinct_at_the_end_of_the_numbers() {
    let renewed = |key: &str| Key::new(key).renewed().to_string();
    assert_eq!(renewed("k"), "k.2");
    assert_eq!(renewed("k.2"), "k.3");
    assert_eq!(renewed("a.b"), "a.b.2");
    assert_eq!(renewed("k.4294967295"), "k.4294967295.2");
}

#[test]
fn a_timer_does_not_run_while_a_look_is_under_way() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.ended_without_message(NOW, &Key::new("k"));
    outbox.begin_look(NOW).unwrap();
    outbox.answered(NOW, &Key::new("k"), Reply::TimedOut);
    assert_eq!(outbox.deadline(), None);
    outbox.looked(NOW, "s", History::default());
    assert_eq!(
        outbox.begin_look(NOW),
        Some(("s".to_owned(), 0)),
        "that look was asked before the message was given up"
    );
}

#[test]
fn nothing_leaves_and_no_timer_runs_without_a_connection() {
    let mut outbox = outbox(&["a", "b"]);
    send(&mut outbox).unwrap();
    outbox.answered(NOW, &Key::new("a"), Reply::Accepted { last: true });
    outbox.lost(NOW, Loss::Ours);
    assert!(!outbox.mark_next(NOW));
    assert_eq!(outbox.begin_look(NOW + Duration::from_secs(900)), None);
    assert_eq!(outbox.deadline(), None);
}

#[test]
fn what_is_confirmed_frees_its_room_and_its_key() {
    let mut outbox = restored(Bounds {
        entries: 1,
        bytes: 10,
    });
    outbox.connected(NOW, link("boot"));
    for _ in 0..100 {
        write(&mut outbox, "k", None, 10);
        send(&mut outbox).unwrap();
        outbox.confirm(&Key::new("k"));
    }
    store(&mut outbox);
    assert!(outbox.lanes.is_empty() && outbox.places.is_empty());
    assert_eq!(outbox.bytes, 0);
}

#[test]
fn a_session_whose_last_message_was_confirmed_by_a_look_leaves_nothing_behind() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.ended_without_message(NOW, &Key::new("k"));
    outbox.begin_look(NOW).unwrap();
    let history = History {
        keys: vec!["k".to_owned()],
        ..History::default()
    };
    outbox.looked(NOW, "s", history);
    let later = NOW + Duration::from_secs(30);
    assert!(outbox.lanes.values().all(|lane| lane.records.is_empty()));
    outbox.forget_quiet(later);
    assert!(outbox.lanes.is_empty());

    write(&mut outbox, "k", Some("s"), 1);
    send(&mut outbox).unwrap();
    outbox.ended_without_message(NOW, &Key::new("k"));
    outbox.begin_look(NOW).unwrap();
    outbox.confirm(&Key::new("k"));
    outbox.look_failed(NOW, "s", false);
    let later = NOW + Duration::from_secs(120);
    assert_eq!(outbox.begin_look(later), None, "not again for nobody");
    outbox.forget_quiet(later);
    assert!(outbox.lanes.is_empty());
}

#[test]
fn a_key_in_the_history_of_another_session_proves_nothing() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    let history = History {
        keys: vec!["k".to_owned()],
        ..History::default()
    };
    outbox.looked(NOW, "elsewhere", history);
    assert_eq!(keys(&outbox), ["k"]);
}

#[test]
fn answers_to_what_is_not_under_way_change_nothing() {
    let mut outbox = outbox(&["k"]);
    while outbox.poll_update().is_some() {}
    for reply in [Reply::Accepted { last: true }, Reply::TimedOut] {
        outbox.answered(NOW, &Key::new("k"), reply.clone());
        outbox.answered(NOW, &Key::new("unknown"), reply);
    }
    assert_eq!(outbox.poll_update(), None);
    assert_eq!(send(&mut outbox).as_deref(), Some("k"));
}

#[test]
fn ten_thousand_messages_wait_in_order() {
    let names: Vec<String> = (0..10_000).map(|n| format!("{n:05}")).collect();
    let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut outbox = outbox(&borrowed);
    for name in &names {
        assert_eq!(send(&mut outbox).as_ref(), Some(name));
        outbox.confirm(&Key::new(name.as_str()));
    }
    assert!(outbox.entries().is_empty());
}

fn states(outbox: &Outbox) -> Vec<EntryState> {
    let entries = outbox.entries().into_iter();
    entries.map(|entry| entry.state).collect()
}

/// What a disk holds of these messages, with and without a mark.
fn saved(outbox: &mut Outbox) -> Vec<Saved> {
    let batch = outbox.take_batch(NOW).expect("something new");
    outbox.stored(NOW, batch.id, Ok(()));
    let adds = batch.changes.into_iter().filter_map(|change| match change {
        Change::Add(saved) => Some(saved),
        _ => None,
    });
    adds.collect()
}

#[test]
fn a_machine_that_slept_ages_keys_although_both_of_its_clocks_stood_still() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.slept(KEY_LIFETIME);
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("boot"));
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}

#[test]
fn a_second_reason_to_look_does_not_mistake_the_answer_to_the_first() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(NOW, link("boot"));
    outbox.begin_look(NOW).unwrap();
    outbox.adopt(NOW, 0, Vec::new());
    assert_eq!(outbox.begin_look(NOW), None, "one look at a time");
    outbox.looked(NOW, "s", History::default());
    assert_eq!(outbox.begin_look(NOW), Some(("s".to_owned(), 0)));
}

#[test]
fn an_hour_asleep_ages_a_key_although_the_pages_clock_stood_still() {
    let mut outbox = outbox(&["k"]);
    send(&mut outbox).unwrap();
    outbox.lost(NOW, Loss::Ours);
    outbox.connected(
        NOW,
        Link {
            gateway_ms: 3_600_000,
            since: NOW,
            ..link("boot")
        },
    );
    outbox.begin_look(NOW).unwrap();
    outbox.looked(NOW, "s", History::default());
    assert_eq!(states(&outbox), [EntryState::Unconfirmed]);
}
