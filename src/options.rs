//! How a client is set up.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use clawline_core::engine::Config;
use clawline_core::{Profile, Secret};
use sha2::{Digest as _, Sha256};

use crate::host::hex;
use crate::identity::{Ed25519, GetEd25519};
use crate::lifecycle;

/// Where to connect, and what to sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The gateway's address, `ws://` or `wss://`.
    pub url: String,
    /// What to sign in with.
    pub sign_in: SignIn,
}

impl Target {
    /// A gateway that wants its shared token.
    pub fn with_token(url: impl Into<String>, token: impl Into<String>) -> Self {
        let sign_in = SignIn {
            token: Some(Secret::new(token)),
            ..SignIn::default()
        };
        Self {
            url: url.into(),
            sign_in,
        }
    }
}

/// What to sign in with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The gateway's shared token.
    pub token: Option<Secret>,
    /// The gateway's shared password.
    pub password: Option<Secret>,
    /// A one-time set-up code.
    pub bootstrap_token: Option<Secret>,
}

impl SignIn {
    /// Equal for equal sign-in data at one address, which it does not tell.
    pub(crate) fn fingerprint(&self, url: &str) -> String {
        let mut hash = Sha256::new();
        for secret in [&self.token, &self.password, &self.bootstrap_token] {
            let secret = secret.as_ref().map_or("", Secret::expose);
            hash.update(secret.len().to_le_bytes());
            hash.update(secret.as_bytes());
        }
        hash.update(url.as_bytes());
        hex(&hash.finalize()[..8])
    }
}

type Asked<T> = Pin<Box<dyn Future<Output = Result<T, String>>>>;
type Ask<T> = Rc<dyn Fn() -> Asked<T>>;

/// Answers where to connect, and what to sign in with, anew at each attempt. It
/// may ask the app.
///
/// The address comes first, and alone: it says which gateway's outbox to open,
/// also where there is nothing to sign in with yet.
#[derive(Clone)]
pub struct Source {
    address: Ask<String>,
    sign_in: Ask<SignIn>,
}

impl Source {
    /// A source that computes its answers. An error is shown to the person, and
    /// the question is asked again after a while.
    pub fn new<A, S>(address: impl Fn() -> A + 'static, sign_in: impl Fn() -> S + 'static) -> Self
    where
        A: Future<Output = Result<String, String>> + 'static,
        S: Future<Output = Result<SignIn, String>> + 'static,
    {
        Self {
            address: Rc::new(move || Box::pin(address())),
            sign_in: Rc::new(move || Box::pin(sign_in())),
        }
    }

    pub(crate) fn address(&self) -> Asked<String> {
        (self.address)()
    }

    pub(crate) fn sign_in(&self) -> Asked<SignIn> {
        (self.sign_in)()
    }
}

impl From<Target> for Source {
    fn from(target: Target) -> Self {
        let Target { url, sign_in } = target;
        Self::new(
            move || std::future::ready(Ok(url.clone())),
            move || std::future::ready(Ok(sign_in.clone())),
        )
    }
}

/// How a client is set up.
#[derive(Clone)]
pub struct Options {
    /// Where to connect.
    pub source: Source,
    /// How the engine behaves.
    pub config: Config,
    /// The IndexedDB database of the device's key and tokens; the names of its
    /// outboxes begin with it.
    pub store: String,
    /// Share one connection and one outbox with other tabs, where they can
    /// find each other.
    pub tabs: bool,
    /// Gets what makes the device's key where the browser cannot.
    pub ed25519: GetEd25519,
}

impl Options {
    /// The defaults of a chat client: a page, or a program of Node or Deno.
    pub fn new(source: impl Into<Source>) -> Self {
        Self::with_ed25519(source, Ed25519::linked_in)
    }

    /// The same, for a program that has `Ed25519` elsewhere and gets it where it is
    /// needed.
    pub fn with_ed25519(source: impl Into<Source>, ed25519: GetEd25519) -> Self {
        let profile = if lifecycle::is_page() {
            Profile::webchat
        } else {
            Profile::program
        };
        Self {
            source: source.into(),
            config: Config::new(profile(env!("CARGO_PKG_VERSION"))),
            store: "clawline".to_owned(),
            tabs: true,
            ed25519,
        }
    }
}
