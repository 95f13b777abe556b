//! From Rust to wasm that is worth sending: cargo, wasm-bindgen, wasm-opt.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::{read, write};
use crate::command::{self, cargo, program};
use crate::hash;
use crate::project::Project;
use crate::setup::{self, Tool, WASM_TARGET};

/// The profile of every .wasm that is shipped (see Cargo.toml).
pub(crate) const SHIPPED: &str = "wasm-release";

/// What rustc's wasm uses beyond the first version of the format. wasm-opt
/// refuses a binary that needs more, which is how we notice.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
/// Functions of one module stand together, and a large one with one caller stays
/// one of its own: neither saves a byte, but 1.4 % with brotli.
pub(super) const OPTIMISE: [&str; 6] = [
    "-Oz",
    "--one-caller-inline-max-function-size=30",
    "--reorder-functions-by-name",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Compiles the binary of a package for the browser; returns cargo's .wasm.
/// What is compiled `beside` it shares its dependencies and their features.
pub(crate) fn compile(
    project: &Project,
    package: &str,
    beside: &[&str],
    features: &[&str],
    profile: &str,
) -> Result<PathBuf> {
    let mut build = cargo(
        project,
        &["build", "--target", WASM_TARGET, "--profile", profile],
    );
    for package in beside.iter().chain([&package]) {
        build.args(["-p", package]);
    }
    for feature in features {
        build.args(["--features", feature]);
    }
    command::run(&mut build)?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let path = project
        .target()
        .join(WASM_TARGET)
        .join(folder)
        .join(format!("{package}.wasm"));
    if !path.is_file() {
        bail!("cargo built no {}", path.display());
    }
    Ok(path)
}

/// Writes the JavaScript for a .wasm, and the .wasm it asks for, into a folder.
/// `more` goes to wasm-bindgen besides.
pub(crate) fn bind(project: &Project, wasm: &Path, folder: &Path, more: &[&str]) -> Result<()> {
    setup::tools(project, &[Tool::WasmBindgen])?;
    command::run(
        program(project, Tool::WasmBindgen.path(project))
            .args(["--target", "web", "--no-typescript"])
            .args(more)
            .arg("--out-dir")
            .arg(folder)
            .arg(wasm),
    )
}

/// Replaces a .wasm by a smaller one that does the same. The result is kept by
/// the hash of what went in: this is the slowest step of a build.
pub(crate) fn optimise(project: &Project, wasm: &Path) -> Result<()> {
    let tool = setup::binaryen(project)?;
    let raw = read(wasm)?;
    let recipe: Vec<&[u8]> = OPTIMISE
        .iter()
        .chain(&FEATURES)
        .map(|flag| flag.as_bytes())
        .chain(tool.to_str().map(str::as_bytes))
        .collect();
    let key = hash::of(recipe.into_iter().chain([raw.as_slice()]));
    let kept = project
        .workshop()
        .join("optimised")
        .join(format!("{key}.wasm"));
    if !kept.is_file() {
        let name = wasm.file_name().unwrap_or_default().to_string_lossy();
        eprintln!("build  wasm-opt {name} ({} KB)", raw.len() / 1024);
        let input = kept.with_extension("input");
        let output = kept.with_extension("output");
        write(&input, &raw)?;
        command::run(
            program(project, "node")
                .arg(&tool)
                .args(OPTIMISE)
                .args(FEATURES)
                .arg(&input)
                .arg("-o")
                .arg(&output),
        )?;
        std::fs::rename(&output, &kept)
            .with_context(|| format!("cannot rename {}", output.display()))?;
        std::fs::remove_file(&input)
            .with_context(|| format!("cannot remove {}", input.display()))?;
    }
    write(wasm, &read(&kept)?)
}
