//! `cargo xtask replay FILE…`: recordings through the decoder and the engine,
//! one line a file.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;

use anyhow::{Result, bail};
use clawline_core::replay::replay;

/// Replays each file and prints what it came to. All are replayed before any
/// failure is reported.
pub(crate) fn run(files: &[PathBuf]) -> Result<()> {
    let failures: usize = files
        .iter()
        .map(|file| {
            let (line, fine) = one(file);
            println!("{}: {line}", file.display());
            usize::from(!fine)
        })
        .sum();
    if failures > 0 {
        bail!("{failures} of {} recordings failed", files.len());
    }
    Ok(())
}

fn one(file: &PathBuf) -> (String, bool) {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return (format!("cannot be read: {error}"), false),
    };
    // The panic's own message is on stderr by then.
    match panic::catch_unwind(AssertUnwindSafe(|| replay(&text))) {
        Ok(Ok(report)) => (report.to_string(), report.undecodable.is_empty()),
        Ok(Err(bad)) => (format!("not a recording: {bad}"), false),
        Err(_) => ("the engine panicked".to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(name: &str) -> PathBuf {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        root.join("tests/conformance/recordings").join(name)
    }

    #[test]
    fn a_recording_of_the_real_gateway_replays() {
        run(&[recording("connect-ok.jsonl")]).unwrap();
    }

    #[test]
    fn a_file_that_is_no_recording_fails_the_command() {
        let files = [recording("connect-ok.jsonl"), recording("../replay.txt")];
        let error = run(&files).unwrap_err();
        assert!(error.to_string().starts_with("1 of 2"), "{error}");
        assert!(run(&[recording("absent.jsonl")]).is_err());
    }
}
