//! Who may do what, for every door: the gateway's handshake, REST, and each
//! dialect ask here, with what they know of the caller.

mod caller;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use clawline_core::Secret;
use subtle::ConstantTimeEq as _;

pub use self::caller::Caller;
use self::caller::host_of;
use crate::guesses::Guesses;
use crate::ids;
use crate::listener::Peer;
use crate::neighbours::Neighbours;
use crate::origin::{OriginRefusal, Welcome};
use crate::pace::{Pace, Pacer};
use crate::store::Sender;

/// To look.
pub(crate) const READ: &str = "operator.read";
/// To do something.
pub(crate) const WRITE: &str = "operator.write";
/// To do what only the owner may, such as to link an account.
pub(crate) const ADMIN: &str = "operator.admin";
/// To speak for any sender, in the dialect `chat`.
pub(crate) const SENDERS: &str = "senders";

/// A token that lets in, and what it allows.
#[derive(Debug, Clone)]
pub struct AccessToken {
    secret: Secret,
    /// Whom it stands for.
    user: String,
    /// `None`: everything.
    scopes: Option<Vec<String>>,
}

impl AccessToken {
    /// A token that allows everything.
    #[must_use]
    pub fn everything(secret: Secret) -> Self {
        Self {
            secret,
            user: Sender::OWNER.to_owned(),
            scopes: None,
        }
    }

    /// A token that allows what these scopes cover.
    #[must_use]
    pub fn of(secret: Secret, scopes: Vec<String>) -> Self {
        Self {
            secret,
            user: Sender::OWNER.to_owned(),
            scopes: Some(scopes),
        }
    }

    /// The same for a user of this name, who else is the owner.
    #[must_use]
    pub fn named(mut self, user: impl Into<String>) -> Self {
        self.user = user.into();
        self
    }

    /// What it allows.
    #[must_use]
    pub fn permit(&self) -> Permit {
        Permit {
            user: self.user.clone(),
            scopes: self.scopes.clone(),
        }
    }
}

/// What somebody who was let in may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    user: String,
    /// `None`: everything.
    scopes: Option<Vec<String>>,
}

impl Permit {
    /// Who it is: the user that the token stands for, else the owner.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Whether this scope is covered.
    #[must_use]
    pub fn may(&self, scope: &str) -> bool {
        let scopes = self.scopes.as_deref();
        scopes.is_none_or(|scopes| holds(scopes, scope))
    }

    /// The same, where it covers a scope.
    ///
    /// # Errors
    /// [`Denied::Scope`].
    pub fn covering(self, scope: &'static str) -> Result<Self, Denied> {
        if self.may(scope) {
            Ok(self)
        } else {
            Err(Denied::Scope(scope))
        }
    }
}

/// Whether a list of scopes covers one. `operator.admin` holds all of the
/// operator's, `operator.write` reads too.
#[must_use]
pub fn holds(scopes: &[String], wanted: &str) -> bool {
    scopes.iter().any(|held| {
        held == wanted
            || (held == "operator.admin" && wanted.starts_with("operator."))
            || (held == WRITE && wanted == READ)
    })
}

/// Why a caller is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The page may not use this relay.
    #[error("{} (start clawline-relay with --origin to let this page in)", .0.as_str())]
    Origin(OriginRefusal),
    /// There is no token, and the caller is not on this machine.
    #[error("without a token only programs of this machine may come in")]
    NotLocal,
    /// It gave no token.
    #[error("a token is needed (give the one that clawline-relay was started with)")]
    Missing,
    /// It gave a wrong one.
    #[error("the token does not match (give the one that clawline-relay was started with)")]
    Wrong {
        /// How long to hold the answer back.
        delay: Duration,
    },
    /// It gave a ticket that is none, any more.
    #[error("the ticket is not good (any more): ask for a new one")]
    Ticket,
    /// It gave one that is for other things.
    #[error("the token does not allow this: it lacks {0}")]
    Scope(&'static str),
    /// Its network asks too much.
    #[error("too many requests; try again later")]
    TooFast {
        /// How long it must wait.
        left: Duration,
    },
    /// It gave too many wrong ones.
    #[error("too many failed attempts; try again later")]
    Locked {
        /// How long it must wait.
        left: Duration,
    },
}

/// Decides who may do what.
#[derive(Debug, Default)]
pub struct Access {
    tokens: Vec<AccessToken>,
    welcome: Welcome,
    proxies: Vec<IpAddr>,
    guesses: Guesses,
    pace: Arc<Pace>,
    neighbours: Neighbours,
}

impl Access {
    /// Lets in who has one of these tokens, or, when there is none, who is on
    /// this machine; and pages that are welcome.
    #[must_use]
    pub fn new(tokens: Vec<AccessToken>, welcome: Welcome) -> Self {
        Self {
            tokens,
            welcome,
            ..Self::default()
        }
    }

    /// Believes what these proxies say about whom they speak for.
    #[must_use]
    pub fn behind(self, proxies: Vec<IpAddr>) -> Self {
        Self { proxies, ..self }
    }

    /// Where a request or a socket comes from. From now on its place among the
    /// strangers counts as its page's and, behind a proxy, as its own network's.
    pub(crate) async fn caller(&self, peer: &Peer, headers: &HeaderMap) -> Caller {
        let mut caller = Caller::of(peer, headers, &self.proxies);
        if caller.is_local {
            let anothers = self
                .neighbours
                .is_anothers(peer.remote, peer.local, peer.since);
            caller.is_local = !anothers.await;
        }
        peer.place.comes_from(caller.peer, caller.origin.clone());
        caller
    }

    /// How fast a caller may ask.
    pub(crate) fn pacer(&self, caller: &Caller) -> Pacer {
        Pacer::new(&self.pace, caller.peer, caller.is_local)
    }

    /// Counts a request of a caller.
    ///
    /// # Errors
    /// [`Denied::TooFast`].
    pub fn check_pace(&self, caller: &Caller, now: Instant) -> Result<(), Denied> {
        let checked = self.pacer(caller).check(now);
        checked.map_err(|left| Denied::TooFast { left })
    }

    /// Whether a token is needed.
    #[must_use]
    pub fn needs_token(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// The name that a request calls us by, when it means us.
    pub(crate) fn host(&self, peer: &Peer, headers: &HeaderMap) -> Option<String> {
        let host = host_of(headers);
        self.welcome.knows_host(&host, peer.local).then_some(host)
    }

    /// Whether the page that calls may do so. `is_page`: it must be one, and
    /// must say which.
    ///
    /// # Errors
    /// Why not.
    pub fn check_origin(&self, caller: &Caller, is_page: bool) -> Result<(), OriginRefusal> {
        let origin = caller.origin.as_deref();
        self.welcome
            .check_origin(origin, is_page, &caller.host, caller.is_local)
    }

    /// What a token allows; `None` when it is none of ours. All are compared, in
    /// a time that does not tell how much was right.
    #[must_use]
    pub fn token(&self, given: &str) -> Option<Permit> {
        let mut found = None;
        for token in &self.tokens {
            if same(given, token.secret.expose()) {
                found = Some(token.permit());
            }
        }
        found
    }

    /// What a token allows, for whoever may have guessed it: wrong ones are
    /// counted, and who gave too many must wait.
    ///
    /// # Errors
    /// [`Denied::Locked`] or [`Denied::Wrong`].
    pub fn attempt(
        &self,
        caller: &Caller,
        token: Option<&str>,
        now: Instant,
    ) -> Result<Permit, Denied> {
        let origin = caller.origin.as_deref();
        let right = || token.and_then(|token| self.token(token));
        match self.guesses.attempt(origin, caller.peer, now, right) {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(delay)) => Err(Denied::Wrong { delay }),
            Err(left) => Err(Denied::Locked { left }),
        }
    }

    /// [`Access::admit`] for the token that the caller bears in its header.
    ///
    /// # Errors
    /// Why the caller stays outside.
    pub fn admit_bearer(&self, caller: &Caller, now: Instant) -> Result<Permit, Denied> {
        let bearer = caller.bearer.as_ref();
        self.admit(caller, bearer.map(Secret::expose), now)
    }

    /// The whole decision for a door that knows tokens only: page, limit on
    /// failures, token.
    ///
    /// # Errors
    /// Why the caller stays outside.
    pub fn admit(
        &self,
        caller: &Caller,
        token: Option<&str>,
        now: Instant,
    ) -> Result<Permit, Denied> {
        self.check_origin(caller, false).map_err(Denied::Origin)?;
        if !self.needs_token() {
            return if caller.is_local {
                Ok(Permit {
                    user: Sender::OWNER.to_owned(),
                    scopes: None,
                })
            } else {
                Err(Denied::NotLocal)
            };
        }
        let given = token.filter(|token| !token.is_empty());
        let given = given.ok_or(Denied::Missing)?;
        self.attempt(caller, Some(given), now)
    }
}

/// Compares without telling by its duration how much was right.
fn same(given: &str, wanted: &str) -> bool {
    // Digests, so that not even the length shows.
    let given = ids::sha256(given.as_bytes());
    let wanted = ids::sha256(wanted.as_bytes());
    given.ct_eq(&wanted).into()
}

#[cfg(test)]
mod tests {
    use super::caller::origin_of;
    use super::*;

    fn caller(is_local: bool, origin: Option<&str>) -> Caller {
        Caller {
            peer: "127.0.0.1".parse().unwrap(),
            local: "127.0.0.1:18790".parse().unwrap(),
            is_local,
            is_proxied: false,
            origin: origin.map(str::to_owned),
            host: "127.0.0.1:18790".to_owned(),
            bearer: None,
        }
    }

    fn with_tokens() -> Access {
        let reader = vec!["operator.read".to_owned()];
        let tokens = vec![
            AccessToken::everything(Secret::new("all")),
            AccessToken::of(Secret::new("reads"), reader),
        ];
        Access::new(tokens, Welcome::default())
    }

    #[test]
    fn each_token_allows_what_it_is_for() {
        let access = with_tokens();
        let now = Instant::now();
        let admit = |token| access.admit(&caller(false, None), Some(token), now);
        let (all, reads) = (admit("all").unwrap(), admit("reads").unwrap());
        assert!(all.may("operator.admin") && all.may("senders"));
        assert!(reads.may("operator.read") && !reads.may("operator.write"));
    }

    #[test]
    fn whoever_has_no_token_or_a_wrong_one_stays_outside() {
        let access = with_tokens();
        let now = Instant::now();
        for token in [None, Some("")] {
            let denied = access.admit(&caller(true, None), token, now);
            assert_eq!(denied, Err(Denied::Missing));
        }
        let wrong = access.admit(&caller(true, None), Some("al"), now);
        assert!(matches!(wrong, Err(Denied::Wrong { delay }) if !delay.is_zero()));
    }

    #[test]
    fn a_page_that_tries_tokens_is_locked_out_even_with_the_right_one() {
        let access = with_tokens();
        let now = Instant::now();
        let page = caller(true, Some("http://localhost:3000"));
        for _ in 0..10 {
            assert!(access.admit(&page, Some("guess"), now).is_err());
        }
        let denied = access.admit(&page, Some("all"), now);
        assert!(matches!(denied, Err(Denied::Locked { .. })), "{denied:?}");
        assert!(access.admit(&caller(true, None), Some("all"), now).is_ok());
    }

    #[test]
    fn without_tokens_only_this_machine_comes_in_and_no_foreign_page() {
        let access = Access::default();
        let now = Instant::now();
        let admit = |local, origin| access.admit(&caller(local, origin), None, now);
        assert!(admit(true, None).is_ok());
        assert!(admit(true, Some("http://localhost:3000")).is_ok());
        assert_eq!(admit(false, None), Err(Denied::NotLocal));
        let foreign = admit(true, Some("https://evil.example"));
        assert_eq!(foreign, Err(Denied::Origin(OriginRefusal::NotAllowed)));
    }

    #[test]
    fn a_part_of_a_foreign_page_is_from_a_page_that_is_not_named() {
        let origin = |pairs: &[(&'static str, &'static str)]| {
            let pairs = pairs.iter();
            origin_of(
                &pairs
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect(),
            )
        };
        let access = Access::default();
        for (dest, is_in) in [
            ("empty", false),
            ("image", false),
            ("iframe", false),
            ("document", true),
        ] {
            let named = origin(&[("sec-fetch-site", "cross-site"), ("sec-fetch-dest", dest)]);
            let admitted = access.admit(&caller(true, named.as_deref()), None, Instant::now());
            assert_eq!(admitted.is_ok(), is_in, "{dest}");
        }
        for site in ["same-origin", "same-site", "none"] {
            assert_eq!(origin(&[("sec-fetch-site", site)]), None, "{site}");
        }
        let named = [
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://localhost:1"),
        ];
        assert_eq!(origin(&named).as_deref(), Some("http://localhost:1"));
    }

    #[test]
    fn a_token_is_in_no_log_line() {
        assert!(!format!("{:?}", with_tokens()).contains("reads\""));
    }

    #[test]
    fn secrets_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd"));
        assert!(!same("ab", "abc"));
        assert!(!same("", "abc"));
    }

    #[test]
    fn admin_holds_every_operator_scope_and_write_reads() {
        let admin = vec!["operator.admin".to_owned()];
        let write = vec!["operator.write".to_owned()];
        assert!(holds(&admin, "operator.pairing"));
        assert!(!holds(&admin, "node.invoke"));
        assert!(holds(&write, "operator.read"));
        assert!(!holds(&write, "operator.pairing"));
        assert!(!holds(&[], "operator.read"));
    }
}
