//! Whom a message goes to, and whether it may.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::book::{Book, is_me};
use super::bridge::lines::Command;
use super::link::LinkState;
use super::people::{BadTarget, Jid, Target, forms};
use super::sending::{RESTRICTED, is_restricted};
use super::wire::Wire;
use crate::channels::ChannelError;
use crate::inbox::Refused;
use crate::store::{Chat, Person, StoreError, Whatsapp};

/// How long the look whether a number has an account may take.
const RESOLVE: Duration = Duration::from_secs(30);

/// Finds whom a message goes to.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) store: Whatsapp,
    pub(super) wire: Arc<dyn Wire>,
}

/// Whom a message goes to.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) conversation: String,
    pub(super) jid: String,
    pub(super) chat: Chat,
}

pub(super) fn stored(error: StoreError) -> ChannelError {
    ChannelError::Refused(Refused::Store(error))
}

impl Places {
    /// Whether nobody in the chat ever wrote.
    ///
    /// # Errors
    /// WhatsApp lets the account write to nobody new.
    pub(super) async fn is_cold(&self, place: &Place) -> Result<bool, ChannelError> {
        if place.chat.heard_at.is_some() || place.conversation.ends_with("@g.us") {
            return Ok(false);
        }
        let link = self.wire.link();
        if is_me(&link.borrow(), &place.jid) {
            return Ok(false);
        }
        if is_restricted(&self.store).await.map_err(stored)? {
            return Err(ChannelError::Message(RESTRICTED.to_owned()));
        }
        Ok(true)
    }

    /// The place of a target.
    pub(super) async fn place(
        &self,
        target: Target,
        state: LinkState,
    ) -> Result<Place, ChannelError> {
        let book = Book(self.store.clone());
        let person = match target {
            Target::Jid(jid @ (Jid::Group(_) | Jid::List(_) | Jid::Program(_))) => {
                let jid = jid.to_string();
                return self.chat(jid.clone(), jid).await;
            }
            Target::Jid(Jid::Number(digits)) | Target::Number(digits) => {
                self.with_account(&book, &digits, state).await?
            }
            Target::Jid(jid @ Jid::Lid(_)) => {
                let person = book.person(&jid.to_string(), None).await.map_err(stored)?;
                let bad = || ChannelError::Target(BadTarget(jid.to_string()).to_string());
                person.ok_or_else(bad)?
            }
            Target::Name(name) => {
                let called = self.store.people_called(&name).await;
                match &called.map_err(stored)?[..] {
                    [one] => one.clone(),
                    [] => return Err(ChannelError::Target(BadTarget(name).to_string())),
                    _ => {
                        return Err(ChannelError::Target(format!(
                            "several contacts are called {name:?}: give the number of the one you mean"
                        )));
                    }
                }
            }
        };
        let jid = person.number.or(person.lid);
        let jid = jid.unwrap_or_else(|| person.conversation.clone());
        self.chat(person.conversation, jid).await
    }

    async fn chat(&self, conversation: String, jid: String) -> Result<Place, ChannelError> {
        let chat = self.store.chat(&conversation).await.map_err(stored)?;
        Ok(Place {
            conversation,
            jid,
            chat,
        })
    }

    /// The person of a number. One who is not known is asked for: a message to a
    /// number without an account would wait for ever.
    async fn with_account(
        &self,
        book: &Book,
        digits: &str,
        state: LinkState,
    ) -> Result<Person, ChannelError> {
        for form in forms(digits) {
            let known = self.store.person(&form).await.map_err(stored)?;
            if let Some(person) = known {
                return Ok(person);
            }
        }
        if state != LinkState::Open {
            return Err(ChannelError::NotConnected(super::state_of(state)));
        }
        let phones = forms(digits)
            .iter()
            .map(|form| format!("+{form}"))
            .collect();
        let found = self.wire.ask(Command::Resolve { phones }, RESOLVE).await;
        let found = found.map_err(|refusal| ChannelError::Failed(refusal.message))?;
        let found: Found = serde_json::from_value(found).unwrap_or_default();
        for phone in found.phones.iter().filter(|phone| phone.exists) {
            let (Some(jid), alt) = (&phone.jid, phone.alt.as_deref()) else {
                continue;
            };
            if let Some(person) = book.person(jid, alt).await.map_err(stored)? {
                return Ok(person);
            }
        }
        Err(ChannelError::Target(format!(
            "+{digits} has no account on WhatsApp"
        )))
    }
}

/// Which numbers have an account.
#[derive(Debug, Default, Deserialize)]
struct Found {
    phones: Vec<Phone>,
}

#[derive(Debug, Deserialize)]
struct Phone {
    exists: bool,
    jid: Option<String>,
    alt: Option<String>,
}
