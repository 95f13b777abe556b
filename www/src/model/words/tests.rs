//! The catalogues and the sources agree: nothing is said that a catalogue
//! lacks, nothing stands in one that nobody says, and all name the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clawline_core::verdict::{CONNECT, ENDS};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

use super::catalogues::{Catalogue, all, english};
use super::*;

/// What the build reads from a catalogue, and what `words.js` and `boot.js` say.
const OF_THE_SCRIPTS: [&str; 6] = [
    "language",
    "direction",
    "boot-wait",
    "boot-late",
    "boot-no-wasm",
    "boot-failed",
];

/// The messages of a catalogue, each with the variables that it names.
fn messages(catalogue: &Catalogue) -> BTreeMap<String, BTreeSet<String>> {
    let tree = fluent_syntax::parser::parse(catalogue.source.as_str());
    let tree = tree.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", catalogue.tag));
    let mut messages = BTreeMap::new();
    for entry in &tree.body {
        match entry {
            Entry::Message(message) => {
                let mut variables = BTreeSet::new();
                let value = message.value.as_ref().expect("a value");
                of_pattern(value, &mut variables);
                let before = messages.insert(message.id.name.to_owned(), variables);
                assert!(
                    before.is_none(),
                    "{}: twice {}",
                    catalogue.tag,
                    message.id.name
                );
            }
            Entry::Term(term) => panic!("{}: a term: {}", catalogue.tag, term.id.name),
            Entry::Junk { content } => panic!("{}: {content}", catalogue.tag),
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => {}
        }
    }
    messages
}

fn of_pattern(pattern: &Pattern<&str>, variables: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => of_expression(expression, variables),
        }
    }
}

fn of_expression(expression: &Expression<&str>, variables: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => of_inline(inline, variables),
        Expression::Select { selector, variants } => {
            of_inline(selector, variables);
            for variant in variants {
                of_pattern(&variant.value, variables);
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, variables: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            variables.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            for argument in &arguments.positional {
                of_inline(argument, variables);
            }
        }
        InlineExpression::Placeable { expression } => of_expression(expression, variables),
        _ => {}
    }
}

/// The sources of the page without their tests, comments and reasons of lints.
fn sources() -> Vec<(PathBuf, String)> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut sources = Vec::new();
    while let Some(at) = open.pop() {
        if at.is_dir() {
            let inside = fs::read_dir(&at).expect("a folder");
            open.extend(inside.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let name = at.to_string_lossy().replace('\\', "/");
        let is_test = [
            "/main.rs",
            "/tests.rs",
            "/examples.rs",
            "/lenient.rs",
            "/catalogues.rs",
        ];
        if is_test.iter().any(|end| name.ends_with(end)) {
            continue;
        }
        let text = fs::read_to_string(&at).expect("a source is text");
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or("");
        let is_code = |line: &&str| {
            let line = line.trim_start();
            !line.starts_with("//") && !line.starts_with("reason = ")
        };
        let text: Vec<&str> = text.lines().filter(is_code).collect();
        sources.push((at, text.join("\n")));
    }
    assert!(sources.len() > 40, "{}", sources.len());
    sources
}

/// The string literals of a source.
fn literals(source: &str) -> Vec<String> {
    let mut literals = Vec::new();
    let mut rest = source.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            // A character, not the beginning of a string: '"'.
            '\'' if rest.peek() == Some(&'"') => drop(rest.next()),
            '"' => {
                let mut literal = String::new();
                while let Some(inside) = rest.next() {
                    match inside {
                        '"' => break,
                        '\\' => literal.extend(rest.next()),
                        inside => literal.push(inside),
                    }
                }
                literals.push(literal);
            }
            _ => {}
        }
    }
    literals
}

#[test]
fn the_languages_are_at_least_four() {
    let all = all();
    for tag in ["ar", "de", "en", "zh-CN"] {
        assert!(all.contains_key(tag), "{tag}");
    }
}

#[test]
fn all_catalogues_have_the_same_messages_and_name_the_same() {
    let all = all();
    let english = messages(&all["en"]);
    for catalogue in all.values() {
        let other = messages(catalogue);
        for (id, variables) in &english {
            let Some(theirs) = other.get(id) else {
                panic!("{} lacks {id}", catalogue.tag);
            };
            // A form of a word may say the number itself: one, two.
            let missing: Vec<_> = variables.difference(theirs).collect();
            let unknown: Vec<_> = theirs.difference(variables).collect();
            assert!(
                missing.is_empty() && unknown.is_empty(),
                "{}: {id}: {missing:?} {unknown:?}",
                catalogue.tag
            );
        }
        let more: Vec<_> = other
            .keys()
            .filter(|id| !english.contains_key(*id))
            .collect();
        assert!(more.is_empty(), "{}: {more:?}", catalogue.tag);
    }
}

#[test]
fn every_message_is_said_and_every_one_that_is_said_is_there() {
    let known = messages(&all()["en"]);
    let sources = sources();
    let mut said: BTreeSet<String> = OF_THE_SCRIPTS.iter().map(|id| (*id).to_owned()).collect();
    for (path, source) in &sources {
        let makers = [
            "Words::of(\"",
            "Self::of(\"",
            "=text(\"",
            "{text(\"",
            "> text(\"",
            "name=\"copy-",
            ".say(\"",
        ];
        for maker in makers {
            for rest in source.split(maker).skip(1) {
                let id = rest.split('"').next().unwrap_or_default();
                let start = maker.split('"').nth(1).unwrap_or_default();
                let id = format!("{start}{id}");
                assert!(known.contains_key(&id), "{}: {id}", path.display());
            }
        }
        said.extend(literals(source));
    }
    for row in CONNECT.iter().chain(ENDS) {
        said.insert(format!("cause-{}", row.code));
        if !row.advice.is_empty() {
            said.insert(format!("advice-{}", row.code));
        }
    }
    let coded = |id: &String| id.starts_with("parked-") || id.starts_with("step-");
    let unsaid: Vec<_> = known
        .keys()
        .filter(|id| !said.contains(*id) && !coded(id))
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
    let codes = CONNECT.iter().chain(ENDS);
    for id in codes.map(|row| format!("cause-{}", row.code)) {
        assert!(known.contains_key(&id), "{id}");
    }
}

#[test]
fn the_sources_have_no_sentences() {
    for (path, source) in sources() {
        for literal in literals(&source) {
            let mut parts = literal.split(' ');
            let is_word = |part: &str| {
                part.chars().count() > 1
                    && part
                        .chars()
                        .all(|c| c.is_alphabetic() || "'’.,:;!?".contains(c))
            };
            let starts = literal.starts_with(|c: char| c.is_ascii_uppercase());
            let is_sentence = starts && parts.clone().count() > 1 && parts.all(is_word);
            let is_told = literal.ends_with('.') && literal.contains(' ');
            assert!(
                !is_sentence && !is_told,
                "{}: “{literal}” belongs into www/words/",
                path.display()
            );
        }
    }
}

#[test]
fn english_says_what_core_says() {
    for row in CONNECT.iter().chain(ENDS) {
        assert_eq!(english(&Words::coded("cause", row.code)), row.cause);
        if !row.advice.is_empty() {
            assert_eq!(english(&Words::coded("advice", row.code)), row.advice);
        }
    }
}

#[test]
fn numbers_have_the_forms_of_their_language() {
    let all = all();
    let forms = |tag: &str, counts: &[usize]| {
        let said = counts.iter().map(|count| {
            let said = all[tag].say(&Words::of("told-table").with("rows", *count));
            // The number itself is no difference.
            said.replace(&count.to_string(), "#")
        });
        said.collect::<BTreeSet<_>>().len()
    };
    assert_eq!(forms("en", &[0, 1, 2, 11]), 2);
    assert_eq!(forms("de", &[0, 1, 2, 11]), 2);
    assert_eq!(forms("zh-CN", &[0, 1, 2, 11]), 1);
    // None, one, two, a few, many, and hundreds.
    assert_eq!(forms("ar", &[0, 1, 2, 3, 11, 100]), 6);
    assert_eq!(forms("ar", &[3, 10]), 1);
    assert_eq!(forms("ar", &[11, 99]), 1);
    assert_eq!(forms("ar", &[100, 200]), 1);
}

#[test]
fn sentences_follow_each_other_as_the_language_writes_them() {
    let both = Words::All(vec![
        Words::of("policy-ipv6"),
        Words::default(),
        Words::of("policy-use-name"),
    ]);
    let all = all();
    assert!(all["en"].say(&both).contains(". Use"));
    assert!(all["zh-CN"].say(&both).contains("。请"));
}
