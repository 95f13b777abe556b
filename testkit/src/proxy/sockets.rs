//! Which connections a proxy has, and the log of what they say.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use serde_json::json;

use super::tap::{Heard, Tap};
use crate::{
    Result,
    recorder::log::{Log, Way},
    stub::unix_ms,
};

/// A connection that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Socket {
    /// Its number, from 1.
    pub socket: u64,
    /// When it was accepted, in Unix milliseconds.
    pub opened_ms: u64,
    /// What was asked for, when that was HTTP: `/gateway`.
    pub target: Option<String>,
    /// Whether the upstream made it a WebSocket.
    pub web_socket: bool,
    /// Whether it lost something in a black hole: then nothing passes any more.
    pub swallowed: bool,
}

/// All connections of a proxy that are open, and the log of all that were.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    open: Mutex<BTreeMap<u64, Socket>>,
    log: Option<Log>,
}

impl Sockets {
    /// With a log of at most `room` bytes, if a file is given.
    pub(super) fn logging(file: Option<(&Path, u64)>) -> Result<Self> {
        let log = file
            .map(|(file, room)| Log::create(file, room))
            .transpose()?;
        Ok(Self {
            log,
            ..Self::default()
        })
    }

    pub(super) fn open_now(&self) -> Vec<Socket> {
        self.open().values().cloned().collect()
    }

    /// Lines of the log that found no room.
    pub(super) fn left_out(&self) -> u64 {
        self.log.as_ref().map_or(0, Log::left_out)
    }

    /// Enters a connection; it is open as long as the answer lives.
    pub(super) fn enter(self: &Arc<Self>, number: u64) -> Entered {
        let socket = Socket {
            socket: number,
            opened_ms: unix_ms(),
            target: None,
            web_socket: false,
            swallowed: false,
        };
        self.open().insert(number, socket);
        self.event(number, "open", json!({}));
        Entered {
            sockets: Arc::clone(self),
            number,
        }
    }

    fn event(&self, number: u64, what: &str, more: serde_json::Value) {
        if let Some(log) = &self.log {
            log.event(Some(&number.to_string()), what, more);
        }
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Socket)) {
        if let Some(socket) = self.open().get_mut(&number) {
            change(socket);
        }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<u64, Socket>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection among those that are open.
#[derive(Debug)]
pub(super) struct Entered {
    sockets: Arc<Sockets>,
    number: u64,
}

impl Entered {
    /// Reads along with one direction.
    pub(super) fn ear(&self, way: Way) -> Ear<'_> {
        Ear {
            entered: self,
            way,
            tap: Tap::default(),
        }
    }

    /// Notes why it ends, for the log.
    pub(super) fn note(&self, text: &str) {
        self.sockets
            .event(self.number, "note", json!({ "text": text }));
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.sockets.open().remove(&self.number);
        self.sockets.event(self.number, "end", json!({}));
    }
}

/// Reads along with one direction of a connection.
pub(super) struct Ear<'a> {
    entered: &'a Entered,
    way: Way,
    tap: Tap,
}

impl Ear<'_> {
    pub(super) fn number(&self) -> u64 {
        self.entered.number
    }

    /// `lost`: the bytes were swallowed.
    pub(super) fn hear(&mut self, bytes: &[u8], lost: bool) {
        let Entered { sockets, number } = self.entered;
        let way = self.way;
        if lost {
            sockets.change(*number, |socket| socket.swallowed = true);
        }
        self.tap.hear(bytes, lost, |heard| match heard {
            Heard::Head { line, upgrades } => sockets.change(*number, |socket| match way {
                Way::Out => socket.target = line.split(' ').nth(1).map(str::to_owned),
                Way::In => socket.web_socket = upgrades && !lost,
            }),
            Heard::Message {
                bytes,
                binary,
                lost,
            } => {
                if let Some(log) = &sockets.log {
                    let text = std::str::from_utf8(&bytes).ok();
                    let name = number.to_string();
                    log.data(&name, way, text, bytes.len(), binary, lost);
                }
            }
            Heard::Close { code, reason } => {
                if let Some(log) = &sockets.log {
                    log.closed(&number.to_string(), way, code, &reason);
                }
            }
        });
    }
}
