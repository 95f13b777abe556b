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
fn a_scope_goes_with_the_tab_that_asked_for_it() {
    let mut world = reader();
    widen(&mut world);
    grant(&mut world, &[READ, WRITE]);
    world.sent.clear();
    let id = world.request();
    let own = vec![READ.to_owned()];
    world.engine.widen(world.now, own.clone());
    world.drain();
    assert_eq!(
        world.connects.len(),
        2,
        "what is under way is answered first"
    );
    world.answer(id, &json!({}));
    assert_eq!(world.connects.len(), 3);
    grant(&mut world, &[READ]);
    assert_eq!(asked(&world), own);
    world.engine.widen(world.now, own);
    world.drain();
    assert_eq!(world.connects.len(), 3, "once");
}

#[test]
fn a_tab_that_goes_while_the_connection_is_made_takes_its_scope_along() {
    let mut world = reader();
    widen(&mut world);
    world.hello["auth"]["scopes"] = json!([READ, WRITE]);
    let connect = world.reach_connect();
    // It has been asked for, and is granted when nobody wants it any more.
    world.engine.widen(world.now, vec![READ.to_owned()]);
    let hello = world.hello.clone();
    world.answer(connect, &hello);
    world.pass(secs(3));
    assert_eq!(world.connects.len(), 3);
    grant(&mut world, &[READ]);
    assert_eq!(asked(&world), [READ]);
    world.pass(secs(3));
    assert_eq!(world.connects.len(), 3, "once");
}

#[test]
fn what_is_fallen_back_to_is_nothing_that_nobody_asks_for_any_more() {
    let mut world = reader();
    widen(&mut world);
    grant(&mut world, &[READ, WRITE]);
    // Who asked for this is gone, and another one wants what is refused.
    let other = vec![READ.to_owned(), "operator.admin".to_owned()];
    world.engine.widen(world.now, other);
    world.drain();
    world.be_refused(&json!({
        "code": "INVALID_REQUEST", "message": "no", "details": {"code": "AUTH_SCOPE_MISMATCH"},
    }));
    world.hello["auth"]["scopes"] = json!([READ]);
    world.return_after_refusal();
    assert_eq!(asked(&world), [READ]);
}

#[test]
fn a_scope_that_was_never_granted_costs_nothing_when_its_tab_goes() {
    let mut world = reader();
    widen(&mut world);
    // More than was asked for, too: that is the gateway's business.
    grant(&mut world, &[READ, "operator.questions"]);
    let connects = world.connects.len();
    world.engine.widen(world.now, vec![READ.to_owned()]);
    world.drain();
    assert_eq!(world.connects.len(), connects);
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
