//! The one table that decides what becomes of an entry after a reconnect, a
//! reload or a restart. The engine and the simulator both use it.

use std::time::Duration;

/// Within this long the gateway still knows a key: its memory of keys lasts five minutes, and a minute is kept in hand.
pub const KEY_LIFETIME: Duration = Duration::from_secs(4 * 60);

/// … and after this many newer keys it may have dropped an older one: it
/// remembers 1,000, and other clients send as well.
pub const KEYS_REMEMBERED: u64 = 500;

/// How an entry stands among the gateway's pending inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It waits for its turn.
    Queued,
    /// The gateway died while it waited: it never runs, its key is dead.
    Interrupted,
}

/// What is known about an entry when it must be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evidence {
    /// The key stands in history, which was read back past the entry's time.
    pub in_history: bool,
    /// The key stands among the pending inputs.
    pub pending: Option<Waiting>,
    /// The run in flight has the key.
    pub in_flight: bool,
    /// It was marked `sending`: its bytes may have left.
    pub marked: bool,
    /// It was sent to the same process of the gateway.
    pub same_boot: bool,
    /// How long ago, by the gateway's clock or this page's monotonic one,
    /// whichever is longer; `None` when it is not known.
    pub age: Option<Duration>,
    /// How many keys this client has sent since.
    pub newer: u64,
    /// The gateway keeps its keys over restarts.
    pub durable_keys: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It stands in the transcript.
    Confirm,
    /// The gateway has it; its proof will come.
    Wait,
    /// Send it in its place under a new key that names the old one.
    Renew,
    /// It never left: send it.
    Send,
    /// Send it again under the same key: the gateway will not run it twice.
    Repeat,
    /// It may or may not have run, and repeating it is not safe.
    Unconfirmed,
}

/// Decides by the first row that applies.
#[must_use]
pub fn decide(known: &Evidence) -> Decision {
    let young = known.newer < KEYS_REMEMBERED && known.age.is_some_and(|age| age < KEY_LIFETIME);
    let rows = [
        (known.in_history, Decision::Confirm),
        (
            known.pending == Some(Waiting::Queued) || known.in_flight,
            Decision::Wait,
        ),
        (known.pending == Some(Waiting::Interrupted), Decision::Renew),
        (!known.marked, Decision::Send),
        (known.same_boot && young, Decision::Repeat),
        (known.durable_keys, Decision::Repeat),
    ];
    rows.into_iter()
        .find_map(|(applies, decision)| applies.then_some(decision))
        .unwrap_or(Decision::Unconfirmed)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sent a minute ago to this very process, and no trace of it.
    const LOST: Evidence = Evidence {
        in_history: false,
        pending: None,
        in_flight: false,
        marked: true,
        same_boot: true,
        age: Some(Duration::from_secs(60)),
        newer: 3,
        durable_keys: false,
    };

    #[test]
    fn every_row_of_the_table_decides_as_the_design_says() {
        let cases = [
            (
                Evidence {
                    in_history: true,
                    ..LOST
                },
                Decision::Confirm,
            ),
            (
                Evidence {
                    in_history: true,
                    pending: Some(Waiting::Interrupted),
                    ..LOST
                },
                Decision::Confirm,
            ),
            (
                Evidence {
                    pending: Some(Waiting::Queued),
                    ..LOST
                },
                Decision::Wait,
            ),
            (
                Evidence {
                    in_flight: true,
                    same_boot: false,
                    ..LOST
                },
                Decision::Wait,
            ),
            (
                Evidence {
                    pending: Some(Waiting::Interrupted),
                    ..LOST
                },
                Decision::Renew,
            ),
            (
                Evidence {
                    marked: false,
                    same_boot: false,
                    age: None,
                    ..LOST
                },
                Decision::Send,
            ),
            (LOST, Decision::Repeat),
            (
                Evidence {
                    age: Some(KEY_LIFETIME),
                    ..LOST
                },
                Decision::Unconfirmed,
            ),
            (Evidence { age: None, ..LOST }, Decision::Unconfirmed),
            (
                Evidence {
                    newer: KEYS_REMEMBERED,
                    ..LOST
                },
                Decision::Unconfirmed,
            ),
            (
                Evidence {
                    same_boot: false,
                    ..LOST
                },
                Decision::Unconfirmed,
            ),
            (
                Evidence {
                    same_boot: false,
                    durable_keys: true,
                    ..LOST
                },
                Decision::Repeat,
            ),
            (
                Evidence {
                    age: None,
                    durable_keys: true,
                    ..LOST
                },
                Decision::Repeat,
            ),
        ];
        for (known, decision) in cases {
            assert_eq!(decide(&known), decision, "{known:?}");
        }
    }
}
