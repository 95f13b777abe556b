//! What a server of the chat wire answers, row by row.

use clawline_core::dialects::FrameError;
use clawline_core::dialects::chat::{End, ServerFrame};
use serde_json::{Value, json};

use crate::{frame, json as text};

#[test]
fn every_frame_of_a_server_is_written_and_read() {
    let some = |text: &str| Some(text.to_owned());
    let (message_id, content) = ("m1".to_owned(), "hi".to_owned());
    for (server, wire) in [
        (
            ServerFrame::Welcome,
            json!({"type": "chat.response", "content": "Connected to WebSocket chat server"}),
        ),
        (ServerFrame::Typing, json!({"type": "chat.typing"})),
        (
            ServerFrame::Stream {
                message_id: message_id.clone(),
                content: content.clone(),
            },
            json!({"type": "chat.stream", "messageId": "m1", "content": "hi", "done": false}),
        ),
        (
            ServerFrame::Response {
                message_id,
                content,
            },
            json!({"type": "chat.response", "messageId": "m1", "content": "hi", "done": true}),
        ),
        (
            ServerFrame::Error {
                message_id: None,
                error: "no".to_owned(),
            },
            json!({"type": "chat.error", "error": "no"}),
        ),
        (
            ServerFrame::Error {
                message_id: some("m1"),
                error: "no".to_owned(),
            },
            json!({"type": "chat.error", "messageId": "m1", "error": "no"}),
        ),
        (
            ServerFrame::token_required(),
            json!({"type": "chat.error", "error": "Token required. Connect with ?token=YOUR_TOKEN"}),
        ),
        (
            ServerFrame::authentication_failed("invalid_token"),
            json!({"type": "chat.error", "error": "Authentication failed: invalid_token"}),
        ),
        (
            ServerFrame::agent_failed("m1", "provider down"),
            json!({"type": "chat.error", "messageId": "m1", "error": "Error: provider down"}),
        ),
        (
            ServerFrame::not_processed("m1", "boom"),
            json!({
                "type": "chat.error", "messageId": "m1",
                "error": "Failed to process message: Error: boom",
            }),
        ),
    ] {
        assert_eq!(text(&server.encode()), wire);
        assert_eq!(ServerFrame::read(frame(&wire)).unwrap(), server, "{wire}");
    }
}

#[test]
fn done_decides_and_a_strange_frame_costs_only_itself() {
    let read = |wire: &Value| ServerFrame::read(frame(wire));
    let done = json!({"type": "chat.stream", "messageId": "m", "content": "x", "done": true});
    assert!(matches!(read(&done), Ok(ServerFrame::Response { .. })));
    let more = json!({"type": "chat.response", "messageId": "m", "content": "x", "done": false});
    assert!(matches!(read(&more), Ok(ServerFrame::Stream { .. })));
    let bare = json!({"type": "chat.response", "messageId": "m"});
    let empty = ServerFrame::Response {
        message_id: "m".to_owned(),
        content: String::new(),
    };
    assert_eq!(read(&bare), Ok(empty));
    for (wire, error) in [
        (json!([]), "the frame is not a JSON object"),
        (
            json!({"type": "chat.send"}),
            "the frame is not one of this protocol",
        ),
        (
            json!({"type": "pong"}),
            "the frame is not one of this protocol",
        ),
        (
            json!({"type": "chat.stream", "content": "x"}),
            "messageId is required",
        ),
        (
            json!({"type": "chat.response", "done": true, "content": "x"}),
            "messageId is required",
        ),
        (
            json!({"type": "chat.stream", "messageId": "m", "content": 4}),
            "content must be a string",
        ),
        (
            json!({"type": "chat.stream", "messageId": "m", "done": 1}),
            "done must be true or false",
        ),
        (
            json!({"type": "chat.error", "error": {}}),
            "error must be a string",
        ),
    ] {
        assert_eq!(read(&wire).unwrap_err().to_string(), error, "{wire}");
    }
    assert_eq!(ServerFrame::read::<Value>(None), Err(FrameError::NotJson));
    let long = json!({"type": "chat.error", "error": "x".repeat(9_000)});
    let Ok(ServerFrame::Error { error, .. }) = read(&long) else {
        panic!("refused");
    };
    assert_eq!(error.len(), 500);
}

#[test]
fn a_server_ends_a_connection_as_the_original_does() {
    for (end, code, reason) in [
        (End::TokenRequired, 4401, "Token required"),
        (End::AuthenticationFailed, 4401, "Authentication failed"),
        (End::ShuttingDown, 1000, "Server shutting down"),
    ] {
        assert_eq!((end.code(), end.reason()), (code, reason));
        assert_eq!(End::read(code, reason), Some(end));
    }
    assert_eq!(End::read(1000, ""), None);
    assert_eq!(End::read(4401, "Server shutting down"), None);
}
