//! The bridge wire, row by row.

use clawline_core::dialects::bridge::{
    ClientFrame, ServerFrame, channels, http_url, is_sent, problem, read_channels, sent,
};
use serde_json::{Value, json};

use crate::{frame, json as text};

fn asked(
    channel: &str,
    content: &str,
    conversation: &str,
    metadata: Option<Value>,
) -> ClientFrame<Value> {
    ClientFrame {
        channel: channel.to_owned(),
        content: content.to_owned(),
        conversation_id: conversation.to_owned(),
        metadata,
    }
}

#[test]
fn every_member_of_what_a_client_sends_is_read() {
    for (wire, read) in [
        (
            json!({"channel": "c", "content": "x", "conversation_id": "v", "metadata": {"n": 1}}),
            asked("c", "x", "v", Some(json!({"n": 1}))),
        ),
        (
            json!({"channel": "c", "content": "x"}),
            asked("c", "x", "", None),
        ),
        (
            json!({"channel": "c", "content": "x", "conversation_id": null, "metadata": null}),
            asked("c", "x", "", None),
        ),
        (
            json!({"channel": "c", "content": "x", "type": "message", "id": 7}),
            asked("c", "x", "", None),
        ),
    ] {
        assert_eq!(ClientFrame::read(frame(&wire)), Ok(read), "{wire}");
    }
}

#[test]
fn a_client_writes_its_four_members_in_the_original_order() {
    let frame = asked("c", "hé", "", None).encode();
    assert_eq!(
        frame,
        r#"{"channel":"c","content":"hé","conversation_id":"","metadata":{}}"#
    );
}

#[test]
fn what_a_client_sends_is_refused_with_a_clear_reason() {
    let required = "'channel' and 'content' are required";
    for (wire, reason) in [
        (json!([]), "The body must be a JSON object"),
        (json!(null), "The body must be a JSON object"),
        (json!("x"), "The body must be a JSON object"),
        (json!({}), required),
        (json!({"channel": "c"}), required),
        (json!({"content": "x"}), required),
        (json!({"channel": "", "content": "x"}), required),
        (json!({"channel": "c", "content": ""}), required),
        (json!({"channel": null, "content": "x"}), required),
        (
            json!({"channel": 4, "content": "x"}),
            "channel must be a string",
        ),
        (
            json!({"channel": "c", "content": 4}),
            "content must be a string",
        ),
        (
            json!({"channel": "c", "content": "x", "conversation_id": 4}),
            "conversation_id must be a string",
        ),
        (
            json!({"channel": "c", "content": "x", "metadata": []}),
            "metadata must be an object",
        ),
        (
            json!({"channel": "c".repeat(257), "content": "x"}),
            "channel has more than 256 characters",
        ),
    ] {
        let refusal = ClientFrame::read(frame(&wire)).unwrap_err();
        assert_eq!(refusal.to_string(), reason, "{wire}");
        let body = text(&problem(&refusal.to_string()));
        assert_eq!(body, json!({"detail": reason}));
    }
    let refusal = ClientFrame::<Value>::read(None).unwrap_err();
    assert_eq!(refusal.to_string(), "The body must be a JSON object");
}

fn pushed(members: [&str; 5], metadata: Option<Value>) -> ServerFrame<Value> {
    let [channel, sender, content, message_id, conversation_id] = members.map(str::to_owned);
    ServerFrame {
        channel,
        sender,
        content,
        message_id,
        conversation_id,
        metadata,
    }
}

#[test]
fn every_member_of_what_a_server_pushes_is_read_and_written() {
    let whole = json!({
        "channel": "slack", "sender": "u", "content": "Hello!", "message_id": "m1",
        "conversation_id": "c1", "metadata": {"k": 1},
    });
    let read = ServerFrame::read(frame(&whole)).unwrap();
    let metadata = Some(json!({"k": 1}));
    assert_eq!(read, pushed(["slack", "u", "Hello!", "m1", "c1"], metadata));
    assert_eq!(text(&read.encode()), whole);
    for (wire, read) in [
        (
            json!({"channel": "slack"}),
            pushed(["slack", "", "", "", ""], None),
        ),
        (json!({"content": "x"}), pushed(["", "", "x", "", ""], None)),
        (
            json!({"channel": "c", "content": null, "sender": null, "metadata": null}),
            pushed(["c", "", "", "", ""], None),
        ),
    ] {
        assert_eq!(ServerFrame::read(frame(&wire)), Ok(read), "{wire}");
    }
}

#[test]
fn what_is_no_message_is_an_error_and_not_an_empty_message() {
    let unknown = "the frame is not one of this protocol";
    for (wire, error) in [
        (json!([]), "the frame is not a JSON object"),
        (json!(4), "the frame is not a JSON object"),
        (json!({}), unknown),
        (
            json!({"type": "event", "event": "connect.challenge", "payload": {"nonce": "n"}}),
            unknown,
        ),
        (
            json!({"content": 123, "metadata": null}),
            "content must be a string",
        ),
        (
            json!({"channel": 1, "content": "x"}),
            "channel must be a string",
        ),
        (
            json!({"channel": "c", "sender": 4}),
            "sender must be a string",
        ),
        (
            json!({"channel": "c", "message_id": 4}),
            "message_id must be a string",
        ),
        (
            json!({"channel": "c", "conversation_id": {}}),
            "conversation_id must be a string",
        ),
        (
            json!({"channel": "c", "metadata": "x"}),
            "metadata must be an object",
        ),
    ] {
        let got = ServerFrame::read(frame(&wire)).unwrap_err();
        assert_eq!(got.to_string(), error, "{wire}");
    }
    let got = ServerFrame::<Value>::read(None).unwrap_err();
    assert_eq!(got.to_string(), "the frame is not JSON");
}

#[test]
fn the_http_address_is_made_of_the_gateways() {
    for (gateway, url) in [
        ("ws://h:1/ws", "http://h:1/send"),
        ("wss://h:1/ws", "https://h:1/send"),
        ("ws://h:1", "http://h:1/send"),
        ("ws://h:1/", "http://h:1/send"),
        ("ws://h:1/ws/", "http://h:1/send"),
        ("ws://h:1/ws?x=1", "http://h:1/send?x=1"),
        ("ws://h:1/ws/?x=1&y=a%20b", "http://h:1/send?x=1&y=a%20b"),
        ("ws://h:1?x=/ws", "http://h:1/send?x=/ws"),
        ("ws://h:1/ws#part?x", "http://h:1/send"),
        ("ws://h:1/ws?x=1#part", "http://h:1/send?x=1"),
        ("ws://h:1/gw/ws", "http://h:1/gw/send"),
        ("ws://h:1/ws/ws", "http://h:1/ws/send"),
        ("ws://h:1/ws/gw", "http://h:1/ws/gw/send"),
        ("ws://h:1/news", "http://h:1/news/send"),
        ("ws://ws", "http://ws/send"),
        ("ws://ws/ws", "http://ws/send"),
        ("http://h:1", "http://h:1/send"),
        ("https://h/ws", "https://h/send"),
        ("WS://H:1/ws", "http://h:1/send"),
        ("ws://[::1]:18789/ws", "http://[::1]:18789/send"),
        ("ws://user:secret@h:1/ws", "http://h:1/send"),
        (" ws://h:1/ws\n", "http://h:1/send"),
        ("ws://127.0.0.1:18789/ws", "http://127.0.0.1:18789/send"),
    ] {
        assert_eq!(http_url(gateway, "/send").as_deref(), Ok(url), "{gateway}");
    }
    for gateway in [
        "",
        "h:1/ws",
        "/ws",
        "ftp://h/ws",
        "ws://",
        "ws://?token=secret",
        "ws://h:x/ws",
    ] {
        let error = http_url(gateway, "/send").unwrap_err().to_string();
        assert!(
            error.contains("wss://") && !error.contains("secret"),
            "{gateway}: {error}"
        );
    }
}

#[test]
fn an_answer_says_whether_it_was_sent() {
    for (status, is) in [
        (199, false),
        (200, true),
        (204, true),
        (299, true),
        (300, false),
        (302, false),
        (400, false),
        (500, false),
    ] {
        assert_eq!(is_sent(status), is, "{status}");
    }
    assert_eq!(text(&sent("c")), json!({"status": "sent", "channel": "c"}));
}

#[test]
fn channels_are_listed_in_every_form_of_the_original() {
    let names = ["a".to_owned(), "b".to_owned()];
    let own = text(&channels(&names));
    assert_eq!(own, json!({"channels": ["a", "b"]}));
    for (body, listed) in [
        (own, vec!["a", "b"]),
        (json!(["a", "b"]), vec!["a", "b"]),
        (json!([]), vec![]),
        (json!({"channels": [{"id": "obj"}]}), vec!["obj"]),
        (json!([{"id": "1", "name": "one"}]), vec!["one"]),
        (json!(["a", 1, null, "", {}]), vec!["a"]),
    ] {
        assert_eq!(read_channels(200, frame(&body)).unwrap(), listed, "{body}");
    }
    let other = "the server answered with something else than channels";
    for body in [
        json!({"other": 1}),
        json!({"channels": "a"}),
        json!("a"),
        json!(null),
    ] {
        let error = read_channels(200, frame(&body)).unwrap_err();
        assert_eq!(error.to_string(), other, "{body}");
    }
    assert_eq!(
        read_channels::<Value>(200, None).unwrap_err().to_string(),
        other
    );
    let error = read_channels(404, frame(&json!(["a"]))).unwrap_err();
    assert_eq!(error.to_string(), "the server answered with status 404");
}
