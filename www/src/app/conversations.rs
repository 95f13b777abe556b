//! The conversations that are open: the one that is shown, and those that one
//! has turned away from, which go on.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::unread;
use webchat_model::words::Words;

use super::App;
use crate::browser::{spawn_local, storage};
use crate::conversation::{Conversation, Surroundings};
use crate::link::Link;

/// So many are followed at once. The one that was left first is closed; what is
/// kept of it stays kept.
const MOST: usize = 8;

/// How long a conversation that was closed still has its signals: what shows
/// them goes first.
const FAREWELL: Duration = Duration::from_secs(1);

struct Open {
    conversation: Conversation,
    owner: Owner,
}

/// The open ones, the one that was shown last behind all others.
#[derive(Clone, Copy)]
pub(super) struct Conversations {
    open: StoredValue<Vec<Open>>,
    around: StoredValue<Owner>,
}

impl Conversations {
    pub(super) fn new() -> Self {
        Self {
            open: StoredValue::new(Vec::new()),
            around: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    pub(super) fn are_at_risk(self) -> bool {
        self.each().iter().any(|one| one.is_at_risk())
    }

    fn each(self) -> Vec<Conversation> {
        self.open
            .with_value(|open| open.iter().map(|open| open.conversation).collect())
    }

    /// The open conversation with this session.
    fn take(self, session: Option<&str>) -> Option<Open> {
        let is_it = |open: &Open| open.conversation.session().as_deref() == session;
        self.open
            .try_update_value(|open| Some(open.remove(open.iter().position(is_it)?)))
            .flatten()
    }

    fn put(self, last: Open) {
        let surplus = self.open.try_update_value(|open| {
            open.push(last);
            // Files that are attached exist nowhere else.
            let mut others = open.iter().take(open.len().saturating_sub(1));
            let first = others.position(|open| !open.conversation.is_at_risk());
            first
                .filter(|_| open.len() > MOST)
                .map(|first| open.remove(first))
        });
        if let Some(gone) = surplus.flatten() {
            close(gone);
        }
    }
}

fn close(gone: Open) {
    set_timeout(move || gone.owner.cleanup(), FAREWELL);
}

impl App {
    /// Shows another session of the gateway; `None`: the main one.
    pub(crate) fn turn_to(self, session: Option<String>) {
        let main = self.with_link(Link::main_session).flatten();
        let session = session.filter(|session| main.as_ref() != Some(session));
        let Some(gateway) = self.gateway() else {
            return;
        };
        if self.is_page {
            storage::set_conversation(&gateway, session.as_deref());
        }
        self.show_conversation(session);
    }

    /// The session that is shown; `None`: the main one.
    pub(crate) fn session(self) -> Option<String> {
        self.current.get().and_then(Conversation::session)
    }

    pub(super) fn show_conversation(self, session: Option<String>) {
        let before = self.current.get_untracked();
        let known = self.conversations.take(session.as_deref());
        let Some(open) = known.or_else(|| self.open_conversation(session)) else {
            return;
        };
        let conversation = open.conversation;
        self.conversations.put(open);
        if let Some(before) = before {
            before.set_shown(false);
        }
        conversation.set_shown(true);
        self.current.set(Some(conversation));
    }

    fn open_conversation(self, session: Option<String>) -> Option<Open> {
        let around = Surroundings {
            connection: self.connection,
            day: self.day,
            follow: self.follow,
            said: self.said,
            begin: Callback::new(move |(typed, first)| self.begin_conversation(typed, first)),
        };
        let owner = self
            .conversations
            .around
            .with_value(|around| around.with(Owner::new));
        let open = |link: &Link| owner.with(|| Conversation::open(link, session, around));
        let conversation = self.with_link(open)?;
        Some(Open {
            conversation,
            owner,
        })
    }

    /// Another gateway has other conversations.
    pub(super) fn close_conversations(self) {
        self.current.set(None);
        let all = self.conversations.open.try_update_value(std::mem::take);
        all.into_iter().flatten().for_each(close);
    }

    /// A session is no more, and nothing follows it.
    pub(crate) fn forget(self, session: &str) {
        if let Some(gone) = self.conversations.take(Some(session)) {
            close(gone);
        }
    }

    /// Begins another conversation with the same agent.
    pub(crate) fn begin_another(self) {
        if let Err(why) = self.begin_conversation(String::new(), String::new()) {
            self.said.notice(why);
        }
    }

    /// Begins another conversation with the same agent, and says `first` in it.
    /// `typed` comes back when that fails.
    fn begin_conversation(self, typed: String, first: String) -> Result<(), Words> {
        let link = self.link.with_value(Clone::clone);
        let Some(link) = link.filter(Link::is_ready) else {
            return Err(Words::of("new-conversation-later"));
        };
        let before = self.current.get_untracked();
        spawn_local(async move {
            let begun = link.new_session().await;
            if self.gateway().as_ref() != Some(link.gateway()) {
                return;
            }
            let said = begun.and_then(|session| {
                self.turn_to(Some(session));
                self.said.announce(Words::of("new-conversation-begun"));
                match self.current.get_untracked().filter(|_| !first.is_empty()) {
                    Some(conversation) => conversation.send_words(&first),
                    None => Ok(()),
                }
            });
            if let Err(why) = said {
                let words = Words::of("new-conversation-failed").with("reason", why);
                self.said.notice(words);
                if let Some(before) = before.filter(|_| !typed.is_empty()) {
                    before.handed_back.set(Some(typed));
                }
            }
        });
        Ok(())
    }

    /// Another tab has written something into the storage.
    pub(crate) fn heard(self, name: &str) {
        for conversation in self.conversations.each() {
            conversation.heard_seen(name);
        }
    }

    /// The tab came into view, or went out of it.
    pub(crate) fn view_changed(self) {
        if !document().hidden() {
            self.look_at_day();
        }
        for conversation in self.conversations.each() {
            conversation.view_changed();
        }
    }

    /// Says in the title of the page how much nobody has seen.
    pub(crate) fn follow_unread(self) {
        Effect::new(move || {
            let count = self.current.get().map_or(0, |shown| shown.unread.get());
            let title = unread::title(count);
            if document().title() != title {
                document().set_title(&title);
            }
        });
    }
}
