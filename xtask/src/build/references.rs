//! Which files a file of the page names. No parser for four languages: in each
//! of them a path stands alone between quotes, brackets or spaces.

use std::ops::Range;

/// A place in a text where another file is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// The file, from the root of the page.
    pub(crate) target: String,
    /// Where the last part of its path stands.
    pub(crate) name: Range<usize>,
}

/// Finds each mention of a known file in the text of `from`. Paths are relative
/// to `from`, or to the root when they begin with a slash.
pub(crate) fn references(from: &str, text: &str, known: impl Fn(&str) -> bool) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, end) in text
        .match_indices(is_border)
        .map(|(at, border)| (at, at + border.len()))
        .chain([(text.len(), text.len())])
    {
        let word = &text[start..at];
        if let Some(reference) = reference(from, start, word)
            && known(&reference.target)
            && reference.target != from
        {
            found.push(reference);
        }
        start = end;
    }
    found
}

fn is_border(c: char) -> bool {
    c.is_whitespace() || "\"'`()<>,;=".contains(c)
}

fn reference(from: &str, start: usize, word: &str) -> Option<Reference> {
    let path = word.split(['?', '#']).next()?;
    if path.is_empty() || path.contains("://") || path.starts_with("//") {
        return None;
    }
    let target = resolve(from, path)?;
    let name_length = target.rsplit('/').next()?.len();
    let end = start + path.len();
    Some(Reference {
        name: end.checked_sub(name_length)?..end,
        target,
    })
}

/// The path from the root of the page; nothing for one that leaves it.
fn resolve(from: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = if path.starts_with('/') {
        Vec::new()
    } else {
        from.rsplit_once('/')
            .map_or_else(Vec::new, |(folder, _)| folder.split('/').collect())
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!path.ends_with('/') && !parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::references;

    const FILES: [&str; 5] = [
        "assets/boot.js",
        "assets/page.js",
        "assets/page_bg.wasm",
        "assets/style.css",
        "assets/snippets/a-1/inline0.js",
    ];

    fn found(from: &str, text: &str) -> Vec<String> {
        references(from, text, |path| FILES.contains(&path))
            .into_iter()
            .map(|reference| {
                assert!(reference.target.ends_with(&text[reference.name.clone()]));
                reference.target
            })
            .collect()
    }

    #[test]
    fn html_css_and_modules_name_files_relative_to_themselves_or_to_the_root() {
        let html =
            r#"<link rel=stylesheet href="/assets/style.css?x#y"><script src="assets/boot.js">"#;
        assert_eq!(
            found("index.html", html),
            ["assets/style.css", "assets/boot.js"]
        );
        let glue = "import { a } from './snippets/a-1/inline0.js';\n\
                    module = new URL('page_bg.wasm', import.meta.url);";
        assert_eq!(
            found("assets/page.js", glue),
            ["assets/snippets/a-1/inline0.js", "assets/page_bg.wasm"]
        );
        assert_eq!(
            found("assets/snippets/a-1/inline0.js", "import '../../page.js'"),
            ["assets/page.js"]
        );
        assert_eq!(
            found(
                "assets/boot.js",
                "const page = await import(\"./page.js\");"
            ),
            ["assets/page.js"]
        );
    }

    #[test]
    fn other_hosts_unknown_files_and_paths_above_the_root_are_left_alone() {
        let text = "'https://a.example/assets/page.js' './missing.js' '../../assets/page.js' \
                    '//a.example/assets/page.js' 'assets/'";
        assert_eq!(found("assets/boot.js", text), Vec::<String>::new());
    }
}
