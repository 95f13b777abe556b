//! What the hub wraps for pages and plugins, row by row.

use clawline_core::dialects::hub::{
    HubFrame, Kind, PluginFrame, Question, Relayed, from_frontend, from_openclaw,
};
use serde_json::{Value, json};

use crate::hub::{question, some};
use crate::{frame, json as text};

const TIME: &str = "2026-11-20T03:30:45.487500";

#[test]
fn what_the_hub_wraps_for_plugins_is_a_question() {
    let asks = |question: &Question, sender: &str| Relayed::Question {
        question: question.clone(),
        sender: sender.to_owned(),
    };
    for (data, expected, sender) in [
        (
            json!({"type": "chat", "content": "x", "timestamp": "t", "source": "vue_frontend"}),
            Question {
                source: some("vue_frontend"),
                timestamp: some("t"),
                ..question("x")
            },
            "vue_frontend",
        ),
        (
            json!({"text": "x", "clientId": "tab"}),
            Question {
                client_id: some("tab"),
                timestamp: some(TIME),
                ..question("x")
            },
            "vue",
        ),
    ] {
        let wire = text(&from_frontend(&data.to_string(), TIME));
        assert_eq!(wire["type"], "from_frontend");
        assert_eq!(wire["data"], data);
        let read = Relayed::read(frame(&wire));
        assert_eq!(read, Ok(asks(&expected, sender)), "{wire}");
    }
    let bare = json!({"type": "from_frontend", "data": {"content": "x"}});
    let read = Relayed::read(frame(&bare));
    assert_eq!(read, Ok(asks(&question("x"), "vue_frontend")));
    let error = json!({"type": "error", "message": "Invalid JSON"});
    let message = "Invalid JSON".to_owned();
    assert_eq!(Relayed::read(frame(&error)), Ok(Relayed::Error { message }));
    assert_eq!(
        Relayed::read(frame(&json!({"type": "hello"}))),
        Ok(Relayed::Other)
    );
    for (wire, message) in [
        (json!([]), "Expected a JSON object"),
        (json!({"type": "from_frontend"}), "data is required"),
        (
            json!({"type": "from_frontend", "data": "x"}),
            "data must be an object",
        ),
        (
            json!({"type": "from_frontend", "data": {}}),
            "content is required",
        ),
    ] {
        let refusal = Relayed::read(frame(&wire)).unwrap_err();
        assert_eq!(refusal.to_string(), message, "{wire}");
    }
}

#[test]
fn what_the_hub_wraps_for_pages_is_a_plugins_frame() {
    let said = PluginFrame::<Value>::Reply {
        content: "hi".to_owned(),
        kind: Kind::Final,
        to: None,
    };
    let wire = text(&from_openclaw(&said.encode(), TIME));
    assert_eq!(
        wire,
        json!({
            "type": "from_openclaw", "source": "plugin", "timestamp": TIME,
            "data": {"type": "reply", "content": "hi", "kind": "final"},
        })
    );
    let read = HubFrame::FromPlugin {
        frame: said,
        timestamp: TIME.to_owned(),
    };
    assert_eq!(HubFrame::read(frame(&wire)), Ok(read));
    let call = json!({"type": "tool_call", "data": {"tool": "exec"}});
    let read = HubFrame::FromPlugin {
        frame: PluginFrame::ToolCall(Some(json!({"tool": "exec"}))),
        timestamp: String::new(),
    };
    assert_eq!(HubFrame::read(frame(&call)), Ok(read));
    let error = json!({"type": "error", "message": "No OpenClaw plugin connected"});
    let read = HubFrame::read(frame(&error)).unwrap();
    assert!(matches!(read, HubFrame::Error { message } if message.contains("plugin")));
    let got = json!({"type": "message_received"});
    assert_eq!(HubFrame::read(frame(&got)), Ok(HubFrame::Other));
    let bare = json!({"type": "from_openclaw"});
    let refusal = HubFrame::read(frame(&bare)).unwrap_err();
    assert_eq!(refusal.to_string(), "Expected a JSON object");
    let long = json!({"type": "error", "message": "x".repeat(9_000)});
    let read = HubFrame::read(frame(&long)).unwrap();
    assert!(matches!(read, HubFrame::Error { message } if message.len() == 500));
}
