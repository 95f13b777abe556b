//! How a server of the jsonrpc wire answers requests and batches.

use clawline_core::dialects::jsonrpc::{ClientFrame, Refusal};
use clawline_core::dialects::parse;
use serde_json::{Value, json};

use crate::{frame, json as text};

const HEARTBEAT: &str = r#"{"message":{"type":"heartbeat"}}"#;

fn beat(id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": "sessions_send", "params": text(HEARTBEAT)})
}

/// What a server answers that takes each good message.
pub(crate) fn answer(read: &ClientFrame<Value>) -> Option<Value> {
    let answers = read.requests.iter().filter_map(|request| {
        let outcome = request.message.as_ref().map(|_| ());
        request.caller.answer(outcome.map_err(|refusal| *refusal))
    });
    read.answer(answers).as_deref().map(text)
}

fn answered(wire: &Value) -> Option<Value> {
    answer(&ClientFrame::read(frame(wire)))
}

pub(crate) fn ok(id: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "result": {"status": "ok"}})
}

pub(crate) fn refused(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

#[test]
fn an_answer_has_the_id_of_its_request() {
    for id in [
        json!(1),
        json!(0),
        json!(-7),
        json!(1.5),
        json!(9_007_199_254_740_992_u64),
        json!("a"),
        json!("x".repeat(256)),
        json!(""),
    ] {
        assert_eq!(answered(&beat(&id)), Some(ok(&id)), "{id}");
    }
    for id in [
        json!(null),
        json!(true),
        json!([1]),
        json!({"a": 1}),
        json!(u64::MAX),
        json!(1e300),
        json!(-1e300),
        json!("x".repeat(257)),
    ] {
        let answer = answered(&beat(&id));
        if id.is_null() {
            assert_eq!(answer, None);
            continue;
        }
        let error =
            "Invalid Request: id must be a number up to 2^53 or a string of up to 256 characters";
        assert_eq!(answer, Some(refused(&json!(null), -32600, error)), "{id}");
    }
}

#[test]
fn a_notification_is_taken_and_never_answered() {
    let mut told = beat(&json!(1));
    told.as_object_mut().unwrap().remove("id");
    let read = ClientFrame::read(frame(&told));
    assert!(read.requests[0].message.is_ok());
    assert_eq!(answer(&read), None);
    told["method"] = json!("nope");
    assert_eq!(answered(&told), None);
    told["method"] = json!("sessions_send");
    told["params"] = json!({});
    assert_eq!(answered(&told), None);
}

#[test]
fn every_code_has_its_rows() {
    let one = |members: Value| {
        let mut request = beat(&json!(1));
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        request
    };
    let (id, none) = (json!(1), json!(null));
    for (wire, answer) in [
        (
            json!(4),
            refused(&none, -32600, "Invalid Request: a request is an object"),
        ),
        (
            json!("x"),
            refused(&none, -32600, "Invalid Request: a request is an object"),
        ),
        (
            json!(null),
            refused(&none, -32600, "Invalid Request: a request is an object"),
        ),
        (
            json!([]),
            refused(&none, -32600, "Invalid Request: the batch is empty"),
        ),
        (
            json!({}),
            refused(&none, -32600, "Invalid Request: jsonrpc must be \"2.0\""),
        ),
        (
            json!({"id": 7, "foo": "boo"}),
            refused(
                &json!(7),
                -32600,
                "Invalid Request: jsonrpc must be \"2.0\"",
            ),
        ),
        (
            one(json!({"jsonrpc": "1.0"})),
            refused(&id, -32600, "Invalid Request: jsonrpc must be \"2.0\""),
        ),
        (
            one(json!({"jsonrpc": 2.0})),
            refused(&id, -32600, "Invalid Request: jsonrpc must be \"2.0\""),
        ),
        (
            one(json!({"method": 1})),
            refused(&id, -32600, "Invalid Request: method must be a string"),
        ),
        (
            one(json!({"method": "health"})),
            refused(
                &id,
                -32601,
                "Method not found: the only method is sessions_send",
            ),
        ),
        (
            one(json!({"params": null})),
            refused(&id, -32602, "Invalid params: params is required"),
        ),
        (
            one(json!({"params": "x"})),
            refused(&id, -32602, "Invalid params: params must be an object"),
        ),
        (
            one(json!({"params": {}})),
            refused(&id, -32602, "Invalid params: message is required"),
        ),
        (
            one(json!({"params": []})),
            refused(&id, -32602, "Invalid params: message is required"),
        ),
        (
            one(json!({"params": {"message": "hi"}})),
            refused(&id, -32602, "Invalid params: message must be an object"),
        ),
        (
            one(json!({"params": {"message": {"type": "action"}}})),
            refused(&id, -32602, "Invalid params: call_id is required"),
        ),
        (one(json!({"params": [{"type": "heartbeat"}, 4]})), ok(&id)),
    ] {
        assert_eq!(answered(&wire), Some(answer), "{wire}");
    }
    let garbage = ClientFrame::<Value>::read(parse(b"{\"jsonrpc\": \"2.0\", "));
    assert_eq!(
        answer(&garbage),
        Some(refused(&none, -32700, "Parse error"))
    );
    let failed = ClientFrame::read(frame(&beat(&id)));
    let failed = failed.requests[0]
        .caller
        .answer(Err(Refusal::Internal("the disk is full")));
    let error = refused(&id, -32603, "Internal error: the disk is full");
    assert_eq!(failed.as_deref().map(text), Some(error));
}

#[test]
fn a_batch_is_answered_in_one_frame() {
    let told = json!({"jsonrpc": "2.0", "method": "sessions_send", "params": text(HEARTBEAT)});
    let batch = json!([beat(&json!(1)), told, 4, beat(&json!("b"))]);
    let not = refused(
        &json!(null),
        -32600,
        "Invalid Request: a request is an object",
    );
    let answers = json!([ok(&json!(1)), not, ok(&json!("b"))]);
    assert_eq!(answered(&batch), Some(answers));
    assert_eq!(answered(&json!([told, told])), None);
    assert_eq!(
        answered(&json!([beat(&json!(1))])),
        Some(json!([ok(&json!(1))]))
    );
    let full = vec![beat(&json!(1)); 100];
    assert_eq!(
        answered(&json!(full)).unwrap().as_array().unwrap().len(),
        100
    );
    let over = answered(&json!(vec![beat(&json!(1)); 101])).unwrap();
    assert_eq!(over["error"]["code"], -32600);
    assert!(over["error"]["message"].as_str().unwrap().contains("100"));
}

#[test]
fn an_answer_is_never_answered() {
    for wire in [
        ok(&json!(1)),
        refused(&json!(1), -32600, "x"),
        refused(&json!(null), -32700, "x"),
        refused(&json!([]), 1, "x"),
    ] {
        assert_eq!(answered(&wire), None, "{wire}");
    }
}
