//! The decoders: each reads a frame in every role of its wire.

use clawline_core::dialects::{bridge, chat, detect, hub, jsonrpc};
use clawline_core::wire::{self, Read};
use serde_json::Value;

/// What a decoder makes of a frame.
#[derive(Default)]
pub(super) struct Made {
    /// The same, written again.
    pub(super) written: Vec<String>,
    /// What is told of it.
    pub(super) errors: Vec<String>,
}

impl Made {
    fn of<T, E: ToString>(&mut self, read: Result<T, E>, write: impl FnOnce(&T) -> String) {
        match read {
            Ok(read) => self.written.push(write(&read)),
            Err(error) => self.errors.push(error.to_string()),
        }
    }
}

pub(super) type Frame<'a> = &'a dyn Fn() -> Option<wire::Value<Value>>;
/// All roles of one wire.
pub(super) type Decoder = fn(Frame<'_>) -> Made;

pub(super) fn chat(frame: Frame<'_>) -> Made {
    let mut made = Made::default();
    let client = chat::ClientFrame::read(frame());
    made.of(
        client.map_err(|refused| refused.why),
        chat::ClientFrame::encode,
    );
    made.of(chat::ServerFrame::read(frame()), chat::ServerFrame::encode);
    made
}

pub(super) fn bridge(frame: Frame<'_>) -> Made {
    let mut made = Made::default();
    made.of(
        bridge::ClientFrame::read(frame()),
        bridge::ClientFrame::encode,
    );
    made.of(
        bridge::ServerFrame::read(frame()),
        bridge::ServerFrame::encode,
    );
    let channels = bridge::read_channels(200, frame());
    made.of(channels, |names| bridge::channels(names));
    made
}

pub(super) fn jsonrpc(frame: Frame<'_>) -> Made {
    let mut made = Made::default();
    for request in jsonrpc::ClientFrame::read(frame()).requests {
        match request.message {
            Ok(message) => {
                let again = jsonrpc::request(&jsonrpc::Id::Number(1.0), &message);
                made.written.push(again);
            }
            Err(refusal) => {
                made.errors.push(refusal.to_string());
                made.written.extend(request.caller.answer(Err(refusal)));
            }
        }
    }
    let answers = jsonrpc::ServerFrame::read(frame()).into_iter();
    let errors = answers.filter_map(|answer| answer.err().map(|error| error.to_string()));
    made.errors.extend(errors);
    made
}

pub(super) fn hub(frame: Frame<'_>) -> Made {
    let mut made = Made::default();
    made.of(hub::PageFrame::read(frame()), hub::PageFrame::encode);
    made.of(hub::PluginFrame::read(frame()), hub::PluginFrame::encode);
    let relayed = hub::Relayed::read(frame()).err();
    made.errors
        .extend(relayed.map(|refusal| refusal.to_string()));
    let told = hub::HubFrame::read(frame()).err();
    made.errors.extend(told.map(|refusal| refusal.to_string()));
    made
}

/// What a client of protocol 4 reads, and which wire a first frame is of.
pub(super) fn gateway(frame: Frame<'_>) -> Made {
    if let Some(first) = frame() {
        let _dialect = detect(&first);
    }
    if let Some(wire::Value::Object(frame)) = frame() {
        for read in [Read::Hello, Read::History, Read::Outcome] {
            let _answer = wire::read_answer(read, &frame);
        }
    }
    Made::default()
}
