//! The list of bugs: text files that one can read and write by hand.
//!
//! ```text
//! # a comment
//! what  the words for it
//! file  outbox/decide.rs
//! - a line as it stands, without its indentation
//! + the line that takes its place
//! ```
//!
//! The lines with `-` are one piece of the file and must stand there exactly
//! once; those with `+` take their place. A bug ends at an empty line.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::project::Project;

const FOLDER: &str = "crates/sim/mutants";
/// Where the files of the bugs are.
pub(super) const SOURCES: &str = "crates/core/src";

/// One bug.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mutant {
    /// What it does, in words.
    pub(super) what: String,
    /// The file below crates/core/src.
    pub(super) file: String,
    find: Vec<String>,
    replace: Vec<String>,
}

impl Mutant {
    /// The file's text with the bug in it.
    pub(super) fn apply(&self, text: &str) -> Result<String> {
        let lines: Vec<&str> = text.lines().collect();
        let places: Vec<usize> = (0..lines.len())
            .filter(|at| self.stands_at(&lines, *at))
            .collect();
        let [at] = places[..] else {
            bail!(
                "\"{}\" is to change a piece of {} that stands there {} times",
                self.what,
                self.file,
                places.len()
            );
        };
        let mut changed = lines[..at].to_vec();
        changed.extend(self.replace.iter().map(String::as_str));
        changed.extend(&lines[at + self.find.len()..]);
        Ok(changed.join("\n") + "\n")
    }

    fn stands_at(&self, lines: &[&str], at: usize) -> bool {
        let piece = lines[at..].iter().map(|line| line.trim());
        let find = self.find.iter().map(String::as_str);
        lines.len() - at >= self.find.len() && piece.take(self.find.len()).eq(find)
    }
}

/// All bugs, file by file.
pub(super) fn read(project: &Project) -> Result<Vec<Mutant>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(project.path(FOLDER)).context("cannot read the list of bugs")? {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|ending| ending == "txt"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        all.extend(parse(&text).with_context(|| format!("in {}", file.display()))?);
    }
    Ok(all)
}

/// Every bug fits the engine as it is now.
pub(super) fn check(project: &Project, mutants: &[Mutant]) -> Result<()> {
    let mut misfits = Vec::new();
    for mutant in mutants {
        let file = project.path(SOURCES).join(&mutant.file);
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if let Err(misfit) = mutant.apply(&text) {
            misfits.push(misfit.to_string());
        }
    }
    if misfits.is_empty() {
        return Ok(());
    }
    bail!(
        "the list in {FOLDER} is to be mended:\n{}",
        misfits.join("\n")
    );
}

fn parse(text: &str) -> Result<Vec<Mutant>> {
    let mut mutants = Vec::new();
    let mut mutant = Mutant::default();
    for (number, line) in text.lines().chain([""]).enumerate() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim().to_owned();
        match word {
            "#" => {}
            "what" => mutant.what = rest,
            "file" => mutant.file = rest,
            "-" => mutant.find.push(rest),
            "+" => mutant.replace.push(rest),
            "" if mutant == Mutant::default() => {}
            "" => {
                if mutant.what.is_empty() || mutant.file.is_empty() || mutant.find.is_empty() {
                    bail!("the bug above line {} is not complete", number + 1);
                }
                mutants.push(std::mem::take(&mut mutant));
            }
            other => bail!("line {} begins with \"{other}\"", number + 1),
        }
    }
    Ok(mutants)
}

#[cfg(test)]
mod tests {
    use super::{Mutant, check, parse, read};
    use crate::project::Project;

    const LIST: &str = "# words\nwhat  age is ignored\nfile  a.rs\n- let young = age < LIFE;\n+ let young = true;\n";

    fn bug() -> Mutant {
        parse(LIST).expect("a list").remove(0)
    }

    #[test]
    fn a_bug_takes_the_place_of_the_line_that_it_names() {
        let text = "fn f() {\n    let young = age < LIFE;\n}\n";
        let changed = bug().apply(text).expect("it fits");
        assert_eq!(changed, "fn f() {\nlet young = true;\n}\n");
    }

    #[test]
    fn a_bug_that_fits_twice_or_nowhere_is_an_error() {
        let twice = "let young = age < LIFE;\nlet young = age < LIFE;\n";
        for text in ["", twice] {
            let error = bug().apply(text).expect_err("it does not fit").to_string();
            assert!(error.contains("age is ignored"), "{error}");
        }
    }

    #[test]
    fn every_bug_of_the_list_fits_the_engine_as_it_is() {
        let project = Project::locate().expect("the root of the clone");
        let bugs = read(&project).expect("the list");
        check(&project, &bugs).expect("they fit");
    }

    #[test]
    fn a_bug_without_a_file_is_an_error() {
        assert!(parse("what  nothing\n- a\n").is_err());
    }
}
