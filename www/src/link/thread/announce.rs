//! What a screen reader says of a reply: the words at its end, once.

use std::sync::Arc;

use clawline::core::chat::{Item, Role};
use leptos::prelude::untrack;
use webchat_model::announcement;
use webchat_model::content::Message;
use webchat_model::transcript::LiveEnd;
use webchat_model::words::Words;

use super::Inner;
use super::show::live_run;
use crate::chunks::markdown;

impl Inner {
    /// Says once what has just been said to its end, or why it was not.
    pub(super) fn announce(&self, now: Vec<String>) {
        let before = self.writing.replace(now.clone());
        let Some(ended) = before.into_iter().rfind(|run| !now.contains(run)) else {
            return;
        };
        let words = self.chat.read(|chat| {
            let items: Vec<_> = chat.items().collect();
            let of_run = items.iter().rev().find(|item| match item {
                Item::Row(shown) => shown.row.facts.run.as_deref() == Some(&*ended),
                Item::Live(run) => run.id == ended,
            });
            let last_answer = || items.iter().rev().find(|item| is_answer(item));
            of_run.or_else(last_answer).map(words_of)
        });
        if let Some(words) = words.filter(|words| !words.is_empty() && self.sheet.is_seen()) {
            self.said.announce_once(words);
        }
    }
}

fn is_answer(item: &Item<'_, Arc<Message>>) -> bool {
    matches!(item, Item::Row(shown) if shown.row.facts.role == Role::Assistant)
}

/// What is said of an item that has come to its end.
fn words_of(item: &Item<'_, Arc<Message>>) -> Words {
    let (message, failure) = match item {
        Item::Row(shown) => {
            let message = &shown.row.payload;
            let has_failed = message.is_error() || shown.row.facts.role == Role::Notice;
            let reason = message.error_message().map(str::to_owned);
            let reason = has_failed.then(|| Words::Said(reason.unwrap_or_else(|| message.text())));
            (Some(message), reason)
        }
        Item::Live(run) => {
            let failure = match live_run(run).end {
                Some(LiveEnd::Failed(reason)) => Some(reason),
                _ => None,
            };
            (run.live.as_ref(), failure)
        }
    };
    match (failure, message) {
        (Some(reason), _) => announcement::for_failure(&reason),
        (None, Some(message)) if !message.text().is_empty() => {
            announcement::for_reply(&message.text(), untrack(markdown::get))
        }
        (None, _) => Words::default(),
    }
}
