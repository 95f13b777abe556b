//! Frames that are not as they should be: each field of each recorded frame is
//! replaced by each kind of value, removed, and laid one deeper. All that the
//! other fields say must still be there.

use std::collections::BTreeSet;
use std::fs;

use super::super::RowFacts;
use super::*;
use crate::wire::{Block, read_content};

/// The payloads of all recorded frames: event names (none for answers).
fn recorded() -> Vec<(Option<String>, Value)> {
    let folder = format!(
        "{}/../../tests/conformance/recordings",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut payloads = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = line["frame"]["event"].as_str().map(str::to_owned);
            payloads.push((name, line["frame"]["payload"].clone()));
        }
    }
    payloads
}

/// What no chat looks into.
const UNREAD: [&str; 4] = ["session", "sessionInfo", "defaults", "usage"];

/// Each place in a value, as a path of names and numbers.
fn paths(value: &Value, path: &str, found: &mut Vec<String>) {
    let mut visit = |name: &str, value: &Value| {
        let path = format!("{path}/{name}");
        if !UNREAD.contains(&name) {
            paths(value, &path, found);
        }
        found.push(path);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| visit(name, value)),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(at, value)| visit(&at.to_string(), value)),
        _ => {}
    }
}

/// The value with other things at this place.
fn broken(whole: &Value, path: &str) -> Vec<Value> {
    let old = whole.pointer(path).unwrap();
    let others = [
        json!(null),
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
    let mut all: Vec<Value> = others
        .into_iter()
        .filter(|other| other != old)
        .map(|other| {
            let mut whole = whole.clone();
            *whole.pointer_mut(path).unwrap() = other;
            whole
        })
        .collect();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let mut without = whole.clone();
    match without.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.remove(name);
        }
        Value::Array(elements) => {
            elements.remove(name.parse().unwrap());
        }
        _ => unreachable!("only these have places in them"),
    }
    all.push(without);
    all
}

fn each_break(whole: &Value, check: &mut dyn FnMut(&str, &Value)) {
    let mut places = Vec::new();
    paths(whole, "", &mut places);
    for path in places {
        for broken in broken(whole, &path) {
            check(&path, &broken);
        }
    }
}

fn rows() -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    for (_, payload) in recorded() {
        let messages = payload["messages"].as_array().cloned().unwrap_or_default();
        for row in messages.into_iter().chain([payload["message"].clone()]) {
            // One of each shape.
            let mut shape = Vec::new();
            paths(&row, "", &mut shape);
            shape.push(row["role"].to_string());
            if row["__openclaw"]["id"].is_string() && seen.insert(shape) {
                rows.push(row);
            }
        }
    }
    assert!(rows.len() >= 10, "{}", rows.len());
    rows
}

fn facts(row: &Value) -> RowFacts {
    let page = page(&json!({"messages": [row]}), 0);
    assert_eq!(page.rows.len(), 1, "the row is lost: {row}");
    page.rows.into_iter().next().unwrap().facts
}

/// The words of a row, and where they stand.
fn said(row: &Value) -> Vec<String> {
    let mut said = Vec::new();
    read_content(row, &mut |block| {
        said.push(match block {
            Block::Words(words) => words,
            Block::Other(other) => other.to_string(),
        });
    });
    said
}

/// What of a row's facts must be the same when this place is broken.
fn assert_same(good: &RowFacts, bad: &RowFacts, path: &str, context: &Value) {
    let touches = |names: &[&str]| names.iter().any(|name| path.starts_with(name));
    let mut expected = good.clone();
    if touches(&["/__openclaw/id"]) || path == "/__openclaw" {
        expected.record.clone_from(&bad.record);
    }
    if touches(&["/__openclaw/seq"]) || path == "/__openclaw" {
        expected.seq = bad.seq;
    }
    if touches(&["/__openclaw/transcriptPosition"]) || path == "/__openclaw" {
        expected.written.clone_from(&bad.written);
    }
    if touches(&["/__openclaw/runId", "/openclawAbort", "/idempotencyKey"]) || path == "/__openclaw"
    {
        expected.run.clone_from(&bad.run);
    }
    if touches(&["/idempotencyKey", "/__openclaw/idempotencyKey"]) || path == "/__openclaw" {
        expected.key.clone_from(&bad.key);
        // Without its key a message may be anybody's.
        if path == "/idempotencyKey" {
            expected.run.clone_from(&bad.run);
        }
    }
    if touches(&["/timestamp", "/__openclaw/recordTimestampMs"]) || path == "/__openclaw" {
        assert!(
            bad.at_ms.is_some() || good.at_ms.is_none(),
            "{path}: {context}"
        );
        expected.at_ms = bad.at_ms;
    }
    if touches(&["/display", "/provenance"]) || path == "/role" {
        expected.hidden = bad.hidden;
    }
    if touches(&["/stopReason", "/customType"]) || path == "/role" {
        expected.ends_run = bad.ends_run;
        expected.bare_end = bad.bare_end;
    }
    if touches(&["/content"]) {
        expected.bare_end = bad.bare_end;
    }
    assert_eq!(*bad, expected, "{path}: {context}");
}

#[test]
fn a_strange_field_of_a_row_costs_only_itself() {
    for row in rows() {
        let (good, words) = (facts(&row), said(&row));
        each_break(&row, &mut |path, broken| {
            assert_same(&good, &facts(broken), path, broken);
            let said = said(broken);
            match path
                .strip_prefix("/content/")
                .map(|rest| rest.split('/').next())
            {
                // The other blocks are there, in their order.
                Some(block) => {
                    let at: usize = block.unwrap().parse().unwrap_or_default();
                    let mut others = words.clone();
                    others.remove(at);
                    let mut rest = said.iter();
                    let kept = others.iter().all(|other| rest.any(|said| said == other));
                    assert!(kept, "{path}: {broken}");
                }
                None if path == "/content" => {}
                None => assert_eq!(said, words, "{path}: {broken}"),
            }
        });
    }
}

#[test]
fn a_row_that_an_event_brings_keeps_its_place_and_its_words() {
    let mut seen = BTreeSet::new();
    for (name, payload) in recorded() {
        let row = &payload["message"];
        let shape = format!("{} {}", row["role"], row["stopReason"]);
        if name.as_deref() != Some("session.message") || !seen.insert(shape) {
            continue;
        }
        let read = |payload: &Value| read_change(EventKind::SESSION_MESSAGE, payload, &mut words);
        let Some((session, Change::Row { row: good, .. })) = read(&payload) else {
            panic!("not a row: {payload}");
        };
        each_break(&payload, &mut |path, broken| match read(broken) {
            Some((None, Change::Missed)) => assert_eq!(path, "/sessionKey"),
            Some((heard, Change::Missed)) => {
                assert_eq!(path, "/message");
                assert_eq!(heard, session);
            }
            Some((heard, Change::Row { row, .. })) => {
                assert!(heard == session || path == "/sessionKey");
                if let Some(path) = path.strip_prefix("/message/") {
                    let path = format!("/{path}");
                    assert_same(&good.facts, &row.facts, &path, broken);
                    let is_here = path.starts_with("/__openclaw/");
                    assert!(is_here || row.facts.seq == good.facts.seq, "{path}");
                    assert!(is_here || row.facts.record == good.facts.record, "{path}");
                } else if path != "/message" {
                    assert_eq!(row, good, "{path}");
                }
            }
            other => panic!("the words are lost: {path} {other:?}"),
        });
    }
    assert!(seen.len() >= 3, "{seen:?}");
}

#[test]
fn what_a_run_says_is_shown_or_history_is_asked() {
    let mut seen = BTreeSet::new();
    for (name, payload) in recorded() {
        // One of each shape: a stream repeats itself.
        let shape = format!(
            "{} {:?}",
            payload["state"],
            payload
                .as_object()
                .map(|members| members.keys().cloned().collect::<Vec<_>>())
        );
        if name.as_deref() != Some("chat") || !seen.insert(shape) {
            continue;
        }
        let session = payload["sessionKey"].as_str().unwrap();
        let good = shown_of(session, &payload);
        each_break(&payload, &mut |path, broken| {
            let (shown, is_stale) = shown_of(session, broken);
            let is_text = path.starts_with("/message") || path.starts_with("/error");
            let is_another = broken["sessionKey"].is_string() && broken["sessionKey"] != session;
            assert!(
                shown == good.0 || is_stale || is_text || is_another,
                "neither shown nor asked for: {path}: {broken}"
            );
        });
    }
    assert!(seen.len() > 5);
}

fn shown_of(session: &str, payload: &Value) -> (Vec<String>, bool) {
    let mut chat = Chat::new();
    event(&mut chat, session, "chat", payload);
    (shown(&chat), chat.take_stale())
}

#[test]
fn a_strange_field_of_a_page_loses_no_row() {
    let mut count = 0;
    for (_, payload) in recorded() {
        let Some(messages) = payload["messages"]
            .as_array()
            .filter(|rows| !rows.is_empty())
        else {
            continue;
        };
        let good = page(&payload, 0);
        if good.rows.is_empty() || good.rows[0].facts.record.is_empty() {
            continue;
        }
        count += 1;
        let mut frame = payload.clone();
        frame["messages"] = json!([]);
        each_break(&frame, &mut |path, broken| {
            let mut broken = broken.clone();
            if path.starts_with("/messages") || !broken.is_object() {
                return;
            }
            broken["messages"] = json!(messages);
            let bad = page(&broken, 0);
            assert_eq!(bad.rows, good.rows, "{path}");
            let is_run = path.starts_with("/inFlightRun") || path.starts_with("/pendingInputs");
            if !is_run {
                assert_eq!(bad.in_flight, good.in_flight, "{path}");
            }
            let mut chat = Chat::new();
            fold(&mut chat, Change::Newest(bad));
            assert!(chat.items().count() > 0);
        });
    }
    assert!(count > 20);
}

#[test]
fn no_event_is_read_with_a_panic() {
    let mut seen = BTreeSet::new();
    let mut chat = Chat::new();
    for (name, payload) in recorded() {
        let Some(name) = name.filter(|name| EventKind::fixed(name).is_some()) else {
            continue;
        };
        let kind = format!("{name} {} {}", payload["stream"], payload["data"]["phase"]);
        if !seen.insert(kind) {
            continue;
        }
        let session = payload["sessionKey"].as_str().unwrap_or("s");
        each_break(&payload, &mut |_, broken| {
            event(&mut chat, session, &name, broken);
            let _ = shown(&chat);
        });
    }
}

#[test]
fn a_row_without_a_role_is_known_by_what_it_has() {
    let role = |mut row: Value| {
        row["role"] = json!({"strange": true});
        facts(&row).role
    };
    let mut mine = row("user", 1, "hi");
    mine["idempotencyKey"] = json!("k:user");
    assert_eq!(role(mine), Role::User);
    assert_eq!(role(answer("r", 1, "hi")), Role::Assistant);
    let mut tool = row("toolResult", 1, "x");
    tool["toolName"] = json!("ls");
    assert_eq!(role(tool), Role::Tool);
    let other = facts(&json!({"role": "system", "content": "Compaction"}));
    assert_eq!((other.role, other.hidden), (Role::Notice, false));
    let nobody = facts(&json!({"content": "who?"}));
    assert_eq!((nobody.role, nobody.hidden), (Role::Notice, false));
    let custom = |display: Value| {
        facts(&json!({"role": "custom", "content": "x", "display": display})).hidden
    };
    assert!(custom(json!(false)) && custom(json!(null)));
    assert!(!custom(json!(true)) && !custom(json!("yes")));
}

#[test]
fn what_cannot_be_attributed_asks_history() {
    for payload in [
        json!({"sessionKey": "s", "runId": 4, "state": "delta"}),
        json!({"sessionKey": "s", "runId": "r", "state": "brand-new"}),
        json!({"sessionKey": "s", "runId": "r", "state": "delta", "message": "words"}),
        json!({"runId": "r", "state": "final"}),
        json!({"sessionKey": ["s"], "runId": "r", "state": "final"}),
        json!(null),
    ] {
        let mut reader = Reader::of(&[row("user", 1, "hi")]);
        reader.chat(&payload);
        assert!(reader.chat.take_stale(), "{payload}");
        assert_eq!(shown(&reader.chat)[0], "You: hi");
    }
    for message in [json!(null), json!("words"), json!([1])] {
        let mut reader = Reader::new();
        reader.row(&message);
        assert!(reader.chat.take_stale(), "{message}");
    }
}
