//! From files to a page that may be cached for ever: each file that another one
//! names gets the hash of its content into its name.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use super::references::{Reference, references};
use crate::hash;

/// The shell of the page; the only file that is asked for by its plain name.
pub(crate) const INDEX: &str = "index.html";

/// Files by their path from the root of the page.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// When a browser asks for a file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Load {
    /// With the page.
    First,
    /// Later, or never.
    Later,
}

/// Renames every file that is named by another one and rewrites the names.
/// A file that no text names keeps its name: the wasm may ask for it.
pub(crate) fn bundle(mut files: Files) -> Result<Files> {
    let index = text(&files, INDEX)?
        .with_context(|| format!("the page has no {INDEX}"))?
        .to_owned();
    refuse_inline(&index)?;
    let hints = hints(&files)?;
    let index = index.replacen("</head>", &format!("{hints}</head>"), 1);
    files.insert(INDEX.to_owned(), index.into_bytes());

    let mut naming = Naming {
        references: BTreeMap::new(),
        done: BTreeMap::new(),
        path: Vec::new(),
        files: &files,
    };
    for name in files.keys() {
        naming.references.insert(name, mentions(&files, name)?);
    }
    let named: BTreeSet<String> = naming
        .references
        .values()
        .flatten()
        .map(|reference| reference.target.clone())
        .collect();
    for name in files.keys() {
        naming.finish(name, &named)?;
    }
    Ok(naming.done.into_values().collect())
}

/// Every file that the shell leads to, and when it is asked for. What only the
/// web manifest names (icons of an installed page) comes later; an `import()`
/// counts as part of the first load, because our start-up code is made of them.
pub(crate) fn first_load(files: &Files) -> Result<BTreeMap<String, Load>> {
    let mut loads = BTreeMap::new();
    let mut open = vec![(INDEX.to_owned(), Load::First)];
    while let Some((name, load)) = open.pop() {
        if loads.get(&name).is_some_and(|known| *known <= load) {
            continue;
        }
        for reference in mentions(files, &name)? {
            let load = if name.ends_with(".webmanifest") {
                Load::Later
            } else {
                load
            };
            open.push((reference.target, load));
        }
        loads.insert(name, load);
    }
    Ok(loads)
}

struct Naming<'a> {
    files: &'a Files,
    references: BTreeMap<&'a str, Vec<Reference>>,
    /// Old name to new name and new content.
    done: BTreeMap<&'a str, (String, Vec<u8>)>,
    /// The files whose names wait for the one at hand.
    path: Vec<&'a str>,
}

impl<'a> Naming<'a> {
    /// Gives a file its final content and name, after those that it names.
    fn finish(&mut self, name: &'a str, named: &BTreeSet<String>) -> Result<()> {
        if self.done.contains_key(name) {
            return Ok(());
        }
        if self.path.contains(&name) {
            bail!(
                "{} and {name} name each other: neither can have its hash in its name",
                self.path.join(", ")
            );
        }
        self.path.push(name);
        let references = self.references.remove(name).unwrap_or_default();
        let mut content = self.files.get(name).cloned().unwrap_or_default();
        for reference in references.into_iter().rev() {
            let Some((target, _)) = self.files.get_key_value(&reference.target) else {
                continue;
            };
            self.finish(target, named)?;
            if let Some((renamed, _)) = self.done.get(target.as_str()) {
                let last = renamed.rsplit('/').next().unwrap_or(renamed);
                content.splice(reference.name, last.bytes());
            }
        }
        self.path.pop();
        let renamed = if named.contains(name) {
            hashed(name, &content)
        } else {
            name.to_owned()
        };
        self.done.insert(name, (renamed, content));
        Ok(())
    }
}

/// `assets/page.css` becomes `assets/page-0123456789abcdef.css`.
fn hashed(name: &str, content: &[u8]) -> String {
    let digest = hash::of([content]);
    let folder = name.rfind('/').map_or(0, |at| at + 1);
    match name[folder..].rfind('.') {
        Some(dot) => {
            let (stem, ending) = name.split_at(folder + dot);
            format!("{stem}-{digest}{ending}")
        }
        None => format!("{name}-{digest}"),
    }
}

fn mentions(files: &Files, name: &str) -> Result<Vec<Reference>> {
    Ok(text(files, name)?.map_or_else(Vec::new, |text| {
        references(name, text, |path| files.contains_key(path))
    }))
}

fn text<'a>(files: &'a Files, name: &str) -> Result<Option<&'a str>> {
    const TEXT: [&str; 6] = ["html", "css", "js", "json", "svg", "webmanifest"];
    let ending = name.rsplit('.').next().unwrap_or_default();
    match files.get(name) {
        Some(bytes) if TEXT.contains(&ending) => std::str::from_utf8(bytes)
            .map(Some)
            .with_context(|| format!("{name} is not UTF-8")),
        _ => Ok(None),
    }
}

/// Links that let the browser fetch all modules and the wasm at once, instead
/// of finding each one in the one before.
fn hints(files: &Files) -> Result<String> {
    let direct: BTreeSet<_> = mentions(files, INDEX)?
        .into_iter()
        .map(|reference| reference.target)
        .collect();
    let mut hints = String::new();
    for (name, load) in first_load(files)? {
        if load == Load::Later || direct.contains(&name) {
            continue;
        }
        if name.ends_with(".js") {
            hints += &format!("<link rel=\"modulepreload\" href=\"{name}\">\n");
        } else if name.ends_with(".wasm") {
            hints += &format!(
                "<link rel=\"preload\" href=\"{name}\" as=\"fetch\" \
                 type=\"application/wasm\" crossorigin>\n"
            );
        }
    }
    Ok(hints)
}

/// The policy of the page forbids inline scripts and styles: the browser would
/// ignore them without a word.
fn refuse_inline(index: &str) -> Result<()> {
    let lower = index.to_lowercase();
    for tag in lower.match_indices("<script").map(|(at, _)| &lower[at..]) {
        let open = tag.split('>').next().unwrap_or(tag);
        if !open.contains("src=") {
            bail!("{INDEX} has an inline script: its content security policy forbids them");
        }
    }
    if lower.contains("<style") || lower.contains(" style=") {
        bail!("{INDEX} has an inline style: its content security policy forbids them");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
