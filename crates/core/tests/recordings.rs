//! Recordings of the real gateway, replayed.

use std::fs;
use std::path::PathBuf;

use clawline_core::replay::replay;

fn conformance() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance")
}

/// Name and text of each recording, by name.
fn recordings() -> Vec<(String, String)> {
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
    recordings
}

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
