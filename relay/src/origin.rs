//! Which names this server answers to, and which pages may use it.
//!
//! A browser lets any web page open a WebSocket to 127.0.0.1, and a hostile DNS
//! name may point there too ("DNS rebinding"). So the name that was called
//! (`Host`) and the page that calls (`Origin`) are both checked.

use std::net::{IpAddr, SocketAddr};

/// The names and pages that are welcome besides the loopback ones.
#[derive(Debug, Clone, Default)]
pub struct Welcome {
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// An option that names no host or no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WelcomeError {
    /// `--host`.
    #[error(
        "--host {0:?} is not a host name: give one like chat.example.org, without scheme, port or path"
    )]
    Host(String),
    /// `--origin`.
    #[error(
        "--origin {0:?} is not an origin: give one like https://chat.example.org or tauri://localhost, \
         without a path"
    )]
    Origin(String),
}

/// Why a page may not connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OriginRefusal {
    /// It is no page that we know.
    NotAllowed,
    /// The header is absent, `null` or unreadable, and this client needs one.
    Missing,
}

impl OriginRefusal {
    /// The wire's words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "origin not allowed",
            Self::Missing => "origin missing or invalid",
        }
    }
}

impl Welcome {
    /// From the options of the command line.
    ///
    /// # Errors
    /// One of them is not what it should be.
    pub fn new(hosts: &[String], origins: &[String]) -> Result<Self, WelcomeError> {
        let mut welcome = Self::default();
        for host in hosts {
            match split_host(&host.to_ascii_lowercase()) {
                Some((name, None)) => welcome.hosts.push(name),
                _ => return Err(WelcomeError::Host(host.clone())),
            }
        }
        for origin in origins {
            let origin_text = normal_origin(origin.trim_end_matches('/'));
            if is_of_the_web(&origin_text) {
                let host = origin_host(&origin_text);
                let host = host.ok_or_else(|| WelcomeError::Origin(origin.clone()))?;
                if !welcome.hosts.contains(&host) {
                    // A page served under that name by us is called by that name.
                    welcome.hosts.push(host);
                }
            } else if !is_of_a_program(&origin_text) {
                return Err(WelcomeError::Origin(origin.clone()));
            }
            welcome.origins.push(origin_text);
        }
        Ok(welcome)
    }

    /// A name among them by which other machines may reach us, if there is one.
    #[must_use]
    pub fn outside_name(&self) -> Option<&str> {
        // The hosts have those of the origins among them.
        let outside = |name: &&String| !is_loopback_name(name);
        self.hosts.iter().find(outside).map(String::as_str)
    }

    /// Whether a request that called us `host` (the header's value) on our
    /// address `local` is meant for us.
    #[must_use]
    pub fn knows_host(&self, host: &str, local: SocketAddr) -> bool {
        let Some((name, _)) = split_host(&host.to_ascii_lowercase()) else {
            return false;
        };
        is_loopback_name(&name)
            || name
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip == unmapped(local.ip()))
            || self.hosts.contains(&name)
    }

    /// Whether a page may use the gateway (facts/gateway.md §2.4). `required`:
    /// this client is a web page, so it must say where it is from.
    ///
    /// # Errors
    /// Why not.
    pub fn check_origin(
        &self,
        origin: Option<&str>,
        required: bool,
        host: &str,
        from_loopback: bool,
    ) -> Result<(), OriginRefusal> {
        let Some(origin) = origin else {
            return if required {
                Err(OriginRefusal::Missing)
            } else {
                Ok(())
            };
        };
        let origin = normal_origin(origin);
        if self.origins.contains(&origin) {
            return Ok(());
        }
        if is_of_a_program(&origin) && !is_of_the_web(&origin) {
            return Err(OriginRefusal::NotAllowed);
        }
        let caller = origin_host(&origin).ok_or(OriginRefusal::Missing)?;
        let called = split_host(&host.to_ascii_lowercase()).map(|(name, _)| name);
        let scheme = origin.split("://").next().unwrap_or_default();
        let same_place = origin == normal_origin(&format!("{scheme}://{host}"));
        let is_called_so = called.as_deref().is_some_and(is_private_name);
        let allowed = (same_place && (is_called_so || self.hosts.contains(&caller)))
            || (from_loopback && is_loopback_name(&caller));
        if allowed {
            Ok(())
        } else {
            Err(OriginRefusal::NotAllowed)
        }
    }
}

/// Whether a peer's address is this machine.
#[must_use]
pub fn is_loopback(ip: IpAddr) -> bool {
    unmapped(ip).is_loopback()
}

/// Whether a request looks like one that never left this machine: it calls us
/// by a loopback name, and so was the page called that sends it. Behind a
/// reverse proxy the peer's address says nothing: strangers too come from
/// 127.0.0.1, under the name that the world knows.
#[must_use]
pub fn names_this_machine(host: &str, origin: Option<&str>) -> bool {
    let host = split_host(&host.to_ascii_lowercase()).map(|(name, _)| name);
    let page = |origin: &str| origin_host(&origin.to_ascii_lowercase());
    host.is_some_and(|name| is_loopback_name(&name))
        && origin.is_none_or(|origin| page(origin).is_some_and(|name| is_loopback_name(&name)))
}

fn unmapped(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}

fn is_loopback_name(name: &str) -> bool {
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(is_loopback)
}

/// Names that only a neighbour can mean: their owner is on this network.
fn is_private_name(name: &str) -> bool {
    if is_loopback_name(name) || name.ends_with(".local") || name.ends_with(".ts.net") {
        return true;
    }
    match name.parse::<IpAddr>().map(unmapped) {
        Ok(IpAddr::V4(ip)) => ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => false,
    }
}

/// Splits a lower-case `Host` value into name (an IPv6 address without its
/// brackets) and port. `None` for anything with other characters.
fn split_host(host: &str) -> Option<(String, Option<u16>)> {
    let (name, port) = if let Some(rest) = host.strip_prefix('[') {
        let (name, after) = rest.split_once(']')?;
        name.parse::<std::net::Ipv6Addr>().ok()?;
        (
            name,
            after.strip_prefix(':').or(after.is_empty().then_some("")),
        )
    } else {
        match host.split_once(':') {
            Some((name, port)) => (name, Some(port)),
            None => (host, Some("")),
        }
    };
    let port = match port? {
        "" => None,
        digits => Some(digits.parse().ok()?),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if name.is_empty() || name.len() > 253 || !name.chars().all(plain) {
        return None;
    }
    Some((name.to_owned(), port))
}

/// An origin as browsers send it: in lower case, without a port that its scheme
/// has anyway.
fn normal_origin(origin: &str) -> String {
    let origin = origin.to_ascii_lowercase();
    for (scheme, port) in [("http://", ":80"), ("https://", ":443")] {
        if origin.starts_with(scheme)
            && let Some(short) = origin.strip_suffix(port)
        {
            return short.to_owned();
        }
    }
    origin
}

fn is_of_the_web(origin: &str) -> bool {
    origin_authority(origin).is_some()
}

/// Whether it is the origin of pages that came with a program (an app, an
/// extension of a browser), which have schemes of their own: `tauri://localhost`.
fn is_of_a_program(origin: &str) -> bool {
    let Some((scheme, host)) = origin.split_once("://") else {
        return false;
    };
    let mut letters = scheme.chars();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(plain)
        && !matches!(scheme, "ws" | "wss" | "file" | "data" | "blob")
        && split_host(host).is_some()
}

fn origin_authority(origin: &str) -> Option<&str> {
    origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
}

fn origin_host(origin: &str) -> Option<String> {
    split_host(origin_authority(origin)?).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    #[test]
    fn a_foreign_name_that_points_here_is_not_ours() {
        let welcome = Welcome::default();
        let local = at("127.0.0.1:18790");
        for host in [
            "localhost:18790",
            "127.0.0.1:18790",
            "[::1]:18790",
            "chat.localhost",
            "127.0.0.9",
        ] {
            assert!(welcome.knows_host(host, local), "{host}");
        }
        for host in [
            "evil.example",
            "evil.example:18790",
            "192.168.1.5",
            "",
            "a b",
            "localhost.evil.example",
            "[::1",
            "localhost:x",
            "a;b",
        ] {
            assert!(!welcome.knows_host(host, local), "{host}");
        }
    }

    #[test]
    fn the_address_that_was_called_and_named_hosts_are_ours() {
        let welcome = Welcome::new(
            &["Chat.Example.org".to_owned()],
            &["https://web.example/".to_owned()],
        )
        .unwrap();
        let lan = at("192.168.1.5:80");
        assert!(welcome.knows_host("192.168.1.5", lan));
        assert!(welcome.knows_host("chat.example.org:443", lan));
        assert!(welcome.knows_host("web.example", lan));
        assert!(!welcome.knows_host("192.168.1.6", lan));
    }

    #[test]
    fn what_was_called_by_an_outside_name_did_not_come_from_here() {
        assert!(names_this_machine("127.0.0.1:18790", None));
        assert!(names_this_machine("LOCALHOST:1", Some("http://[::1]:3")));
        for (host, origin) in [
            ("chat.example.org", None),
            ("chat.example.org", Some("http://localhost:3000")),
            ("127.0.0.1:18790", Some("https://chat.example.org")),
            ("127.0.0.1:18790", Some("null")),
            ("127.0.0.1.example.org", None),
            ("192.168.1.5", None),
            ("", None),
        ] {
            assert!(!names_this_machine(host, origin), "{host} {origin:?}");
        }
    }

    #[test]
    fn only_names_that_others_can_use_are_outside_names() {
        let name = |hosts: &[&str], origins: &[&str]| {
            let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
            let welcome = Welcome::new(&owned(hosts), &owned(origins)).unwrap();
            welcome.outside_name().map(str::to_owned)
        };
        assert_eq!(name(&[], &[]), None);
        assert_eq!(name(&["chat.localhost"], &["http://127.0.0.1:5173"]), None);
        assert_eq!(
            name(&["localhost", "chat.example"], &[]).as_deref(),
            Some("chat.example")
        );
        assert_eq!(
            name(&[], &["https://web.example"]).as_deref(),
            Some("web.example")
        );
    }

    #[test]
    fn options_that_are_not_what_they_should_be_are_explained() {
        let error = Welcome::new(&["https://a.example/".to_owned()], &[]).unwrap_err();
        assert!(error.to_string().contains("without scheme"), "{error}");
        let error = Welcome::new(&[], &["a.example".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("--origin"), "{error}");
    }

    #[test]
    fn pages_of_this_machine_and_of_this_server_may_connect_and_others_not() {
        let welcome = Welcome::new(&[], &["https://app.example".to_owned()]).unwrap();
        let check = |origin, required, host, loopback| {
            welcome.check_origin(origin, required, host, loopback)
        };
        assert_eq!(
            check(Some("http://localhost:3000"), true, "127.0.0.1:18790", true),
            Ok(())
        );
        assert_eq!(
            check(Some("HTTPS://APP.example"), true, "127.0.0.1:18790", true),
            Ok(())
        );
        assert_eq!(
            check(Some("http://192.168.1.5:80"), true, "192.168.1.5:80", false),
            Ok(())
        );
        assert_eq!(
            check(Some("http://localhost:3000"), true, "192.168.1.5:80", false),
            Err(OriginRefusal::NotAllowed)
        );
        assert_eq!(
            check(Some("https://evil.example"), true, "127.0.0.1:18790", true),
            Err(OriginRefusal::NotAllowed)
        );
        // Same host by name only: a rebound name would pass, so it must be named.
        assert_eq!(
            check(Some("http://evil.example"), true, "evil.example", true),
            Err(OriginRefusal::NotAllowed)
        );
        assert_eq!(
            check(Some("null"), true, "localhost", true),
            Err(OriginRefusal::Missing)
        );
        assert_eq!(
            check(None, true, "localhost", true),
            Err(OriginRefusal::Missing)
        );
        assert_eq!(check(None, false, "localhost", true), Ok(()));
    }

    #[test]
    fn a_page_of_a_program_is_let_in_when_it_is_named_exactly() {
        for named in [
            "tauri://localhost",
            "chrome-extension://abcdefghijklmnop",
            "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
            "app://obsidian.md",
            "capacitor://localhost:8100/",
            "vscode-webview://1abc",
        ] {
            let welcome = Welcome::new(&[], &[named.to_owned()]).unwrap();
            // It is no name by which others reach us.
            assert_eq!(welcome.outside_name(), None, "{named}");
            let check =
                |origin: &str| welcome.check_origin(Some(origin), true, "127.0.0.1:1", true);
            assert_eq!(check(named.trim_end_matches('/')), Ok(()), "{named}");
            for other in ["tauri://evil", "chrome-extension://b", "other://localhost"] {
                assert_eq!(check(other), Err(OriginRefusal::NotAllowed), "{other}");
            }
            assert_eq!(check("null"), Err(OriginRefusal::Missing));
        }
        for wrong in [
            "*",
            "null",
            "tauri://",
            "tauri://a/b",
            "tauri:localhost",
            "://a",
            "file:///a",
            "1x://a",
            "chrome-extension://*",
        ] {
            assert!(Welcome::new(&[], &[wrong.to_owned()]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_port_that_goes_without_saying_makes_no_other_origin() {
        let named = [
            "https://app.example:443".to_owned(),
            "http://b.example:80/".to_owned(),
        ];
        let welcome = Welcome::new(&[], &named).unwrap();
        let check = |origin| welcome.check_origin(Some(origin), true, "127.0.0.1:1", true);
        assert_eq!(check("https://app.example"), Ok(()));
        assert_eq!(check("http://b.example"), Ok(()));
        assert!(check("https://app.example:444").is_err());
        assert!(check("http://app.example:443").is_err());
    }
}
