//! The number that a person types to link a phone by a code.

use crate::sessions::is_invisible;
use crate::words::Words;

/// What numbers of the world have, in digits, with the country's code.
const SHORTEST: usize = 7;
const LONGEST: usize = 15;

/// The digits of a number with its country's code.
///
/// # Errors
/// What is wrong with it.
pub fn digits(typed: &str) -> Result<String, Words> {
    // What cannot be seen comes along with a copy.
    let seen = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c));
    let mut seen: String = seen.map(plain).collect();
    let first = seen.trim_start_matches('(');
    let has_plus = first.starts_with('+');
    if has_plus || first.starts_with("00") {
        // What is dialled only within the country.
        seen = seen.replace("(0)", "");
    }
    let mut digits = String::new();
    for c in seen.chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() => {}
            // What people put between digits.
            '-' | '.' | '(' | ')' | '/' => {}
            c => return Err(Words::of("wa-phone-odd").with("character", c.to_string())),
        }
    }
    let digits = match has_plus {
        true => digits.as_str(),
        // As it is dialled in most countries.
        false => digits.strip_prefix("00").unwrap_or(&digits),
    };
    if digits.is_empty() {
        return Err(Words::of("wa-phone-missing"));
    }
    if digits.starts_with('0') {
        return Err(Words::of("wa-phone-no-country"));
    }
    match digits.len() {
        SHORTEST..=LONGEST => Ok(digits.to_owned()),
        length => Err(Words::of(match length < SHORTEST {
            true => "wa-phone-short",
            false => "wa-phone-long",
        })),
    }
}

/// A sign as it is written in the west, of those that keyboards of our languages
/// have.
fn plain(c: char) -> char {
    let value = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        '\u{ff10}'..='\u{ff19}' => u32::from(c) - 0xff10,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => return '-',
        '\u{ff08}' => return '(',
        '\u{ff09}' => return ')',
        '\u{ff0b}' => return '+',
        _ => return c,
    };
    char::from_digit(value, 10).unwrap_or(c)
}
