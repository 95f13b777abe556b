//! The device proof against what the real gateway accepted.

mod common;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use clawline_core::engine::Introduction;
use clawline_core::wire::Object;
use clawline_core::{Credentials, DeviceKey, DeviceToken, Profile, Secret};
use common::{connect, recordings};
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What was signed in `connect-ok.jsonl`, byte by byte.
const GOLDEN: &str = "v3|b96381f6139e1b0cb762b47d24bf825e73b5d4833fea8ef89d0f32ab2ffdabbb|\
    webchat-ui|webchat|operator|operator.read,operator.write,operator.approvals|1795144574973|\
    stub-token-0123456789abcdef|809c8a0f-2bf3-476c-a21d-335cad05df27|web|";

struct Recorded {
    place: String,
    params: Value,
    accepted: bool,
}

/// Every `connect` of the recordings that carries a device.
fn connects() -> Vec<Recorded> {
    let mut connects: Vec<Recorded> = Vec::new();
    for (name, text) in recordings() {
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let place = format!("{name} {}", line["c"]);
            let frame = &line["frame"];
            if frame["method"] == "connect" && frame["params"]["device"].is_object() {
                let params = frame["params"].clone();
                connects.push(Recorded {
                    place,
                    params,
                    accepted: false,
                });
            } else if frame["payload"]["type"] == "hello-ok" {
                let known = connects.iter_mut().rev().find(|known| known.place == place);
                if let Some(known) = known {
                    known.accepted = true;
                }
            }
        }
    }
    connects
}

fn text(object: &Value, name: &'static str) -> String {
    object.text(name).unwrap_or_default()
}

fn secret(object: &Value, name: &'static str) -> Option<Secret> {
    object.text(name).map(Secret::new)
}

/// Lets the engine make the recorded `connect` again.
fn made_again(params: &Value) -> (Value, String) {
    let client = &params["client"];
    let mut profile = Profile::webchat(&text(client, "version"));
    profile.client.id = text(client, "id");
    profile.client.mode = text(client, "mode");
    profile.client.platform = text(client, "platform");
    profile.client.display_name = client.text("displayName");
    profile.client.locale = params.text("locale");
    profile.client.user_agent = params.text("userAgent");
    profile.role = text(params, "role");
    profile.scopes = params.texts("scopes").unwrap();
    profile.caps = params.texts("caps").unwrap_or_default();
    profile.commands = params.texts("commands").unwrap_or_default();
    let permissions = &params["permissions"];
    profile.permissions = permissions.is_object().then(|| permissions.to_string());
    let auth = &params["auth"];
    // The recorder sometimes sends the device token beside the shared one; the
    // engine sends one of them, which proves the same.
    let shared = secret(auth, "token");
    let device_token = secret(auth, "deviceToken").filter(|_| shared.is_none());
    let introduction = Introduction {
        credentials: Credentials {
            token: shared,
            password: secret(auth, "password"),
            bootstrap_token: secret(auth, "bootstrapToken"),
            device_token: device_token.map(|token| DeviceToken {
                token,
                scopes: profile.scopes.clone(),
            }),
        },
        device: Some(DeviceKey {
            id: text(&params["device"], "id"),
            public_key: text(&params["device"], "publicKey"),
        }),
    };
    let device = &params["device"];
    let (_, frame, proof) = connect(
        profile,
        introduction,
        &text(device, "nonce"),
        device["signedAt"].as_u64().unwrap(),
        &text(device, "signature"),
    );
    (frame, proof.unwrap())
}

fn bytes<const N: usize>(base64: &str) -> [u8; N] {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(base64).unwrap();
    bytes.try_into().unwrap()
}

fn verifies(device: &Value, proof: &str) -> bool {
    let key: [u8; 32] = bytes(device["publicKey"].as_str().unwrap());
    let signature: [u8; 64] = bytes(device["signature"].as_str().unwrap());
    let signature = Signature::from_bytes(&signature);
    let key = VerifyingKey::from_bytes(&key).unwrap();
    key.verify_strict(proof.as_bytes(), &signature).is_ok()
}

#[test]
fn the_proof_is_the_one_that_the_real_gateway_accepted_byte_by_byte() {
    let recorded = connects();
    let golden = recorded
        .iter()
        .find(|connect| connect.place.starts_with("connect-ok.jsonl"))
        .unwrap();
    assert!(golden.accepted);
    let (frame, proof) = made_again(&golden.params);
    assert_eq!(proof, GOLDEN);
    assert_eq!(frame["params"], golden.params, "and so is the whole frame");
}

#[test]
fn every_recorded_signature_verifies_over_our_proof() {
    let recorded = connects();
    let accepted = recorded.iter().filter(|connect| connect.accepted).count();
    assert!(accepted >= 40, "{accepted}");
    for connect in &recorded {
        let (_, proof) = made_again(&connect.params);
        let device = &connect.params["device"];
        assert!(verifies(device, &proof), "{}: {proof}", connect.place);
    }
}

#[test]
fn a_proof_of_anything_else_does_not_verify() {
    for connect in connects() {
        let (_, proof) = made_again(&connect.params);
        let other = proof.replacen("operator", "node", 1);
        let other = if other == proof {
            format!("{proof}x")
        } else {
            other
        };
        assert!(!verifies(&connect.params["device"], &other));
    }
}

#[test]
fn the_device_id_is_the_hash_of_the_key() {
    for connect in connects() {
        let device = &connect.params["device"];
        let key: [u8; 32] = bytes(device["publicKey"].as_str().unwrap());
        let hex: String = Sha256::digest(key)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(device["id"], hex, "{}", connect.place);
    }
}

#[test]
fn accepted_connects_are_made_again_member_by_member() {
    let mut seen = 0;
    for connect in connects().iter().filter(|connect| connect.accepted) {
        let (frame, _) = made_again(&connect.params);
        let mut recorded = connect.params.clone();
        // Ours ends in the first digits of the device's id.
        if let Some(name) = recorded["client"].text("displayName") {
            let id = text(&recorded["device"], "id");
            recorded["client"]["displayName"] = Value::from(format!("{name} {}", &id[..6]));
        }
        let auth = recorded["auth"].as_object_mut().unwrap();
        if auth.contains_key("token") {
            auth.remove("deviceToken");
        }
        assert_eq!(frame["params"], recorded, "{}", connect.place);
        seen += 1;
    }
    assert!(seen >= 40, "{seen}");
}
