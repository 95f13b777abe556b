//! Imports between the modules of a package.

use super::source::{code, paths};
use super::{File, Finding};

/// The parts of the engine that know nothing of each other.
const STRANGERS: [&str; 5] = ["handshake", "requests", "outbox", "watchdog", "backoff"];

/// Inside core: `wire` does not know the engine, and the parts of the engine do
/// not know each other; only `engine` does. Tests may put any of them together.
pub(super) fn core(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, modules) in modules_of(files, "crates/core/src/") {
        if modules.contains(&"tests") {
            continue;
        }
        let in_wire = modules.contains(&"wire");
        let part = STRANGERS.iter().find(|part| modules.contains(part));
        for path in paths(&code(&file.text)) {
            let place = || format!("{}:{}", file.path, path.line);
            let mut names = path.names.iter().map(String::as_str);
            let mut name = names.next().unwrap_or_default();
            if name == "engine" {
                if in_wire {
                    findings.push(Finding::new(place(), "`wire` must not name `engine`"));
                }
                name = names.next().unwrap_or_default();
            }
            if let Some(part) = part
                && STRANGERS.contains(&name)
                && name != *part
            {
                findings.push(Finding::new(
                    place(),
                    format!("`{part}` must not name `{name}`: only `engine` knows both"),
                ));
            }
        }
    }
    findings
}

/// The native shell inside the relay is to become a crate of its own.
pub(super) fn upstream(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, modules) in modules_of(files, "relay/src/") {
        if modules.first() != Some(&"upstream") {
            continue;
        }
        for path in paths(&code(&file.text)) {
            let first = path.names.first().map(String::as_str);
            if path.start == "crate" && first != Some("upstream") {
                findings.push(Finding::new(
                    format!("{}:{}", file.path, path.line),
                    "`upstream` must not import the rest of the relay",
                ));
            }
        }
    }
    findings
}

/// A forgotten closure leaks with each call.
pub(super) fn forgotten(files: &[File]) -> Vec<Finding> {
    let rust = files.iter().filter(|file| file.path.ends_with(".rs"));
    rust.flat_map(|file| {
        code(&file.text)
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(".forget()") || line.contains("mem::forget"))
            .map(|(line, _)| {
                Finding::new(
                    format!("{}:{}", file.path, line + 1),
                    "forget() leaks: give the value an owner",
                )
            })
            .collect::<Vec<_>>()
    })
    .collect()
}

/// The Rust files below a folder with the names of their modules.
fn modules_of<'a>(
    files: &'a [File],
    folder: &'a str,
) -> impl Iterator<Item = (&'a File, Vec<&'a str>)> {
    files.iter().filter_map(move |file| {
        let path = file.path.strip_prefix(folder)?.strip_suffix(".rs")?;
        Some((file, path.split('/').collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::{core, forgotten, upstream};
    use crate::arch::File;

    fn file(path: &str, text: &str) -> [File; 1] {
        [File {
            path: path.to_owned(),
            text: text.to_owned(),
        }]
    }

    #[test]
    fn the_wire_may_not_know_the_engine_but_the_engine_the_wire() {
        let text = "use crate::engine::Input;";
        assert_eq!(core(&file("crates/core/src/wire/hello.rs", text)).len(), 1);
        let text = "use crate::{wire, outbox, backoff};";
        assert_eq!(core(&file("crates/core/src/engine/mod.rs", text)), []);
    }

    #[test]
    fn parts_of_the_engine_may_not_know_each_other_wherever_they_live() {
        for path in [
            "crates/core/src/backoff.rs",
            "crates/core/src/engine/backoff/mod.rs",
        ] {
            let findings = core(&file(path, "fn f(entry: &super::outbox::Entry) {}"));
            assert_eq!(findings.len(), 1, "{path}");
        }
        let tests = "crates/core/src/engine/tests/backoff.rs";
        assert_eq!(core(&file(tests, "use crate::outbox::Entry;")), []);
        let own = "use crate::outbox::entry::Entry;";
        assert_eq!(core(&file("crates/core/src/outbox/lane.rs", own)), []);
    }

    #[test]
    fn upstream_imports_nothing_else_of_the_relay() {
        let path = "relay/src/upstream/socket.rs";
        assert_eq!(upstream(&file(path, "use crate::store::Store;")).len(), 1);
        assert_eq!(upstream(&file(path, "use crate::upstream::Frame;")), []);
        assert_eq!(
            upstream(&file("relay/src/serve.rs", "use crate::store::S;")),
            []
        );
    }

    #[test]
    fn a_forgotten_closure_is_found_in_code_only() {
        assert_eq!(
            forgotten(&file("src/a.rs", "x.forget();\n// y.forget()")).len(),
            1
        );
    }
}
