//! Tabs of one connection that ask for different scopes.

use serde_json::json;

use super::super::Status;
use super::world::*;
use crate::outbox::EntryState;

const READ: &str = "operator.read";
const WRITE: &str = "operator.write";

fn reader() -> World {
    let mut config = super::super::Config::new(crate::handshake::Profile::webchat("0.1.0"));
    config.profile.scopes = vec![READ.to_owned()];
    let mut world = World::with(config);
    world.connect();
    world.shake_hands();
    world.sent.clear();
    world
}

fn widen(world: &mut World) {
    let both = vec![READ.to_owned(), WRITE.to_owned()];
    world.engine.widen(world.now, both);
    world.drain();
}

/// What the newest handshake asked for.
fn asked(world: &World) -> Vec<String> {
    let mut connects = world.sent.iter().filter_map(|sent| match sent {
        Sent::Own { method, params, .. } if method == "connect" => Some(params),
        _ => None,
    });
    let scopes = connects.next_back().unwrap()["scopes"]
        .as_array()
        .unwrap()
        .clone();
    scopes
        .iter()
        .map(|scope| scope.as_str().unwrap().to_owned())
        .collect()
}

fn grant(world: &mut World, scopes: &[&str]) {
    world.hello["auth"]["scopes"] = json!(scopes);
    world.shake_hands();
}

#[test]
fn the_connection_is_made_anew_with_what_another_tab_asks_for_besides() {
    let mut world = reader();
    widen(&mut world);
    grant(&mut world, &[READ, WRITE]);
    assert_eq!(asked(&world), [READ, WRITE]);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.connects.len(), 2);
    widen(&mut world);
    assert_eq!(world.connects.len(), 2, "once");
}

#[test]
fn a_message_that_lacked_a_scope_goes_out_over_the_wider_connection() {
    let mut world = reader();
    world.enqueue("k");
    let id = world.id_of("k");
    world.refuse(
        id,
        &json!({"code": "FORBIDDEN", "message": "missing scope: operator.write"}),
    );
    assert_eq!(world.state("k"), Some(EntryState::Parked));
    world.sent.clear();
    widen(&mut world);
    grant(&mut world, &[READ, WRITE]);
    assert_eq!(world.left(), ["k"]);
}

#[test]
fn a_refusal_of_more_costs_one_attempt_and_the_old_scopes_stay() {
    for details in [
        json!({"code": "AUTH_SCOPE_MISMATCH"}),
        json!({"code": "PAIRING_REQUIRED", "reason": "scope-upgrade", "requestId": "r"}),
        json!({"code": "AUTH_TOKEN_MISSING"}),
    ] {
        let mut world = reader();
        widen(&mut world);
        world.be_refused(&json!({"code": "INVALID_REQUEST", "message": "no", "details": details}));
        assert!(
            !matches!(world.status(), Status::Paused(_) | Status::Pairing(_)),
            "{details}"
        );
        world.hello["auth"]["scopes"] = json!([READ]);
        world.return_after_refusal();
        assert_eq!(asked(&world), [READ], "{details}");
        assert_eq!(world.status(), Status::Ready);
        // The next connection may be granted more.
        world.reconnect();
        assert_eq!(asked(&world), [READ, WRITE]);
    }
}

#[test]
fn a_request_under_way_is_answered_before_the_connection_gives_way() {
    let mut world = reader();
    let id = world.request();
    widen(&mut world);
    assert_eq!(world.connects.len(), 1);
    world.answer(id, &json!({}));
    assert_eq!(world.connects.len(), 2);
}
