//! What arrived while no tab of this browser was looked at.

use leptos::prelude::*;
use webchat_model::names::{Kind, Name};
use webchat_model::transcript::Row;
use webchat_model::unread;

use super::Page;
use crate::browser::storage;

/// This tab's part in the mark that all tabs share.
#[derive(Clone, Copy, Default)]
pub(crate) struct Unread {
    /// The time of the newest row that any tab has seen; `None` before the
    /// history was read.
    seen: Option<f64>,
    /// Rows after this time stand below the line in this tab.
    divider: Option<f64>,
}

impl Page {
    /// Puts the line before the first unread row, and marks as seen what can be.
    pub(super) fn mark_unread(self, rows: &mut Vec<Row>) {
        if !self.loaded.get_untracked() {
            return;
        }
        let newest = unread::newest(rows).unwrap_or(0.0);
        let mut mark = self.unread.get_value();
        let is_first = mark.seen.is_none();
        let kept = || kept_seen(&self.seen_name()?);
        // In a browser that was never here before, nothing is news.
        let seen = mark.seen.or_else(kept).unwrap_or(newest);
        let new = unread::after(rows, seen);
        let is_hidden = document().hidden();
        if is_first || is_hidden {
            mark.divider = new.map(|_| seen);
        }
        self.show_count(new.filter(|_| is_hidden).map_or(0, |(_, count)| count));
        mark.seen = Some(if is_hidden { seen } else { seen.max(newest) });
        if mark.seen != Some(seen) || is_first {
            self.keep_seen(mark.seen.unwrap_or(newest));
        }
        self.unread.set_value(mark);
        if let Some((first, _)) = mark.divider.and_then(|at| unread::after(rows, at)) {
            rows.insert(first, Row::divider());
        }
    }

    /// Another tab has seen something.
    pub(crate) fn heard_seen(self, name: &str) {
        let Some(ours) = self.seen_name().filter(|ours| ours.as_str() == name) else {
            return;
        };
        let kept = kept_seen(&ours);
        self.unread.update_value(|mark| {
            mark.seen = mark.seen.zip(kept).map(|(ours, theirs)| ours.max(theirs));
        });
        self.look_again();
    }

    /// The tab came into view, or went out of it.
    pub(crate) fn view_changed(self) {
        if document().hidden() {
            self.close_unread();
        } else {
            self.look_again();
        }
    }

    /// What stands below the line has been read.
    pub(super) fn close_unread(self) {
        self.unread.update_value(|mark| mark.divider = None);
        self.look_again();
    }

    fn look_again(self) {
        self.with_link(crate::link::Link::show);
    }

    /// Another conversation begins.
    pub(super) fn forget_unread(self) {
        self.unread.set_value(Unread::default());
        self.show_count(0);
    }

    fn seen_name(self) -> Option<Name> {
        self.name_of(Kind::Seen)
    }

    fn keep_seen(self, seen: f64) {
        if let Some(name) = self.seen_name() {
            storage::set(&name, Some(&(seen as i64).to_string()));
        }
    }

    fn show_count(self, count: usize) {
        let title = unread::title(count);
        if document().title() != title {
            document().set_title(&title);
        }
    }
}

/// Whole milliseconds: reading a fraction would cost 10 KB of tables.
fn kept_seen(name: &Name) -> Option<f64> {
    let kept: i64 = storage::get(name)?.parse().ok()?;
    Some(kept as f64)
}
