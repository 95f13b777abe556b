//! What becomes of a message: answered, or only shown. Knows no database.

use std::time::Duration;

use super::arrival::{Arrival, What};

/// What the owner says about answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Stands before an answer where the linked number is the owner's own.
    pub assistant_name: String,
    /// Whether the linked number is the assistant's own. Then what is written on
    /// other devices of it is like anybody's words, and answers have no name
    /// before them.
    pub has_own_number: bool,
    /// Whether the owner is answered in the chat that the number has with itself.
    pub answers_own_chat: bool,
    /// How old a message may be that is answered.
    pub oldest: Duration,
    /// How many messages of one chat are answered in an hour; with the next one
    /// the chat is paused.
    pub hourly: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            assistant_name: "Jarvis".to_owned(),
            has_own_number: false,
            answers_own_chat: false,
            oldest: Duration::from_secs(15 * 60),
            hourly: 60,
        }
    }
}

/// Who speaks in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The owner, whom nobody has to answer.
    Owner,
    /// The owner, who wants an answer.
    OwnerAsks,
    /// Somebody whom the owner has to name.
    Somebody,
}

impl Rules {
    /// Who speaks.
    pub(super) fn speaker(&self, arrival: &Arrival) -> Speaker {
        match (arrival.from_me, self.has_own_number) {
            (false, _) | (true, true) => Speaker::Somebody,
            (true, false) if arrival.is_own_chat && self.answers_own_chat => Speaker::OwnerAsks,
            (true, false) => Speaker::Owner,
        }
    }

    /// Whether the owner took a chat over by writing in it.
    pub(super) fn takes_over(&self, arrival: &Arrival) -> bool {
        let is_said = matches!(
            arrival.what,
            What::Message(_) | What::Album { .. } | What::Unreadable { .. }
        );
        let is_owners = self.speaker(arrival) == Speaker::Owner;
        is_owners && is_said && arrival.is_live && !arrival.is_own_chat
    }

    /// Why an agent is not asked, whoever speaks; `None` where it may be.
    pub(super) fn silence(&self, arrival: &Arrival, now: i64) -> Option<Silence> {
        let age =
            Duration::from_millis(now.saturating_sub(arrival.sent_at).try_into().unwrap_or(0));
        if !arrival.is_live {
            Some(Silence::History)
        } else if !arrival.is_sealed {
            Some(Silence::Unsealed)
        } else if age > self.oldest {
            Some(Silence::Old)
        } else {
            None
        }
    }

    /// An answer of the assistant as it goes out.
    pub(super) fn signed(&self, answer: &str) -> String {
        if self.has_own_number || self.assistant_name.trim().is_empty() {
            answer.to_owned()
        } else {
            format!("{}: {answer}", self.assistant_name.trim())
        }
    }
}

/// Why an agent is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// It was said before the account was linked.
    History,
    /// Only WhatsApp's server vouches for the sender.
    Unsealed,
    /// It is too old for an answer.
    Old,
}

#[cfg(test)]
mod tests {
    use super::super::arrival::Words;
    use super::super::bridge::lines::Head;
    use super::*;

    fn arrival() -> Arrival {
        let head = Head {
            live: true,
            encrypted: true,
            sent_at: 1_000_000_000,
            ..Head::default()
        };
        Arrival::of(&head, What::Message(Words::default()))
    }

    #[test]
    fn what_the_owner_types_on_the_phone_is_answered_only_where_it_was_switched_on() {
        use Speaker::{Owner, OwnerAsks, Somebody};
        // from_me, own chat, own number, switched on
        for (from_me, own_chat, own_number, on, speaker) in [
            (false, false, false, false, Somebody),
            (false, false, true, true, Somebody),
            (true, false, false, false, Owner),
            (true, false, false, true, Owner),
            (true, true, false, false, Owner),
            (true, true, false, true, OwnerAsks),
            (true, false, true, false, Somebody),
            (true, true, true, false, Somebody),
        ] {
            let rules = Rules {
                has_own_number: own_number,
                answers_own_chat: on,
                ..Rules::default()
            };
            let arrival = Arrival {
                from_me,
                is_own_chat: own_chat,
                ..arrival()
            };
            let is = format!("{from_me} {own_chat} {own_number} {on}");
            assert_eq!(rules.speaker(&arrival), speaker, "{is}");
            let takes_over = from_me && !own_chat && !own_number;
            assert_eq!(rules.takes_over(&arrival), takes_over, "{is}");
        }
        let reaction = Arrival {
            from_me: true,
            what: What::Note {
                text: "[reacted]".to_owned(),
            },
            ..arrival()
        };
        assert!(!Rules::default().takes_over(&reaction));
    }

    #[test]
    fn what_is_old_past_or_vouched_for_by_the_server_alone_is_not_answered() {
        let rules = Rules::default();
        let now = arrival().sent_at;
        let late = 15 * 60 * 1_000;
        assert_eq!(rules.silence(&arrival(), now), None);
        assert_eq!(rules.silence(&arrival(), now + late), None);
        assert_eq!(
            rules.silence(&arrival(), now + late + 1),
            Some(Silence::Old)
        );
        assert_eq!(rules.silence(&arrival(), now - late), None, "a wrong clock");
        assert_eq!(rules.silence(&arrival(), i64::MIN), None);
        let past = Arrival {
            is_live: false,
            ..arrival()
        };
        assert_eq!(rules.silence(&past, now), Some(Silence::History));
        let unsealed = Arrival {
            is_sealed: false,
            ..arrival()
        };
        assert_eq!(rules.silence(&unsealed, now), Some(Silence::Unsealed));
    }

    #[test]
    fn an_answer_has_the_assistants_name_before_it_unless_the_number_is_its_own() {
        let mut rules = Rules::default();
        assert_eq!(rules.signed("hi"), "Jarvis: hi");
        rules.has_own_number = true;
        assert_eq!(rules.signed("hi"), "hi");
    }
}
