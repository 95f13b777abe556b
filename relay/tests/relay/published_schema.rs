//! What we hold clients to, and what we send them, against the published schema.
//!
//! It is in the npm package `@openclaw/gateway-protocol`, in the folder that
//! `CLAWLINE_PROTOCOL_PACKAGE` names or where `cargo xtask setup` puts it. Without
//! it there is nothing to compare with: that is a failure where `CI` is `true`.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use crate::common::{Client, Device, Relay, Wish, with_token};
use clawline_relay::ids;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const NEEDED: &[&str] = &[
    "AgentParams",
    "AgentWaitParams",
    "AgentsListParams",
    "ArtifactsDownloadParams",
    "ArtifactsGetParams",
    "ChannelsLogoutParams",
    "ChannelsStartParams",
    "ChannelsStatusParams",
    "ChatAbortParams",
    "ChatHistoryParams",
    "ChatMessageGetParams",
    "ChatSendParams",
    "CommandsListParams",
    "ConnectParams",
    "DevicePairApproveParams",
    "DevicePairListParams",
    "DevicePairRejectParams",
    "DevicePairRemoveParams",
    "DeviceTokenRevokeParams",
    "ModelsListParams",
    "RequestFrame",
    "SendParams",
    "SessionsCreateParams",
    "SessionsDeleteParams",
    "SessionsListParams",
    "SessionsMessagesSubscribeParams",
    "SessionsMessagesUnsubscribeParams",
    "SessionsPatchParams",
    "SessionsResetParams",
    "WebLoginStartParams",
    "WebLoginWaitParams",
];

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// The unpacked npm package, when it is there.
fn package() -> Option<PathBuf> {
    let installed = || {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
        tests.join("node_modules/@openclaw/gateway-protocol")
    };
    let named = std::env::var_os("CLAWLINE_PROTOCOL_PACKAGE").map(PathBuf::from);
    let must_be_there = named.is_some() || std::env::var("CI").is_ok_and(|ci| ci == "true");
    let folder = named.unwrap_or_else(installed);
    if folder.join("protocol.schema.json").is_file() {
        return Some(folder);
    }
    let words = format!("{} is not there: run cargo xtask setup", folder.display());
    assert!(!must_be_there, "{words}");
    eprintln!("not compared with the published schema: {words}");
    None
}

/// With `CLAWLINE_WRITE=1` the copy is written instead of compared.
#[test]
fn our_copy_of_the_definitions_is_the_published_one() {
    let Some(package) = package() else { return };
    let schema = read(&package.join("protocol.schema.json"));
    let about = read(&package.join("package.json"));
    let mut definitions = Map::new();
    for name in NEEDED {
        let definition = &schema["definitions"][name];
        assert!(definition.is_object(), "the package has no {name}");
        assert!(
            !definition.to_string().contains("$ref"),
            "{name} refers to another definition"
        );
        definitions.insert((*name).to_owned(), definition.clone());
    }
    let published = json!({
        "source": format!("{} {}, protocol.schema.json, licence {}", about["name"].as_str().unwrap(), about["version"].as_str().unwrap(), about["license"].as_str().unwrap()),
        "definitions": definitions,
    });
    let ours =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/dialects/gateway/protocol-params.json");
    if std::env::var_os("CLAWLINE_WRITE").is_some() {
        let text = format!("{}\n", serde_json::to_string_pretty(&published).unwrap());
        std::fs::write(&ours, text).unwrap();
        return;
    }
    assert!(
        read(&ours) == published,
        "src/dialects/gateway/protocol-params.json differs from the package; run this test with CLAWLINE_WRITE=1"
    );
}

/// Where what we send is more than the published definitions allow: the
/// definition, the words of the complaint, and why it stays so. The real gateway
/// breaks its own schema at the same places (the project's recordings).
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "HelloOk",
        "('method' was unexpected) at /auth",
        "how a client was signed in is measured, and clients read it",
    ),
    (
        "AgentEvent",
        "('agentId', 'sessionId', 'sessionKey' were unexpected)",
        "without its session nobody could tell whose event it is",
    ),
];

/// The published definitions, each a schema of its own.
pub(crate) struct Published {
    definitions: Value,
    compiled: HashMap<&'static str, Validator>,
    used: BTreeSet<&'static str>,
    pub(crate) wrong: BTreeSet<String>,
}

impl Published {
    pub(crate) fn load() -> Option<Self> {
        let mut schema = read(&package()?.join("protocol.schema.json"));
        Some(Self {
            definitions: schema["definitions"].take(),
            compiled: HashMap::new(),
            used: BTreeSet::new(),
            wrong: BTreeSet::new(),
        })
    }

    /// Holds a value to a definition, but for the exceptions.
    pub(crate) fn check(&mut self, definition: &'static str, value: &Value) {
        let schema = &self.definitions[definition];
        assert!(schema.is_object(), "the package has no {definition}");
        let compile = || jsonschema::validator_for(schema).unwrap();
        let validator = self.compiled.entry(definition).or_insert_with(compile);
        for error in validator.iter_errors(value) {
            let error = format!("{error} at {}", error.instance_path());
            let exception = EXCEPTIONS
                .iter()
                .find(|(of, words, _)| *of == definition && error.contains(words));
            match exception {
                Some((_, words, _)) => self.used.insert(words),
                None => self.wrong.insert(format!("{definition}: {error}")),
            };
        }
    }
}

#[tokio::test]
async fn what_we_send_is_as_published_but_for_the_named_exceptions() {
    let Some(mut published) = Published::load() else {
        return;
    };
    let relay = Relay::start(with_token()).await;
    let all = Wish::default().scopes(&["operator.admin"]);
    let mut client = Client::connect(relay.address(), &Device::new(1), &all).await;
    client.request("sessions.subscribe", json!({})).await;
    let created = client
        .request("sessions.create", json!({ "label": "Errands" }))
        .await;
    published.check("SessionsCreateResult", &created);
    let session = created["key"].as_str().unwrap().to_owned();
    client
        .request("sessions.messages.subscribe", json!({ "key": session }))
        .await;

    // A turn that ends, one that is stopped and one that fails.
    let (done, stopped, failed) = (ids::uuid(), ids::uuid(), ids::uuid());
    client.say(&session, "hi [chunks:3:80]", &done).await;
    client.terminal(&done).await;
    client.say(&session, "on and on [hang]", &stopped).await;
    client
        .event(|e| e["payload"]["runId"] == stopped && e["payload"]["state"] == "delta")
        .await;
    client
        .request("chat.abort", json!({ "sessionKey": session }))
        .await;
    client.say(&session, "oh no [error]", &failed).await;
    assert_eq!(client.terminal(&failed).await["state"], "error");
    let agent =
        json!({ "message": "two answers", "sessionKey": session, "idempotencyKey": ids::uuid() });
    let id = client.ask("agent", agent).await;
    assert_eq!(client.answer(&id).await["payload"]["status"], "accepted");
    assert_eq!(client.answer(&id).await["payload"]["status"], "ok");

    let list = client.request("sessions.list", json!({})).await;
    let rows = list["sessions"].as_array().unwrap();
    assert!(!rows.is_empty());
    for row in rows {
        published.check("SessionRow", row);
    }
    let channels = client.request("channels.status", json!({})).await;
    published.check("ChannelsStatusResult", &channels);
    let agents = client.request("agents.list", json!({})).await;
    published.check("AgentsListResult", &agents);
    let models = client.request("models.list", json!({})).await;
    published.check("ModelsListResult", &models);
    for entry in client
        .request("system-presence", json!({}))
        .await
        .as_array()
        .unwrap()
    {
        published.check("PresenceEntry", entry);
    }
    // A stranger asks, is turned away with an error and is decided about.
    let remote = Wish::default().remote();
    let refused = Client::try_connect(relay.address(), &Device::new(2), &remote).await;
    let (error, _) = refused.err().unwrap();
    published.check("ErrorShape", &error);
    let request = json!({ "requestId": error["details"]["requestId"] });
    client.request("device.pair.approve", request).await;
    let Relay { server, folder } = relay;
    server.stop().await;
    client.closed().await;
    drop(folder);

    published.check("HelloOk", &client.hello);
    let mut seen = BTreeSet::new();
    for frame in &client.heard {
        published.check("GatewayFrame", frame);
        let payload = &frame["payload"];
        let name = frame["event"].as_str().unwrap_or("an answer");
        let (definition, kind) = match (name, payload["state"].as_str()) {
            ("chat", state) => ("ChatEvent", state.unwrap_or_default()),
            ("agent", _) => ("AgentEvent", ""),
            ("shutdown", _) => ("ShutdownEvent", ""),
            ("device.pair.requested", _) => ("DevicePairRequestedEvent", ""),
            ("device.pair.resolved", _) => ("DevicePairResolvedEvent", ""),
            _ => continue,
        };
        published.check(definition, payload);
        seen.insert(format!("{name} {kind}"));
    }
    assert!(published.wrong.is_empty(), "{:#?}", published.wrong);
    let wanted = [
        "agent ",
        "chat aborted",
        "chat delta",
        "chat error",
        "chat final",
        "chat status",
        "device.pair.requested ",
        "device.pair.resolved ",
        "shutdown ",
    ];
    assert_eq!(Vec::from_iter(&seen), Vec::from_iter(&wanted));
    for (definition, words, why) in EXCEPTIONS {
        assert!(
            published.used.contains(words),
            "no longer an exception: {definition}, {words} ({why})"
        );
    }
}
