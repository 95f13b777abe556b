//! What an agent of this relay says, as a page is told: in the frames of a
//! plugin.

use std::sync::Arc;

use clawline_core::dialects::hub::{Kind, PluginFrame};

use super::page::Page;
use crate::dialects::follow::{Followed, Told};
use crate::inbox::Outcome;
use crate::store::InputState;

/// Tells of a run until it is over. The tutorial's page shows a block and the
/// final answer one below the other, so only pages that know better get blocks.
pub(super) async fn answer(mut followed: Followed, page: Arc<Page>, with_blocks: bool) {
    loop {
        match followed.next().await {
            Ok(Told::Started) => {}
            Ok(Told::Said(piece)) => {
                if with_blocks {
                    page.say(&reply(piece, Kind::Block));
                }
            }
            Ok(Told::Ended(outcome)) => return tell(&page, outcome),
            Err(error) => {
                tracing::error!(%error, "the end of a run cannot be read");
                return page.error("The database did not answer: look into the history later");
            }
        }
    }
}

/// Tells how a run ended.
fn tell(page: &Page, outcome: Outcome) {
    let is_silent = outcome.text.trim().is_empty();
    match outcome.state {
        InputState::Failed => page.error(outcome.error.as_deref().unwrap_or("The agent failed")),
        InputState::Stopped if is_silent => {
            page.error("Somebody stopped it before there was an answer");
        }
        // The tutorial's page shows an empty answer as JSON.
        _ if is_silent => page.error("The agent had nothing to say"),
        _ => page.say(&reply(outcome.text, Kind::Final)),
    }
}

/// A reply for the page that asked.
pub(super) fn reply(content: String, kind: Kind) -> PluginFrame<serde_json::Value> {
    PluginFrame::Reply {
        content,
        kind,
        to: None,
    }
}
