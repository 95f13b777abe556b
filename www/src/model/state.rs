//! How far a person's message has come, in words.

/// How far a message has come. The names are part of the page's contract:
/// they stand in `data-state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for the connection or for the message before it.
    Queued,
    /// On its way, not yet answered.
    Sending,
    /// Its bytes left, then the connection broke: the gateway will be asked.
    Checking,
    /// The gateway has it; for a reply: still being written.
    Accepted,
    /// It stands in the history.
    Confirmed,
    /// Refused: a person decides.
    Parked,
    /// Sent, outcome unknown, not safe to repeat.
    Unconfirmed,
}

impl State {
    /// The value of `data-state`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending | Self::Checking => "sending",
            Self::Accepted => "accepted",
            Self::Confirmed => "confirmed",
            Self::Parked => "parked",
            Self::Unconfirmed => "unconfirmed",
        }
    }

    /// The state in words, where it is worth a word.
    #[must_use]
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Queued => Some("Waiting to be sent"),
            Self::Sending => Some("Sending…"),
            Self::Checking => Some("Checking whether it arrived…"),
            Self::Accepted => Some("Delivered"),
            Self::Confirmed => None,
            Self::Parked => Some("Not sent"),
            Self::Unconfirmed => Some("Not confirmed"),
        }
    }

    /// What the state means for the person, where that is not plain.
    #[must_use]
    pub fn explanation(self) -> Option<&'static str> {
        match self {
            Self::Unconfirmed => Some(
                "The connection broke after this was sent, and the gateway cannot say whether it arrived. \
                 Sending it again may make the agent do it twice.",
            ),
            _ => None,
        }
    }

    /// Whether the person may send it again.
    #[must_use]
    pub fn needs_a_decision(self) -> bool {
        matches!(self, Self::Parked | Self::Unconfirmed)
    }

    /// Whether the person may change or discard it: it is not under way.
    #[must_use]
    pub fn is_at_rest(self) -> bool {
        self.needs_a_decision() || self == Self::Queued
    }

    /// Whether it would be lost with this browser's storage.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        !matches!(self, Self::Accepted | Self::Confirmed)
    }
}

/// Why an entry of the outbox waits for a person, as a sentence.
#[must_use]
pub fn reason_in_words(reason: &str) -> String {
    match reason {
        "expired" => "It waited longer than it was allowed to, and was not sent.".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_parked_or_unconfirmed_message_asks_for_a_decision() {
        for state in [
            State::Queued,
            State::Sending,
            State::Checking,
            State::Accepted,
            State::Confirmed,
        ] {
            assert!(!state.needs_a_decision());
        }
        assert!(State::Parked.needs_a_decision());
        assert!(
            State::Unconfirmed.needs_a_decision() && State::Unconfirmed.explanation().is_some()
        );
    }

    #[test]
    fn a_message_can_be_changed_until_it_is_under_way() {
        for state in [State::Queued, State::Parked, State::Unconfirmed] {
            assert!(state.is_at_rest() && state.is_unsent(), "{state:?}");
        }
        for state in [State::Sending, State::Checking] {
            assert!(!state.is_at_rest() && state.is_unsent(), "{state:?}");
        }
        assert!(!State::Accepted.is_unsent());
    }

    #[test]
    fn an_expired_message_says_so_and_a_refused_one_why() {
        assert!(reason_in_words("expired").contains("waited longer"));
        assert_eq!(reason_in_words("No such agent."), "No such agent.");
    }
}
