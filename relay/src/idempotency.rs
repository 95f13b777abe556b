//! The key under which a repeat over HTTP is known.

use axum::http::HeaderMap;

use crate::ids;
use crate::limits::MAX_KEY;
use crate::problem::Problem;

/// The key of a request: `prefix`, which is its door's own, so that keys of two
/// doors never collide, and its `Idempotency-Key`. Without one it is like no
/// other request.
pub(crate) fn key(headers: &HeaderMap, prefix: &str) -> Result<String, Problem> {
    let mut given = headers.get_all("idempotency-key").iter();
    let key = match (given.next(), given.next()) {
        (None, _) => return Ok(format!("{prefix}{}", ids::uuid())),
        (Some(key), None) => key.to_str().unwrap_or_default().trim(),
        (Some(_), Some(_)) => "",
    };
    if key.is_empty() || prefix.len() + key.len() > MAX_KEY {
        let most = MAX_KEY - prefix.len();
        let words = format!("Idempotency-Key must be one word of ASCII, at most {most} bytes");
        return Err(Problem::bad_request(words));
    }
    Ok(format!("{prefix}{key}"))
}
