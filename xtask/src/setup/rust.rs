//! The wasm target of rustup and the command line tools from crates.io.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::installing;
use crate::command::{self, cargo, program};
use crate::pins;
use crate::project::Project;

/// The one target of everything that runs in a browser.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The standard library for the browser.
pub(crate) fn wasm_target(project: &Project) -> Result<()> {
    let folder = command::output(program(project, "rustc").args([
        "--print",
        "target-libdir",
        "--target",
        WASM_TARGET,
    ]))?;
    if PathBuf::from(folder.trim()).is_dir() {
        return Ok(());
    }
    if command::find("rustup").is_none() {
        bail!(
            "the Rust target {WASM_TARGET} is missing and there is no rustup: install the \
             standard library for {WASM_TARGET} with whatever installed rustc"
        );
    }
    installing(WASM_TARGET, "rustup target add");
    command::run(program(project, "rustup").args(["target", "add", WASM_TARGET]))
}

/// A command line tool from crates.io.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tool {
    /// `wasm-bindgen` and its test runner, in the version of Cargo.lock.
    WasmBindgen,
    /// Builds the npm package.
    WasmPack,
    /// The way of the wasm tests to Firefox.
    Geckodriver,
    /// Looks at what we depend on.
    CargoDeny,
    /// Cuts the page's program into chunks.
    WasmSplit,
}

impl Tool {
    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::WasmBindgen => "wasm-bindgen",
            Self::WasmPack => "wasm-pack",
            Self::Geckodriver => "geckodriver",
            Self::CargoDeny => "cargo-deny",
            Self::WasmSplit => "wasm-split-cli",
        }
    }

    fn package(self) -> &'static str {
        match self {
            Self::WasmBindgen => "wasm-bindgen-cli",
            Self::WasmSplit => "wasm_split_cli_support",
            other => other.name(),
        }
    }

    /// What its binary needs to be built.
    fn features(self) -> &'static [&'static str] {
        match self {
            Self::WasmSplit => &["--features", "build-binary"],
            _ => &[],
        }
    }

    fn version(self, project: &Project) -> Result<String> {
        match self {
            Self::WasmBindgen => pins::wasm_bindgen(project),
            Self::WasmPack => Ok(pins::WASM_PACK.to_owned()),
            Self::Geckodriver => Ok(pins::GECKODRIVER.to_owned()),
            Self::CargoDeny => Ok(pins::CARGO_DENY.to_owned()),
            Self::WasmSplit => Ok(pins::WASM_SPLIT.to_owned()),
        }
    }

    /// Where it is once it is installed.
    pub(crate) fn path(self, project: &Project) -> PathBuf {
        project.tool(self.name())
    }
}

/// The program that runs wasm tests in a browser; it comes with wasm-bindgen.
pub(crate) fn wasm_test_runner(project: &Project) -> PathBuf {
    project.tool("wasm-bindgen-test-runner")
}

/// Installs those of the tools that are missing or of another version.
pub(crate) fn tools(project: &Project, tools: &[Tool]) -> Result<()> {
    let mut compiled = false;
    for tool in tools {
        let version = tool.version(project)?;
        let path = tool.path(project);
        if path.is_file() && installed_version(project, *tool).as_deref() == Some(&*version) {
            continue;
        }
        install(project, *tool, &version)?;
        compiled = true;
    }
    if compiled {
        // Several hundred MB that nobody needs again.
        let folder = build_folder(project);
        fs::remove_dir_all(&folder)
            .with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

fn install(project: &Project, tool: Tool, version: &str) -> Result<()> {
    let package = tool.package();
    installing(
        &format!("{package} {version}"),
        "cargo install (a minute or two)",
    );
    // Not `--locked`: the tools then share what they all depend on, through
    // one build folder, and the lock of wasm-bindgen-cli names a withdrawn crate.
    command::run(
        cargo(project, &["install", "--force", "--root"])
            .arg(project.tools())
            .arg(format!("{package}@{version}"))
            .args(tool.features())
            .env("CARGO_TARGET_DIR", build_folder(project))
            .env_remove("RUSTFLAGS")
            // Tools that run for a second each: compile them quickly.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    )
    .with_context(|| format!("{package} {version} could not be installed"))
}

fn build_folder(project: &Project) -> PathBuf {
    project.tools().join("build")
}

/// The version that a tool says it has; of one that does not say it, the version
/// that cargo has installed.
fn installed_version(project: &Project, tool: Tool) -> Option<String> {
    if tool == Tool::WasmSplit {
        let list = fs::read_to_string(project.tools().join(".crates.toml")).ok()?;
        return version_listed(&list, tool.package());
    }
    let text = command::output(program(project, tool.path(project)).arg("--version")).ok()?;
    version_in(&text)
}

/// The version of a package in the list that `cargo install` keeps.
fn version_listed(list: &str, package: &str) -> Option<String> {
    let of = |line: &str| {
        let named = line.strip_prefix('"')?.strip_prefix(package)?;
        let version = named.strip_prefix(' ')?.split_whitespace().next()?;
        Some(version.to_owned())
    };
    list.lines().find_map(of)
}

fn version_in(text: &str) -> Option<String> {
    text.lines()
        .next()?
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{version_in, version_listed};

    #[test]
    fn the_version_that_cargo_installed_is_that_of_exactly_the_named_package() {
        let list = "[v1]\n\"wasm-pack 0.15.1 (registry+https://a.example)\" = [\"wasm-pack\"]\n\
                    \"wasm_split_cli_support 0.2.4 (registry+https://a.example)\" = [\"wasm-split-cli\"]\n";
        let of = |package| version_listed(list, package);
        assert_eq!(of("wasm_split_cli_support").as_deref(), Some("0.2.4"));
        assert_eq!(of("wasm"), None);
    }

    #[test]
    fn the_version_is_found_in_what_the_tools_print() {
        for (text, version) in [
            ("wasm-bindgen 0.2.130\n", "0.2.130"),
            (
                "geckodriver 0.37.1 (abc 2026-01-01)\n\nThe source…",
                "0.37.1",
            ),
        ] {
            assert_eq!(version_in(text).as_deref(), Some(version));
        }
        assert_eq!(version_in("usage: something"), None);
    }
}
