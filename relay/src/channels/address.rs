//! Where a message goes.

use std::fmt;

/// `NAME:TARGET`: a channel by its registry name, and somebody in it. The target
/// may hold colons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Registry name of the channel; `None` for a bare target.
    pub channel: Option<String>,
    /// Whom the channel should reach, in the channel's own form.
    pub target: String,
}

/// A text that is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address: give one like webchat:agent:main:main, NAME:TARGET")]
pub struct BadAddress(String);

impl Address {
    /// Reads an address. What stands before the first colon is a channel when
    /// `is_channel` says so; else all of it is a bare target, as session keys
    /// and telephone numbers may hold colons themselves.
    ///
    /// # Errors
    /// There is no target in it.
    pub fn parse(text: &str, is_channel: impl Fn(&str) -> bool) -> Result<Self, BadAddress> {
        let text = text.trim();
        let (channel, target) = match text.split_once(':') {
            Some((name, target)) if is_channel(name) => (Some(name.to_owned()), target.trim()),
            _ => (None, text),
        };
        if target.is_empty() || target.chars().any(char::is_control) {
            return Err(BadAddress(text.to_owned()));
        }
        Ok(Self {
            channel,
            target: target.to_owned(),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.channel {
            Some(channel) => write!(f, "{channel}:{}", self.target),
            None => f.write_str(&self.target),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, BadAddress> {
        Address::parse(text, |name| matches!(name, "webchat" | "whatsapp_baileys"))
    }

    #[test]
    fn the_first_colon_ends_the_name_of_a_channel_that_there_is() {
        for (text, channel, target) in [
            ("webchat:main", Some("webchat"), "main"),
            (
                "webchat:agent:main:main",
                Some("webchat"),
                "agent:main:main",
            ),
            ("agent:main:main", None, "agent:main:main"),
            (
                " whatsapp_baileys: +4912345 ",
                Some("whatsapp_baileys"),
                "+4912345",
            ),
            ("+4912345", None, "+4912345"),
        ] {
            let address = parse(text).unwrap();
            assert_eq!(address.channel.as_deref(), channel, "{text}");
            assert_eq!(address.target, target, "{text}");
            assert_eq!(parse(&address.to_string()), Ok(address), "{text}");
        }
    }

    #[test]
    fn an_address_without_a_target_is_explained() {
        for text in ["", " ", "webchat:", "webchat: ", "a\nb"] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains("NAME:TARGET"), "{text}: {error}");
        }
    }
}
