use super::Growing;
use crate::markdown::{Block, plain_text};

/// The words of the only block at each character of a text that grows.
fn shown(source: &str) -> Vec<String> {
    let mut growing = Growing::default();
    let ends = source.char_indices().map(|(at, next)| at + next.len_utf8());
    let words = ends.map(|end| {
        let tree = growing.read(&source[..end]);
        match tree.first().map(|block| &**block) {
            Some(Block::Paragraph(content)) => plain_text(content),
            Some(Block::List(_, items)) => format!("{items:?}"),
            Some(other) => format!("{other:?}"),
            None => String::new(),
        }
    });
    words.collect()
}

#[test]
fn words_that_are_shown_once_do_not_go_away() {
    for source in [
        "a [link](https://en.wikipedia.org/wiki/A_(b)) end",
        "a ![picture](https://a.example/p.png) end",
        "see https://a.example/__init__.py and _x_ end",
        "~~old~~ and **new** and ***both*** and 10~20 end",
        "\\[\nx_1 * y\n\\] and $$a*b$$ end",
        "C:\\me\\.ssh\\_x end",
        "请看**注意：**好 **한국어(x)**는",
        "👨\u{200d}👩\u{200d}👧 e\u{301} \u{202e}x\u{202c}",
    ] {
        let letters = |words: &str| -> String {
            let letters = words.chars().filter(|next| next.is_alphanumeric());
            letters.collect()
        };
        let mut before = String::new();
        for words in shown(source) {
            let now = letters(&words);
            assert!(
                now.starts_with(&before),
                "{source:?}: {before:?}, {words:?}"
            );
            before = now;
        }
    }
}

#[test]
fn the_head_of_a_table_stays_when_the_line_below_it_comes() {
    let source = "It is:\n| a | b |\n|---|---|\n| - | - |";
    let mut growing = Growing::default();
    for end in source
        .match_indices('\n')
        .map(|(at, _)| at)
        .chain([source.len()])
        .skip(1)
    {
        for tree in [
            growing.read(&source[..end]),
            Growing::default().read(&source[..end]),
        ] {
            let shown = format!("{tree:?}");
            let is_shown = shown.contains("| a | b |") || shown.contains("Text(\"a\")");
            assert!(is_shown, "{shown}");
        }
    }
}

#[test]
fn the_number_of_the_next_item_is_no_word_of_the_last_one() {
    for words in shown("1. one\n2. two\n10. ten\n11) eleven") {
        assert!(!words.contains("\\n"), "{words}");
    }
    // A number that stands alone may be the answer.
    let tree = Growing::default().read("It is\n\n42");
    assert_eq!(tree.len(), 2, "{tree:?}");
}

#[test]
fn no_mark_of_a_strike_or_of_bold_is_shown_while_it_ends() {
    for source in [
        "~~old~~",
        "**bold**",
        "***both***",
        "`code`",
        "``a`b``",
        "[![a](https://a.example)](https://b.example)",
    ] {
        let marks = |words: &&String| words.contains(['~', '*']) || words.contains("](");
        let words = shown(source);
        assert_eq!(words.iter().find(marks), None, "{source}");
    }
}
