//! Who is answered on a channel that strangers reach. Nothing here knows a
//! database; [`visitors`](super::visitors) asks it.

/// Which visitors are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Whom the owner named, there or since they first wrote. Others are given a
    /// code, once.
    Pairing,
    /// Whom the owner named.
    Allowlist,
    /// Everybody whom the owner did not turn away.
    Open,
    /// Nobody.
    Disabled,
}

/// What an owner says about one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// For people who write alone.
    pub people: Rule,
    /// For groups.
    pub groups: Rule,
    /// People and groups that the owner named; `*` names all.
    pub allow_from: Vec<String>,
    /// Whether a group must be named as well as whoever writes in it; otherwise
    /// one of both is enough.
    pub group_and_sender: bool,
}

impl Default for Policy {
    /// Nobody is answered until the owner named them.
    fn default() -> Self {
        Self {
            people: Rule::Pairing,
            groups: Rule::Allowlist,
            allow_from: Vec::new(),
            group_and_sender: false,
        }
    }
}

/// Somebody who writes.
#[derive(Debug, Clone, Copy)]
pub struct Visitor<'a> {
    /// Identity within the channel.
    pub sender: &'a str,
    /// All identities of the sender, where the channel knows several; the owner
    /// may have named any.
    pub also: &'a [String],
    /// Name for people.
    pub name: Option<&'a str>,
    /// The group that is written in; `None` when the sender writes alone.
    pub group: Option<&'a str>,
    /// Whether a group's message speaks to the assistant.
    pub is_mentioned: bool,
}

impl<'a> Visitor<'a> {
    /// Whom the owner decides about: the group, or the sender who writes alone.
    #[must_use]
    pub fn subject(&self) -> &'a str {
        self.group.unwrap_or(self.sender)
    }
}

/// What the owner decided about a person or group since they first wrote. Where
/// it was decided about several identities of one person, the last of these
/// counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// They never wrote.
    Unknown,
    /// They were given a code, and the owner said nothing yet.
    Waiting,
    /// They are answered.
    Allowed,
    /// They are not.
    Denied,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// An agent answers it.
    Answer,
    /// The visitor is told the code by which the owner can let them in.
    Code,
    /// Nothing is said.
    Silence,
}

impl Policy {
    /// Judges a message. `sender` and `group` are what the owner decided about
    /// each; the latter counts only in a group.
    #[must_use]
    pub fn judge(&self, visitor: &Visitor<'_>, sender: Standing, group: Standing) -> Verdict {
        let (rule, subject) = match visitor.group {
            Some(_) => (self.groups, group),
            None => (self.people, sender),
        };
        let is_turned_away = sender == Standing::Denied || subject == Standing::Denied;
        let is_meant = visitor.group.is_none() || visitor.is_mentioned;
        if is_turned_away || !is_meant || rule == Rule::Disabled {
            return Verdict::Silence;
        }
        let names = |id: &str| self.names(id);
        let has_named_sender = sender == Standing::Allowed
            || names(visitor.sender)
            || visitor.also.iter().any(|id| names(id));
        let has_named_group = visitor.group.is_some_and(names)
            || (visitor.group.is_some() && group == Standing::Allowed);
        let is_named = match visitor.group {
            Some(_) if self.group_and_sender => has_named_sender && has_named_group,
            _ => has_named_sender || has_named_group,
        };
        match (is_named, rule, subject) {
            (true, _, _) | (false, Rule::Open, _) => Verdict::Answer,
            (false, Rule::Pairing, Standing::Unknown) => Verdict::Code,
            (false, _, _) => Verdict::Silence,
        }
    }

    fn names(&self, id: &str) -> bool {
        let id = plain(id);
        let mut named = self.allow_from.iter();
        named.any(|one| one.trim() == "*" || plain(one) == id)
    }
}

/// An identity as it is compared and kept: a telephone number is its digits,
/// however it is written; anything else is as it stands, case included.
#[must_use]
pub fn plain(id: &str) -> String {
    let id = id.trim();
    let is_number = id
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')'));
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    if is_number && digits.len() >= 5 {
        digits
    } else {
        id.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Rule::{Allowlist, Disabled, Open, Pairing};
    use super::Standing::{Allowed, Denied, Unknown, Waiting};
    use super::Verdict::{Answer, Code, Silence};
    use super::*;

    fn policy(rule: Rule, allow_from: &[&str]) -> Policy {
        Policy {
            people: rule,
            groups: rule,
            allow_from: allow_from.iter().map(|one| (*one).to_owned()).collect(),
            group_and_sender: false,
        }
    }

    fn alone(sender: &str) -> Visitor<'_> {
        Visitor {
            sender,
            also: &[],
            name: None,
            group: None,
            is_mentioned: false,
        }
    }

    #[test]
    fn who_writes_alone_is_answered_as_the_owner_said() {
        // What the owner decided:  nothing  a code  let in   away
        for (rule, verdicts) in [
            (Pairing, [Code, Silence, Answer, Silence]),
            (Allowlist, [Silence, Silence, Answer, Silence]),
            (Open, [Answer, Answer, Answer, Silence]),
            (Disabled, [Silence; 4]),
        ] {
            let standings = [Unknown, Waiting, Allowed, Denied];
            for (standing, verdict) in standings.into_iter().zip(verdicts) {
                // What is decided about groups is of no account here.
                for group in standings {
                    let judged = policy(rule, &[]).judge(&alone("+49 123 456"), standing, group);
                    assert_eq!(judged, verdict, "{rule:?} {standing:?} {group:?}");
                }
            }
        }
    }

    #[test]
    fn who_is_named_is_answered_unless_nobody_is() {
        for (named, sender, is_named) in [
            ("+49 (123) 456-7", "491234567", true),
            ("491234567", "+491234567", true),
            ("alice", "alice", true),
            ("alice", "Alice", false),
            ("alice", "alice2", false),
            ("*", "anybody", true),
            ("1234", "+1234", false),
        ] {
            for (rule, otherwise) in [(Pairing, Code), (Allowlist, Silence)] {
                let wanted = if is_named { Answer } else { otherwise };
                let judged = policy(rule, &[named]).judge(&alone(sender), Unknown, Unknown);
                assert_eq!(judged, wanted, "{named:?} {sender:?} {rule:?}");
            }
            let judged = policy(Disabled, &[named]).judge(&alone(sender), Allowed, Unknown);
            assert_eq!(judged, Silence);
            let judged = policy(Open, &[named]).judge(&alone(sender), Denied, Unknown);
            assert_eq!(judged, Silence, "the last word is the owner's");
        }
    }

    #[test]
    fn a_group_is_answered_when_it_speaks_to_the_assistant_and_somebody_is_named() {
        let visitor = |is_mentioned| Visitor {
            group: Some("family"),
            is_mentioned,
            ..alone("alice")
        };
        for (rule, allow, sender, group, wanted) in [
            (Open, &[][..], Unknown, Unknown, Answer),
            (Open, &[], Denied, Unknown, Silence),
            (Open, &[], Unknown, Denied, Silence),
            (Disabled, &["*"], Allowed, Allowed, Silence),
            (Allowlist, &[], Unknown, Unknown, Silence),
            (Allowlist, &["family"], Unknown, Unknown, Answer),
            (Allowlist, &["alice"], Unknown, Unknown, Answer),
            (Allowlist, &["bob"], Unknown, Unknown, Silence),
            (Allowlist, &["family"], Denied, Unknown, Silence),
            (Allowlist, &[], Allowed, Unknown, Answer),
            (Allowlist, &[], Unknown, Allowed, Answer),
            (Pairing, &[], Unknown, Unknown, Code),
            (Pairing, &[], Unknown, Waiting, Silence),
            (Pairing, &[], Waiting, Unknown, Code),
            (Pairing, &[], Unknown, Allowed, Answer),
        ] {
            let policy = policy(rule, allow);
            let judged = policy.judge(&visitor(true), sender, group);
            assert_eq!(judged, wanted, "{rule:?} {allow:?} {sender:?} {group:?}");
            let judged = policy.judge(&visitor(false), sender, group);
            assert_eq!(judged, Silence, "nobody spoke to it");
        }
    }

    #[test]
    fn where_both_are_asked_for_a_group_needs_its_own_name_and_the_senders() {
        let visitor = Visitor {
            group: Some("family"),
            is_mentioned: true,
            ..alone("alice")
        };
        for (rule, allow, sender, group, wanted) in [
            (Allowlist, &["family"][..], Unknown, Unknown, Silence),
            (Allowlist, &["alice"], Unknown, Unknown, Silence),
            (Allowlist, &["alice", "family"], Unknown, Unknown, Answer),
            (Allowlist, &["*"], Unknown, Unknown, Answer),
            (Allowlist, &["family"], Allowed, Unknown, Answer),
            (Allowlist, &["alice"], Unknown, Allowed, Answer),
            (Allowlist, &[], Allowed, Allowed, Answer),
            (Allowlist, &[], Allowed, Unknown, Silence),
            (Allowlist, &["alice", "family"], Denied, Unknown, Silence),
            (Open, &[], Unknown, Unknown, Answer),
        ] {
            let policy = Policy {
                group_and_sender: true,
                ..policy(rule, allow)
            };
            let judged = policy.judge(&visitor, sender, group);
            assert_eq!(judged, wanted, "{rule:?} {allow:?} {sender:?} {group:?}");
        }
    }

    #[test]
    fn whoever_has_several_identities_is_named_by_any_of_them() {
        let also = ["49123456".to_owned(), "88@lid".to_owned()];
        let visitor = Visitor {
            also: &also,
            ..alone("49123456@s.whatsapp.net")
        };
        for (named, wanted) in [
            ("+49 123 456", Answer),
            ("88@lid", Answer),
            ("88", Silence),
            ("49123457", Silence),
        ] {
            let judged = policy(Allowlist, &[named]).judge(&visitor, Unknown, Unknown);
            assert_eq!(judged, wanted, "{named}");
        }
    }

    #[test]
    fn a_channel_of_which_nothing_is_said_answers_nobody() {
        let judged = Policy::default().judge(&alone("alice"), Unknown, Unknown);
        assert_eq!(judged, Code);
        let group = Visitor {
            group: Some("family"),
            is_mentioned: true,
            ..alone("alice")
        };
        assert_eq!(Policy::default().judge(&group, Unknown, Unknown), Silence);
    }
}
