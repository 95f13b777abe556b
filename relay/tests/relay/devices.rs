//! Devices: approved silently, by the owner's command, by another client, and
//! turned away again.

use crate::common::{Client, Device, PROGRAM, Relay, SCOPES, Wish, with_token};
use clawline_relay::dialects::gateway::{GatewaySettings, PairMode};
use clawline_relay::ids;
use clawline_relay::origin::Welcome;
use clawline_relay::owner::{Owner, OwnerError};
use clawline_relay::owner_command::OwnerCommand;
use serde_json::{Value, json};

fn strict() -> GatewaySettings {
    GatewaySettings {
        pair: PairMode::Always,
        ..with_token()
    }
}

async fn owner(relay: &Relay) -> Owner {
    let data = relay.folder.path().join("data");
    Owner::open(&data, OwnerCommand::default()).await.unwrap()
}

async fn refused(relay: &Relay, device: &Device, wish: &Wish) -> Value {
    let refusal = Client::try_connect(relay.address(), device, wish).await;
    let (error, close) = refusal.err().expect("nobody should come in so");
    assert_eq!(close.code, 1008);
    error
}

async fn waits(relay: &Relay, device: &Device, wish: &Wish) -> Value {
    let error = refused(relay, device, wish).await;
    assert_eq!(error["code"], "NOT_PAIRED", "{error}");
    assert_eq!(error["details"]["code"], "PAIRING_REQUIRED");
    error["details"].clone()
}

/// A client that may approve, let in silently.
async fn approver(relay: &Relay) -> Client {
    let wish = Wish::default().scopes(&["operator.admin"]);
    Client::connect(relay.address(), &Device::new(9), &wish).await
}

#[tokio::test]
async fn a_device_waits_under_one_id_until_the_owners_command_lets_it_in() {
    let relay = Relay::start(strict()).await;
    let device = Device::new(1);
    let wish = Wish::default();
    let details = waits(&relay, &device, &wish).await;
    assert_eq!(details["reason"], "not-paired");
    assert_eq!(details["deviceId"], device.id());
    assert_eq!(details["requestedScopes"], json!(SCOPES));
    let request = details["requestId"].as_str().unwrap().to_owned();
    assert_eq!(
        waits(&relay, &device, &wish).await["requestId"],
        request.as_str()
    );

    let owner = owner(&relay).await;
    let list = owner.list().await.unwrap();
    assert!(
        list.text
            .contains(&format!("clawline-relay devices approve {request}")),
        "{}",
        list.text
    );
    assert_eq!(list.json["pending"][0]["requestId"], request.as_str());
    let report = owner.approve(&request[..8]).await.unwrap();
    assert!(
        report.text.starts_with("Approved webchat-ui"),
        "{}",
        report.text
    );

    let client = Client::connect(relay.address(), &device, &wish).await;
    let token = client.hello["auth"]["deviceToken"]
        .as_str()
        .unwrap()
        .to_owned();
    // From now on the device's own token is enough, in each form.
    for auth in [
        json!({ "deviceToken": token }),
        json!({ "token": token }),
        json!({ "token": token, "deviceToken": token }),
        json!({ "token": "wrong", "deviceToken": token }),
    ] {
        let wish = Wish::default().auth(auth);
        let client = Client::connect(relay.address(), &device, &wish).await;
        assert_eq!(client.hello["auth"]["deviceToken"], token.as_str());
    }
}

#[tokio::test]
async fn the_exact_command_is_told_on_this_machine_and_its_paths_nowhere_else() {
    let relay = Relay::start(strict()).await;
    let hint = async |seed, wish: Wish| {
        let details = waits(&relay, &Device::new(seed), &wish).await;
        let request = details["requestId"].as_str().unwrap();
        let hint = details["remediationHint"].as_str().unwrap();
        hint.strip_suffix(request).unwrap().to_owned()
    };
    assert_eq!(
        hint(1, Wish::default()).await,
        format!("Approve this device: {PROGRAM} devices approve ")
    );
    assert_eq!(
        hint(2, Wish::default().remote()).await,
        "Approve this device: clawline-relay devices approve "
    );
}

#[tokio::test]
async fn a_rejected_device_asks_anew() {
    let relay = Relay::start(strict()).await;
    let device = Device::new(1);
    let first = waits(&relay, &device, &Wish::default()).await;
    let owner = owner(&relay).await;
    owner
        .reject(first["requestId"].as_str().unwrap())
        .await
        .unwrap();
    let second = waits(&relay, &device, &Wish::default()).await;
    assert_ne!(first["requestId"], second["requestId"]);
    let error = owner
        .approve(first["requestId"].as_str().unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, OwnerError::NothingWaits(_)), "{error}");
}

#[tokio::test]
async fn revoking_ends_live_connections_and_silence_does_not_bring_them_back() {
    let relay = Relay::start(with_token()).await;
    let device = Device::new(1);
    let mut client = relay.connect().await;
    let token = client.hello["auth"]["deviceToken"].clone();
    owner(&relay)
        .await
        .revoke(&device.id()[..12])
        .await
        .unwrap();
    let closed = client.closed().await;
    assert_eq!(
        (closed.code, closed.reason.as_str()),
        (4001, "device removed")
    );
    let wish = Wish::default().auth(json!({ "deviceToken": token }));
    let error = refused(&relay, &device, &wish).await;
    assert_eq!(error["details"]["code"], "AUTH_DEVICE_TOKEN_MISMATCH");
    let details = waits(&relay, &device, &Wish::default()).await;
    assert_eq!(details["reason"], "role-upgrade");
    assert_eq!(details["approvedScopes"], json!(SCOPES));
    let request = details["requestId"].as_str().unwrap().to_owned();
    owner(&relay).await.approve(&request).await.unwrap();
    Client::connect(relay.address(), &device, &Wish::default()).await;
}

#[tokio::test]
async fn another_client_hears_of_requests_and_decides() {
    let relay = Relay::start(with_token()).await;
    let mut admin = approver(&relay).await;
    let mut bystander = relay.connect().await;
    let device = Device::new(2);
    let remote = Wish::default().remote();
    let details = waits(&relay, &device, &remote).await;
    let asked = admin.event(|e| e["event"] == "device.pair.requested").await;
    assert_eq!(asked["payload"]["requestId"], details["requestId"]);
    assert_eq!(asked["payload"]["isRepair"], false);
    let request = json!({ "requestId": details["requestId"] });
    let error = bystander
        .refused("device.pair.approve", request.clone())
        .await;
    assert_eq!(error["details"]["missingScope"], "operator.pairing");

    let list = admin.request("device.pair.list", json!({})).await;
    assert_eq!(list["pending"].as_array().unwrap().len(), 1);
    let approved = admin.request("device.pair.approve", request.clone()).await;
    assert_eq!(approved["device"]["deviceId"], device.id());
    let resolved = admin.event(|e| e["event"] == "device.pair.resolved").await;
    assert_eq!(resolved["payload"]["decision"], "approved");
    let mut client = Client::connect(relay.address(), &device, &remote).await;
    assert_eq!(
        admin.refused("device.pair.approve", request).await["code"],
        "INVALID_REQUEST"
    );

    let target = json!({ "deviceId": device.id(), "role": "operator" });
    let revoked = admin.request("device.token.revoke", target).await;
    assert!(revoked["revokedAtMs"].is_i64());
    assert_eq!(client.closed().await.code, 4001);
    bystander.request("health", json!({})).await;
    assert!(
        bystander
            .events
            .iter()
            .all(|e| e["event"] != "device.pair.requested")
    );
}

#[tokio::test]
async fn nobody_approves_more_than_he_holds() {
    let relay = Relay::start(with_token()).await;
    let wish = Wish::default().scopes(&["operator.pairing"]);
    let mut approver = Client::connect(relay.address(), &Device::new(9), &wish).await;
    let modest = Wish::default().scopes(&["operator.read"]).remote();
    let former = waits(&relay, &Device::new(2), &modest).await;
    let greedy = Wish::default().scopes(&["operator.admin"]).remote();
    let details = waits(&relay, &Device::new(2), &greedy).await;
    let resolved = approver
        .event(|e| e["event"] == "device.pair.resolved")
        .await;
    assert_eq!(resolved["payload"]["requestId"], former["requestId"]);
    assert_eq!(resolved["payload"]["decision"], "superseded");
    let request = json!({ "requestId": details["requestId"] });
    let error = approver.refused("device.pair.approve", request).await;
    assert_eq!(error["details"]["missingScope"], "operator.admin");
}

#[tokio::test]
async fn an_approval_grants_what_was_shown_and_not_what_is_asked_for_since() {
    let relay = Relay::start(strict()).await;
    let device = Device::new(1);
    let modest = Wish::default().scopes(&["operator.read"]);
    let shown = waits(&relay, &device, &modest).await;
    let greedy = waits(&relay, &device, &modest.scopes(&["operator.admin"])).await;
    assert_ne!(shown["requestId"], greedy["requestId"]);
    let owner = owner(&relay).await;
    for id in [shown["requestId"].as_str().unwrap(), &device.id()] {
        let error = owner.approve(id).await.unwrap_err();
        assert!(matches!(error, OwnerError::NothingWaits(_)), "{error}");
    }
    assert_eq!(owner.list().await.unwrap().json["paired"], json!([]));
}

#[tokio::test]
async fn from_elsewhere_more_scopes_and_another_platform_are_asked_for() {
    let relay = Relay::start(with_token()).await;
    let device = Device::new(1);
    let remote = Wish::default().remote();
    let details = waits(&relay, &device, &remote).await;
    let owner = owner(&relay).await;
    owner
        .approve(details["requestId"].as_str().unwrap())
        .await
        .unwrap();
    let client = Client::connect(relay.address(), &device, &remote).await;
    let token = client.hello["auth"]["deviceToken"].clone();

    let more = remote.clone().scopes(&["operator.read", "operator.admin"]);
    assert_eq!(
        waits(&relay, &device, &more).await["reason"],
        "scope-upgrade"
    );
    let error = refused(&relay, &device, &more.auth(json!({ "deviceToken": token }))).await;
    assert_eq!(error["details"]["code"], "AUTH_SCOPE_MISMATCH");
    assert_eq!(
        error["details"]["recommendedNextStep"],
        "review_auth_configuration"
    );
    let fewer = remote.clone().scopes(&["operator.read"]);
    let client = Client::connect(relay.address(), &device, &fewer).await;
    assert_eq!(client.hello["auth"]["scopes"], json!(["operator.read"]));
    let moved = Wish {
        platform: "ios",
        ..remote
    };
    assert_eq!(
        waits(&relay, &device, &moved).await["reason"],
        "metadata-upgrade"
    );
    // On this machine all of that is approved silently.
    let local = Wish::default().scopes(&["operator.admin"]);
    Client::connect(relay.address(), &device, &local).await;
}

#[tokio::test]
async fn a_page_that_is_no_chat_page_waits_even_on_this_machine() {
    let relay = Relay::start(with_token()).await;
    let page = Wish {
        client_id: "gateway-client",
        mode: "backend",
        ..Wish::default()
    };
    let device = Device::new(1);
    assert_eq!(waits(&relay, &device, &page).await["reason"], "not-paired");
    let program = Wish {
        origin: None,
        ..page
    };
    Client::connect(relay.address(), &device, &program).await;
}

#[tokio::test]
async fn whoever_comes_through_a_silent_proxy_waits_like_everybody_from_elsewhere() {
    let mut settings = with_token();
    settings.welcome = Welcome::new(
        &["chat.example".to_owned()],
        &["https://chat.example".to_owned()],
    )
    .unwrap();
    let relay = Relay::start(settings).await;
    // All of them from 127.0.0.1, as a proxy on this machine connects.
    let called = |host, origin| Wish {
        origin,
        headers: vec![("host", host)],
        ..Wish::default()
    };
    let mut program = called("chat.example", None);
    (program.client_id, program.mode) = ("cli", "cli");
    let mut announced = Wish {
        origin: None,
        ..program.clone()
    };
    announced.headers = vec![("via", "1.1 proxy")];
    for (seed, wish) in [
        called("chat.example", Some("https://chat.example")),
        called("localhost:18790", Some("https://chat.example")),
        program,
        announced,
    ]
    .into_iter()
    .enumerate()
    {
        let device = Device::new(u8::try_from(seed).unwrap() + 1);
        let wish = wish.scopes(&["operator.admin"]);
        assert_eq!(
            waits(&relay, &device, &wish).await["reason"],
            "not-paired",
            "{seed}"
        );
    }
}

#[tokio::test]
async fn nobody_is_asked_for_scopes_that_do_not_exist() {
    let relay = Relay::start(strict()).await;
    let owner = owner(&relay).await;
    let before = owner.list().await.unwrap();
    let long = "operator.x".repeat(12);
    let many = ["operator.read"; 17];
    for scopes in [
        &["operator.bogus"][..],
        &[long.as_str(), long.as_str(), "operator.admin"],
        &["operator.read\u{202e}"],
        &["Operator.admin"],
        &["node.invoke"],
        &many,
    ] {
        let wish = Wish::default().scopes(scopes);
        let error = refused(&relay, &Device::new(1), &wish).await;
        let said = error["message"].as_str().unwrap();
        assert!(said.contains("at /scopes"), "{said}");
    }
    assert_eq!(owner.list().await.unwrap(), before);
}

#[tokio::test]
async fn a_name_is_shown_to_the_owner_as_what_it_is() {
    let relay = Relay::start(strict()).await;
    let wish = Wish::default();
    let client = Client::open(relay.address(), &wish).await;
    let mut params = client.connect_params(&Device::new(1), &wish);
    params["client"]["displayName"] = json!("Ana\u{202e}\u{2028}\u{1b}[2J");
    let (error, _) = client.shake(params).await.err().unwrap();
    assert_eq!(error["details"]["code"], "PAIRING_REQUIRED");
    let list = owner(&relay).await.list().await.unwrap();
    assert!(
        list.text.contains("Ana\\u{202e}\\u{2028}\\u{1b}[2J"),
        "{}",
        list.text
    );
}

#[tokio::test]
async fn whoever_was_revoked_writes_nothing_more_even_if_he_does_not_read() {
    let relay = Relay::start(with_token()).await;
    let mut admin = approver(&relay).await;
    let mut client = relay.connect().await;
    let present = |event: &Value| event["payload"]["presence"].as_array().map_or(0, Vec::len);
    let both = admin.event(|event| present(event) == 3).await;
    let key = ids::uuid();
    let long = "x".repeat(400_000);
    client.say("agent:main:main", &long, &key).await;
    client.terminal(&key).await;
    // More than the buffers between us hold, none of it read.
    for _ in 0..30 {
        client
            .ask("chat.history", json!({ "sessionKey": "agent:main:main" }))
            .await;
    }
    let target = json!({ "deviceId": Device::new(1).id() });
    admin.request("device.pair.remove", target).await;
    let late = json!({ "sessionKey": "agent:main:late", "message": "too late", "idempotencyKey": ids::uuid() });
    for _ in 0..5 {
        client.ask("chat.send", late.clone()).await;
    }
    let later = |event: &Value| event["seq"].as_u64() > both["seq"].as_u64();
    admin
        .event(|event| later(event) && present(event) == 2)
        .await;
    let listed = admin.request("sessions.list", json!({})).await;
    let keys: Vec<&Value> = listed["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["key"])
        .collect();
    assert_eq!(keys, ["agent:main:main"]);
}

#[tokio::test]
async fn a_removed_device_is_a_stranger_again() {
    let relay = Relay::start(with_token()).await;
    let mut admin = approver(&relay).await;
    let mut client = relay.connect().await;
    let target = json!({ "deviceId": Device::new(1).id() });
    admin.request("device.pair.remove", target.clone()).await;
    assert_eq!(client.closed().await.code, 4001);
    assert_eq!(
        admin.refused("device.pair.remove", target).await["code"],
        "INVALID_REQUEST"
    );
    relay.connect().await;
}

#[tokio::test]
async fn the_owners_commands_explain_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let owner_of = Owner::open(folder.path(), OwnerCommand::default());
    let error = owner_of.await.unwrap_err();
    assert!(error.to_string().contains("--data-dir"), "{error}");
    let relay = Relay::start(with_token()).await;
    let owner = owner(&relay).await;
    for error in [
        owner.approve("nobody").await.unwrap_err(),
        owner.revoke("nobody").await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("devices list"), "{error}");
    }
    let list = owner.list().await.unwrap();
    assert_eq!(
        list.text,
        "No device waits for approval.\nNo device is approved.\n"
    );
}
