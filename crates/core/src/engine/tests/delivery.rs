//! Messages of the outbox, from typing to the transcript, through losses.

mod answers;
mod keyed;
mod lanes;
mod looks;
mod store;
mod table;

use serde_json::{Value, json};

use super::{World, secs};
use crate::engine::{Config, Event, NewEntry, Output};
use crate::handshake::Profile;
use crate::outbox::EntryState::{Accepted, Parked, Queued, Sending, Unconfirmed};
use crate::outbox::{Bounds, Change, EnqueueError, Key, Update};

const MAIN: &str = "agent:main:main";

/// The gateway's clock in a row, this many seconds after the challenge.
fn at(seconds: u64) -> u64 {
    1_795_144_574_973 + seconds * 1000
}

fn row(key: &str, seconds: u64) -> Value {
    json!({
        "role": "user", "content": "words", "idempotencyKey": format!("{key}:user"),
        "__openclaw": {"id": key, "seq": 1, "recordTimestampMs": at(seconds)},
    })
}

fn history(rows: &[Value]) -> Value {
    json!({"sessionId": "s", "messages": rows, "hasMore": false})
}

fn pending(key: &str, state: &str) -> Value {
    let mut page = history(&[]);
    page["pendingInputs"] = json!({"items": [{"id": "p", "runId": key, "state": state}]});
    page
}

fn accept(world: &mut World, key: &str) {
    let id = world.id_of(key);
    world.answer(id, &json!({"runId": key, "status": "started"}));
}

fn delta(world: &mut World, key: &str) {
    let message = json!({"role": "assistant", "content": []});
    let payload = json!({
        "runId": key, "sessionKey": MAIN, "state": "delta", "message": message,
    });
    world.event("chat", &payload);
}

fn looks(world: &World) -> usize {
    world.own_all("chat.history").len()
}

/// Answers the newest look into history.
fn see(world: &mut World, page: &Value) {
    let look = world.own("chat.history");
    world.answer(look, page);
}

/// A message left and the connection was lost before any answer; it is back.
fn lost_in_between() -> World {
    let mut world = World::ready();
    world.enqueue("k");
    assert_eq!(world.left(), ["k"]);
    world.sent.clear();
    world.reconnect();
    assert_eq!(looks(&world), 1, "what became of it is looked up first");
    assert_eq!(world.left(), [""; 0]);
    world
}
