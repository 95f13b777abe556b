//! What pages and plugins of the hub wire say, row by row.

use clawline_core::dialects::hub::{Kind, PageFrame, PluginFrame, Question, Refusal};
use clawline_core::dialects::parse;
use serde_json::{Value, json};

use crate::{frame, json as text};

pub(crate) fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub(crate) fn question(content: &str) -> Question {
    Question {
        content: content.to_owned(),
        source: None,
        client_id: None,
        timestamp: None,
    }
}

#[test]
fn every_frame_of_a_page_is_read_and_written() {
    let whole = json!({
        "type": "chat", "content": "你好", "timestamp": "2026-01-01T00:00:00.000Z",
        "source": "vue_frontend", "clientId": "tab-1",
    });
    let read = PageFrame::read(frame(&whole)).unwrap();
    let asks = Question {
        source: some("vue_frontend"),
        client_id: some("tab-1"),
        timestamp: some("2026-01-01T00:00:00.000Z"),
        ..question("你好")
    };
    assert_eq!(read, PageFrame::Chat(asks));
    assert_eq!(text(&read.encode()), whole);
    for (wire, content) in [
        (json!({"type": "chat", "text": "t"}), "t"),
        (json!({"type": "chat", "content": "", "text": "t"}), "t"),
        (json!({"type": "chat", "content": null, "text": "t"}), "t"),
        (json!({"type": "chat", "content": "c", "text": "t"}), "c"),
    ] {
        let read = PageFrame::read(frame(&wire));
        assert_eq!(read, Ok(PageFrame::Chat(question(content))), "{wire}");
    }
    for other in [
        json!({}),
        json!({"type": "presence", "x": [1]}),
        json!({"content": "x"}),
    ] {
        let read = PageFrame::read(frame(&other)).unwrap();
        assert_eq!(text(&read.encode()), other);
        assert_eq!(read, PageFrame::Other(other));
    }
}

#[test]
fn a_page_is_told_what_is_wrong() {
    for (wire, message) in [
        (json!([1, 2]), "Expected a JSON object"),
        (json!("str"), "Expected a JSON object"),
        (json!(null), "Expected a JSON object"),
        (json!({"type": "chat"}), "content is required"),
        (
            json!({"type": "chat", "content": "", "text": ""}),
            "content is required",
        ),
        (
            json!({"type": "chat", "content": 4}),
            "content must be a string",
        ),
        (
            json!({"type": "chat", "content": "x", "source": 4}),
            "source must be a string",
        ),
        (
            json!({"type": "chat", "content": "x", "clientId": {}}),
            "clientId must be a string",
        ),
    ] {
        let refusal = PageFrame::read(frame(&wire)).unwrap_err();
        let answer = json!({"type": "error", "message": message});
        assert_eq!(text(&refusal.frame()), answer, "{wire}");
    }
    let refusal = PageFrame::<Value>::read(parse(b"not json")).unwrap_err();
    assert_eq!(
        text(&refusal.frame()),
        json!({"type": "error", "message": "Invalid JSON"})
    );
    let nobody = json!({"type": "error", "message": "No OpenClaw plugin connected"});
    assert_eq!(text(&Refusal::NoPlugin.frame()), nobody);
}

#[test]
fn every_frame_of_a_plugin_is_read_and_written() {
    let reply = |kind, to| PluginFrame::Reply {
        content: "hi".to_owned(),
        kind,
        to,
    };
    let content = || "hi".to_owned();
    for (wire, read) in [
        (
            json!({"type": "reply", "content": "hi", "kind": "tool"}),
            reply(Kind::Tool, None),
        ),
        (
            json!({"type": "reply", "content": "hi", "kind": "block"}),
            reply(Kind::Block, None),
        ),
        (
            json!({"type": "reply", "content": "hi", "kind": "final"}),
            reply(Kind::Final, None),
        ),
        (
            json!({"type": "reply", "content": "hi", "kind": "final", "to": "p"}),
            reply(Kind::Final, some("p")),
        ),
        (
            json!({"type": "message", "to": "p", "content": "hi"}),
            PluginFrame::Message {
                to: some("p"),
                content: content(),
            },
        ),
        (
            json!({"type": "media", "to": "p", "content": "hi", "mediaUrl": "http://x/y.png"}),
            PluginFrame::Media {
                to: some("p"),
                content: content(),
                media_url: "http://x/y.png".to_owned(),
            },
        ),
        (
            json!({"type": "tool_call", "data": {"tool": "exec", "seq": 2}}),
            PluginFrame::ToolCall(Some(json!({"tool": "exec", "seq": 2}))),
        ),
        (
            json!({"type": "status", "x": 1}),
            PluginFrame::Other(json!({"type": "status", "x": 1})),
        ),
    ] {
        assert_eq!(PluginFrame::read(frame(&wire)), Ok(read.clone()), "{wire}");
        assert_eq!(text(&read.encode()), wire);
    }
    for (wire, read) in [
        (
            json!({"type": "reply", "text": "hi"}),
            reply(Kind::Final, None),
        ),
        (
            json!({"type": "reply", "reply": "hi", "kind": ""}),
            reply(Kind::Final, None),
        ),
        (
            json!({"type": "reply", "content": "hi", "kind": "thought"}),
            reply(Kind::Block, None),
        ),
        (
            json!({"type": "reply", "content": "", "kind": "final"}),
            PluginFrame::Reply {
                content: String::new(),
                kind: Kind::Final,
                to: None,
            },
        ),
        (json!({"type": "tool_call"}), PluginFrame::ToolCall(None)),
    ] {
        assert_eq!(PluginFrame::read(frame(&wire)), Ok(read), "{wire}");
    }
}

#[test]
fn a_plugin_is_told_what_is_wrong() {
    let link = "mediaUrl must begin with https:// or http://";
    for (wire, message) in [
        (json!([]), "Expected a JSON object"),
        (
            json!({"type": "reply", "content": 4}),
            "content must be a string",
        ),
        (
            json!({"type": "reply", "content": "x", "kind": 4}),
            "kind must be a string",
        ),
        (
            json!({"type": "message", "content": "x", "to": 4}),
            "to must be a string",
        ),
        (
            json!({"type": "tool_call", "data": "x"}),
            "data must be an object",
        ),
        (json!({"type": "media", "content": "x"}), link),
        (
            json!({"type": "media", "mediaUrl": "javascript:alert(1)//://"}),
            link,
        ),
        (
            json!({"type": "media", "mediaUrl": "data:text/html,x"}),
            link,
        ),
        (json!({"type": "media", "mediaUrl": "/etc/passwd"}), link),
        (
            json!({"type": "media", "mediaUrl": "file:///etc/passwd"}),
            link,
        ),
        (json!({"type": "media", "mediaUrl": "https://"}), link),
        (json!({"type": "media", "mediaUrl": "https://a\nb"}), link),
        (
            json!({"type": "media", "mediaUrl": 4}),
            "mediaUrl must be a string",
        ),
    ] {
        let refusal = PluginFrame::read(frame(&wire)).unwrap_err();
        assert_eq!(refusal.to_string(), message, "{wire}");
    }
    let refusal = PluginFrame::<Value>::read(None).unwrap_err();
    assert_eq!(refusal.to_string(), "Invalid JSON");
}
