//! Frame numbers and versions of the gateway's state.

use serde_json::json;

use super::super::{Event, Verdict};
use super::{World, secs};

fn gaps(world: &World) -> Vec<(u64, u64)> {
    let gaps = world.events.iter().filter_map(|event| match event {
        Event::Gap { expected, received } => Some((*expected, *received)),
        _ => None,
    });
    gaps.collect()
}

#[test]
fn a_missing_frame_is_reported_once_and_the_rest_is_delivered() {
    let mut world = World::ready();
    assert_eq!(world.event("agent", &json!({})), Verdict::Deliver);
    assert_eq!(
        world.event_numbered(2, "agent", &json!({})),
        Verdict::Deliver
    );
    assert_eq!(
        world.event_numbered(7, "agent", &json!({})),
        Verdict::Deliver
    );
    assert_eq!(
        world.event_numbered(8, "agent", &json!({})),
        Verdict::Deliver
    );
    assert_eq!(gaps(&world), [(3, 7)]);
}

#[test]
fn a_repeated_frame_is_dropped() {
    let mut world = World::ready();
    world.event_numbered(1, "agent", &json!({}));
    world.event_numbered(2, "agent", &json!({}));
    assert_eq!(world.event_numbered(2, "agent", &json!({})), Verdict::Drop);
    assert_eq!(world.event_numbered(1, "agent", &json!({})), Verdict::Drop);
    assert_eq!(gaps(&world), []);
}

#[test]
fn numbers_begin_anew_with_each_connection() {
    let mut world = World::ready();
    for _ in 0..50 {
        world.event("agent", &json!({}));
    }
    world.reconnect();
    assert_eq!(world.event("agent", &json!({})), Verdict::Deliver);
    assert_eq!(gaps(&world), []);
}

#[test]
fn frames_without_a_number_are_delivered_and_break_no_row() {
    let mut world = World::ready();
    world.event_numbered(1, "agent", &json!({}));
    let frame = json!({"type": "event", "event": "update.available", "payload": {}});
    assert_eq!(
        world.event_frame("update.available", None, &frame),
        Verdict::Deliver
    );
    world.event_numbered(2, "agent", &json!({}));
    assert_eq!(gaps(&world), []);
}

/// Events that the host handed on without a glance.
fn passed(world: &mut World, seq: u64) {
    assert!(world.engine.lets_pass());
    let generation = world.generation();
    world.engine.passed(world.now, generation, seq);
}

#[test]
fn what_went_by_without_a_glance_counts_all_the_same() {
    let mut world = World::ready();
    passed(&mut world, 40);
    assert_eq!(
        world.event_numbered(40, "agent", &json!({})),
        Verdict::Drop,
        "a repetition"
    );
    world.event_numbered(41, "agent", &json!({}));
    assert_eq!(gaps(&world), []);
    passed(&mut world, 50);
    world.event_numbered(52, "agent", &json!({}));
    assert_eq!(gaps(&world), [(51, 52)]);
    for seq in 53..60 {
        world.pass(secs(30));
        passed(&mut world, seq);
    }
    assert!(
        world.own_all("system-presence").is_empty(),
        "a sign of life"
    );
}

#[test]
fn nothing_goes_by_while_a_message_awaits_its_proof_or_nobody_is_there() {
    let mut world = World::new();
    world.connect();
    assert!(!world.engine.lets_pass());
    let mut world = World::ready();
    world.enqueue("a");
    let id = world.id_of("a");
    assert!(!world.engine.lets_pass());
    world.answer(id, &json!({"runId": "a", "status": "started"}));
    assert!(!world.engine.lets_pass());
    let row = json!({"message": {"role": "user", "idempotencyKey": "a:user"}});
    world.event("session.message", &row);
    assert_eq!(world.confirmed(), ["a"]);
    assert!(world.engine.lets_pass());
}

fn state(world: &mut World, name: &str, seq: u64, versions: &serde_json::Value) -> Verdict {
    let frame = json!({
        "type": "event", "event": name, "seq": seq,
        "payload": {}, "stateVersion": versions,
    });
    world.event_frame(name, Some(seq), &frame)
}

#[test]
fn state_older_than_the_one_held_is_dropped() {
    let mut world = World::ready();
    let older = json!({"presence": 2, "health": 5});
    assert_eq!(state(&mut world, "presence", 1, &older), Verdict::Drop);
    let newer = json!({"presence": 4, "health": 5});
    assert_eq!(state(&mut world, "presence", 2, &newer), Verdict::Deliver);
    let same = json!({"presence": 4, "health": 5});
    assert_eq!(state(&mut world, "health", 3, &same), Verdict::Deliver);
    let older = json!({"presence": 3, "health": 6});
    assert_eq!(state(&mut world, "health", 4, &older), Verdict::Drop);
    let newer = json!({"presence": 4, "health": 6});
    assert_eq!(state(&mut world, "health", 5, &newer), Verdict::Deliver);
}

#[test]
fn state_without_a_whole_version_is_delivered() {
    let mut world = World::ready();
    assert_eq!(
        state(&mut world, "health", 1, &json!({"health": 1})),
        Verdict::Deliver
    );
    assert_eq!(
        state(&mut world, "health", 2, &json!(null)),
        Verdict::Deliver
    );
}

#[test]
fn a_restarted_gateway_may_count_from_the_beginning() {
    let mut world = World::ready();
    world.hello["snapshot"]["stateVersion"] = json!({"presence": 1, "health": 1});
    world.reconnect();
    let fresh = json!({"presence": 2, "health": 1});
    assert_eq!(state(&mut world, "presence", 1, &fresh), Verdict::Deliver);
}
