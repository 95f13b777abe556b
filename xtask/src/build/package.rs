//! The built half of the npm package: `pkg/dist/`, by wasm-pack.

use std::fs;

use anyhow::{Context, Result, bail};

use super::{alone, wasm};
use crate::command::{self, path_with, program};
use crate::project::Project;
use crate::setup::{self, Tool};

/// What the package is published under; the texts go with it.
const LICENSES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Builds `pkg/dist/`. wasm-pack may download nothing: xtask has set up what it
/// needs, and wasm-opt runs afterwards in a pinned version.
pub(crate) fn package(project: &Project) -> Result<()> {
    setup::wasm_target(project)?;
    setup::tools(project, &[Tool::WasmBindgen, Tool::WasmPack])?;
    undo_plain_build(project)?;
    let _alone = alone(project)?;
    eprintln!("build  package  wasm-pack build ({})", wasm::SHIPPED);
    let place = project.package().join("dist");
    command::run(
        program(project, Tool::WasmPack.path(project))
            .args(["build", "--target", "web", "--mode", "no-install"])
            .args(["--no-opt", "--no-pack", "--no-gitignore"])
            .args(["--profile", wasm::SHIPPED, "--out-dir", "pkg/dist"])
            .env("PATH", path_with(&project.tools().join("bin"))?),
    )?;
    let mut optimised = 0;
    for entry in fs::read_dir(&place).with_context(|| format!("cannot read {}", place.display()))? {
        let path = entry
            .with_context(|| format!("cannot read {}", place.display()))?
            .path();
        if path.extension().is_some_and(|ending| ending == "wasm") {
            wasm::optimise(project, &path)?;
            optimised += 1;
        }
    }
    if optimised != 1 {
        bail!(
            "{} has {optimised} wasm files instead of one: remove the folder and build again",
            place.display()
        );
    }
    command::run(
        program(project, "node")
            .arg(project.path("xtask/node/bundle.mjs"))
            .arg("package")
            .args([&setup::node_tools(project)?, &place]),
    )?;
    for name in LICENSES {
        let from = project.path(name);
        fs::copy(&from, project.package().join(name))
            .with_context(|| format!("cannot copy {}", from.display()))?;
    }
    eprintln!("build  package  {}", place.display());
    Ok(())
}

/// A plain `wasm-pack build` puts its output into pkg/ itself, over our
/// manifest. That works for who wants it, but it is not the package.
fn undo_plain_build(project: &Project) -> Result<()> {
    let package = project.package();
    if !package.join("clawline_bg.wasm").is_file() {
        return Ok(());
    }
    eprintln!("build  package  removing what a plain wasm-pack build left in pkg/");
    for name in [
        "clawline.js",
        "clawline.d.ts",
        "clawline_bg.wasm",
        "clawline_bg.wasm.d.ts",
    ] {
        let _ = fs::remove_file(package.join(name));
    }
    for name in [".gitignore", "LICENSE-APACHE", "LICENSE-MIT"] {
        let _ = fs::remove_file(package.join(name));
    }
    let _ = fs::remove_dir_all(package.join("snippets"));
    command::run(program(project, "git").args([
        "checkout",
        "--",
        "pkg/package.json",
        "pkg/README.md",
    ]))
}
