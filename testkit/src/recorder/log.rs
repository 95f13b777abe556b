//! The lines of a recording.

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use serde::Serialize;
use serde_json::{Map, Value, json, value::RawValue};
use tokio_tungstenite::tungstenite::{Message, http::HeaderMap};

use crate::{Error, Result, stub::unix_ms};

/// From whom a message comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the upstream.
    In,
    /// From the client.
    Out,
}

/// The file of a recording; each line is complete when the call returns.
#[derive(Debug)]
pub(crate) struct Log {
    file: Mutex<File>,
    begun: Instant,
    /// How much the file may still grow.
    room: AtomicU64,
    left_out: AtomicU64,
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
    #[serde(skip_serializing_if = "is_false")]
    lost: bool,
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
    /// A file of at most `room` bytes; lines that find no room are counted.
    pub(crate) fn create(path: &Path, room: u64) -> Result<Self> {
        let file = File::create(path).map_err(Error::io(format!("create {}", path.display())))?;
        Ok(Self {
            file: Mutex::new(file),
            begun: Instant::now(),
            room: room.into(),
            left_out: AtomicU64::default(),
        })
    }

    /// How many lines found no room.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::SeqCst)
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

    pub(crate) fn closed(&self, name: &str, way: Way, code: u16, reason: &str) {
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
        if message.is_binary() || message.is_text() {
            let text = message.to_text().ok();
            self.data(name, way, text, message.len(), message.is_binary(), false);
        }
    }

    /// Writes a data message of `bytes` bytes; `lost`: the other side did not get it.
    pub(crate) fn data(
        &self,
        name: &str,
        way: Way,
        text: Option<&str>,
        bytes: usize,
        binary: bool,
        lost: bool,
    ) {
        let dir = match way {
            Way::In => "in",
            Way::Out => "out",
        };
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
            bytes,
            frame,
            text,
            binary,
            lost,
        });
    }

    pub(crate) fn event(&self, c: Option<&str>, dir: &str, more: Value) {
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
                if !self.takes(bytes.len()) {
                    return Ok(());
                }
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

impl Log {
    fn takes(&self, bytes: usize) -> bool {
        let less = |room: u64| room.checked_sub(bytes as u64);
        let fits = self
            .room
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less)
            .is_ok();
        if !fits {
            self.left_out.fetch_add(1, Ordering::SeqCst);
        }
        fits
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
