//! The four older wires, from outside: tables, recordings, junk.

mod bridge;
mod chat;
mod chat_sender;
mod chat_server;
mod chat_text;
mod detect;
mod hub;
mod hub_envelopes;
mod jsonrpc;
mod jsonrpc_answers;
mod jsonrpc_client;
mod junk;
mod recordings;
mod recordings_chat;
mod recordings_hub;

use std::fs;
use std::path::PathBuf;

use clawline_core::dialects::parse;
use clawline_core::wire::Value;
use serde_json::Value as Json;

/// A frame as it comes from the wire.
fn frame(json: &Json) -> Option<Value<Json>> {
    parse(json.to_string().as_bytes())
}

fn json(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

/// The lines of a recording of an original.
fn lines(name: &str) -> Vec<Json> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/dialects");
    let recording = fs::read_to_string(folder.join(name)).unwrap();
    recording.lines().map(json).collect()
}

/// How often each word comes, in the order of the words.
fn counted(words: Vec<&'static str>) -> Vec<(&'static str, usize)> {
    let mut words = words;
    words.sort_unstable();
    let chunks = words.chunk_by(|one, other| one == other);
    chunks.map(|chunk| (chunk[0], chunk.len())).collect()
}
