//! Traffic of the openclaw-websocket plugin, replayed through the codec.

use clawline_core::dialects::{chat, parse};
use serde_json::Value;

use crate::{counted, frame, json as text, lines};

#[test]
fn every_frame_of_the_plugin_and_its_clients_is_read_and_written() {
    let mut kinds = Vec::new();
    for line in lines("ocws-frames.jsonl") {
        if let Some(wire) = line["c2s"].as_str() {
            // The recorder marked what came as a binary frame.
            let wire = wire.strip_prefix("BINARY ").unwrap_or(wire);
            kinds.push(match chat::ClientFrame::read(parse(wire.as_bytes())) {
                Ok(read) => {
                    assert_eq!(text(&read.encode()), text(wire));
                    "sent"
                }
                Err(refused) => match refused.why {
                    chat::Refusal::Unreadable => "unreadable",
                    chat::Refusal::NotChatSend => "not chat.send",
                    chat::Refusal::GroupWithoutId => "group without id",
                    chat::Refusal::MediaPath => "media path",
                    other => panic!("{other}: {wire}"),
                },
            });
        } else if let Some(wire) = line.get("s2c") {
            let read = chat::ServerFrame::read(frame(wire)).unwrap();
            assert_eq!(text(&read.encode()), *wire);
            kinds.push(match read {
                chat::ServerFrame::Welcome => "welcome",
                chat::ServerFrame::Typing => "typing",
                chat::ServerFrame::Stream { .. } => "stream",
                chat::ServerFrame::Response { .. } => "response",
                chat::ServerFrame::Error { .. } => "error",
            });
        } else if let Some(code) = line["close"].as_u64().filter(|code| *code != 1006) {
            let reason = line["reason"].as_str().unwrap();
            let end = chat::End::read(u16::try_from(code).unwrap(), reason);
            assert!(end.is_some(), "{line}");
            kinds.push("close");
        }
    }
    let expected = [
        ("close", 10),
        ("error", 16),
        ("group without id", 1),
        ("media path", 1),
        ("not chat.send", 6),
        ("response", 15),
        ("sent", 15),
        ("stream", 19),
        ("typing", 33),
        ("unreadable", 4),
        ("welcome", 7),
    ];
    assert_eq!(counted(kinds), expected);
}

#[test]
fn a_refusal_is_answered_in_the_words_of_the_plugin() {
    let lines = lines("ocws-frames.jsonl");
    let bad: Vec<&Value> = lines.iter().filter(|line| line["scene"] == "bad").collect();
    let mut compared = 0;
    for (index, line) in bad.iter().enumerate() {
        let Some(wire) = line["c2s"].as_str() else {
            continue;
        };
        if let Err(refused) = chat::ClientFrame::<Value>::read(parse(wire.as_bytes())) {
            let mut later = bad[index + 1..].iter();
            let said = later
                .find(|line| line["s2c"]["type"] != "chat.typing")
                .unwrap();
            if wire.starts_with("BINARY") {
                continue;
            }
            assert_eq!(text(&refused.frame().encode()), said["s2c"], "{wire}");
            compared += 1;
        }
    }
    assert_eq!(compared, 10);
}

#[test]
fn the_parts_of_a_long_answer_are_those_of_the_plugin() {
    let lines = lines("ocws-frames.jsonl");
    let parts = lines
        .iter()
        .filter_map(|line| line["s2c"]["content"].as_str());
    let parts: Vec<&str> = parts.filter(|content| content.starts_with("xxx")).collect();
    assert_eq!(parts.len(), 3);
    assert_eq!(chat::split(&parts.concat()).collect::<Vec<_>>(), parts);
}
