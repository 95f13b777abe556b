//! Node and the packages from npm, installed from lock files by `npm ci`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::installing;
use crate::command::{self, program};
use crate::project::Project;
use crate::{hash, pins};

/// Checks for Node and npm; returns Node's version.
pub(crate) fn node(project: &Project) -> Result<String> {
    let wanted = format!(
        "Node {} or newer with npm is needed: install it from your system's packages or \
         https://nodejs.org",
        pins::NODE_MAJOR
    );
    let version = command::output(program(project, "node").arg("--version"))
        .with_context(|| wanted.clone())?;
    let version = version.trim();
    let major: Option<u32> = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse().ok());
    if major.is_none_or(|major| major < pins::NODE_MAJOR) {
        bail!("{wanted}; found {version}");
    }
    if command::find("npm").is_none() && command::find("npm.cmd").is_none() {
        bail!("{wanted}; npm is not on PATH");
    }
    Ok(version.to_owned())
}

/// `wasm-opt` of the binaryen package: a script for Node.
pub(crate) fn binaryen(project: &Project) -> Result<PathBuf> {
    let script = node_tools(project)?.join("node_modules/binaryen/bin/wasm-opt");
    offer_wasm_opt(project, &script)?;
    Ok(script)
}

/// Packages that all clones share, by the hash of their lock file.
struct Shared {
    /// Where the lock file is in the clone.
    source: &'static str,
    /// The beginning of the folder's name.
    name: &'static str,
    what: &'static str,
    how: &'static str,
    /// For npm beside what it always gets.
    arguments: &'static [&'static str],
    /// A file without which the installation is not complete.
    complete: &'static str,
}

/// The folder, in the cache, of the build's tools from npm.
pub(crate) fn node_tools(project: &Project) -> Result<PathBuf> {
    shared(
        project,
        &Shared {
            source: "xtask/node",
            name: "npm",
            what: "binaryen, esbuild and Fluent",
            how: "npm ci (half a minute)",
            arguments: &[],
            complete: "node_modules/binaryen/bin/wasm-opt",
        },
    )
}

/// The folder, in the cache, of the toolchains that the package is tried in:
/// those of every push, or all of them.
pub(crate) fn toolchains(project: &Project, all: bool) -> Result<PathBuf> {
    let every_push = Shared {
        source: "tests/toolchains",
        name: "toolchains",
        what: "esbuild and Vite",
        how: "npm ci (a few seconds)",
        arguments: &["--omit=dev"],
        complete: "node_modules/.bin/vite",
    };
    let full = Shared {
        name: "all-toolchains",
        what: "all toolchains",
        how: "npm ci (750 MB, one to two minutes)",
        arguments: &[],
        complete: "node_modules/node/bin/node",
        ..every_push
    };
    shared(project, if all { &full } else { &every_push })
}

/// The folder, in the cache, of what the examples are run with at every push,
/// or of what all of them are built with.
pub(crate) fn examples(project: &Project, all: bool) -> Result<PathBuf> {
    let every_push = Shared {
        source: "tests/examples",
        name: "examples",
        what: "a Node for the examples",
        how: "npm ci (a few seconds)",
        arguments: &["--omit=dev"],
        complete: "node_modules/node/bin/node",
    };
    let full = Shared {
        name: "all-examples",
        what: "the packages of all examples",
        how: "npm ci (350 MB, half a minute)",
        arguments: &[],
        complete: "node_modules/.bin/vite",
        ..every_push
    };
    shared(project, if all { &full } else { &every_push })
}

fn shared(project: &Project, packages: &Shared) -> Result<PathBuf> {
    node(project)?;
    let source = project.path(packages.source);
    let lock = read(&source.join("package-lock.json"))?;
    let name = format!("{}-{}", packages.name, hash::of([lock.as_slice()]));
    let folder = project.tools().join(&name);
    let complete = folder.join(packages.complete);
    if !complete.is_file() {
        installing(packages.what, packages.how);
        // Beside its place and then renamed: an interrupted or a second
        // installation never leaves half a package there.
        let beside = project
            .tools()
            .join(format!("{name}.{}", std::process::id()));
        fs::create_dir_all(&beside)
            .with_context(|| format!("cannot create {}", beside.display()))?;
        for file in ["package.json", "package-lock.json"] {
            fs::copy(source.join(file), beside.join(file))
                .with_context(|| format!("cannot copy {file} to {}", beside.display()))?;
        }
        npm_ci(project, &beside, packages.arguments)?;
        if fs::rename(&beside, &folder).is_err() {
            fs::remove_dir_all(&beside)
                .with_context(|| format!("cannot remove {}", beside.display()))?;
        }
        if !complete.is_file() {
            bail!(
                "npm's packages are not complete in {}: remove that folder and start again",
                folder.display()
            );
        }
    }
    Ok(folder)
}

/// The packages of the browser tests, in `tests/node_modules`.
pub(crate) fn test_packages(project: &Project) -> Result<PathBuf> {
    inside(project, "tests", &[])
}

/// What the WhatsApp bridge is made of, built and tested with, in its folder.
/// No script of a package runs.
pub(crate) fn bridge_packages(project: &Project) -> Result<PathBuf> {
    inside(project, "relay/bridge", &["--ignore-scripts"])
}

/// The packages of a folder, in its `node_modules`.
fn inside(project: &Project, folder: &str, arguments: &[&str]) -> Result<PathBuf> {
    node(project)?;
    let place = project.path(folder);
    let lock = hash::of([read(&place.join("package-lock.json"))?.as_slice()]);
    let installed = place.join("node_modules");
    let stamp = installed.join(".clawline-lock");
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == lock) {
        return Ok(installed);
    }
    installing("packages", &format!("npm ci in {folder}/"));
    npm_ci(project, &place, arguments)?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(installed)
}

fn npm_ci(project: &Project, folder: &Path, arguments: &[&str]) -> Result<()> {
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    command::run(
        program(project, npm)
            .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
            .args(arguments)
            .current_dir(folder),
    )
    .with_context(|| {
        format!(
            "the packages of {} could not be installed",
            folder.display()
        )
    })
}

/// Puts `wasm-opt` beside the other tools: with that folder on PATH a plain
/// `wasm-pack build` finds it and downloads nothing.
#[cfg(unix)]
fn offer_wasm_opt(project: &Project, script: &Path) -> Result<()> {
    let link = project.tool("wasm-opt");
    if fs::read_link(&link).is_ok_and(|there| there == script) {
        return Ok(());
    }
    let folder = project.tools().join("bin");
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link).with_context(|| format!("cannot replace {}", link.display()))?;
    }
    std::os::unix::fs::symlink(script, &link)
        .with_context(|| format!("cannot link {}", link.display()))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as on Unix")]
fn offer_wasm_opt(_: &Project, _: &Path) -> Result<()> {
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
