//! What no tracked file may contain, whatever its language.

use std::env;

use anyhow::{Context, Result};

use super::source::code;
use super::{File, Finding};
use crate::command::{self, program};
use crate::project::Project;

/// The hard limit for a file of code; half of it is usual.
const LONGEST: usize = 500;
const CODE: [&str; 3] = [".rs", ".js", ".mjs"];

/// Endings of type names that say nothing.
const EMPTY_WORDS: [&str; 4] = ["Manager", "Helper", "Util", "Handler"];

/// Paths of the machine at hand, and the registry it installs from.
pub(super) fn machines(project: &Project, files: &[File]) -> Result<Vec<Finding>> {
    let mut forbidden = vec![(
        project.root().display().to_string(),
        "names the folder of this clone",
    )];
    if let Some(above) = project.root().parent()
        && above.components().count() > 1
    {
        let above = format!("{}/", above.display());
        forbidden.push((above, "names the folder that this clone is in"));
    }
    if let Some(home) = env::home_dir()
        && home.components().count() > 1
    {
        let home = format!("{}/", home.display());
        forbidden.push((home, "names the home folder of this machine"));
    }
    if let Some(host) = foreign_registry(project)? {
        forbidden.push((host, "names the registry that this machine installs from"));
    }
    let locks = (
        "\"resolved\":".to_owned(),
        "names a registry: remove the field",
    );
    let mut findings = Vec::new();
    for file in files {
        for (needle, says) in &forbidden {
            findings.extend(lines_with(file, needle, says));
        }
        if file.path.ends_with("package-lock.json") {
            findings.extend(lines_with(file, &locks.0, locks.1));
        }
    }
    Ok(findings)
}

/// The host of npm's registry, if it is not the public one.
fn foreign_registry(project: &Project) -> Result<Option<String>> {
    if command::find("npm").is_none() {
        return Ok(None);
    }
    let url = command::output(program(project, "npm").args(["config", "get", "registry"]))
        .context("cannot ask npm for its registry")?;
    let host = url
        .trim()
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', ':']).next())
        .map(str::to_owned);
    Ok(host.filter(|host| !host.is_empty() && host != "registry.npmjs.org"))
}

fn lines_with(file: &File, needle: &str, says: &str) -> Vec<Finding> {
    file.text
        .lines()
        .enumerate()
        .filter(|(_, line)| stands_alone(line, needle))
        .map(|(line, _)| Finding::new(format!("{}:{}", file.path, line + 1), says))
        .collect()
}

/// Whether a line has the needle, and not as the end of a longer path.
fn stands_alone(line: &str, needle: &str) -> bool {
    let part_of_path = |c: char| c.is_alphanumeric() || "._-".contains(c);
    line.match_indices(needle)
        .any(|(at, _)| !line[..at].ends_with(part_of_path))
}

/// Files that grew past what one can hold in the head.
pub(super) fn lengths(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| CODE.iter().any(|ending| file.path.ends_with(ending)))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > LONGEST).then(|| {
                let says = format!("{lines} lines; the limit is {LONGEST}: split it by topic");
                Finding::new(&file.path, says)
            })
        })
        .collect()
}

/// Type names that say nothing, and notes to oneself.
pub(super) fn words(files: &[File]) -> Vec<Finding> {
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        for (number, line) in code(&file.text).lines().enumerate() {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            while let Some(word) = words.next() {
                if !matches!(word, "struct" | "enum" | "trait" | "type") {
                    continue;
                }
                let name = words.next().unwrap_or_default();
                if EMPTY_WORDS.iter().any(|ending| name.ends_with(ending)) {
                    findings.push(Finding::new(
                        format!("{}:{}", file.path, number + 1),
                        format!("`{name}` says nothing: name what it is"),
                    ));
                }
            }
        }
        for note in notes {
            findings.extend(lines_with(file, note, "do it, or write an issue"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, lengths, lines_with, words};
    use crate::arch::File;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_long_file_of_code_is_found_and_a_long_recording_is_not() {
        let long = "x\n".repeat(LONGEST + 1);
        let files = [file("src/a.rs", &long), file("tests/a.jsonl", &long)];
        assert_eq!(lengths(&files).len(), 1);
    }

    #[test]
    fn a_type_name_that_says_nothing_is_found_in_code_only() {
        let files = [file(
            "src/a.rs",
            "pub struct FrameHandler;\n// struct XManager\n",
        )];
        assert_eq!(words(&files).len(), 1);
    }

    #[test]
    fn a_finding_names_the_line_and_the_end_of_a_longer_path_is_none() {
        let text = "my/secret/place\nsee /secret/place\n";
        let findings = lines_with(&file("a.md", text), "/secret/", "no");
        let places: Vec<_> = findings.iter().map(|finding| &finding.place).collect();
        assert_eq!(places, ["a.md:2"]);
    }
}
