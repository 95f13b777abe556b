//! What we send, against the schema that the gateway's project publishes.

mod common;

use std::fs;
use std::path::PathBuf;

use clawline_core::engine::{Glance, Input, Introduction, NewEntry, Verdict as Next};
use clawline_core::verdict::{CONNECT, of_refusal};
use clawline_core::wire::{GatewayError, Read};
use clawline_core::{
    Credentials, DeviceKey, DeviceToken, Instant, Key, Profile, RequestId, Secret,
};
use common::{GENERATION, NOW, answer, connect, drain};
use serde_json::{Value, json};

const VERSION: &str = "2026.9.1";

fn package() -> PathBuf {
    let folder = std::env::var_os("CLAWLINE_PROTOCOL_PACKAGE").map_or_else(
        || {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
            root.join("tests/node_modules/@openclaw/gateway-protocol")
        },
        PathBuf::from,
    );
    assert!(
        folder.join("package.json").is_file(),
        "{} is not there: run `cargo xtask setup`, or set CLAWLINE_PROTOCOL_PACKAGE \
         to a folder with @openclaw/gateway-protocol@{VERSION}",
        folder.display()
    );
    folder
}

fn read(file: &str) -> String {
    let path = package().join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The published schema, pointed at one of its definitions.
struct Schema(Value);

impl Schema {
    fn load() -> Self {
        Self(serde_json::from_str(&read("protocol.schema.json")).unwrap())
    }

    /// What is wrong with `value` as a `definition`. The definitions refer to
    /// nothing outside themselves, so each is a schema of its own: compiling
    /// all 877 for each look would take seconds.
    fn errors(&self, definition: &str, value: &Value) -> Vec<String> {
        let schema = &self.0["definitions"][definition];
        assert!(schema.is_object(), "the schema has no {definition}");
        let validator = jsonschema::validator_for(schema).unwrap();
        let errors = validator.iter_errors(value);
        errors
            .map(|error| format!("{definition}: {error} at {}", error.instance_path()))
            .collect()
    }
}

fn profile() -> Profile {
    let mut profile = Profile::webchat("0.1.0");
    profile.client.display_name = Some("clawline \"7f3a\"".to_owned());
    profile.client.locale = Some("zh-CN".to_owned());
    profile.client.user_agent = Some("a browser".to_owned());
    profile
}

fn device() -> Option<DeviceKey> {
    Some(DeviceKey {
        id: "b96381f6139e1b0cb762b47d24bf825e73b5d4833fea8ef89d0f32ab2ffdabbb".to_owned(),
        public_key: "0yo8rOQkkvVLGFa9JNkMPEUd8Fo0B7atFrzuONwiMPc".to_owned(),
    })
}

fn every_credential(scopes: &[String]) -> Vec<Credentials> {
    let secret = || Some(Secret::new("secret with \" and \\ and \u{1} and 🦀"));
    vec![
        Credentials::default(),
        Credentials {
            token: secret(),
            ..Credentials::default()
        },
        Credentials {
            password: secret(),
            ..Credentials::default()
        },
        Credentials {
            bootstrap_token: secret(),
            ..Credentials::default()
        },
        Credentials {
            device_token: secret().map(|token| DeviceToken {
                token,
                scopes: scopes.to_vec(),
            }),
            ..Credentials::default()
        },
        Credentials {
            token: secret(),
            password: secret(),
            bootstrap_token: secret(),
            device_token: None,
        },
    ]
}

fn assert_valid(schema: &Schema, params: &str, frame: &Value) {
    assert_eq!(schema.errors("RequestFrame", frame), [""; 0]);
    assert_eq!(schema.errors(params, &frame["params"]), [""; 0], "{frame}");
}

#[test]
fn connect_is_valid_with_every_way_to_sign_in_with_and_without_a_device() {
    let schema = Schema::load();
    let bare = Profile::webchat("0.1.0");
    let mut node = profile();
    node.role = "node".to_owned();
    node.scopes = Vec::new();
    node.caps = vec!["camera".to_owned()];
    node.commands = vec!["camera.snap".to_owned()];
    node.permissions = Some(r#"{"camera":true}"#.to_owned());
    for profile in [bare, profile(), node] {
        for credentials in every_credential(&profile.scopes) {
            for device in [device(), None] {
                let introduction = Introduction {
                    credentials: credentials.clone(),
                    device,
                };
                let signature = "5A9R9szc9okdscZY3Qb35Zr72OwURM9m5pF55COIaMyFGhDD5dgNqg";
                let (_, frame, _) = connect(
                    profile.clone(),
                    introduction,
                    "nonce",
                    1_795_144_574_973,
                    signature,
                );
                assert_eq!(frame["method"], "connect");
                assert_valid(&schema, "ConnectParams", &frame);
            }
        }
    }
}

#[test]
fn looks_into_history_and_probes_are_valid() {
    let schema = Schema::load();
    let introduction = Introduction {
        credentials: Credentials::default(),
        device: device(),
    };
    let (mut engine, frame, _) = connect(profile(), introduction, "nonce", 1, "signature");
    let id = |frame: &Value| RequestId(frame["id"].as_str().unwrap().parse().unwrap());
    let hello = json!({"ok": true, "payload": {
        "type": "hello-ok", "server": {"bootId": "b"}, "auth": {"scopes": ["operator.read"]},
    }});
    let verdict = answer(&mut engine, id(&frame), Read::Hello, &hello);
    assert_eq!(verdict, Next::Hello);
    let entry = NewEntry::chat(
        Key::new("k"),
        Some("agent:main:a \"quoted\" name".to_owned()),
        1,
        0,
    );
    let empty = Input::Restored {
        store: String::new(),
        wall_ms: 0,
        entries: Vec::new(),
    };
    engine.handle_input(NOW, empty);
    engine.enqueue(NOW, entry).unwrap();
    drain(&mut engine, "");
    let (later, _) = engine.deadline().unwrap();
    let later = Instant::from_millis(later.as_millis() + 29_000);
    engine.handle_input(later, Input::Woke { wall_ms: 0 });
    let (mut frames, _) = drain(&mut engine, "");
    // Nothing is decided before the connection shows that it lives.
    let answered = Glance::Response { id: id(&frames[0]) };
    engine.glance(later, GENERATION, answered);
    engine.handle_input(later, Input::Woke { wall_ms: 0 });
    frames.extend(drain(&mut engine, "").0);
    let methods: Vec<&str> = frames
        .iter()
        .map(|frame| frame["method"].as_str().unwrap())
        .collect();
    assert_eq!(methods, ["system-presence", "chat.history"]);
    assert_eq!(frames[0]["params"], json!({}), "it takes none");
    let known = &schema.0["methods"];
    assert!(methods.iter().all(|method| known[method].is_object()));
    assert_valid(&schema, "ChatHistoryParams", &frames[1]);
    let more = json!({"ok": true, "payload": {
        "messages": [{"role": "user", "timestamp": 9_000_000_000_000_u64}],
        "hasMore": true, "nextOffset": 200,
    }});
    answer(&mut engine, id(&frames[1]), Read::History, &more);
    let (frames, _) = drain(&mut engine, "");
    assert_eq!(frames[0]["params"]["offset"], 200);
    assert_valid(&schema, "ChatHistoryParams", &frames[0]);
}

/// The `params` that the shell and the page send, by method.
#[test]
fn what_the_shell_sends_is_valid() {
    let schema = Schema::load();
    let session = "agent:main:main";
    let key = "378d18b7-0d24-46e4-b038-6054b5fbafdb";
    let shapes = [
        (
            "ChatSendParams",
            json!({"sessionKey": session, "message": "hi", "idempotencyKey": key}),
        ),
        (
            "ChatHistoryParams",
            json!({"sessionKey": session, "limit": 200, "offset": 200}),
        ),
        (
            "ChatAbortParams",
            json!({"sessionKey": session, "runId": key}),
        ),
        ("ChatAbortParams", json!({"sessionKey": session})),
        ("SessionsMessagesSubscribeParams", json!({"key": session})),
        ("SessionsMessagesUnsubscribeParams", json!({"key": session})),
        ("SessionsListParams", json!({})),
        (
            "SessionsCreateParams",
            json!({"agentId": "main", "label": "a talk"}),
        ),
        ("AgentsListParams", json!({})),
        ("ModelsListParams", json!({})),
        (
            "AgentParams",
            json!({"message": "hi", "sessionKey": session, "idempotencyKey": key}),
        ),
        (
            "AgentWaitParams",
            json!({"runId": key, "timeoutMs": 30_000}),
        ),
        ("DevicePairApproveParams", json!({"requestId": key})),
    ];
    for (params, value) in shapes {
        assert_eq!(schema.errors(params, &value), [""; 0]);
    }
    let mut unknown = json!({"sessionKey": session, "message": "hi", "idempotencyKey": key});
    unknown["surprise"] = json!(1);
    assert_ne!(schema.errors("ChatSendParams", &unknown), [""; 0]);
}

/// The keys of an object literal in the package's source.
fn keys_of(file: &str, object: &str) -> Vec<String> {
    let source = read(file);
    let start = format!("const {object} = {{");
    let (_, rest) = source.split_once(&start).unwrap_or_else(|| {
        panic!("{file} of the protocol package no longer has {object}: look where it went")
    });
    let (body, _) = rest.split_once("\n};").unwrap();
    let entries = body.lines().filter_map(|line| line.split_once(": \""));
    let keys = entries.map(|(key, _)| key.trim().to_owned());
    keys.collect()
}

#[test]
fn every_published_connect_error_has_a_row() {
    let codes = keys_of("dist/connect-error-details.mjs", "ConnectErrorDetailCodes");
    assert!(codes.len() >= 33, "{codes:?}");
    for code in codes {
        assert!(
            CONNECT.iter().any(|row| row.code == code),
            "{code} is new: give it a row in crates/core/src/verdict.rs"
        );
    }
}

#[test]
fn every_row_stands_for_a_code_that_is_published() {
    let mut codes = keys_of("dist/connect-error-details.mjs", "ConnectErrorDetailCodes");
    codes.extend(keys_of("dist/gateway-error-details.mjs", "ErrorCodes"));
    for row in CONNECT {
        assert!(codes.iter().any(|code| code == row.code), "{}", row.code);
    }
}

#[test]
fn every_published_reason_to_pair_is_waited_for() {
    let reasons = keys_of(
        "dist/connect-error-details.mjs",
        "ConnectPairingRequiredReasons",
    );
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    let error = json!({
        "code": "NOT_PAIRED", "details": {"code": "PAIRING_REQUIRED", "reason": "not-paired"},
    });
    let (verdict, _) = of_refusal(&GatewayError::read(&error));
    assert_eq!(verdict, clawline_core::verdict::Verdict::Wait);
}

#[test]
fn the_package_is_the_pinned_version() {
    let package: Value = serde_json::from_str(&read("package.json")).unwrap();
    assert_eq!(package["version"], VERSION);
}

#[test]
fn a_method_that_takes_a_key_is_found_by_its_name() {
    use clawline_core::wire::methods::{KEYED, takes_key};
    assert!(KEYED.is_sorted(), "it is searched by halves");
    assert!(KEYED.into_iter().all(takes_key));
    assert!(!takes_key("sessions.reset"));
}
