//! Python with the packages that some originals used, of exact versions.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::installing;
use crate::command::{self, program};
use crate::hash;
use crate::project::Project;

const WANTED: &str =
    "Python 3.10 or newer with venv is needed: install it from your system's packages";

/// The Python of an environment, in the cache, that has the packages of
/// `xtask/python/requirements.txt`.
pub(crate) fn python(project: &Project) -> Result<PathBuf> {
    let requirements = project.path("xtask/python/requirements.txt");
    let text = fs::read(&requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let name = format!("python-{}", hash::of([text.as_slice()]));
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let folder = project.tools().join(&name);
    let complete = folder.join(inside);
    if complete.is_file() {
        return Ok(complete);
    }
    installing("python packages", "pip install (a few seconds)");
    // Beside its place and then renamed: half an installation is never used.
    let beside = project
        .tools()
        .join(format!("{name}.{}", std::process::id()));
    let base = ["python3", "python"].into_iter();
    let Some(base) = base.filter_map(command::find).next() else {
        bail!(WANTED);
    };
    let made = command::run(program(project, base).args(["-m", "venv"]).arg(&beside));
    made.context(WANTED)?;
    let pip = ["-m", "pip", "install", "--quiet", "--requirement"];
    command::run(
        program(project, beside.join(inside))
            .args(pip)
            .arg(&requirements),
    )?;
    if fs::rename(&beside, &folder).is_err() {
        fs::remove_dir_all(&beside)
            .with_context(|| format!("cannot remove {}", beside.display()))?;
    }
    Ok(complete)
}
