//! A key that the browser makes and holds, and no script can read.

use js_sys::{Array, Reflect, Uint8Array, global};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, CryptoKeyPair, SubtleCrypto};

use crate::object::plain;
use crate::socket::words;

const ALGORITHM: &str = "Ed25519";

pub(super) struct WebCryptoKey {
    private: CryptoKey,
    public: [u8; 32],
}

impl WebCryptoKey {
    /// `None` where there is no WebCrypto, or none that knows Ed25519.
    pub(super) async fn make() -> Option<Self> {
        let subtle = subtle()?;
        let usages = Array::of2(&"sign".into(), &"verify".into());
        let pair = subtle
            .generate_key_with_str(ALGORITHM, false, &usages)
            .ok()?;
        let pair: CryptoKeyPair = JsFuture::from(pair).await.ok()?.unchecked_into();
        let raw = subtle.export_key("raw", &pair.get_public_key()).ok()?;
        let raw = Uint8Array::new(&JsFuture::from(raw).await.ok()?);
        Some(Self {
            private: pair.get_private_key(),
            public: raw.to_vec().try_into().ok()?,
        })
    }

    pub(super) fn read(kept: &JsValue) -> Option<Self> {
        subtle()?;
        let member = |name: &str| Reflect::get(kept, &name.into()).ok();
        let private = member("private")?.dyn_into().ok()?;
        let public = member("public")?.dyn_into::<Uint8Array>().ok()?;
        Some(Self {
            private,
            public: public.to_vec().try_into().ok()?,
        })
    }

    pub(super) fn write(&self) -> JsValue {
        let public = Uint8Array::from(self.public.as_slice());
        plain(&[
            ("private", self.private.clone().into()),
            ("public", public.into()),
        ])
    }

    pub(super) const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    pub(super) async fn sign(&self, text: &str) -> Result<Vec<u8>, String> {
        let subtle = subtle().ok_or("WebCrypto is gone")?;
        let bytes = Uint8Array::from(text.as_bytes());
        let signature = subtle
            .sign_with_str_and_js_u8_array(ALGORITHM, &self.private, &bytes)
            .map_err(|error| words(&error))?;
        let signature = JsFuture::from(signature)
            .await
            .map_err(|error| words(&error))?;
        Ok(Uint8Array::new(&signature).to_vec())
    }
}

/// Whether the page came over https, or from this machine.
pub(super) fn is_secure_context() -> bool {
    Reflect::get(&global(), &"isSecureContext".into()).is_ok_and(|secure| secure.is_truthy())
}

/// Absent on plain http, whatever the bindings promise.
fn subtle() -> Option<SubtleCrypto> {
    let crypto: Crypto = Reflect::get(&global(), &"crypto".into())
        .ok()?
        .dyn_into()
        .ok()?;
    Reflect::get(&crypto, &"subtle".into())
        .ok()?
        .dyn_into()
        .ok()
}
