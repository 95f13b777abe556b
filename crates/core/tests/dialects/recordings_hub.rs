//! Traffic of the tutorial's hub, replayed through the codec.

use clawline_core::dialects::{hub, parse};
use serde_json::Value;

use crate::{counted, frame, json as text, lines};

#[test]
fn every_frame_of_the_hub_is_read_and_written_in_its_role() {
    let mut kinds = Vec::new();
    for line in lines("tutorial-hub.jsonl") {
        let is_plugin = line["who"] == "openclaw";
        if let Some(wire) = line.get("tx") {
            kinds.push(if is_plugin {
                plugin_says(wire)
            } else {
                page_says(wire)
            });
        } else if let Some(wire) = line.get("rx") {
            kinds.push(if is_plugin {
                plugin_hears(wire)
            } else {
                page_hears(wire)
            });
        }
    }
    let expected = [
        ("error", 2),
        ("from plugin", 12),
        ("media", 1),
        ("message", 1),
        ("not an object", 2),
        ("not json", 1),
        ("question", 3),
        ("relayed", 2),
        ("reply", 1),
        ("tool call", 1),
    ];
    assert_eq!(counted(kinds), expected);
}

fn page_says(wire: &Value) -> &'static str {
    // The recorder wrote a binary frame as its bytes, and texts as they were.
    let bytes: Vec<u8> = match (wire["data"].as_array(), wire.as_str()) {
        (Some(bytes), _) => bytes
            .iter()
            .map(|byte| u8::try_from(byte.as_u64().unwrap()).unwrap())
            .collect(),
        (_, Some(text)) => text.as_bytes().to_vec(),
        _ => wire.to_string().into_bytes(),
    };
    match hub::PageFrame::read(parse(&bytes)) {
        Ok(read @ hub::PageFrame::Chat(_)) => {
            assert_eq!(
                text(&read.encode()),
                serde_json::from_slice::<Value>(&bytes).unwrap()
            );
            "question"
        }
        Ok(hub::PageFrame::Other(other)) => panic!("{other}"),
        Err(hub::Refusal::NotJson) => "not json",
        Err(hub::Refusal::NotObject) => "not an object",
        Err(other) => panic!("{other}"),
    }
}

fn plugin_says(wire: &Value) -> &'static str {
    let read = hub::PluginFrame::read(frame(wire)).unwrap();
    assert_eq!(text(&read.encode()), *wire);
    match read {
        hub::PluginFrame::Reply { .. } => "reply",
        hub::PluginFrame::Message { .. } => "message",
        hub::PluginFrame::Media { .. } => "media",
        hub::PluginFrame::ToolCall(_) => "tool call",
        hub::PluginFrame::Other(other) => panic!("{other}"),
    }
}

fn plugin_hears(wire: &Value) -> &'static str {
    let time = wire["timestamp"].as_str().unwrap();
    assert_eq!(
        text(&hub::from_frontend(&wire["data"].to_string(), time)),
        *wire
    );
    match hub::Relayed::read(frame(wire)).unwrap() {
        hub::Relayed::Question { .. } => "relayed",
        other => panic!("{other:?}"),
    }
}

fn page_hears(wire: &Value) -> &'static str {
    match hub::HubFrame::read(frame(wire)).unwrap() {
        hub::HubFrame::FromPlugin { frame, timestamp } => {
            assert_eq!(
                text(&hub::from_openclaw(&frame.encode(), &timestamp)),
                *wire
            );
            "from plugin"
        }
        hub::HubFrame::Error { message } => {
            assert_eq!(text(&hub::error(&message)), *wire);
            "error"
        }
        hub::HubFrame::Other => panic!("{wire}"),
    }
}
