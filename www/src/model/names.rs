//! The names under which the page keeps things in the browser's storage.
//!
//! What belongs to a gateway is named by its [`GatewayId`], and there is no
//! other way to make a name: no spelling of an address and no secret gets in.
//! Older versions used the address as it was typed; [`Found::moves`] says what becomes
//! of what they have left.

use clawline_core::GatewayId;

use super::address::Identify;
use super::unread::Mark;

/// The name of a value in the browser's storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// What is kept for each gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The draft of a session.
    Draft,
    /// The draft that had to make room for that one.
    Undo,
    /// The draft of a question to the agent, aside from whoever the session leads to.
    Aside,
    /// The draft that had to make room for that one.
    AsideUndo,
    /// How far a session was read.
    Seen,
    /// A token that the person asked to keep.
    Token,
    /// The gateway has been connected to.
    Used,
    /// The session that is shown, when it is not the main one.
    Conversation,
}

impl Kind {
    const ALL: [Self; 8] = [
        Self::Draft,
        Self::Undo,
        Self::Aside,
        Self::AsideUndo,
        Self::Seen,
        Self::Token,
        Self::Used,
        Self::Conversation,
    ];

    fn start(self) -> &'static str {
        match self {
            Self::Draft => "clawline.draft:",
            Self::Undo => "clawline.draft-undo:",
            Self::Aside => "clawline.aside:",
            Self::AsideUndo => "clawline.aside-undo:",
            Self::Seen => "clawline.seen:",
            Self::Token => "clawline.token:",
            Self::Used => "clawline.used:",
            Self::Conversation => "clawline.conversation:",
        }
    }

    /// Whether the gateway's name is followed by another part.
    fn has_part(self) -> bool {
        !matches!(self, Self::Token | Self::Used | Self::Conversation)
    }
}

impl Name {
    /// The gateway that was used last.
    #[must_use]
    pub fn address() -> Self {
        Self("clawline.gateway".to_owned())
    }

    /// Whether the page follows what is written.
    #[must_use]
    pub fn follow() -> Self {
        Self("clawline.follow".to_owned())
    }

    /// Light or dark.
    #[must_use]
    pub fn theme() -> Self {
        Self("clawline.theme".to_owned())
    }

    /// The language of the page.
    #[must_use]
    pub fn language() -> Self {
        Self("clawline.language".to_owned())
    }

    /// Whether the list of sessions is folded away.
    #[must_use]
    pub fn sessions() -> Self {
        Self("clawline.sessions".to_owned())
    }

    /// The labels of the files of a message on its way.
    #[must_use]
    pub fn files(key: &str) -> Self {
        Self(format!("{}{key}", Self::FILES))
    }

    /// How the names of such labels begin.
    pub const FILES: &str = "clawline.files:";

    /// What is kept for a gateway; `part` is the session, or the tab.
    #[must_use]
    pub fn of(kind: Kind, gateway: &GatewayId, part: &str) -> Self {
        let start = kind.start();
        Self(match kind.has_part() {
            true => format!("{start}{gateway}|{part}"),
            false => format!("{start}{gateway}"),
        })
    }

    /// As the storage has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a name in the storage means, however the address in it is spelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What is kept there.
    pub kind: Kind,
    /// For which gateway.
    pub gateway: GatewayId,
    /// The session, or the tab; empty where there is none.
    pub part: String,
}

impl Found {
    /// Reads a name; `None` when it is no name of a gateway's.
    #[must_use]
    pub fn read(stored: &str, identify: Identify) -> Option<Self> {
        let named = |kind: &Kind| Some((*kind, stored.strip_prefix(kind.start())?));
        let (kind, rest) = Kind::ALL.iter().find_map(named)?;
        let (address, part) = match kind.has_part() {
            true => rest.split_once('|')?,
            false => (rest, ""),
        };
        Some(Self {
            kind,
            gateway: identify(address)?,
            part: part.to_owned(),
        })
    }

    /// The one name for it.
    #[must_use]
    pub fn name(&self) -> Name {
        self.named(self.kind)
    }

    fn named(&self, kind: Kind) -> Name {
        Name::of(kind, &self.gateway, &self.part)
    }

    /// What has to be written before a value can go that was kept for this
    /// under another name. What stands under the right name is newer and stays;
    /// words that a person wrote are never dropped.
    #[must_use]
    pub fn moves(
        &self,
        value: &str,
        kept: impl Fn(&Name) -> Option<String>,
    ) -> Vec<(Name, String)> {
        let name = self.name();
        let held = kept(&name).filter(|held| !held.is_empty());
        let new = match (self.kind, held) {
            (Kind::Draft, Some(draft)) if draft != value => {
                let undo = self.named(Kind::Undo);
                joined(kept(&undo), value).map(|both| (undo, both))
            }
            (Kind::Undo, held) => joined(held, value).map(|both| (name, both)),
            (Kind::Seen, Some(seen)) => {
                // Of two times the later counts; what is no time is newer than both.
                let time = |text: &str| text.parse::<i64>().ok();
                let is_later = time(value) > time(&seen);
                let is_of_now = Mark::parse(&seen).is_some() && time(&seen).is_none();
                (is_later && !is_of_now).then(|| (name, value.to_owned()))
            }
            (_, Some(_)) => None,
            (_, None) => Some((name, value.to_owned())),
        };
        new.into_iter().collect()
    }
}

/// Both texts; `None` when the first has the second already.
fn joined(held: Option<String>, more: &str) -> Option<String> {
    match held.filter(|held| !held.is_empty()) {
        None => Some(more.to_owned()),
        Some(held) if held.contains(more) => None,
        Some(held) => Some(format!("{held}\n\n{more}")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn gateway(address: &str) -> GatewayId {
        GatewayId::parse(address).unwrap()
    }

    /// Does what a page does when it begins: moves what has another name.
    fn gather(storage: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut all: BTreeMap<String, String> = storage
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        for stored in all.keys().cloned().collect::<Vec<_>>() {
            let Some(found) = Found::read(&stored, GatewayId::parse) else {
                continue;
            };
            if found.name().as_str() == stored {
                continue;
            }
            let value = all[&stored].clone();
            for (name, value) in found.moves(&value, |name| all.get(name.as_str()).cloned()) {
                all.insert(name.as_str().to_owned(), value);
            }
            all.remove(&stored);
        }
        all
    }

    fn after(storage: &[(&str, &str)], name: &str) -> String {
        gather(storage).remove(name).unwrap_or_default()
    }

    #[test]
    fn a_name_reads_back_however_the_address_was_spelled() {
        for spelling in [
            "ws://h:80/gateway/",
            "WS://H/gateway?ticket=7",
            "ws://h/gateway",
        ] {
            let stored = format!("clawline.draft:{spelling}|agent:a|b");
            let found = Found::read(&stored, GatewayId::parse).expect(spelling);
            assert_eq!(found.kind, Kind::Draft);
            assert_eq!(found.part, "agent:a|b");
            assert_eq!(
                found.name(),
                Name::of(Kind::Draft, &gateway("ws://h/gateway"), "agent:a|b")
            );
        }
        for other in [
            "clawline.theme",
            "clawline.draft:",
            "clawline.draft:nonsense|main",
            "x",
        ] {
            assert_eq!(Found::read(other, GatewayId::parse), None, "{other}");
        }
    }

    #[test]
    fn drafts_of_two_sessions_and_gateways_do_not_meet() {
        let a = gateway("ws://a:1");
        let main = Name::of(Kind::Draft, &a, "main");
        assert_ne!(main, Name::of(Kind::Draft, &a, "other"));
        assert_ne!(main, Name::of(Kind::Draft, &gateway("ws://b:1"), "main"));
        assert_ne!(main, Name::of(Kind::Undo, &a, "main"));
    }

    #[test]
    fn what_older_versions_kept_under_other_spellings_is_found() {
        for (stored, name) in [
            (
                "clawline.draft:ws://h:1/|main",
                "clawline.draft:ws://h:1|main",
            ),
            (
                "clawline.draft-undo:ws://h:80|main",
                "clawline.draft-undo:ws://h|main",
            ),
            (
                "clawline.seen:ws://h:1/?ticket=7|main",
                "clawline.seen:ws://h:1|main",
            ),
            ("clawline.token:wss://h:443/", "clawline.token:wss://h"),
            ("clawline.used:ws://h:1/?x", "clawline.used:ws://h:1"),
        ] {
            let all = gather(&[(stored, "7")]);
            assert_eq!(all.get(name).map(String::as_str), Some("7"), "{stored}");
            assert_eq!(all.len(), 1, "{stored}");
        }
    }

    #[test]
    fn a_secret_in_an_address_leaves_the_names() {
        let old = "ws://h/gateway?ticket=secret";
        let all = gather(&[
            (&format!("clawline.draft:{old}|main"), "words"),
            (&format!("clawline.used:{old}"), "1"),
        ]);
        assert!(all.keys().all(|name| !name.contains("secret")), "{all:?}");
    }

    #[test]
    fn no_words_are_lost_when_there_are_several() {
        let one = ("clawline.draft:ws://h:1|main", "newest");
        let two = ("clawline.draft:ws://h:1/|main", "older");
        let three = ("clawline.draft:ws://H:1|main", "oldest");
        let undo = ("clawline.draft-undo:ws://h:1/?t|main", "undone");
        let all = [one, two, three, undo];
        assert_eq!(after(&all, one.0), "newest");
        let kept = after(&all, "clawline.draft-undo:ws://h:1|main");
        for words in ["older", "oldest", "undone"] {
            assert!(kept.contains(words), "{words} in {kept}");
        }
        let same = ("clawline.draft:ws://h:1/|main", "newest");
        assert_eq!(gather(&[one, same]).len(), 1);
        let empty = ("clawline.draft:ws://h:1|main", "");
        assert_eq!(after(&[empty, two], one.0), "older");
    }

    #[test]
    fn the_later_mark_counts_and_the_token_of_the_right_name() {
        let mark = "clawline.seen:ws://h:1|main";
        let old = "clawline.seen:ws://h:1/|main";
        assert_eq!(after(&[(mark, "5"), (old, "7")], mark), "7");
        assert_eq!(after(&[(mark, "7"), (old, "5")], mark), "7");
        assert_eq!(after(&[(mark, "7"), (old, "never")], mark), "7");
        assert_eq!(after(&[(mark, "2@t"), (old, "7")], mark), "2@t");
        let token = "clawline.token:ws://h:1";
        let all = gather(&[(token, "new"), ("clawline.token:ws://h:1/", "old")]);
        assert_eq!(all.get(token).map(String::as_str), Some("new"));
        assert_eq!(all.len(), 1);
    }
}
