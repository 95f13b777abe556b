//! The sessions of a gateway, as a person sees them in a list.

pub mod actions;
pub mod deletions;
pub mod listing;
pub mod place;
pub mod presence;

use std::cmp::{Ordering, Reverse};

use clawline_core::wire::Object;

/// The longest key that a gateway takes, in bytes.
const KEY_BYTES: usize = 512;
/// How much of a title and of what was said last is shown, in characters.
const TITLE_CHARS: usize = 120;
const PREVIEW_CHARS: usize = 200;

/// A session, as far as the list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its canonical key.
    pub key: String,
    /// Its id, which is another one when it was begun anew.
    pub id: Option<String>,
    /// The name that a person gave it.
    pub label: Option<String>,
    /// The name that the gateway has for it.
    name: Option<String>,
    /// What was said last, in one line.
    pub preview: Option<String>,
    /// The channel that it is held on; `None` for this page's own.
    pub channel: Option<String>,
    /// When it changed last, by the gateway's clock, in milliseconds since 1970.
    pub updated_at: Option<f64>,
    /// It is the gateway's main one.
    pub is_main: bool,
    /// An agent is at work in it.
    pub is_running: bool,
    /// Something in it has not been read.
    pub is_unread: bool,
    /// A person wants it on top.
    pub is_pinned: bool,
    /// A person has put it away.
    pub is_archived: bool,
}

/// What a session is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Title {
    /// By a name or by words of its own.
    Named(String),
    /// The gateway's main one.
    Main,
    /// Nothing was said in it yet.
    New,
}

impl Session {
    /// Reads a row of `sessions.list`. `None` when it has no key that could be
    /// asked for; any other strange field costs only itself.
    #[must_use]
    pub fn read<O: Object>(row: &O) -> Option<Self> {
        let key = row.text("key").filter(|key| is_key(key))?;
        Some(Self::unknown(key).changed(row, true))
    }

    /// The main session of a gateway that has no row for it yet.
    #[must_use]
    pub fn main(key: &str) -> Self {
        Self {
            is_main: true,
            ..Self::unknown(key.to_owned())
        }
    }

    fn unknown(key: String) -> Self {
        Self {
            key,
            id: None,
            label: None,
            name: None,
            preview: None,
            channel: None,
            updated_at: None,
            is_main: false,
            is_running: false,
            is_unread: false,
            is_pinned: false,
            is_archived: false,
        }
    }

    /// The session as a row or an event has it now; what that does not say
    /// stays. The last words in an event are those before the last ones:
    /// `is_row` tells whether they count.
    #[must_use]
    pub fn changed<O: Object>(&self, told: &O, is_row: bool) -> Self {
        let text = |name, limit| told.text(name).and_then(|text| one_line(&text, limit));
        let flag = |name, old| told.flag(name).unwrap_or(old);
        let is_running = told.flag("hasActiveRun").or_else(|| {
            let status = told.text("status")?;
            Some(status == "running" || status == "queued")
        });
        // OpenClaw calls a run active while its answer is on the way to a channel, and
        // does not tell when that has arrived.
        let is_running = is_running.map(|is| is && !has_ended(told));
        let channel = text("channel", TITLE_CHARS).or_else(|| channel_of(&self.key));
        let channel = channel.filter(|channel| channel != "webchat").map(named);
        // Whom a channel leads to.
        let origin = told.child("origin").filter(|_| channel.is_some());
        let origin = origin.and_then(|it| one_line(&it.text("label")?, TITLE_CHARS));
        let name = text("displayName", TITLE_CHARS).into_iter().chain(origin);
        let name = name
            .chain(text("derivedTitle", TITLE_CHARS))
            .find(|name| !stands_for_nothing(name, told));
        let preview = told.text("lastMessagePreview").filter(|_| is_row);
        let preview = preview.and_then(|text| one_line(own_words(&text), PREVIEW_CHARS));
        Self {
            key: self.key.clone(),
            id: told.text("sessionId").or_else(|| self.id.clone()),
            label: text("label", TITLE_CHARS).or_else(|| self.label.clone()),
            name: name.or_else(|| self.name.clone()),
            preview: preview.or_else(|| self.preview.clone()),
            channel,
            updated_at: time(told, "updatedAt").or(self.updated_at),
            is_main: flag("isMain", self.is_main),
            is_running: is_running.unwrap_or(self.is_running),
            is_unread: flag("unread", self.is_unread),
            is_pinned: flag("pinned", self.is_pinned),
            is_archived: flag("archived", self.is_archived),
        }
    }

    /// What it is called: by a person, as the main one, by the gateway, by what
    /// was said in it, by its key.
    #[must_use]
    pub fn title(&self) -> Title {
        if let Some(label) = &self.label {
            return Title::Named(label.clone());
        }
        if self.is_main {
            return Title::Main;
        }
        let words = self.name.as_ref().or(self.preview.as_ref()).cloned();
        match words.or_else(|| name_in(&self.key)) {
            Some(words) => Title::Named(words),
            None => Title::New,
        }
    }

    /// Pinned ones first, then by the gateway's time; a main session in which
    /// nothing happened yet is at hand.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let at = |session: &Self| match session.updated_at {
            None if session.is_main => f64::INFINITY,
            None => f64::NEG_INFINITY,
            Some(at) => at,
        };
        let by_pin = Reverse(self.is_pinned).cmp(&Reverse(other.is_pinned));
        by_pin
            .then_with(|| at(other).total_cmp(&at(self)))
            .then_with(|| self.key.cmp(&other.key))
    }
}

/// Whether a text can be the key of a session.
#[must_use]
pub fn is_key(text: &str) -> bool {
    !text.is_empty() && text.len() <= KEY_BYTES && !text.chars().any(char::is_control)
}

/// A text in one line, without what cannot be seen; `None` when nothing is left.
pub(crate) fn one_line(text: &str, limit: usize) -> Option<String> {
    // Room for the spaces that are folded.
    let part: String = text.chars().take(limit.saturating_mul(8)).collect();
    let mut line = String::new();
    for word in part.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !is_invisible(*c)));
    }
    let line = line.trim();
    if line.is_empty() {
        return None;
    }
    let cut = line.char_indices().nth(limit).map(|(at, _)| at);
    Some(match cut.and_then(|at| line.get(..at)) {
        Some(start) => format!("{}…", start.trim_end()),
        None => line.to_owned(),
    })
}

/// Controls, marks that would turn the words around them, and what has no width and
/// joins nothing.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A gateway that has no words for a session derives a name from its id.
fn stands_for_nothing<O: Object>(name: &str, told: &O) -> bool {
    let id = told.text("sessionId").unwrap_or_default();
    id.get(..8).is_some_and(|start| name.starts_with(start))
        || told.text("key").is_some_and(|key| key == name)
}

/// The channel that a key names: `agent:main:whatsapp:group:1@g.us`.
fn channel_of(key: &str) -> Option<String> {
    let mut parts = key.split(':').skip(2);
    let (channel, kind) = (parts.next()?, parts.next()?);
    let is_channel = matches!(kind, "direct" | "dm" | "group" | "channel");
    is_channel.then(|| channel.to_owned())
}

/// Whether the last run of a session has come to its end.
fn has_ended<O: Object>(told: &O) -> bool {
    let ended = told.number("endedAt");
    ended.is_some_and(|ended| {
        told.number("startedAt")
            .is_some_and(|started| started <= ended)
    })
}

/// What a person wrote, without what OpenClaw tells its model of where it came from.
fn own_words(text: &str) -> &str {
    const MARK: &str = "⟦openclaw:ctx⟧";
    text.rsplit_once(MARK).map_or(text, |(_, words)| words)
}

/// A channel as people call it, where its name is another one.
pub(super) fn named(channel: String) -> String {
    match channel.as_str() {
        "whatsapp" | "whatsapp_baileys" => "WhatsApp".to_owned(),
        _ => channel,
    }
}

/// A key in human form: its last part, unless that is a number of the machine.
fn name_in(key: &str) -> Option<String> {
    let name = key.rsplit(':').find(|part| !part.is_empty())?;
    let is_id = name.len() >= 32 && name.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    if is_id {
        None
    } else {
        one_line(name, TITLE_CHARS)
    }
}

fn time<O: Object>(told: &O, name: &'static str) -> Option<f64> {
    // The largest time that a browser's dates can have.
    const LAST: f64 = 8.64e15;
    told.number(name).filter(|at| (0.0..=LAST).contains(at))
}

#[cfg(test)]
mod tests;
