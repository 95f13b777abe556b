//! What goes wrong with a model server, and what a person is told.

use std::time::{Duration, SystemTime};

use serde_json::Value;

/// The longest wait before another attempt. Who is asked to wait longer tells
/// the person.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Before the second attempt; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Attempts after the first one.
const RETRIES: u32 = 3;
/// Characters of a server's own words that are passed on.
const WORDS: usize = 300;

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.words("", None))]
pub(super) enum Failure {
    /// No connection came about.
    Unreachable,
    /// Nothing came for too long.
    Slow,
    /// An HTTP status, also one that stands inside a 200.
    Status {
        /// The status.
        status: u16,
        /// What the server says of it.
        said: Option<String>,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// An error without a status.
    Told(String),
    /// What came is no answer.
    Unreadable,
    /// One event is larger than is read.
    Flood,
    /// The answer ended before its end.
    Cut,
    /// A filter of the server held the answer back.
    Filtered,
    /// The model asked for a tool; it was offered none.
    Tool,
    /// The model said nothing.
    Silent,
}

impl Failure {
    /// The error object of a body, whatever its shape.
    pub(super) fn of_body(error: &Value) -> Self {
        let said = words_of(error);
        let code = |field: &str| {
            let code = error.get(field)?;
            let number = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
            u16::try_from(number)
                .ok()
                .filter(|n| (300..600).contains(n))
        };
        let kind = error
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let status = code("code").or_else(|| code("status")).or(match kind {
            kind if kind.contains("rate_limit") => Some(429),
            kind if kind.contains("overloaded") => Some(503),
            _ => None,
        });
        match (status, said) {
            (Some(status), said) => Self::Status {
                status,
                said,
                retry_after: None,
            },
            (None, Some(said)) => Self::Told(said),
            (None, None) => Self::Unreadable,
        }
    }

    /// How long to wait before another attempt, `attempt` from 0. `None`: there
    /// is no use in one.
    pub(super) fn wait(&self, attempt: u32) -> Option<Duration> {
        if attempt >= RETRIES || !self.may_pass() {
            return None;
        }
        let asked = match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        };
        let wait = asked.unwrap_or(FIRST_WAIT.saturating_mul(1 << attempt));
        (wait <= LONGEST_WAIT).then_some(wait)
    }

    fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable | Self::Cut => true,
            Self::Status { status, .. } => {
                matches!(status, 408 | 425 | 429 | 500 | 502..=504 | 506..)
            }
            _ => false,
        }
    }

    /// Words for a person. `key` is in none of them.
    pub(super) fn words(&self, model: &str, key: Option<&str>) -> String {
        match self {
            Self::Unreachable => {
                "the model server cannot be reached: see that it runs, and that base_url is its address"
                    .to_owned()
            }
            Self::Slow => "the model server went silent: send again, or look at the server".to_owned(),
            Self::Status {
                status,
                said,
                retry_after,
            } => {
                // Servers repeat parts of the key when they refuse it.
                let is_quotable = !matches!(status, 401 | 403);
                let said = said.as_deref().filter(|_| is_quotable);
                let said = quoted(said, key);
                let wait = retry_after.map_or(String::new(), |wait| {
                    format!(", in {} seconds or more", wait.as_secs())
                });
                format!("{} (HTTP {status}){said}{wait}", told_by(*status, model))
            }
            Self::Told(said) => {
                format!("the model server failed{}", quoted(Some(said), key))
            }
            Self::Unreadable => {
                "the model server's answer cannot be read: see that base_url leads to an OpenAI-compatible \
                 endpoint"
                    .to_owned()
            }
            Self::Flood => "the model server sent more at once than is read".to_owned(),
            Self::Cut => "the model server's answer broke off: send again".to_owned(),
            Self::Filtered => "the model server's filter held the answer back".to_owned(),
            Self::Tool => "the model asked for a tool, and there is none here".to_owned(),
            Self::Silent => format!("the model {model:?} answered with nothing: send again"),
        }
    }
}

/// What a status means, and what to do.
fn told_by(status: u16, model: &str) -> String {
    match status {
        300..=399 => {
            "the model server sends elsewhere, which is not followed: give base_url its final \
                      address"
                .to_owned()
        }
        401 | 403 => {
            "the model server does not accept the key: give the right one in api_key_file or \
                      api_key_env"
                .to_owned()
        }
        402 => "the model server wants to be paid first".to_owned(),
        404 => format!(
            "the model server knows no model {model:?}, or nothing is at its address: see model and base_url"
        ),
        413 => "the conversation is too large for the model server: start a new session".to_owned(),
        429 => "the model server has too much to do: send again later".to_owned(),
        408 | 500.. => "the model server failed: send again later".to_owned(),
        _ => "the model server refused the question".to_owned(),
    }
}

fn quoted(said: Option<&str>, key: Option<&str>) -> String {
    match said {
        Some(said) if key.is_none_or(|key| !said.contains(key)) => format!(": “{said}”"),
        _ => String::new(),
    }
}

/// A server's own words: those of an error object, or a plain text.
fn words_of(error: &Value) -> Option<String> {
    let text = error
        .get("message")
        .or_else(|| error.get("detail"))
        .unwrap_or(error)
        .as_str()?;
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(WORDS)
        .collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

/// The value of a `Retry-After` header: seconds, or a date.
pub(super) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let at = httpdate::parse_http_date(value).ok()?;
    Some(at.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn status(status: u16) -> Failure {
        Failure::Status {
            status,
            said: Some("Incorrect key sk-secret".to_owned()),
            retry_after: None,
        }
    }

    #[test]
    fn each_status_says_what_to_do_and_never_the_key() {
        for (code, part) in [
            (302, "base_url"),
            (401, "api_key_file"),
            (403, "api_key_env"),
            (404, "\"llama\""),
            (413, "new session"),
            (429, "later"),
            (500, "later"),
            (503, "HTTP 503"),
            (400, "refused the question"),
        ] {
            let words = status(code).words("llama", Some("sk-secret"));
            assert!(words.contains(part), "{code}: {words}");
            assert!(!words.contains("sk-"), "{code}: {words}");
        }
        let words = status(400).words("llama", None);
        assert!(
            words.contains("Incorrect key"),
            "what else it says is shown: {words}"
        );
        let words = status(401).words("llama", None);
        assert!(
            !words.contains("sk-"),
            "part of a key may stand in it: {words}"
        );
    }

    #[test]
    fn only_what_may_pass_is_tried_again_and_not_for_ever() {
        for code in [408, 429, 500, 502, 503, 504, 529] {
            assert!(status(code).wait(0).is_some(), "{code}");
            assert!(status(code).wait(1) > status(code).wait(0), "{code}");
            assert_eq!(status(code).wait(RETRIES), None, "{code}");
        }
        for code in [302, 400, 401, 403, 404, 413, 422, 501, 505] {
            assert_eq!(status(code).wait(0), None, "{code}");
        }
        assert!(Failure::Unreachable.wait(0).is_some());
        assert_eq!(Failure::Unreadable.wait(0), None);
    }

    #[test]
    fn the_server_says_how_long_to_wait() {
        let busy = |seconds| Failure::Status {
            status: 429,
            said: None,
            retry_after: Some(Duration::from_secs(seconds)),
        };
        assert_eq!(busy(7).wait(0), Some(Duration::from_secs(7)));
        assert_eq!(busy(3_600).wait(0), None, "a person does not wait an hour");
        assert!(busy(3_600).words("m", None).contains("3600 seconds"));
    }

    #[test]
    fn waits_are_read_as_seconds_or_as_a_date() {
        let now = httpdate::parse_http_date("Sun, 29 Nov 2026 20:00:00 GMT").unwrap();
        for (value, seconds) in [
            ("0", Some(0)),
            (" 12 ", Some(12)),
            ("Sun, 29 Nov 2026 20:00:30 GMT", Some(30)),
            ("Sun, 29 Nov 2026 19:00:00 GMT", Some(0)),
            ("-1", None),
            ("NaN", None),
            ("1e400", None),
            ("soon", None),
        ] {
            let wanted = seconds.map(Duration::from_secs);
            assert_eq!(retry_after(value, now), wanted, "{value}");
        }
    }

    #[test]
    fn an_error_is_understood_in_every_shape() {
        for (error, wanted) in [
            (json!({ "message": "no", "code": 429 }), Some(429)),
            (json!({ "message": "no", "code": "503" }), Some(503)),
            (
                json!({ "message": "no", "type": "rate_limit_error", "code": "x" }),
                Some(429),
            ),
            (
                json!({ "message": "no", "type": "overloaded_error" }),
                Some(503),
            ),
            (json!({ "message": "no", "code": null }), None),
            (json!("no"), None),
        ] {
            let failure = Failure::of_body(&error);
            match (wanted, failure) {
                (Some(wanted), Failure::Status { status, said, .. }) => {
                    assert_eq!((status, said.as_deref()), (wanted, Some("no")), "{error}");
                }
                (None, Failure::Told(said)) => assert_eq!(said, "no"),
                other => panic!("{error}: {other:?}"),
            }
        }
        assert_eq!(Failure::of_body(&json!(7)), Failure::Unreadable);
        let long = json!({ "message": format!("a\n{}", "b".repeat(5_000)) });
        let words = Failure::of_body(&long).words("m", None);
        assert!(words.len() < 400 && !words.contains('\n'), "{words}");
    }
}
