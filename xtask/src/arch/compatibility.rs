//! docs/COMPATIBILITY.md: each promise has its row, and what is called kept has a
//! test that is there.

use super::table::{cells, place, quoted};
use super::{File, Finding};

const PLACE: &str = "docs/COMPATIBILITY.md";
const PROMISES: usize = 295;

pub(super) fn check(files: &[File]) -> Vec<Finding> {
    let Some(table) = files.iter().find(|file| file.path == PLACE) else {
        return vec![Finding::new(PLACE, "is not there")];
    };
    let mut findings = Vec::new();
    let mut seen = vec![0_usize; PROMISES + 1];
    for (at, line) in table.text.lines().enumerate() {
        let Some((number, row)) = Row::read(line) else {
            continue;
        };
        let place = format!("{PLACE}:{}", at + 1);
        match seen.get_mut(number) {
            Some(count) if number > 0 => *count += 1,
            _ => findings.push(Finding::new(
                &place,
                format!("no promise has number {number}"),
            )),
        }
        match row {
            Some(row) => {
                let faults = row.faults(files);
                findings.extend(faults.into_iter().map(|says| Finding::new(&place, says)));
            }
            None => findings.push(Finding::new(
                place,
                "a row is number, promise, state, tests, note",
            )),
        }
    }
    for (number, count) in seen.iter().enumerate().skip(1) {
        if *count != 1 {
            let says = format!("promise {number} stands there {count} times");
            findings.push(Finding::new(PLACE, says));
        }
    }
    findings
}

/// A promise, and what became of it.
struct Row<'a> {
    promise: &'a str,
    state: &'a str,
    /// Files and tests, each in backticks.
    tests: &'a str,
    note: &'a str,
}

impl<'a> Row<'a> {
    /// The number that a line of the table begins with, and the row, if it has
    /// all of its columns.
    fn read(line: &'a str) -> Option<(usize, Option<Self>)> {
        let cells = cells(line)?;
        let number = cells.first()?.parse().ok()?;
        let row = match cells[1..] {
            [promise, state, tests, note] => Some(Self {
                promise,
                state,
                tests,
                note,
            }),
            _ => None,
        };
        Some((number, row))
    }

    fn faults(&self, files: &[File]) -> Vec<String> {
        let tests: Vec<&str> = quoted(self.tests).collect();
        let (needs_test, needs_note) = match self.state {
            "kept" => (true, false),
            "kept better" => (true, true),
            "not ours" | "later" => (false, true),
            other => return vec![format!("`{other}` is no state of a promise")],
        };
        let mut faults = Vec::new();
        if self.promise.is_empty() {
            faults.push("says no promise".to_owned());
        }
        if needs_test && tests.is_empty() {
            faults.push("is called kept, and no test shows it".to_owned());
        }
        if needs_note && self.note.is_empty() {
            faults.push(format!("is {}: say why, or what brings it", self.state));
        }
        faults.extend(tests.into_iter().filter_map(|test| missing(test, files)));
        faults
    }
}

/// What is wrong with the name of a test, `FILE::NAME` or `FILE`.
fn missing(test: &str, files: &[File]) -> Option<String> {
    let (file, name) = match place(test, files) {
        Ok((file, name)) => (file, name?),
        Err(says) => return Some(says),
    };
    let path = &file.path;
    let is_there = if path.ends_with(".rs") {
        is_rust_test(&file.text, name)
    } else {
        ['"', '\'', '`']
            .iter()
            .any(|quote| file.text.contains(&format!("{quote}{name}{quote}")))
    };
    (!is_there).then(|| format!("`{path}` has no test `{name}`"))
}

/// Whether a function of that name has an attribute that makes it a test.
fn is_rust_test(text: &str, name: &str) -> bool {
    let Some(at) = text.find(&format!("fn {name}(")) else {
        return false;
    };
    let above = text[..at].rfind('\n').map_or("", |end| &text[..end]);
    let attributes = above
        .lines()
        .rev()
        .take_while(|line| line.trim_start().starts_with("#["));
    let mut attributes = attributes.map(str::trim);
    attributes.any(|line| line.contains("test]") || line.contains("test("))
}

#[cfg(test)]
mod tests {
    use super::{PLACE, PROMISES, check};
    use crate::arch::File;

    const RUST: &str = "relay/tests/a.rs";
    const PAGE: &str = "tests/e2e/a.test.mjs";

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// What is said of a table whose first rows are these, and whose others are
    /// as they should be.
    fn said_of(rows: &[&str]) -> Vec<String> {
        let others = (rows.len() + 1..=PROMISES)
            .map(|number| format!("| {number} | It works. | kept | `{RUST}::it_works` | |"));
        let all: Vec<String> = rows
            .iter()
            .map(|row| (*row).to_owned())
            .chain(others)
            .collect();
        let rust = "#[test]\nfn it_works() {}\n\n#[tokio::test]\nasync fn it_waits() {}\n\n\
            fn a_name() {}\n";
        let files = [
            file(
                PLACE,
                &format!("| # | promise |\n|---|---|\n{}\n", all.join("\n")),
            ),
            file(RUST, rust),
            file(PAGE, "scenario(\"it is shown\", {}, act);\n"),
        ];
        let said = check(&files).into_iter().map(|finding| finding.says);
        said.collect()
    }

    #[test]
    fn a_table_that_holds_is_passed() {
        let row = format!("| 1 | It works. | kept | `{RUST}::it_waits`, `{PAGE}::it is shown` | |");
        let better = format!("| 2 | It works. | kept better | `{RUST}` | Even at night. |");
        let rows = [
            row.as_str(),
            better.as_str(),
            "| 3 | It flies. | not ours | | Nobody can. |",
            "| 4 | It swims. | later | | The boat. |",
        ];
        assert_eq!(said_of(&rows), [""; 0]);
    }

    #[test]
    fn each_fault_of_a_row_is_found() {
        let rust = |name: &str| format!("| 1 | It works. | kept | `{RUST}::{name}` | |");
        for (row, says) in [
            (rust("it_worked"), "has no test `it_worked`"),
            (rust("it_work"), "has no test `it_work`"),
            (rust("a_name"), "has no test `a_name`"),
            (
                format!("| 1 | It works. | kept | `{PAGE}::it is` | |"),
                "has no test `it is`",
            ),
            (
                "| 1 | It works. | kept | `relay/gone.rs::a` | |".to_owned(),
                "`relay/gone.rs` is not there",
            ),
            (
                "| 1 | It works. | later | `relay/gone.rs` | Soon. |".to_owned(),
                "`relay/gone.rs` is not there",
            ),
            (
                "| 1 | It works. | kept | | |".to_owned(),
                "is called kept, and no test shows it",
            ),
            (
                format!("| 1 | It works. | kept better | `{RUST}` | |"),
                "is kept better: say why",
            ),
            (
                "| 1 | It works. | later | | |".to_owned(),
                "is later: say why",
            ),
            (
                "| 1 | It works. | not ours | | |".to_owned(),
                "is not ours: say why",
            ),
            (
                "| 1 | It works. | soon | | |".to_owned(),
                "`soon` is no state",
            ),
            ("| 1 | | later | | Soon. |".to_owned(), "says no promise"),
            (
                "| 1 | It works. | later | Soon. |".to_owned(),
                "a row is number, promise",
            ),
        ] {
            let said = said_of(&[&row]);
            assert!(said.len() == 1 && said[0].contains(says), "{row}: {said:?}");
        }
    }

    #[test]
    fn each_promise_stands_there_once() {
        let soon = |number: usize| format!("| {number} | It works. | later | | Soon. |");
        for (number, wanted) in [
            (
                2,
                vec![
                    "promise 1 stands there 0 times",
                    "promise 2 stands there 2 times",
                ],
            ),
            (
                0,
                vec!["no promise has number 0", "promise 1 stands there 0 times"],
            ),
            (
                296,
                vec![
                    "no promise has number 296",
                    "promise 1 stands there 0 times",
                ],
            ),
        ] {
            assert_eq!(said_of(&[&soon(number)]), wanted);
        }
        assert_eq!(check(&[])[0].says, "is not there");
    }
}
