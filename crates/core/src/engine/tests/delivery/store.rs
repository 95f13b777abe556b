//! The outbox and its store: what survives, and what a store that fails does.

use super::*;
use crate::outbox::{NewEntry, StoreError};

#[test]
fn a_message_typed_without_a_connection_survives_a_reload_and_leaves_once() {
    let mut world = World::new();
    world.enqueue("k");
    assert_eq!(world.disk.state("k"), Some(Queued));
    world.reload();
    assert_eq!(world.left(), ["k"]);
    accept(&mut world, "k");
    delta(&mut world, "k");
    assert_eq!(world.disk.entries, []);
}

#[test]
fn a_message_that_left_before_a_reload_is_looked_up_and_not_sent_again() {
    let mut world = World::ready();
    world.enqueue("k");
    world.enqueue("next");
    world.reload();
    assert_eq!(world.left(), [""; 0]);
    assert_eq!(world.state("k"), Some(Sending));
    see(&mut world, &history(&[row("k", 1)]));
    assert_eq!(world.confirmed(), ["k"]);
    assert_eq!(world.left(), ["next"]);
}

#[test]
fn after_a_reload_the_gateways_own_clock_says_how_old_a_key_is() {
    for (seconds, fate) in [(239, Sending), (240, Unconfirmed)] {
        let mut world = World::ready();
        world.enqueue("k");
        world.challenge["ts"] = json!(at(seconds));
        world.reload();
        see(&mut world, &history(&[]));
        assert_eq!(world.state("k"), Some(fate), "{seconds}");
    }
}

#[test]
fn a_message_waits_for_its_mark_and_a_lost_connection_takes_it_back() {
    let mut world = World::ready();
    world.disk.is_slow = true;
    world.enqueue("k");
    assert_eq!(world.state("k"), Some(Sending));
    assert_eq!(world.left(), [""; 0]);
    world.drop_socket(1006, "");
    assert_eq!(world.state("k"), Some(Queued), "no byte of it left");
    world.answer_store();
    assert_eq!(world.left(), [""; 0]);
    world.disk.is_slow = false;
    world.answer_store();
    assert_eq!(world.disk.state("k"), Some(Queued));
    world.return_after_drop();
    assert_eq!(looks(&world), 0, "there is nothing to look up");
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn a_store_that_takes_nothing_lets_new_messages_leave_from_memory() {
    let mut world = World::ready();
    world.disk.trouble = Some(StoreError::Failed);
    world.enqueue("a");
    assert_eq!(world.left(), ["a"]);
    accept(&mut world, "a");
    world.enqueue("b");
    assert_eq!(world.left(), ["a", "b"]);
    world.disk.trouble = None;
    world.live(2);
    assert_eq!(world.disk.state("a"), Some(Sending), "an accepted one too");
    assert_eq!(world.disk.state("b"), Some(Sending));
}

#[test]
fn what_a_failing_store_holds_as_unsent_does_not_leave_before_it_takes_the_mark() {
    let mut world = World::new();
    world.enqueue("k");
    world.disk.trouble = Some(StoreError::Failed);
    world.connect();
    world.shake_hands();
    assert_eq!(world.left(), [""; 0]);
    assert_eq!(world.state("k"), Some(Queued));
    world.live(8);
    let tries = world.disk.batches;
    assert!((3..8).contains(&tries), "ever more rarely: {tries}");
    world.disk.trouble = None;
    world.live(30);
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn a_removed_message_does_not_come_back_after_a_reload() {
    let mut world = World::new();
    world.enqueue("k");
    world.remove("k");
    assert_eq!(world.disk.entries, []);
}

#[test]
fn a_message_that_expires_before_it_leaves_waits_for_a_person() {
    let mut world = World::new();
    let mut new = NewEntry::chat(Key::new("k"), None, 1, world.wall_ms());
    new.ttl = Some(secs(60));
    world.engine.enqueue(world.now, new).unwrap();
    world.wake();
    world.pass(secs(59));
    assert_eq!(world.state("k"), Some(Queued));
    world.wall_ahead += 1_000;
    world.reload();
    assert_eq!(world.left(), [""; 0]);
    let entry = world.entry("k").unwrap();
    assert_eq!(
        (entry.state, entry.reason.as_deref()),
        (Parked, Some("expired"))
    );
    assert_eq!(world.disk.state("k"), Some(Parked));
    assert!(world.resend("k", "k-again"));
    assert_eq!(world.left(), ["k-again"]);
}

#[test]
fn an_edited_message_goes_out_under_its_key_and_one_that_was_sent_under_a_new_one() {
    let mut world = World::new();
    world.enqueue("fresh");
    let edit = |world: &mut World, key: &str| {
        let edited = world
            .engine
            .edit(world.now, &Key::new(key), Key::new("new"), 20);
        world.wake();
        edited.unwrap()
    };
    assert!(edit(&mut world, "fresh"));
    world.connect();
    world.shake_hands();
    assert_eq!(world.left(), ["fresh"]);
    assert!(!edit(&mut world, "fresh"), "it is under way");
    let refusal = json!({"code": "INVALID_REQUEST", "message": "no"});
    world.refuse(world.id_of("fresh"), &refusal);
    assert_eq!(world.state("fresh"), Some(Parked));
    assert!(edit(&mut world, "fresh"));
    assert_eq!(world.left(), ["fresh", "new"]);
    let saved = &world.disk.entries[0];
    assert_eq!((saved.origin.as_str(), saved.bytes), ("fresh", 20));
}

#[test]
fn large_messages_leave_one_after_the_other() {
    let mut world = World::ready();
    for session in ["a", "b", "c"] {
        let bytes = if session == "c" { 1 } else { 200 * 1024 };
        let session = Some(session.to_owned());
        let key = Key::new(session.clone().unwrap());
        let new = NewEntry::chat(key, session, bytes, 0);
        world.engine.enqueue(world.now, new).unwrap();
        world.wake();
    }
    assert_eq!(
        world.left(),
        ["a", "c"],
        "both large ones would fill the buffer"
    );
    accept(&mut world, "a");
    assert_eq!(world.left(), ["a", "c", "b"]);
}

#[test]
fn another_gateways_outbox_takes_the_place_of_this_one() {
    let mut world = World::new();
    world.enqueue("here");
    let here = std::mem::take(&mut world.disk.entries);
    world.restore_from("there");
    assert_eq!(world.engine.entries(), []);
    world.enqueue("there");
    assert_eq!(world.disk.entries.len(), 1);
    world.disk.entries = here;
    world.restore();
    assert_eq!(world.state("here"), Some(Queued));
    assert_eq!(world.state("there"), None);
}

#[test]
fn a_repeat_that_the_store_held_up_for_too_long_is_looked_up_at_once() {
    let mut world = World::ready();
    world.enqueue("k");
    world.reconnect();
    world.disk.is_slow = true;
    see(&mut world, &history(&[]));
    let before = looks(&world);
    world.live(300);
    world.answer_store();
    world.answer_store();
    assert_eq!(world.left(), ["k"], "the repeat did not leave");
    assert_eq!(looks(&world), before + 1);
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
}

#[test]
fn a_sleep_ages_what_was_sent_before_it_and_not_what_is_sent_after_it() {
    for (sent_before, fate) in [(true, Unconfirmed), (false, Sending)] {
        let mut world = World::new();
        world.reload();
        // Hours pass, but not by the page's own clock; and no timer has fired.
        if sent_before {
            world.enqueue("k");
        }
        world.wall_ahead += 9_000_000;
        if !sent_before {
            world.enqueue("k");
        }
        world.wake();
        world.reconnect();
        see(&mut world, &history(&[]));
        assert_eq!(world.state("k"), Some(fate));
    }
}

#[test]
fn a_repeat_does_not_leave_after_a_sleep_that_only_the_store_could_tell_of() {
    for lose in [World::reconnect, World::reload] {
        let mut world = World::ready();
        world.enqueue("k");
        lose(&mut world);
        world.disk.is_slow = true;
        see(&mut world, &history(&[]));
        assert_eq!(world.state("k"), Some(Sending));
        let left = world.left().len();
        world.wall_ahead += 9_000_000;
        world.answer_store();
        assert_eq!(world.left().len(), left, "its key may be forgotten");
    }
}

#[test]
fn a_refusal_for_now_says_nothing_about_an_attempt_from_before_a_reload() {
    let mut world = World::ready();
    world.enqueue("k");
    world.reload();
    see(&mut world, &history(&[]));
    let busy = json!({"code": "UNAVAILABLE", "retryable": true, "retryAfterMs": 1000});
    world.refuse(world.id_of("k"), &busy);
    world.hello["server"]["bootId"] = json!("boot-2");
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
}

#[test]
fn a_page_can_tell_when_it_may_go_away() {
    let mut world = World::new();
    world.disk.is_slow = true;
    let word = |world: &World| (world.engine.is_storing(), world.engine.is_stored());
    assert_eq!(word(&world), (false, true));
    world.enqueue("k");
    assert_eq!(word(&world), (true, false));
    world.answer_store();
    assert_eq!(word(&world), (false, true));
    assert!(world.engine.knows(&Key::new("k")));
    assert!(!world.engine.knows(&Key::new("other")));
}
