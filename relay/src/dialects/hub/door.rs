//! Who is let in. The original lets in everybody, and its pages and plugins know
//! an address only: a token stands in its query, in a first frame `auth`, or,
//! where a program can, in a header.

use std::time::{Duration, Instant};

use clawline_core::Secret;
use clawline_core::dialects::hub;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::timeout;

use super::Hub;
use crate::access::{Denied, READ, WRITE};
use crate::dialects::accept::Accepted;
use crate::dialects::socket::Refusal;
use crate::limits;

/// `auth`, ours: the token in the first frame and not in the address.
#[derive(Deserialize)]
#[serde(tag = "type", rename = "auth")]
struct Auth {
    token: String,
}

/// Whether a frame shows a token. One of somebody who is in already goes no
/// further: whoever reads it could use it.
pub(super) fn is_auth(frame: &Value) -> bool {
    frame["type"] == "auth"
}

impl Hub {
    /// Lets a socket in, or says how to turn it away: `None` when it went by
    /// itself. A first frame that held the token is taken; another one is left.
    pub(super) async fn open(
        &self,
        accepted: &mut Accepted,
        is_plugin: bool,
    ) -> Result<(), Option<Refusal>> {
        let access = &self.rooms.access;
        let token = match accepted.caller.bearer.take() {
            None if access.needs_token() => Some(first_token(accepted).await?),
            token => token,
        };
        let given = token.as_ref().map(Secret::expose);
        let permit = access
            .admit(&accepted.caller, given, Instant::now())
            .map_err(|denied| Some(denial(&denied)))?;
        let (wanted, words): (&[&str], &str) = if is_plugin {
            let both = &[READ, WRITE];
            (
                both,
                "a plugin reads and writes for everybody: this token may not",
            )
        } else {
            (&[WRITE], "this token may not send messages")
        };
        if !wanted.iter().all(|scope| permit.may(scope)) {
            return Err(Some(refused(words, 1008)));
        }
        // Any page that is open on this machine could read everybody's words.
        if is_plugin && !access.needs_token() && accepted.caller.origin.is_some() {
            let words =
                "a web page is no plugin: start clawline-relay with a token to let it be one";
            return Err(Some(refused(words, 1008)));
        }
        Ok(())
    }
}

async fn first_token(accepted: &mut Accepted) -> Result<Secret, Option<Refusal>> {
    const WORDS: &str = "Token required. Connect with ?token=YOUR_TOKEN, or send {\"type\":\"auth\",\"token\":\"YOUR_TOKEN\"} first";
    let required = || Some(refused(WORDS, 1008));
    let first = match accepted.first.take() {
        Some(first) => first,
        None => timeout(limits::HANDSHAKE, accepted.socket.first_frame())
            .await
            .unwrap_or_else(|_| Err(required()))?,
    };
    let auth: Auth = serde_json::from_str(&first).map_err(|_| required())?;
    Ok(Secret::new(auth.token))
}

/// A refusal with an error frame before the close.
pub(super) fn refused(words: &str, code: u16) -> Refusal {
    Refusal {
        answer: Some(hub::error(words)),
        ..Refusal::close(code, words)
    }
}

fn denial(denied: &Denied) -> Refusal {
    let delay = match denied {
        Denied::Wrong { delay } => *delay,
        _ => Duration::ZERO,
    };
    Refusal {
        delay,
        ..refused(&denied.to_string(), 1008)
    }
}
