//! The page's program cut into chunks: what is no part of the first load is
//! fetched when it is needed (docs/adr/0028-the-page-in-chunks.md).

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::{clear, page, wasm};
use crate::command::{self, program};
use crate::project::Project;
use crate::setup::{self, Tool};

/// The feature of the page with which it is compiled for the tool that cuts it;
/// before that it does not run.
pub(super) const FEATURE: &str = "clawline-webchat/split";

/// Cuts a .wasm and writes what a browser needs of it into a folder: the program,
/// its chunks, and their JavaScript. Returns each .wasm.
pub(super) fn bind(
    project: &Project,
    package: &str,
    compiled: &Path,
    folder: &Path,
) -> Result<Vec<PathBuf>> {
    setup::tools(project, &[Tool::WasmSplit])?;
    let cut = project.workshop().join("page-cut");
    clear(&cut)?;
    command::run(
        program(project, Tool::WasmSplit.path(project))
            .args(["--target", "web", "--out-name", package])
            .arg(compiled)
            .arg(&cut),
    )?;
    // Chunks are linked with what the program exports, under the linker's names.
    let program = cut.join(format!("{package}.wasm"));
    wasm::bind(project, &program, folder, &["--keep-lld-exports"])?;
    std::fs::remove_file(&program)?;
    for name in page::files(&cut)? {
        std::fs::copy(cut.join(&name), folder.join(&name))?;
    }
    let files = page::files(folder)?.into_iter();
    let wasm: Vec<_> = files
        .filter(|name| name.extension().is_some_and(|ending| ending == "wasm"))
        .map(|name| folder.join(name))
        .collect();
    if wasm.len() < 2 {
        bail!("the page was not cut: {} has no chunk", folder.display());
    }
    Ok(wasm)
}
