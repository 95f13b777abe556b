//! Just enough of Rust's grammar to see which modules a file names.

use std::iter::Peekable;

/// The code without comments, and with empty strings; every line stays where
/// it was.
pub(super) fn code(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let skipped = if rest.starts_with(b"//") {
            rest.iter()
                .position(|byte| *byte == b'\n')
                .unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest, &code) {
            length
        } else if *byte == b'"' {
            quoted(rest, b'"')
        } else if *byte == b'\'' {
            character(rest)
        } else {
            0
        };
        if skipped == 0 {
            code.push(*byte);
            at += 1;
        } else {
            let lines = rest[..skipped].iter().filter(|byte| **byte == b'\n');
            code.extend(lines);
            code.push(b' ');
            at += skipped;
        }
    }
    String::from_utf8_lossy(&code).into_owned()
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    at
}

fn raw_string(rest: &[u8], before: &[u8]) -> Option<usize> {
    let within_a_word = before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() && *byte != b'b');
    if within_a_word || rest.first() != Some(&b'r') {
        return None;
    }
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let start = 2 + hashes;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = rest[start..]
        .windows(end.len())
        .position(|window| window == end.as_bytes());
    Some(length.map_or(rest.len(), |length| start + length + end.len()))
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            byte if *byte == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// A character literal; a lifetime has no second quote nearby.
fn character(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        return quoted(rest, b'\'');
    }
    let text = std::str::from_utf8(&rest[..rest.len().min(6)])
        .or_else(|error| std::str::from_utf8(&rest[..error.valid_up_to()]))
        .unwrap_or_default();
    let mut characters = text.char_indices().skip(1);
    let (Some(_), Some((at, '\''))) = (characters.next(), characters.next()) else {
        return 0;
    };
    at + 1
}

/// A path that begins in this crate: `crate::a::b`, `super::c`, `self::d`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// Counted from 1.
    pub(super) line: usize,
    /// `crate`, `super` or `self`.
    pub(super) start: String,
    /// How many `super`s it begins with.
    pub(super) ups: usize,
    /// The names after it, without further `super`s.
    pub(super) names: Vec<String>,
}

/// The paths of a file, from its code without comments; a group gives one path
/// for each of its members.
pub(super) fn paths(code: &str) -> Vec<Path> {
    let tokens = tokens(code);
    let mut paths = Vec::new();
    for (index, (line, token)) in tokens.iter().enumerate() {
        let after_colons = index > 0 && tokens[index - 1].1 == "::";
        if after_colons || !matches!(*token, "crate" | "super" | "self") {
            continue;
        }
        let mut rest = tokens[index + 1..]
            .iter()
            .map(|(_, token)| *token)
            .peekable();
        if rest.peek() != Some(&"::") {
            continue;
        }
        rest.next();
        let supers = tokens[index..].iter().step_by(2);
        let ups = supers.take_while(|(_, token)| *token == "super").count();
        let mut members = Vec::new();
        follow(&mut rest, &[], &mut members);
        paths.extend(members.into_iter().map(|names| Path {
            line: *line,
            start: (*token).to_owned(),
            ups,
            names,
        }));
    }
    paths
}

/// Reads one path after a `::` and adds it, or the members of its group.
fn follow<'a>(
    rest: &mut Peekable<impl Iterator<Item = &'a str>>,
    before: &[String],
    found: &mut Vec<Vec<String>>,
) {
    let mut names = before.to_vec();
    loop {
        match rest.peek() {
            Some(&"{") => {
                rest.next();
                while let Some(token) = rest.peek() {
                    match *token {
                        "}" => {
                            rest.next();
                            return;
                        }
                        "," => {
                            rest.next();
                        }
                        _ => follow(rest, &names, found),
                    }
                }
                return;
            }
            Some(name) if is_name(name) => {
                if !matches!(*name, "super" | "self") {
                    names.push((*name).to_owned());
                }
                rest.next();
            }
            // `*`, or the brackets of a generic argument.
            Some(_) => {
                rest.next();
                break;
            }
            None => break,
        }
        if rest.peek() == Some(&"as") {
            rest.next();
            rest.next();
        }
        if rest.next_if_eq(&"::").is_none() {
            break;
        }
    }
    found.push(names);
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, with the lines they stand in.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_name(&rest[..first.len_utf8()]) {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push((number + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::{code, paths};

    fn names(text: &str) -> Vec<Vec<String>> {
        paths(&code(text))
            .into_iter()
            .map(|path| path.names)
            .collect()
    }

    #[test]
    fn comments_and_strings_name_nothing() {
        let text = "/// [`crate::engine`]\n/* crate::a /* b */ */ let s = \"crate::engine\";\n\
                    let r = r#\"super::x \" \"#; let c = '\"'; fn f<'a>(x: &'a str) {}\n\
                    let e = '\\''; use crate::wire;";
        assert_eq!(names(text), [["wire"]]);
        assert_eq!(paths(&code(text))[0].line, 4);
    }

    #[test]
    fn each_member_of_a_group_is_a_path_of_its_own() {
        assert_eq!(
            names("use crate::{engine::{self, Input as In}, wire::*};"),
            [vec!["engine"], vec!["engine", "Input"], vec!["wire"]]
        );
        assert_eq!(
            names("fn f() -> super::super::outbox::Entry { crate::rng::next() }"),
            [["outbox", "Entry"], ["rng", "next"]]
        );
        let ups: Vec<usize> = paths("use super::a; super::super::b::c(); use crate::d;")
            .iter()
            .map(|path| path.ups)
            .collect();
        assert_eq!(ups, [1, 2, 0]);
        assert_eq!(
            names("use self::parts::*; self.field; Self::new(); other::crate_name()"),
            [["parts"]]
        );
    }
}
