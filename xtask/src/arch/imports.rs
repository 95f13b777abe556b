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
        let depth = modules.iter().filter(|module| **module != "mod").count();
        for path in paths(&code(&file.text)) {
            let first = path.names.first().map(String::as_str);
            let is_from_root = path.start == "crate" || path.ups >= depth;
            if is_from_root && first != Some("upstream") {
                findings.push(Finding::new(
                    format!("{}:{}", file.path, path.line),
                    "`upstream` must not import the rest of the relay",
                ));
            }
        }
    }
    findings
}

/// The rooms of the relay, each with its storey: a room imports those below it.
const ROOMS: [(&str, usize); 10] = [
    ("store", 0),
    ("bus", 1),
    ("media", 1),
    ("agents", 2),
    ("inbox", 3),
    ("channels", 4),
    ("access", 5),
    ("dialects", 6),
    ("rest", 6),
    ("webhooks", 6),
];

/// What all dialects share.
const SHARED_BY_DIALECTS: [&str; 11] = [
    "accept", "attend", "clients", "follow", "open", "queue", "rig", "rooms", "seats", "socket",
    "visited",
];

/// Inside the relay: rooms import downwards only, so that there are no circles,
/// the domain knows no wire, and dialects do not know each other.
pub(super) fn relay(files: &[File]) -> Vec<Finding> {
    let storey = |name: &str| ROOMS.iter().find(|(room, _)| *room == name);
    let mut findings = Vec::new();
    for (file, modules) in modules_of(files, "relay/src/") {
        let Some((room, own)) = modules.first().and_then(|name| storey(name)) else {
            continue;
        };
        for path in paths(&code(&file.text)) {
            let names: Vec<&str> = path.names.iter().map(String::as_str).collect();
            let Some((target, its)) = names.first().and_then(|name| storey(name)) else {
                continue;
            };
            let place = || format!("{}:{}", file.path, path.line);
            if target != room && its >= own {
                let says = format!("`{room}` must not import `{target}`: rooms import downwards");
                findings.push(Finding::new(place(), says));
            }
            if let (&"dialects", Some(dialect), Some(other)) =
                (target, modules.get(1), names.get(1))
                && *room == "dialects"
                && dialect != other
                && !SHARED_BY_DIALECTS.contains(other)
            {
                let says = format!("`{dialect}` must not import `{other}`: dialects are strangers");
                findings.push(Finding::new(place(), says));
            }
        }
    }
    findings
}

/// The parts of the page, each with its storey.
const PARTS: [(&str, usize); 9] = [
    ("browser", 0),
    ("said", 0),
    ("attached", 0),
    ("options", 0),
    ("link", 1),
    ("conversation", 2),
    ("app", 3),
    ("view", 4),
    ("mount", 5),
];

/// Inside the page: parts import downwards only, so that there are no circles.
pub(super) fn page(files: &[File]) -> Vec<Finding> {
    let storey = |name: &str| PARTS.iter().find(|(part, _)| *part == name);
    let mut findings = Vec::new();
    for (file, modules) in modules_of(files, "www/src/") {
        let Some((part, own)) = modules.first().and_then(|name| storey(name)) else {
            continue;
        };
        for path in paths(&code(&file.text)) {
            let is_absolute = path.start == "crate";
            let first = path.names.first().filter(|_| is_absolute);
            let Some((target, its)) = first.and_then(|name| storey(name)) else {
                continue;
            };
            if target != part && its >= own {
                let place = format!("{}:{}", file.path, path.line);
                let says = format!("`{part}` must not import `{target}`: parts import downwards");
                findings.push(Finding::new(place, says));
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
    use super::{core, forgotten, page, relay, upstream};
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
        assert_eq!(upstream(&file(path, "use super::Frame;")), []);
        let around = "use super::super::store::Store;";
        assert_eq!(upstream(&file(path, around)).len(), 1);
        let inner = "relay/src/upstream/host/jobs.rs";
        assert_eq!(upstream(&file(inner, "use super::super::Frame;")), []);
        let root = "relay/src/upstream/mod.rs";
        assert_eq!(upstream(&file(root, "use super::store::Store;")).len(), 1);
        assert_eq!(
            upstream(&file("relay/src/serve.rs", "use crate::store::S;")),
            []
        );
    }

    #[test]
    fn rooms_of_the_relay_import_downwards() {
        let check = |path: &str, text: &str| relay(&file(path, text)).len();
        for (path, text) in [
            (
                "relay/src/inbox/turn.rs",
                "use crate::dialects::gateway::rows;",
            ),
            ("relay/src/bus/event.rs", "use crate::inbox::Turn;"),
            ("relay/src/store/inputs.rs", "use crate::bus::Event;"),
            ("relay/src/agents/echo.rs", "use crate::inbox::Inbox;"),
            (
                "relay/src/access.rs",
                "use crate::dialects::gateway::Gateway;",
            ),
            (
                "relay/src/rest/send.rs",
                "use crate::dialects::accept::Door;",
            ),
        ] {
            assert_eq!(check(path, text), 1, "{path}");
        }
        for (path, text) in [
            (
                "relay/src/inbox/turn.rs",
                "use crate::store::Store; use crate::bus::Bus;",
            ),
            ("relay/src/channels/webchat.rs", "use crate::inbox::Inbox;"),
            (
                "relay/src/serve.rs",
                "use crate::dialects::gateway::Gateway;",
            ),
        ] {
            assert_eq!(check(path, text), 0, "{path}");
        }
    }

    #[test]
    fn parts_of_the_page_import_downwards() {
        let check = |path: &str, text: &str| page(&file(path, text)).len();
        for (path, text) in [
            (
                "www/src/link/mod.rs",
                "use crate::conversation::Conversation;",
            ),
            ("www/src/conversation/lines.rs", "use crate::app::App;"),
            ("www/src/app/day.rs", "use crate::view::Page;"),
            ("www/src/said.rs", "use crate::browser::storage;"),
            ("www/src/view/mod.rs", "use crate::mount::mount;"),
        ] {
            assert_eq!(check(path, text), 1, "{path}");
        }
        for (path, text) in [
            ("www/src/view/line.rs", "use crate::conversation::Line;"),
            (
                "www/src/view/window.rs",
                "use leptos::prelude::*; use super::line::Line;",
            ),
            ("www/src/main.rs", "use crate::view::Page;"),
        ] {
            assert_eq!(check(path, text), 0, "{path}");
        }
    }

    #[test]
    fn dialects_share_the_door_and_nothing_else() {
        let check = |path: &str, text: &str| relay(&file(path, text)).len();
        let gateway = "relay/src/dialects/gateway/serve.rs";
        assert_eq!(check(gateway, "use crate::dialects::chat::Frame;"), 1);
        assert_eq!(check(gateway, "use crate::dialects::accept::Dialect;"), 0);
        assert_eq!(check(gateway, "use crate::dialects::gateway::rows;"), 0);
        let accept = "relay/src/dialects/accept.rs";
        assert_eq!(check(accept, "use crate::dialects::gateway::Gateway;"), 1);
    }

    #[test]
    fn a_forgotten_closure_is_found_in_code_only() {
        assert_eq!(
            forgotten(&file("src/a.rs", "x.forget();\n// y.forget()")).len(),
            1
        );
    }
}
