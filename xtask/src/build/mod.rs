//! What is built: the page into `dist/`, the npm package into `pkg/dist/`, the
//! WhatsApp bridge into `relay/bridge/dist/`, and the native binaries.

mod bridge;
mod example;
mod inert;
mod package;
mod page;
mod split;
mod wasm;

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) use bridge::bridge;
pub(crate) use example::leptos_example;
pub(crate) use package::package;
pub(crate) use page::{Variant, files, page};

use crate::command::{self, cargo};
use crate::project::Project;
use crate::setup::{self, Tool};

/// The packages with code that runs natively (of the page that is its model).
/// They are always selected together: cargo unifies the features of what it builds at once, so another selection
/// would compile half of the dependencies a second time.
pub(crate) const NATIVE: [&str; 6] = [
    "clawline-core",
    "clawline-relay",
    "clawline-sim",
    "clawline-testkit",
    "clawline-webchat",
    "xtask",
];

/// `-p` for each of the native packages.
pub(crate) fn native_packages() -> impl Iterator<Item = &'static str> {
    NATIVE.into_iter().flat_map(|name| ["-p", name])
}

/// What tests of the relay need of it, and nobody else may have.
pub(crate) const FOR_TESTS: [&str; 2] = ["--features", "clawline-relay/test-whatsapp"];

/// Builds native binaries for tests and returns their paths in the same order.
pub(crate) fn binaries<const N: usize>(
    project: &Project,
    names: [&str; N],
) -> Result<[PathBuf; N]> {
    native(project, names, &FOR_TESTS)
}

/// Builds the relay as people have it, with the WhatsApp bridge inside.
pub(crate) fn relay(project: &Project) -> Result<PathBuf> {
    bridge(project)?;
    let [relay] = native(project, ["clawline-relay"], &[])?;
    bridge::check(&relay)?;
    Ok(relay)
}

fn native<const N: usize>(
    project: &Project,
    names: [&str; N],
    features: &[&str],
) -> Result<[PathBuf; N]> {
    let mut command = cargo(project, &["build"]);
    command.args(native_packages()).args(features);
    for name in names {
        command.args(["--bin", name]);
    }
    command::run(&mut command)?;
    Ok(names.map(|name| project.binary(name)))
}

/// Everything, with one line for each part.
pub(crate) fn everything(project: &Project, variant: Variant) -> Result<()> {
    setup::tools(
        project,
        &[Tool::WasmBindgen, Tool::WasmPack, Tool::WasmSplit],
    )?;
    page(project, variant)?;
    package(project)?;
    let relay = relay(project)?;
    eprintln!("build  relay    {}", relay.display());
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
    }
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Keeps a second `cargo xtask` in the same clone from building at the same
/// time, until the returned file is dropped.
fn alone(project: &Project) -> Result<File> {
    let path = project.workshop().join("lock");
    write(&path, b"")?;
    let lock = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    if lock.try_lock().is_err() {
        eprintln!("build  waiting for another xtask to finish its build");
        lock.lock()
            .with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(lock)
}

/// Removes a folder that we built, if it is there.
fn clear(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
