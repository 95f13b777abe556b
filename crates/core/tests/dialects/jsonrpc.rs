//! The messages of the jsonrpc wire, row by row.

use clawline_core::dialects::FieldError;
use clawline_core::dialects::jsonrpc::{Caller, ClientFrame, Event, Id, Message, Refusal, request};
use serde_json::{Value, json};

use crate::{frame, json as text};

fn call(message: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "sessions_send", "params": {"message": message}})
}

fn read(message: &Value) -> Result<Message<Value>, Refusal> {
    let mut read = ClientFrame::read(frame(&call(message)));
    assert_eq!(read.requests.len(), 1);
    let read = read.requests.remove(0);
    assert_eq!(read.caller, Caller::Asks(Id::Number(1.0)));
    read.message
}

/// Each kind of message, whole: as it is on the wire, and as it is read.
fn rows() -> Vec<(Value, Event<Value>)> {
    let call_id = || "c1".to_owned();
    vec![
        (
            json!({
                "message_type": "call_started", "call_id": "c1", "to_number": "+1",
                "prompt": "p", "metadata": {"i": 0}, "timestamp": "t",
            }),
            Event::CallStarted {
                call_id: call_id(),
                to_number: "+1".to_owned(),
                prompt: "p".to_owned(),
                metadata: Some(json!({"i": 0})),
            },
        ),
        (
            json!({
                "message_type": "transcript", "call_id": "c1", "speaker": "user",
                "text": "hé 你", "timestamp": "", "is_final": false,
            }),
            Event::Transcript {
                call_id: call_id(),
                speaker: "user".to_owned(),
                text: "hé 你".to_owned(),
                is_final: false,
            },
        ),
        (
            json!({
                "message_type": "structured_data", "call_id": "c1", "intent": "book",
                "entities": {"d": 1}, "summary": "s", "confidence": 0.9, "timestamp": "t",
            }),
            Event::StructuredData {
                call_id: call_id(),
                intent: "book".to_owned(),
                entities: Some(json!({"d": 1})),
                summary: "s".to_owned(),
                confidence: 0.9,
            },
        ),
        (
            json!({
                "message_type": "action", "call_id": "c1", "action_type": "email",
                "parameters": {"to": "x"}, "timestamp": "t",
            }),
            Event::Action {
                call_id: call_id(),
                action_type: "email".to_owned(),
                parameters: Some(json!({"to": "x"})),
            },
        ),
        (
            json!({
                "message_type": "call_ended", "call_id": "c1", "duration": 125.5,
                "outcome": "completed", "full_transcript": "User: Hello\nAssistant: Hi",
                "summary": "s", "timestamp": "t",
            }),
            Event::CallEnded {
                call_id: call_id(),
                duration: 125.5,
                outcome: "completed".to_owned(),
                full_transcript: "User: Hello\nAssistant: Hi".to_owned(),
                summary: "s".to_owned(),
            },
        ),
        (
            json!({"message_type": "heartbeat", "timestamp": "t"}),
            Event::Heartbeat,
        ),
        (
            json!({
                "message_type": "error", "call_id": "c1", "error_code": "E",
                "error_message": "bad", "timestamp": "t",
            }),
            Event::Error {
                call_id: call_id(),
                error_code: "E".to_owned(),
                error_message: "bad".to_owned(),
            },
        ),
    ]
}

#[test]
fn every_message_is_read_under_either_name_and_written_under_both() {
    for (mut wire, event) in rows() {
        let kind = wire["message_type"].clone();
        let message = read(&wire).unwrap();
        assert_eq!(message.event, event, "{wire}");
        assert_eq!(message.timestamp, wire["timestamp"]);
        assert_eq!(message.event.kind(), kind);
        wire["type"] = kind;
        let written = text(&request(&Id::Number(1.0), &message));
        assert_eq!(written, call(&wire));
        let members = wire.as_object_mut().unwrap();
        members.remove("message_type");
        assert_eq!(read(&wire), Ok(message), "{wire}");
    }
}

#[test]
fn each_message_names_its_call() {
    for (_, event) in rows() {
        let call = (event.kind() != "heartbeat").then_some("c1");
        assert_eq!(event.call_id(), call, "{}", event.kind());
    }
    let error = read(&json!({"message_type": "error", "error_code": "E"})).unwrap();
    assert_eq!(error.event.call_id(), None);
}

#[test]
fn absent_members_are_the_defaults_of_the_original() {
    let bare = |kind: &str| {
        let message = json!({"type": kind, "call_id": "c", "is_final": null, "metadata": null});
        let message = read(&message).unwrap();
        assert_eq!(message.timestamp, "");
        message.event
    };
    let call_id = || "c".to_owned();
    for (kind, event) in [
        (
            "call_started",
            Event::CallStarted {
                call_id: call_id(),
                to_number: String::new(),
                prompt: String::new(),
                metadata: None,
            },
        ),
        (
            "transcript",
            Event::Transcript {
                call_id: call_id(),
                speaker: String::new(),
                text: String::new(),
                is_final: true,
            },
        ),
        (
            "structured_data",
            Event::StructuredData {
                call_id: call_id(),
                intent: String::new(),
                entities: None,
                summary: String::new(),
                confidence: 0.0,
            },
        ),
        (
            "action",
            Event::Action {
                call_id: call_id(),
                action_type: String::new(),
                parameters: None,
            },
        ),
        (
            "call_ended",
            Event::CallEnded {
                call_id: call_id(),
                duration: 0.0,
                outcome: String::new(),
                full_transcript: String::new(),
                summary: String::new(),
            },
        ),
        ("heartbeat", Event::Heartbeat),
    ] {
        assert_eq!(bare(kind), event);
        let message = Message {
            event,
            timestamp: String::new(),
        };
        let written = text(&request(&Id::Number(1.0), &message));
        for object in ["metadata", "entities", "parameters"] {
            let written = &written["params"]["message"][object];
            assert!(written.is_null() || *written == json!({}), "{kind}");
        }
    }
}

#[test]
fn a_message_that_is_wrong_says_where() {
    let kinds = "call_started, transcript, structured_data, action, call_ended, heartbeat or error";
    for (message, error) in [
        (json!({}), FieldError::Missing("message_type")),
        (
            json!({"message_type": ""}),
            FieldError::Missing("message_type"),
        ),
        (
            json!({"message_type": 4}),
            FieldError::NotText("message_type"),
        ),
        (json!({"type": 4}), FieldError::NotText("type")),
        (
            json!({"type": "ping"}),
            FieldError::NotOneOf("message_type", kinds),
        ),
        (
            json!({"type": "action", "message_type": "heartbeat"}),
            FieldError::Contradicts("type", "message_type"),
        ),
        (
            json!({"type": "heartbeat", "timestamp": 4}),
            FieldError::NotText("timestamp"),
        ),
        (
            json!({"type": "error", "call_id": 4}),
            FieldError::NotText("call_id"),
        ),
    ] {
        assert_eq!(read(&message), Err(Refusal::BadParams(error)), "{message}");
    }
    for (mut wire, event) in rows() {
        if matches!(event, Event::Heartbeat | Event::Error { .. }) {
            continue;
        }
        for id in [json!(null), json!("")] {
            wire["call_id"] = id;
            let missing = Refusal::BadParams(FieldError::Missing("call_id"));
            assert_eq!(read(&wire), Err(missing), "{wire}");
        }
    }
}

#[test]
fn each_member_of_another_type_is_named() {
    for (wire, _) in rows() {
        for name in wire.as_object().unwrap().keys() {
            let mut spoiled = wire.clone();
            spoiled[name] = json!([4]);
            let Err(Refusal::BadParams(error)) = read(&spoiled) else {
                panic!("{spoiled}");
            };
            assert!(error.to_string().starts_with(name.as_str()), "{error}");
        }
    }
}
