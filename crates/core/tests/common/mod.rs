//! A host of the engine as an outsider would write it, and the recordings.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::PathBuf;

use clawline_core::engine::{
    Config, Facts, Generation, Glance, Input, Introduction, Outgoing, Output, Verdict,
};
use clawline_core::wire::{EventFacts, EventKind, Read, read_answer};
use clawline_core::{Engine, Instant, Profile, RequestId};
use serde_json::Value;

pub(crate) const NOW: Instant = Instant::from_millis(1_000);
pub(crate) const GENERATION: Generation = Generation(1);

pub(crate) fn conformance() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance")
}

/// Name and text of each recording, by name.
pub(crate) fn recordings() -> Vec<(String, String)> {
    let folder = conformance().join("recordings");
    let mut recordings: Vec<(String, String)> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"))
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    recordings.sort();
    assert!(recordings.len() >= 25, "recordings are missing");
    recordings
}

/// All frames of the engine's own that left since, and the proofs to sign.
pub(crate) fn drain(engine: &mut Engine, signature: &str) -> (Vec<Value>, Vec<String>) {
    let mut frames = Vec::new();
    let mut proofs = Vec::new();
    while let Some(output) = engine.poll_output() {
        match output {
            Output::Sign(generation, text) => {
                proofs.push(text.expose().to_owned());
                let signed = Input::Signed(generation, Ok(signature.to_owned()));
                engine.handle_input(NOW, signed);
            }
            Output::Store(batch) => {
                let stored = Input::Stored {
                    batch: batch.id,
                    result: Ok(()),
                    wall_ms: NOW.as_millis(),
                };
                engine.handle_input(NOW, stored);
            }
            Output::Transmit(_, Outgoing::Frame(text)) => {
                frames.push(serde_json::from_str(text.expose()).unwrap());
            }
            _ => {}
        }
    }
    (frames, proofs)
}

/// Takes an engine to the point where its `connect` frame has left.
pub(crate) fn connect(
    profile: Profile,
    introduction: Introduction,
    nonce: &str,
    ts: u64,
    signature: &str,
) -> (Engine, Value, Option<String>) {
    let mut engine = Engine::new(Config::new(profile), 1);
    engine.connect(NOW);
    engine.handle_input(NOW, Input::Opened(GENERATION, introduction));
    let glance = Glance::Event {
        kind: EventKind::CHALLENGE,
        seq: None,
    };
    let verdict = engine.glance(NOW, GENERATION, glance);
    assert_eq!(verdict, Verdict::ReadEvent);
    let challenge = EventFacts::Challenge {
        nonce: Some(nonce.to_owned()),
        ts: Some(ts),
    };
    engine.handle_frame(NOW, GENERATION, Facts::Event(challenge));
    let (mut frames, mut proofs) = drain(&mut engine, signature);
    assert_eq!(frames.len(), 1);
    (engine, frames.remove(0), proofs.pop())
}

/// Answers a request as the gateway would, by the whole response frame.
pub(crate) fn answer(engine: &mut Engine, id: RequestId, read: Read, frame: &Value) -> Verdict {
    let glance = Glance::Response { id };
    let verdict = engine.glance(NOW, GENERATION, glance);
    assert_eq!(verdict, Verdict::ReadAnswer(read));
    let facts = Facts::Answer(id, read_answer(read, frame));
    engine.handle_frame(NOW, GENERATION, facts)
}
