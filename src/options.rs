//! How a client is set up.

use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use clawline_core::engine::Config;
use clawline_core::{Profile, Secret};
use sha2::{Digest as _, Sha256};

use crate::host::hex;
use crate::lifecycle;

/// Where to connect and what to sign in with: asked anew at each attempt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// The gateway's address, `ws://` or `wss://`.
    pub url: String,
    /// The gateway's shared token.
    pub token: Option<Secret>,
    /// The gateway's shared password.
    pub password: Option<Secret>,
    /// A one-time set-up code.
    pub bootstrap_token: Option<Secret>,
}

impl Target {
    /// Equal for equal sign-in data, which it does not tell.
    pub(crate) fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for secret in [&self.token, &self.password, &self.bootstrap_token] {
            let secret = secret.as_ref().map_or("", Secret::expose);
            hash.update(secret.len().to_le_bytes());
            hash.update(secret.as_bytes());
        }
        hash.update(self.url.as_bytes());
        hex(&hash.finalize()[..8])
    }
}

type Asked = Pin<Box<dyn Future<Output = Result<Target, String>>>>;

/// Answers where to connect. It may ask the app; it has until the opening
/// deadline.
#[derive(Clone)]
pub struct Source(pub(crate) Rc<dyn Fn() -> Asked>);

impl Source {
    /// A source that computes its answer. An error is shown to the person.
    pub fn new<F, T>(ask: F) -> Self
    where
        F: Fn() -> T + 'static,
        T: Future<Output = Result<Target, String>> + 'static,
    {
        Self(Rc::new(move || Box::pin(ask())))
    }
}

impl From<Target> for Source {
    fn from(target: Target) -> Self {
        Self::new(move || std::future::ready(Ok(target.clone())))
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
}

impl Options {
    /// The defaults of a chat client: a page, or a program of Node or Deno.
    pub fn new(source: impl Into<Source>) -> Self {
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
        }
    }
}
