//! Tables: a head, a line of dashes below it, and rows.

use super::inline::Inlines;
use super::lines::interrupts;
use super::{Align, Block, Inline, Table};

/// Whether a table begins with these lines.
pub(super) fn begins(lines: &[&str]) -> bool {
    alignment(lines).is_some()
}

/// The table that begins with these lines, and how many it has.
pub(super) fn read(inlines: &Inlines<'_>, lines: &[&str]) -> Option<(Block, usize)> {
    let align = alignment(lines)?;
    let row = |line: &str| -> Vec<Vec<Inline>> {
        let cells = cells(line).into_iter().take(align.len());
        cells.map(|cell| inlines.read(&[&cell])).collect()
    };
    let head = row(lines.first()?);
    let below = lines.get(2..)?.iter().take_while(|line| !interrupts(line));
    let rows: Vec<_> = below.map(|line| row(line)).collect();
    let used = 2 + rows.len();
    Some((Block::Table(Table { align, head, rows }), used))
}

/// How the columns are aligned, if the second line is one of dashes with as
/// many cells as the first.
fn alignment(lines: &[&str]) -> Option<Vec<Align>> {
    let (head, dashes) = (lines.first()?, lines.get(1)?.trim());
    if !dashes.starts_with(['|', '-', ':']) || !head.contains('|') {
        return None;
    }
    let column = |cell: &String| -> Option<Align> {
        let bare = cell.strip_prefix(':').unwrap_or(cell);
        let bare = bare.strip_suffix(':').unwrap_or(bare);
        if bare.is_empty() || !bare.bytes().all(|byte| byte == b'-') {
            return None;
        }
        Some(match (cell.starts_with(':'), cell.ends_with(':')) {
            (true, true) => Align::Center,
            (false, true) => Align::End,
            _ => Align::Start,
        })
    };
    let align: Option<Vec<Align>> = cells(dashes).iter().map(column).collect();
    align.filter(|align| align.len() == cells(head).len())
}

/// The cells of a row; `\|` is no border.
fn cells(line: &str) -> Vec<String> {
    let line = line.trim();
    let line = line.strip_prefix('|').unwrap_or(line);
    let mut cells = vec![String::new()];
    let mut is_escaped = false;
    let mut is_ended = false;
    for next in line.chars() {
        is_ended = next == '|' && !is_escaped;
        if is_ended {
            cells.push(String::new());
        } else if let Some(cell) = cells.last_mut() {
            if next == '|' {
                cell.pop();
            }
            cell.push(next);
        }
        is_escaped = next == '\\' && !is_escaped;
    }
    if is_ended {
        cells.pop();
    }
    cells
        .into_iter()
        .map(|cell| cell.trim().to_owned())
        .collect()
}
