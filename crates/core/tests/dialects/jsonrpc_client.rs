//! A client of the jsonrpc wire and its answers.

use clawline_core::dialects::FrameError;
use clawline_core::dialects::jsonrpc::{ClientFrame, Event, Id, Message, ServerFrame, request};
use serde_json::{Value, json};

use crate::jsonrpc_answers::{answer, ok, refused};
use crate::{frame, json as text};

#[test]
fn a_client_finds_its_answers() {
    let some = |text: &str| Some(text.to_owned());
    let read = |wire: &Value| ServerFrame::read(frame(wire));
    for (wire, read_as) in [
        (
            ok(&json!(7)),
            Ok(ServerFrame::Done {
                id: Id::Number(7.0),
                status: some("ok"),
            }),
        ),
        (
            json!({"jsonrpc": "2.0", "id": "a", "result": 4}),
            Ok(ServerFrame::Done {
                id: Id::Text("a".to_owned()),
                status: None,
            }),
        ),
        (
            refused(&json!(7), -32600, "no"),
            Ok(ServerFrame::Refused {
                id: Some(Id::Number(7.0)),
                code: -32600,
                message: "no".to_owned(),
            }),
        ),
        (
            json!({"id": null, "error": {}}),
            Ok(ServerFrame::Refused {
                id: None,
                code: 0,
                message: String::new(),
            }),
        ),
        (
            json!({"jsonrpc": "2.0", "method": "note", "params": {}}),
            Ok(ServerFrame::Told {
                method: "note".to_owned(),
            }),
        ),
        (json!(4), Err(FrameError::NotObject)),
        (json!(true), Err(FrameError::NotObject)),
        (json!({}), Err(FrameError::Unknown)),
        (json!({"id": 7}), Err(FrameError::Unknown)),
        (json!({"id": [], "result": {}}), Err(FrameError::Unknown)),
        (
            json!({"result": {"status": "ok"}}),
            Err(FrameError::Unknown),
        ),
    ] {
        assert_eq!(read(&wire), [read_as], "{wire}");
    }
    assert_eq!(ServerFrame::read::<Value>(None), [Err(FrameError::NotJson)]);
    let batch = read(&json!([ok(&json!(1)), 4, ok(&json!(2))]));
    assert!(matches!(batch[..], [Ok(_), Err(_), Ok(_)]));
    let long = read(&refused(&json!(1), 1, &"x".repeat(9_000)));
    assert!(
        matches!(&long[..], [Ok(ServerFrame::Refused { message, .. })] if message.len() == 500)
    );
}

#[test]
fn a_client_and_a_server_understand_each_other() {
    let message = Message::<Value> {
        event: Event::Heartbeat,
        timestamp: "2026-11-20T03:30:13.549971".to_owned(),
    };
    let wire = text(&request(&Id::Number(12.0), &message));
    assert_eq!(wire["id"], 12);
    let read = ClientFrame::read(frame(&wire));
    assert_eq!(read.requests[0].message, Ok(message));
    let done = ServerFrame::Done {
        id: Id::Number(12.0),
        status: Some("ok".to_owned()),
    };
    assert_eq!(
        ServerFrame::read(frame(&answer(&read).unwrap())),
        [Ok(done)]
    );
}
