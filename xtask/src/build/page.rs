//! The WebChat page: `dist/`, ready to be served.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::bundle::{Files, INDEX, bundle};
use super::{clear, read, wasm, write};
use crate::command::{self, program};
use crate::project::Project;
use crate::{hash, setup};

/// The package of the page; its binary has the same name.
const PACKAGE: &str = "clawline-webchat";

/// Increase it when the same input gives another page.
const RECIPE: &[u8] = b"1";

/// How much work goes into the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Optimised and compressed: what people load.
    Shipped,
    /// Built quickly, with readable panics.
    Development,
}

impl Variant {
    /// What `--dev` asks for.
    pub(crate) fn of(dev: bool) -> Self {
        if dev {
            Self::Development
        } else {
            Self::Shipped
        }
    }
}

/// Builds the page, unless the one in `dist/` comes from the same input.
pub(crate) fn page(project: &Project, variant: Variant) -> Result<()> {
    setup::wasm_target(project)?;
    setup::node(project)?;
    let profile = match variant {
        Variant::Shipped => wasm::SHIPPED,
        Variant::Development => "dev",
    };
    eprintln!("build  page     cargo build ({profile})");
    let compiled = wasm::compile(project, PACKAGE, profile)?;

    let mut files = sources(project)?;
    let stamp = project.workshop().join("page.stamp");
    let key = key(project, variant, &files, &read(&compiled)?)?;
    let place = project.page();
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == key) && place.join(INDEX).is_file() {
        eprintln!("build  page     {} is up to date", place.display());
        return Ok(());
    }

    let bound = project.workshop().join("page-bound");
    clear(&bound)?;
    wasm::bind(project, &compiled, &bound)?;
    if variant == Variant::Shipped {
        wasm::optimise(project, &bound.join(format!("{PACKAGE}_bg.wasm")))?;
    }
    collect(&bound, "assets", &mut files)?;

    let fresh = project.workshop().join("page-fresh");
    clear(&fresh)?;
    for (name, content) in bundle(files)? {
        write(&fresh.join(name), &content)?;
    }
    if variant == Variant::Shipped {
        eprintln!("build  page     brotli and gzip");
        command::run(
            program(project, "node")
                .arg(project.path("xtask/node/compress.mjs"))
                .arg("write")
                .arg(&fresh),
        )?;
    }
    // A stamp that outlives its page would hide a failure between these steps.
    let _ = fs::remove_file(&stamp);
    clear(&place)?;
    fs::rename(&fresh, &place)
        .with_context(|| format!("cannot move {} to {}", fresh.display(), place.display()))?;
    write(&stamp, key.as_bytes())?;
    eprintln!("build  page     {}", place.display());
    Ok(())
}

/// The shell and `www/assets/`, as they stand in the clone.
fn sources(project: &Project) -> Result<Files> {
    let mut files = Files::new();
    files.insert(INDEX.to_owned(), read(&project.path(INDEX))?);
    collect(&project.path("www/assets"), "assets", &mut files)?;
    Ok(files)
}

/// Adds each file of a folder under a prefix.
pub(crate) fn collect(folder: &Path, prefix: &str, files: &mut Files) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry
            .with_context(|| format!("cannot read {}", folder.display()))?
            .path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            anyhow::bail!("{} has a name that is no text", path.display());
        };
        let name = if prefix.is_empty() {
            name.to_owned()
        } else {
            format!("{prefix}/{name}")
        };
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else {
            files.insert(name, read(&path)?);
        }
    }
    Ok(())
}

fn key(project: &Project, variant: Variant, files: &Files, compiled: &[u8]) -> Result<String> {
    let bindgen = crate::pins::wasm_bindgen(project)?;
    let binaryen = read(&project.path("xtask/node/package-lock.json"))?;
    let variant = format!("{variant:?}");
    let fixed = [
        RECIPE,
        variant.as_bytes(),
        bindgen.as_bytes(),
        &binaryen,
        compiled,
    ];
    let named = files
        .iter()
        .flat_map(|(name, content)| [name.as_bytes(), content.as_slice()]);
    Ok(hash::of(fixed.into_iter().chain(named)))
}
