//! What a program that the relay starts is told of the environment: not what is
//! the relay's own, such as its tokens.

use std::ffi::OsString;

/// Where programs and the user's files are, how the network is reached (Node
/// reads the last one), and what systems need to start a program at all. Windows
/// writes these names in any letters.
const PASSED: [&str; 18] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "NODE_EXTRA_CA_CERTS",
    "SYSTEMROOT",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PATHEXT",
    "COMSPEC",
    "TEMP",
    "TMP",
];

/// Settings of npm, such as a registry of one's own; they too are passed on to
/// npm alone.
const NPM: &str = "npm_config_";

/// What names the proxy on the way to servers that are spoken to over TLS.
const PROXY: &str = "HTTPS_PROXY";

/// What the bridge is told. A `proxy` takes the place of that in the environment.
pub(super) fn for_bridge(proxy: Option<&str>) -> Vec<(OsString, OsString)> {
    only(is_passed, proxy)
}

/// What npm is told.
pub(super) fn for_npm(proxy: Option<&str>) -> Vec<(OsString, OsString)> {
    let is_for_npm = |name: &str| name.to_ascii_lowercase().starts_with(NPM);
    only(|name| is_passed(name) || is_for_npm(name), proxy)
}

fn is_passed(name: &str) -> bool {
    PASSED
        .iter()
        .any(|passed| passed.eq_ignore_ascii_case(name))
}

fn only(is_passed: impl Fn(&str) -> bool, proxy: Option<&str>) -> Vec<(OsString, OsString)> {
    let is_other = |name: &str| proxy.is_none() || !name.eq_ignore_ascii_case(PROXY);
    let all = std::env::vars_os();
    all.filter(|(name, _)| {
        name.to_str()
            .is_some_and(|name| is_passed(name) && is_other(name))
    })
    .chain(proxy.map(|proxy| (PROXY.into(), proxy.into())))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_of_the_settings_is_the_only_one() {
        let proxy = "http://127.0.0.1:3128";
        for told in [for_bridge(Some(proxy)), for_npm(Some(proxy))] {
            let is_one = |(name, _): &(OsString, OsString)| name.eq_ignore_ascii_case(PROXY);
            let proxies: Vec<_> = told.into_iter().filter(is_one).collect();
            assert_eq!(proxies, [(PROXY.into(), proxy.into())]);
        }
    }

    #[test]
    fn what_a_system_needs_is_passed_as_it_writes_it() {
        for name in ["PATH", "Path", "SystemRoot", "https_proxy", "HTTPS_PROXY"] {
            assert!(is_passed(name), "{name}");
        }
        for name in ["OPENCLAW_GATEWAY_TOKEN", "NODE_OPTIONS", "PATHS", ""] {
            assert!(!is_passed(name), "{name}");
        }
    }
}
