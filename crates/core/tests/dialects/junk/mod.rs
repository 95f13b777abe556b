//! Whatever comes: no panic, short errors with nothing of the input in them, and
//! nothing is made of a frame that is many times as long.
//!
//! A moment for each decoder; five minutes for each with `cargo xtask test native
//! junk --full`, or as many seconds as `CLAWLINE_JUNK_SECONDS` says.

mod decoders;
mod generate;

use std::time::{Duration, Instant};

use clawline_core::dialects::{self, parse};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::Value;

use decoders::Decoder;
use generate::{SECRET, frames};

/// Cases between two looks at the clock.
const BATCH: u32 = 500;
/// What the longest frame that is made of nothing may have.
const FIXED: usize = 1_024;

fn check(decoder: Decoder, bytes: &[u8]) -> Result<(), TestCaseError> {
    let made = decoder(&|| parse(bytes));
    for error in &made.errors {
        prop_assert!(!error.is_empty() && error.len() <= 200, "{}", error);
        prop_assert!(!error.contains(SECRET), "{}", error);
    }
    for text in &made.written {
        prop_assert!(serde_json::from_str::<Value>(text).is_ok(), "{}", text);
        // A character is at most the six of its escape.
        prop_assert!(text.len() <= 6 * bytes.len() + FIXED, "{}", text.len());
    }
    Ok(())
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn run(decoder: Decoder, cases: u32) {
    let read = |bytes: Vec<u8>| check(decoder, &bytes);
    let all = TestRunner::new(config(cases)).run(&frames(), read);
    all.unwrap_or_else(|failure| panic!("{failure}"));
}

fn run_for_long(decoder: Decoder) {
    let seconds = std::env::var("CLAWLINE_JUNK_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(300);
    let start = Instant::now();
    let mut cases = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        run(decoder, BATCH);
        cases += BATCH;
    }
    println!("{cases} frames in {seconds} s");
}

/// For each decoder a moment and five minutes of it.
macro_rules! junk {
    ($($decoder:ident),*) => {$(
        mod $decoder {
            #[test]
            fn any_frame_is_read_or_refused() {
                super::run(super::decoders::$decoder, 1_000);
            }

            #[ignore = "five minutes: `cargo xtask test native junk --full`"]
            #[test]
            fn any_frame_is_read_or_refused_for_five_minutes() {
                super::run_for_long(super::decoders::$decoder);
            }
        }
    )*};
}

junk!(chat, bridge, jsonrpc, hub, gateway);

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn any_query_is_read_or_refused(query in "[ -~]{0,60}|senderId=\\PC{0,300}") {
        if let Ok(read) = dialects::chat::Query::read(&query) {
            prop_assert_eq!(dialects::chat::Query::read(&read.encode()), Ok(read));
        }
    }

    #[test]
    fn any_address_is_mapped_or_refused(
        before in "(ws|wss|http|https|ftp)?(:|:/|://)?",
        after in "\\PC{0,20}(/ws)?/?(\\?\\PC{0,9})?(#\\PC{0,9})?",
    ) {
        let address = [before.as_str(), after.as_str()].concat();
        if let Ok(url) = dialects::bridge::http_url(&address, "/send") {
            prop_assert!(url.starts_with("http://") || url.starts_with("https://"));
            let path = url.split('?').next().unwrap_or_default();
            prop_assert!(path.ends_with("/send") && !path.contains('#'), "{url}");
        }
    }
}

#[test]
fn a_frame_that_is_all_depth_is_refused() {
    let deep = ["[".repeat(100_000), "]".repeat(100_000)].concat();
    assert!(parse(deep.as_bytes()).is_none());
    let deep = [
        r#"{"type":"chat.send","content":"x","customData":"#,
        &r#"{"a":"#.repeat(100_000),
    ];
    assert!(parse(deep.concat().as_bytes()).is_none());
}
