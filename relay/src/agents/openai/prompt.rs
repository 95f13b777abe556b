//! What a model is shown of a conversation.

use serde_json::{Value, json};

use crate::agents::speakers::words_of;
use crate::store::{Attachment, Entry, TranscriptRow};

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Turn {
    role: &'static str,
    text: String,
}

/// The messages of a request. Turns of one side that follow each other (what was
/// asked before failed) become one: many models want the sides to take turns.
/// `images` are `data:` addresses of what came with the question.
pub(super) fn messages(
    system: &str,
    history: &[TranscriptRow],
    question: (&str, &[Attachment]),
    images: &[String],
) -> Vec<Value> {
    let mut turns: Vec<Turn> = Vec::new();
    let rows = history.iter().filter_map(turn);
    let (text, attachments) = question;
    for turn in rows.chain([asked(text, attachments)]) {
        match turns.last_mut().filter(|last| last.role == turn.role) {
            Some(last) => {
                last.text.push_str("\n\n");
                last.text.push_str(&turn.text);
            }
            None => turns.push(turn),
        }
    }
    // What answers nothing that is shown would begin in the middle.
    let begin = turns.iter().position(|turn| turn.role == "user");
    let turns = turns.split_off(begin.unwrap_or(0));
    let mut messages = Vec::with_capacity(turns.len() + 1);
    if !system.trim().is_empty() {
        messages.push(json!({ "role": "system", "content": system }));
    }
    messages.extend(
        turns
            .iter()
            .map(|turn| json!({ "role": turn.role, "content": turn.text })),
    );
    if let (Some(last), false) = (messages.last_mut(), images.is_empty()) {
        let mut parts = vec![json!({ "type": "text", "text": last["content"] })];
        let image = |url| json!({ "type": "image_url", "image_url": { "url": url } });
        parts.extend(images.iter().map(image));
        last["content"] = Value::Array(parts);
    }
    messages
}

fn turn(row: &TranscriptRow) -> Option<Turn> {
    match &row.entry {
        // What the owner sends to the other side has a run of its own.
        Entry::Message { text, origin, .. } if row.run_id.is_none() => {
            Some(asked(&words_of(text, origin), &origin.attachments))
        }
        Entry::Message { text, .. }
        | Entry::Answer { text, .. }
        | Entry::Stopped { text, .. }
        | Entry::Delivery { text, .. } => Some(Turn {
            role: "assistant",
            text: text.clone(),
        }),
        // For people.
        Entry::Failed { .. } => None,
    }
}

/// The words of a person, and what came with them by its name.
fn asked(text: &str, attachments: &[Attachment]) -> Turn {
    let mut text = text.trim().to_owned();
    for file in attachments {
        if !text.is_empty() {
            text.push('\n');
        }
        let name: String = file.name.chars().filter(|c| !c.is_control()).collect();
        let note = format!("[attached: {name}, {}, {} bytes]", file.mime, file.bytes);
        text.push_str(&note);
    }
    Turn { role: "user", text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::store::{Origin, Sender, Usage};

    fn row(entry: Entry) -> TranscriptRow {
        TranscriptRow {
            id: "r".to_owned(),
            seq: 1,
            run_id: None,
            key: None,
            recorded_at: 0,
            entry,
        }
    }

    fn person(text: &str) -> TranscriptRow {
        row(Entry::Message {
            text: text.to_owned(),
            at: 0,
            origin: Origin {
                sender: Sender::owner(),
                channel: "webchat".to_owned(),
                account: Account::default(),
                conversation: None,
                in_group: false,
                program: None,
                attachments: Vec::new(),
                metadata: Vec::new(),
                answer_to: None,
            },
        })
    }

    fn model(text: &str) -> TranscriptRow {
        row(Entry::Answer {
            text: text.to_owned(),
            at: 0,
            agent: "openai".to_owned(),
            usage: Usage::default(),
        })
    }

    fn failed(text: &str) -> TranscriptRow {
        row(Entry::Failed {
            text: text.to_owned(),
            at: 0,
        })
    }

    fn shown(system: &str, history: &[TranscriptRow]) -> Vec<(String, String)> {
        let messages = messages(system, history, ("now", &[]), &[]);
        let pair = |message: &Value| {
            let text = |field: &str| message[field].as_str().unwrap().to_owned();
            (text("role"), text("content"))
        };
        messages.iter().map(pair).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(role, text): &(&str, &str)| ((*role).to_owned(), (*text).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn the_sides_take_turns_whatever_went_wrong_before() {
        let history = [
            model("cut off"),
            person("a"),
            failed("no"),
            person("b"),
            model("c"),
            model("d"),
        ];
        assert_eq!(
            shown("be kind", &history),
            pairs(&[
                ("system", "be kind"),
                ("user", "a\n\nb"),
                ("assistant", "c\n\nd"),
                ("user", "now"),
            ])
        );
        assert_eq!(shown("", &[]), pairs(&[("user", "now")]));
    }

    #[test]
    fn what_the_owner_sends_to_the_other_side_is_not_their_question() {
        let mut sent = person("reply 1 to cancel");
        sent.run_id = Some("sent".to_owned());
        assert_eq!(
            shown("", &[person("hello"), sent, person("1")]),
            pairs(&[
                ("user", "hello"),
                ("assistant", "reply 1 to cancel"),
                ("user", "1\n\nnow"),
            ])
        );
    }

    #[test]
    fn each_who_speaks_in_a_group_is_named() {
        let said = |name: &str, text| {
            let mut row = person(text);
            if let Entry::Message { origin, .. } = &mut row.entry {
                origin.in_group = true;
                origin.sender.id = name.to_owned();
            }
            row
        };
        let history = [said("ann", "a"), said("bob", "b"), person("mine")];
        let words = "[From \"ann\"]\na\n\n[From \"bob\"]\nb\n\nmine\n\nnow";
        assert_eq!(shown("", &history), pairs(&[("user", words)]));
    }

    #[test]
    fn images_go_along_and_other_files_are_named() {
        let file = Attachment {
            name: "a\n.pdf".to_owned(),
            mime: "application/pdf".to_owned(),
            bytes: 7,
            digest: String::new(),
        };
        let messages = messages(
            "",
            &[],
            ("", &[file]),
            &["data:image/png;base64,AA==".to_owned()],
        );
        let content = &messages[0]["content"];
        assert_eq!(
            content[0]["text"],
            "[attached: a.pdf, application/pdf, 7 bytes]"
        );
        assert_eq!(content[1]["image_url"]["url"], "data:image/png;base64,AA==");
    }
}
