//! What an earlier visit kept is shown at once, and is true until the gateway speaks.

use std::fs;

use super::*;

fn keep(reader: &mut Reader, payload: &Value) {
    fold(&mut reader.chat, Change::Kept(page(payload, 0)));
}

fn of_last_visit() -> Reader {
    let mut reader = Reader::new();
    let rows = [
        row("user", 1, "one"),
        answer("r", 2, "two"),
        row("user", 3, "three"),
    ];
    keep(&mut reader, &history(&rows));
    reader
}

#[test]
fn it_is_there_at_once_and_nothing_older_is_offered() {
    let reader = of_last_visit();
    reader.shows(&["You: one", "Assistant: two", "You: three"]);
    assert!(reader.chat.is_kept());
    assert_eq!(reader.chat.older(), None);
}

#[test]
fn history_settles_it_without_doubles_and_without_what_was_deleted() {
    let mut reader = of_last_visit();
    reader.load(&history(&[answer("r", 2, "two"), answer("q", 4, "four")]));
    reader.shows(&["Assistant: two", "Assistant: four"]);
    assert!(!reader.chat.is_kept());
}

#[test]
fn a_page_that_goes_on_behind_it_is_the_beginning_of_what_is_known() {
    let mut reader = of_last_visit();
    let mut newest = history(&[row("user", 4, "four")]);
    newest["hasMore"] = json!(true);
    newest["nextOffset"] = json!(1);
    reader.load(&newest);
    reader.shows(&["You: four"]);
    assert_eq!(reader.chat.older(), Some(1), "the rest can be asked for");
}

#[test]
fn a_session_that_was_reset_or_deleted_meanwhile_shows_nothing_of_it() {
    let mut reader = of_last_visit();
    let mut anew = history(&[row("user", 1, "anew")]);
    anew["sessionId"] = json!("two");
    reader.load(&anew);
    reader.shows(&["You: anew"]);

    let mut reader = of_last_visit();
    reader.load(&json!({"messages": []}));
    reader.shows(&[]);
}

#[test]
fn a_row_that_comes_before_history_stands_behind_it_and_stays() {
    let mut reader = of_last_visit();
    let asked = reader.chat.version();
    reader.row(&answer("q", 4, "four"));
    reader.shows(&[
        "You: one",
        "Assistant: two",
        "You: three",
        "Assistant: four",
    ]);
    reader.load_asked(&history(&[row("user", 3, "three")]), asked);
    reader.shows(&["You: three", "Assistant: four"]);
}

#[test]
fn what_is_known_already_is_better() {
    let mut reader = Reader::of(&[row("user", 5, "five")]);
    keep(&mut reader, &history(&[row("user", 1, "one")]));
    reader.shows(&["You: five"]);
    assert!(!reader.chat.is_kept());
}

/// Every answer to `chat.history` in the recordings of the real gateway.
fn recorded_pages() -> Vec<Value> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/conformance/recordings"
    );
    let mut pages = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "jsonl")
        {
            continue;
        }
        for line in fs::read_to_string(path).unwrap().lines() {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let payload = line["frame"]["payload"].take();
            if payload["messages"].is_array() {
                pages.push(payload);
            }
        }
    }
    pages
}

#[test]
fn history_after_what_was_kept_is_as_if_nothing_had_been() {
    let pages = recorded_pages();
    assert!(pages.len() > 20, "{}", pages.len());
    for newest in &pages {
        let mut fresh = Reader::new();
        fresh.load(newest);
        for kept in [newest, &pages[0], &pages[pages.len() / 2]] {
            let mut reader = Reader::new();
            keep(&mut reader, kept);
            reader.load(newest);
            assert_eq!(shown(&reader.chat), shown(&fresh.chat));
            assert_eq!(reader.chat.older(), fresh.chat.older());
            assert!(!reader.chat.is_kept() && !reader.chat.take_stale());
        }
    }
}
