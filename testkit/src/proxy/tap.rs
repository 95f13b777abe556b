//! Reads along with one direction of a connection: the head of its HTTP
//! request or answer, and then the messages of a WebSocket.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

/// Beyond these sizes it stops reading along; what passes is not touched.
const MAX_HEAD: usize = 64 << 10;
const MAX_MESSAGE: usize = 64 << 20;

/// What was understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The first line of the head.
    Head { line: String, upgrades: bool },
    /// A whole message; `lost`: at least a part of it did not arrive.
    Message {
        bytes: Vec<u8>,
        binary: bool,
        lost: bool,
    },
    /// The closing frame.
    Close { code: u16, reason: String },
}

#[derive(Debug, Default)]
pub(super) struct Tap {
    stage: Stage,
    unread: Vec<u8>,
    message: Message,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Head,
    Frames,
    /// Nothing that is understood comes any more.
    Deaf,
}

#[derive(Debug, Default)]
struct Message {
    bytes: Vec<u8>,
    binary: bool,
    lost: bool,
}

impl Tap {
    /// Takes the next bytes of the direction and calls `heard` with all that
    /// is complete with them.
    pub(super) fn hear(&mut self, bytes: &[u8], lost: bool, mut heard: impl FnMut(Heard)) {
        if self.stage == Stage::Deaf || bytes.is_empty() {
            return;
        }
        self.unread.extend_from_slice(bytes);
        self.message.lost |= lost;
        if self.stage == Stage::Head {
            self.read_head(&mut heard);
        }
        while self.stage == Stage::Frames && self.read_frame(&mut heard) {
            // What is still unread came with these bytes.
            self.message.lost |= lost && !self.unread.is_empty();
        }
        if self.unread.len() > MAX_MESSAGE + MAX_HEAD {
            self.stage = Stage::Deaf;
        }
        if self.stage == Stage::Deaf {
            *self = Self {
                stage: Stage::Deaf,
                ..Self::default()
            };
        }
    }

    fn read_head(&mut self, heard: &mut impl FnMut(Heard)) {
        let Some(end) = self.unread.windows(4).position(|four| four == b"\r\n\r\n") else {
            if self.unread.len() > MAX_HEAD {
                self.stage = Stage::Deaf;
            }
            return;
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).into_owned();
        self.unread.drain(..end + 4);
        let line = head.lines().next().unwrap_or_default().to_owned();
        let refused = line.starts_with("HTTP/") && line.split(' ').nth(1) != Some("101");
        let upgrades = !refused
            && head.lines().skip(1).any(|header| {
                let (name, value) = header.split_once(':').unwrap_or_default();
                name.eq_ignore_ascii_case("upgrade")
                    && value.trim().eq_ignore_ascii_case("websocket")
            });
        self.stage = if upgrades { Stage::Frames } else { Stage::Deaf };
        heard(Heard::Head { line, upgrades });
    }

    /// Reads one frame; whether there was a whole one.
    fn read_frame(&mut self, heard: &mut impl FnMut(Heard)) -> bool {
        let mut cursor = Cursor::new(&self.unread);
        let (header, length) = match FrameHeader::parse(&mut cursor) {
            Ok(Some(parsed)) => parsed,
            Ok(None) => return false,
            Err(_) => {
                self.stage = Stage::Deaf;
                return false;
            }
        };
        let start = usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        // A compressed message cannot be read here; no gateway agrees to one.
        if header.rsv1 || length > MAX_MESSAGE || self.message.bytes.len() > MAX_MESSAGE {
            self.stage = Stage::Deaf;
            return false;
        }
        let Some(payload) = self.unread.get(start..start + length) else {
            return false;
        };
        let mut payload = payload.to_vec();
        self.unread.drain(..start + length);
        if let Some(mask) = header.mask {
            for (byte, mask) in payload.iter_mut().zip(mask.iter().cycle()) {
                *byte ^= mask;
            }
        }
        match header.opcode {
            OpCode::Data(kind) => {
                self.message.binary |= kind == Data::Binary;
                self.message.bytes.append(&mut payload);
                if header.is_final {
                    let Message {
                        bytes,
                        binary,
                        lost,
                    } = std::mem::take(&mut self.message);
                    heard(Heard::Message {
                        bytes,
                        binary,
                        lost,
                    });
                }
            }
            OpCode::Control(Control::Close) => heard(closing(&payload)),
            OpCode::Control(_) => {}
        }
        true
    }
}

fn closing(payload: &[u8]) -> Heard {
    let (code, reason) = payload.split_at(payload.len().min(2));
    Heard::Close {
        code: code.try_into().map_or(1005, u16::from_be_bytes),
        reason: String::from_utf8_lossy(reason).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] = b"GET /gateway HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n";

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut frame = vec![first, 0x80 | u8::try_from(payload.len()).unwrap()];
        frame.extend(mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b));
        frame
    }

    fn texts(heard: &[Heard]) -> Vec<(String, bool)> {
        heard
            .iter()
            .filter_map(|heard| match heard {
                Heard::Message { bytes, lost, .. } => {
                    Some((String::from_utf8(bytes.clone()).unwrap(), *lost))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn messages_are_whole_however_the_bytes_come() {
        let mut bytes = REQUEST.to_vec();
        bytes.extend(frame(0x01, b"one "));
        bytes.extend(frame(0x89, b"a ping between"));
        bytes.extend(frame(0x80, b"message"));
        bytes.extend(frame(0x81, b"another"));
        bytes.extend(frame(0x88, &[3, 232, b'b', b'y', b'e']));
        for size in [1, 2, 7, bytes.len()] {
            let mut tap = Tap::default();
            let mut heard = Vec::new();
            for piece in bytes.chunks(size) {
                tap.hear(piece, false, |what| heard.push(what));
            }
            assert_eq!(
                heard[0],
                Heard::Head {
                    line: "GET /gateway HTTP/1.1".into(),
                    upgrades: true
                }
            );
            assert_eq!(
                texts(&heard),
                [("one message".into(), false), ("another".into(), false)]
            );
            let close = Heard::Close {
                code: 1000,
                reason: "bye".into(),
            };
            assert_eq!(heard.last(), Some(&close));
        }
    }

    #[test]
    fn a_message_is_lost_when_a_part_of_it_is() {
        let mut tap = Tap::default();
        let mut heard = Vec::new();
        tap.hear(REQUEST, false, |what| heard.push(what));
        let whole = frame(0x81, b"first");
        let (start, end) = whole.split_at(4);
        tap.hear(start, false, |what| heard.push(what));
        tap.hear(end, true, |what| heard.push(what));
        tap.hear(&frame(0x81, b"second"), true, |what| heard.push(what));
        assert_eq!(
            texts(&heard),
            [("first".into(), true), ("second".into(), true)]
        );
    }

    #[test]
    fn what_is_no_web_socket_is_left_alone() {
        for head in [
            &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
            b"HTTP/1.1 503 Service Unavailable\r\nUpgrade: websocket\r\n\r\n",
        ] {
            let mut tap = Tap::default();
            let mut heard = Vec::new();
            tap.hear(head, false, |what| heard.push(what));
            tap.hear(&frame(0x81, b"not a frame"), false, |what| heard.push(what));
            assert!(
                matches!(
                    heard[..],
                    [Heard::Head {
                        upgrades: false,
                        ..
                    }]
                ),
                "{heard:?}"
            );
        }
    }
}
