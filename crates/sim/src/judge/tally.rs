//! What happened, in numbers.

use std::fmt;
use std::ops::AddAssign;

/// Sums over a world, or over many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages and requests that an outbox took.
    pub messages: u64,
    /// Of these, confirmed.
    pub confirmed: u64,
    /// How often an outbox gave one up as unconfirmed.
    pub unconfirmed: u64,
    /// How often one was parked.
    pub parked: u64,
    /// How often a key left again.
    pub repeats: u64,
    /// How often a dead key was replaced.
    pub renewals: u64,
    /// How often a person sent a message again.
    pub resends: u64,
    /// Messages that never reached a store and went with their tab.
    pub gone_with_tab: u64,
    /// Turns that the gateway took up by itself.
    pub resumed: u64,
    /// Milliseconds of virtual time.
    pub time: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.messages += other.messages;
        self.confirmed += other.confirmed;
        self.unconfirmed += other.unconfirmed;
        self.parked += other.parked;
        self.repeats += other.repeats;
        self.renewals += other.renewals;
        self.resends += other.resends;
        self.gone_with_tab += other.gone_with_tab;
        self.resumed += other.resumed;
        self.time += other.time;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "a share, for people")]
        let share = self.unconfirmed as f64 * 100.0 / self.messages.max(1) as f64;
        write!(
            f,
            "{} messages in {} h of virtual time: {} confirmed by an outbox, {} times unconfirmed \
             ({share:.2} %), {} parked, {} repeats, {} renewals, {} sent again by a person, {} gone \
             with their tab; {} turns resumed by the gateway itself",
            self.messages,
            self.time / 3_600_000,
            self.confirmed,
            self.unconfirmed,
            self.parked,
            self.repeats,
            self.renewals,
            self.resends,
            self.gone_with_tab,
            self.resumed,
        )
    }
}
