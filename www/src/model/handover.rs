//! What a link to the page hands over, after `#` or after `?`: a gateway, and
//! what to sign in there with.

/// What a link to the page may carry.
#[derive(Default, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The gateway's address, as written; empty when it cannot be read.
    pub gateway: Option<String>,
    /// The gateway's token.
    pub token: Option<String>,
    /// The gateway's password.
    pub password: Option<String>,
}

impl Handover {
    /// Whether the link said nothing of use.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it has something that only the gateway it names may get.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.token.is_some() || self.password.is_some()
    }
}

/// Reads `gateway=…&token=…`, and the names that other pages' links have for
/// them (`gatewayUrl=`, `url=`, …). Unknown names are passed over, unless they
/// hold a gateway's address. Of two tokens the first counts; two addresses are
/// none.
#[must_use]
pub fn parse(link: &str) -> Handover {
    let mut handover = Handover::default();
    if link.len() > 16_384 {
        return handover;
    }
    // A page may put a path of its own before: `#/chat?token=…`.
    let start = link
        .find('=')
        .and_then(|end| link.get(..end)?.rfind(['#', '?']));
    let link = link.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
    for pair in link.split('&') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = percent_decode(value).unwrap_or_default();
        let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match name.to_ascii_lowercase().as_str() {
            "gateway" | "gatewayurl" | "url" => take_address(&mut handover.gateway, value),
            "token" | "gatewaytoken" | "authtoken" => take_secret(&mut handover.token, value),
            "password" | "gatewaypassword" => take_secret(&mut handover.password, value),
            _ if is_address(&value) => take_address(&mut handover.gateway, value),
            _ => {}
        }
    }
    handover
}

fn take_secret(slot: &mut Option<String>, value: String) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

fn take_address(slot: &mut Option<String>, value: String) {
    *slot = match slot.take() {
        Some(other) if other != value => Some(String::new()),
        _ => Some(value),
    };
}

/// Whether a value is a gateway's address whatever its name is.
fn is_address(value: &str) -> bool {
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| {
        ["ws", "wss"]
            .iter()
            .any(|it| it.eq_ignore_ascii_case(scheme))
    })
}

/// Undoes `encodeURIComponent`. `None` when the bytes are no UTF-8.
#[must_use]
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut ahead = bytes.clone();
        match (ahead.next().and_then(hex), ahead.next().and_then(hex)) {
            (Some(high), Some(low)) => {
                decoded.push(high * 16 + low);
                bytes = ahead;
            }
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_hands_over_gateway_and_token() {
        let handover = parse("#gateway=ws%3A%2F%2F127.0.0.1%3A18789&token=a%2Bb%26c&theme=x");
        assert_eq!(handover.gateway.as_deref(), Some("ws://127.0.0.1:18789"));
        assert_eq!(handover.token.as_deref(), Some("a+b&c"));
    }

    #[test]
    fn an_unencoded_address_works_too() {
        let handover = parse("#gateway=ws://127.0.0.1:18789/gateway&token=t=1");
        assert_eq!(
            handover.gateway.as_deref(),
            Some("ws://127.0.0.1:18789/gateway")
        );
        assert_eq!(handover.token.as_deref(), Some("t=1"));
    }

    #[test]
    fn links_of_other_pages_hand_over_the_same() {
        for link in [
            "#gatewayUrl=ws%3A%2F%2Fh%3A1&token=t",
            "#token=t&gatewayUrl=ws://h:1",
            "#gateway_url=ws://h:1&token=t&session=main",
            "?gatewayUrl=ws%3a%2f%2fh%3a1&token=t",
            "#url=ws://h:1&token=t",
            "#/chat?gatewayURL=ws://h:1&auth_token=t",
            "#wsEndpoint=ws://h:1&token=t",
            "#gateway=ws://h:1&token=t&url=ws://h:1&token=u",
        ] {
            let handover = parse(link);
            assert_eq!(handover.gateway.as_deref(), Some("ws://h:1"), "{link}");
            assert_eq!(handover.token.as_deref(), Some("t"), "{link}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_not_the_same_as_none() {
        for link in [
            "#gateway=&token=t",
            "#gateway=%FF%FE&token=t",
            "#gateway=ws://a:1&gatewayUrl=ws://b:1&token=t",
        ] {
            assert_eq!(parse(link).gateway.as_deref(), Some(""), "{link}");
        }
        assert_eq!(parse("#token=t").gateway, None);
    }

    #[test]
    fn other_links_mean_nothing() {
        assert!(parse("").is_empty());
        assert!(parse("#/settings").is_empty());
        assert!(parse("#token=").is_empty());
        assert!(parse("#token=%FF%FE").is_empty());
        assert!(parse("#ref=https://example.com").is_empty());
        assert_eq!(percent_decode("100%").as_deref(), Some("100%"));
    }
}
