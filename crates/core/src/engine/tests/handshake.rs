//! Challenge, proof, connect, hello, and a gateway that does it wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::super::{Close, Config, Generation, Glance, Input, Status};
use super::{Sent, World, cause, secs};
use crate::engine::Verdict;
use crate::handshake::Profile;
use crate::secret::Secret;

fn connect_params(world: &World) -> Value {
    world.own_all("connect").pop().unwrap().1
}

#[test]
fn a_connection_begins_with_challenge_proof_connect_and_hello() {
    let mut world = World::new();
    assert_eq!(world.status(), Status::Idle);
    world.connect();
    assert!(matches!(
        world.status(),
        Status::Connecting {
            attempt: 1,
            again: false
        }
    ));
    world.open();
    assert_eq!(world.sent, [], "nothing leaves before the challenge");
    world.send_challenge();
    assert_eq!(
        world.proofs,
        ["v3|device|webchat-ui|webchat|operator|\
             operator.read,operator.write,operator.approvals|1795144574973|shared|nonce|web|"]
    );
    let params = connect_params(&world);
    assert_eq!(params["device"]["signature"], "signature");
    assert_eq!(params["device"]["signedAt"], 1_795_144_574_973_u64);
    assert_eq!(params["auth"], json!({"token": "shared"}));
    let id = world.own("connect");
    let hello = world.hello.clone();
    assert_eq!(world.answer(id, &hello), Verdict::Hello);
    assert_eq!(world.status(), Status::Ready);
    assert_eq!(world.connects.len(), 1);
    assert_eq!(world.disconnects, []);
}

#[test]
fn the_token_that_the_gateway_issues_is_kept_and_used_from_then_on() {
    let mut world = World::new();
    world.hello["auth"]["deviceToken"] = json!("issued");
    world.connect();
    world.shake_hands();
    let (token, scopes) = world.kept_tokens.pop().unwrap();
    assert_eq!(token, "issued");
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let mut world = world.with_device_token(&scopes);
    world.sent.clear();
    world.drop_socket(1006, "");
    world.return_after_drop();
    let params = connect_params(&world);
    assert_eq!(params["auth"], json!({"deviceToken": "device-token"}));
    assert!(world.proofs.last().unwrap().contains("|device-token|"));
}

#[test]
fn a_token_keeps_what_it_was_issued_for_when_less_is_asked_for() {
    let own = Config::new(Profile::webchat("0.1.0"));
    let mut issued: Vec<&str> = own.profile.scopes.iter().map(String::as_str).collect();
    issued.push("operator.admin");
    let mut world = World::new().with_device_token(&issued);
    world.hello["auth"]["deviceToken"] = json!("device-token");
    world.connect();
    world.shake_hands();
    assert_eq!(
        connect_params(&world)["auth"],
        json!({"deviceToken": "device-token"})
    );
    assert_eq!(world.kept_tokens, []);
    // Another one is another matter.
    world.hello["auth"]["deviceToken"] = json!("issued anew");
    world.drop_socket(1006, "");
    world.return_after_drop();
    assert_eq!(world.kept_tokens.len(), 1);
}

#[test]
fn a_host_without_a_key_connects_without_a_device() {
    let mut world = World::new();
    world.introduction.device = None;
    world.connect();
    world.reach_connect();
    assert!(connect_params(&world).get("device").is_none());
    assert!(world.proofs.is_empty());
}

#[test]
fn a_challenge_that_cannot_be_signed_ends_the_attempt_and_backs_off() {
    for broken in [
        json!({"nonce": "nonce"}),
        json!({"nonce": "nonce", "ts": "soon"}),
        json!({"nonce": "", "ts": 1}),
        json!({"ts": 1}),
        json!(null),
    ] {
        let mut world = World::new();
        world.challenge = broken;
        world.connect();
        world.open();
        world.send_challenge();
        assert_eq!(cause(&world.status()).code, "challenge-invalid");
        assert_eq!(world.disconnects, [(Generation(1), 4000)]);
        assert_eq!(world.proofs.len(), 0);
    }
}

#[test]
fn a_gateway_that_never_challenges_right_is_not_hammered() {
    let mut world = World::new();
    world.challenge = json!({"nonce": "nonce"});
    world.connect();
    for _ in 0..400 {
        if matches!(world.status(), Status::Connecting { .. }) {
            world.open();
            world.send_challenge();
        }
        world.pass(secs(1));
    }
    assert!(world.connects.len() < 220, "{}", world.connects.len());
}

#[test]
fn garbage_instead_of_a_handshake_only_lets_the_deadline_pass() {
    let mut world = World::new();
    world.connect();
    world.open();
    for _ in 0..50 {
        let generation = world.generation();
        let verdict = world.engine.glance(world.now, generation, Glance::Other);
        assert_eq!(verdict, Verdict::Drop);
        let verdict = world.event("chat", &json!({"runId": "r", "state": "final"}));
        assert_eq!(verdict, Verdict::Drop);
        let stray = crate::requests::RequestId(77);
        world.answer(stray, &json!({"type": "hello-ok"}));
        world.pass(Duration::from_millis(100));
    }
    assert!(matches!(world.status(), Status::Connecting { .. }));
    world.pass(secs(5));
    assert_eq!(cause(&world.status()).code, "challenge-timeout");
}

#[test]
fn a_gateway_that_falls_silent_is_given_up_at_every_stage() {
    let mut world = World::new();
    world.connect();
    world.pass(secs(5));
    assert_eq!(cause(&world.status()).code, "opening-timeout");

    let mut world = World::new();
    world.connect();
    world.open();
    world.pass(secs(10));
    assert_eq!(cause(&world.status()).code, "challenge-timeout");

    let mut world = World::new();
    world.connect();
    world.reach_connect();
    world.pass(secs(15));
    assert_eq!(cause(&world.status()).code, "hello-timeout");
    assert_eq!(world.disconnects, [(Generation(1), 4000)]);
}

#[test]
fn each_failed_attempt_gives_the_next_socket_more_time_up_to_15_seconds() {
    let mut world = World::new();
    world.connect();
    let mut patience = Vec::new();
    for _ in 0..5 {
        let begun = world.now;
        let (until, _) = world.engine.deadline().unwrap();
        patience.push(until.since(begun).as_secs());
        world.pass(until.since(begun));
        let (again, _) = world.engine.deadline().unwrap();
        world.pass(again.since(world.now));
    }
    assert_eq!(patience, [5, 10, 15, 15, 15]);
}

#[test]
fn a_host_that_cannot_sign_pauses_with_its_reason() {
    let mut world = World::new();
    world.connect();
    let engine = &mut world.engine;
    let opened = Input::Opened(Generation(1), world.introduction.clone());
    engine.handle_input(world.now, opened);
    let facts = super::super::Facts::Event(crate::wire::EventFacts::Challenge {
        nonce: Some("n".to_owned()),
        ts: Some(1),
    });
    engine.handle_frame(world.now, Generation(1), facts);
    let refused = Input::Signed(Generation(1), Err("the key is gone".to_owned()));
    engine.handle_input(world.now, refused);
    let status = engine.status();
    assert!(matches!(status, Status::Paused(_)));
    assert!(cause(&status).message.contains("the key is gone"));
}

#[test]
fn an_address_that_is_none_pauses_and_missing_credentials_are_tried_again() {
    let mut world = World::new();
    world.connect();
    let why = "not a WebSocket address".to_owned();
    world.input(Input::Closed(Generation(1), Close::Address(why)));
    assert!(matches!(world.status(), Status::Paused(_)));
    assert_eq!(cause(&world.status()).code, "address-invalid");

    let mut world = World::new();
    world.connect();
    let why = "the provider failed".to_owned();
    world.input(Input::Closed(Generation(1), Close::Credentials(why)));
    assert!(matches!(world.status(), Status::Waiting { .. }));
}

#[test]
fn a_greeting_that_is_none_ends_the_attempt() {
    for payload in [json!({"type": "welcome"}), json!(null), json!([1])] {
        let mut world = World::new();
        world.connect();
        let id = world.reach_connect();
        world.answer(id, &payload);
        assert_eq!(cause(&world.status()).code, "hello-invalid");
    }
}

#[test]
fn a_hello_without_scopes_pauses_an_operator() {
    let mut world = World::new();
    world.hello["auth"]["scopes"] = json!([]);
    world.connect();
    let id = world.reach_connect();
    let hello = world.hello.clone();
    world.answer(id, &hello);
    assert!(matches!(world.status(), Status::Paused(_)));
    assert_eq!(cause(&world.status()).code, "no-scopes");
    world.pass(secs(3600));
    assert_eq!(world.connects.len(), 1);
}

#[test]
fn a_hello_without_scopes_is_all_right_for_a_node() {
    let mut profile = Profile::webchat("0.1.0");
    profile.role = "node".to_owned();
    profile.scopes = Vec::new();
    let mut world = World::with(Config::new(profile));
    world.connect();
    world.shake_hands();
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn a_program_does_not_call_itself_a_page() {
    let mut world = World::with(Config::new(Profile::program("0.1.0")));
    world.connect();
    world.open();
    world.send_challenge();
    assert!(world.proofs[0].contains("|gateway-client|backend|operator|"));
    let client = &connect_params(&world)["client"];
    assert_eq!(
        (&client["id"], &client["mode"]),
        (&json!("gateway-client"), &json!("backend"))
    );
}

#[test]
fn what_an_older_socket_says_changes_nothing() {
    let mut world = World::ready();
    let request = world.request();
    world.reconnect();
    world.events.clear();
    world.sent.clear();
    let old = Generation(1);
    let status = world.status();
    let closed = Close::Socket {
        code: 1006,
        reason: String::new(),
    };
    world.input(Input::Closed(old, closed));
    let introduction = world.introduction.clone();
    world.input(Input::Opened(old, introduction));
    world.input(Input::Signed(old, Ok("late".to_owned())));
    let frame = json!({"type": "res", "id": "1", "ok": true, "payload": {}});
    assert_eq!(world.answer_frame(old, request, &frame), Verdict::Drop);
    let glance = Glance::Event {
        kind: crate::wire::EventKind::CHAT,
        seq: Some(900),
    };
    assert_eq!(world.engine.glance(world.now, old, glance), Verdict::Drop);
    let shutdown = crate::wire::EventFacts::Shutdown {
        restart_in: Some(secs(99)),
    };
    let facts = super::super::Facts::Event(shutdown);
    let verdict = world.engine.handle_frame(world.now, old, facts);
    assert_eq!(verdict, Verdict::Drop);
    assert_eq!(world.status(), status);
    assert_eq!((world.events.len(), world.sent.len()), (0, 0));
}

#[test]
fn a_second_challenge_does_not_begin_a_second_handshake() {
    let mut world = World::new();
    world.connect();
    world.reach_connect();
    world.send_challenge();
    assert_eq!(world.own_all("connect").len(), 1);
    let id = world.own("connect");
    let hello = world.hello.clone();
    world.answer(id, &hello);
    assert_eq!(
        world.send_challenge(),
        Verdict::Drop,
        "the app hears nothing"
    );
    assert_eq!(world.own_all("connect").len(), 1);
    assert_eq!(world.status(), Status::Ready);
}

#[test]
fn no_secret_shows_in_what_the_engine_prints() {
    let mut world = World::new();
    world.introduction.credentials.password = Some(Secret::new("hunter2"));
    world.connect();
    world.open();
    let printed = format!("{:?}", world.engine);
    assert!(!printed.contains("hunter2") && !printed.contains("shared"));
    world.send_challenge();
    let printed = format!("{:?}", world.engine);
    assert!(!printed.contains("hunter2") && !printed.contains("shared"));
    assert!(matches!(world.sent.last(), Some(Sent::Own { .. })));
}

#[test]
fn a_host_that_took_too_long_can_see_that_its_answer_is_too_late() {
    let mut world = World::new();
    world.connect();
    let generation = world.generation();
    assert!(world.engine.is_opening(generation));
    world.pass(secs(5));
    assert!(!world.engine.is_opening(generation));
    let (due, _) = world.engine.deadline().unwrap();
    world.pass(due.since(world.now));
    assert!(!world.engine.is_opening(generation));
    assert!(world.engine.is_opening(world.generation()));
}

#[test]
fn two_installations_never_have_one_name() {
    let name = |id: &str| {
        let mut world = World::new();
        world.introduction.device = Some(crate::handshake::DeviceKey {
            id: id.to_owned(),
            public_key: "key".to_owned(),
        });
        world.connect();
        world.reach_connect();
        connect_params(&world)["client"]["displayName"].clone()
    };
    assert_eq!(name("b96381f6139e"), "clawline b96381");
    assert_eq!(name("1edf6112666d"), "clawline 1edf61");
    assert_eq!(name("é"), "clawline", "an id that is none is no panic");
}

#[test]
fn a_person_who_retries_gets_a_new_socket_when_the_old_one_hangs_in_opening() {
    let mut world = World::new();
    world.connect();
    let first = world.generation();
    world.pass(Duration::from_millis(999));
    world.connect();
    assert_eq!(world.generation(), first, "it may open any moment");
    world.pass(Duration::from_millis(1));
    world.connect();
    assert_ne!(world.generation(), first);
    assert_eq!(world.disconnects.len(), 1, "the old socket is given up");
    assert!(world.engine.is_opening(world.generation()));
}
