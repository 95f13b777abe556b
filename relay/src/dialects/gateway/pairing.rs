//! Which devices may connect, and what the owner decides about the others.

use std::time::Duration;

use clawline_core::Secret;
use serde_json::json;
use tokio::time::timeout;

use super::Gateway;
use super::PairMode;
use super::auth::{ConnectDevice, ConnectParams, Grant};
use super::connections::{Audience, Connection};
use super::device_json::asked_json;
use super::frames::Event;
use super::handshake::clipped;
use crate::access::{Caller, holds};
use crate::clock::now_ms;
use crate::ids;
use crate::store::{Device, DeviceToken, Pairing, PairingReason, StoreError};

/// How long a client waits for a token of its own; it comes in without one, and
/// gets one the next time.
const PATIENCE: Duration = Duration::from_secs(1);

/// How a device stands.
#[derive(Debug)]
pub(crate) enum Standing {
    /// It may come in; with the token that it may use from now on, if one could
    /// be kept.
    Approved {
        token: Option<Secret>,
        issued_at: i64,
    },
    /// It waits for the owner; with the device as it was approved before.
    Waits(Box<(Pairing, Option<Device>)>),
}

impl Gateway {
    /// Decides about a device whose proof and secrets were good.
    ///
    /// # Errors
    /// SQLite refuses.
    pub(crate) async fn stand(
        &self,
        params: &ConnectParams,
        role: &str,
        device: &ConnectDevice,
        grant: &Grant,
        caller: &Caller,
    ) -> Result<Standing, StoreError> {
        let now = now_ms();
        let known = self.store.device(&device.id).await?;
        let platform = pinned(Some(&params.client.platform));
        let family = pinned(params.client.device_family.as_ref());
        if let Some(reason) = must_ask(known.as_ref(), role, &params.scopes, &platform, &family) {
            let revoked = known
                .as_ref()
                .is_some_and(|device| device.revoked_at.is_some());
            if !self.is_silent(params, caller) || revoked {
                let wanted = Pairing {
                    request_id: ids::uuid(),
                    device_id: device.id.clone(),
                    public_key: device.public_key.clone(),
                    client_id: params.client.id.clone(),
                    client_mode: params.client.mode.clone(),
                    display_name: params.client.display_name.clone().map(clipped),
                    platform,
                    device_family: family,
                    role: role.to_owned(),
                    scopes: params.scopes.clone(),
                    remote_ip: (!caller.is_local).then(|| caller.peer.to_string()),
                    reason,
                    is_repair: known.is_some(),
                    asked_at: now,
                };
                let asked = self.store.ask_pairing(&wanted).await?;
                if let Some(former) = &asked.replaced {
                    self.tell_resolved(former, &device.id, "superseded");
                }
                if asked.is_new {
                    self.tell_asked(&asked.pairing);
                }
                return Ok(Standing::Waits(Box::new((asked.pairing, known))));
            }
            let mut scopes = known.as_ref().map_or_else(Vec::new, |d| d.scopes.clone());
            let more = params.scopes.iter().filter(|scope| !holds(&scopes, scope));
            let more: Vec<String> = more.cloned().collect();
            scopes.extend(more);
            let approved = Device {
                device_id: device.id.clone(),
                public_key: device.public_key.clone(),
                client_id: params.client.id.clone(),
                client_mode: params.client.mode.clone(),
                display_name: params.client.display_name.clone().map(clipped),
                platform,
                device_family: family,
                role: role.to_owned(),
                scopes,
                approved_via: "silent".to_owned(),
                created_at: known.as_ref().map_or(now, |device| device.created_at),
                approved_at: now,
                last_seen_at: now,
                revoked_at: None,
            };
            self.store.approve_device(&approved).await?;
            return self.admit_device(&approved, grant, now).await;
        }
        match known {
            Some(known) => self.admit_device(&known, grant, now).await,
            // must_ask() asks for whoever is not known.
            None => Err(StoreError::Corrupt {
                what: "devices",
                detail: "a device vanished while it was looked at".to_owned(),
            }),
        }
    }

    async fn admit_device(
        &self,
        device: &Device,
        grant: &Grant,
        now: i64,
    ) -> Result<Standing, StoreError> {
        if let Grant::Device(known, text) = grant {
            let (store, device_id) = (self.store.clone(), device.device_id.clone());
            // Nobody waits outside while the database is busy with somebody else.
            self.tasks.spawn(async move {
                if let Err(error) = store.device_seen(&device_id, now).await {
                    tracing::warn!(%error, "cannot note that a device was here");
                }
            });
            return Ok(Standing::Approved {
                token: Some(text.clone()),
                issued_at: known.issued_at,
            });
        }
        let text = Secret::new(ids::secret());
        let token = DeviceToken {
            role: device.role.clone(),
            scopes: device.scopes.clone(),
            issued_at: now,
        };
        let hash = ids::sha256(text.expose().as_bytes());
        let kept = self.store.put_token(&device.device_id, &hash, &token);
        let is_kept = match timeout(PATIENCE, kept).await {
            Ok(Err(error)) if !error.may_pass() => return Err(error),
            kept => matches!(kept, Ok(Ok(()))),
        };
        Ok(Standing::Approved {
            token: is_kept.then_some(text),
            issued_at: now,
        })
    }

    /// Whether a new device is approved without asking: it is on this machine,
    /// and either no web page or one of the chat pages (facts §2.3).
    fn is_silent(&self, params: &ConnectParams, caller: &Caller) -> bool {
        let chat_page = matches!(
            params.client.id.as_str(),
            "webchat-ui" | "webchat" | "openclaw-control-ui"
        );
        self.pair == PairMode::Auto && caller.is_local && (caller.origin.is_none() || chat_page)
    }

    /// Tells approvers that a device waits.
    fn tell_asked(&self, pairing: &Pairing) {
        tracing::warn!(
            client = pairing.client_id,
            from = pairing.remote_ip.as_deref().unwrap_or("this machine"),
            "a device waits for approval: {}",
            self.owner_command.approve_request(&pairing.request_id),
        );
        let event = Event::new("device.pair.requested", &asked_json(pairing));
        self.connections
            .emit(Audience::Scope("operator.pairing"), &event);
    }

    /// Tells approvers what became of a request.
    pub(crate) fn tell_resolved(&self, request_id: &str, device_id: &str, decision: &str) {
        let event = Event::new(
            "device.pair.resolved",
            &json!({
                "requestId": request_id,
                "deviceId": device_id,
                "decision": decision,
                "ts": now_ms(),
            }),
        );
        self.connections
            .emit(Audience::Scope("operator.pairing"), &event);
    }

    /// Whether a device is approved and not revoked.
    pub(crate) async fn is_welcome(&self, device_id: &str) -> Result<bool, StoreError> {
        let device = self.store.device(device_id).await?;
        Ok(device.is_some_and(|device| device.revoked_at.is_none()))
    }

    /// Looks once more at the device of a connection that is in the registry
    /// now: a decision that fell during its handshake found no connection to end.
    pub(crate) async fn expel_if_revoked(&self, connection: &Connection) {
        if let Some(device_id) = &connection.device_id
            && matches!(self.is_welcome(device_id).await, Ok(false))
        {
            self.expel(device_id);
        }
    }

    /// Ends the connections of a device that may not be here any more.
    pub(crate) fn expel(&self, device_id: &str) {
        self.connections
            .close_device(device_id, 4001, "device removed");
    }
}

/// Why a device must ask, if it must.
fn must_ask(
    known: Option<&Device>,
    role: &str,
    scopes: &[String],
    platform: &str,
    family: &str,
) -> Option<PairingReason> {
    let Some(known) = known else {
        return Some(PairingReason::NotPaired);
    };
    if known.revoked_at.is_some() || known.role != role {
        return Some(PairingReason::RoleUpgrade);
    }
    if known.platform != platform || known.device_family != family {
        return Some(PairingReason::MetadataUpgrade);
    }
    if !scopes.iter().all(|scope| holds(&known.scopes, scope)) {
        return Some(PairingReason::ScopeUpgrade);
    }
    None
}

fn pinned(text: Option<&String>) -> String {
    let text = text.map_or("", String::as_str);
    clipped(text.trim().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> Device {
        Device {
            device_id: "d".into(),
            public_key: "k".into(),
            client_id: "webchat-ui".into(),
            client_mode: "webchat".into(),
            display_name: None,
            platform: "web".into(),
            device_family: String::new(),
            role: "operator".into(),
            scopes: vec!["operator.write".into()],
            approved_via: "owner".into(),
            created_at: 0,
            approved_at: 0,
            last_seen_at: 0,
            revoked_at: None,
        }
    }

    #[test]
    fn each_reason_to_ask_has_its_own_word() {
        let scopes = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let ask = |known: Option<&Device>, role, list: &[&str], platform| {
            must_ask(known, role, &scopes(list), platform, "")
        };
        let known = device();
        assert_eq!(
            ask(None, "operator", &[], "web"),
            Some(PairingReason::NotPaired)
        );
        assert_eq!(
            ask(Some(&known), "operator", &["operator.read"], "web"),
            None
        );
        assert_eq!(
            ask(Some(&known), "operator", &["operator.admin"], "web"),
            Some(PairingReason::ScopeUpgrade)
        );
        assert_eq!(
            ask(Some(&known), "operator", &[], "ios"),
            Some(PairingReason::MetadataUpgrade)
        );
        assert_eq!(
            ask(Some(&known), "node", &[], "web"),
            Some(PairingReason::RoleUpgrade)
        );
        let revoked = Device {
            revoked_at: Some(1),
            ..known
        };
        assert_eq!(
            ask(Some(&revoked), "operator", &[], "web"),
            Some(PairingReason::RoleUpgrade)
        );
    }
}
