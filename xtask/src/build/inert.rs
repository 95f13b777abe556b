//! HTML that must not be in the page: its policy forbids `innerHTML`.
//!
//! `view!` makes a string of HTML of each subtree that has nothing but elements
//! and literals, and a page with one of those stays blank.

use anyhow::{Result, bail};

/// What pulldown-cmark looks for at the end of blocks of HTML.
const KNOWN: [&[u8]; 4] = [b"pre", b"script", b"style", b"textarea"];

/// How much of what is found is said.
const SHOWN_BYTES: usize = 80;

/// Fails when there is HTML among the strings of the page's .wasm.
pub(super) fn check(wasm: &[u8]) -> Result<()> {
    let Some(at) = (0..wasm.len()).find(|at| wasm.get(*at..).is_some_and(is_html)) else {
        return Ok(());
    };
    let end = wasm.len().min(at + SHOWN_BYTES);
    let text = wasm.get(at.saturating_sub(SHOWN_BYTES)..end);
    let text = String::from_utf8_lossy(text.unwrap_or_default());
    bail!(
        "a `view!` of the page makes HTML, which the page's policy forbids: put braces around \
         one literal of the element, as in `<p>{{\"words\"}}</p>`. It is near: {text}"
    );
}

/// Whether an end tag begins here, or a start tag with an attribute.
fn is_html(bytes: &[u8]) -> bool {
    let Some(inside) = bytes.strip_prefix(b"<") else {
        return false;
    };
    if let Some(end) = inside.strip_prefix(b"/") {
        let (name, rest) = name(end);
        return !name.is_empty() && rest.starts_with(b">") && !KNOWN.contains(&name);
    }
    let (tag, rest) = name(inside);
    let (attribute, rest) = name(rest.strip_prefix(b" ").unwrap_or_default());
    !tag.is_empty() && !attribute.is_empty() && rest.starts_with(b"=\"")
}

/// The name at the beginning, and what follows it.
fn name(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let length = bytes.iter().take_while(|byte| is_part(byte)).count();
    bytes.split_at(length)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn html_is_found_and_named() {
        for html in [
            "<h1>Talk to your claw</h1>",
            "<span class=\"dot\"></span>",
            "<hr class=\"line\">",
            "<i></i>",
        ] {
            let wasm = format!("\0asm{html}\x01\x02");
            let message = check(wasm.as_bytes()).unwrap_err().to_string();
            assert!(message.contains(html), "{message}");
        }
    }

    #[test]
    fn what_only_looks_alike_is_fine() {
        for text in [
            "a < b",
            "Vec<u8>",
            "</script>",
            "<br>",
            "</",
            "<",
            "<a href>",
            "x</>",
        ] {
            check(text.as_bytes()).expect(text);
        }
    }
}
