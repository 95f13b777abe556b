//! The numbers that a host may watch.

use serde_json::json;

use super::World;

#[test]
fn gaps_repetitions_and_older_state_are_counted() {
    let mut world = World::ready();
    world.event_numbered(1, "agent", &json!({}));
    for _ in 0..2 {
        world.event_numbered(3, "agent", &json!({}));
    }
    let older = json!({
        "type": "event", "event": "presence", "seq": 4,
        "payload": {}, "stateVersion": {"presence": 2, "health": 5},
    });
    world.event_frame("presence", Some(4), &older);
    let counted = world.engine.metrics();
    assert_eq!((counted.gaps, counted.dropped), (1, 2));
}

#[test]
fn looks_repeats_and_what_waits_are_counted() {
    let mut world = World::ready();
    for (key, session) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        world.enqueue_in(key, session);
    }
    world.reconnect();
    let page = |rows: &[serde_json::Value]| json!({"messages": rows, "hasMore": false});
    let looks = world.own_all("chat.history");
    for (look, params) in &looks {
        let row = json!({"role": "user", "idempotencyKey": "b1:user"});
        let rows = if params["sessionKey"] == "b" {
            page(&[row])
        } else {
            page(&[])
        };
        world.answer(*look, &rows);
    }
    let counted = world.engine.metrics();
    assert_eq!((counted.looks, counted.repeats, counted.outbox), (2, 1, 2));
}

#[test]
fn a_request_that_failed_is_counted() {
    let mut world = World::ready();
    let id = world.request();
    world.engine.cancel(id);
    assert_eq!(world.engine.metrics().failed, 1);
}
