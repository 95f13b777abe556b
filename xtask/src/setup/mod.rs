//! What a task needs on this machine. Each part looks first, installs only
//! what is missing or of another version, and says so in one line.

mod browsers;
mod node;
mod python;
mod rust;

use std::fmt::Display;

use anyhow::Result;

pub(crate) use browsers::browsers;
pub(crate) use node::{
    binaryen, bridge_packages, examples, node, node_tools, test_packages, toolchains,
};
pub(crate) use python::python;
pub(crate) use rust::{Tool, WASM_TARGET, tools, wasm_target, wasm_test_runner};

use crate::project::Project;

/// One line before something that takes its time.
fn installing(what: &str, how: &str) {
    eprintln!("setup  {what}: {how}");
}

/// Everything that any task needs, and where it is.
pub(crate) fn everything(project: &Project) -> Result<()> {
    found("node", node(project)?);
    wasm_target(project)?;
    found("rust target", WASM_TARGET);
    let wanted = [
        Tool::WasmBindgen,
        Tool::WasmPack,
        Tool::WasmSplit,
        Tool::Geckodriver,
    ];
    tools(project, &wanted)?;
    for tool in wanted {
        found(tool.name(), tool.path(project).display());
    }
    found("wasm-opt", binaryen(project)?.display());
    found("test packages", test_packages(project)?.display());
    found("toolchains", toolchains(project, false)?.display());
    found("examples", examples(project, false)?.display());
    found("python", python(project)?.display());
    let browsers = browsers(project)?;
    found("chromium", browsers.chromium.display());
    found("chromedriver", browsers.chromedriver.display());
    found("firefox", browsers.firefox.display());
    Ok(())
}

fn found(what: &str, which: impl Display) {
    eprintln!("setup  {what:<14} {which}");
}
