//! The rules of the architecture that no compiler holds: who may import whom
//! (docs/ARCHITECTURE.md), and what no tracked file may contain.

mod addresses;
mod compatibility;
mod glossary;
mod imports;
mod packages;
mod source;
mod table;
mod text;

use std::fs;

use anyhow::{Context, Result};

use crate::command::{self, program};
use crate::project::Project;

/// A broken rule: where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    place: String,
    says: String,
}

impl Finding {
    fn new(place: impl Into<String>, says: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            says: says.into(),
        }
    }
}

/// A file that git tracks or would track, as text.
#[derive(Debug)]
struct File {
    /// From the root of the clone, with slashes.
    path: String,
    text: String,
}

/// How many rules hold and how many do not. Prints each finding.
pub(crate) fn check(project: &Project) -> Result<(u64, u64)> {
    let files = files(project)?;
    let results = [
        ("imports between packages", packages::check(project)?),
        ("imports inside core", imports::core(&files)),
        (
            "upstream of the relay stands alone",
            imports::upstream(&files),
        ),
        ("imports inside the relay", imports::relay(&files)),
        ("imports inside the page", imports::page(&files)),
        ("closures have owners", imports::forgotten(&files)),
        ("an address is no identity", addresses::check(&files)),
        (
            "no machine in a tracked file",
            text::machines(project, &files)?,
        ),
        ("length of files", text::lengths(&files)),
        ("words", text::words(&files)),
        ("promises have living tests", compatibility::check(&files)),
        ("glossary", glossary::check(&files)),
    ];
    let (mut held, mut broken) = (0, 0);
    for (rule, findings) in results {
        if findings.is_empty() {
            println!("ok      {rule}");
            held += 1;
            continue;
        }
        println!("BROKEN  {rule}");
        for finding in findings {
            println!("        {}: {}", finding.place, finding.says);
        }
        broken += 1;
    }
    Ok((held, broken))
}

/// What git tracks, and what it would track: a rule that speaks up only after
/// the commit comes too late. Binary files are left out.
fn files(project: &Project) -> Result<Vec<File>> {
    let list = command::output(program(project, "git").args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))
    .context("the rules are checked on the files that git knows")?;
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let place = project.root().join(path);
        // Deleted but not yet committed, or a symbolic link to a folder.
        if !place.is_file() {
            continue;
        }
        let bytes = fs::read(&place).with_context(|| format!("cannot read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(files)
}
