//! How runs end, and what stays of them.

use super::*;

fn mine(seq: u64, key: &str) -> Value {
    let mut mine = row("user", seq, key);
    mine["idempotencyKey"] = json!(format!("{key}:user"));
    mine
}

fn failure(run: &str, why: &str) -> Value {
    let mut failure = chat_event(run, "error", None);
    failure["errorMessage"] = json!(why);
    failure
}

/// An agent's row that says no more than that its run was stopped.
fn stop(run: &str, seq: u64) -> Value {
    let mut stop = row("assistant", seq, "");
    stop["content"] = json!([{"type": "text", "text": ""}]);
    stop["stopReason"] = json!("aborted");
    stop["errorMessage"] = json!("This operation was aborted");
    stop["__openclaw"]["runId"] = json!(run);
    stop
}

fn retry(run: &str, attempt: u64) -> Value {
    json!({
        "sessionKey": "s", "runId": run, "stream": "run_status",
        "data": {"phase": "retrying", "message": "Later.", "retryAttempt": attempt, "maxRetries": 8,
            "delayMs": 623},
    })
}

#[test]
fn words_that_a_run_adds_make_no_other_items_and_its_end_does() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    let version = |reader: &Reader| reader.chat.items_version();
    let before = version(&reader);
    reader.chat(&delta("r", "One"));
    let begun = version(&reader);
    assert_ne!(begun, before);
    reader.chat(&delta("r", "One two"));
    reader.chat(&delta("r", "One two three"));
    assert_eq!(version(&reader), begun);
    reader.row(&row("user", 2, "meanwhile"));
    let told = version(&reader);
    assert_ne!(told, begun);
    reader.chat(&chat_event("r", "final", Some("One two three")));
    assert_ne!(version(&reader), told);
}

#[test]
fn words_after_an_error_withdraw_it() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&failure("r", "no answer"));
    reader.chat(&failure("r", "another reason"));
    reader.shows(&["You: r", "…  [Error no answer]"]);
    reader.chat(&chat_event("r", "final", None));
    reader.chat(&chat_event("r", "aborted", None));
    reader.shows(&["You: r", "…  [Error no answer]"]);
    reader.chat(&delta("r", "One"));
    reader.shows(&["You: r", "… One"]);
    assert_eq!(reader.active(), 1);
    reader.chat(&chat_event("r", "final", Some("One two")));
    reader.row(&answer("r", 2, "One two"));
    reader.shows(&["You: r", "Assistant: One two"]);
}

#[test]
fn words_after_an_error_that_history_wrote_down_are_shown() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&failure("r", "no answer"));
    let mut notice = row("custom", 2, "It failed.");
    notice["customType"] = json!("run-failed-before-reply");
    notice["display"] = json!(true);
    notice["__openclaw"]["runId"] = json!("r");
    reader.load(&history(&[mine(1, "r"), notice]));
    reader.shows(&["You: r", "Notice: It failed."]);
    reader.chat(&delta("r", "One"));
    reader.shows(&["You: r", "Notice: It failed.", "… One"]);
}

#[test]
fn a_failed_run_keeps_words_and_error_until_a_row_has_them() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&delta("r", "One"));
    reader.chat(&failure("r", "cut off"));
    let kept = ["You: r", "… One [Error cut off]"];
    for _ in 0..3 {
        reader.load(&history(&[mine(1, "r")]));
        reader.shows(&kept);
    }
    let later = [mine(1, "r"), mine(2, "q"), answer("q", 3, "Two")];
    reader.load(&history(&later));
    reader.shows(&[
        "You: r",
        "… One [Error cut off]",
        "You: q",
        "Assistant: Two",
    ]);
    let mut end = answer("r", 4, "It failed.");
    end["stopReason"] = json!("error");
    reader.row(&end);
    reader.shows(&[
        "You: r",
        "You: q",
        "Assistant: Two",
        "Assistant: It failed.",
    ]);
}

#[test]
fn a_failed_run_whose_words_are_rows_keeps_its_error() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&delta("r", "I will look."));
    reader.chat(&failure("r", "cut off"));
    let mut call = answer("r", 2, "I will look.");
    call["stopReason"] = json!("toolUse");
    reader.load(&history(&[mine(1, "r"), call]));
    assert_eq!(reader.chat.items().count(), 3);
    let all = shown(&reader.chat).concat();
    assert_eq!(all.matches("I will look.").count(), 1, "{all}");
    assert!(all.contains("cut off"), "{all}");
}

#[test]
fn a_failed_run_is_not_shown_beside_the_row_that_tells_of_it() {
    let mut notice = row("custom", 2, "It failed.");
    notice["customType"] = json!("run-failed-before-reply");
    notice["display"] = json!(true);
    notice["__openclaw"]["runId"] = json!("r");
    let rows = history(&[mine(1, "r"), notice]);
    let mut error_first = Reader::of(&[mine(1, "r")]);
    error_first.chat(&failure("r", "no answer"));
    error_first.load(&rows);
    let mut row_first = Reader::new();
    row_first.load(&rows);
    row_first.chat(&failure("r", "no answer"));
    for mut reader in [error_first, row_first] {
        reader.shows(&["You: r", "Notice: It failed."]);
        reader.chat(&failure("r", "a second time"));
        reader.load(&rows);
        reader.shows(&["You: r", "Notice: It failed."]);
    }
}

#[test]
fn the_answer_to_a_slash_command_stays_without_a_row() {
    let mut reader = Reader::of(&[]);
    reader.chat(&chat_event("status", "final", Some("All is well.")));
    assert!(reader.chat.take_stale());
    let asked = mine(1, "status");
    reader.load(&history(std::slice::from_ref(&asked)));
    let stays = ["You: status", "… All is well. [Final]"];
    reader.shows(&stays);
    let next = [asked, mine(2, "q"), answer("q", 3, "Two")];
    reader.load(&history(&next));
    reader.shows(&[stays[0], stays[1], "You: q", "Assistant: Two"]);
}

#[test]
fn a_run_without_its_message_stands_where_the_transcript_ended() {
    let mut reader = Reader::of(&[row("user", 1, "one")]);
    reader.chat(&failure("r", "no answer"));
    reader.row(&row("user", 2, "two"));
    reader.shows(&["You: one", "…  [Error no answer]", "You: two"]);
}

#[test]
fn a_run_that_failed_before_the_first_page_came_stands_behind_it() {
    let mut reader = Reader::new();
    let asked = reader.chat.version();
    reader.chat(&failure("r", "no answer"));
    let mut newest = history(&[row("user", 8, "eight")]);
    newest["hasMore"] = json!(true);
    newest["nextOffset"] = json!(1);
    reader.load_asked(&newest, asked);
    reader.load(&newest);
    reader.shows(&["You: eight", "…  [Error no answer]"]);
}

#[test]
fn a_run_goes_with_the_rows_that_it_stood_behind() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&failure("r", "no answer"));
    let mut newest = history(&[row("user", 80, "much later")]);
    newest["hasMore"] = json!(true);
    newest["nextOffset"] = json!(1);
    reader.load(&newest);
    reader.shows(&["You: much later"]);
}

#[test]
fn a_stopped_answer_is_one_thing_to_see_however_it_is_written_down() {
    let part = |seq| {
        let mut part = answer("r", seq, "One");
        part.as_object_mut().unwrap().remove("stopReason");
        part
    };
    let one = ["You: r", "Assistant: One [stopped]"];
    for rows in [
        [mine(1, "r"), part(2), stop("r", 3)],
        [mine(1, "r"), stop("r", 2), part(3)],
        [mine(1, "r"), answer("r", 2, "One"), stop("r", 3)],
    ] {
        Reader::of(&rows).shows(&one);
        let mut reader = Reader::of(&rows[..1]);
        reader.chat(&delta("r", "One"));
        reader.chat(&chat_event("r", "aborted", Some("One")));
        reader.row(&rows[1]);
        reader.row(&rows[2]);
        reader.load(&history(&rows));
        reader.shows(&one);
    }
}

#[test]
fn a_row_that_only_says_stop_takes_no_words_away_and_stands_alone_if_it_must() {
    let rows = [mine(1, "r"), stop("r", 2)];
    let mut reader = Reader::of(&rows[..1]);
    reader.chat(&delta("r", "One"));
    reader.chat(&chat_event("r", "aborted", None));
    reader.row(&rows[1]);
    reader.load(&history(&rows));
    reader.shows(&["You: r", "… One [Aborted]"]);
    Reader::of(&rows).shows(&["You: r", "Assistant: "]);
    // Not of the run before it.
    let rows = [mine(1, "q"), answer("q", 2, "Two"), stop("r", 3)];
    Reader::of(&rows).shows(&["You: q", "Assistant: Two", "Assistant: "]);
}

#[test]
fn retrying_is_seen_until_words_or_an_end_come() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    event(&mut reader.chat, "s", "agent", &retry("r", 1));
    reader.shows(&["You: r", "… again (1/8)"]);
    assert_eq!(reader.active(), 1, "it can be stopped");
    event(&mut reader.chat, "s", "agent", &retry("r", 2));
    reader.chat(&chat_event("r", "status", None));
    reader.shows(&["You: r", "… again (2/8)"]);
    reader.chat(&delta("r", "One"));
    reader.shows(&["You: r", "… One"]);
    event(&mut reader.chat, "s", "agent", &retry("r", 3));
    reader.chat(&failure("r", "no answer"));
    reader.shows(&["You: r", "… One [Error no answer]"]);
    event(&mut reader.chat, "s", "agent", &retry("r", 4));
    reader.shows(&["You: r", "… One [Error no answer]"]);
}

#[test]
fn what_a_retry_does_not_say_costs_nothing() {
    let mut reader = Reader::new();
    let mut strange = retry("r", 1);
    strange["data"] =
        json!({"phase": "retrying", "retryAttempt": "x", "message": {"text": "Later."}});
    event(&mut reader.chat, "s", "agent", &strange);
    let run = reader.chat.active_runs().next().unwrap();
    let retrying = run.retrying.as_ref().unwrap();
    assert_eq!(retrying.message.as_deref(), Some("Later."));
    assert_eq!(retrying.attempt, None);
}

#[test]
fn the_row_that_ends_a_run_takes_over_its_item() {
    let stands_for = |reader: &Reader| -> Vec<Option<String>> {
        let items = reader.chat.items();
        items
            .map(|item| match item {
                Item::Row(shown) => shown.stands_for.map(str::to_owned),
                Item::Live(run) => Some(run.id.clone()),
            })
            .collect()
    };
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&delta("r", "One"));
    assert_eq!(stands_for(&reader), [None, Some("r".to_owned())]);
    reader.row(&answer("r", 2, "One"));
    reader.chat(&chat_event("r", "final", Some("One")));
    assert_eq!(stands_for(&reader), [None, Some("r".to_owned())]);
    // A message was steered into it: the last part of the answer goes on.
    reader.row(&mine(3, "q"));
    reader.row(&answer("r", 4, "Two"));
    assert_eq!(
        stands_for(&reader),
        [None, None, None, Some("r".to_owned())]
    );
    reader.load(&history(&[mine(1, "r"), answer("r", 2, "One")]));
    reader.row(&answer("r", 4, "Two"));
    assert_eq!(stands_for(&reader), [None, None, Some("r".to_owned())]);
}

#[test]
fn the_row_of_a_commands_answer_is_known_by_its_key() {
    let mut answered = row("assistant", 2, "Help.");
    answered["idempotencyKey"] = json!("help");
    answered["stopReason"] = json!("stop");
    let mut reader = Reader::new();
    reader.chat(&chat_event("help", "final", Some("Help.")));
    reader.row(&mine(1, "help"));
    reader.shows(&["You: help", "… Help. [Final]"]);
    reader.row(&answered);
    reader.shows(&["You: help", "Assistant: Help."]);
}

#[test]
fn the_answer_to_a_side_question_is_shown_though_it_never_has_a_row() {
    let mut reader = Reader::of(&[row("user", 1, "hi")]);
    let side =
        json!({"kind": "btw", "runId": "b", "sessionKey": "s", "question": "?", "text": "Yes."});
    event(&mut reader.chat, "s", "chat.side_result", &side);
    reader.chat(&chat_event("b", "final", None));
    reader.load(&history(&[row("user", 1, "hi")]));
    reader.shows(&["You: hi", "… Yes. [Final]"]);
}

#[test]
fn what_streams_goes_on_while_history_names_another_run() {
    let mut reader = Reader::of(&[mine(1, "r")]);
    reader.chat(&delta("r", "One"));
    let mut page = history(&[mine(1, "r")]);
    page["inFlightRun"] = json!({"runId": "steered", "text": ""});
    reader.load(&page);
    assert!(shown(&reader.chat).contains(&"… One".to_owned()));
    let mut over = history(&[mine(1, "r"), answer("r", 2, "One two")]);
    over["inFlightRun"] = page["inFlightRun"].clone();
    reader.load(&over);
    reader.shows(&["You: r", "Assistant: One two", "…"]);
}

#[test]
fn an_empty_answer_says_why_it_is_empty() {
    let mut empty = answer("r", 2, "");
    empty["content"] = json!([]);
    let mut reader = Reader::of(&[mine(1, "r")]);
    let mut stopped = chat_event("r", "aborted", None);
    stopped["stopReason"] = json!("stop");
    reader.chat(&stopped);
    reader.row(&empty);
    reader.chat(&failure("r", "nothing to say"));
    let kept = ["You: r", "…  [Error nothing to say]"];
    reader.shows(&kept);
    reader.load(&history(&[mine(1, "r"), empty]));
    reader.shows(&kept);
    reader.chat(&delta("r", "late"));
    reader.shows(&["You: r", "… late"]);
}

#[test]
fn a_file_alone_is_an_answer() {
    let mut file = answer("r", 2, "");
    file["content"] = json!([]);
    file["__openclaw"]["media"] = json!([{"url": "media://x", "kind": "image"}]);
    Reader::of(&[mine(1, "r"), file]).shows(&["You: r", "Assistant: "]);
}
