//! Whom the words of a conversation go to: the agent, or somebody beyond WhatsApp.

use clawline_core::wire::Object;

use super::sessions::{Session, Title, named};
use super::words::Words;

/// The start of the keys under which the owner's words go to somebody. OpenClaw shows
/// them as an assistant's: by the key one can tell.
pub const OWNER: &str = "owner:";

/// The longest address that is written to, in bytes.
const ADDRESS_BYTES: usize = 256;

/// Who reads what is written in a conversation.
#[derive(Debug, PartialEq, Eq)]
pub enum Recipient {
    /// The agent.
    Agent,
    /// Somebody else, and nobody says who.
    Unknown,
    /// A person or a group.
    Contact(Contact),
}

/// A person or a group, as the gateway reaches them.
#[derive(Debug, PartialEq, Eq)]
pub struct Contact {
    /// The gateway's channel.
    pub channel: String,
    /// Their address in it.
    pub to: String,
    /// The account that writes to them.
    pub account: Option<String>,
    /// What they are called.
    pub name: String,
}

impl Recipient {
    /// Reads it: `session` is the conversation's key, `None` for the main one, and
    /// `info` what the gateway says of it. Where its key says that somebody else is at
    /// the other end, words never go to the agent for want of an address.
    #[must_use]
    pub fn read<O: Object>(session: Option<&str>, info: Option<&O>) -> Self {
        if !session.is_some_and(leads_to_whatsapp) {
            return Self::Agent;
        }
        let contact = info.and_then(contact);
        let is_theirs =
            |contact: &Contact| !session.is_some_and(|key| is_another(key, &contact.to));
        contact
            .filter(is_theirs)
            .map_or(Self::Unknown, Self::Contact)
    }

    /// What they are called, who are not the agent; empty where nobody says who.
    #[must_use]
    pub fn name(self) -> Option<Words> {
        match self {
            Self::Agent => None,
            Self::Unknown => Some(Words::default()),
            Self::Contact(contact) => Some(Words::Said(contact.name)),
        }
    }
}

/// By its key: `agent:main:whatsapp:direct:+1555`.
fn leads_to_whatsapp(key: &str) -> bool {
    let mut parts = key.split(':').skip(2);
    parts.next().is_some_and(is_whatsapp) && parts.next().is_some()
}

/// Whether `to` is somebody else than a session's key names: whoever
/// sends with the key of a session may lead it elsewhere at OpenClaw.
fn is_another(key: &str, to: &str) -> bool {
    let named = key.rsplit(':').next().unwrap_or_default();
    match (phone(named), phone(to)) {
        (Some(named), Some(to)) => named != to,
        _ => is_group(named) && is_group(to) && named != to,
    }
}

/// The digits of a phone number, as people or as WhatsApp write it.
fn phone(name: &str) -> Option<&str> {
    let number = name.strip_prefix('+');
    number.or_else(|| name.strip_suffix("@s.whatsapp.net"))
}

fn is_group(name: &str) -> bool {
    name.ends_with("@g.us")
}

fn is_whatsapp(channel: &str) -> bool {
    named(channel.to_owned()) == "WhatsApp"
}

fn contact<O: Object>(info: &O) -> Option<Contact> {
    let context = info.child("deliveryContext")?;
    let text = |name| {
        let is_fit = |text: &String| {
            !text.is_empty() && text.len() <= ADDRESS_BYTES && !text.chars().any(char::is_control)
        };
        context.text(name).filter(is_fit)
    };
    let channel = text("channel").filter(|channel| is_whatsapp(channel))?;
    let to = text("to")?;
    let title = Session::read(info).map(|session| session.title());
    let name = match title {
        Some(Title::Named(name)) => name,
        _ => to.clone(),
    };
    Some(Contact {
        channel,
        to,
        account: text("accountId"),
        name,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ANN: &str = "agent:main:whatsapp:direct:+4911";

    fn info(context: &Value) -> Value {
        json!({ "key": ANN, "displayName": "Ann\u{202e}", "deliveryContext": context })
    }

    fn ann() -> Value {
        json!({ "channel": "whatsapp", "to": "+4911", "accountId": "default" })
    }

    #[test]
    fn words_go_to_whoever_the_gateway_leads_to() {
        let read = Recipient::read(Some(ANN), Some(&info(&ann())));
        let contact = Contact {
            channel: "whatsapp".to_owned(),
            to: "+4911".to_owned(),
            account: Some("default".to_owned()),
            name: "Ann".to_owned(),
        };
        assert_eq!(read, Recipient::Contact(contact));
        let ours = "agent:main:whatsapp_baileys:4911@s.whatsapp.net";
        let nameless = json!({ "deliveryContext": ann() });
        let Recipient::Contact(contact) = Recipient::read(Some(ours), Some(&nameless)) else {
            panic!("it says whom it leads to");
        };
        assert_eq!(contact.name, "+4911");
    }

    #[test]
    fn words_go_to_nobody_where_the_gateway_leads_past_the_one_the_conversation_is_called_by() {
        let bob = |to: &str| json!({ "deliveryContext": { "channel": "whatsapp", "to": to } });
        let family = "agent:main:whatsapp:group:120363000000000001@g.us";
        for (key, to) in [
            (ANN, "+4912"),
            (ANN, "4912@s.whatsapp.net"),
            (family, "120363000000000002@g.us"),
        ] {
            assert_eq!(
                Recipient::read(Some(key), Some(&bob(to))),
                Recipient::Unknown
            );
        }
        // One of the two may be a name that WhatsApp made.
        for (key, to) in [(ANN, "4911@s.whatsapp.net"), (ANN, "77@lid")] {
            let read = Recipient::read(Some(key), Some(&bob(to)));
            assert!(matches!(read, Recipient::Contact(_)), "{to}");
        }
    }

    #[test]
    fn private_words_go_to_the_agent_whatever_is_said_of_a_conversation() {
        for key in [
            None,
            Some("agent:main:main"),
            Some("agent:main:whatsapp"),
            Some("agent:main:telegram:direct:7"),
            Some("agent:main:dashboard:whatsapp:1"),
        ] {
            let read = Recipient::read(key, Some(&info(&ann())));
            assert_eq!(read, Recipient::Agent, "{key:?}");
        }
    }

    #[test]
    fn nothing_is_written_to_an_address_that_is_none() {
        assert_eq!(
            Recipient::read(Some(ANN), None::<&Value>),
            Recipient::Unknown
        );
        for (name, value) in [
            ("to", json!("")),
            ("to", json!(7)),
            ("to", json!("+49\n11")),
            ("to", json!("1".repeat(999))),
            ("channel", json!("webchat")),
            ("channel", Value::Null),
        ] {
            let mut context = ann();
            context[name] = value;
            let read = Recipient::read(Some(ANN), Some(&info(&context)));
            assert_eq!(read, Recipient::Unknown, "{context}");
        }
    }
}
