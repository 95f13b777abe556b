//! The path under which a proxy shows this server.

use std::str::FromStr;

use axum::http::{HeaderMap, HeaderValue};

/// What a proxy says that took a prefix away.
pub const HEADER: &str = "x-forwarded-prefix";

/// A path like `/claw`, or none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BasePath(String);

/// It is no plain path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a plain path: give one like /claw")]
pub struct BasePathError;

impl BasePath {
    /// What stands before the slash of each path; empty where there is no base.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0
    }

    /// The base of a page that was asked for: the configured one, or else the one
    /// that the proxy in front took away.
    #[must_use]
    pub fn of_page(&self, asked: &HeaderMap) -> Self {
        if !self.is_root() {
            return self.clone();
        }
        let mut values = asked.get_all(HEADER).iter().map(HeaderValue::to_str);
        match (values.next(), values.next()) {
            (Some(Ok(prefix)), None) => prefix.parse().unwrap_or_default(),
            _ => Self::default(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The rest of a path that is below the base, with its slash; `None` when it
    /// is not. The base itself, without a slash, has an empty rest.
    #[must_use]
    pub fn strip<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(&self.0)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(rest)
    }
}

impl FromStr for BasePath {
    type Err = BasePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.trim_end_matches('/');
        if path.is_empty() && !text.is_empty() {
            return Ok(Self::default());
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let mut parts = path.strip_prefix('/').ok_or(BasePathError)?.split('/');
        let is_name = |part: &str| !part.starts_with('.') && !part.is_empty();
        if parts.all(|part| is_name(part) && part.chars().all(plain)) {
            Ok(Self(path.to_owned()))
        } else {
            Err(BasePathError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_bases() {
        let prefix = |text: &str| {
            text.parse::<BasePath>()
                .map(|base| base.prefix().to_owned())
        };
        for (text, prefix_of) in [
            ("/", ""),
            ("/claw", "/claw"),
            ("/claw/", "/claw"),
            ("/a/b-c_d.e", "/a/b-c_d.e"),
        ] {
            assert_eq!(prefix(text).as_deref(), Ok(prefix_of), "{text}");
        }
        for text in [
            "",
            "claw",
            "/a//b",
            "/../a",
            "/a b",
            "/a?b",
            "/a%2f",
            "https://x/a",
            "/\u{e4}",
        ] {
            assert_eq!(prefix(text), Err(BasePathError), "{text}");
        }
    }

    #[test]
    fn a_path_is_below_the_base_by_whole_names() {
        let base: BasePath = "/claw".parse().unwrap();
        for (path, rest) in [
            ("/claw", Some("")),
            ("/claw/", Some("/")),
            ("/claw/gateway", Some("/gateway")),
            ("/claws", None),
            ("/", None),
        ] {
            assert_eq!(base.strip(path), rest, "{path}");
        }
        assert_eq!(BasePath::default().strip("/x"), Some("/x"));
    }

    #[test]
    fn a_proxy_may_say_what_it_took_away_once_and_plainly() {
        let of = |configured: &BasePath, prefixes: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for prefix in prefixes {
                headers.append(HEADER, HeaderValue::from_static(prefix));
            }
            configured.of_page(&headers).prefix().to_owned()
        };
        let root = BasePath::default();
        assert_eq!(of(&root, &["/claw/"]), "/claw");
        assert_eq!(of(&root, &[]), "");
        for odd in ["\"><script>", "//evil.example", "claw", "/a,/b"] {
            assert_eq!(of(&root, &[odd]), "", "{odd}");
        }
        assert_eq!(of(&root, &["/a", "/b"]), "");
        assert_eq!(of(&"/own".parse().unwrap(), &["/claw"]), "/own");
    }
}
