//! The bridge over HTTP: `POST /send` and `GET /channels`.

use std::fmt;

use crate::gateway_id::GatewayId;
use crate::wire::{Object, Value, Writer};

/// An address from which no HTTP address can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadAddress;

impl fmt::Display for BadAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the gateway's address must be ws://, wss://, http:// or https:// and a host")
    }
}

impl std::error::Error for BadAddress {}

/// The HTTP address of `path` (with its slash) at the gateway with this
/// WebSocket address: `ws:` becomes `http:`, one `/ws` at the end of the path
/// goes, a query stays behind the new path. What stands before an `@` and the
/// fragment are left out.
///
/// ```
/// # use clawline_core::dialects::bridge::http_url;
/// let url = http_url("ws://127.0.0.1:18789/ws", "/send").unwrap();
/// assert_eq!(url, "http://127.0.0.1:18789/send");
/// ```
///
/// # Errors
/// When it is no address of a gateway.
pub fn http_url(gateway: &str, path: &str) -> Result<String, BadAddress> {
    let id = GatewayId::parse(gateway).ok_or(BadAddress)?;
    let (scheme, rest) = id.as_str().split_once("://").ok_or(BadAddress)?;
    let (host, folder) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let folder = folder.strip_suffix("/ws").unwrap_or(folder);
    let scheme = if scheme == "wss" { "https" } else { "http" };
    let mut url = [scheme, "://", host, folder, path].concat();
    let before_fragment = gateway.split('#').next().unwrap_or_default();
    if let Some((_, query)) = before_fragment.split_once('?') {
        url.push('?');
        url.extend(query.chars().filter(|c| *c > ' '));
    }
    Ok(url)
}

/// A status of an answer to `POST /send` that says: sent.
#[must_use]
pub const fn is_sent(status: u16) -> bool {
    status >= 200 && status < 300
}

/// The body of a good answer to `POST /send`.
#[must_use]
pub fn sent(channel: &str) -> String {
    Writer::new()
        .text("status", "sent")
        .text("channel", channel)
        .end()
}

/// The body of a bad answer.
#[must_use]
pub fn problem(detail: &str) -> String {
    Writer::new().text("detail", detail).end()
}

/// The body of an answer to `GET /channels`.
#[must_use]
pub fn channels(names: &[String]) -> String {
    Writer::new().texts("channels", names).end()
}

/// An answer to `GET /channels` that names no channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlisted {
    /// The server answered with this status.
    Status(u16),
    /// Neither a list of channels nor an object with one.
    NotList,
}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the server answered with status {status}"),
            Self::NotList => f.write_str("the server answered with something else than channels"),
        }
    }
}

impl std::error::Error for Unlisted {}

/// Reads an answer to `GET /channels`: a list, or an object with one under
/// `channels`. An element is a name, or an object with a `name` or an `id`;
/// others are passed over.
///
/// # Errors
/// When the answer is no such list.
pub fn read_channels<O: Object>(
    status: u16,
    body: Option<Value<O>>,
) -> Result<Vec<String>, Unlisted> {
    if !is_sent(status) {
        return Err(Unlisted::Status(status));
    }
    let list = match body {
        Some(Value::List(list)) => list,
        Some(Value::Object(object)) => match object.value("channels") {
            Value::List(list) => list,
            _ => return Err(Unlisted::NotList),
        },
        _ => return Err(Unlisted::NotList),
    };
    let mut names = Vec::new();
    list.values(&mut |element| match element {
        Value::Text(name) => names.push(name),
        Value::Object(channel) => {
            names.extend(channel.text("name").or_else(|| channel.text("id")));
        }
        _ => {}
    });
    names.retain(|name| !name.is_empty());
    Ok(names)
}
