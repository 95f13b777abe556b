//! Where marks stand between a sign and a word, in scripts that put no space there.

use super::{JOINER, Places};

/// Where a joiner lets marks open or close beside a sign.
pub(super) fn find(source: &str, places: &mut Places) {
    let mut before = None;
    let mut rest = source;
    while let Some(found) = rest.find(['*', '~']) {
        let start = source.len() - rest.len() + found;
        let (head, marks) = rest.split_at(found);
        let mark = marks.chars().next();
        let length = marks.chars().take_while(|next| Some(*next) == mark).count();
        before = head.chars().next_back().or(before);
        rest = marks.get(length..).unwrap_or_default();
        let after = rest.chars().next();
        if is_of_no_spaces(before) && is_sign(after) {
            places.push((start + length, JOINER));
        }
        if is_sign(before) && is_of_no_spaces(after) {
            places.push((start, JOINER));
        }
        before = mark;
    }
}

/// A letter of a script that puts no spaces between words, or, in Korean, none
/// before what a word ends with.
fn is_of_no_spaces(next: Option<char>) -> bool {
    next.is_some_and(|next| match next {
        '\u{1100}'..='\u{11ff}'
        | '\u{2e80}'..='\u{9fff}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => next.is_alphanumeric(),
        // Vowels and tones above and below the letters as well.
        '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => true,
        _ => false,
    })
}

fn is_sign(next: Option<char>) -> bool {
    next.is_some_and(|next| {
        !next.is_whitespace() && !next.is_alphanumeric() && !matches!(next, '*' | '~' | '\\')
    })
}
