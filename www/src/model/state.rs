//! How far a person's message has come, in words.

use super::attachment::shown_name;

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

    /// Whether it is under way, so that all a person can do is to follow it no
    /// longer.
    #[must_use]
    pub fn can_be_dismissed(self) -> bool {
        matches!(self, Self::Sending | Self::Checking | Self::Accepted)
    }

    /// Whether it would be lost with this browser's storage.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        !matches!(self, Self::Accepted | Self::Confirmed)
    }
}

/// Why an entry of the outbox waits for a person, and what can be done, as
/// sentences. The client knows codes, some of which name something after a
/// colon; a gateway that refuses has words of its own.
#[must_use]
pub fn reason_in_words(reason: &str) -> String {
    let (code, named) = reason.split_once(": ").unwrap_or((reason, ""));
    let file = || shown_name(named);
    match code {
        "expired" => "It waited longer than it was allowed to, and was not sent.".to_owned(),
        "no-row" => "The gateway took it and never showed it. It may have arrived: look into the conversation \
             before you send it again."
            .to_owned(),
        "too-large" => "Something between here and the gateway does not let a message of this size through. \
             Edit it, or send it in parts."
            .to_owned(),
        "never-answered" => "The connection ended each time this message was sent. It may be too large or odd for \
             something on the way: edit it, or send it again."
            .to_owned(),
        "not-kept" => "This browser could not keep it, so it was not sent. Make room in the browser's storage, then \
             send it again."
            .to_owned(),
        "other-gateway" => "It was written for another gateway, and was not sent to this one.".to_owned(),
        "unreadable" => "What this browser has kept of it cannot be read. Discard it, and write it again.".to_owned(),
        "missing-scope" if !named.is_empty() => format!(
            "The gateway does not allow this browser to do that ({named}). It goes out by itself once it does."
        ),
        "file-unreadable" => format!(
            "{} cannot be read any more: it was changed, moved or deleted after it was chosen. Discard this, \
             and send it again with the file as it is now.",
            file()
        ),
        "file-empty" => format!(
            "{} is empty, and a gateway takes no empty file. Discard this, and send it without it.",
            file()
        ),
        _ => reason.to_owned(),
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
            ("missing-scope: operator.write", "(operator.write)"),
            (
                "file-unreadable: my notes: a.txt",
                "my notes: a.txt cannot be read any more",
            ),
            ("file-empty: a.txt", "a.txt is empty"),
        ] {
            let said = reason_in_words(reason);
            assert!(said.contains(words), "{reason}: {said}");
            assert!(said.ends_with('.') && !said.contains(reason), "{said}");
        }
        for own in ["No such agent.", "unauthorized: expired", "missing-scope"] {
            assert_eq!(reason_in_words(own), own);
        }
    }
}
