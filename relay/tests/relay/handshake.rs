//! Who comes in, and how the others are turned away: the codes and closes that
//! were measured at the real gateway.

use crate::common::{Client, Closed, Device, Relay, TOKEN, Wish, with_token};
use serde_json::{Value, json};

fn closed(code: u16, reason: &str) -> Closed {
    Closed {
        code,
        reason: reason.to_owned(),
    }
}

/// Sends a first frame and gives the answer, if one came, and the close.
async fn first(relay: &Relay, frame: &str) -> (Option<Value>, Closed) {
    let mut client = Client::open(relay.address(), &Wish::default()).await;
    client.send_text(frame.to_owned()).await;
    let closed = client.closed().await;
    (client.answers.pop(), closed)
}

#[tokio::test]
async fn a_signed_connect_gets_a_hello_that_says_what_is_there() {
    let relay = Relay::start(with_token()).await;
    let mut client = relay.connect().await;
    let hello = client.hello.clone();
    assert_eq!(hello["type"], "hello-ok");
    assert_eq!(hello["protocol"], 4);
    assert_eq!(hello["auth"]["scopes"], json!(crate::common::SCOPES));
    assert_eq!(hello["auth"]["deviceToken"].as_str().unwrap().len(), 43);
    assert_eq!(hello["policy"]["tickIntervalMs"], 30_000);
    assert_eq!(hello["policy"]["maxPayload"], 26_214_400);
    assert_eq!(
        hello["snapshot"]["sessionDefaults"]["mainSessionKey"],
        "agent:main:main"
    );
    assert_eq!(hello["snapshot"]["presence"].as_array().unwrap().len(), 2);
    assert_eq!(
        hello["features"]["capabilities"],
        json!(["durable-idempotency-keys"])
    );
    let presence = client.event(|e| e["event"] == "presence").await;
    assert_eq!(presence["seq"], 1);
    let health = client.event(|e| e["event"] == "health").await;
    assert_eq!(health["seq"], 2);
    assert!(
        health["stateVersion"]["health"].as_u64()
            > hello["snapshot"]["stateVersion"]["health"].as_u64()
    );
}

#[tokio::test]
async fn the_gateway_answers_at_the_root_and_however_its_path_is_spelled() {
    let relay = Relay::start(with_token()).await;
    for path in [
        "/",
        "/gateway/",
        "//gateway",
        "/gateway/?ticket=1",
        "/%67ateway",
        "//",
    ] {
        let wish = Wish {
            path,
            ..Wish::default()
        };
        let client = Client::connect(relay.address(), &Device::new(1), &wish).await;
        assert_eq!(client.hello["type"], "hello-ok", "{path}");
    }
}

#[tokio::test]
async fn first_frames_that_are_no_connect_get_the_measured_closes() {
    let relay = Relay::start(with_token()).await;
    assert_eq!(first(&relay, "not json").await, (None, closed(1000, "")));
    assert_eq!(
        first(&relay, r#"{"type":"event","event":"x"}"#).await,
        (None, closed(1008, "invalid request frame"))
    );
    assert_eq!(
        first(&relay, "[]").await,
        (None, closed(1008, "invalid request frame"))
    );
    let (answer, close) = first(&relay, r#"{"type":"req","id":"7","method":"health"}"#).await;
    let words = "invalid handshake: first request must be connect";
    assert_eq!(close, closed(1008, words));
    let answer = answer.unwrap();
    assert_eq!(answer["id"], "7");
    assert_eq!(
        answer["error"],
        json!({"code": "INVALID_REQUEST", "message": words})
    );
}

#[tokio::test]
async fn a_first_frame_of_more_than_64_kib_is_too_big() {
    let relay = Relay::start(with_token()).await;
    for length in [65_537, 200_000, 5_000_000] {
        let (answer, close) = first(&relay, &"x".repeat(length)).await;
        assert_eq!((answer, close), (None, closed(1009, "")), "{length} bytes");
    }
    // One byte less is only no JSON.
    let (answer, close) = first(&relay, &"x".repeat(65_536)).await;
    assert_eq!((answer, close), (None, closed(1000, "")));
}

#[tokio::test]
async fn nobody_waits_for_the_rest_of_a_giant_first_frame() {
    let relay = Relay::start(with_token()).await;
    let mut client = Client::open(relay.address(), &Wish::default()).await;
    // The head of a text frame of 20 MB, then a small part of it.
    let mut bytes = vec![0x81, 0xff];
    bytes.extend(20_000_000_u64.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.resize(100_000, b'x');
    client.send_raw(&bytes).await;
    assert_eq!(client.closed().await, closed(1009, ""));
}

#[tokio::test]
async fn who_says_nothing_for_15_seconds_is_hung_up_on() {
    let relay = Relay::start(with_token()).await;
    let mut client = Client::open(relay.address(), &Wish::default()).await;
    // From here the clock jumps whenever nobody has anything to do.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    assert_eq!(client.closed().await, closed(1000, ""));
    assert!(before.elapsed() >= std::time::Duration::from_secs(14));
}

#[tokio::test]
async fn params_that_the_published_schema_refuses_are_refused() {
    let relay = Relay::start(with_token()).await;
    let refusal = async |change: fn(&mut Value)| {
        let client = Client::open(relay.address(), &Wish::default()).await;
        let mut params = client.connect_params(&Device::new(1), &Wish::default());
        change(&mut params);
        client.shake(params).await.err().unwrap()
    };
    let (error, close) = refusal(|p| p["client"]["mode"] = json!("operator")).await;
    let words =
        "invalid connect params: at /client/mode: must be equal to one of the allowed values";
    assert_eq!(error, json!({"code": "INVALID_REQUEST", "message": words}));
    assert_eq!(close, closed(1008, words));
    let (error, _) = refusal(|p| p["extra"] = json!(1)).await;
    assert_eq!(
        error["message"],
        "invalid connect params: at root: unexpected property 'extra'"
    );
    let (error, close) = refusal(|p| {
        p["minProtocol"] = json!(5);
        p["maxProtocol"] = json!(6);
    })
    .await;
    assert_eq!(
        error["details"],
        json!({"code": "PROTOCOL_MISMATCH", "clientMinProtocol": 5, "clientMaxProtocol": 6, "expectedProtocol": 4})
    );
    assert_eq!(close, closed(1002, "protocol mismatch"));
}

#[tokio::test]
async fn a_range_that_holds_our_version_is_fine() {
    let relay = Relay::start(with_token()).await;
    let client = Client::open(relay.address(), &Wish::default()).await;
    let mut params = client.connect_params(&Device::new(1), &Wish::default());
    params["minProtocol"] = json!(3);
    assert!(client.shake(params).await.is_ok());
}

#[tokio::test]
async fn a_device_must_sign_this_challenge_with_its_own_key() {
    let relay = Relay::start(with_token()).await;
    let code = async |change: fn(&mut Value)| {
        let client = Client::open(relay.address(), &Wish::default()).await;
        let mut params = client.connect_params(&Device::new(1), &Wish::default());
        change(&mut params["device"]);
        let (error, close) = client.shake(params).await.err().unwrap();
        assert_eq!(error["code"], "INVALID_REQUEST");
        assert_eq!(close.code, 1008);
        error["details"]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        code(|d| d["signature"] = json!("AA")).await,
        "DEVICE_AUTH_SIGNATURE_INVALID"
    );
    assert_eq!(
        code(|d| d["nonce"] = json!("another")).await,
        "DEVICE_AUTH_NONCE_MISMATCH"
    );
    assert_eq!(
        code(|d| d["signedAt"] = json!(d["signedAt"].as_u64().unwrap() - 121_000)).await,
        "DEVICE_AUTH_SIGNATURE_EXPIRED"
    );
    assert_eq!(
        code(|d| d["signedAt"] = json!(d["signedAt"].as_u64().unwrap() + 1)).await,
        "DEVICE_AUTH_SIGNATURE_INVALID"
    );
    assert_eq!(
        code(|d| d["id"] = json!("0".repeat(64))).await,
        "DEVICE_AUTH_DEVICE_ID_MISMATCH"
    );
    assert_eq!(
        code(|d| d["publicKey"] = json!("short")).await,
        "DEVICE_AUTH_PUBLIC_KEY_INVALID"
    );
}

#[tokio::test]
async fn the_older_proof_without_platform_is_accepted_too() {
    let relay = Relay::start(with_token()).await;
    let (device, wish) = (Device::new(1), Wish::default());
    let client = Client::open(relay.address(), &wish).await;
    let mut params = client.connect_params(&device, &wish);
    let text = format!(
        "v2|{}|webchat-ui|webchat|operator|{}|{}|{TOKEN}|{}",
        device.id(),
        wish.scopes.join(","),
        params["device"]["signedAt"],
        params["device"]["nonce"].as_str().unwrap(),
    );
    params["device"]["signature"] = json!(device.sign(&text));
    assert!(client.shake(params).await.is_ok());
}

#[tokio::test]
async fn what_is_signed_cannot_be_changed_on_the_way() {
    let relay = Relay::start(with_token()).await;
    for change in [
        |p: &mut Value| p["scopes"] = json!(["operator.admin"]),
        |p: &mut Value| p["client"]["platform"] = json!("ios"),
        |p: &mut Value| p["client"]["id"] = json!("webchat"),
    ] {
        let client = Client::open(relay.address(), &Wish::default()).await;
        let mut params = client.connect_params(&Device::new(1), &Wish::default());
        change(&mut params);
        let (error, _) = client.shake(params).await.err().unwrap();
        assert_eq!(error["details"]["code"], "DEVICE_AUTH_SIGNATURE_INVALID");
    }
}

async fn denied(relay: &Relay, device: &Device, auth: Value) -> Value {
    let wish = Wish::default().auth(auth);
    let (error, close) = Client::try_connect(relay.address(), device, &wish)
        .await
        .err()
        .unwrap();
    assert_eq!(close.code, 1008);
    assert_eq!(error["code"], "INVALID_REQUEST");
    let said = error["message"].as_str().unwrap();
    assert!(said.starts_with("unauthorized: "), "{said}");
    assert!(said.starts_with(&close.reason), "{said} / {}", close.reason);
    assert!(!said.contains("wrong-one"), "a secret is in {said}");
    error["details"].clone()
}

#[tokio::test]
async fn wrong_secrets_are_told_apart() {
    let relay = Relay::start(with_token()).await;
    let device = Device::new(1);
    let details = denied(&relay, &device, json!({"token": "wrong-one"})).await;
    assert_eq!(
        details,
        json!({"code": "AUTH_TOKEN_MISMATCH", "authReason": "token_mismatch", "canRetryWithDeviceToken": false, "recommendedNextStep": "update_auth_credentials"})
    );
    let details = denied(&relay, &device, json!({"token": ""})).await;
    assert_eq!(details["code"], "AUTH_TOKEN_MISSING");
    assert_eq!(details["recommendedNextStep"], "update_auth_configuration");
    let details = denied(&relay, &device, json!({"password": "wrong-one"})).await;
    assert_eq!(details["code"], "AUTH_PASSWORD_NOT_CONFIGURED");
    let details = denied(&relay, &device, json!({"deviceToken": "wrong-one"})).await;
    assert_eq!(details["code"], "AUTH_DEVICE_TOKEN_MISMATCH");
    // A device that holds a token is told that it could use it.
    relay.connect().await;
    let details = denied(&relay, &device, json!({"token": "wrong-one"})).await;
    assert_eq!(details["canRetryWithDeviceToken"], true);
    assert_eq!(details["recommendedNextStep"], "retry_with_device_token");
}

#[tokio::test]
async fn ten_wrong_tokens_lock_one_page_out_and_no_other() {
    let relay = Relay::start(with_token()).await;
    let device = Device::new(1);
    for _ in 0..10 {
        let details = denied(&relay, &device, json!({"token": "wrong-one"})).await;
        assert_eq!(details["code"], "AUTH_TOKEN_MISMATCH");
    }
    let right = Wish::default();
    let (error, _) = Client::try_connect(relay.address(), &device, &right)
        .await
        .err()
        .unwrap();
    assert_eq!(error["details"]["code"], "AUTH_RATE_LIMITED");
    assert_eq!(error["details"]["recommendedNextStep"], "wait_then_retry");
    assert_eq!(error["retryable"], true);
    assert!(error["retryAfterMs"].as_u64().unwrap() > 290_000);
    let elsewhere = Wish {
        origin: Some("http://localhost:9999"),
        ..Wish::default()
    };
    Client::connect(relay.address(), &device, &elsewhere).await;
}

#[tokio::test]
async fn a_first_frame_of_countless_values_is_refused_unread() {
    let relay = Relay::start(with_token()).await;
    let mut params = json!({ "minProtocol": 4, "maxProtocol": 4 });
    params["scopes"] = json!(vec![1; 30_000]);
    let frame = json!({ "type": "req", "id": "c", "method": "connect", "params": params });
    let answered = first(&relay, &frame.to_string()).await;
    assert_eq!(answered, (None, closed(1008, "invalid request frame")));
}

#[tokio::test]
async fn secrets_are_looked_at_before_anything_else_in_the_params() {
    let relay = Relay::start(with_token()).await;
    for (auth, code) in [
        (json!({ "token": "wrong-one" }), "AUTH_TOKEN_MISMATCH"),
        (json!({}), "AUTH_TOKEN_MISSING"),
        (json!(7), "AUTH_TOKEN_MISSING"),
    ] {
        let client = Client::open(relay.address(), &Wish::default()).await;
        let mut params = client.connect_params(&Device::new(1), &Wish::default());
        params["auth"] = auth;
        params["client"] = json!("nonsense");
        let (error, _) = client.shake(params).await.err().unwrap();
        assert_eq!(error["details"]["code"], code);
    }
}

#[tokio::test]
async fn a_device_with_its_own_token_comes_in_while_its_page_is_locked_out() {
    let relay = Relay::start(with_token()).await;
    let own = relay.connect().await.hello["auth"]["deviceToken"].clone();
    for _ in 0..10 {
        denied(&relay, &Device::new(2), json!({"token": "wrong-one"})).await;
    }
    let wish = Wish::default().auth(json!({ "deviceToken": own }));
    Client::connect(relay.address(), &Device::new(1), &wish).await;
}

#[tokio::test]
async fn behind_a_named_proxy_each_forwarded_address_is_counted_alone() {
    let mut settings = with_token();
    settings.proxies = vec!["127.0.0.1".parse().unwrap()];
    let relay = Relay::start(settings).await;
    let from = |address| Wish {
        origin: Some(crate::common::NAMED_PAGE),
        headers: vec![("x-forwarded-for", address)],
        ..Wish::default()
    };
    let code = async |wish: &Wish| {
        let refused = Client::try_connect(relay.address(), &Device::new(1), wish).await;
        refused.err().unwrap().0["details"]["code"].clone()
    };
    for _ in 0..10 {
        let wrong = from("203.0.113.5").auth(json!({"token": "wrong-one"}));
        assert_eq!(code(&wrong).await, "AUTH_TOKEN_MISMATCH");
    }
    assert_eq!(code(&from("203.0.113.5")).await, "AUTH_RATE_LIMITED");
    // Let in as far as everybody from elsewhere: the owner decides.
    assert_eq!(code(&from("198.51.100.7")).await, "PAIRING_REQUIRED");
}

#[tokio::test]
async fn programs_that_guess_all_at_once_are_not_all_compared() {
    let relay = Relay::start(with_token()).await;
    let mut guess = Wish::default().auth(json!({"token": "wrong-one"}));
    (guess.origin, guess.client_id, guess.mode) = (None, "cli", "cli");
    let mut guessers = Vec::new();
    for _ in 0..20 {
        guessers.push(Client::open(relay.address(), &guess).await);
    }
    for guesser in &mut guessers {
        let params = guesser.connect_params(&Device::new(1), &guess);
        let frame = json!({ "type": "req", "id": "c", "method": "connect", "params": params });
        guesser.send(&frame).await;
    }
    let mut limited = 0;
    for mut guesser in guessers {
        guesser.closed().await;
        let error = &guesser.answers[0]["error"];
        limited += u32::from(error["details"]["code"] == "AUTH_RATE_LIMITED");
    }
    assert!(limited > 0);
}

#[tokio::test]
async fn a_page_that_does_not_say_where_it_is_from_is_refused() {
    let relay = Relay::start(with_token()).await;
    let wish = Wish {
        origin: None,
        ..Wish::default()
    };
    let refused = Client::try_connect(relay.address(), &Device::new(1), &wish).await;
    let (error, close) = refused.err().unwrap();
    assert_eq!(
        error["details"],
        json!({"code": "CONTROL_UI_ORIGIN_NOT_ALLOWED", "reason": "origin missing or invalid"})
    );
    assert_eq!(close.code, 1008);
}

#[tokio::test]
async fn without_a_device_a_page_gets_no_scopes_and_a_local_program_keeps_its() {
    let relay = Relay::start(with_token()).await;
    let connect = async |wish: Wish| {
        let client = Client::open(relay.address(), &wish).await;
        let mut params = client.connect_params(&Device::new(1), &wish);
        params.as_object_mut().unwrap().remove("device");
        client.shake(params).await
    };
    let mut page = connect(Wish::default()).await.ok().unwrap();
    assert_eq!(page.hello["auth"]["scopes"], json!([]));
    let error = page.refused("sessions.list", json!({})).await;
    assert_eq!(error["message"], "missing scope: operator.read");
    assert_eq!(page.request("health", json!({})).await["ok"], true);

    let program = Wish {
        client_id: "cli",
        mode: "cli",
        origin: None,
        ..Wish::default()
    };
    let cli = connect(program).await.ok().unwrap();
    assert_eq!(cli.hello["auth"]["scopes"], json!(crate::common::SCOPES));

    let (error, _) = connect(Wish::default().auth(json!({})))
        .await
        .err()
        .unwrap();
    assert_eq!(error["code"], "NOT_PAIRED");
    assert_eq!(error["details"]["code"], "DEVICE_IDENTITY_REQUIRED");
}

#[tokio::test]
async fn without_a_configured_token_this_machine_comes_in_with_a_device_only() {
    let relay = Relay::start(Default::default()).await;
    let wish = Wish::default().auth(json!({}));
    let client = Client::connect(relay.address(), &Device::new(1), &wish).await;
    assert_eq!(client.hello["auth"]["method"], "none");
    let open = Client::open(relay.address(), &wish).await;
    let mut params = open.connect_params(&Device::new(1), &wish);
    params.as_object_mut().unwrap().remove("device");
    params["auth"] = json!({ "token": TOKEN });
    let (error, _) = open.shake(params).await.err().unwrap();
    assert_eq!(error["details"]["code"], "DEVICE_IDENTITY_REQUIRED");
}
