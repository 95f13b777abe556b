//! What arrived while no tab of this browser was looked at.

use leptos::prelude::*;
use webchat_model::names::Kind;
use webchat_model::transcript::Row;
use webchat_model::unread::{self, Mark};

use super::Conversation;
use crate::browser::storage;

impl Conversation {
    /// Puts the line before the first unread row, and marks as seen what can be.
    pub(super) fn mark_unread(self, rows: &mut Vec<Row>) {
        if !self.loaded.get_untracked() {
            return;
        }
        let transcript = self.state.transcript.get_untracked();
        let newest = unread::newest(rows, &transcript);
        let known = self.seen.get_value();
        let is_first = known.is_none();
        // In a browser that was never here before, nothing is news.
        let seen = known
            .or_else(|| self.kept_seen())
            .unwrap_or_else(|| newest.clone());
        let new = unread::after(rows, &seen, &transcript);
        let is_away = !self.is_looked_at();
        if is_first || is_away {
            self.divider.set_value(new.map(|_| seen.clone()));
        }
        let count = new.filter(|_| is_away).map_or(0, |(_, count)| count);
        if self.unread.get_untracked() != count {
            self.unread.set(count);
        }
        let now = match is_away {
            true => seen.clone(),
            false => seen.clone().later(newest, &transcript),
        };
        if now != seen || is_first {
            storage::set(&self.name_of(Kind::Seen), Some(&now.text()));
        }
        self.seen.set_value(Some(now));
        let divider = self.divider.get_value();
        if let Some((first, _)) = divider.and_then(|at| unread::after(rows, &at, &transcript)) {
            rows.insert(first, Row::divider());
        }
    }

    /// Another tab has seen something.
    pub(crate) fn heard_seen(self, name: &str) {
        if self.name_of(Kind::Seen).as_str() != name {
            return;
        }
        let transcript = self.state.transcript.get_untracked();
        let kept = self.kept_seen();
        self.seen.update_value(|seen| {
            *seen = seen
                .take()
                .zip(kept)
                .map(|(ours, theirs)| ours.later(theirs, &transcript));
        });
        self.look_again();
    }

    /// It came before the person, or went away.
    pub(crate) fn set_shown(self, is_shown: bool) {
        if !is_shown {
            self.close_unread();
        }
        self.is_shown.set_value(is_shown);
        self.look_again();
    }

    /// The tab came into view, or went out of it.
    pub(crate) fn view_changed(self) {
        if self.is_shown.get_value() && document().hidden() {
            self.divider.set_value(None);
        }
        self.look_again();
    }

    /// What stands below the line has been read.
    pub(super) fn close_unread(self) {
        self.divider.set_value(None);
        self.look_again();
    }

    pub(super) fn is_looked_at(self) -> bool {
        self.is_shown.get_value() && !document().hidden()
    }

    fn look_again(self) {
        self.with_thread(crate::link::Thread::show);
    }

    fn kept_seen(self) -> Option<Mark> {
        Mark::parse(&storage::get(&self.name_of(Kind::Seen))?)
    }
}
