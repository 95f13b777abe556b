//! One rule a test.

use super::*;

#[test]
fn live_text_is_what_the_last_delta_says_also_when_it_takes_words_back() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    reader.chat(&delta("r", "One two"));
    reader.shows(&["You: hi", "… One two"]);
    let mut replaced = delta("r", "");
    replaced["replace"] = json!(true);
    replaced["deltaText"] = json!("");
    reader.chat(&replaced);
    reader.shows(&["You: hi", "…"]);
}

#[test]
fn the_last_row_takes_the_place_of_the_live_text() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "Hel"));
    reader.row(&answer("r", 2, "Hello "));
    reader.shows(&["You: hi", "… Hel"]);
    reader.chat(&chat_event("r", "final", Some("Hello")));
    reader.shows(&["You: hi", "Assistant: Hello"]);
    assert_eq!(reader.active(), 0);
    assert!(!reader.chat.take_stale(), "nothing was missed");
}

#[test]
fn a_final_before_its_row_keeps_the_text_and_asks_history() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&chat_event("r", "final", Some("Hello")));
    reader.shows(&["You: hi", "… Hello [Final]"]);
    assert!(reader.chat.take_stale());
    assert!(!reader.chat.take_stale(), "it is told once");
    reader.row(&answer("r", 2, "Hello"));
    reader.shows(&["You: hi", "Assistant: Hello"]);
}

#[test]
fn the_first_end_of_a_run_counts_and_late_words_do_not_revive_it() {
    for first in ["final", "aborted"] {
        let mut reader = Reader::of(&[]);
        reader.chat(&chat_event("r", first, Some("One")));
        let ended = shown(&reader.chat);
        reader.chat(&chat_event("r", "error", None));
        reader.chat(&delta("r", "late"));
        reader.chat(&chat_event("r", "final", Some("late")));
        assert_eq!(shown(&reader.chat), ended);
        assert_eq!(reader.active(), 0);
    }
}

#[test]
fn stopped_in_the_middle_the_part_stays_and_becomes_a_row() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One two"));
    reader.chat(&chat_event("r", "aborted", Some("One two three")));
    reader.shows(&["You: hi", "… One two three [Aborted]"]);
    reader.row(&answer("r", 2, "One two three"));
    reader.shows(&["You: hi", "Assistant: One two three"]);
}

#[test]
fn an_end_without_words_shows_nothing_and_asks_history() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&chat_event("queued", "final", None));
    reader.shows(&["You: hi"]);
    assert!(reader.chat.take_stale());
}

#[test]
fn an_end_without_words_does_not_take_the_words_away_that_were_there() {
    let mut reader = Reader::of(&[]);
    reader.chat(&delta("r", "One two"));
    reader.chat(&chat_event("r", "final", None));
    reader.shows(&["… One two [Final]"]);
    assert!(reader.chat.take_stale());
    reader.load(&history(&[answer("r", 1, "One two three")]));
    reader.shows(&["Assistant: One two three"]);
}

#[test]
fn a_message_steered_into_a_run_streams_on_after_the_first_answer() {
    let mut reader = Reader::of(&[row("user", 1, "first")]);
    reader.chat(&delta("r", "One"));
    reader.row(&answer("r", 2, "One"));
    reader.row(&row("user", 3, "second"));
    reader.chat(&chat_event("second", "final", None));
    reader.chat(&delta("r", "One\n\nTwo"));
    reader.shows(&["You: first", "You: second", "… One\n\nTwo"]);
    reader.row(&answer("r", 4, "Two"));
    reader.chat(&chat_event("r", "final", Some("One\n\nTwo")));
    reader.shows(&[
        "You: first",
        "Assistant: One",
        "You: second",
        "Assistant: Two",
    ]);
}

#[test]
fn tool_calls_are_shown_as_rows_once_the_run_is_over() {
    let mut reader = Reader::of(&[row("user", 1, "list it")]);
    reader.chat(&delta("r", "I will look."));
    let mut call = answer("r", 2, "I will look.");
    call["stopReason"] = json!("toolUse");
    reader.row(&call);
    reader.chat(&delta("r", "I will look.\n\nDone."));
    reader.shows(&["You: list it", "… I will look.\n\nDone."]);
    reader.row(&answer("r", 4, "Done."));
    assert!(
        reader.chat.take_stale(),
        "the tool's row is never announced"
    );
    reader.chat(&chat_event("r", "final", Some("I will look.\n\nDone.")));
    reader.shows(&[
        "You: list it",
        "Assistant: I will look.",
        "Assistant: Done.",
    ]);
}

#[test]
fn a_run_in_flight_is_adopted_from_history_and_goes_on() {
    let mut page = history(&[row("user", 1, "hi")]);
    page["inFlightRun"] = json!({"runId": "r", "text": "One two"});
    let mut reader = Reader::new();
    reader.load(&page);
    reader.shows(&["You: hi", "… One two"]);
    assert_eq!(reader.active(), 1);
    reader.chat(&delta("r", "One two three"));
    reader.shows(&["You: hi", "… One two three"]);
}

#[test]
fn a_page_that_was_asked_before_newer_words_does_not_take_them_back() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    let asked = reader.chat.version();
    reader.chat(&delta("r", "One two"));
    reader.row(&row("user", 2, "more"));
    let mut page = history(&[row("user", 1, "hi")]);
    page["inFlightRun"] = json!({"runId": "r", "text": "One"});
    reader.load_asked(&page, asked);
    reader.shows(&["You: hi", "You: more", "… One two"]);
}

#[test]
fn a_run_that_history_no_longer_knows_is_over() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    reader.load(&history(&[row("user", 1, "hi"), answer("r", 2, "One two")]));
    reader.shows(&["You: hi", "Assistant: One two"]);
    assert_eq!(reader.active(), 0);
}

#[test]
fn a_run_goes_on_while_history_names_only_the_message_that_waits_behind_it() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    let mut page = history(&[row("user", 1, "hi")]);
    page["inFlightRun"] = json!({"runId": "waits", "text": ""});
    page["pendingInputs"] = json!({"items": [{"runId": "waits", "state": "queued"}]});
    reader.load(&page);
    reader.shows(&["You: hi", "… One"]);
}

#[test]
fn a_run_of_a_gateway_that_was_killed_is_over_even_if_a_message_waits_behind_the_next_one() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    fold(&mut reader.chat, Change::Restarted);
    reader.shows(&["You: hi", "… One"]);
    let mut page = history(&[row("user", 1, "hi")]);
    page["inFlightRun"] = json!({"runId": "waits", "text": ""});
    page["pendingInputs"] = json!({"items": [{"runId": "waits", "state": "queued"}]});
    reader.load(&page);
    reader.shows(&["You: hi"]);
}

#[test]
fn a_missed_end_is_not_forgotten_when_an_older_page_arrives() {
    let mut reader = Reader::of(&[]);
    let asked = reader.chat.version();
    reader.chat(&chat_event("r", "final", None));
    reader.load_asked(&history(&[row("user", 1, "hi")]), asked);
    assert!(reader.chat.take_stale());
}

#[test]
fn rows_stand_in_the_gateways_order_and_once() {
    let mut reader = Reader::new();
    reader.row(&row("user", 3, "three"));
    reader.row(&row("user", 1, "one"));
    reader.row(&row("user", 3, "three"));
    reader.row(&row("user", 2, "two"));
    reader.shows(&["You: one", "You: two", "You: three"]);
}

#[test]
fn rows_that_the_gateway_did_not_number_stay_in_their_order() {
    let bare = |text: &str| json!({"role": "user", "content": text});
    let mut reader = Reader::of(&[bare("one"), bare("two")]);
    reader.row(&bare("three"));
    reader.row(&bare("four"));
    reader.shows(&["You: one", "You: two", "You: three", "You: four"]);
}

#[test]
fn a_hole_in_the_rows_asks_history() {
    let mut reader = Reader::of(&[row("user", 1, "one")]);
    reader.row(&row("user", 2, "two"));
    assert!(!reader.chat.take_stale());
    reader.row(&row("user", 5, "five"));
    assert!(reader.chat.take_stale());
}

#[test]
fn pieces_of_one_record_are_rows_of_their_own_and_not_repeated_by_the_whole() {
    let mut second = row("assistant", 1, "two");
    second["stopReason"] = json!("toolUse");
    let mut reader = Reader::of(&[row("assistant", 1, "one"), second]);
    let places = |reader: &Reader| -> Vec<_> {
        let items = reader.chat.items();
        items
            .filter_map(|item| match item {
                Item::Row(shown) => Some(shown.place),
                Item::Live(_) => None,
            })
            .collect()
    };
    assert_eq!(places(&reader), [(1, 0), (1, 1)]);
    reader.row(&row("assistant", 1, "one two"));
    reader.shows(&["Assistant: one", "Assistant: two"]);
}

#[test]
fn a_reader_who_paged_back_keeps_the_older_rows() {
    let mut newest = history(&[row("user", 3, "three"), row("user", 4, "four")]);
    newest["hasMore"] = json!(true);
    newest["nextOffset"] = json!(2);
    let mut reader = Reader::new();
    reader.load(&newest);
    assert_eq!(reader.chat.older(), Some(2));
    reader.load_older(&history(&[row("user", 1, "one"), row("user", 2, "two")]));
    assert_eq!(reader.chat.older(), None);
    let all = ["You: one", "You: two", "You: three", "You: four"];
    reader.shows(&all);
    reader.load(&newest);
    reader.shows(&all);
    assert_eq!(reader.chat.older(), None, "and is not offered them again");
}

#[test]
fn with_a_hole_before_the_newest_page_older_rows_are_asked_for_again() {
    let mut reader = Reader::of(&[row("user", 1, "one")]);
    let mut newest = history(&[row("user", 8, "eight")]);
    newest["hasMore"] = json!(true);
    newest["nextOffset"] = json!(1);
    reader.load(&newest);
    reader.shows(&["You: eight"]);
    assert_eq!(reader.chat.older(), Some(1));
}

#[test]
fn a_row_that_was_taken_back_is_gone_with_the_next_page() {
    let rows = [row("user", 1, "one"), row("user", 2, "two")];
    let mut reader = Reader::of(&rows);
    reader.load(&history(&rows[..1]));
    reader.shows(&["You: one"]);
}

#[test]
fn a_reset_session_begins_anew_and_older_pages_of_the_old_one_are_dropped() {
    let mut reader = Reader::of(&[row("user", 1, "one"), row("user", 2, "two")]);
    let mut fresh = history(&[]);
    fresh["sessionId"] = json!("another");
    reader.load(&fresh);
    reader.shows(&[]);
    reader.load_older(&history(&[row("user", 1, "one")]));
    reader.shows(&[]);
    reader.row(&row("user", 1, "new"));
    reader.shows(&["You: new"]);
}

#[test]
fn what_the_gateway_wrote_to_itself_is_hidden() {
    let mut resumed = row("user", 2, "[System] Your previous turn was interrupted");
    resumed["provenance"] = json!({
        "kind": "internal_system", "sourceTool": "main_session_restart_recovery",
    });
    let hidden = json!({"role": "custom", "content": "x", "__openclaw": {"id": "c", "seq": 3}});
    let mut notice = row("custom", 4, "This turn ended before a reply");
    notice["display"] = json!(true);
    let mut dropped = row("user", 5, "[Queue overflow] Dropped 22 messages");
    dropped["idempotencyKey"] = json!("followup-overflow:agent:main:main");
    let reader = Reader::of(&[row("user", 1, "hi"), resumed, hidden, notice, dropped]);
    reader.shows(&[
        "You: hi",
        "Notice: This turn ended before a reply",
        "Notice: [Queue overflow] Dropped 22 messages",
    ]);
}

#[test]
fn a_message_of_ours_is_found_by_its_key() {
    let mut mine = row("user", 1, "hi");
    mine["idempotencyKey"] = json!("k:user");
    let reader = Reader::of(&[mine]);
    assert!(reader.chat.has_key("k"));
    assert!(!reader.chat.has_key("k:user"));
    assert!(!reader.chat.has_key("other"));
}

#[test]
fn events_of_other_kinds_and_of_other_sessions_change_nothing() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    let version = reader.chat.version();
    event(&mut reader.chat, "s", "tick", &delta("r", "x"));
    event(&mut reader.chat, "s", "agent", &json!({"runId": "r"}));
    event(&mut reader.chat, "another", "chat", &delta("r", "x"));
    assert_eq!(reader.chat.version(), version);
    reader.shows(&["You: hi"]);
}

#[test]
fn a_gateway_that_invents_runs_without_end_does_not_fill_the_memory() {
    let mut reader = Reader::new();
    for run in 0..10_000 {
        reader.chat(&delta(&format!("r{run}"), "x"));
        reader.chat(&chat_event(&format!("e{run}"), "error", None));
    }
    assert!(shown(&reader.chat).len() <= 64);
    assert_eq!(RunState::parse("error"), Some(RunState::Error));
}

#[test]
fn a_steered_run_that_ends_before_its_last_row_keeps_all_its_words() {
    let mut reader = Reader::of(&[row("user", 1, "first")]);
    reader.chat(&delta("r", "One"));
    reader.row(&answer("r", 2, "One"));
    reader.row(&row("user", 3, "second"));
    reader.chat(&delta("r", "One\n\nTwo"));
    reader.chat(&chat_event("r", "final", Some("One\n\nTwo")));
    reader.shows(&["You: first", "You: second", "… One\n\nTwo [Final]"]);
    assert!(reader.chat.take_stale());
}

#[test]
fn the_first_pieces_of_an_answer_do_not_stand_for_the_whole() {
    let mut reader = Reader::of(&[row("user", 1, "list it")]);
    let asked = reader.chat.version();
    reader.chat(&chat_event("r", "final", Some("I will look.\n\nDone.")));
    let mut piece = answer("r", 2, "I will look.");
    piece.as_object_mut().unwrap().remove("stopReason");
    let mut call = answer("r", 2, "");
    call["stopReason"] = json!("toolUse");
    reader.load_asked(&history(&[row("user", 1, "list it"), piece, call]), asked);
    reader.shows(&["You: list it", "… I will look.\n\nDone. [Final]"]);
}

#[test]
fn a_run_of_a_gateway_that_was_killed_is_over_whatever_waits() {
    let mut page = history(&[row("user", 1, "hi")]);
    page["pendingInputs"] = json!({"items": [{"runId": "waits", "state": "queued"}]});
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    reader.chat(&delta("r", "One"));
    fold(&mut reader.chat, Change::Restarted);
    reader.load(&page);
    reader.shows(&["You: hi"]);
    reader.chat(&delta("resumed", "One"));
    reader.load(&page);
    reader.shows(&["You: hi", "… One"]);
}

#[test]
fn an_offset_without_more_rows_leads_nowhere() {
    let mut last = history(&[row("user", 1, "hi")]);
    last["nextOffset"] = json!(1);
    let mut reader = Reader::new();
    reader.load(&last);
    assert_eq!(reader.chat.older(), None);
}
