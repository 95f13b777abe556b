//! The kit with the real OpenClaw gateway. Slow (about 10 s each, and 700 MB to
//! install the first time), so they run only when asked for:
//! `cargo test -p clawline-testkit --test real_gateway -- --ignored`

#[path = "support/gateway_client.rs"]
mod gateway_client;
mod support;

use std::{path::Path, time::Duration};

use clawline_testkit::{
    CallState, FaultProxy, GatewayAuth, GatewayOptions, OpenClaw, ProxyOptions, RealGateway,
    Recorder, StubProvider,
};
use gateway_client::{Device, GatewayClient};
use serde_json::{Value, json};
use support::{is_alive, recording, until};

const PATIENCE: Duration = Duration::from_secs(180);
const TOKEN: &str = "testkit-token";
const LOOPBACK: &str = "http://127.0.0.1:8080";
const SESSION: &str = "agent:main:main";

async fn gateway(stub: &StubProvider, options: &GatewayOptions) -> RealGateway {
    let openclaw = OpenClaw::installed().await.unwrap();
    let mut gateway = RealGateway::start(&openclaw, &stub.base_url(), options).unwrap();
    gateway.ready(PATIENCE).await.unwrap();
    gateway
}

async fn chat(client: &mut GatewayClient, key: &str, message: &str) -> Value {
    let params = json!({ "sessionKey": SESSION, "message": message, "idempotencyKey": key });
    let answer = client.request("chat.send", params).await;
    assert_eq!(answer["ok"], true, "{answer}");
    let fits = |frame: &Value| {
        frame["event"] == "chat"
            && frame["payload"]["runId"] == key
            && frame["payload"]["state"] == "final"
    };
    client.event("the final answer", fits).await
}

fn text_of(event: &Value) -> &str {
    event["payload"]["message"]["content"][0]["text"]
        .as_str()
        .unwrap()
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn a_chat_with_the_real_gateway_is_recorded_counted_and_survives_a_kill() {
    let stub = StubProvider::start().await.unwrap();
    let mut gateway = gateway(&stub, &GatewayOptions::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("chat.jsonl");
    let recorder = Recorder::start(&gateway.url(), &file, 0).await.unwrap();

    let device = Device::number(1);
    let mut client = GatewayClient::connect(&recorder.url(), LOOPBACK, TOKEN, &device).await;
    assert_eq!(
        client.hello["payload"]["type"], "hello-ok",
        "{}",
        client.hello
    );
    let boot = client.hello["payload"]["server"]["bootId"].clone();
    let answer = chat(&mut client, "key-1", "hi there [chunks:6:20]").await;
    assert_eq!(text_of(&answer), "w1 w2 w3 w4 w5 w6");
    let calls = stub.calls_with("hi there");
    assert_eq!(calls.len(), 1, "{calls:?}");
    assert_eq!(calls[0].state, CallState::Answered);

    let methods: Vec<_> = recording(&file)
        .iter()
        .filter(|line| line["dir"] == "out")
        .map(|line| line["frame"]["method"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(methods, ["connect", "chat.send"]);

    let first = gateway.service().process_id().unwrap();
    let address = gateway.address();
    gateway.kill().await.unwrap();
    assert!(!is_alive(first));
    gateway.restart().await.unwrap();
    gateway.ready(PATIENCE).await.unwrap();
    assert_eq!(gateway.address(), address);
    let mut client = GatewayClient::connect(&gateway.url(), LOOPBACK, TOKEN, &device).await;
    assert_ne!(client.hello["payload"]["server"]["bootId"], boot);
    let history = client
        .request("chat.history", json!({ "sessionKey": SESSION }))
        .await;
    let rows = history["payload"]["messages"].as_array().unwrap();
    assert!(
        rows.iter().any(|row| row["idempotencyKey"] == "key-1:user"),
        "{history}"
    );

    let status = gateway.terminate(PATIENCE).await.unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn every_directive_does_its_work_through_the_real_gateway() {
    let stub = StubProvider::start().await.unwrap();
    // With its plugins off this gateway has few tools; `read` is among them.
    let gateway = gateway(
        &stub,
        &GatewayOptions {
            auth: GatewayAuth::Open,
            ..GatewayOptions::default()
        },
    )
    .await;
    let device = Device::number(2);
    let mut client = GatewayClient::connect(&gateway.url(), LOOPBACK, "", &device).await;

    let echo = chat(&mut client, "k-echo", "say it back [echo]").await;
    assert!(text_of(&echo).contains("say it back"), "{echo}");
    let plain = chat(&mut client, "k-plain", "what about tides?").await;
    assert!(text_of(&plain).contains("what about tides?"), "{plain}");
    let markdown = chat(&mut client, "k-markdown", "[markdown]").await;
    assert!(text_of(&markdown).contains("| one "), "{markdown}");
    let big = chat(&mut client, "k-big", "[big:50000]").await;
    assert!(text_of(&big).len() > 49_000, "{}", text_of(&big).len());
    let thinking = chat(&mut client, "k-think", "[think:let me see] [chunks:2:1]").await;
    assert_eq!(text_of(&thinking), "w1 w2");

    std::fs::write(
        gateway.folder().join("workspace").join("note.txt"),
        "forty-two",
    )
    .unwrap();
    let tool = chat(
        &mut client,
        "k-tool",
        r#"look [pre] [tool:read:{"path":"note.txt"}]"#,
    )
    .await;
    assert!(text_of(&tool).contains("The tool returned: "), "{tool}");
    assert!(text_of(&tool).contains("forty-two"), "{tool}");
    assert_eq!(stub.calls_with("look").len(), 1);

    let params =
        json!({ "sessionKey": SESSION, "message": "[http:400]", "idempotencyKey": "k-400" });
    client.request("chat.send", params).await;
    let is_error = |frame: &Value| frame["event"] == "chat" && frame["payload"]["state"] == "error";
    client.event("the provider's error", is_error).await;

    let params =
        json!({ "sessionKey": SESSION, "message": "stop me [hang]", "idempotencyKey": "k-hang" });
    client.request("chat.send", params).await;
    until("the model is called", async || {
        stub.calls_with("stop me").len() == 1
    })
    .await;
    let stopped = client
        .request("chat.abort", json!({ "sessionKey": SESSION }))
        .await;
    assert_eq!(stopped["payload"]["aborted"], true, "{stopped}");
    until("the call is given up", async || {
        stub.calls_with("stop me")[0].state == CallState::Abandoned
    })
    .await;
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn a_device_waits_for_approval_when_asked_to_or_when_it_looks_remote() {
    let stub = StubProvider::start().await.unwrap();
    let device = Device::number(3);

    let asked = GatewayOptions {
        silent_pairing: false,
        ..GatewayOptions::default()
    };
    let first = gateway(&stub, &asked).await;
    pairs_by_approval(&first, &first.url(), LOOPBACK, &device).await;
    let folder = first.folder().to_owned();
    drop(first);
    assert!(!folder.exists());

    let page = "http://192.0.2.7:8080";
    let remote = GatewayOptions {
        trusted_proxies: vec!["127.0.0.1".to_owned()],
        allowed_origins: vec![page.to_owned()],
        ..GatewayOptions::default()
    };
    let second = gateway(&stub, &remote).await;
    let options = ProxyOptions {
        forwarded_for: Some("203.0.113.9".to_owned()),
        ..ProxyOptions::default()
    };
    let proxy = FaultProxy::start(second.address(), options).await.unwrap();
    pairs_by_approval(&second, &proxy.url(), page, &device).await;
}

async fn pairs_by_approval(gateway: &RealGateway, url: &str, origin: &str, device: &Device) {
    let client = GatewayClient::connect(url, origin, TOKEN, device).await;
    let details = &client.hello["error"]["details"];
    assert_eq!(details["code"], "PAIRING_REQUIRED", "{}", client.hello);
    let request = details["requestId"].as_str().unwrap();
    let devices = gateway.devices_list().await.unwrap();
    assert_eq!(devices["pending"][0]["requestId"], request, "{devices}");
    gateway.devices_approve(request).await.unwrap();
    let client = GatewayClient::connect(url, origin, TOKEN, device).await;
    assert_eq!(client.hello["ok"], true, "{}", client.hello);
    assert!(client.hello["payload"]["auth"]["deviceToken"].is_string());

    let unknown = gateway
        .devices_approve("no-such-request")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        unknown.contains("devices approve no-such-request"),
        "{unknown}"
    );
}

#[tokio::test]
#[ignore = "starts the real gateway"]
async fn a_gateway_that_cannot_start_says_why() {
    let openclaw = OpenClaw::installed().await.unwrap();
    let extra = json!({ "gateway": { "auth": { "mode": "nonsense" } } });
    let options = GatewayOptions {
        extra,
        ..GatewayOptions::default()
    };
    let mut gateway = RealGateway::start(&openclaw, "http://127.0.0.1:9/v1", &options).unwrap();
    let error = gateway.ready(PATIENCE).await.unwrap_err().to_string();
    assert!(error.contains("gateway.auth.mode"), "{error}");
    assert!(Path::new(gateway.folder()).exists());
}
