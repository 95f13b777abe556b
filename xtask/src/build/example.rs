//! The Leptos example, as `trunk build` makes it.

use std::path::PathBuf;

use anyhow::Result;

use super::{alone, clear, page, split, wasm};
use crate::project::Project;
use crate::setup;

const PACKAGE: &str = "clawline-example-leptos";

/// Builds it; returns the folder of its module.
pub(crate) fn leptos_example(project: &Project) -> Result<PathBuf> {
    setup::wasm_target(project)?;
    let _alone = alone(project)?;
    // As the page is built, which then has compiled nearly all of it.
    let compiled = wasm::compile(
        project,
        PACKAGE,
        &[page::PACKAGE],
        &[split::FEATURE],
        wasm::SHIPPED,
    )?;
    let folder = project.workshop().join(PACKAGE);
    clear(&folder)?;
    wasm::bind(project, &compiled, &folder, &[])?;
    Ok(folder)
}
