//! Where messages go.

use super::*;
use crate::bus::Bus;

#[derive(Debug)]
struct Named(&'static str);

impl Channel for Named {
    fn name(&self) -> &str {
        self.0
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        _: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(ready(Ok(Receipt::sent(target.to_owned()))))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![AccountStatus::of_relay(ChannelState::Connected, 0)]
    }
}

fn channels(names: &[&'static str]) -> Channels {
    let mut channels = Channels::new(Bus::default());
    for name in names {
        channels.add(Arc::new(Named(name)));
    }
    channels
}

#[test]
fn channel_and_conversation_or_an_address_name_the_same_place() {
    let channels = channels(&["webchat", "whatsapp_baileys"]);
    for (channel, conversation, place) in [
        ("webchat", "", "webchat:agent:main:main"),
        ("webchat", "notes", "webchat:notes"),
        ("webchat:notes", "", "webchat:notes"),
        ("webchat:notes", "ignored", "webchat:notes"),
        ("whatsapp_baileys", "+49123", "whatsapp_baileys:+49123"),
        ("whatsapp_baileys:+49123", "", "whatsapp_baileys:+49123"),
        ("+49123", "", "+49123"),
    ] {
        let found = channels.place(channel, conversation).unwrap();
        assert_eq!(found.to_string(), place, "{channel} {conversation}");
    }
}

#[test]
fn a_place_that_is_not_here_is_explained() {
    let channels = channels(&["webchat", "whatsapp_baileys"]);
    for (channel, says) in [
        ("whatsapp_baileys", "whatsapp_baileys:TARGET"),
        ("slack:general", "unsupported channel: slack"),
        ("webchat:", "NAME:TARGET"),
        ("", "NAME:TARGET"),
    ] {
        let error = channels.place(channel, "").unwrap_err().to_string();
        assert!(error.contains(says), "{channel}: {error}");
    }
}
