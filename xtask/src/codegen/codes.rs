//! docs/ERRORS.md and the advice of the npm package, from the tables of
//! clawline-core.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use clawline_core::verdict::{CONNECT, ENDS, FAILURES, Row, Verdict};

use crate::project::Project;

const DOCS: &str = "docs/ERRORS.md";
const ADVICE: &str = "pkg/lib/advice.js";

pub(super) fn codes(project: &Project, check: bool) -> Result<()> {
    for (name, text) in [(DOCS, docs()), (ADVICE, advice())] {
        let path = project.path(name);
        if !check {
            fs::write(&path, text).with_context(|| format!("cannot write {name}"))?;
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            bail!("{name} is not what the table of codes says: run `cargo xtask codegen`");
        }
    }
    Ok(())
}

fn docs() -> String {
    let mut text = "# Errors\n\n\
        Made by `cargo xtask codegen` from `crates/core/src/verdict.rs` and `verdict/failures.rs`: not for editing.\n\n\
        Every error has one of these codes: `GatewayError.code` for a request or a message, `status.cause.code` for a\n\
        connection. Codes in capitals are the gateway's; it may have others, which come with its own words.\n\n\
        ## Requests and messages\n\n"
        .to_owned();
    for failure in FAILURES {
        entry(&mut text, failure.code, failure.cause, failure.advice, "");
    }
    for (title, rows) in [
        ("When the gateway refuses the connection", CONNECT),
        ("When a connection ends", ENDS),
    ] {
        let _ = write!(text, "## {title}\n\n");
        for row in rows {
            entry(&mut text, row.code, row.cause, row.advice, what_next(row));
        }
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn entry(text: &mut String, code: &str, cause: &str, advice: &str, next: &str) {
    let sentences: Vec<&str> = [cause, advice, next]
        .into_iter()
        .filter(|sentence| !sentence.is_empty())
        .collect();
    let _ = write!(text, "### {code}\n{}\n\n", sentences.join(" "));
}

const fn what_next(row: &Row) -> &'static str {
    match row.verdict {
        Verdict::Retry | Verdict::RetryAfter(_) => "It is tried again.",
        Verdict::Wait => "It goes on once somebody has approved.",
        Verdict::Pause | Verdict::Never => "It is not tried again until somebody acts.",
    }
}

fn advice() -> String {
    let mut text = "// Made by `cargo xtask codegen` from the table of codes: not for editing.\n\
        export const ADVICE = {\n"
        .to_owned();
    for failure in FAILURES.iter().filter(|failure| !failure.advice.is_empty()) {
        let advice = failure.advice.replace('"', "\\\"");
        let _ = writeln!(text, "  \"{}\": \"{advice}\",", failure.code);
    }
    text.push_str("};\n");
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
    }

    /// The words in quotes that follow one of these beginnings.
    fn quoted_after(text: &str, beginnings: &[&str]) -> BTreeSet<String> {
        let follows = |beginning: &&str| {
            let pieces = text.split(*beginning).skip(1);
            let words = pieces.filter_map(|piece| piece.split('"').next());
            words.map(str::to_owned).collect::<Vec<_>>()
        };
        beginnings.iter().flat_map(follows).collect()
    }

    #[test]
    fn every_code_that_the_library_can_raise_is_explained() {
        let read = |name: &str| fs::read_to_string(root().join(name)).unwrap();
        let mut codes = quoted_after(&read("src/error.rs"), &["=> \""]);
        codes.extend(quoted_after(&read("src/js/convert.rs"), &["(\"code\", \""]));
        for file in fs::read_dir(root().join("pkg/lib")).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            codes.extend(quoted_after(&text, &["GatewayError({ code: \""]));
        }
        assert!(codes.len() > 12, "{codes:?}");
        let known: BTreeSet<&str> = FAILURES.iter().map(|failure| failure.code).collect();
        let missing: Vec<_> = codes
            .iter()
            .filter(|code| !known.contains(code.as_str()))
            .collect();
        assert!(
            missing.is_empty(),
            "not in verdict/failures.rs: {missing:?}"
        );
    }

    #[test]
    fn no_code_is_explained_twice() {
        let mut seen = BTreeSet::new();
        for failure in FAILURES {
            assert!(seen.insert(failure.code), "{}", failure.code);
        }
    }

    #[test]
    fn what_was_made_from_the_table_is_what_the_table_says() {
        for (name, text) in [(DOCS, docs()), (ADVICE, advice())] {
            let kept = fs::read_to_string(root().join(name)).unwrap();
            assert!(kept == text, "{name}: run `cargo xtask codegen`");
        }
    }
}
