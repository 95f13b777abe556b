//! The chat wire, row by row.

use clawline_core::dialects::chat::{ClientFrame, Media, Message, Room, Untrusted};
use clawline_core::dialects::parse;
use serde_json::{Value, json};

use crate::{frame, json as text};

const INVALID: &str = "Invalid message format. Expected: { type: 'chat.send', content: '...' }";
const UNREADABLE: &str = "Failed to parse message";
const PATH: &str = "mediaPath and mediaPaths take ids of uploads, not paths: upload the file to \
                    /v1/media first and send its id";

fn hello() -> Message<Value> {
    Message {
        content: "hi".to_owned(),
        message_id: None,
        sender_id: None,
        sender_name: None,
        room: Room::Direct,
        reply_to: None,
        reply_body: None,
        media: Vec::new(),
        custom: None,
    }
}

/// A `chat.send` with these members beside its content.
fn send(members: &Value) -> Value {
    let mut send = json!({"type": "chat.send", "content": "hi"});
    for (name, value) in members.as_object().unwrap() {
        send[name] = value.clone();
    }
    send
}

fn file(id: &str, mime: Option<&str>) -> Media {
    Media {
        id: id.to_owned(),
        mime: mime.map(str::to_owned),
    }
}

#[test]
fn every_member_of_a_message_is_read_and_written() {
    let some = |text: &str| Some(text.to_owned());
    let rows: Vec<(Value, Message<Value>)> = vec![
        (json!({}), hello()),
        (
            json!({"messageId": "m1", "senderId": "u1", "senderName": "Ann"}),
            Message {
                message_id: some("m1"),
                sender_id: some("u1"),
                sender_name: some("Ann"),
                ..hello()
            },
        ),
        (
            json!({"chatType": "group", "groupId": "g", "groupSubject": "Dev"}),
            Message {
                room: Room::Group {
                    id: "g".to_owned(),
                    subject: some("Dev"),
                },
                ..hello()
            },
        ),
        (
            json!({"replyToMessageId": "m0", "replyToBody": "before"}),
            Message {
                reply_to: some("m0"),
                reply_body: some("before"),
                ..hello()
            },
        ),
        (
            json!({"mediaPath": "a1", "mediaType": "image/png"}),
            Message {
                media: vec![file("a1", Some("image/png"))],
                ..hello()
            },
        ),
        (
            json!({"mediaPaths": ["a", "b"], "mediaTypes": ["image/png", ""]}),
            Message {
                media: vec![file("a", Some("image/png")), file("b", None)],
                ..hello()
            },
        ),
        (
            json!({"customData": {"priority": "high", "SessionKey": "hijack"}}),
            Message {
                custom: Some(Untrusted(
                    json!({"priority": "high", "SessionKey": "hijack"}),
                )),
                ..hello()
            },
        ),
    ];
    for (members, message) in rows {
        let wire = send(&members);
        let read = ClientFrame::read(frame(&wire)).unwrap();
        assert_eq!(read, ClientFrame::Send(message), "{wire}");
        assert_eq!(text(&read.encode()), wire);
    }
}

#[test]
fn what_says_nothing_is_the_default() {
    for members in [
        json!({"chatType": "direct"}),
        json!({"chatType": ""}),
        json!({"chatType": null, "groupId": null, "customData": null, "mediaPaths": null}),
        // Only a group has these.
        json!({"groupId": "g", "groupSubject": "Dev"}),
        json!({"messageId": "", "senderId": "", "senderName": "", "replyToBody": ""}),
        json!({"mediaPath": "", "mediaPaths": [], "mediaType": "image/png"}),
        json!({"sessionKey": "agent:main:main", "anything": [1]}),
    ] {
        let read = ClientFrame::read(frame(&send(&members))).unwrap();
        assert_eq!(read, ClientFrame::Send(hello()), "{members}");
    }
}

#[test]
fn each_file_comes_once_with_its_type() {
    let wire = send(&json!({
        "mediaPath": "a", "mediaPaths": ["a", "b", "b"],
        "mediaTypes": ["image/png", "image/jpeg"],
    }));
    let Ok(ClientFrame::Send(message)) = ClientFrame::read(frame(&wire)) else {
        panic!("refused");
    };
    let files = [file("a", Some("image/png")), file("b", Some("image/jpeg"))];
    assert_eq!(message.media, files);
}

#[test]
fn a_frame_that_is_refused_says_why_in_a_chat_error() {
    let long = "x".repeat(257);
    let many = vec!["a"; 21];
    for (wire, error) in [
        // As the original.
        (json!(null), UNREADABLE),
        (json!([]), INVALID),
        (json!("chat.send"), INVALID),
        (json!({}), INVALID),
        (json!({"type": "ping"}), INVALID),
        (json!({"type": "chat.history"}), INVALID),
        (json!({"type": 4, "content": "hi"}), INVALID),
        (json!({"type": "chat.send"}), INVALID),
        (send(&json!({"content": ""})), INVALID),
        (send(&json!({"content": null})), INVALID),
        (send(&json!({"content": 0})), INVALID),
        (send(&json!({"content": false})), INVALID),
        (send(&json!({"content": 123})), UNREADABLE),
        (send(&json!({"content": {"a": 1}})), UNREADABLE),
        (send(&json!({"content": ["a"]})), UNREADABLE),
        (send(&json!({"content": true})), UNREADABLE),
        // Where the original goes on with something strange.
        (
            send(&json!({"chatType": "group"})),
            "groupId is required when chatType is 'group'",
        ),
        (
            send(&json!({"chatType": "group", "groupId": ""})),
            "groupId is required when chatType is 'group'",
        ),
        (
            send(&json!({"chatType": "channel"})),
            "chatType must be 'direct' or 'group'",
        ),
        (send(&json!({"chatType": 1})), "chatType must be a string"),
        (send(&json!({"messageId": 7})), "messageId must be a string"),
        (send(&json!({"senderId": {}})), "senderId must be a string"),
        (
            send(&json!({"senderName": []})),
            "senderName must be a string",
        ),
        (
            send(&json!({"senderId": long})),
            "senderId has more than 256 characters",
        ),
        (
            send(&json!({"chatType": "group", "groupId": 4})),
            "groupId must be a string",
        ),
        (
            send(&json!({"replyToMessageId": 4})),
            "replyToMessageId must be a string",
        ),
        (
            send(&json!({"replyToBody": 4})),
            "replyToBody must be a string",
        ),
        (
            send(&json!({"customData": "x"})),
            "customData must be an object",
        ),
        (
            send(&json!({"customData": [1]})),
            "customData must be an object",
        ),
        (send(&json!({"mediaPath": 4})), "mediaPath must be a string"),
        (
            send(&json!({"mediaPaths": "a"})),
            "mediaPaths must be a list of strings",
        ),
        (
            send(&json!({"mediaPaths": ["a", 4]})),
            "mediaPaths must be a list of strings",
        ),
        (
            send(&json!({"mediaTypes": [null]})),
            "mediaTypes must be a list of strings",
        ),
        (
            send(&json!({"mediaPaths": many})),
            "mediaPaths has more than 20 elements",
        ),
        (json!({"type": "chat.auth"}), "token is required"),
        (
            json!({"type": "chat.auth", "token": 4}),
            "token is required",
        ),
    ] {
        let refused = ClientFrame::read(frame(&wire)).unwrap_err();
        let answer = text(&refused.frame().encode());
        assert_eq!(
            answer,
            json!({"type": "chat.error", "error": error}),
            "{wire}"
        );
    }
    let refused = ClientFrame::<Value>::read(parse(b"not json")).unwrap_err();
    assert_eq!(refused.why.to_string(), UNREADABLE);
}

#[test]
fn no_path_of_the_server_is_taken_for_a_file() {
    for path in [
        "/etc/passwd",
        "./a",
        "..",
        "a.png",
        "C:\\a",
        "file:///a",
        "\\\\host\\a",
        "~",
        "a b",
        "%2e%2e",
        "https://a.example/a",
        "ä",
    ] {
        for wire in [
            send(&json!({"mediaPath": path, "messageId": "m1"})),
            send(&json!({"mediaPaths": ["good", path], "messageId": "m1"})),
        ] {
            let refused = ClientFrame::read(frame(&wire)).unwrap_err();
            let error = json!({"type": "chat.error", "messageId": "m1", "error": PATH});
            assert_eq!(text(&refused.frame().encode()), error, "{path}");
        }
    }
}
