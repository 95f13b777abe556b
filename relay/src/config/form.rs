//! What a text must be. Nothing here repeats the text: it may be a secret that
//! was put into the wrong place.

use std::net::{IpAddr, SocketAddr};

use axum::http::Uri;
use serde_json::{Map, Value};

use super::home_path::HomePath;
use super::setup::NamedGateway;
use crate::account::Account;
use crate::base_path::BasePath;
use crate::origin::Welcome;
use crate::upstream::Fingerprint;

/// What a text must be.
#[derive(Debug)]
pub(super) enum Form {
    Text,
    /// A text that is not empty.
    Name,
    OneOf(Vec<String>),
    Path,
    /// A path, or nothing for the usual one.
    UsualPath,
    /// Where to listen.
    Address,
    Ip,
    /// A gateway that a page connects to.
    Gateway,
    /// A WebSocket address that the relay connects to.
    Socket,
    Http,
    Host,
    Origin,
    BasePath,
    Fingerprint,
    Variable,
    /// The name of an account.
    Account,
}

impl Form {
    /// The form that a schema asks for.
    pub(super) fn of(schema: &Map<String, Value>) -> Option<Self> {
        if let Some(names) = choices(schema) {
            return Some(Self::OneOf(names));
        }
        Some(match schema.get("x-form")?.as_str()? {
            "name" => Self::Name,
            "path" => Self::Path,
            "usual-path" => Self::UsualPath,
            "address" => Self::Address,
            "ip" => Self::Ip,
            "gateway" => Self::Gateway,
            "socket" => Self::Socket,
            "http" => Self::Http,
            "host" => Self::Host,
            "origin" => Self::Origin,
            "base-path" => Self::BasePath,
            "fingerprint" => Self::Fingerprint,
            "variable" => Self::Variable,
            "account" => Self::Account,
            _ => return None,
        })
    }

    /// What is allowed, as the end of "must be …".
    pub(super) fn allowed(&self) -> String {
        let words = match self {
            Self::OneOf(names) => return format!("one of {}", quoted(names)),
            Self::Text => "a text",
            Self::Name => "a text that is not empty",
            Self::Path => "a path that is not empty",
            Self::UsualPath => "a path, or empty",
            Self::Address => "an address and a port, like 127.0.0.1:18790 or [::1]:18790",
            Self::Ip => "an address without a port, like 127.0.0.1",
            Self::Gateway => "the address of a gateway, like ws://127.0.0.1:18789",
            Self::Socket => {
                "a WebSocket address without user, password and query, like ws://127.0.0.1:18789"
            }
            Self::Http => {
                "an http address without user, password and query, like http://127.0.0.1:11434/v1"
            }
            Self::Host => "a host name like chat.example.org, without scheme, port and path",
            Self::Origin => {
                "an origin like https://chat.example.org or tauri://localhost, without a path"
            }
            Self::BasePath => "a plain path like /claw",
            Self::Fingerprint => "a SHA-256 fingerprint: 64 hexadecimal digits",
            Self::Variable => "the name of a variable: letters, digits and underscores",
            Self::Account => {
                "named with at most 32 small letters, digits, `-` and `_`, a letter or a digit first, and not as a \
                 system or the bridge calls its own"
            }
        };
        words.to_owned()
    }

    /// Checks a text.
    ///
    /// # Errors
    /// What is wrong with it, beginning with "must be".
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        let one = || [text.to_owned()];
        let is_right = match self {
            Self::Text => true,
            Self::Name => !text.trim().is_empty(),
            Self::OneOf(names) => names.iter().any(|name| name == text),
            Self::Path if text.is_empty() => false,
            Self::Path | Self::UsualPath => {
                let path = text.parse::<HomePath>();
                return path.map(drop).map_err(|error| error.to_string());
            }
            Self::Address => text.parse::<SocketAddr>().is_ok(),
            Self::Ip => text.parse::<IpAddr>().is_ok(),
            Self::Gateway => {
                let gateway = NamedGateway::parse(text);
                return gateway.map(drop).map_err(|error| error.to_string());
            }
            Self::Socket => is_url(text, &["ws", "wss"]),
            Self::Http => is_url(text, &["http", "https"]),
            Self::Host => Welcome::new(&one(), &[]).is_ok(),
            Self::Origin => Welcome::new(&[], &one()).is_ok(),
            Self::BasePath => text.parse::<BasePath>().is_ok(),
            Self::Fingerprint => text.parse::<Fingerprint>().is_ok(),
            Self::Variable => is_variable(text),
            Self::Account => Account::read(text).is_ok(),
        };
        if is_right {
            Ok(())
        } else {
            Err(format!("must be {}", self.allowed()))
        }
    }
}

/// The texts of an enumeration, documented or not.
fn choices(schema: &Map<String, Value>) -> Option<Vec<String>> {
    let list = |name| schema.get(name).and_then(Value::as_array);
    if let Some(names) = list("enum") {
        return Some(texts(names.iter()));
    }
    let each: Option<Vec<&Value>> = list("oneOf")?.iter().map(|one| one.get("const")).collect();
    Some(texts(each?.into_iter()))
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    values
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

/// Whether a text is an address with one of these schemes and nothing secret.
pub(super) fn is_url(text: &str, schemes: &[&str]) -> bool {
    let Ok(uri) = text.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    // What the parser lets through may end up in a header: only plain names.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    // An authority may end in a colon or have an empty name.
    let has_host = !authority.host().is_empty();
    let port = authority.as_str().strip_prefix(authority.host());
    let has_port = port.is_some_and(|port| port.is_empty() || authority.port_u16().is_some());
    schemes.contains(&scheme)
        && uri.query().is_none()
        && !text.contains('#')
        && has_host
        && has_port
        && authority.as_str().chars().all(plain)
}

fn is_variable(text: &str) -> bool {
    let mut letters = text.chars();
    let is_letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    letters.next().is_some_and(is_letter) && letters.all(|c| is_letter(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_without_the_text() {
        for (form, right, wrong) in [
            (Form::Name, "echo", " "),
            (Form::Path, "~/x", "~s3cret/x"),
            (Form::Path, "x", ""),
            (Form::UsualPath, "", "~s3cret/x"),
            (Form::Address, "[::1]:0", "s3cret:1"),
            (Form::Gateway, "ws://a:1/x", "ws://u:s3cret@a"),
            (Form::Socket, "wss://[::1]:5/ws", "ws://a/?token=s3cret"),
            (Form::Socket, "ws://a", "ws://a:s3cret"),
            (Form::Socket, "ws://a:1", "ws://a:99999999"),
            (Form::Http, "https://a/v1", "https://u:s3cret@a/v1"),
            (Form::Http, "http://a", "http://"),
            (Form::Host, "chat.example.org", "https://s3cret"),
            (Form::Origin, "tauri://localhost", "s3cret"),
            (Form::BasePath, "/claw", "/s3cret/../x"),
            (Form::Fingerprint, &"aB:".repeat(32), "s3cret"),
            (Form::Variable, "MY_KEY2", "s3cret-x"),
        ] {
            assert_eq!(form.check(right), Ok(()), "{form:?} {right}");
            let words = form.check(wrong).unwrap_err();
            assert!(words.starts_with("must be "), "{form:?}: {words}");
            assert!(!words.contains("s3cret"), "{words}");
        }
    }
}
