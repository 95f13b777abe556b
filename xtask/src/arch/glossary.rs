//! docs/GLOSSARY.md: each word stands there once, and so does its place in the
//! code, under that name.

use std::collections::HashSet;

use super::table::{cells, place, quoted};
use super::{File, Finding};

const PLACE: &str = "docs/GLOSSARY.md";

/// What begins the definition of a name.
const DEFINITIONS: [&str; 5] = ["struct", "enum", "trait", "type", "class"];

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(glossary) = files.iter().find(|file| file.path == PLACE) else {
        return vec![Finding::new(PLACE, "is not there")];
    };
    let mut seen = HashSet::new();
    let mut findings = Vec::new();
    for (at, line) in glossary.text.lines().enumerate() {
        let Some(cells) = cells(line).filter(|cells| cells.first() != Some(&"word")) else {
            continue;
        };
        let mut says = Vec::new();
        if let [words, _, _, places] = cells[..] {
            for word in words.split(", ").filter(|word| !seen.insert(*word)) {
                says.push(format!("`{word}` stands there twice"));
            }
            if quoted(places).next().is_none() {
                says.push("says no place".to_owned());
            }
            says.extend(quoted(places).filter_map(|place| missing(place, files)));
        } else {
            says.push("a row is word, what it is, what it is not, place".to_owned());
        }
        let finding = |says| Finding::new(format!("{PLACE}:{}", at + 1), says);
        findings.extend(says.into_iter().map(finding));
    }
    findings
}

fn missing(reference: &str, files: &[File]) -> Option<String> {
    let (file, name) = match place(reference, files) {
        Ok((file, name)) => (file, name?),
        Err(says) => return Some(says),
    };
    let mut words = file.text.split(|c: char| !c.is_alphanumeric() && c != '_');
    while let Some(word) = words.next() {
        if DEFINITIONS.contains(&word) && words.next() == Some(name) {
            return None;
        }
    }
    Some(format!("`{}` defines no `{name}`", file.path))
}

#[cfg(test)]
mod tests {
    use super::{PLACE, check};
    use crate::arch::File;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn said_of(rows: &str) -> Vec<String> {
        let head = "| word | what it is | not | where |\n|---|---|---|---|";
        let files = [
            file(PLACE, &format!("{head}\n{rows}\n")),
            file("src/a.rs", "pub struct Engine;\n// an Entry of it\n"),
        ];
        let findings = check(&files).into_iter();
        findings.map(|finding| finding.says).collect()
    }

    #[test]
    fn a_word_stands_once_and_its_place_is_there() {
        assert_eq!(
            said_of(
                "| engine, motor | it decides | core | `src/a.rs::Engine` |\n| a | b | | `src/a.rs` |"
            ),
            [""; 0]
        );
        for (rows, says) in [
            (
                "| a | b | c | `src/a.rs::Entry` |",
                "`src/a.rs` defines no `Entry`",
            ),
            (
                "| a | b | c | `src/b.rs::Entry` |",
                "`src/b.rs` is not there",
            ),
            ("| a | b | c | the code |", "says no place"),
            (
                "| a | b | c |",
                "a row is word, what it is, what it is not, place",
            ),
            (
                "| a | b | c | `src/a.rs` |\n| b, a | b | c | `src/a.rs` |",
                "`a` stands there twice",
            ),
        ] {
            assert_eq!(said_of(rows), [says]);
        }
        assert_eq!(check(&[])[0].says, "is not there");
    }
}
