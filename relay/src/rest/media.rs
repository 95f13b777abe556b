//! `POST /v1/media` and `GET /v1/media/ID`: files to keep, and files that are kept.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;

use crate::base_path::BasePath;
use crate::limits::MAX_ATTACHMENT;
use crate::media::{File, Media, MediaError, is_shown};
use crate::problem::Problem;

/// The path of files, without an id.
const PATH: &str = "/v1/media";

/// The routes, seen below this path by clients. They want a guard around them.
pub(super) fn routes(media: Media, base: BasePath) -> Router {
    let keep = async move |State(media): State<Media>, request: Request| {
        let base = base.of_page(request.headers());
        keep(&media, &base, request).await
    };
    Router::new()
        .route(
            PATH,
            post(keep).layer(DefaultBodyLimit::max(MAX_ATTACHMENT)),
        )
        .route("/v1/media/{id}", get(file))
        .with_state(media)
}

/// Keeps the body; its name comes in `Content-Disposition`.
async fn keep(media: &Media, base: &BasePath, request: Request) -> Result<Response, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    // Known beforehand, or found out on the way.
    if length.is_some_and(|length| length > MAX_ATTACHMENT) {
        let words = format!("a file has at most {MAX_ATTACHMENT} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, words));
    }
    let headers = request.headers().clone();
    let bytes = Problem::body(Bytes::from_request(request, &()).await)?;
    if bytes.is_empty() {
        return Err(Problem::bad_request("the file is empty"));
    }
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    // Names are UTF-8 on the wire too, whatever the books say.
    let name = headers.get(header::CONTENT_DISPOSITION);
    let name = name.and_then(|value| file_name(&String::from_utf8_lossy(value.as_bytes())));
    let declared = text(header::CONTENT_TYPE).unwrap_or_default();
    let kept = media
        .keep(&name.unwrap_or_default(), declared, bytes.to_vec())
        .await?;
    let answer = json!({
        "id": kept.digest,
        "mimeType": kept.mime,
        "sizeBytes": kept.bytes,
        "fileName": kept.name,
        "url": format!("{}{PATH}/{}", base.prefix(), kept.digest),
    });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

async fn file(State(media): State<Media>, Path(id): Path<String>) -> Result<Response, Problem> {
    let words = "no file has this id, or it had to make room";
    let file = media.file(&id).await?;
    file.map(shown)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, words))
}

/// A file as a browser may have it: never as a page, never as a script.
fn shown(file: File) -> Response {
    let how = if is_shown(&file.mime) {
        "inline"
    } else {
        "attachment"
    };
    let kind = if file.mime.starts_with("text/") {
        format!("{}; charset=utf-8", file.mime)
    } else {
        file.mime
    };
    let name = match file.name.as_str() {
        "" => how.to_owned(),
        name => format!("{how}; filename*=UTF-8''{}", encoded(name)),
    };
    let mut response = file.bytes.into_response();
    let headers = response.headers_mut();
    for (field, value) in [
        (header::CONTENT_TYPE, kind.as_str()),
        (header::CONTENT_DISPOSITION, &name),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The id is the digest of the bytes: they never change.
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable",
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(field, value);
        }
    }
    response
}

impl From<MediaError> for Problem {
    fn from(error: MediaError) -> Self {
        let status = match error {
            MediaError::Full => StatusCode::INSUFFICIENT_STORAGE,
            MediaError::Folder(_) | MediaError::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        tracing::error!(%error, "a file could not be kept or read");
        let words = "files cannot be kept or read now; look at the relay's log";
        Self::new(status, words)
    }
}

/// The name in a `Content-Disposition`.
fn file_name(value: &str) -> Option<String> {
    let mut name = None;
    for (field, value) in fields(value).filter_map(|field| field.split_once('=')) {
        let value = value.trim();
        match field.trim().to_ascii_lowercase().as_str() {
            // UTF-8'en'name, where the language may lack.
            "filename*" => return value.splitn(3, '\'').nth(2).and_then(decoded),
            "filename" => name = Some(unquoted(value)),
            _ => {}
        }
    }
    name
}

/// What stands between semicolons that are in no quotes.
fn fields(value: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut escapes) = (false, false);
    value.split(move |c| {
        let is_escaped = escapes;
        escapes = c == '\\' && is_quoted && !is_escaped;
        is_quoted ^= c == '"' && !is_escaped;
        c == ';' && !is_quoted
    })
}

/// A backslash stands for what follows it only where that could not stand alone:
/// some clients write paths with plain ones.
fn unquoted(value: &str) -> String {
    let inner = value
        .strip_prefix('"')
        .map(|rest| rest.strip_suffix('"').unwrap_or(rest));
    inner.map_or_else(
        || value.to_owned(),
        |inner| inner.replace("\\\\", "\\").replace("\\\"", "\""),
    )
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        let digits = std::str::from_utf8(&digits).ok()?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(bytes).ok()
}

fn encoded(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_through_a_header_and_back() {
        for name in ["a.png", "grüße aus.txt", "a\";b=c", "100%", ""] {
            let header = format!("attachment; filename*=UTF-8''{}", encoded(name));
            assert!(header.is_ascii());
            assert_eq!(file_name(&header).as_deref(), Some(name), "{header}");
        }
        for (header, name) in [
            ("attachment; filename=\"a b.txt\"", Some("a b.txt")),
            ("form-data; name=x; FILENAME=a.txt", Some("a.txt")),
            (r#"attachment; filename="a;b=c.txt""#, Some("a;b=c.txt")),
            (
                r#"attachment; filename="a\"; filename=b.txt"; x=y"#,
                Some(r#"a"; filename=b.txt"#),
            ),
            (r#"attachment; filename="C:\x\y.txt""#, Some(r"C:\x\y.txt")),
            (r#"attachment; filename="open"#, Some("open")),
            ("attachment; filename*=utf-8'en'a%20b", Some("a b")),
            (
                "attachment; filename=old.txt; filename*=UTF-8''new.txt",
                Some("new.txt"),
            ),
            ("attachment; filename*=UTF-8''%f", None),
            ("attachment; filename*=UTF-8''%ff", None),
            ("attachment", None),
        ] {
            assert_eq!(file_name(header).as_deref(), name, "{header}");
        }
    }
}
