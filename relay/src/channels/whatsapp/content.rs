//! What goes out, as it is kept: one message of WhatsApp, or what is done to one.

use serde::{Deserialize, Serialize};

use super::bridge::lines::Target;
use super::people::Jid;
use super::split::split;
use crate::ids;
use crate::store::Attachment;

/// Longest words below a file, in characters.
const CAPTION: usize = 1_024;
/// Longest words of a quoted message, in characters.
const QUOTE: usize = 1_000;

/// One message of WhatsApp that goes out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Content {
    /// The address that it is sent to.
    pub(super) jid: String,
    /// The words, or what stands below the file.
    pub(super) text: String,
    pub(super) file: Option<Attachment>,
    /// The message that it answers, or that something is done to.
    pub(super) quote: Option<Quote>,
    /// Who is named in the words, by address.
    #[serde(default)]
    pub(super) mentions: Vec<String>,
    #[serde(default)]
    pub(super) act: Act,
}

/// What is done with a content.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Act {
    /// It is said.
    #[default]
    Say,
    /// It is put to a message as a reaction; no words take that away.
    React,
    /// It takes the place of a message's words.
    Edit,
    /// A message is deleted for everybody.
    Delete,
}

/// A message that one answers, or that something is done to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Quote {
    pub(super) id: String,
    pub(super) from_me: bool,
    pub(super) from: Option<String>,
    pub(super) text: String,
}

impl Quote {
    pub(super) fn target(&self) -> Target {
        Target {
            id: self.id.clone(),
            from_me: self.from_me,
            from: self.from.clone(),
        }
    }

    pub(super) fn text(&self) -> Option<String> {
        (!self.text.is_empty()).then(|| self.text.clone())
    }
}

/// An id as WhatsApp's own programs make it.
pub(super) fn message_id() -> String {
    let random = ids::sha256(ids::secret().as_bytes());
    format!("3EB0{}", ids::hex(&random[..9]).to_uppercase())
}

/// As much of a text as a quote shows.
pub(super) fn short(text: &str) -> String {
    text.chars().take(QUOTE).collect()
}

/// The messages that a message becomes: its words stand below its first file
/// where they have room there, else before it.
pub(super) fn contents(
    jid: &str,
    text: &str,
    files: &[Attachment],
    quote: Option<Quote>,
) -> Vec<Content> {
    let content = |text: &str, file: Option<&Attachment>| Content {
        jid: jid.to_owned(),
        text: text.to_owned(),
        file: file.cloned(),
        quote: None,
        mentions: mentioned(text),
        act: Act::Say,
    };
    let text = text.trim();
    let has_room = |file: &&Attachment| !file.mime.starts_with("audio/");
    let is_caption = files.first().filter(has_room).is_some() && text.chars().count() <= CAPTION;
    let mut contents = Vec::new();
    if !is_caption {
        contents.extend(split(text).into_iter().map(|part| content(part, None)));
    }
    for (n, file) in files.iter().enumerate() {
        let words = if is_caption && n == 0 { text } else { "" };
        contents.push(content(words, Some(file)));
    }
    if let Some(first) = contents.first_mut() {
        first.quote = quote;
    }
    contents
}

/// Numbers that a text names, like `@4912345678`, by address.
fn mentioned(text: &str) -> Vec<String> {
    let named = text.split('@').skip(1).filter_map(|behind| {
        let end = behind.find(|c: char| !c.is_ascii_digit());
        let digits = &behind[..end.unwrap_or(behind.len())];
        (7..=15)
            .contains(&digits.len())
            .then(|| Jid::Number(digits.to_owned()).to_string())
    });
    named.take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(mime: &str) -> Attachment {
        Attachment {
            name: "a".to_owned(),
            mime: mime.to_owned(),
            bytes: 1,
            digest: mime.to_owned(),
        }
    }

    #[test]
    fn words_stand_below_the_first_file_or_before_it() {
        let shape = |text: &str, files: &[&str]| -> Vec<(usize, bool)> {
            let files: Vec<Attachment> = files.iter().map(|mime| file(mime)).collect();
            let contents = contents("1@lid", text, &files, None);
            let each = contents.iter();
            each.map(|one| (one.text.chars().count(), one.file.is_some()))
                .collect()
        };
        assert_eq!(shape("hi", &[]), [(2, false)]);
        assert_eq!(
            shape("hi", &["image/png", "text/plain"]),
            [(2, true), (0, true)]
        );
        assert_eq!(shape("", &["image/png"]), [(0, true)]);
        assert_eq!(shape("hi", &["audio/ogg"]), [(2, false), (0, true)]);
        let long = "x".repeat(5_000);
        let wanted = [(4_000, false), (1_000, false), (0, true)];
        assert_eq!(shape(&long, &["image/png"]), wanted);
    }

    #[test]
    fn whoever_is_named_by_number_is_mentioned() {
        let text = "@4912345678 and @15551234567, not a@b.c, @123 or 4912345679@x";
        let wanted = ["4912345678@s.whatsapp.net", "15551234567@s.whatsapp.net"];
        assert_eq!(mentioned(text), wanted);
    }

    #[test]
    fn ids_look_like_whatsapps_own() {
        let id = message_id();
        let (start, rest) = id.split_at(4);
        assert_eq!((start, rest.len()), ("3EB0", 18));
        assert!(rest.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_ne!(id, message_id());
    }
}
