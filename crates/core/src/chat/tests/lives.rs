//! A session that gets another transcript while it is looked at.

use super::*;

fn in_session(id: &str, row: &Value) -> Value {
    json!({"sessionKey": "s", "sessionId": id, "message": row})
}

fn history_of(id: &str, rows: &[Value]) -> Value {
    let mut page = history(rows);
    page["sessionId"] = json!(id);
    page
}

impl Reader {
    fn row_in(&mut self, session_id: &str, row: &Value) {
        let payload = in_session(session_id, row);
        event(&mut self.chat, "s", "session.message", &payload);
    }

    fn changed(&mut self, payload: &Value) {
        event(&mut self.chat, "s", "sessions.changed", payload);
    }
}

#[test]
fn a_row_of_another_transcript_ends_the_old_conversation() {
    let mut reader = Reader::of(&[row("user", 1, "old one"), answer("r", 2, "old two")]);
    reader.chat(&chat_event("failed", "error", Some("old words")));
    reader.chat(&delta("running", "old words"));
    reader.chat.take_stale();
    reader.row_in("two", &row("user", 1, "new"));
    reader.shows(&["You: new"]);
    assert!(reader.chat.take_stale(), "history has what came before it");
    assert_eq!(reader.chat.older(), None);
    reader.load(&history_of(
        "two",
        &[row("user", 1, "new"), answer("q", 2, "hi")],
    ));
    reader.shows(&["You: new", "Assistant: hi"]);
}

#[test]
fn a_page_of_a_transcript_that_has_gone_does_not_bring_it_back() {
    let mut reader = Reader::of(&[row("user", 1, "old")]);
    let asked = reader.chat.version();
    reader.row_in("two", &row("user", 1, "new"));
    reader.load_asked(&history(&[row("user", 1, "old")]), asked);
    reader.shows(&["You: new"]);
    assert!(reader.chat.take_stale());
    reader.load_older(&history(&[row("user", 1, "old")]));
    reader.shows(&["You: new"]);
    // Neither does a late event.
    reader.row_in("one", &answer("r", 2, "old answer"));
    reader.shows(&["You: new"]);
}

#[test]
fn a_transcript_that_was_put_back_is_shown_when_history_says_so() {
    let mut reader = Reader::of(&[row("user", 1, "old")]);
    reader.row_in("two", &row("user", 1, "new"));
    reader.load(&history(&[row("user", 1, "old")]));
    reader.shows(&["You: old"]);
}

#[test]
fn rows_before_the_first_page_are_of_the_transcript_that_they_name() {
    let mut reader = Reader::new();
    let asked = reader.chat.version();
    reader.row_in("two", &row("user", 1, "new"));
    reader.load_asked(&history(&[row("user", 1, "old")]), asked);
    reader.shows(&["You: new"]);
    assert!(reader.chat.take_stale());
}

#[test]
fn a_deleted_session_is_empty() {
    let mut reader = Reader::of(&[row("user", 1, "one")]);
    reader.chat(&chat_event("r", "error", Some("words")));
    reader.load(&json!({"sessionKey": "s", "messages": []}));
    reader.shows(&[]);
    reader.row_in("two", &row("user", 1, "anew"));
    reader.shows(&["You: anew"]);
}

#[test]
fn what_is_heard_of_the_session_asks_history() {
    for payload in [
        json!({"sessionKey": "s", "reason": "reset", "sessionId": "one"}),
        json!({"sessionKey": "s", "reason": "delete"}),
        json!({"sessionKey": "s", "reason": "compact", "sessionId": "one"}),
        json!({"sessionKey": "s", "sessionId": "two"}),
    ] {
        let mut reader = Reader::of(&[row("user", 1, "one")]);
        reader.changed(&payload);
        assert!(reader.chat.take_stale(), "{payload}");
        reader.shows(&["You: one"]);
    }
    let mut reader = Reader::of(&[row("user", 1, "one")]);
    reader.changed(&json!({"sessionKey": "s", "reason": "send", "sessionId": "one"}));
    reader.changed(&json!({"sessionKey": "s", "reason": "patch", "label": "renamed"}));
    reader.changed(&json!({"reason": "reset"}));
    assert!(!reader.chat.take_stale());
    let begins = json!({
        "sessionKey": "s", "sessionId": "two", "runId": "r", "stream": "lifecycle",
        "data": {"phase": "start"},
    });
    event(&mut reader.chat, "s", "agent", &begins);
    assert!(reader.chat.take_stale());
}

/// The row of a session that begins again under the same id, as 2026.9.6
/// writes it: its numbers begin again, its place among all rows goes on.
fn after_reset(seq: u64, raw: u64, role: &str, text: &str) -> Value {
    let mut row = row(role, seq, text);
    row["__openclaw"]["id"] = json!(format!("raw-{raw}"));
    row["__openclaw"]["transcriptPosition"] = json!({"source": "x", "rawSeq": raw});
    row
}

#[test]
fn rows_after_a_reset_are_not_mixed_with_those_before_it() {
    let old: Vec<Value> = [(1, 1), (2, 4), (4, 6)]
        .map(|(seq, raw)| after_reset(seq, raw, "user", "old"))
        .into();
    let reset = after_reset(1, 7, "system", "Reset");
    for first_new in [2, 3, 4] {
        let new = after_reset(first_new, 8, "user", "new");
        let mut reader = Reader::of(&old);
        reader.chat(&chat_event("r", "error", Some("old words")));
        reader.row_in("one", &new);
        reader.shows(&["You: new"]);
        assert!(reader.chat.take_stale());
        reader.load(&history(&[reset.clone(), new]));
        reader.shows(&["Notice: Reset", "You: new"]);
    }
    // Seen in history first; the chat may hold only its newest rows.
    for known in [&old[..], &old[2..]] {
        let mut reader = Reader::of(known);
        reader.chat(&chat_event("r", "aborted", Some("old words")));
        reader.load(&history(std::slice::from_ref(&reset)));
        reader.shows(&["Notice: Reset"]);
    }
}

#[test]
fn rows_that_are_written_elsewhere_are_of_another_transcript() {
    let cut = |seq: u64, raw: u64| {
        let mut row = after_reset(seq, raw, "user", "kept");
        row["__openclaw"]["transcriptPosition"]["source"] = json!("y");
        row
    };
    let old: Vec<Value> = (1..=6).map(|n| after_reset(n, n, "user", "old")).collect();
    let mut reader = Reader::of(&old);
    reader.row_in("one", &cut(7, 7));
    reader.shows(&["You: kept"]);
    assert!(reader.chat.take_stale());
}

#[test]
fn a_page_from_before_a_reset_does_not_bring_the_rows_back() {
    let old = [
        after_reset(1, 1, "user", "old"),
        after_reset(2, 2, "user", "old"),
    ];
    let mut reader = Reader::of(&old);
    let asked = reader.chat.version();
    reader.row_in("one", &after_reset(2, 4, "user", "new"));
    reader.load_asked(&history(&old), asked);
    reader.shows(&["You: new"]);
    assert!(reader.chat.take_stale());
}

#[test]
fn a_row_that_is_announced_again_is_no_new_transcript() {
    let mut reader = Reader::of(&[row("user", 1, "one"), row("user", 2, "two")]);
    reader.row_in("one", &row("user", 2, "two, steered"));
    reader.row_in("one", &row("user", 1, "one, seen"));
    reader.shows(&["You: one, seen", "You: two, steered"]);
    assert!(!reader.chat.take_stale());
}

#[test]
fn a_compacted_transcript_replaces_the_rows_of_the_old_one() {
    let mut reader = Reader::of(&[row("user", 1, "one"), row("user", 2, "two")]);
    let mut summary = row("custom", 1, "What was said so far");
    summary["display"] = json!(true);
    summary["__openclaw"]["id"] = json!("summary");
    let payload = in_session("one", &summary);
    event(&mut reader.chat, "s", "session.message", &payload);
    assert!(reader.chat.take_stale(), "another record stands there now");
    reader.load(&history(&[summary]));
    reader.shows(&["Notice: What was said so far"]);
}

#[test]
fn rows_that_history_begins_behind_are_gone() {
    let mut reader = Reader::of(&[row("user", 1, "one"), row("user", 2, "two")]);
    reader.load(&history(&[
        row("user", 3, "What was said"),
        row("user", 4, "three"),
    ]));
    reader.shows(&["You: What was said", "You: three"]);
    // One that does not say where it begins takes nothing away.
    let mut page = history(&[row("user", 5, "four")]);
    page["hasMore"] = json!(null);
    reader.load(&page);
    reader.shows(&["You: What was said", "You: three", "You: four"]);
}

#[test]
fn a_gateway_that_names_no_transcripts_is_read_all_the_same() {
    let nameless = |rows: &[Value]| json!({"messages": rows});
    let mut reader = Reader::new();
    reader.load(&nameless(&[row("user", 1, "one")]));
    reader.row(&row("user", 2, "two"));
    reader.load(&nameless(&[row("user", 1, "one"), row("user", 2, "two")]));
    reader.shows(&["You: one", "You: two"]);
    let mut named = Reader::of(&[row("user", 1, "one")]);
    named.row(&row("user", 2, "two"));
    named.load(&nameless(&[row("user", 1, "one"), row("user", 2, "two")]));
    named.shows(&["You: one", "You: two"]);
}
