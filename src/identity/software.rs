//! A key that wasm makes and holds, where there is no WebCrypto.

use js_sys::{Reflect, Uint8Array};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::prelude::*;

use super::ed25519::Ed25519;
use crate::host::random;
use crate::object::plain;

pub(super) struct SoftwareKey {
    seed: [u8; 32],
    public: [u8; 32],
    ed25519: Ed25519,
}

impl SoftwareKey {
    /// `None` when the host has no random bytes.
    pub(super) fn make(ed25519: Ed25519) -> Option<Self> {
        let mut seed = [0; 32];
        random(&mut seed).then(|| Self::of(seed, ed25519))
    }

    pub(super) fn of(seed: [u8; 32], ed25519: Ed25519) -> Self {
        Self {
            seed,
            public: ed25519.public(&seed),
            ed25519,
        }
    }

    pub(super) fn write(&self) -> JsValue {
        plain(&[("seed", Uint8Array::from(self.seed.as_slice()).into())])
    }

    pub(super) const fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    pub(super) const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub(super) fn sign(&self, text: &str) -> Vec<u8> {
        self.ed25519.sign(&self.seed, text).to_vec()
    }
}

/// The seed of a key that is kept.
pub(super) fn seed(kept: &JsValue) -> Option<[u8; 32]> {
    let seed = Reflect::get(kept, &"seed".into()).ok()?;
    let seed = seed.dyn_into::<Uint8Array>().ok()?;
    seed.to_vec().try_into().ok()
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
