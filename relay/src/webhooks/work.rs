//! Delivers what waits for one webhook.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::post::Refused;
use super::{Last, PAUSE, Patience, Webhook};
use crate::clock::now_ms;
use crate::ids;
use crate::store::{Delivery, DeliveryEnd, Store, StoreError};

/// Deliveries to one webhook at once.
const AT_ONCE: u32 = 8;
/// The longest sleep: clocks may be set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Works for ever. What is cut off is repeated at the next start.
pub(super) async fn work(store: Store, hook: Arc<Webhook>) {
    loop {
        if let Err(error) = round(&store, &hook).await {
            let webhook = hook.settings.name.as_str();
            tracing::error!(%error, webhook, "the state of deliveries cannot be stored yet");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Delivers what is due, or waits until something is.
async fn round(store: &Store, hook: &Webhook) -> Result<(), StoreError> {
    let name = &hook.settings.name;
    let next = store.next_deliveries(name, AT_ONCE).await?;
    let now = now_ms();
    let wait = next.first().map(|first| first.due_at - now);
    if let Some(1..) | None = wait {
        let wait = wait.and_then(|wait| u64::try_from(wait).ok());
        let wait = wait.map_or(LONGEST_SLEEP, Duration::from_millis);
        tokio::select! {
            () = hook.news.notified() => {}
            () = tokio::time::sleep(wait.min(LONGEST_SLEEP)) => {}
        }
        return Ok(());
    }
    let due = next.into_iter().filter(|one| one.due_at <= now);
    let ends = join_all(due.map(|one| attempt(store, hook, one))).await;
    ends.into_iter().collect()
}

async fn attempt(store: &Store, hook: &Webhook, mut one: Delivery) -> Result<(), StoreError> {
    let webhook = hook.settings.name.as_str();
    let tried = hook.postman.deliver(&one, now_ms() / 1_000).await;
    let now = now_ms();
    one.attempts = one.attempts.saturating_add(1);
    let (id, trace) = (&one.new.id, &one.new.trace);
    let refused = match tried {
        Ok(()) => {
            tracing::debug!(webhook, id, trace, attempts = one.attempts, "delivered");
            hook.last(|last| last.delivered_at = Some(now));
            (one.error, one.due_at) = (None, now);
            return store.end_delivery(&one, DeliveryEnd::Done).await;
        }
        Err(refused) => refused,
    };
    let patience = &hook.settings.patience;
    let again = again(patience, &one, &refused, now, ids::fraction());
    let why = refused.words;
    match again {
        Some(_) => tracing::info!(
            webhook,
            id,
            trace,
            attempts = one.attempts,
            why,
            "not taken"
        ),
        None => tracing::warn!(
            webhook,
            id,
            trace,
            attempts = one.attempts,
            why,
            "set aside"
        ),
    }
    hook.last(|last| {
        *last = Last {
            failed_at: Some(now),
            error: Some(why.clone()),
            ..last.clone()
        };
    });
    one.due_at = again.unwrap_or(now);
    one.error = Some(why);
    match again {
        Some(_) => store.postpone_delivery(&one).await,
        None => store.end_delivery(&one, DeliveryEnd::Dead).await,
    }
}

/// When to try again: after a wait that doubles, half of it by chance. `None`:
/// never.
fn again(
    patience: &Patience,
    one: &Delivery,
    refused: &Refused,
    now: i64,
    chance: f64,
) -> Option<i64> {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    let doubled = 2_u32.saturating_pow(one.attempts.saturating_sub(1));
    let wait = patience.first.saturating_mul(doubled).min(patience.longest);
    let asked = Duration::from_millis(refused.wait_ms.unwrap_or(0)).min(patience.longest);
    let wait = wait.mul_f64(f64::midpoint(1.0, chance)).max(asked);
    let at = now.saturating_add(millis(wait).max(1));
    let last = one.new.told_at.saturating_add(millis(patience.in_all));
    (!refused.is_final && at <= last).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::NewDelivery;

    fn tried(attempts: u32) -> Delivery {
        Delivery {
            new: NewDelivery {
                webhook: "crm".into(),
                id: "msg_1".into(),
                event: "sent".into(),
                trace: "t".into(),
                body: "{}".into(),
                told_at: 0,
            },
            attempts,
            due_at: 0,
            error: None,
        }
    }

    fn refused(wait_ms: Option<u64>, is_final: bool) -> Refused {
        Refused {
            words: "no".into(),
            is_final,
            wait_ms,
        }
    }

    #[test]
    fn waits_double_up_to_a_bound_and_end_with_the_patience() {
        let patience = Patience::default();
        let at = |attempts, now, chance| {
            again(
                &patience,
                &tried(attempts),
                &refused(None, false),
                now,
                chance,
            )
        };
        assert_eq!(at(1, 0, 1.0), Some(2_000));
        assert_eq!(at(1, 0, 0.0), Some(1_000), "never less than half");
        assert_eq!(at(4, 0, 1.0), Some(16_000));
        assert_eq!(at(u32::MAX, 0, 1.0), Some(600_000));
        let day = 24 * 60 * 60 * 1_000;
        assert_eq!(at(20, day - 1_000, 1.0), None);
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_or_say_that_it_is_gone() {
        let patience = Patience::default();
        let at = |wait, is_final| again(&patience, &tried(1), &refused(wait, is_final), 0, 1.0);
        assert_eq!(at(Some(30_000), false), Some(30_000));
        assert_eq!(at(Some(1), false), Some(2_000));
        assert_eq!(at(Some(u64::MAX), false), Some(600_000));
        assert_eq!(at(None, true), None);
    }
}
