//! The order in one session, and what proves that a message arrived.

use super::*;

#[test]
fn a_message_goes_from_queued_over_sending_and_accepted_to_confirmed() {
    let mut world = World::new();
    world.connect();
    world.enqueue("k");
    assert_eq!(world.state("k"), Some(Queued));
    world.shake_hands();
    assert_eq!(world.state("k"), Some(Sending));
    accept(&mut world, "k");
    assert_eq!(world.state("k"), Some(Accepted));
    delta(&mut world, "k");
    assert_eq!(world.state("k"), None);
    assert_eq!(world.confirmed(), ["k"]);
    let told = world.events.iter().filter_map(|event| match event {
        Event::Outbox(Update::Changed(entry)) => Some(entry.state.as_str()),
        _ => None,
    });
    let told: Vec<&str> = told.collect();
    assert_eq!(told, ["queued", "sending", "accepted", "confirmed"]);
}

#[test]
fn the_mark_sending_is_stored_before_the_bytes_leave() {
    let mut world = World::ready();
    let new = NewEntry::chat(Key::new("k"), None, 1, 0);
    world.engine.enqueue(world.now, new).unwrap();
    let mut order = Vec::new();
    while let Some(output) = world.engine.poll_output() {
        order.push(match output {
            Output::Event(Event::Outbox(Update::Changed(entry))) => entry.state.as_str(),
            Output::Event(Event::Outbox(Update::Stored { is_kept: true, .. })) => "kept",
            Output::Transmit(..) => "transmit",
            Output::Store(batch) => {
                let [Change::Add(saved)] = &batch.changes[..] else {
                    panic!("{batch:?}");
                };
                assert!(batch.strict);
                assert_eq!(saved.state, Sending);
                assert_eq!(saved.mark.as_ref().unwrap().boot_id, "boot-1");
                let stored = world.how_stored(&batch, Ok(()));
                world.engine.handle_input(world.now, stored);
                "store"
            }
            _ => "other",
        });
    }
    assert_eq!(order, ["queued", "sending", "store", "kept", "transmit"]);
}

#[test]
fn a_row_in_the_transcript_confirms_and_so_does_a_final_with_words() {
    let mut world = World::ready();
    world.enqueue("k");
    let payload = json!({"sessionKey": MAIN, "message": row("k", 1)});
    world.event("session.message", &payload);
    assert_eq!(world.confirmed(), ["k"]);

    let mut world = World::ready();
    world.enqueue("k");
    let payload = json!({
        "sessionKey": MAIN, "runId": "k", "state": "final", "message": {"role": "assistant"},
    });
    world.event("chat", &payload);
    assert_eq!(world.confirmed(), ["k"]);
}

#[test]
fn the_lane_goes_on_when_the_proof_comes_before_the_answer() {
    let mut world = World::ready();
    world.enqueue("a");
    world.enqueue("b");
    let id = world.id_of("a");
    delta(&mut world, "a");
    assert_eq!(world.left(), ["a", "b"]);
    world.answer(id, &json!({"status": "started"}));
    assert_eq!(world.confirmed(), ["a"]);
}

#[test]
fn a_status_event_and_somebody_elses_run_prove_nothing() {
    let mut world = World::ready();
    world.enqueue("k");
    accept(&mut world, "k");
    for (run, state) in [("k", "status"), ("other", "delta"), ("other", "final")] {
        let payload = json!({"sessionKey": MAIN, "runId": run, "state": state, "message": {}});
        let payload = if run == "k" {
            json!({"sessionKey": MAIN, "runId": run, "state": state})
        } else {
            payload
        };
        world.event("chat", &payload);
    }
    let theirs = json!({"sessionKey": MAIN, "message": row("other", 1)});
    world.event("session.message", &theirs);
    assert_eq!(world.state("k"), Some(Accepted));
    assert_eq!(looks(&world), 0, "nor are they a reason to look");
}

#[test]
fn one_session_is_strictly_in_order_and_sessions_do_not_wait_for_each_other() {
    let mut world = World::ready();
    world.enqueue_in("a1", "a");
    world.enqueue_in("a2", "a");
    world.enqueue_in("b1", "b");
    assert_eq!(world.left(), ["a1", "b1"]);
    accept(&mut world, "b1");
    world.enqueue_in("b2", "b");
    assert_eq!(world.left(), ["a1", "b1", "b2"]);
    accept(&mut world, "a1");
    assert_eq!(world.left(), ["a1", "b1", "b2", "a2"]);
}

#[test]
fn at_most_8_messages_of_a_session_are_accepted_and_unproven() {
    let mut world = World::ready();
    let keys: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
    for key in &keys {
        world.enqueue(key);
    }
    for key in keys.iter().take(8) {
        accept(&mut world, key);
    }
    assert_eq!(world.left().len(), 8);
    delta(&mut world, "k3");
    assert_eq!(world.left().len(), 9);
    accept(&mut world, "k8");
    assert_eq!(world.left().len(), 9);
}

#[test]
fn messages_typed_before_any_hello_go_to_the_main_session_in_order() {
    let mut world = World::new();
    for key in ["a", "b"] {
        let new = NewEntry::chat(Key::new(key), None, 1, 0);
        world.engine.enqueue(world.now, new).unwrap();
    }
    assert_eq!(world.entry("a").unwrap().session, None);
    world.connect();
    world.shake_hands();
    assert_eq!(world.left(), ["a"]);
    assert_eq!(world.entry("b").unwrap().session.as_deref(), Some(MAIN));
    accept(&mut world, "a");
    assert_eq!(world.left(), ["a", "b"]);
}

#[test]
fn a_hello_that_names_no_main_session_still_lets_messages_leave() {
    let mut world = World::new();
    world.hello["snapshot"] = json!({"sessionDefaults": {"mainSessionKey": ""}});
    let new = NewEntry::chat(Key::new("k"), None, 1, 0);
    world.engine.enqueue(world.now, new).unwrap();
    world.connect();
    world.shake_hands();
    assert_eq!(world.entry("k").unwrap().session.as_deref(), Some("main"));
    assert_eq!(world.left(), ["k"]);
}
