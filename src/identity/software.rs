//! A key that wasm makes and holds, where there is no WebCrypto.

use ed25519_dalek::{Signer as _, SigningKey};
use js_sys::{Reflect, Uint8Array};
use sha2::{Digest as _, Sha256};
use wasm_bindgen::prelude::*;

use crate::host::random;
use crate::object::plain;

pub(super) struct SoftwareKey {
    key: SigningKey,
    public: [u8; 32],
}

impl SoftwareKey {
    /// `None` when the host has no random bytes.
    pub(super) fn make() -> Option<Self> {
        let mut seed = [0; 32];
        random(&mut seed).then(|| Self::of(seed))
    }

    fn of(seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        let public = key.verifying_key().to_bytes();
        Self { key, public }
    }

    pub(super) fn read(kept: &JsValue) -> Option<Self> {
        let seed = Reflect::get(kept, &"seed".into())
            .ok()?
            .dyn_into::<Uint8Array>()
            .ok()?;
        Some(Self::of(seed.to_vec().try_into().ok()?))
    }

    pub(super) fn write(&self) -> JsValue {
        plain(&[(
            "seed",
            Uint8Array::from(self.key.to_bytes().as_slice()).into(),
        )])
    }

    pub(super) const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub(super) fn sign(&self, text: &str) -> Vec<u8> {
        self.key.sign(text.as_bytes()).to_bytes().to_vec()
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
