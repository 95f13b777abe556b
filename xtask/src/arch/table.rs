//! Tables in documents: their rows, and what they name in backticks.

use super::File;

/// The cells of a row of a table; `None` where a line is none, or is the line
/// below a header.
pub(super) fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.trim_end().strip_suffix('|')?;
    let cells: Vec<&str> = row.split('|').map(str::trim).collect();
    let is_rule = cells.iter().all(|cell| cell.starts_with("---"));
    (!is_rule).then_some(cells)
}

/// What stands in backticks.
pub(super) fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// The file that `FILE::NAME` or `FILE` names, and the name.
///
/// # Errors
/// It is not there; says so.
pub(super) fn place<'a, 'b>(
    reference: &'b str,
    files: &'a [File],
) -> Result<(&'a File, Option<&'b str>), String> {
    let (path, name) = match reference.split_once("::") {
        Some((path, name)) => (path, Some(name)),
        None => (reference, None),
    };
    match files.iter().find(|file| file.path == path) {
        Some(file) => Ok((file, name)),
        None => Err(format!("`{path}` is not there")),
    }
}
