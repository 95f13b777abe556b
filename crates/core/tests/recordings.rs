//! Recordings of the real gateway, replayed.

mod common;

use std::fs;

use clawline_core::replay::replay;
use common::{conformance, recordings};

/// `replay.txt` says what each one must come to: states, errors, proofs. Set
/// `CLAWLINE_BLESS=1` to write it anew, and read the difference.
#[test]
fn every_recording_replays_to_what_was_written_down() {
    let seen: Vec<String> = recordings()
        .into_iter()
        .map(|(name, text)| format!("{name}: {}\n", replay(&text).unwrap()))
        .collect();
    let seen = seen.concat();
    let path = conformance().join("replay.txt");
    if std::env::var_os("CLAWLINE_BLESS").is_some() {
        fs::write(&path, &seen).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap();
    for (expected, seen) in expected.lines().zip(seen.lines()) {
        assert_eq!(expected, seen);
    }
    assert_eq!(expected.lines().count(), seen.lines().count());
}

#[test]
fn no_frame_of_the_real_gateway_is_undecodable() {
    for (name, text) in recordings() {
        assert_eq!(replay(&text).unwrap().undecodable, [], "{name}");
    }
}

#[test]
fn a_broken_recording_is_refused_with_its_line() {
    let error = replay("{\"dir\":\"note\"}\nnot json\n").unwrap_err();
    assert_eq!(error.line, 2);
    let error = replay("{\"dir\":\"sideways\",\"c\":\"A\"}").unwrap_err();
    assert!(error.to_string().contains("sideways"), "{error}");
}

#[test]
fn a_frame_that_is_no_frame_is_reported_and_the_rest_goes_on() {
    let text = "{\"dir\":\"http\",\"c\":\"A\",\"status\":101}\n\
                {\"dir\":\"in\",\"c\":\"A\",\"frame\":\"garbage\"}\n\
                {\"dir\":\"in\",\"c\":\"A\",\"frame\":{\"type\":\"event\",\"event\":\"tick\"}}\n";
    let report = replay(text).unwrap();
    assert_eq!(report.frames_in, 2);
    assert_eq!(report.undecodable.len(), 1);
    assert_eq!(report.undecodable[0].line, 2);
}
