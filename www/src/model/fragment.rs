//! The part of the page's address after `#`: where a link hands over a gateway.

/// What a link to the page may carry. It never reaches a server.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The gateway's address, as written.
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
}

/// Reads `#gateway=…&token=…`. Unknown names are passed over.
#[must_use]
pub fn parse(fragment: &str) -> Handover {
    let mut handover = Handover::default();
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    if fragment.len() > 16_384 {
        return handover;
    }
    for pair in fragment.split('&') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let slot = match name {
            "gateway" => &mut handover.gateway,
            "token" => &mut handover.token,
            "password" => &mut handover.password,
            _ => continue,
        };
        *slot = percent_decode(value).filter(|value| !value.is_empty());
    }
    handover
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
    fn other_fragments_mean_nothing() {
        assert!(parse("").is_empty());
        assert!(parse("#/settings").is_empty());
        assert!(parse("#token=").is_empty());
        assert!(parse("#token=%FF%FE").is_empty());
        assert_eq!(percent_decode("100%").as_deref(), Some("100%"));
    }
}
