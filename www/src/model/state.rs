//! How far a person's message has come, in words.

use super::attachment::shown_name;
use super::words::Words;

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
    /// It went out through a channel.
    Sent,
    /// It is with whom it was for.
    Delivered,
    /// They have read it.
    Read,
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
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// The state in words, where it is worth a word.
    #[must_use]
    pub fn words(self) -> Option<Words> {
        match self {
            Self::Queued => Some(Words::of("state-queued")),
            Self::Sending => Some(Words::of("state-sending")),
            Self::Checking => Some(Words::of("state-checking")),
            Self::Accepted | Self::Delivered => Some(Words::of("state-accepted")),
            Self::Confirmed => None,
            Self::Parked => Some(Words::of("state-parked")),
            Self::Unconfirmed => Some(Words::of("state-unconfirmed")),
            Self::Sent => Some(Words::of("state-sent")),
            Self::Read => Some(Words::of("state-read")),
        }
    }

    /// What the state means for the person, where that is not plain.
    #[must_use]
    pub fn explanation(self) -> Option<Words> {
        (self == Self::Unconfirmed).then(|| Words::of("state-unconfirmed-why"))
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

    /// Whether it is under way, so that all a person can do is to follow it no
    /// longer.
    #[must_use]
    pub fn can_be_dismissed(self) -> bool {
        matches!(self, Self::Sending | Self::Checking | Self::Accepted)
    }

    /// Whether it would be lost with this browser's storage.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Sending | Self::Checking | Self::Parked | Self::Unconfirmed
        )
    }
}

/// Why an entry of the outbox waits for a person, and what can be done, as
/// sentences. The client knows codes, some of which name something after a
/// colon; a gateway that refuses has words of its own.
#[must_use]
pub fn reason_in_words(reason: &str) -> Words {
    let (code, named) = reason.split_once(": ").unwrap_or((reason, ""));
    let file = || shown_name(named);
    match code {
        "expired" | "no-row" | "too-large" | "never-answered" | "not-kept" | "other-gateway"
        | "unreadable" | "refused" => Words::coded("parked", code),
        "missing-scope" if !named.is_empty() => {
            Words::of("parked-missing-scope").with("scope", named)
        }
        "file-unreadable" => Words::of("parked-file-unreadable").with("name", file()),
        "file-empty" => Words::of("parked-file-empty").with("name", file()),
        _ => Words::said(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::catalogues::english;
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
    fn every_message_can_be_ended_by_a_person() {
        for state in [
            State::Queued,
            State::Sending,
            State::Checking,
            State::Accepted,
            State::Parked,
            State::Unconfirmed,
        ] {
            assert!(state.is_at_rest() != state.can_be_dismissed(), "{state:?}");
        }
        assert!(!State::Confirmed.can_be_dismissed());
    }

    #[test]
    fn every_code_has_words_and_a_refusal_keeps_its_own() {
        for (reason, words) in [
            ("expired", "waited longer"),
            ("no-row", "It may have arrived"),
            ("too-large", "does not let a message of this size through"),
            ("never-answered", "ended each time"),
            ("not-kept", "could not keep it"),
            ("other-gateway", "another gateway"),
            ("unreadable", "cannot be read"),
            ("refused", "did not say why"),
            ("missing-scope: operator.write", "(operator.write)"),
            (
                "file-unreadable: my notes: a.txt",
                "my notes: a.txt cannot be read any more",
            ),
            ("file-empty: a.txt", "a.txt is empty"),
        ] {
            let said = english(&reason_in_words(reason));
            assert!(said.contains(words), "{reason}: {said}");
            assert!(said.ends_with('.') && !said.contains(reason), "{said}");
        }
        for own in ["No such agent.", "unauthorized: expired", "missing-scope"] {
            assert_eq!(reason_in_words(own), Words::said(own));
        }
    }
}
