//! A gateway that refuses: who must act, and how often we ask.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Network, Status};
use super::{World, cause, secs};

fn error(detail: &str) -> Value {
    json!({"code": "INVALID_REQUEST", "message": "no", "details": {"code": detail}})
}

fn pairing() -> Value {
    json!({
        "code": "NOT_PAIRED", "message": "pairing required",
        "details": {"code": "PAIRING_REQUIRED", "reason": "not-paired", "requestId": "req-1"},
    })
}

/// The times between the sockets.
fn gaps(world: &World) -> Vec<Duration> {
    let pairs = world.connects.windows(2);
    pairs.map(|pair| pair[1].since(pair[0])).collect()
}

#[test]
fn a_wrong_token_pauses_after_one_socket_until_a_person_acts() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&error("AUTH_TOKEN_MISMATCH"));
    assert!(matches!(world.status(), Status::Paused(_)));
    assert!(!cause(&world.status()).advice.is_empty());
    world.drop_socket(1008, "unauthorized");
    for network in [Network::Online, Network::Visible, Network::Restored] {
        world.network(network);
    }
    world.pass(secs(24 * 3600));
    assert_eq!(world.connects.len(), 1);
    world.connect();
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn pairing_polls_every_5_to_6_seconds_and_goes_on_when_approved() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&pairing());
    let Status::Pairing(shown) = world.status() else {
        panic!("{:?}", world.status());
    };
    assert_eq!(shown.request_id.as_deref(), Some("req-1"));
    assert_eq!(shown.reason.as_deref(), Some("not-paired"));
    world.events.clear();
    for _ in 0..20 {
        let (due, _) = world.engine.deadline().unwrap();
        world.pass(due.since(world.now));
        world.be_refused(&pairing());
    }
    for gap in gaps(&world) {
        assert!((secs(5)..=secs(6)).contains(&gap), "{gap:?}");
    }
    assert_eq!(world.events, [], "the screen does not flicker");
    let (due, _) = world.engine.deadline().unwrap();
    world.pass(due.since(world.now));
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_hidden_page_polls_for_its_approval_every_30_to_36_seconds() {
    let mut world = World::new();
    world.connect();
    world.network(Network::Hidden);
    for _ in 0..10 {
        world.be_refused(&pairing());
        let (due, _) = world.engine.deadline().unwrap();
        world.pass(due.since(world.now));
    }
    for gap in gaps(&world) {
        assert!((secs(30)..=secs(36)).contains(&gap), "{gap:?}");
    }
    world.be_refused(&pairing());
    world.network(Network::Visible);
    let (due, _) = world.engine.deadline().unwrap();
    assert!(due.since(world.now) <= Duration::from_millis(250));
}

#[test]
fn another_pairing_request_is_shown_instead_of_the_first() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&pairing());
    let (due, _) = world.engine.deadline().unwrap();
    world.pass(due.since(world.now));
    let mut second = pairing();
    second["details"]["requestId"] = json!("req-2");
    world.be_refused(&second);
    let Status::Pairing(shown) = world.status() else {
        panic!("{:?}", world.status());
    };
    assert_eq!(shown.request_id.as_deref(), Some("req-2"));
}

#[test]
fn a_person_who_tries_again_while_approval_is_due_still_sees_what_to_approve() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&pairing());
    world.events.clear();
    world.connect();
    assert_eq!(world.connects.len(), 2);
    world.pass(secs(1));
    world.connect();
    assert_eq!(world.connects.len(), 3, "the second one hangs");
    assert!(matches!(world.status(), Status::Pairing(_)));
    assert_eq!(world.events, [], "the screen does not flicker");
}

const SCOPES: [&str; 3] = ["operator.read", "operator.write", "operator.approvals"];

#[test]
fn a_refused_device_token_is_forgotten_and_the_shared_one_tried_once() {
    let mut world = World::new().with_device_token(&SCOPES);
    world.connect();
    world.be_refused(&error("AUTH_DEVICE_TOKEN_MISMATCH"));
    assert_eq!(world.forgotten_tokens, 1);
    let (due, _) = world.engine.deadline().unwrap();
    assert!(due.since(world.now) <= Duration::from_millis(250));
    world.pass(due.since(world.now));
    world.be_refused(&error("AUTH_DEVICE_TOKEN_MISMATCH"));
    let auth = world.own_all("connect").pop().unwrap().1["auth"].clone();
    assert_eq!(auth, json!({"token": "shared"}));
    assert!(matches!(world.status(), Status::Paused(_)));
    world.pass(secs(3600));
    assert_eq!(world.connects.len(), 2);
}

#[test]
fn a_device_token_for_fewer_scopes_is_kept_while_more_are_asked_for() {
    let mut world = World::new().with_device_token(&SCOPES);
    world.connect();
    world.be_refused(&error("AUTH_SCOPE_MISMATCH"));
    assert_eq!(world.forgotten_tokens, 0);
    let (due, _) = world.engine.deadline().unwrap();
    world.pass(due.since(world.now));
    world.shake_hands();
    let auth = world.own_all("connect").pop().unwrap().1["auth"].clone();
    assert_eq!(auth, json!({"token": "shared"}));
}

#[test]
fn too_many_failures_wait_as_long_as_the_gateway_says_whatever_the_page_does() {
    let mut world = World::new();
    world.connect();
    let mut limited = error("AUTH_RATE_LIMITED");
    limited["retryAfterMs"] = json!(299_984);
    world.be_refused(&limited);
    for _ in 0..200 {
        world.network(Network::Hidden);
        world.network(Network::Visible);
        world.network(Network::Online);
        world.network(Network::Resumed);
        world.network(Network::Restored);
        world.pass(secs(1));
    }
    assert_eq!(world.connects.len(), 1);
    world.pass(secs(161));
    let allowed = Duration::from_millis(299_984)..=secs(360);
    assert!(allowed.contains(&gaps(&world)[0]), "{:?}", gaps(&world));

    let mut world = World::new();
    world.connect();
    world.be_refused(&error("AUTH_RATE_LIMITED"));
    world.pass(secs(299));
    assert_eq!(world.connects.len(), 1);
}

#[test]
fn a_person_may_try_during_a_wait_that_the_gateway_asked_for() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&error("AUTH_RATE_LIMITED"));
    world.connect();
    assert_eq!(world.connects.len(), 2);
}

#[test]
fn a_starting_gateway_is_asked_again_soon_but_not_sooner_than_it_says() {
    let mut world = World::new();
    world.connect();
    for _ in 0..10 {
        world.be_refused(&json!({
            "code": "UNAVAILABLE", "message": "gateway starting", "retryable": true,
            "retryAfterMs": 500, "details": {"reason": "startup-sidecars"},
        }));
        world.drop_socket(1013, "gateway starting");
        let (due, _) = world.engine.deadline().unwrap();
        world.pass(due.since(world.now));
    }
    for gap in gaps(&world) {
        let allowed = Duration::from_millis(500)..=Duration::from_millis(1000);
        assert!(allowed.contains(&gap), "{gap:?}");
    }
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_hint_of_no_wait_at_all_does_not_outrun_the_backoff() {
    for hint in [0, 1] {
        let mut world = World::new();
        world.connect();
        for _ in 0..600 {
            if matches!(world.status(), Status::Connecting { .. }) {
                world.be_refused(&json!({
                    "code": "UNAVAILABLE", "message": "again", "retryable": true,
                    "retryAfterMs": hint,
                }));
            }
            world.pass(Duration::from_millis(100));
        }
        assert!(world.connects.len() < 150, "{}", world.connects.len());
    }
}

#[test]
fn an_unknown_refusal_is_tried_again_with_backoff() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&json!({"code": "BRAND_NEW", "message": "whatever"}));
    assert!(matches!(world.status(), Status::Waiting { .. }));
    assert_eq!(cause(&world.status()).message, "whatever");
    world.return_after_drop();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_refusal_that_says_nothing_is_tried_again() {
    let mut world = World::new();
    world.connect();
    let id = world.reach_connect();
    let generation = world.generation();
    world.answer_frame(generation, id, &json!({"type": "res", "id": "1"}));
    assert!(matches!(world.status(), Status::Waiting { .. }));
}

#[test]
fn a_protocol_of_another_age_is_never_tried_again_by_itself() {
    let mut world = World::new();
    world.connect();
    world.be_refused(&error("PROTOCOL_MISMATCH"));
    world.pass(secs(24 * 3600));
    assert_eq!(world.connects.len(), 1);
}
