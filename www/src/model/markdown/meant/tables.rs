//! Rows of tables with more cells than the head: the reader would drop what is
//! too much. Most often somebody wrote a bar inside of code.

use std::ops::Range;

use clawline_core::sorted;

use super::{ESCAPE, Places, lines};

/// Escapes the bars inside of code, and those behind as many cells as the head
/// has. Those of formulas are escaped already.
pub(super) fn find(source: &str, tables: &[Range<usize>], places: &mut Places) {
    *places = sorted(std::mem::take(places), Ord::cmp);
    let mut more = Places::new();
    for table in tables {
        let mut rows = lines(source.get(table.clone()).unwrap_or_default());
        let columns = rows.next().map_or(0, |(_, head)| bars(head).len());
        for (start, row) in rows.skip(1) {
            let bars = bars(row);
            if bars.len() <= columns {
                continue;
            }
            let place = |bar: &Bar| (table.start + start + bar.at, ESCAPE);
            let is_free = |bar: &&Bar| places.binary_search(&place(bar)).is_err();
            let (in_code, others): (Vec<_>, Vec<_>) =
                bars.iter().filter(is_free).partition(|bar| bar.is_in_code);
            let too_many = others.into_iter().skip(columns);
            more.extend(in_code.into_iter().chain(too_many).map(place));
        }
    }
    places.append(&mut more);
}

/// What stands between two cells of a row.
struct Bar {
    at: usize,
    is_in_code: bool,
}

/// The bars of a row; not those at its edges.
fn bars(row: &str) -> Vec<Bar> {
    let row = row.trim_end();
    let row = row.strip_suffix('|').unwrap_or(row);
    let inside = row.trim_start_matches([' ', '\t', '>']);
    let inside = inside.strip_prefix('|').unwrap_or(inside);
    let mut bars: Vec<Bar> = Vec::new();
    // How many marks began the code that is open, and the first bar in it.
    let mut code: Option<(usize, usize)> = None;
    let mut before = 0;
    let mut at = row.len() - inside.len();
    while let Some(next) = row.as_bytes().get(at) {
        let marks = row
            .bytes()
            .skip(at)
            .take_while(|next| *next == b'`')
            .count();
        match (next, code) {
            (b'|', _) if before != b'\\' => {
                bars.push(Bar {
                    at,
                    is_in_code: false,
                });
            }
            (b'`', None) if before != b'\\' => code = Some((marks, bars.len())),
            (b'`', Some((length, first))) if length == marks => {
                let inside = bars.iter_mut().skip(first);
                inside.for_each(|bar| bar.is_in_code = true);
                code = None;
            }
            _ => {}
        }
        before = *next;
        at += marks.max(1);
    }
    bars
}
