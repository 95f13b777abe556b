//! What bytes are, whatever is said of them.

/// The media type of a file. Its bytes decide; `declared` is believed only where
/// they say nothing, and only for plain text of some kind.
pub(super) fn mime_of(bytes: &[u8], declared: &str) -> String {
    if let Some(kind) = infer::get(bytes) {
        return kind.mime_type().to_owned();
    }
    let is_text = std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'));
    if !is_text {
        return "application/octet-stream".to_owned();
    }
    const TEXTS: [&str; 4] = [
        "text/plain",
        "text/markdown",
        "text/csv",
        "application/json",
    ];
    let declared = declared.split(';').next().unwrap_or_default().trim();
    let declared = declared.to_ascii_lowercase();
    let known = TEXTS.into_iter().find(|text| *text == declared);
    known.unwrap_or("text/plain").to_owned()
}

/// Whether a browser may show a file in place. Whatever can hold a script is
/// saved instead.
pub fn is_shown(mime: &str) -> bool {
    const SHOWN: [&str; 12] = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/bmp",
        "audio/mpeg",
        "audio/ogg",
        "audio/m4a",
        "video/mp4",
        "video/webm",
        "text/plain",
    ];
    SHOWN.contains(&mime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_decide_what_a_file_is() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (bytes, declared, mime) in [
            (&png[..], "image/png", "image/png"),
            (png, "text/html", "image/png"),
            (b"%PDF-1.7 x", "image/png", "application/pdf"),
            (b"GIF89a\x01\x00\x01\x00", "", "image/gif"),
            (b"hello", "image/png", "text/plain"),
            (b"# hello", "text/markdown; charset=utf-8", "text/markdown"),
            (b"{}", "application/json", "application/json"),
            (b"alert(1)", "text/javascript", "text/plain"),
            (b"alert(1)", "image/svg+xml", "text/plain"),
            (b"a\0b", "text/plain", "application/octet-stream"),
            (b"\xff\xfe\xfd", "image/png", "application/octet-stream"),
            (b"", "image/png", "text/plain"),
        ] {
            assert_eq!(mime_of(bytes, declared), mime, "{declared} {bytes:?}");
        }
    }

    #[test]
    fn nothing_that_may_hold_a_script_is_shown_in_place() {
        for bytes in [
            &b"<!DOCTYPE html><script>alert(1)</script>"[..],
            b"<html><body>",
            b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"%PDF-1.7",
            b"#!/bin/sh\nx",
        ] {
            let mime = mime_of(bytes, "image/svg+xml");
            assert!(!is_shown(&mime) || mime == "text/plain", "{mime}");
        }
    }
}
