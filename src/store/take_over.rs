//! Outboxes that earlier versions named by the address as it was spelled: what
//! stands in them goes into the one of the gateway, and stays there until it has.

use clawline_core::{GatewayId, sorted};

use super::{Changes, Kept, Store, disk};
use crate::storage::Shelf;

/// The addresses by which an earlier version may have named a gateway's outbox:
/// those that it is known to have used, and the usual ways to write this one.
pub(crate) fn spellings(gateway: &GatewayId, address: &str, known: Vec<String>) -> Vec<String> {
    let mut spelled = known;
    let address = address.trim();
    let bare = address.split(['?', '#']).next().unwrap_or(address);
    spelled.extend([address, bare].map(str::to_owned));
    let id = gateway.as_str();
    let with_port = explicit_port(id);
    for start in [id, &with_port, bare.trim_end_matches('/')] {
        spelled.push(start.to_owned());
        spelled.push([start, "/"].concat());
    }
    spelled
}

/// The same address with the port that its scheme implies.
fn explicit_port(id: &str) -> String {
    let port = if id.starts_with("wss:") {
        ":443"
    } else {
        ":80"
    };
    let host = id.find("://").map_or(0, |at| at + 3);
    let end = id.get(host..).and_then(|rest| rest.find('/'));
    let (start, path) = id.split_at(end.map_or(id.len(), |at| host + at));
    if start
        .get(host..)
        .is_some_and(|host| host.rsplit(']').next().unwrap_or(host).contains(':'))
    {
        return id.to_owned();
    }
    [start, port, path].concat()
}

/// Those of these outboxes that there are; `None` when the browser does not say.
pub(crate) async fn existing(device: &str, names: &[String]) -> Option<Vec<String>> {
    let shelf = Shelf::new(device);
    let known = disk::names(&shelf).await;
    shelf.close();
    let known = known.ok()?;
    let found = names.iter().filter(|name| known.contains(name)).cloned();
    let mut found = sorted(found.collect(), String::cmp);
    found.dedup();
    Some(found)
}

impl Store {
    /// Moves the entries of the outbox `from` into this one and answers them.
    /// What owners of their own have there is moved once they were silent since
    /// `stale_before_ms`. `owner` is empty where a lock says that nobody leads
    /// there. `None` when some of it is still there. The old outbox stays, empty:
    /// an older page may have it open.
    pub(crate) async fn take_over(
        &self,
        device: &str,
        from: &str,
        owner: &str,
        stale_before_ms: u64,
    ) -> (Vec<Kept>, bool) {
        let old = Self::open(device, from, owner).await;
        let mut rows = old.entries;
        let adopted = old.store.adopt(stale_before_ms).await;
        let mut is_whole = old.durable && adopted.is_ok();
        rows.extend(adopted.unwrap_or_default());
        let mut moved = Vec::new();
        for row in rows.into_iter().filter(|_| old.durable) {
            // One by one: what cannot be written again keeps no other one there.
            if self.take_row(&old.store, &row).await {
                moved.push(row);
            } else {
                is_whole = false;
            }
        }
        old.store.close();
        (moved, is_whole)
    }

    async fn take_row(&self, old: &Self, (saved, payload): &Kept) -> bool {
        let dropped = || {
            let mut changes = Changes::default();
            changes.drop(&saved.origin);
            changes
        };
        let mut added = Changes::default();
        added.add(saved, payload);
        if self.apply(added, true).await.is_err() {
            return false;
        }
        let is_taken = old.apply(dropped(), true).await.is_ok();
        if !is_taken {
            // It would be in both, and might leave twice.
            let _ = self.apply(dropped(), true).await;
        }
        is_taken
    }
}
