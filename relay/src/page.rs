//! The files of the built page.

use std::path::{Component, Path, PathBuf};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::base_path::BasePath;

/// Shown where the page should be when there is none.
pub const NOT_BUILT: &str = "The page is not built yet.\n\nIn a checkout of clawline: run `cargo xtask build`, then start clawline-relay there again,\nor name the folder with --page DIR. The gateway itself works: connect to this address.\n";

const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// A folder with a built page.
#[derive(Debug, Clone)]
pub struct Page {
    folder: PathBuf,
}

impl Page {
    /// The page in `folder`; it may be built later.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Answers a request for `path`, the path of the URL as it was sent, for a
    /// page that is shown below `base`.
    pub async fn serve(&self, path: &str, asked: &HeaderMap, base: &BasePath) -> Response<Body> {
        let Some(relative) = file_of(path) else {
            return text(StatusCode::NOT_FOUND, "There is no such page here.\n");
        };
        if relative == Path::new("index.html")
            && let Some(response) = self.index_below(base).await
        {
            return response;
        }
        match self.file(&relative, asked).await {
            Some(response) => response,
            None if relative == Path::new("index.html") => {
                text(StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT)
            }
            None => text(StatusCode::NOT_FOUND, "There is no such page here.\n"),
        }
    }

    /// The page's shell with its base in it. A browser that was sent to `/claw`
    /// instead of `/claw/` would look for everything else beside it, and a proxy
    /// that takes the path away leaves nothing by which to tell the two apart.
    async fn index_below(&self, base: &BasePath) -> Option<Response<Body>> {
        const HEAD: &str = "<head>";
        if base.is_root() {
            return None;
        }
        let file = self.folder.join("index.html");
        let about = tokio::fs::metadata(&file).await.ok()?;
        if about.len() > LARGEST_FILE {
            return None;
        }
        let html = tokio::fs::read_to_string(&file).await.ok()?;
        let (before, after) = html.split_once(HEAD)?;
        let prefix = base.prefix();
        let html = format!("{before}{HEAD}<base href=\"{prefix}/\">{after}");
        let mut response = Response::new(Body::from(html));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type(&file));
        // No tag: two pages with one tag could be taken for each other.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }

    async fn file(&self, relative: &Path, asked: &HeaderMap) -> Option<Response<Body>> {
        let plain = self.folder.join(relative);
        let mut chosen = None;
        for (coding, suffix) in [("br", ".br"), ("gzip", ".gz")] {
            if !accepts(asked, coding) {
                continue;
            }
            let mut name = plain.clone().into_os_string();
            name.push(suffix);
            let packed = PathBuf::from(name);
            if tokio::fs::metadata(&packed)
                .await
                .is_ok_and(|m| m.is_file())
            {
                chosen = Some((packed, Some(coding)));
                break;
            }
        }
        let (file, coding) = chosen.unwrap_or((plain, None));
        let about = tokio::fs::metadata(&file).await.ok()?;
        if !about.is_file() || about.len() > LARGEST_FILE {
            return None;
        }
        let tag = entity_tag(&about, coding);
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type(relative));
        headers.insert(header::CACHE_CONTROL, cache_control(relative));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        let known = asked
            .get(header::IF_NONE_MATCH)
            .and_then(|v| v.to_str().ok());
        if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return Some(response);
        }
        *response.body_mut() = Body::from(tokio::fs::read(&file).await.ok()?);
        Some(response)
    }
}

/// A plain text answer.
#[must_use]
pub fn text(status: StatusCode, words: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(words.to_owned()));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    let fresh = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    response
}

/// The file that a URL path names, inside the page's folder. Nothing that
/// could lead out of it, and nothing hidden.
fn file_of(path: &str) -> Option<PathBuf> {
    let decoded = percent_decode(path.strip_prefix('/')?)?;
    if decoded.is_empty() {
        return Some(PathBuf::from("index.html"));
    }
    if decoded.contains(['\\', '\0']) {
        return None;
    }
    let relative = PathBuf::from(&decoded);
    let plain = relative.components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => false,
    });
    (plain && !decoded.ends_with('/')).then_some(relative)
}

fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING);
    values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|item| {
            let (name, rest) = item.split_once(';').unwrap_or((item, ""));
            let refused = matches!(
                rest.trim().trim_start_matches("q="),
                "0" | "0.0" | "0.00" | "0.000"
            );
            name.trim().eq_ignore_ascii_case(coding) && !refused
        })
}

fn entity_tag(about: &std::fs::Metadata, coding: Option<&str>) -> String {
    let modified = about
        .modified()
        .ok()
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |since| since.as_nanos());
    let coding = coding.unwrap_or("plain");
    format!("\"{:x}-{modified:x}-{coding}\"", about.len())
}

fn content_type(path: &Path) -> HeaderValue {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    HeaderValue::from_static(match extension {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "ftl" | "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

/// A file whose name ends with a hash of its content (eight letters and digits,
/// as esbuild writes it) never changes under that name.
fn cache_control(path: &Path) -> HeaderValue {
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("");
    let hashed = stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 8
            && hash
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    });
    HeaderValue::from_static(if hashed {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out_of_the_folder() {
        for path in [
            "/../x",
            "/a/../../x",
            "/%2e%2e/x",
            "//etc/passwd",
            "/.env",
            "/a/.git/config",
            "/a%00b",
            "/a\\b",
            "/a/",
            "/%zz",
            "/%2fetc/passwd",
            "x",
        ] {
            assert_eq!(file_of(path), None, "{path}");
        }
        assert_eq!(file_of("/"), Some(PathBuf::from("index.html")));
        assert_eq!(
            file_of("/assets/a%20b.js"),
            Some(PathBuf::from("assets/a b.js"))
        );
    }

    #[test]
    fn only_names_with_a_hash_are_kept_for_ever() {
        let kept = |name: &str| cache_control(Path::new(name)) != "no-cache";
        assert!(kept("boot-JQ7LJIGR.js"));
        assert!(kept("assets/clawline-webchat_bg-2RXKWLYP.wasm"));
        assert!(!kept("index.html"));
        assert!(!kept("JQ7LJIGR.js"));
        assert!(!kept("service-worker.js"));
        assert!(!kept("boot-jq7ljigr.js"));
    }

    #[test]
    fn an_encoding_that_is_refused_is_not_used() {
        let with = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts(&headers, "br")
        };
        assert!(with("gzip, br"));
        assert!(with("br;q=0.5"));
        assert!(!with("br;q=0, gzip"));
        assert!(!with("gzip"));
    }
}
