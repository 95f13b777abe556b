//! Who is let in, and as whom.

use std::time::{Duration, Instant};

use clawline_core::Secret;
use clawline_core::dialects::chat::{ClientFrame, End, Query, Refused, ServerFrame, allow_sender};
use clawline_core::dialects::parse;
use tokio::time::timeout;

use super::Chat;
use crate::access::{Denied, Permit, SENDERS, WRITE};
use crate::dialects::accept::Accepted;
use crate::dialects::socket::Refusal;
use crate::limits;
use crate::store::Sender;

/// Somebody who was let in.
#[derive(Debug)]
pub(super) struct Who {
    /// The only sender that it may be. `None`: frames decide.
    pub(super) bound: Option<String>,
    /// The sender of frames that name none, where that is known.
    pub(super) sender: Option<String>,
    /// The name of that sender, for people.
    pub(super) name: Option<String>,
    /// Whether it is the owner who writes, when the owner is the sender.
    pub(super) is_owner: bool,
}

impl Chat {
    /// Lets a socket in, or says how to turn it away: `None` when it went by
    /// itself. A first frame that held the token is taken; another one is left.
    pub(super) async fn open(&self, accepted: &mut Accepted) -> Result<Who, Option<Refusal>> {
        let query = match Query::read(&accepted.query) {
            Ok(query) => query,
            Err(error) => {
                let frame = Refused::from(clawline_core::dialects::chat::Refusal::Field(error));
                return Err(Some(turned_away(&frame.frame(), End::AuthenticationFailed)));
            }
        };
        let token = match accepted.caller.bearer.take() {
            None if self.rooms.access.needs_token() => Some(first_token(accepted).await?),
            token => token,
        };
        let given = token.as_ref().map(Secret::expose);
        let permit = self
            .rooms
            .access
            .admit(&accepted.caller, given, Instant::now())
            .map_err(|denied| Some(denial(&denied)))?;
        if !permit.may(WRITE) && !permit.may(SENDERS) {
            return Err(Some(failed("this token may not send messages")));
        }
        let bound = bound(&permit);
        let sender = allow_sender(query.sender_id.as_deref(), bound.as_deref());
        let sender = sender.map_err(|foreign| {
            Some(turned_away(
                &Refused::from(foreign).frame(),
                End::AuthenticationFailed,
            ))
        })?;
        // Who gave a token is somebody, also where he does not say who.
        let user = self.rooms.access.needs_token().then(|| permit.user());
        Ok(Who {
            is_owner: permit.user() == Sender::OWNER && permit.may(WRITE),
            sender: sender.or(user).map(str::to_owned),
            name: query.sender_name,
            bound,
        })
    }
}

/// The user to whom the caller is bound, unless it may speak for any sender.
fn bound(permit: &Permit) -> Option<String> {
    (!permit.may(SENDERS)).then(|| permit.user().to_owned())
}

/// The token in the first frame; anything else in its place is refused.
async fn first_token(accepted: &mut Accepted) -> Result<Secret, Option<Refusal>> {
    let first = match accepted.first.take() {
        Some(first) => first,
        None => timeout(limits::HANDSHAKE, accepted.socket.first_frame())
            .await
            .unwrap_or_else(|_| Err(Some(token_required())))?,
    };
    match ClientFrame::read(parse(first.as_bytes())) {
        Ok(ClientFrame::Auth(token)) => Ok(token),
        _ => Err(Some(token_required())),
    }
}

fn turned_away(frame: &ServerFrame, end: End) -> Refusal {
    Refusal {
        answer: Some(frame.encode()),
        ..Refusal::close(end.code(), end.reason())
    }
}

fn token_required() -> Refusal {
    turned_away(&ServerFrame::token_required(), End::TokenRequired)
}

fn failed(why: &str) -> Refusal {
    let frame = ServerFrame::authentication_failed(why);
    turned_away(&frame, End::AuthenticationFailed)
}

fn denial(denied: &Denied) -> Refusal {
    let (why, delay) = match denied {
        Denied::Missing => return token_required(),
        Denied::Wrong { delay } => ("invalid_token".to_owned(), *delay),
        other => (other.to_string(), Duration::ZERO),
    };
    Refusal {
        delay,
        ..failed(&why)
    }
}

/// There is no place for another connection.
pub(super) fn full() -> Refusal {
    let error = ServerFrame::Error {
        message_id: None,
        error: "Too many connections. Try again in a moment.".to_owned(),
    };
    Refusal {
        answer: Some(error.encode()),
        ..Refusal::full()
    }
}
