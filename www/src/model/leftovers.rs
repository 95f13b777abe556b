//! Messages that were on their way when the page closed: kept in the browser
//! until a page of the same gateway takes them up.

use super::transcript::State;

/// The most that one tab keeps, in bytes of text.
pub const MAX_BYTES: usize = 1_500_000;

/// After this long, what a tab has kept and never touched again is taken up
/// by another one: its browser has crashed, or it sleeps.
const ABANDONED_MS: f64 = 3_600_000.0;

/// A message that the gateway has not acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct Leftover {
    /// Its idempotency key.
    pub key: String,
    /// What the person wrote.
    pub text: String,
    /// When, in milliseconds since 1970.
    pub written: Option<f64>,
    /// How far it had come.
    pub standing: Standing,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// How far a message had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It never left: it can be sent.
    Waiting,
    /// It was refused: a person decides.
    Parked,
    /// It may have arrived: only the history or a person can tell.
    Undecided,
}

impl Standing {
    /// What is to be kept of a message in this state; `None` when the gateway
    /// has it.
    #[must_use]
    pub fn of(state: State, has_left: bool) -> Option<Self> {
        match state {
            State::Queued if !has_left => Some(Self::Waiting),
            State::Queued | State::Sending | State::Unconfirmed => Some(Self::Undecided),
            State::Parked => Some(Self::Parked),
            State::Accepted | State::Confirmed => None,
        }
    }

    /// Its name in the storage.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Parked => "parked",
            Self::Undecided => "undecided",
        }
    }

    /// The one with this name in the storage.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let all = [Self::Waiting, Self::Parked, Self::Undecided];
        all.into_iter().find(|one| one.name() == name)
    }

    /// How it is shown once it was taken up.
    #[must_use]
    pub fn state(self) -> State {
        match self {
            Self::Waiting => State::Queued,
            Self::Parked => State::Parked,
            Self::Undecided => State::Unconfirmed,
        }
    }
}

/// What one tab keeps for one gateway.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Slot {
    /// When it was written, in milliseconds since 1970.
    pub at: f64,
    /// The tab has closed, or left the gateway.
    pub gone: bool,
    /// The messages, in the order in which they were written.
    pub left: Vec<Leftover>,
}

impl Slot {
    /// Whether a tab may take these messages over: its own, or those of a tab
    /// that no longer sends them.
    #[must_use]
    pub fn is_free(&self, is_own: bool, now_ms: f64) -> bool {
        is_own || self.gone || now_ms - self.at > ABANDONED_MS
    }

    /// Whether it is small enough to be kept.
    #[must_use]
    pub fn fits(&self) -> bool {
        let bytes: usize = self.left.iter().map(|one| one.text.len()).sum();
        bytes <= MAX_BYTES
    }
}

/// The start of the names of a gateway's slots in the browser's storage.
#[must_use]
pub fn storage_prefix(gateway: &str) -> String {
    format!("clawline.unsent:{gateway}|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_kept_but_what_the_gateway_has() {
        for (state, has_left, kept) in [
            (State::Queued, false, Some(Standing::Waiting)),
            (State::Queued, true, Some(Standing::Undecided)),
            (State::Sending, true, Some(Standing::Undecided)),
            (State::Unconfirmed, true, Some(Standing::Undecided)),
            (State::Parked, true, Some(Standing::Parked)),
            (State::Parked, false, Some(Standing::Parked)),
            (State::Accepted, true, None),
            (State::Confirmed, true, None),
        ] {
            assert_eq!(Standing::of(state, has_left), kept, "{state:?} {has_left}");
        }
    }

    #[test]
    fn only_what_never_left_goes_out_again_without_asking() {
        assert_eq!(Standing::Waiting.state(), State::Queued);
        assert!(Standing::Parked.state().needs_a_decision());
        assert!(Standing::Undecided.state().needs_a_decision());
    }

    #[test]
    fn the_messages_of_an_open_tab_stay_with_it() {
        let mut slot = Slot {
            at: 1_000.0,
            ..Slot::default()
        };
        assert!(!slot.is_free(false, 2_000.0));
        assert!(slot.is_free(true, 2_000.0));
        assert!(slot.is_free(false, 1_001.0 + ABANDONED_MS));
        slot.gone = true;
        assert!(slot.is_free(false, 2_000.0));
    }

    #[test]
    fn each_standing_is_read_back_by_its_name() {
        for one in [Standing::Waiting, Standing::Parked, Standing::Undecided] {
            assert_eq!(Standing::named(one.name()), Some(one));
        }
        assert_eq!(Standing::named("sent"), None);
    }

    #[test]
    fn a_slot_has_a_bound() {
        let slot = |length: usize| Slot {
            left: vec![Leftover {
                key: "k".into(),
                text: "x".repeat(length),
                written: None,
                standing: Standing::Waiting,
                reason: None,
            }],
            ..Slot::default()
        };
        assert!(slot(MAX_BYTES).fits());
        assert!(!slot(MAX_BYTES + 1).fits());
    }
}
