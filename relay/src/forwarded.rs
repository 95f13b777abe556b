//! Whom a named proxy speaks for.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Whether somebody passed a request on. Behind a proxy everybody comes from its
/// address, and not every proxy says that it is one.
pub(crate) fn is_passed_on(headers: &HeaderMap) -> bool {
    const ENDINGS: [&str; 5] = [
        "client-ip",
        "clientip",
        "real-ip",
        "connecting-ip",
        "user-ip",
    ];
    const OTHERS: [&str; 3] = ["via", "cdn-loop", "x-envoy-external-address"];
    headers.keys().any(|name| {
        let name = name.as_str();
        name.contains("forwarded")
            || name.starts_with("tailscale-")
            || ENDINGS.iter().any(|ending| name.ends_with(ending))
            || OTHERS.contains(&name)
    })
}

/// Who is counted: the other end, or, when that is a proxy that the owner named,
/// the last address in `X-Forwarded-For` that is none. What others say about
/// themselves counts for nothing.
pub(crate) fn peer(remote: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let remote = remote.to_canonical();
    let is_proxy = |ip: &IpAddr| proxies.iter().any(|proxy| proxy.to_canonical() == *ip);
    if !is_proxy(&remote) {
        return remote;
    }
    let mut nearest = remote;
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let addresses = values.flat_map(|value| value.to_str().unwrap_or("").rsplit(','));
    for address in addresses {
        let Some(ip) = parse(address) else { break };
        nearest = ip;
        if !is_proxy(&ip) {
            break;
        }
    }
    nearest
}

/// An address, perhaps with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.parse().ok().or_else(|| {
        let with_port: Option<std::net::SocketAddr> = text.parse().ok();
        with_port.map(|address| address.ip())
    })?;
    Some(ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ip: &str) -> IpAddr {
        ip.parse().unwrap()
    }

    #[test]
    fn every_proxy_that_says_so_is_seen() {
        let is_passed_on = |name: &'static str| {
            is_passed_on(&HeaderMap::from_iter([(
                name.parse().unwrap(),
                "1".parse().unwrap(),
            )]))
        };
        for name in [
            "forwarded",
            "via",
            "x-forwarded-for",
            "x-forwarded-proto",
            "x-original-forwarded-for",
            "x-real-ip",
            "x-client-ip",
            "client-ip",
            "true-client-ip",
            "x-cluster-client-ip",
            "wl-proxy-client-ip",
            "fly-client-ip",
            "fastly-client-ip",
            "x-azure-clientip",
            "x-appengine-user-ip",
            "cf-connecting-ip",
            "cdn-loop",
            "x-envoy-external-address",
            "tailscale-user-login",
        ] {
            assert!(is_passed_on(name), "{name}");
        }
        for name in ["host", "origin", "user-agent", "authorization", "cookie"] {
            assert!(!is_passed_on(name), "{name}");
        }
    }

    #[test]
    fn only_a_named_proxy_is_believed_and_only_its_own_word() {
        let proxies = [at("127.0.0.1"), at("10.0.0.9")];
        for (remote, forwarded, counted) in [
            ("127.0.0.1", &["203.0.113.5"][..], "203.0.113.5"),
            ("127.0.0.1", &["6.6.6.6, 203.0.113.5"], "203.0.113.5"),
            ("127.0.0.1", &["6.6.6.6", "203.0.113.5"], "203.0.113.5"),
            ("127.0.0.1", &["203.0.113.5, 10.0.0.9"], "203.0.113.5"),
            ("::ffff:127.0.0.1", &["203.0.113.5:4711"], "203.0.113.5"),
            ("127.0.0.1", &["[2001:db8::1]:80"], "2001:db8::1"),
            ("127.0.0.1", &["6.6.6.6, nonsense"], "127.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("192.168.1.4", &["203.0.113.5"], "192.168.1.4"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            assert_eq!(
                peer(at(remote), &headers, &proxies),
                at(counted),
                "{forwarded:?}"
            );
        }
    }
}
