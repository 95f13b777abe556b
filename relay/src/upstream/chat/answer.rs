//! Where an answer stands in a transcript.

use clawline_core::Key;
use clawline_core::chat::{Page, Role, Row};
use clawline_core::wire::{Block, RunState, read_content};
use serde_json::Value;

use super::AskFailed;

/// What a row says, and how its run ended by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    words: String,
    end: Option<RunState>,
}

impl Told {
    pub(super) fn read(row: &Value) -> Self {
        let stop = row["stopReason"].as_str();
        let is_stopped = stop == Some("aborted") || row["openclawAbort"]["aborted"] == true;
        let is_failed = stop == Some("error");
        Self {
            words: words(row),
            end: is_stopped
                .then_some(RunState::Aborted)
                .or(is_failed.then_some(RunState::Error)),
        }
    }

    /// What a run in flight has said so far.
    pub(super) const fn live(words: String) -> Self {
        Self { words, end: None }
    }

    pub(super) fn into_words(self) -> String {
        self.words
    }
}

/// The row of the message with this key.
pub(super) fn place_of(page: &Page<Told>, key: &Key) -> Option<usize> {
    let has_key = |row: &Row<Told>| row.facts.key.as_deref() == Some(key.as_str());
    page.rows.iter().rposition(has_key)
}

/// The words that follow a message, and whether they are all: those up to the
/// next message that comes behind them.
pub(super) fn answer_in(rows: &[Row<Told>]) -> Result<(String, bool), AskFailed> {
    let mut answer: Vec<&str> = Vec::new();
    let mut is_whole = false;
    for row in rows.iter().filter(|row| !row.facts.hidden) {
        let Told { words, end } = &row.payload;
        match row.facts.role {
            Role::User if !answer.is_empty() => break,
            Role::Notice if row.facts.ends_run && answer.is_empty() => {
                return Err(AskFailed::Failed(words.clone()));
            }
            Role::Assistant => {
                answer.extend((!words.is_empty()).then_some(words.as_str()));
                match end {
                    Some(RunState::Aborted) => {
                        let so_far = answer.join("\n\n");
                        return Err(AskFailed::Stopped { so_far });
                    }
                    Some(_) => return Err(AskFailed::Failed(words.clone())),
                    None => is_whole = row.facts.ends_run && !answer.is_empty(),
                }
            }
            _ => {}
        }
    }
    Ok((answer.join("\n\n"), is_whole))
}

/// The words of a message, without tools and thoughts.
#[must_use]
pub fn words(message: &Value) -> String {
    let mut pieces = Vec::new();
    read_content(message, &mut |block| {
        if let Block::Words(words) = block {
            let words = words.trim();
            pieces.extend((!words.is_empty()).then(|| words.to_owned()));
        }
    });
    pieces.join("\n\n")
}

#[cfg(test)]
mod tests {
    use clawline_core::chat::{Question, read_page};
    use serde_json::json;

    use super::*;

    fn rows(messages: Value) -> Vec<Row<Told>> {
        let question = Question {
            asked: 0,
            offset: 0,
            limit: 200,
        };
        let payload = json!({ "messages": messages });
        read_page(&payload, &question, &mut Told::read, &mut |_| None).rows
    }

    fn user(key: &str) -> Value {
        json!({ "role": "user", "content": key, "idempotencyKey": format!("{key}:user") })
    }

    fn said(text: &str, stop: &str) -> Value {
        let content =
            json!([{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": text }]);
        json!({ "role": "assistant", "content": content, "stopReason": stop })
    }

    fn answer(messages: Value) -> Result<(String, bool), AskFailed> {
        answer_in(&rows(messages))
    }

    #[test]
    fn an_answer_is_what_stands_behind_its_question() {
        for (messages, text, is_whole) in [
            (json!([]), "", false),
            (json!([said("a", "stop")]), "a", true),
            // A tool in between.
            (
                json!([
                    said("I look.", "toolUse"),
                    { "role": "toolResult", "content": "x" },
                    said("Found.", "stop"),
                ]),
                "I look.\n\nFound.",
                true,
            ),
            (json!([said("I look.", "toolUse")]), "I look.", false),
            // Messages that were steered into one run are answered together.
            (json!([user("k2"), said("both", "stop")]), "both", true),
            // The next question's answer is not this one's.
            (
                json!([said("mine", "stop"), user("k2"), said("other", "stop")]),
                "mine",
                true,
            ),
            // What the gateway wrote to itself when it took the run up again.
            (
                json!([
                    {
                        "role": "user",
                        "content": "[System] interrupted",
                        "provenance": { "kind": "internal_system" },
                    },
                    said("resumed", "stop"),
                ]),
                "resumed",
                true,
            ),
        ] {
            let told = answer(messages.clone());
            assert_eq!(told, Ok((text.to_owned(), is_whole)), "{messages}");
        }
    }

    #[test]
    fn an_answer_that_never_came_says_why() {
        let failed = json!({
            "role": "custom",
            "customType": "run-failed-before-reply",
            "content": "The provider is away.",
            "display": true,
        });
        assert_eq!(
            answer(json!([failed])),
            Err(AskFailed::Failed("The provider is away.".to_owned()))
        );
        for stopped in [
            json!([said("half", "aborted")]),
            json!([said("half", "toolUse"), said("", "aborted")]),
        ] {
            let so_far = "half".to_owned();
            assert_eq!(answer(stopped), Err(AskFailed::Stopped { so_far }));
        }
        let failed = answer(json!([said("The model is away.", "error")]));
        assert_eq!(
            failed,
            Err(AskFailed::Failed("The model is away.".to_owned()))
        );
    }
}
