//! The device's identity: an Ed25519 key, made once per browser.
//!
//! In a secure context the browser makes and keeps it, and no script can read
//! it. Plain http on a LAN has no WebCrypto: there the key is made in wasm and
//! kept readable, and the app is told.

mod ed25519;
mod software;
mod spellings;
#[cfg(test)]
mod tests;
mod transcripts;
mod webcrypto;

use std::rc::Rc;

use clawline_core::{DeviceKey, DeviceToken, GatewayId, Secret};
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::host::{base64url, hex};
use crate::object::plain;
use crate::storage::{Storage, StorageError};

pub use ed25519::{Ed25519, GetEd25519};
use software::SoftwareKey;
use webcrypto::WebCryptoKey;

/// Where the key stands in the store.
const KEY: &str = "key";
/// How the names of what a gateway issued, and of what it told, begin.
const TOKEN: &str = "token ";
const MAIN_SESSION: &str = "main ";

/// Something about the device that a person should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The page has no WebCrypto (plain http): the key is readable by scripts
    /// of this origin, and the connection is not encrypted.
    KeyIsReadable,
    /// This browser's WebCrypto knows no Ed25519: the key is readable by
    /// scripts of this origin. A newer browser hides it.
    NoWebCrypto,
    /// Nothing can be kept in this browser: the device is a new one at every
    /// visit.
    NothingIsKept,
    /// Messages that have not been sent are in memory only: the browser keeps
    /// none, or fails to at the moment.
    NotKept,
    /// A newer version of this page keeps messages here. This one leaves them
    /// alone and keeps its own in memory.
    NewerOutbox,
    /// Messages of an earlier visit could not be read. They are kept, out of
    /// the way.
    SetAside,
    /// Some messages of an earlier visit cannot be read. They are kept.
    Unreadable,
}

enum Signer {
    WebCrypto(WebCryptoKey),
    Software(Box<SoftwareKey>),
}

/// The device, ready to sign.
pub(crate) struct Identity {
    pub(crate) key: DeviceKey,
    pub(crate) notices: Vec<Notice>,
    signer: Signer,
    storage: Option<Storage>,
}

impl Identity {
    /// Loads the device's key, or makes it; where the browser has no Ed25519, with
    /// what `ed25519` gets. `None` only when the browser can make no key at all.
    pub(crate) async fn load(store: &str, ed25519: GetEd25519) -> Option<Rc<Self>> {
        let storage = Storage::open(store).await.ok();
        let (signer, kept) = match &storage {
            Some(storage) => match kept_key(storage, ed25519).await {
                Some(signer) => (signer, true),
                None => make_and_keep(storage, ed25519).await?,
            },
            None => (Signer::make(ed25519).await?, false),
        };
        let public = signer.public();
        let mut notices = Vec::new();
        if matches!(signer, Signer::Software(_)) {
            notices.push(if webcrypto::is_secure_context() {
                Notice::NoWebCrypto
            } else {
                Notice::KeyIsReadable
            });
        }
        if !kept {
            notices.push(Notice::NothingIsKept);
        }
        let key = DeviceKey {
            id: hex(&software::sha256(public)),
            public_key: base64url(public),
        };
        Some(Rc::new(Self {
            key,
            notices,
            signer,
            storage,
        }))
    }

    /// Signs `text`: base64url, without padding.
    pub(crate) async fn sign(&self, text: &str) -> Result<String, String> {
        let signature = match &self.signer {
            Signer::WebCrypto(key) => key.sign(text).await?,
            Signer::Software(key) => key.sign(text),
        };
        Ok(base64url(&signature))
    }

    /// The token that a gateway issued to this device for a role.
    pub(crate) async fn token(&self, gateway: &GatewayId, role: &str) -> Option<DeviceToken> {
        let storage = self.storage.as_ref()?;
        let mut kept = storage.get(&token_key(gateway, role)).await.ok()?;
        if kept.is_undefined() {
            kept = self.spelled_token(gateway, role).await?;
        }
        let text = |name: &str| Reflect::get(&kept, &name.into()).ok();
        let scopes = text("scopes")?.dyn_into::<Array>().ok()?;
        Some(DeviceToken {
            token: Secret::new(text("token")?.as_string()?),
            scopes: scopes
                .iter()
                .filter_map(|scope| scope.as_string())
                .collect(),
        })
    }

    /// Keeps a token. When that fails the device pairs again at the next visit.
    pub(crate) async fn keep_token(&self, gateway: &GatewayId, role: &str, token: &DeviceToken) {
        let scopes: Array = token
            .scopes
            .iter()
            .map(|scope| JsValue::from_str(scope))
            .collect();
        let value = plain(&[
            ("token", token.token.expose().into()),
            ("scopes", scopes.into()),
        ]);
        self.put(&token_key(gateway, role), &value).await;
    }

    /// The gateway's main session, as an earlier visit knew it.
    pub(crate) async fn main_session(&self, gateway: &GatewayId) -> Option<String> {
        let kept = self.storage.as_ref()?.get(&main_session_key(gateway)).await;
        kept.ok()?.as_string()
    }

    /// Remembers the gateway's main session for the next visit.
    pub(crate) async fn keep_main_session(&self, gateway: &GatewayId, session: &str) {
        self.put(&main_session_key(gateway), &session.into()).await;
    }

    async fn put(&self, name: &str, value: &JsValue) {
        let change = (name.to_owned(), value.clone());
        self.change(&[], name, move |_, _| vec![change.clone()])
            .await;
    }

    /// Changes what is kept beside the key. A device that was forgotten meanwhile,
    /// by whomever, leaves nothing behind.
    async fn change(
        &self,
        read: &[&str],
        prefix: &str,
        decide: impl Fn(&Array, &Array) -> Vec<(String, JsValue)> + 'static,
    ) {
        let Some(storage) = &self.storage else { return };
        let own = self.signer.mark();
        let read = [&[KEY], read].concat();
        let decide = move |values: &Array, names: &Array| {
            let is_own = mark_of(&values.shift()) == Some(own);
            is_own.then(|| decide(values, names)).into_iter().flatten()
        };
        // Where that fails it is not there at the next visit.
        let _ = storage.change(&read, prefix, decide).await;
    }

    /// Deletes the key and every token: the next visit is another device's.
    pub(crate) async fn forget(store: &str) -> Result<(), String> {
        let database = Reflect::get(&js_sys::global(), &"indexedDB".into());
        if database.is_ok_and(|database| database.is_undefined()) {
            // Nothing was ever kept here.
            return Ok(());
        }
        match Storage::open(store).await {
            Ok(storage) => storage.clear().await.map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    pub(crate) async fn forget_token(&self, gateway: &GatewayId, role: &str) {
        if let Some(storage) = &self.storage {
            let _ = storage.delete(&token_key(gateway, role)).await;
            self.forget_spelled_token(gateway, role).await;
        }
    }
}

fn token_key(gateway: &GatewayId, role: &str) -> String {
    [TOKEN, role, " ", gateway.as_str()].concat()
}

fn main_session_key(gateway: &GatewayId) -> String {
    [MAIN_SESSION, gateway.as_str()].concat()
}

impl Signer {
    async fn make(ed25519: GetEd25519) -> Option<Self> {
        if let Some(key) = WebCryptoKey::make().await {
            return Some(Self::WebCrypto(key));
        }
        SoftwareKey::make(ed25519().await).map(|key| Self::Software(Box::new(key)))
    }

    async fn read(kept: &JsValue, ed25519: GetEd25519) -> Option<Self> {
        if let Some(key) = WebCryptoKey::read(kept) {
            return Some(Self::WebCrypto(key));
        }
        let seed = software::seed(kept)?;
        let key = SoftwareKey::of(seed, ed25519().await);
        Some(Self::Software(Box::new(key)))
    }

    fn write(&self) -> JsValue {
        match self {
            Self::WebCrypto(key) => key.write(),
            Self::Software(key) => key.write(),
        }
    }

    const fn public(&self) -> &[u8; 32] {
        match self {
            Self::WebCrypto(key) => key.public(),
            Self::Software(key) => key.public(),
        }
    }

    /// What tells this key from others where it is kept; see [`mark_of`].
    const fn mark(&self) -> [u8; 32] {
        match self {
            Self::WebCrypto(key) => *key.public(),
            Self::Software(key) => *key.seed(),
        }
    }
}

/// What tells a kept key from others, without making it.
fn mark_of(kept: &JsValue) -> Option<[u8; 32]> {
    match WebCryptoKey::read(kept) {
        Some(key) => Some(*key.public()),
        None => software::seed(kept),
    }
}

async fn kept_key(storage: &Storage, ed25519: GetEd25519) -> Option<Signer> {
    Signer::read(&storage.get(KEY).await.ok()?, ed25519).await
}

/// Makes a key and keeps it, unless another tab was first: then that one's
/// counts. Also says whether it is kept.
async fn make_and_keep(storage: &Storage, ed25519: GetEd25519) -> Option<(Signer, bool)> {
    let signer = Signer::make(ed25519).await?;
    match storage.add(KEY, &signer.write()).await {
        Ok(()) => Some((signer, true)),
        Err(StorageError::Exists) => match kept_key(storage, ed25519).await {
            Some(first) => Some((first, true)),
            // What is kept is no key that this page can read. It is not ours
            // to overwrite: use a new one for this visit.
            None => Some((signer, false)),
        },
        Err(StorageError::Unavailable(_)) => Some((signer, false)),
    }
}
