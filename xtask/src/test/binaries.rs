//! Test binaries: compiled by cargo, run by us, one by one. Cargo would run
//! them in one browser only, and let one that hangs stop all the others.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;

/// A compiled test binary.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Binary {
    /// Package and target: `clawline-relay devices`.
    pub(super) name: String,
    pub(super) path: PathBuf,
    /// The folder of its package, in which cargo would run it.
    pub(super) folder: PathBuf,
}

/// Compiles what a `cargo test …` without `--no-run` would run.
pub(super) fn compile(tests: &mut Command) -> Result<Vec<Binary>> {
    let messages =
        command::output_seen(tests.args(["--no-run", "--message-format=json-render-diagnostics"]))?;
    binaries(&messages)
}

fn binaries(messages: &str) -> Result<Vec<Binary>> {
    let mut binaries = Vec::new();
    for line in messages.lines() {
        let message: Value = serde_json::from_str(line).context("cargo printed no JSON")?;
        let text = |path: &str| message.pointer(path).and_then(Value::as_str);
        let is_test = message.pointer("/profile/test").and_then(Value::as_bool);
        let (Some(true), Some(path), Some(manifest), Some(target)) = (
            is_test,
            text("/executable"),
            text("/manifest_path"),
            text("/target/name"),
        ) else {
            continue;
        };
        let mut folder = PathBuf::from(manifest);
        folder.pop();
        let package = package(text("/package_id").unwrap_or_default());
        let kind = text("/target/kind/0").unwrap_or_default();
        binaries.push(Binary {
            name: format!("{package} · {target} ({kind})"),
            path: PathBuf::from(path),
            folder: folder.clone(),
        });
    }
    binaries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(binaries)
}

/// The name in `path+file:///clone/relay#clawline-relay@0.1.0`; the name of the
/// folder where cargo leaves it out because both are the same.
fn package(id: &str) -> &str {
    let (path, rest) = id.split_once('#').unwrap_or((id, ""));
    match rest.split_once('@') {
        Some((name, _)) => name,
        None => path.rsplit('/').next().unwrap_or(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{binaries, package};

    #[test]
    fn a_package_is_named_by_its_id() {
        let named = "path+file:///clone/relay#clawline-relay@0.1.0";
        assert_eq!(package(named), "clawline-relay");
        assert_eq!(package("path+file:///clone/xtask#0.1.0"), "xtask");
    }

    #[test]
    fn only_test_binaries_are_taken_from_the_messages_of_cargo() {
        let test = r#"{"reason":"compiler-artifact","package_id":"path+file:///c/relay#0.1.0","manifest_path":"/c/relay/Cargo.toml","target":{"kind":["test"],"name":"devices"},"profile":{"test":true},"executable":"/t/devices-1"}"#;
        let bin = r#"{"reason":"compiler-artifact","manifest_path":"/c/relay/Cargo.toml","target":{"kind":["bin"],"name":"relay"},"profile":{"test":false},"executable":"/t/relay"}"#;
        let end = r#"{"reason":"build-finished","success":true}"#;
        let found = binaries(&format!("{bin}\n{test}\n{end}\n")).expect("messages");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "relay · devices (test)");
        assert_eq!(found[0].folder, std::path::Path::new("/c/relay"));
    }
}
