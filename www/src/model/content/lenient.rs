//! Recorded rows with each field replaced, removed, or laid one deeper.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::{Message, Part, RUN_FAILED};

/// One recorded row of each shape.
fn rows() -> Vec<Value> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/conformance/recordings"
    );
    let (mut seen, mut rows) = (BTreeSet::new(), Vec::new());
    for file in fs::read_dir(folder).expect("the recordings") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("text");
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let payload = &line["frame"]["payload"];
            let page = payload["messages"].as_array().cloned().unwrap_or_default();
            for row in page.into_iter().chain([payload["message"].clone()]) {
                let mut shape = places(&row);
                shape.push(row["role"].to_string());
                if row.is_object() && seen.insert(shape) {
                    rows.push(row);
                }
            }
        }
    }
    // Fields that no recording has.
    rows.push(json!({
        "role": "toolResult", "toolName": "ls", "toolCallId": "c", "isError": true,
        "errorMessage": "no", "timestamp": 1_795_144_950_738_u64,
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "a"}],
        "__openclaw": {"id": "m", "truncated": true, "media": [{"fileName": "a.txt"}, {"kind": "image"}]},
    }));
    assert!(rows.len() > 15, "{}", rows.len());
    rows
}

fn places(value: &Value) -> Vec<String> {
    let named: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, v)| (name.clone(), v)).collect(),
        Value::Array(elements) => {
            let numbers = elements.iter().enumerate();
            numbers.map(|(at, v)| (at.to_string(), v)).collect()
        }
        _ => Vec::new(),
    };
    let mut places = Vec::new();
    for (name, value) in named {
        places.extend(places_in(&name, value));
        places.push(format!("/{name}"));
    }
    places
}

fn places_in(name: &str, value: &Value) -> Vec<String> {
    let inner = places(value).into_iter();
    inner.map(|place| format!("/{name}{place}")).collect()
}

fn broken(row: &Value, place: &str) -> Vec<Value> {
    let old = row.pointer(place).expect("the place");
    let others = [
        json!(null),
        json!(false),
        json!(true),
        json!(-1.5),
        json!(1e300),
        json!("?"),
        json!([]),
        json!({}),
        json!([old]),
        json!({"value": old}),
        json!({"one": {"two": old}}),
    ];
    let set = |other: Value| {
        let mut row = row.clone();
        *row.pointer_mut(place).expect("the place") = other;
        row
    };
    let mut all: Vec<Value> = others.into_iter().map(set).collect();
    let (parent, name) = place.rsplit_once('/').expect("a path");
    let mut without = row.clone();
    match without.pointer_mut(parent).expect("the place above") {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(elements) => drop(elements.remove(name.parse().expect("a number"))),
        _ => unreachable!("it has places in it"),
    }
    all.push(without);
    all
}

fn is_file(part: &Part) -> bool {
    matches!(part, Part::File(_))
}

/// All of `parts` but perhaps one are among the others, in their order.
fn misses_one_at_most(parts: &[Part], others: &[Part]) -> bool {
    let mut rest = others.iter();
    let missing = parts.iter().filter(|part| {
        let found = rest.clone().position(|other| other == *part);
        if let Some(at) = found {
            rest.nth(at);
        }
        found.is_none()
    });
    missing.count() <= 1
}

#[test]
fn a_strange_field_costs_only_itself() {
    for row in rows() {
        let good = Message::read(&row);
        for place in places(&row) {
            let touches = |names: &[&str]| {
                let is_above = |name: &&str| place.starts_with(*name) || name.starts_with(&place);
                names.iter().any(is_above)
            };
            for broken in broken(&row, &place) {
                let bad = Message::read(&broken);
                let context = || format!("{place}: {broken}");
                if !touches(&["/timestamp", "/__openclaw/recordTimestampMs"]) {
                    assert_eq!(bad.timestamp, good.timestamp, "{}", context());
                }
                if !touches(&["/toolName"]) {
                    assert_eq!(bad.tool_name, good.tool_name, "{}", context());
                }
                let is_stop = touches(&["/openclawAbort", "/stopReason"]);
                if !is_stop {
                    assert_eq!(bad.was_stopped(), good.was_stopped(), "{}", context());
                }
                // What such a row says is why its run failed.
                let is_why = row.get("customType").is_some_and(|kind| kind == RUN_FAILED)
                    && touches(&["/content", "/customType"]);
                if !is_stop && !is_why && !touches(&["/isError", "/errorMessage"]) {
                    assert_eq!(bad.is_error(), good.is_error(), "{}", context());
                    assert_eq!(bad.error_message(), good.error_message(), "{}", context());
                }
                if !touches(&["/__openclaw/id", "/__openclaw/truncated"]) {
                    assert_eq!(bad.truncated_id(), good.truncated_id(), "{}", context());
                }
                let said = |message: &Message| -> Vec<Part> {
                    let parts = message.parts().into_iter();
                    parts.filter(|part| !is_file(part)).collect()
                };
                let files = |message: &Message| -> Vec<Part> {
                    message.parts().into_iter().filter(is_file).collect()
                };
                if place.starts_with("/content/") {
                    assert!(
                        misses_one_at_most(&said(&good), &said(&bad)),
                        "{}",
                        context()
                    );
                } else if !is_why && !touches(&["/content", "/text"]) {
                    assert_eq!(said(&bad), said(&good), "{}", context());
                }
                if place.starts_with("/__openclaw/media/") {
                    assert!(
                        misses_one_at_most(&files(&good), &files(&bad)),
                        "{}",
                        context()
                    );
                } else if !touches(&["/__openclaw/media", "/content"]) {
                    assert_eq!(files(&bad), files(&good), "{}", context());
                }
            }
        }
    }
}
