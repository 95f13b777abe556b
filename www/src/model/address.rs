//! The address of a gateway, as a person types or pastes it.

use std::fmt;

use clawline_core::GatewayId;

use super::words::Words;

/// Where a gateway listens when nobody says otherwise.
pub const USUAL: &str = "ws://127.0.0.1:18789";

/// The longest address that is looked at, in bytes.
pub const MAX_BYTES: usize = 2_048;

/// What stands in an address only in coded form.
const ODD: [char; 9] = ['"', '<', '>', '\\', '^', '`', '{', '|', '}'];

/// Tells which gateway an address means. A page gives what the browser's own
/// parser says (`clawline::gateway_id`), a test `GatewayId::parse`.
pub type Identify = fn(&str) -> Option<GatewayId>;

/// A WebSocket address that a browser accepts.
///
/// What it is compared by, named by and shown as is its [`GatewayId`]; only to
/// connect it is used as it was typed, with its query, which may be a credential.
#[derive(Debug, Clone)]
pub struct Address {
    id: GatewayId,
    url: String,
}

impl Address {
    /// The gateway that it means.
    #[must_use]
    pub fn id(&self) -> &GatewayId {
        &self.id
    }

    /// What to connect to. It may hold a secret.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the host is this very machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_127(host)
    }

    /// Scheme, host and port: what a content security policy names.
    #[must_use]
    pub fn origin(&self) -> &str {
        split(self.id.as_str()).0
    }

    /// The path as it was typed, without the query; empty or beginning with a
    /// slash.
    #[must_use]
    pub fn path(&self) -> &str {
        let (_, path) = split(&self.url);
        path.split('?').next().unwrap_or_default()
    }

    /// Whether a page that came over https may open this address at all.
    #[must_use]
    pub fn is_blocked_on_https(&self) -> bool {
        !self.origin().starts_with("wss:") && !self.is_loopback()
    }

    fn host(&self) -> &str {
        let (_, authority) = self.origin().split_once("://").unwrap_or_default();
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => host,
            _ => authority,
        }
    }
}

/// The origin of an address, and all that follows it.
fn split(address: &str) -> (&str, &str) {
    let start = address.find("://").map_or(0, |at| at + 3);
    let path = address.get(start..).and_then(|rest| rest.find('/'));
    address.split_at(path.map_or(address.len(), |at| start + at))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
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
    pub message: Words,
    /// The repaired address, when it can be guessed.
    pub fix: Option<Fix>,
}

impl AddressProblem {
    fn new(message: Words) -> Self {
        Self { message, fix: None }
    }

    fn with_fix(
        identify: Identify,
        message: Words,
        address: String,
        token: Option<String>,
    ) -> Self {
        // A fix that is itself wrong would send people in circles.
        let fix = parse(&address, identify)
            .is_ok()
            .then_some(Fix { address, token });
        Self { message, fix }
    }
}

/// Reads a gateway address.
///
/// # Errors
/// What is wrong, and a repaired address where the intention is clear: a page
/// address instead of a WebSocket address, a missing scheme, a token inside it.
pub fn parse(typed: &str, identify: Identify) -> Result<Address, AddressProblem> {
    let text = typed.trim();
    if text.is_empty() {
        let words = Words::of("address-missing").with("example", USUAL);
        return Err(AddressProblem::new(words));
    }
    if text.len() > MAX_BYTES {
        return Err(AddressProblem::new(Words::of("address-too-long")));
    }
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(AddressProblem::with_fix(
            identify,
            Words::of("address-spaces"),
            text.chars()
                .filter(|c| !c.is_whitespace() && !c.is_control())
                .collect(),
            None,
        ));
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(AddressProblem::with_fix(
            identify,
            Words::of("address-scheme"),
            format!("{}://{text}", scheme_for(text)),
            None,
        ));
    };
    if let Some(odd) = text.chars().find(|c| ODD.contains(c)) {
        let words = Words::of("address-odd").with("character", odd.to_string());
        return Err(AddressProblem::new(words));
    }
    let (rest, token) = cut_token(rest);
    let secure = match scheme.to_ascii_lowercase().as_str() {
        "ws" => false,
        "wss" => true,
        "http" | "https" => {
            let secure = scheme.eq_ignore_ascii_case("https");
            let scheme = if secure { "wss" } else { "ws" };
            return Err(AddressProblem::with_fix(
                identify,
                Words::of("address-of-page").with("scheme", scheme),
                format!("{scheme}://{rest}"),
                token,
            ));
        }
        other => {
            let words = Words::of("address-other-scheme").with("scheme", other);
            return Err(AddressProblem::new(words));
        }
    };
    if token.is_some() {
        return Err(AddressProblem::with_fix(
            identify,
            Words::of("address-token"),
            format!("{scheme}://{rest}"),
            token,
        ));
    }
    let (authority, path) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest.as_str(), ""),
    };
    if authority.contains('@') {
        return Err(AddressProblem::new(Words::of("address-name")));
    }
    let host = check_host(authority)?;
    let slash = if path.starts_with('?') { "/" } else { "" };
    let scheme = if secure { "wss" } else { "ws" };
    let url = format!("{scheme}://{}{slash}{path}", authority.to_ascii_lowercase());
    match identify(&url) {
        Some(id) => Ok(Address { id, url }),
        None => Err(no_host(host)),
    }
}

/// Reads the address in a link, which a program has made: it may be that of the
/// gateway's own page (`http:`), with a token in it.
///
/// # Errors
/// As [`parse`].
pub fn of_link(
    text: &str,
    identify: Identify,
) -> Result<(Address, Option<String>), AddressProblem> {
    parse(text, identify)
        .map(|address| (address, None))
        .or_else(|problem| match &problem.fix {
            Some(fix) if text.contains("://") && !text.contains(char::is_whitespace) => {
                Ok((parse(&fix.address, identify)?, fix.token.clone()))
            }
            _ => Err(problem),
        })
}

/// The host of an authority, or what is wrong with it, in words.
fn check_host(authority: &str) -> Result<&str, AddressProblem> {
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of `[::1]` belongs to the host.
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    let is_port = |digits: &str| {
        digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse().is_ok_and(|port: u16| port > 0)
    };
    if !port.is_empty() && !is_port(port) {
        let words = Words::of("address-port").with("port", port);
        return Err(AddressProblem::new(words));
    }
    if host.is_empty() {
        return Err(AddressProblem::new(Words::of("address-no-host")));
    }
    let in_brackets = host.starts_with('[') && host.ends_with(']');
    let fine = if in_brackets {
        host.bytes()
            .all(|b| b.is_ascii_hexdigit() || matches!(b, b'[' | b']' | b':' | b'.'))
    } else {
        host.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_'))
    };
    if fine { Ok(host) } else { Err(no_host(host)) }
}

fn no_host(host: &str) -> AddressProblem {
    AddressProblem::new(Words::of("address-host").with("host", host))
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
            token = super::handover::percent_decode(value);
        }
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.strip_prefix("token=") {
            Some(value) => token = super::handover::percent_decode(value),
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
