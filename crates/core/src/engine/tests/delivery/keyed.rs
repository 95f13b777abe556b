//! Requests with a key that are no chat messages: their answer is their proof.

use super::*;
use crate::answers::Answers;
use crate::outbox::Route;

fn put(world: &mut World, key: &str, method: &str, answers: Answers) {
    let new = NewEntry {
        key: Key::new(key),
        route: Route::Method(method.to_owned()),
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
