//! Which gateway an address means.

use std::fmt;
use std::net::Ipv6Addr;

/// The one name of a gateway: scheme, host, port and path, normalised once.
///
/// Whatever belongs to a gateway is named by this: its outbox, its device
/// tokens, the group of tabs that share a connection to it, drafts, unread
/// marks. The query, the fragment and what stands before an `@` are
/// credentials of one attempt, and name nothing: no secret gets into a name.
///
/// ```
/// use clawline_core::GatewayId;
///
/// let id = GatewayId::parse("WS://Claw.Local:80/?ticket=7").unwrap();
/// assert_eq!(id.as_str(), "ws://claw.local");
/// assert_eq!(id, GatewayId::parse("ws://claw.local/#token=secret").unwrap());
/// assert!(GatewayId::parse("claw.local").is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GatewayId(String);

impl GatewayId {
    /// The gateway that an address means, or `None` when it is no absolute
    /// `ws:`, `wss:`, `http:` or `https:` address with a host.
    ///
    /// A browser should hand in what its own URL parser made of the address
    /// (`new URL(text).href`): that one knows international names and odd
    /// spellings of IPv4 addresses. Everything else is done here.
    #[must_use]
    pub fn parse(address: &str) -> Option<Self> {
        let address: String = address
            .trim_matches(|c: char| c <= ' ')
            .chars()
            .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
            .map(|c| if c == '\\' { '/' } else { c })
            .collect();
        let address = address.split(['?', '#']).next()?;
        let (scheme, rest) = address.split_once(':')?;
        let is_secure = is_secure(scheme)?;
        let rest = rest.trim_start_matches('/');
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = authority.rsplit('@').next()?;
        let (host, port) = split_port(authority);
        let usual = if is_secure { 443 } else { 80 };
        let port = match port {
            "" => usual,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok()?,
            _ => return None,
        };
        let mut id = String::from(if is_secure { "wss://" } else { "ws://" });
        id.push_str(&host_name(host)?);
        if port != usual {
            id.push(':');
            id.push_str(&u16::to_string(&port));
        }
        push_path(&mut id, path);
        Some(Self(id))
    }

    /// The name: an address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GatewayId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Browsers open `http:` addresses as WebSockets, too.
fn is_secure(scheme: &str) -> Option<bool> {
    let known = [
        ("ws", false),
        ("wss", true),
        ("http", false),
        ("https", true),
    ];
    known
        .into_iter()
        .find_map(|(name, secure)| name.eq_ignore_ascii_case(scheme).then_some(secure))
}

/// The last colon of `[::1]` belongs to the host.
fn split_port(authority: &str) -> (&str, &str) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    }
}

fn host_name(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[') {
        let address: Ipv6Addr = address.strip_suffix(']')?.parse().ok()?;
        return Some(["[", &address.to_string(), "]"].concat());
    }
    // A name that ends with a dot is the same name, looked up from the root.
    let host = host.strip_suffix('.').unwrap_or(host);
    let stands_in_no_name = |c: char| c <= ' ' || "%<>[]^|\"`{}".contains(c);
    let is_name = !host.is_empty() && !host.contains(stands_in_no_name);
    is_name.then(|| host.to_ascii_lowercase())
}

/// The path with its dots resolved and each byte in its plain form, without a
/// slash at its end.
fn push_path(id: &mut String, path: &str) {
    let mut kept: Vec<String> = Vec::new();
    for segment in path.split('/').skip(1) {
        let segment = plain(segment);
        match segment.as_str() {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    while kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    for segment in kept {
        id.push('/');
        id.push_str(&segment);
    }
}

/// A segment in which only those bytes are percent-encoded that have to be, by
/// capital digits.
fn plain(segment: &str) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let mut text = String::new();
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digits = (byte == b'%')
            .then(|| Some((hex(ahead.next()?)?, hex(ahead.next()?)?)))
            .flatten();
        let (byte, was_encoded) = match digits {
            Some((high, low)) => {
                bytes = ahead;
                (high * 16 + low, true)
            }
            None => (byte, false),
        };
        let is_unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let may_stand = byte.is_ascii_graphic() && !b"\"<>^`{}|%".contains(&byte);
        if is_unreserved || may_stand && !was_encoded {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.extend(DIGITS.get(usize::from(byte >> 4)));
            text.extend(DIGITS.get(usize::from(byte & 15)));
        }
    }
    text
}

/// The value of a hexadecimal digit.
pub(crate) const fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(address: &str) -> String {
        GatewayId::parse(address).map_or_else(|| "none".to_owned(), |id| id.to_string())
    }

    #[test]
    fn spellings_of_one_gateway_have_one_name() {
        for (name, spellings) in [
            (
                "ws://h:1",
                &[
                    "ws://h:1",
                    "ws://h:1/",
                    "WS://H:1//",
                    "http://h:1",
                    "ws:\\\\h:1\\",
                    " ws://h:1\n",
                    "ws://h:01",
                    "ws://h.:1",
                ][..],
            ),
            (
                "ws://h",
                &[
                    "ws://h:80",
                    "ws://h:80/",
                    "ws://h:",
                    "ws:h",
                    "ws://user:pass@h/?a=b@c#d",
                ],
            ),
            ("wss://h", &["wss://h:443", "https://h/", "WSS://h:443/?x"]),
            (
                "ws://[::1]:1",
                &[
                    "ws://[::1]:1",
                    "ws://[0:0:0:0:0:0:0:1]:1/",
                    "ws://[::0001]:1",
                ],
            ),
            (
                "ws://h:1/gateway",
                &[
                    "ws://h:1/gateway",
                    "ws://h:1/gateway/",
                    "ws://h:1/gateway?ticket=1",
                    "ws://h:1/gateway/?ticket=2#x",
                    "ws://h:1/./a/../gateway//",
                    "ws://h:1/%67atewa%79",
                    "ws://h:1/%2e/gateway",
                ],
            ),
            ("ws://h/a%20b%2Fc", &["ws://h/a b%2fc", "ws://h/a%20b%2Fc"]),
            ("ws://h/%C3%A9", &["ws://h/é", "ws://h/%c3%a9"]),
        ] {
            for spelling in spellings {
                assert_eq!(id(spelling), name, "{spelling:?}");
                assert_eq!(id(&id(spelling)), name, "a name is its own name");
            }
        }
    }

    #[test]
    fn other_gateways_have_other_names() {
        let others = [
            "ws://h:1",
            "wss://h:1",
            "ws://h:2",
            "ws://i:1",
            "ws://h:1/gateway",
            "ws://h:1/Gateway",
            "ws://h:1/a/b",
            "ws://h:1/a//b",
            "ws://h:1/a%2Fb",
        ];
        for (at, one) in others.iter().enumerate() {
            for other in &others[at + 1..] {
                assert_ne!(id(one), id(other));
            }
        }
    }

    #[test]
    fn what_is_no_address_has_no_name() {
        for odd in [
            "",
            "h:1",
            "ftp://h",
            "ws://",
            "ws:///",
            "ws://:1",
            "ws://h:x",
            "ws://h:70000",
            "ws://[::1",
            "ws://[h]:1",
            "ws://a b",
            "ws://a%20b",
            "//h",
            "?a",
        ] {
            assert_eq!(id(odd), "none", "{odd:?}");
        }
    }

    #[test]
    fn no_secret_gets_into_a_name() {
        assert!(!id("ws://me:secret@h/p?token=secret#password=secret").contains("secret"));
    }
}
