//! That an agent works shows as typing, and ends with its work however that ends.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::bridge::lines::{Command, TypingState};
use super::link::LinkState;
use super::wire::Wire;
use crate::bus::{Event, Subscription};
use crate::store::Whatsapp;

/// WhatsApp shows it for a while only.
const SHOWN: Duration = Duration::from_secs(20);
const AGAIN: Duration = Duration::from_secs(15);
const ANSWER: Duration = Duration::from_secs(5);

/// Shows in chats that agents work on an answer, until the server ends.
pub(super) async fn show_typing(wire: Arc<dyn Wire>, store: Whatsapp, mut events: Subscription) {
    // The chats of runs that go on.
    let mut working: HashMap<String, String> = HashMap::new();
    let mut next = Instant::now() + AGAIN;
    loop {
        tokio::select! {
            event = events.next() => match event {
                Ok(Event::RunStarted(run)) => {
                    if let Ok(Some(asked)) = store.arrival_of_key(&run.id).await {
                        tell(&*wire, &asked.chat, TypingState::Composing).await;
                        working.insert(run.id.clone(), asked.chat);
                    }
                }
                Ok(Event::RunEnded { run, .. }) => {
                    if let Some(chat) = working.remove(&run.id) {
                        tell(&*wire, &chat, TypingState::Paused).await;
                    }
                }
                Ok(_) => {}
                Err(_) => {
                    // Their ends may be among what was lost.
                    for (_, chat) in working.drain() {
                        tell(&*wire, &chat, TypingState::Paused).await;
                    }
                }
            },
            () = sleep_until(next) => {
                next = Instant::now() + AGAIN;
                for chat in working.values() {
                    tell(&*wire, chat, TypingState::Composing).await;
                }
            }
        }
    }
}

async fn tell(wire: &dyn Wire, jid: &str, state: TypingState) {
    if wire.link().borrow().state != LinkState::Open {
        return;
    }
    let ttl_ms = u64::try_from(SHOWN.as_millis()).ok();
    let typing = Command::Typing {
        jid: jid.to_owned(),
        state,
        ttl_ms,
    };
    if let Err(refusal) = wire.ask(typing, ANSWER).await {
        tracing::debug!(%refusal, "typing is not shown");
    }
}
