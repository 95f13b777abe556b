//! The table that decides after a reconnect, row by row, end to end.

use super::*;

#[test]
fn found_in_history_it_is_confirmed_and_not_sent_again() {
    let mut world = lost_in_between();
    see(&mut world, &history(&[row("k", 1)]));
    assert_eq!(world.confirmed(), ["k"]);
    world.pass(secs(120));
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn waiting_among_the_pending_inputs_it_is_waited_for() {
    let mut world = lost_in_between();
    see(&mut world, &pending("k", "queued"));
    assert_eq!(world.state("k"), Some(Accepted));
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn as_the_run_in_flight_it_is_waited_for() {
    let mut world = lost_in_between();
    let mut page = history(&[]);
    page["inFlightRun"] = json!({"runId": "k", "text": ""});
    see(&mut world, &page);
    assert_eq!(world.state("k"), Some(Accepted));
}

#[test]
fn interrupted_by_a_crash_it_goes_again_in_its_place_under_a_new_key() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    world.sent.clear();
    world.hello["server"]["bootId"] = json!("boot-2");
    world.reconnect();
    see(&mut world, &pending("a", "interrupted"));
    assert_eq!(world.left(), ["a.2"]);
    let renewed = world.entry("a.2").unwrap();
    assert_eq!(renewed.replaces, Some(Key::new("a")));
    assert_eq!(world.state("a"), None);
    let told = Event::Outbox(Update::Renewed {
        from: Key::new("a"),
        to: Key::new("a.2"),
    });
    assert!(world.events.contains(&told));
    accept(&mut world, "a.2");
    assert_eq!(world.left(), ["a.2", "b"]);
}

#[test]
fn never_sent_it_is_sent_whatever_became_of_the_gateway() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    world.drop_socket(1006, "");
    world.hello["server"]["bootId"] = json!("boot-2");
    world.sent.clear();
    world.return_after_drop();
    see(&mut world, &history(&[row("a", 1)]));
    assert_eq!(world.left(), ["b"]);
}

#[test]
fn lost_on_the_way_to_a_gateway_that_lived_on_it_is_repeated_under_its_key() {
    let mut world = lost_in_between();
    see(&mut world, &history(&[]));
    assert_eq!(world.left(), ["k"]);
    assert_eq!(world.entry("k").unwrap().attempts, 2);
}

#[test]
fn after_4_minutes_the_gateway_may_have_forgotten_the_key() {
    let mut world = World::ready();
    world.enqueue("k");
    world.drop_socket(1006, "");
    world.now = world.now + secs(241);
    world.sent.clear();
    world.return_after_drop();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
    assert_eq!(world.left(), [""; 0]);
}

#[test]
fn a_repeat_does_not_make_the_key_younger() {
    let mut world = lost_in_between();
    see(&mut world, &history(&[]));
    world.drop_socket(1006, "");
    world.now = world.now + secs(200);
    world.return_after_drop();
    see(&mut world, &history(&[]));
    assert_eq!(world.left().len(), 2);
    world.drop_socket(1006, "");
    world.now = world.now + secs(60);
    world.return_after_drop();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
}

#[test]
fn sent_to_a_gateway_that_died_it_is_shown_and_never_guessed() {
    let mut world = World::ready();
    world.enqueue("k");
    world.enqueue("next");
    world.hello["server"]["bootId"] = json!("boot-2");
    world.sent.clear();
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
    assert_eq!(world.left(), ["next"], "it does not hold up the others");
    let payload = json!({"sessionKey": MAIN, "message": row("k", 1)});
    world.event("session.message", &payload);
    assert_eq!(world.confirmed(), ["k"], "a proof may still come");
}

#[test]
fn a_gateway_that_does_not_name_its_process_could_be_another_one() {
    let mut world = World::new();
    world.hello["server"] = json!({});
    world.connect();
    world.shake_hands();
    world.enqueue("k");
    world.sent.clear();
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
}

#[test]
fn a_gateway_with_durable_keys_is_asked_again_after_any_death() {
    let mut world = World::ready();
    world.enqueue("k");
    world.drop_socket(1006, "");
    world.now = world.now + secs(24 * 3600);
    world.hello["server"]["bootId"] = json!("boot-2");
    world.hello["features"]["capabilities"] = json!(["durable-idempotency-keys"]);
    world.sent.clear();
    world.return_after_drop();
    see(&mut world, &history(&[]));
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn an_accepted_message_is_looked_up_after_a_loss_too() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    world.hello["server"]["bootId"] = json!("boot-2");
    world.sent.clear();
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed), "an answer is no proof");
}

#[test]
fn an_undecided_message_blocks_its_own_session_only() {
    let mut world = World::ready();
    world.enqueue_in("a1", "a");
    world.enqueue_in("a2", "a");
    world.sent.clear();
    world.reconnect();
    world.enqueue_in("b1", "b");
    assert_eq!(world.left(), ["b1"]);
}

#[test]
fn a_repeat_that_has_not_left_yet_is_decided_anew_after_the_next_loss() {
    let mut world = lost_in_between();
    see(&mut world, &history(&[]));
    let id = world.id_of("k");
    let busy = json!({"code": "UNAVAILABLE", "retryable": true, "retryAfterMs": 60_000});
    world.refuse(id, &busy);
    world.live(60);
    see(&mut world, &history(&[]));
    let id = world.id_of("k");
    world.refuse(id, &busy);
    world.event(
        "chat",
        &json!({"sessionKey": MAIN, "runId": "k", "state": "final"}),
    );
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Queued), "held back");
    world.hello["server"]["bootId"] = json!("boot-2");
    world.sent.clear();
    world.reconnect();
    see(&mut world, &history(&[]));
    assert_eq!(world.state("k"), Some(Unconfirmed));
    assert_eq!(world.left(), [""; 0]);
}
