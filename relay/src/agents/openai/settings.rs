//! What an owner says of a model server.

use std::time::Duration;

use clawline_core::Secret;
use reqwest::Url;

/// A model server, and how to ask it.
#[derive(Debug, Clone)]
pub struct OpenAiSettings {
    /// Address of the endpoint, like `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// Name of the model.
    pub model: String,
    /// The key, for a server that wants one.
    pub key: Option<Secret>,
    /// What the model is told before each conversation; may be empty.
    pub system_prompt: String,
    /// How many messages before a question the model is shown.
    pub history_rows: u32,
    /// How many bytes of them at most.
    pub history_bytes: usize,
    /// Whether the model takes images.
    pub takes_images: bool,
    /// How long to wait for what.
    pub patience: Patience,
}

impl OpenAiSettings {
    /// The usual settings for a model at an endpoint without a key.
    #[must_use]
    pub fn new(base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            model: model.into(),
            key: None,
            system_prompt: String::new(),
            history_rows: 40,
            history_bytes: 256 * 1024,
            takes_images: false,
            patience: Patience::default(),
        }
    }
}

/// How long to wait for a model server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// For the beginning of the answer: a local server may load its model first.
    pub first: Duration,
    /// For each next piece of it.
    pub between: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first: Duration::from_secs(300),
            between: Duration::from_secs(120),
        }
    }
}

/// Why a model server cannot be asked at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadOpenAi {
    /// The address is none.
    #[error(
        "the base_url of agent.openai is no http:// or https:// address without user, password and query: \
         give one like http://127.0.0.1:11434/v1"
    )]
    BaseUrl,
    /// No model is named.
    #[error("agent.openai names no model: give the name that its server knows")]
    Model,
    /// The key does not fit into a header.
    #[error("the key of agent.openai has blanks or strange characters in it: use one word")]
    Key,
    /// There is nothing to check a certificate with.
    #[error("agent.openai cannot use TLS: {0}")]
    Tls(String),
}

/// The address that questions go to.
pub(super) fn endpoint(base_url: &str) -> Result<Url, BadOpenAi> {
    let text = base_url.trim().trim_end_matches('/');
    let text = text.strip_suffix("/chat/completions").unwrap_or(text);
    let mut url = Url::parse(text).map_err(|_| BadOpenAi::BaseUrl)?;
    let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if !(is_web && is_plain) {
        return Err(BadOpenAi::BaseUrl);
    }
    let mut path = url.path_segments_mut().map_err(|()| BadOpenAi::BaseUrl)?;
    path.pop_if_empty().extend(["chat", "completions"]);
    drop(path);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_go_below_the_address_and_only_a_plain_one_is_taken() {
        for (base, wanted) in [
            (
                "http://127.0.0.1:11434/v1",
                "http://127.0.0.1:11434/v1/chat/completions",
            ),
            (
                " https://a.example/v1/ ",
                "https://a.example/v1/chat/completions",
            ),
            ("http://[::1]:1", "http://[::1]:1/chat/completions"),
            (
                "http://a/v1/chat/completions",
                "http://a/v1/chat/completions",
            ),
        ] {
            assert_eq!(endpoint(base).unwrap().as_str(), wanted, "{base}");
        }
        for base in [
            "",
            "a",
            "ws://a",
            "file:///etc/passwd",
            "http://",
            "http://user:pw@a/v1",
            "http://user@a/v1",
            "http://a/v1?key=x",
            "http://a/v1#x",
        ] {
            assert_eq!(endpoint(base), Err(BadOpenAi::BaseUrl), "{base}");
        }
        assert!(!BadOpenAi::BaseUrl.to_string().contains("pw"));
    }
}
