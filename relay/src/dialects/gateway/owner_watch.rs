//! What the owner decides with `clawline-relay devices`, in another process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::Gateway;
use crate::store::{ForeignWrites, StoreError};

/// How soon a decision counts.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// Notices what `clawline-relay devices` does in another process, from the
/// moment on at which the database was as `seen` says.
pub(crate) async fn watch_owner(gateway: Arc<Gateway>, mut seen: ForeignWrites) {
    let mut waiting: HashMap<String, String> = HashMap::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = look(&gateway, &mut seen, &mut waiting).await {
            tracing::warn!(%error, "cannot look for decisions about devices");
        }
    }
}

/// `waiting` holds, by request id, the devices that waited at the last look.
async fn look(
    gateway: &Gateway,
    seen: &mut ForeignWrites,
    waiting: &mut HashMap<String, String>,
) -> Result<(), StoreError> {
    let version = gateway.store.foreign_writes().await?;
    let now_waiting: HashMap<String, String> = gateway
        .store
        .pairings()
        .await?
        .into_iter()
        .map(|pairing| (pairing.request_id, pairing.device_id))
        .collect();
    if version != *seen {
        let decided = waiting
            .iter()
            .filter(|(request_id, _)| !now_waiting.contains_key(*request_id));
        for (request_id, device_id) in decided {
            let decision = if gateway.is_welcome(device_id).await? {
                "approved"
            } else {
                "rejected"
            };
            gateway.tell_resolved(request_id, device_id, decision);
        }
        for connection in gateway.connections.all() {
            gateway.expel_if_revoked(&connection).await;
        }
        // Only now: a failure above is looked at again.
        *seen = version;
    }
    *waiting = now_waiting;
    Ok(())
}
