//! The rows of a conversation as signals: a line whose key stays is the same line.

use std::sync::Arc;

use leptos::prelude::*;
use webchat_model::difference::{Index, difference, replace};
use webchat_model::transcript::Row;

use super::Conversation;

/// A line of the conversation. The key tells which element to keep, the
/// signal redraws only this line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) key: Arc<str>,
    pub(crate) row: ArcRwSignal<Row>,
    /// Whether all of a long text is shown.
    pub(crate) expanded: ArcRwSignal<bool>,
    /// The message whose words are being changed.
    pub(crate) edited: ArcRwSignal<Option<Edit>>,
}

/// A message whose words are being changed. It stays so while another
/// conversation is shown, or the line is out of view.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    /// The key of its entry.
    pub(crate) key: String,
    /// What stands in the field by now; `None`: the words as they were.
    pub(crate) words: Option<String>,
}

impl Line {
    fn new(row: Row) -> Self {
        Self {
            key: Arc::clone(&row.key),
            row: ArcRwSignal::new(row),
            expanded: ArcRwSignal::new(false),
            edited: ArcRwSignal::new(None),
        }
    }

    /// Draws the line again, if it says something else now.
    fn say(&self, row: Row) {
        if self.row.with_untracked(|old| *old != row) {
            self.row.set(row);
        }
    }
}

/// A line in view, and how far below the top of the view it begins, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Anchor {
    pub(crate) key: Arc<str>,
    pub(crate) below: f64,
}

impl Conversation {
    /// Shows these rows. Lines whose key stays keep their elements.
    pub(super) fn show_rows(self, rows: Vec<Row>) {
        let (old, lines) = self.lines.with_untracked(|lines| {
            let (old, new) = difference(lines, &rows, |line, row| line.key == row.key);
            let moved = lines.get(old.clone()).unwrap_or_default();
            let places = Index::of(moved.iter().map(|line| &*line.key));
            let after = lines.get(old.end..).unwrap_or_default();
            let mut stay = lines.iter().take(old.start).chain(after);
            let mut middle = Vec::with_capacity(new.len());
            for (index, row) in rows.into_iter().enumerate() {
                if !new.contains(&index) {
                    if let Some(line) = stay.next() {
                        line.say(row);
                    }
                } else if let Some(line) = places.get(&row.key).and_then(|at| moved.get(at)) {
                    line.say(row);
                    middle.push(line.clone());
                } else {
                    middle.push(Line::new(row));
                }
            }
            (old, middle)
        });
        if !(old.is_empty() && lines.is_empty()) {
            self.lines.update(|all| replace(all, old, lines));
        }
    }

    /// Shows what a run has said by now. False when it has no line yet.
    pub(super) fn rewrite_row(self, row: Row) -> bool {
        self.lines.with_untracked(|lines| {
            let mut newest = lines.iter().rev();
            let Some(line) = newest.find(|line| line.key == row.key) else {
                return false;
            };
            let (is_live, is_other) = line.row.with_untracked(|old| (old.live, *old != row));
            if is_live && is_other {
                line.row.set(row);
            }
            is_live
        })
    }
}
