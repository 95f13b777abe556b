//! The definitions in `src/gateway/protocol-params.json` are those of the
//! published package, word for word.
//!
//! Needs the unpacked npm package, so it is run by name:
//! `CLAWLINE_PROTOCOL_PACKAGE=…/node_modules/@openclaw/gateway-protocol cargo test -p clawline-relay --test relay -- --ignored`.
//! With `CLAWLINE_WRITE=1` the file is written instead of compared.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

const NEEDED: &[&str] = &[
    "AgentParams",
    "AgentWaitParams",
    "AgentsListParams",
    "ChatAbortParams",
    "ChatHistoryParams",
    "ChatMessageGetParams",
    "ChatSendParams",
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
    "SessionsListParams",
    "SessionsMessagesSubscribeParams",
    "SessionsMessagesUnsubscribeParams",
];

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

#[test]
#[ignore = "needs the npm package, named by CLAWLINE_PROTOCOL_PACKAGE"]
fn our_copy_of_the_definitions_is_the_published_one() {
    let package = std::env::var_os("CLAWLINE_PROTOCOL_PACKAGE").map(PathBuf::from);
    let package = package.expect("CLAWLINE_PROTOCOL_PACKAGE must name the unpacked package");
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
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gateway/protocol-params.json");
    if std::env::var_os("CLAWLINE_WRITE").is_some() {
        let text = format!("{}\n", serde_json::to_string_pretty(&published).unwrap());
        std::fs::write(&ours, text).unwrap();
        return;
    }
    assert!(
        read(&ours) == published,
        "src/gateway/protocol-params.json differs from the package; run this test with CLAWLINE_WRITE=1"
    );
}
