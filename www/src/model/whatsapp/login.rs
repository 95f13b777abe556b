//! A login: what is shown meanwhile, and what the gateway's answers mean.

use clawline_core::wire::Object;

use super::{NAME_CHARS, REASON_CHARS, after};
use crate::sessions::one_line;
use crate::words::Words;

/// How long a code may take to come, in milliseconds: a first start installs
/// what it needs.
pub const START_MS: u32 = 120_000;
/// So long is waited with one request for what becomes of it, in milliseconds.
pub const WAIT_MS: u32 = 30_000;
/// An answer that comes so much before its time is no mere end of the wait.
const EARLY_MS: f64 = 1_000.0;
/// The longest picture of a code that is shown, and that is named in the next
/// question, in bytes.
const PICTURE_BYTES: usize = 262_144;
const NAMED_BYTES: usize = 16_384;
/// What such a picture begins with: nothing that is fetched from elsewhere.
const PICTURE: &str = "data:image/png;base64,";

/// How a phone is to be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// By a picture that it scans.
    Qr,
    /// By a code that is typed on the phone with these digits as its number.
    Code(String),
}

/// A login that is under way, or has come to nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Login {
    /// The account that a phone is linked to.
    pub account: String,
    /// How.
    pub wish: Wish,
    /// How far it is.
    pub step: Step,
}

/// How far a login is.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// The code is on its way.
    Asking,
    /// A picture to scan, as a `data:` address, and until when it can be, in
    /// milliseconds since 1970.
    Qr(String, Option<f64>),
    /// A code to type, in groups, and until when it can be.
    Code(Vec<String>, Option<f64>),
    /// It came to nothing, for this reason.
    Over(Words),
}

/// What an answer of the gateway means.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// This is shown.
    Show(Step),
    /// All is as it was.
    Wait,
    /// A phone is linked.
    Linked,
    /// It came to nothing.
    Over(Words),
}

/// Reads the answer to `web.login.start`, `web.login.wait` or
/// `clawline.channels.pair`. It was asked for within `limit`, and took `waited`,
/// in milliseconds. What it says in words is for people: only its fields and its
/// time tell what it is.
#[must_use]
pub fn next<O: Object>(answer: &O, now: f64, waited: f64, limit: u32) -> Next {
    if answer.flag("connected") == Some(true) {
        return Next::Linked;
    }
    let left = answer.number("expiresInMs");
    let until = left.and_then(|left| after(left, now));
    if let Some(picture) = answer.text("qrDataUrl").filter(|it| is_picture(it)) {
        return Next::Show(Step::Qr(picture, until));
    }
    let words = answer.text("message");
    // A failure has a code too, and words.
    let code = answer.text("code").filter(|_| words.is_none());
    if let Some(groups) = code.and_then(|code| groups(&code)) {
        return Next::Show(Step::Code(groups, until));
    }
    if waited > f64::from(limit) - EARLY_MS {
        return Next::Wait;
    }
    let words = words.and_then(|words| one_line(&words, REASON_CHARS));
    Next::Over(words.map_or(Words::of("answer-unreadable"), Words::said))
}

fn is_picture(text: &str) -> bool {
    text.len() <= PICTURE_BYTES
        && text.strip_prefix(PICTURE).is_some_and(|rest| {
            let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
            !rest.is_empty() && rest.chars().all(is_base64)
        })
}

/// A picture that may be named, so that only another one is an answer.
#[must_use]
pub fn named(picture: &str) -> Option<&str> {
    (picture.len() <= NAMED_BYTES).then_some(picture)
}

/// A code as people read it to a phone, in groups of four.
fn groups(code: &str) -> Option<Vec<String>> {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let letters: Vec<char> = letters.map(|c| c.to_ascii_uppercase()).collect();
    let is_one = (1..=NAME_CHARS).contains(&letters.len());
    is_one.then(|| {
        letters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect()
    })
}
