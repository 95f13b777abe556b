//! Recordings of the real gateway, folded as a page folds them: events as they
//! come, history where the recording asked for it.

use std::collections::BTreeMap;
use std::fs;

use super::*;

struct Folded {
    chat: Chat<String>,
    /// What was shown when each history was asked for, before its answer.
    before_history: Vec<Vec<String>>,
    /// What was shown after each change, without repetitions.
    film: Vec<Vec<String>>,
}

/// Folds what one recorded connection heard about one session.
fn folded(name: &str, connection: &str, session: &str) -> Folded {
    let path = format!(
        "{}/../../tests/conformance/recordings/{name}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = fs::read_to_string(path).unwrap();
    let mut chat = Chat::new();
    let mut asked: BTreeMap<String, u64> = BTreeMap::new();
    let mut before_history = Vec::new();
    let mut film: Vec<Vec<String>> = Vec::new();
    for line in text.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let frame = &line["frame"];
        if line["c"] != connection || frame.is_null() {
            continue;
        }
        let id = frame["id"].as_str().unwrap_or_default();
        let payload = &frame["payload"];
        match (line["dir"].as_str(), frame["type"].as_str()) {
            (Some("out"), _) => {
                let params = &frame["params"];
                if frame["method"] == "chat.history"
                    && params["sessionKey"] == session
                    && params.get("cursor").is_none()
                {
                    asked.insert(id.to_owned(), chat.version());
                }
            }
            (_, Some("res")) => {
                if let Some(asked) = asked.remove(id) {
                    before_history.push(shown(&chat));
                    fold(&mut chat, Change::Newest(page(payload, asked)));
                }
            }
            (_, Some("event")) => {
                event(
                    &mut chat,
                    session,
                    frame["event"].as_str().unwrap(),
                    payload,
                );
            }
            _ => {}
        }
        let now = shown(&chat);
        if film.last() != Some(&now) {
            film.push(now);
        }
    }
    Folded {
        chat,
        before_history,
        film,
    }
}

fn assert_active(folded: &Folded, runs: usize) {
    assert_eq!(folded.chat.active_runs().count(), runs);
}

#[test]
fn two_tabs_see_both_messages_both_answers_and_the_third_run_live() {
    let tab = folded("two-tabs-one-session", "TAB2", "agent:main:s7");
    assert_eq!(
        shown(&tab.chat),
        [
            "You: tabs [chunks:6:150]",
            "Assistant: w1 w2 w3 w4 w5 w6",
            "You: from tab 1 [chunks:6:150]",
            "Assistant: w1 w2 w3 w4 w5 w6",
            "You: from tab 2 [chunks:6:150]",
            "… w1 w2 w3 w4 w5",
        ]
    );
    assert_active(&tab, 1);
    let other = folded("two-tabs-one-session", "TAB1", "agent:main:s7");
    assert_eq!(shown(&other.chat), shown(&tab.chat));
}

#[test]
fn no_word_is_ever_shown_twice_or_taken_away_while_an_answer_streams() {
    let tab = folded("two-tabs-one-session", "TAB2", "agent:main:s7");
    let mut words = 0;
    for shown in &tab.film {
        let all = shown.concat();
        let now = all.matches('w').count();
        assert!(now >= words, "{shown:?}");
        assert!(all.matches("w6").count() <= 2, "{shown:?}");
        words = now;
    }
}

#[test]
fn a_tool_call_ends_as_its_rows() {
    let subscribed = folded(
        "tool-call-with-tool-events-cap",
        "NOCAPSUB",
        "agent:main:tool",
    );
    assert_eq!(
        shown(&subscribed.chat),
        [
            "You: use tool [pre] [tool:ls:{\"path\":\".\"}]",
            "Assistant: [toolCall]",
            "Assistant: The tool returned: \"media/\".",
        ]
    );
    let mut subscribed = subscribed;
    assert!(
        subscribed.chat.take_stale(),
        "the tool's row, and the words before the call, are in history only"
    );

    let capable = folded("tool-call-with-tool-events-cap", "CAP", "agent:main:tool");
    assert_eq!(
        capable.before_history[0],
        ["… I will call a tool.\n\nThe tool returned: \"media/\". [Final]"]
    );
    assert_eq!(
        shown(&capable.chat),
        [
            "You: use tool [pre] [tool:ls:{\"path\":\".\"}]",
            "Assistant: I will call a tool.",
            "Assistant: [toolCall]",
            "Tool: \"media/\"",
            "Assistant: The tool returned: \"media/\".",
        ]
    );
}

#[test]
fn a_steered_message_is_answered_in_the_first_run_and_ends_as_four_rows() {
    for session in ["agent:main:q-steer", "agent:main:q-undefined"] {
        let steered = folded("send-while-running-queue-modes", "A", session);
        let numbers = |count: u32| {
            let words = (1..=count).map(|n| format!("w{n}"));
            words.collect::<Vec<_>>().join(" ")
        };
        let both = format!("{}\n\n{}", numbers(20), numbers(4));
        let live: String = both.chars().take(64).collect::<String>();
        let last = steered.before_history.last().unwrap();
        assert_eq!(
            *last,
            ["You: first [chunks:20:120]", &format!("… {live}… [Final]")]
        );
        let first: String = numbers(20).chars().take(64).collect();
        assert_eq!(
            shown(&steered.chat),
            [
                "You: first [chunks:20:120]",
                &format!("Assistant: {first}…"),
                "You: second [chunks:4:60]",
                "Assistant: w1 w2 w3 w4",
            ]
        );
        assert_active(&steered, 0);
    }
}

#[test]
fn a_queued_message_is_answered_in_a_run_that_nobody_announced() {
    let queued = folded(
        "send-while-running-queue-modes",
        "A",
        "agent:main:q-followup",
    );
    let shown = shown(&queued.chat);
    assert_eq!(
        shown[2..],
        ["You: second [chunks:4:60]", "… w1 w2 w3 w4 [Final]"]
    );
    assert_active(&queued, 0);
}

#[test]
fn a_message_that_interrupts_ends_the_run_before_it() {
    let both = folded(
        "send-while-running-queue-modes",
        "A",
        "agent:main:q-interrupt",
    );
    let interrupted = ["… w1 [Aborted]".to_owned()];
    assert!(both.film.iter().any(|shown| shown.ends_with(&interrupted)));
    assert_eq!(
        shown(&both.chat),
        [
            "You: first [chunks:20:120]",
            "… w1 [Aborted]",
            "You: second [chunks:4:60]",
            "Assistant: w1 w2 w3 w4",
        ],
        "the gateway keeps no row of it"
    );
}

#[test]
fn a_run_that_is_stopped_keeps_its_part() {
    let stopped = folded("chat-history-mid-run-and-abort", "A", "agent:main:s3");
    assert_eq!(
        stopped.before_history.last().unwrap()[1..],
        ["… w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 [Aborted]"]
    );
    assert_eq!(
        shown(&stopped.chat),
        [
            "You: slow [chunks:40:200]",
            "Assistant: w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11",
        ]
    );
    assert_active(&stopped, 0);
}

#[test]
fn after_a_restart_history_is_the_whole_truth_and_a_repeated_key_adds_nothing() {
    let before = folded(
        "shutdown-rpc-restart-mid-run-reconnect",
        "A",
        "agent:main:rpc",
    );
    assert_active(&before, 0);
    let mut after = folded(
        "shutdown-rpc-restart-mid-run-reconnect",
        "R15",
        "agent:main:rpc",
    );
    let shown = shown(&after.chat);
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0], "You: long [chunks:40:200]");
    assert!(shown[1].starts_with("Assistant: w1 w2 w3"));
    assert!(!after.chat.take_stale());
}

#[test]
fn a_failed_run_shows_the_first_reason_and_then_the_gateways_own_row() {
    let failed = folded("provider-errors", "A", "agent:main:e401");
    let reason = "⚠️ stub/stub-1 request failed (authentication failed, HTTP 401).…";
    assert_eq!(failed.before_history[0], [format!("…  [Error {reason}]")]);
    assert_eq!(
        shown(&failed.chat),
        [
            "You: x [status:401]",
            "Assistant: ⚠️ LLM request failed (authentication failed, HTTP 401). Re-auth…",
        ]
    );
    for (session, message) in [
        ("agent:main:e429", "x [status:429]"),
        ("agent:main:e400", "x [status:400]"),
        ("agent:main:drop", "x [drop][chunks:6:60]"),
    ] {
        let failed = folded("provider-errors", "A", session);
        assert_eq!(
            shown(&failed.chat),
            [
                &format!("You: {message}"),
                "Notice: This turn ended before a reply: Inline API key for provider \"stu…",
            ]
        );
        assert_active(&failed, 0);
    }
}

#[test]
fn a_run_that_is_tried_again_and_again_is_still_under_way() {
    let retried = folded("provider-errors", "A", "agent:main:e500");
    let attempts: Vec<_> = retried
        .film
        .iter()
        .filter_map(|shown| shown.last()?.split_once("again ("))
        .map(|(_, of)| of.to_owned())
        .collect();
    let mut expected: Vec<_> = (1..=6).map(|attempt| format!("{attempt}/8)")).collect();
    // With the message that began it, once history is read.
    expected.push("6/8)".to_owned());
    assert_eq!(attempts, expected);
    assert_eq!(
        shown(&retried.chat),
        ["You: x [status:500]", "… again (6/8)"]
    );
    assert_active(&retried, 1);
}

#[test]
fn a_connection_lost_in_the_middle_finds_the_run_again() {
    let lost = folded("disconnect-mid-run-reconnect", "A", "agent:main:s5");
    assert_active(&lost, 1);
    let back = folded("disconnect-mid-run-reconnect", "B", "agent:main:s5");
    let joined = back.film.iter().find(|shown| shown.len() == 2).unwrap();
    assert!(joined[1].starts_with("… w1 w2 w3"), "{joined:?}");
    let shown = shown(&back.chat);
    assert_eq!(shown.len(), 2);
    assert!(shown[1].starts_with("Assistant: w1 w2 w3"));
}
