//! What the gateway answers, what a person decides, and bounds.

use super::*;

#[test]
fn a_refusal_parks_and_blocks_its_own_session_only() {
    let mut world = World::ready();
    world.enqueue_in("a1", "a");
    world.enqueue_in("a2", "a");
    world.enqueue_in("b1", "b");
    let id = world.id_of("a1");
    let conflict = json!({
        "code": "INVALID_REQUEST", "message": "this key was used for other words",
        "details": {"reason": "chat-request-conflict"},
    });
    world.refuse(id, &conflict);
    let parked = world.entry("a1").unwrap();
    assert_eq!(parked.state, Parked);
    assert_eq!(
        parked.reason.as_deref(),
        Some("this key was used for other words")
    );
    accept(&mut world, "b1");
    world.enqueue_in("b2", "b");
    world.pass(secs(30));
    assert_eq!(world.left(), ["a1", "b1", "b2"]);
    world.reconnect();
    assert_eq!(world.state("a1"), Some(Parked), "a person decides");
}

#[test]
fn a_person_sends_a_parked_message_again_in_its_place() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    let id = world.id_of("a");
    world.refuse(id, &json!({"code": "INVALID_REQUEST", "message": "no"}));
    assert!(
        !world.resend("b", "b2"),
        "only what is parked or unconfirmed"
    );
    assert!(!world.resend("a", "b"), "a key of its own");
    assert!(!world.resend("unknown", "c"));
    assert!(world.resend("a", "a-again"));
    assert_eq!(world.left(), ["a", "a-again"]);
    assert_eq!(
        world.entry("a-again").unwrap().replaces,
        Some(Key::new("a"))
    );
    accept(&mut world, "a-again");
    assert_eq!(world.left(), ["a", "a-again", "b"]);
}

#[test]
fn a_person_takes_a_message_out_unless_it_is_on_its_way() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    assert!(!world.remove("a"), "it is on its way");
    accept(&mut world, "a");
    assert!(!world.remove("a"));
    let id = world.id_of("b");
    world.refuse(id, &json!({"code": "INVALID_REQUEST", "message": "no"}));
    world.enqueue("c");
    assert!(world.remove("b"), "the parked one");
    assert!(!world.remove("b"));
    assert_eq!(world.left(), ["a", "b", "c"], "and the lane goes on");
}

#[test]
fn a_gateway_that_cannot_just_now_gets_the_message_later_and_once() {
    let mut world = World::ready();
    world.enqueue("k");
    let busy = json!({
        "code": "UNAVAILABLE", "message": "restarting", "retryable": true, "retryAfterMs": 2000,
        "details": {"reason": "gateway-restarting"},
    });
    for round in 1..100 {
        let id = world.id_of("k");
        world.refuse(id, &busy);
        assert_eq!(world.state("k"), Some(Queued));
        world.pass(std::time::Duration::from_millis(1_999));
        assert_eq!(world.left().len(), round);
        world.pass(std::time::Duration::from_millis(1));
        assert_eq!(world.left().len(), round + 1);
    }
    accept(&mut world, "k");
    assert_eq!(looks(&world), 0, "every refusal said that it did not run");
    delta(&mut world, "k");
    assert_eq!(world.confirmed(), ["k"]);
}

#[test]
fn a_refusal_for_now_says_nothing_about_an_attempt_that_was_lost() {
    let mut world = lost_in_between();
    see(&mut world, &history(&[]));
    let id = world.id_of("k");
    let busy = json!({"code": "UNAVAILABLE", "retryable": true, "retryAfterMs": 1000});
    world.refuse(id, &busy);
    world.hello["server"]["bootId"] = json!("boot-2");
    world.sent.clear();
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
}

#[test]
fn an_absurd_retry_time_neither_spins_nor_holds_for_ever() {
    for hint in [0_u64, 9_007_199_254_740_991] {
        let mut world = World::ready();
        world.enqueue("k");
        for _ in 0..1300 {
            if world.state("k") == Some(Sending) {
                let id = world.id_of("k");
                let busy = json!({"code": "UNAVAILABLE", "retryable": true, "retryAfterMs": hint});
                world.refuse(id, &busy);
            }
            world.live(1);
        }
        assert!(
            (2..1310).contains(&world.left().len()),
            "{}",
            world.left().len()
        );
    }
}

#[test]
fn no_answer_within_its_deadline_asks_history_and_repeats_under_the_same_key() {
    let mut world = World::ready();
    world.enqueue("k");
    world.live(30);
    assert_eq!(world.left(), ["k"]);
    assert_eq!(looks(&world), 1);
    see(&mut world, &history(&[]));
    assert_eq!(world.left(), ["k", "k"]);
    accept(&mut world, "k");
    assert_eq!(world.state("k"), Some(Accepted));
}

#[test]
fn a_late_answer_to_a_repeated_message_settles_nothing_twice() {
    let mut world = World::ready();
    world.enqueue("k");
    let first = world.id_of("k");
    world.live(30);
    world.answer(first, &json!({"status": "started"}));
    assert_eq!(world.state("k"), Some(Sending), "its request is over");
    see(&mut world, &history(&[row("k", 1)]));
    assert_eq!(world.confirmed(), ["k"]);
}

#[test]
fn messages_stay_over_a_close_and_go_on_after_it() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    world.close();
    assert_eq!(world.engine.entries().len(), 2);
    world.sent.clear();
    world.connect();
    world.shake_hands();
    see(&mut world, &history(&[row("a", 1)]));
    assert_eq!(world.confirmed(), ["a"]);
    assert_eq!(world.left(), ["b"]);
}

#[test]
fn the_outbox_is_bounded_by_count_and_by_bytes() {
    let mut config = Config::new(Profile::webchat("0"));
    config.bounds = Bounds {
        entries: 2,
        bytes: 100,
    };
    let mut world = World::with(config);
    let mut put = |key: &str, bytes| {
        let new = NewEntry::chat(Key::new(key), None, bytes, 0);
        world.engine.enqueue(world.now, new)
    };
    assert_eq!(put("a", 60), Ok(()));
    assert_eq!(put("a", 1), Err(EnqueueError::KeyInUse));
    assert_eq!(put("b", 41), Err(EnqueueError::TooLarge { limit: 100 }));
    assert_eq!(
        put("b", u64::MAX),
        Err(EnqueueError::TooLarge { limit: 100 })
    );
    assert_eq!(put("b", 40), Ok(()));
    assert_eq!(put("c", 0), Err(EnqueueError::TooMany { limit: 2 }));
    world.remove("a");
    world.enqueue("c");
    assert_eq!(world.engine.entries().len(), 2);
}

#[test]
fn a_session_that_is_being_made_gets_the_message_again_in_its_place() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    let words = "SessionMutationAuthorizationChangedError: session changed before chat.send; \
                 retry the request";
    let refusal = json!({"code": "INVALID_REQUEST", "message": words});
    world.refuse(world.id_of("a"), &refusal);
    assert_eq!(world.state("a"), Some(Queued));
    world.live(1);
    assert_eq!(world.left(), ["a", "a"]);
    world.refuse(world.id_of("a"), &refusal);
    world.pass(secs(0));
    assert_eq!(world.left().len(), 2, "later each time");
    world.live(1);
    accept(&mut world, "a");
    assert_eq!(world.left(), ["a", "a", "a", "b"]);
}

#[test]
fn a_large_message_has_the_time_that_a_slow_line_takes_for_it() {
    let mut world = World::ready();
    let new = NewEntry::chat(Key::new("k"), None, 1024 * 1024, world.wall_ms());
    world.engine.enqueue(world.now, new).unwrap();
    world.wake();
    world.live(30 + 63);
    assert_eq!(looks(&world), 0, "it may still be on its way");
    world.live(1);
    assert_eq!(looks(&world), 1);
}

#[test]
fn a_message_that_is_refused_for_now_does_not_leave_after_its_time() {
    let mut world = World::ready();
    let mut new = NewEntry::chat(Key::new("k"), None, 1, world.wall_ms());
    new.ttl = Some(secs(5));
    world.engine.enqueue(world.now, new).unwrap();
    world.wake();
    world.live(6);
    let busy = json!({"code": "UNAVAILABLE", "retryable": true, "retryAfterMs": 2000});
    world.refuse(world.id_of("k"), &busy);
    world.live(10);
    assert_eq!(world.left(), ["k"]);
    let entry = world.entry("k").unwrap();
    assert_eq!(
        (entry.state, entry.reason.as_deref()),
        (Parked, Some("expired"))
    );
}

#[test]
fn the_answer_to_a_side_question_is_all_the_proof_there_will_be() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    let answer = json!({"kind": "btw", "runId": "k", "sessionKey": MAIN, "text": "Yes."});
    world.event("chat.side_result", &answer);
    world.event(
        "chat",
        &json!({"runId": "k", "sessionKey": MAIN, "state": "final"}),
    );
    assert_eq!(world.confirmed(), ["k"]);
    assert_eq!(looks(&world), 0, "nothing is left to look for");
}
