//! What earlier versions kept under an address as it was spelled, and not under
//! the gateway that it means.

use clawline_core::GatewayId;
use wasm_bindgen::JsValue;

use super::{Identity, TOKEN};
use crate::address::gateway_id;

/// A device token under an address, as an earlier version named it.
struct Spelled {
    name: String,
    role: String,
    address: String,
}

impl Spelled {
    fn read(name: String, gateway: &GatewayId) -> Option<Self> {
        let (role, address) = name.strip_prefix(TOKEN)?.split_once(' ')?;
        let is_older = name != super::token_key(gateway, role);
        let meant = gateway_id(address)?;
        (is_older && meant == *gateway).then(|| Self {
            role: role.to_owned(),
            address: address.to_owned(),
            name: name.clone(),
        })
    }
}

impl Identity {
    async fn spelled(&self, gateway: &GatewayId) -> Vec<Spelled> {
        let Some(storage) = &self.storage else {
            return Vec::new();
        };
        let names = storage.keys().await.unwrap_or_default();
        let names = names.iter().filter_map(|name| name.as_string());
        names
            .filter_map(|name| Spelled::read(name, gateway))
            .collect()
    }

    /// The addresses by which an earlier version knew this gateway.
    pub(crate) async fn spellings(&self, gateway: &GatewayId) -> Vec<String> {
        let spelled = self.spelled(gateway).await.into_iter();
        spelled.map(|spelled| spelled.address).collect()
    }

    /// The token that stands under such an address for a role.
    pub(super) async fn spelled_token(&self, gateway: &GatewayId, role: &str) -> Option<JsValue> {
        let spelled = self.spelled(gateway).await.into_iter();
        let mut its = spelled.filter(|one| one.role == role);
        let name = its.next_back()?.name;
        self.storage.as_ref()?.get(&name).await.ok()
    }

    /// Forgets what stands under such an address for a role.
    pub(super) async fn forget_spelled_token(&self, gateway: &GatewayId, role: &str) {
        let Some(storage) = &self.storage else { return };
        for spelled in self.spelled(gateway).await {
            if spelled.role == role {
                let _ = storage.delete(&spelled.name).await;
            }
        }
    }

    /// Gives the tokens that stand under such addresses the gateway's name. None
    /// is lost, and no address with a secret in it stays.
    pub(crate) async fn rename_tokens(&self, gateway: &GatewayId) {
        let Some(storage) = &self.storage else { return };
        for Spelled { name, role, .. } in self.spelled(gateway).await {
            let Ok(token) = storage.get(&name).await else {
                continue;
            };
            // The one that is there already is newer.
            let renamed = storage.add(&super::token_key(gateway, &role), &token).await;
            if !matches!(renamed, Err(crate::storage::StorageError::Unavailable(_))) {
                let _ = storage.delete(&name).await;
            }
        }
    }
}
