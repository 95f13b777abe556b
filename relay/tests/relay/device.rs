//! A device of a client.

use clawline_relay::ids;
use ed25519_dalek::{Signer as _, SigningKey};

/// A device with a key of its own.
pub(crate) struct Device {
    pub(crate) key: SigningKey,
}

impl Device {
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    /// A signature in the form of the wire.
    pub(crate) fn sign(&self, text: &str) -> String {
        ids::base64url(&self.key.sign(text.as_bytes()).to_bytes())
    }

    pub(crate) fn id(&self) -> String {
        ids::hex(&ids::sha256(self.key.verifying_key().as_bytes()))
    }
}
