//! Which dialect serves a socket: decided by its path, its query and, where that
//! is not enough, its first frame.
//!
//! | path | who |
//! |---|---|
//! | `/gateway` | gateway, which speaks first |
//! | `/` | gateway greets at once; the first frame may still be another dialect's |
//! | `/ws`, `/hub`, `/openclaw` | no greeting; a dialect may have the socket until another's frame came |
//!
//! A dialect that is not there claims nothing: where nobody could serve a socket
//! there is no upgrade.

use std::fmt::Debug;
use std::sync::Arc;

use clawline_core::Secret;
use clawline_core::dialects::chat::Query;
use futures_util::future::BoxFuture;
use tracing::Instrument as _;

use super::socket::{Refusal, Socket};
use crate::access::Caller;
use crate::tasks::Tasks;
use crate::trace;

/// The paths at which sockets come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/`
    Root,
    /// `/gateway`
    Gateway,
    /// `/ws`
    Ws,
    /// `/hub`
    Hub,
    /// `/openclaw`
    Openclaw,
}

impl Door {
    pub(crate) const ALL: [Self; 5] = [
        Self::Root,
        Self::Gateway,
        Self::Ws,
        Self::Hub,
        Self::Openclaw,
    ];

    /// Its path.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Root => "/",
            Self::Gateway => "/gateway",
            Self::Ws => "/ws",
            Self::Hub => "/hub",
            Self::Openclaw => "/openclaw",
        }
    }
}

/// What is known of a socket when dialects are asked for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    /// Where it came in.
    pub(crate) door: Door,
    /// The query of its address, empty when there is none.
    pub(crate) query: &'a str,
    /// Its first frame, when that was read.
    pub(crate) first: Option<&'a str>,
}

/// What a dialect says of a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is not mine.
    No,
    /// It may be mine: the first frame will tell.
    Maybe,
    /// It is mine until its first frame is another's.
    Meanwhile,
    /// It is mine.
    Yes,
}

/// A socket in the hands of its dialect.
#[derive(Debug)]
pub(crate) struct Accepted {
    /// The socket, still a stranger: see [`Socket::let_in`].
    pub(crate) socket: Socket,
    /// Where it comes from. It bears the token of its header, or else of its query.
    pub(crate) caller: Caller,
    /// Where it came in.
    pub(crate) door: Door,
    /// The query of its address, empty when there is none.
    pub(crate) query: String,
    /// Its first frame, when that was read already.
    pub(crate) first: Option<String>,
    /// The nonce of this dialect's greeting, when that was sent already.
    pub(crate) greeted: Option<String>,
}

/// One wire protocol.
pub(crate) trait Dialect: Debug + Send + Sync {
    /// Its name in logs and configurations.
    fn name(&self) -> &'static str;

    /// Whether a socket is its. Once there is a first frame the answer is yes or
    /// no: all else counts as no then.
    fn claims(&self, opening: &Opening<'_>) -> Claim;

    /// What it says at a door before anybody is chosen, with the nonce in it.
    /// Nothing, for most.
    fn greeting(&self, _door: Door) -> Option<Greeting> {
        None
    }

    /// Serves a socket that it has for the [`Claim::Meanwhile`]. Gives it back
    /// with a first frame that is another's, or at once to a caller who must
    /// first say who it is.
    fn host(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, Option<Accepted>> {
        Box::pin(std::future::ready(Some(accepted)))
    }

    /// Serves a socket to its end.
    fn serve(self: Arc<Self>, accepted: Accepted) -> BoxFuture<'static, ()>;
}

/// A frame that leaves before the first one came.
#[derive(Debug)]
pub(crate) struct Greeting {
    /// The frame.
    pub(crate) frame: String,
    /// What the peer will refer to.
    pub(crate) nonce: String,
}

/// The dialects of this relay. The first that claims a socket has it.
#[derive(Debug)]
pub(crate) struct Accept {
    dialects: Vec<Arc<dyn Dialect>>,
    tasks: Tasks,
}

impl Accept {
    pub(crate) fn new(dialects: Vec<Arc<dyn Dialect>>, tasks: Tasks) -> Arc<Self> {
        Arc::new(Self { dialects, tasks })
    }

    /// Whether anybody may serve a socket that comes in so.
    pub(crate) fn opens(&self, door: Door, query: &str) -> bool {
        let opening = Opening {
            door,
            query,
            first: None,
        };
        let mut dialects = self.dialects.iter();
        dialects.any(|dialect| dialect.claims(&opening) != Claim::No)
    }

    fn owner(&self, opening: &Opening<'_>, claim: Claim) -> Option<Arc<dyn Dialect>> {
        let mut dialects = self.dialects.iter();
        let owner = dialects.find(|dialect| dialect.claims(opening) == claim)?;
        // Whether there is a query, never which: people put tokens into it.
        let has_query = !opening.query.is_empty();
        let path = opening.door.path();
        tracing::debug!(dialect = owner.name(), path, has_query, "a socket");
        Some(Arc::clone(owner))
    }

    /// Finds the dialect of a socket and lets it serve.
    pub(crate) async fn serve(
        self: Arc<Self>,
        socket: Socket,
        mut caller: Caller,
        door: Door,
        query: String,
    ) {
        caller.bearer = caller.bearer.or_else(|| token_in(&query));
        let mut accepted = Accepted {
            socket,
            caller,
            door,
            query,
            first: None,
            greeted: None,
        };
        if let Some(owner) = self.owner(&accepted.opening(), Claim::Yes) {
            return served(owner, accepted).await;
        }
        if let Some(host) = self.owner(&accepted.opening(), Claim::Meanwhile) {
            let wire = trace::of_wire(host.name());
            match host.host(accepted).instrument(wire).await {
                Some(back) => accepted = back,
                None => return,
            }
        }
        let greeters = self.dialects.iter();
        let greeting = greeters
            .filter_map(|dialect| Some((dialect, dialect.greeting(door)?)))
            .next();
        let chosen = async {
            if let Some(first) = accepted.first.take() {
                return Ok(first);
            }
            if let Some((_, greeting)) = &greeting {
                let frame = greeting.frame.clone();
                accepted.socket.send(frame).await.map_err(|_| None)?;
            }
            accepted.socket.first_frame().await
        };
        let first = tokio::select! {
            first = chosen => first,
            () = self.tasks.stopped() => Err(Some(Refusal::restart())),
        };
        match first {
            Ok(first) => accepted.first = Some(first),
            Err(Some(refusal)) => return accepted.socket.turn_away(refusal).await,
            Err(None) => return,
        }
        let Some(owner) = self.owner(&accepted.opening(), Claim::Yes) else {
            let refusal = Refusal::close(1008, "no dialect of this relay reads such a first frame");
            return accepted.socket.turn_away(refusal).await;
        };
        accepted.greeted = greeting
            .filter(|(greeter, _)| greeter.name() == owner.name())
            .map(|(_, greeting)| greeting.nonce);
        served(owner, accepted).await;
    }
}

/// Serves a socket to its end; what is logged meanwhile says over which wire.
async fn served(owner: Arc<dyn Dialect>, accepted: Accepted) {
    let wire = trace::of_wire(owner.name());
    owner.serve(accepted).instrument(wire).await;
}

/// The token in the query of an address: many clients know no other place.
fn token_in(query: &str) -> Option<Secret> {
    Query::read(query).ok()?.token
}

impl Accepted {
    fn opening(&self) -> Opening<'_> {
        Opening {
            door: self.door,
            query: &self.query,
            first: self.first.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests;
