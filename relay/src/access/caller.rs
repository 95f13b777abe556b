//! Where a request or a socket comes from.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};
use clawline_core::Secret;

use crate::forwarded;
use crate::listener::Peer;
use crate::origin;

/// Where a request or a socket comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Its address; through a proxy that the owner named, the one that it gives.
    pub peer: IpAddr,
    /// Our end of it.
    pub local: SocketAddr,
    /// From this machine, by a loopback name, not through a proxy, and, where
    /// the system tells, from a program of the owner.
    pub is_local: bool,
    /// It comes through a proxy that the owner named.
    pub is_proxied: bool,
    /// The page that sends it. Several, or one that is no text, match nothing.
    pub origin: Option<String>,
    /// The name that it calls us by, in lower case; empty when it is unclear.
    pub host: String,
    /// The token that its `Authorization` header bears.
    pub bearer: Option<Secret>,
}

impl Caller {
    /// Reads what the connection and the headers say. Whether a program of this
    /// machine is the owner's is not looked up.
    pub(super) fn of(peer: &Peer, headers: &HeaderMap, proxies: &[IpAddr]) -> Self {
        let remote = peer.remote.ip().to_canonical();
        let (host, origin) = (host_of(headers), origin_of(headers));
        let is_proxied = proxies.iter().any(|proxy| proxy.to_canonical() == remote);
        let is_local = origin::is_loopback(remote)
            && !is_proxied
            && !forwarded::is_passed_on(headers)
            && origin::names_this_machine(&host, origin.as_deref());
        Self {
            peer: forwarded::peer(remote, headers, proxies),
            local: peer.local,
            is_local,
            is_proxied,
            origin,
            host,
            bearer: bearer_of(headers),
        }
    }
}

/// Several are as good as none: nobody should guess which one counts.
fn bearer_of(headers: &HeaderMap) -> Option<Secret> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let is_ours = scheme.eq_ignore_ascii_case("bearer") && values.next().is_none();
    is_ours.then(|| Secret::new(token.trim()))
}

pub(super) fn host_of(headers: &HeaderMap) -> String {
    let mut values = headers.get_all(header::HOST).iter();
    let first = values.next().and_then(|value| value.to_str().ok());
    match (first, values.next()) {
        (Some(host), None) => host.to_ascii_lowercase(),
        // None or several: whoever asks so is no browser of ours.
        _ => String::new(),
    }
}

pub(super) fn origin_of(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all(header::ORIGIN).iter();
    let Some(first) = values.next() else {
        return is_embedded_elsewhere(headers).then(|| "unnamed".to_owned());
    };
    let only = first.to_str().ok().filter(|_| values.next().is_none());
    Some(only.unwrap_or("unreadable").to_owned())
}

/// Whether a page from elsewhere asks for a part of itself, such as a picture.
/// Browsers do not say then which page it is, only that it is none of ours. Who
/// follows a link from there asks for himself.
fn is_embedded_elsewhere(headers: &HeaderMap) -> bool {
    let says = |name, word: &str| headers.get_all(name).iter().any(|value| value == word);
    says("sec-fetch-site", "cross-site") && !says("sec-fetch-dest", "document")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bearer_counts_and_other_schemes_are_none() {
        let bearer = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            bearer_of(&headers).map(|token| token.expose().to_owned())
        };
        for (values, token) in [
            (vec!["Bearer abc"], Some("abc")),
            (vec!["bearer  abc "], Some("abc")),
            (vec!["Basic abc"], None),
            (vec!["abc"], None),
            (vec!["Bearer a", "Bearer b"], None),
            (vec![], None),
        ] {
            assert_eq!(bearer(&values).as_deref(), token, "{values:?}");
        }
    }
}
