//! Channels of dialects whose people come to the relay: who is connected hears at
//! once, who is away at the next visit.

use std::fmt::Debug;

use futures_util::future::BoxFuture;

use super::rooms::Rooms;
use crate::channels::{AccountStatus, Channel, ChannelError, ChannelState, Outbound, Receipt};
use crate::store::Kept;

/// Most characters of a target: as many as names have on these wires.
const MAX_TARGET: usize = 256;

/// A dialect that people visit.
pub(crate) trait Visits: Debug + Send + Sync {
    /// Registry name of its channel.
    fn channel(&self) -> &'static str;

    /// Where people come.
    fn path(&self) -> &'static str;

    /// Since when it serves, Unix milliseconds; `None` when it is switched off.
    fn since(&self) -> Option<i64>;

    /// What it speaks for.
    fn rooms(&self) -> &Rooms;

    /// The session of a target.
    fn session_of(&self, target: &str) -> String;

    /// Tells those who are connected; `false` when nobody is.
    fn tell(&self, target: &str, message_id: &str, text: &str) -> bool;
}

async fn put(
    visited: &(impl Visits + ?Sized),
    target: &str,
    message: &Outbound,
) -> Result<Receipt, ChannelError> {
    check(visited)?;
    if target.chars().count() > MAX_TARGET {
        let words = format!("a target has at most {MAX_TARGET} characters");
        return Err(ChannelError::Target(words));
    }
    if message.text.trim().is_empty() || !message.attachments.is_empty() {
        let words = "this channel sends words only: give some, and no files";
        return Err(ChannelError::Message(words.to_owned()));
    }
    let rooms = visited.rooms();
    let session_key = visited.session_of(target);
    let receipt = message.keep_in(&rooms.inbox, session_key).await?;
    if receipt.was_known || visited.tell(target, &receipt.message_id, &message.text) {
        return Ok(receipt);
    }
    let kept = Kept {
        channel: visited.channel().to_owned(),
        recipient: target.to_owned(),
        key: message.key.clone(),
        message_id: receipt.message_id.clone(),
    };
    rooms.store.keep(&[kept]).await.map_err(|error| {
        tracing::error!(%error, "a message for somebody who is away could not be kept");
        let words = "it is in the history, but nobody of that name is connected now";
        ChannelError::Failed(words.to_owned())
    })?;
    Ok(receipt)
}

fn check(visited: &(impl Visits + ?Sized)) -> Result<(), ChannelError> {
    match visited.since() {
        Some(_) => Ok(()),
        None => Err(ChannelError::NotConnected(ChannelState::NotConfigured)),
    }
}

impl<T: Visits> Channel for T {
    fn name(&self) -> &str {
        self.channel()
    }

    fn connect(&self) -> BoxFuture<'_, Result<(), ChannelError>> {
        Box::pin(std::future::ready(check(self)))
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(put(self, target, message))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        let since = self.since();
        let is_on = since.is_some();
        let state = if is_on {
            ChannelState::Connected
        } else {
            ChannelState::NotConfigured
        };
        vec![AccountStatus {
            enabled: is_on,
            configured: is_on,
            running: is_on,
            url: is_on.then(|| self.path().to_owned()),
            last_start_at: since,
            ..AccountStatus::of_relay(state, since.unwrap_or_default())
        }]
    }
}
