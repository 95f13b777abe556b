//! Ed25519 in wasm, as a value: whoever has none needs none of its code.

use std::future::{Future, ready};
use std::pin::Pin;

use ed25519_dalek::{Signer as _, SigningKey};

/// Makes keys and signs, where the browser cannot. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub struct Ed25519 {
    public: fn(&[u8; 32]) -> [u8; 32],
    sign: fn(&[u8; 32], &[u8]) -> [u8; 64],
}

/// What gets it once it is needed; it must not give up.
pub type GetEd25519 = fn() -> Pin<Box<dyn Future<Output = Ed25519>>>;

impl Ed25519 {
    /// The one place that leads to the code.
    #[expect(
        clippy::new_without_default,
        reason = "a default could be made anywhere, and would bring the code along"
    )]
    #[must_use]
    pub fn new() -> Self {
        Self {
            public: |seed| SigningKey::from_bytes(seed).verifying_key().to_bytes(),
            sign: |seed, text| SigningKey::from_bytes(seed).sign(text).to_bytes(),
        }
    }

    /// The code as a part of this program.
    pub(crate) fn linked_in() -> Pin<Box<dyn Future<Output = Self>>> {
        Box::pin(ready(Self::new()))
    }

    /// The public key of a seed.
    pub(super) fn public(self, seed: &[u8; 32]) -> [u8; 32] {
        (self.public)(seed)
    }

    /// The signature of a text by a seed's key.
    pub(super) fn sign(self, seed: &[u8; 32], text: &str) -> [u8; 64] {
        (self.sign)(seed, text.as_bytes())
    }
}
