//! The WebChat page: `dist/`, ready to be served.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{alone, clear, inert, read, split, wasm, write};
use crate::command::{self, program};
use crate::project::Project;
use crate::{hash, setup};

/// The shell of the page; the only file that is asked for by its plain name.
const INDEX: &str = "index.html";

/// Files by their path from the root of a folder.
type Files = BTreeMap<String, Vec<u8>>;

/// The package of the page; its binary has the same name.
pub(super) const PACKAGE: &str = "clawline-webchat";

/// Increase it when the same input gives another page.
const RECIPE: &[u8] = b"4";

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
    let _alone = alone(project)?;
    let (profile, features): (_, &[_]) = match variant {
        Variant::Shipped => (wasm::SHIPPED, &[split::FEATURE]),
        Variant::Development => ("dev", &[]),
    };
    eprintln!("build  page     cargo build ({profile})");
    let compiled = wasm::compile(project, PACKAGE, &[], features, profile)?;

    let sources = sources(project)?;
    let stamp = project.workshop().join("page.stamp");
    let key = key(project, variant, &sources, &read(&compiled)?)?;
    let place = project.page();
    if fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == key) && place.join(INDEX).is_file() {
        eprintln!("build  page     {} is up to date", place.display());
        return Ok(());
    }

    let staged = project.workshop().join("page-staged");
    clear(&staged)?;
    let bound = staged.join("assets");
    match variant {
        Variant::Shipped => {
            for wasm in split::bind(project, PACKAGE, &compiled, &bound)? {
                wasm::optimise(project, &wasm)?;
                inert::check(&read(&wasm)?)?;
            }
        }
        Variant::Development => wasm::bind(project, &compiled, &bound, &[])?,
    }
    for (name, content) in &sources {
        write(&staged.join(name), content)?;
    }

    let fresh = project.workshop().join("page-fresh");
    clear(&fresh)?;
    let mut bundle = program(project, "node");
    bundle
        .arg(project.path("xtask/node/bundle.mjs"))
        .arg("page")
        .args([&setup::node_tools(project)?, &staged, &fresh]);
    if variant == Variant::Shipped {
        bundle.arg("--minify");
    }
    command::run(&mut bundle)?;
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

/// The shell, and the folders of `www/` that are no program, as they stand in the clone.
fn sources(project: &Project) -> Result<Files> {
    let mut files = Files::new();
    files.insert(INDEX.to_owned(), read(&project.path(INDEX))?);
    for folder in ["assets", "look", "words"] {
        let root = project.path("www").join(folder);
        for path in self::files(&root)? {
            let name = path
                .to_str()
                .with_context(|| format!("{} is no text", path.display()))?;
            files.insert(format!("{folder}/{name}"), read(&root.join(&path))?);
        }
    }
    Ok(files)
}

/// The paths of all files below a folder, relative to it.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        let entries = fs::read_dir(&at).with_context(|| format!("cannot read {}", at.display()))?;
        for entry in entries {
            let path = entry
                .with_context(|| format!("cannot read {}", at.display()))?
                .path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(folder)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn key(project: &Project, variant: Variant, files: &Files, compiled: &[u8]) -> Result<String> {
    let bindgen = crate::pins::wasm_bindgen(project)?;
    let tools = read(&project.path("xtask/node/package-lock.json"))?;
    let bundle = read(&project.path("xtask/node/bundle.mjs"))?;
    let variant = format!("{variant:?}");
    let optimised = wasm::OPTIMISE.concat();
    let fixed = [
        RECIPE,
        variant.as_bytes(),
        optimised.as_bytes(),
        bindgen.as_bytes(),
        crate::pins::WASM_SPLIT.as_bytes(),
        &tools,
        &bundle,
        compiled,
    ];
    let named = files
        .iter()
        .flat_map(|(name, content)| [name.as_bytes(), content.as_slice()]);
    Ok(hash::of(fixed.into_iter().chain(named)))
}
