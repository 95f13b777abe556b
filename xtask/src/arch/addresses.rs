//! One identity of a gateway: an address is text, and names nothing.
//!
//! Types hold most of this: what is kept for a gateway takes a `GatewayId`. Here
//! is what they cannot: that nobody compares the text, and that nobody makes a
//! name for the browser's storage beside the one type for it.

use super::source::code;
use super::{File, Finding};

/// Where addresses are read, and may be looked at letter by letter.
const READERS: [&str; 2] = ["crates/core/src/gateway_id.rs", "www/src/model/address.rs"];

/// The one place that makes names for the browser's storage, and the one that
/// uses them.
const NAMES: &str = "www/src/model/names.rs";
const STORAGE: &str = "www/src/browser/storage.rs";

/// What compares texts.
const COMPARISONS: [&str; 7] = [
    " == ",
    " != ",
    ".starts_with(",
    ".ends_with(",
    ".strip_prefix(",
    ".strip_suffix(",
    ".eq_ignore_ascii_case(",
];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let rust = files.iter().filter(|file| is_product(&file.path));
    rust.flat_map(|file| {
        let code = code(&file.text);
        let lines = code.lines().zip(file.text.lines()).enumerate();
        lines
            .filter_map(|(number, (code, text))| {
                let says = complaint(&file.path, code, text)?;
                Some(Finding::new(format!("{}:{}", file.path, number + 1), says))
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

fn is_product(path: &str) -> bool {
    let folders = ["src/", "www/src/", "crates/core/src/", "relay/src/"];
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    path.ends_with(".rs") && !is_test && folders.iter().any(|folder| path.starts_with(folder))
}

fn complaint(path: &str, code: &str, text: &str) -> Option<&'static str> {
    if !READERS.contains(&path) && compares_an_address(code) {
        return Some("compares the text of an address: compare `GatewayId`s");
    }
    if path != NAMES
        && !code.trim().is_empty()
        && text.contains("\"clawline.")
        && path.starts_with("www/")
    {
        return Some("makes a name for the browser's storage: `Name` does that");
    }
    let reaches_in = code.contains("local_storage(") || code.contains("session_storage(");
    (path != STORAGE && reaches_in)
        .then_some("uses the browser's storage beside `browser::storage`")
}

fn compares_an_address(code: &str) -> bool {
    COMPARISONS.iter().any(|comparison| {
        code.match_indices(comparison).any(|(at, _)| {
            let after = code.get(at + comparison.len()..).unwrap_or_default();
            let is_operator = comparison.starts_with(' ');
            ends_with_address(code.get(..at).unwrap_or_default())
                || is_operator && begins_with_address(after)
        })
    })
}

/// Whether the last name before a comparison is that of an address, but for
/// calls like `.as_str()`.
fn ends_with_address(before: &str) -> bool {
    let mut rest = before;
    loop {
        let bare = rest.trim_end_matches(['(', ')', '?']);
        let start = bare.rfind(|c: char| !is_letter(c)).map_or(0, |at| at + 1);
        match bare.get(start..) {
            Some("as_str" | "as_ref" | "as_deref" | "clone" | "to_string" | "trim") => {
                rest = bare.get(..start).unwrap_or_default().trim_end_matches('.');
            }
            Some(name) => return is_address(name),
            None => return false,
        }
    }
}

/// Whether the path of names after a comparison ends with that of an address.
fn begins_with_address(after: &str) -> bool {
    let after = after.trim_start_matches(['&', '*', '(']);
    let after = after.strip_prefix("Some(&").unwrap_or(after);
    let end = after
        .find(|c: char| !is_letter(c) && c != '.')
        .unwrap_or(after.len());
    let mut names = after.get(..end).unwrap_or_default().rsplit('.');
    let calls = ["as_str", "as_ref", "as_deref"];
    names
        .find(|name| !calls.contains(name))
        .is_some_and(is_address)
}

fn is_address(name: &str) -> bool {
    ["url", "address"].iter().any(|word| {
        let before = name.strip_suffix(word);
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    })
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::arch::File;

    fn found(path: &str, text: &str) -> usize {
        let file = File {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        check(&[file]).len()
    }

    #[test]
    fn a_comparison_of_the_text_of_an_address_is_found() {
        for line in [
            "if self.url == other { }",
            "if a == target.url { }",
            "if a != &self.target.url.as_str() { }",
            "if gateway_url.starts_with(own) { }",
            "if address.to_string() == b { }",
            "let x = address().strip_prefix(own);",
            "same(old.as_ref() == Some(&address))",
        ] {
            assert_eq!(found("src/driver/seat.rs", line), 1, "{line}");
            assert_eq!(found("www/src/model/address.rs", line), 0, "{line}");
            assert_eq!(found("src/driver/tests/seat.rs", line), 0, "{line}");
        }
        for line in [
            "if address.id() == other.id() { }",
            "if found.gateway == *gateway { }",
            "let url = a == b;",
            "// url == other",
            "if told.url.contains('?') { }",
            "if curl == b { }",
        ] {
            assert_eq!(found("src/driver/seat.rs", line), 0, "{line}");
        }
    }

    #[test]
    fn only_one_place_names_and_one_reaches_the_storage() {
        let name = "let name = format!(\"clawline.draft:{url}\");";
        assert_eq!(found("www/src/page/form.rs", name), 1);
        assert_eq!(found("www/src/model/names.rs", name), 0);
        assert_eq!(found("www/src/page/form.rs", "// \"clawline.draft:\""), 0);
        let use_of_it = "window().local_storage()";
        assert_eq!(found("www/src/view/draft.rs", use_of_it), 1);
        assert_eq!(found("www/src/browser/storage.rs", use_of_it), 0);
    }
}
