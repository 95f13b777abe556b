//! Requests with a key that are no chat messages: their answer is their proof.

use std::time::Duration;

use super::super::cause;
use super::*;
use crate::answers::Answers;
use crate::outbox::Route;

fn put(world: &mut World, key: &str, method: &str, answers: Answers) {
    put_about(world, key, method, None, answers);
}

fn put_about(world: &mut World, key: &str, method: &str, session: Option<&str>, answers: Answers) {
    let new = NewEntry {
        key: Key::new(key),
        route: Route::Method {
            name: method.to_owned(),
            session: session.map(str::to_owned),
        },
        answers,
        bytes: 1,
        ttl: None,
        written_ms: 0,
        is_being_read: false,
    };
    world.engine.enqueue(world.now, new).unwrap();
    world.wake();
}

#[test]
fn a_request_with_a_key_is_done_when_it_is_answered_and_repeated_when_that_is_safe() {
    let mut world = World::ready();
    put(&mut world, "p", "poll", Answers::First);
    world.reconnect();
    assert_eq!(
        world.left(),
        ["p", "p"],
        "the same process, and the same key"
    );
    world.answer(world.id_of("p"), &json!({}));
    assert_eq!(world.confirmed(), ["p"]);

    put(&mut world, "a", "agent", Answers::Final);
    world.answer(world.id_of("a"), &json!({"status": "accepted"}));
    assert_eq!(world.state("a"), Some(Accepted));
    world.hello["server"]["bootId"] = json!("boot-2");
    world.reconnect();
    assert_eq!(world.state("a"), Some(Unconfirmed));
}

#[test]
fn a_request_with_one_answer_is_done_by_it_whatever_it_says() {
    for status in ["ok", "accepted"] {
        let mut world = World::ready();
        put(&mut world, "p", "poll", Answers::First);
        world.answer(world.id_of("p"), &json!({"status": status}));
        assert_eq!(world.confirmed(), ["p"], "{status}");
    }
}

#[test]
fn a_request_with_two_answers_is_done_by_the_second_or_by_the_only_one() {
    for before in [&["accepted"][..], &[]] {
        let mut world = World::ready();
        put(&mut world, "a", "agent", Answers::Final);
        let id = world.id_of("a");
        for status in before {
            world.answer(id, &json!({"status": status}));
            assert_eq!(world.state("a"), Some(Accepted));
        }
        world.answer(id, &json!({"status": "ok"}));
        assert_eq!(world.confirmed(), ["a"]);
    }
}

#[test]
fn a_request_without_an_answer_is_repeated_after_its_deadline() {
    let mut world = World::ready();
    put(&mut world, "p", "poll", Answers::First);
    world.live(30);
    assert_eq!(world.left(), ["p", "p"]);
}

#[test]
fn a_request_that_runs_for_minutes_is_waited_for_without_any_look() {
    let mut world = World::ready();
    put(&mut world, "a", "agent", Answers::Final);
    let id = world.id_of("a");
    world.answer(id, &json!({"status": "accepted"}));
    world.live(600);
    assert_eq!((world.state("a"), looks(&world)), (Some(Accepted), 0));
    world.answer(id, &json!({"status": "ok"}));
    assert_eq!(world.confirmed(), ["a"]);
}

#[test]
fn requests_that_are_found_too_old_on_their_way_out_wait_for_nobody() {
    let keys = ["a", "b", "c"];
    let mut world = World::ready();
    for key in keys {
        put(&mut world, key, "agent", Answers::Final);
        world.answer(world.id_of(key), &json!({"status": "accepted"}));
    }
    world.disk.is_slow = true;
    world.reconnect();
    // Hours pass, and only the store can tell of them.
    world.wall_ahead += 9_000_000;
    while world.disk.out.is_some() {
        world.answer_store();
    }
    assert_eq!(world.left(), keys, "their keys may be forgotten");
    for key in keys {
        assert_eq!(world.state(key), Some(Unconfirmed), "{key}");
    }
    assert!(world.engine.is_stored());
}

/// The machine slept for longer than the request may take, and all that its
/// clocks show of that is this.
fn woken_in_silence() -> World {
    let mut world = World::ready();
    put(&mut world, "p", "poll", Answers::First);
    world.now = world.now + secs(42);
    world.wake();
    assert_eq!(world.own_all("system-presence").len(), 1);
    assert_eq!(world.left(), ["p"], "nobody knows who hears it");
    world
}

#[test]
fn a_request_is_not_repeated_on_a_connection_that_may_be_dead() {
    let mut world = woken_in_silence();
    world.pass(secs(3));
    assert_eq!(cause(&world.status()).code, "silent");
    // The gateway's clock shows how long it was in truth.
    world.challenge["ts"] = json!(at(343));
    world.reconnect();
    assert_eq!(world.left(), ["p"]);
    assert_eq!(world.state("p"), Some(Unconfirmed));
}

#[test]
fn a_request_is_repeated_as_soon_as_its_connection_shows_that_it_lives() {
    let mut world = woken_in_silence();
    world.answer(world.own("system-presence"), &json!([]));
    world.pass(Duration::ZERO);
    assert_eq!(world.left(), ["p", "p"]);
}

#[test]
fn a_request_that_waits_for_a_person_holds_up_those_of_its_session_alone() {
    let mut world = World::ready();
    let to = |world: &mut World, key: &str, session| {
        put_about(world, key, "send", Some(session), Answers::First);
    };
    to(&mut world, "a1", "ann");
    to(&mut world, "a2", "ann");
    to(&mut world, "b", "bob");
    assert_eq!(
        world.left(),
        ["a1", "b"],
        "Ann's second waits for her first"
    );
    world.refuse(
        world.id_of("a1"),
        &json!({"code": "INVALID_REQUEST", "message": "no"}),
    );
    world.answer(world.id_of("b"), &json!({}));
    to(&mut world, "b2", "bob");
    assert_eq!(world.left(), ["a1", "b", "b2"]);
    assert_eq!(world.state("a1"), Some(Parked));
    assert_eq!(world.state("a2"), Some(Queued));
    assert_eq!(looks(&world), 0, "no transcript is asked about them");
}
