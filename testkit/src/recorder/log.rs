//! The lines of a recording.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{Mutex, PoisonError},
    time::Instant,
};

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};
use tokio_tungstenite::tungstenite::{Message, http::HeaderMap};

use crate::{Error, Result, stub::unix_ms};

/// From whom a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the upstream.
    In,
    /// From the client.
    Out,
}

/// The file of a recording; each line is complete when the call returns.
#[derive(Debug)]
pub(super) struct Log {
    file: Mutex<File>,
    begun: Instant,
}

#[derive(Serialize)]
struct FrameLine<'a> {
    ms: u128,
    at: u64,
    c: &'a str,
    dir: &'a str,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    binary: bool,
}

#[derive(Serialize)]
struct EventLine<'a> {
    ms: u128,
    at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    c: Option<&'a str>,
    dir: &'a str,
    #[serde(flatten)]
    more: Value,
}

// serde passes a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Log {
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).map_err(Error::io(format!("create {}", path.display())))?;
        Ok(Self {
            file: Mutex::new(file),
            begun: Instant::now(),
        })
    }

    pub(super) fn note(&self, text: &str) {
        self.event(None, "note", json!({ "text": text }));
    }

    pub(super) fn opened(&self, name: &str, url: &str, origin: Option<&str>) {
        self.event(
            None,
            "note",
            json!({ "text": format!("{name} open"), "url": url, "origin": origin }),
        );
    }

    pub(super) fn http(&self, name: &str, status: u16, headers: &HeaderMap) {
        let text = |value: &[u8]| Value::from(String::from_utf8_lossy(value));
        let headers: Map<String, Value> = headers
            .iter()
            .map(|(key, value)| (key.to_string(), text(value.as_bytes())))
            .collect();
        self.event(
            Some(name),
            "http",
            json!({ "status": status, "headers": headers }),
        );
    }

    pub(super) fn closed(&self, name: &str, way: Way, code: u16, reason: &str) {
        let by = match way {
            Way::In => "upstream",
            Way::Out => "client",
        };
        self.event(
            Some(name),
            "close",
            json!({ "code": code, "reason": reason, "by": by }),
        );
    }

    /// Writes a data message; pings and pongs are not part of a recording.
    pub(super) fn message(&self, name: &str, way: Way, message: &Message) {
        let binary = message.is_binary();
        if !binary && !message.is_text() {
            return;
        }
        let dir = match way {
            Way::In => "in",
            Way::Out => "out",
        };
        let text = message.to_text().ok();
        // Word for word, unless a line end inside would break the line.
        let frame: Option<&RawValue> = text
            .filter(|text| !text.contains(['\n', '\r']))
            .and_then(|text| serde_json::from_str(text).ok());
        let text = text.filter(|_| frame.is_none());
        self.write(&FrameLine {
            ms: self.begun.elapsed().as_millis(),
            at: unix_ms(),
            c: name,
            dir,
            bytes: message.len(),
            frame,
            text,
            binary,
        });
    }

    fn event(&self, c: Option<&str>, dir: &str, more: Value) {
        self.write(&EventLine {
            ms: self.begun.elapsed().as_millis(),
            at: unix_ms(),
            c,
            dir,
            more,
        });
    }

    fn write(&self, line: &impl Serialize) {
        let written = serde_json::to_vec(line)
            .map_err(std::io::Error::from)
            .and_then(|mut bytes| {
                bytes.push(b'\n');
                self.file
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .write_all(&bytes)
            });
        if let Err(error) = written {
            eprintln!("testkit: a line of the recording is lost: {error}");
        }
    }
}

/// A, B, … Z, AA, AB, … by number.
pub(super) fn label(mut number: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            break;
        }
        number -= 1;
    }
    letters.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_named_as_columns_of_a_sheet() {
        let names: Vec<_> = [0, 1, 25, 26, 27, 701, 702].map(label).into();
        assert_eq!(names, ["A", "B", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
