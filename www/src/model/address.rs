//! The address of a gateway, as a person types or pastes it.

use std::fmt;

/// The longest address that is looked at, in bytes.
pub const MAX_BYTES: usize = 2_048;

/// What stands in an address only in coded form.
const ODD: [char; 9] = ['"', '<', '>', '\\', '^', '`', '{', '|', '}'];

/// A WebSocket address that a browser accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    secure: bool,
    host: String,
    port: Option<u16>,
    path: String,
}

impl Address {
    /// Whether the connection is encrypted (`wss://`).
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether the host is this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.as_str();
        host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_127(host)
    }

    /// Scheme, host and port: what a content security policy names.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.secure { "wss" } else { "ws" };
        match self.port {
            Some(port) => format!("{scheme}://{}:{port}", self.host),
            None => format!("{scheme}://{}", self.host),
        }
    }

    /// Whether both are on one host and port, by one scheme.
    #[must_use]
    pub fn has_origin_of(&self, other: &Self) -> bool {
        self.secure == other.secure && self.host == other.host && self.port() == other.port()
    }

    /// Whether both mean the same gateway, written the one way or the other.
    #[must_use]
    pub fn is_place_of(&self, other: &Self) -> bool {
        let path = |address: &Self| address.path.strip_prefix('/').map(str::to_owned);
        self.has_origin_of(other)
            && path(self).unwrap_or_default() == path(other).unwrap_or_default()
    }

    /// The path without the query; empty or beginning with a slash.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    fn port(&self) -> u16 {
        self.port.unwrap_or(if self.secure { 443 } else { 80 })
    }

    /// Whether a page that came over https may open this address at all.
    #[must_use]
    pub fn is_blocked_on_https(&self) -> bool {
        !self.secure && !self.is_loopback()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path)
    }
}

/// Text that can stand in the form instead of what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The address to use.
    pub address: String,
    /// A token that was part of what was typed, and belongs in its own field.
    pub token: Option<String>,
}

/// Why some text is no gateway address, in words for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressProblem {
    /// What is wrong and what to type instead.
    pub message: String,
    /// The repaired address, when it can be guessed.
    pub fix: Option<Fix>,
}

impl AddressProblem {
    fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            fix: None,
        }
    }

    fn with_fix(message: impl Into<String>, address: String, token: Option<String>) -> Self {
        // A fix that is itself wrong would send people in circles.
        let fix = parse(&address).is_ok().then_some(Fix { address, token });
        Self {
            message: message.into(),
            fix,
        }
    }
}

/// Reads a gateway address.
///
/// # Errors
/// What is wrong, and a repaired address where the intention is clear: a page
/// address instead of a WebSocket address, a missing scheme, a token inside it.
pub fn parse(typed: &str) -> Result<Address, AddressProblem> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(AddressProblem::new(
            "Type the address of your gateway, for example ws://127.0.0.1:18789.",
        ));
    }
    if text.len() > MAX_BYTES {
        return Err(AddressProblem::new("This is too long to be an address."));
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(AddressProblem::with_fix(
            "An address has no spaces in it.",
            text.chars()
                .filter(|c| !c.is_whitespace() && !c.is_control())
                .collect(),
            None,
        ));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(AddressProblem::with_fix(
            "An address begins with ws:// or wss://.",
            format!("{}://{text}", scheme_for(text)),
            None,
        ));
    };
    if let Some(odd) = text.chars().find(|c| ODD.contains(c)) {
        return Err(AddressProblem::new(format!(
            "“{odd}” is in no address. Copy it again, without what is around it."
        )));
    }
    let (rest, token) = cut_token(rest);
    let secure = match scheme.to_ascii_lowercase().as_str() {
        "ws" => false,
        "wss" => true,
        "http" | "https" => {
            let secure = scheme.eq_ignore_ascii_case("https");
            let scheme = if secure { "wss" } else { "ws" };
            return Err(AddressProblem::with_fix(
                format!("This is the address of a web page. A gateway's begins with {scheme}://."),
                format!("{scheme}://{rest}"),
                token,
            ));
        }
        other => {
            return Err(AddressProblem::new(format!(
                "An address begins with ws:// or wss://, not with {other}://."
            )));
        }
    };
    if token.is_some() {
        return Err(AddressProblem::with_fix(
            "A token does not belong in the address: it would end up in logs. It has its own field.",
            format!("{scheme}://{rest}"),
            token,
        ));
    }
    let (authority, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest.as_str(), ""),
    };
    if authority.contains('@') {
        return Err(AddressProblem::new(
            "Browsers refuse a name or password inside the address. Remove the part before the @.",
        ));
    }
    let (host, port) = split_port(authority)?;
    let path = match path {
        "" => String::new(),
        path if path.starts_with('?') => format!("/{path}"),
        path => path.to_owned(),
    };
    Ok(Address {
        secure,
        host,
        port,
        path,
    })
}

fn split_port(authority: &str) -> Result<(String, Option<u16>), AddressProblem> {
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of `[::1]` belongs to the host.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port = match port {
        None | Some("") => None,
        Some(digits) => match digits.parse::<u16>() {
            Ok(port) if port > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Some(port),
            _ => {
                return Err(AddressProblem::new(format!(
                    "“{digits}” is not a port. A port is a number from 1 to 65535."
                )));
            }
        },
    };
    if host.is_empty() {
        return Err(AddressProblem::new(
            "The name of the host is missing after ://.",
        ));
    }
    let in_brackets = host.starts_with('[') && host.ends_with(']');
    let fine = if in_brackets {
        host.bytes()
            .all(|b| b.is_ascii_hexdigit() || matches!(b, b'[' | b']' | b':' | b'.'))
    } else {
        host.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    if !fine {
        return Err(AddressProblem::new(format!(
            "“{host}” is not the name of a host."
        )));
    }
    // Browsers fold other letters themselves; all of Unicode would be 7 KB to load.
    Ok((host.to_ascii_lowercase(), port))
}

/// Takes the fragment and a token in the query out of an address: links of a
/// gateway's own dashboard carry the token there.
fn cut_token(rest: &str) -> (String, Option<String>) {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut token = None;
    let mut kept = Vec::new();
    for pair in fragment.split('&') {
        if let Some(value) = pair.strip_prefix("token=") {
            token = super::fragment::percent_decode(value);
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("token=") {
            Some(value) => token = super::fragment::percent_decode(value),
            None => kept.push(pair),
        }
    }
    let token = token.filter(|token| !token.is_empty());
    if kept.is_empty() {
        (path.to_owned(), token)
    } else {
        (format!("{path}?{}", kept.join("&")), token)
    }
}

fn scheme_for(text: &str) -> &'static str {
    let host = text.split(['/', ':']).next().unwrap_or(text);
    let is_name = host.contains('.') && !host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    // A public name usually sits behind TLS, a number or a bare name does not.
    if is_name && !host.ends_with(".local") {
        "wss"
    } else {
        "ws"
    }
}

fn is_127(host: &str) -> bool {
    host.starts_with("127.") && host.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests;
