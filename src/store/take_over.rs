//! Outboxes that earlier versions named by the address as it was spelled: what
//! stands in them goes into the one of the gateway, and stays there until it has.

use clawline_core::GatewayId;

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

/// Those of these outboxes that there are.
pub(crate) async fn existing(device: &str, names: &[String]) -> Vec<String> {
    let shelf = Shelf::new(device);
    let known = disk::names(&shelf).await.unwrap_or_default();
    shelf.close();
    let mut found: Vec<String> = names
        .iter()
        .filter(|name| known.contains(name))
        .cloned()
        .collect();
    found.sort();
    found.dedup();
    found
}

impl Store {
    /// Moves the entries of the outbox `from` into this one, all or none, and
    /// answers them. `owner` is empty where a lock says that nobody else leads
    /// there; else only what owners have left that were silent since
    /// `stale_before_ms` is moved.
    pub(crate) async fn take_over(
        &self,
        device: &str,
        from: &str,
        owner: &str,
        stale_before_ms: u64,
    ) -> Option<Vec<Kept>> {
        let old = Self::open(device, from, owner).await;
        if !old.durable {
            return None;
        }
        let moved = self
            .take_rows(&old.store, old.entries, owner, stale_before_ms)
            .await;
        old.store.close();
        let is_whole = moved.is_some() && owner.is_empty() && old.trouble.is_none();
        if is_whole {
            let shelf = Shelf::new(device);
            // An empty one that stays does no harm.
            let _ = disk::remove_outbox(&shelf, from).await;
            shelf.close();
        }
        moved
    }

    async fn take_rows(
        &self,
        old: &Self,
        mut rows: Vec<Kept>,
        owner: &str,
        stale_before_ms: u64,
    ) -> Option<Vec<Kept>> {
        if !owner.is_empty() {
            rows.extend(old.adopt(stale_before_ms).await.ok()?);
        }
        let (mut added, mut taken, mut dropped) =
            (Changes::default(), Changes::default(), Changes::default());
        for (saved, payload) in &rows {
            added.add(saved, payload);
            taken.drop(&saved.origin);
            dropped.drop(&saved.origin);
        }
        self.apply(added, true).await.ok()?;
        if old.apply(taken, true).await.is_err() {
            // They would be in both, and might leave twice.
            let _ = self.apply(dropped, true).await;
            return None;
        }
        Some(rows)
    }
}
