//! The words of a message, whatever form its content has.

use super::{Object, Value};

/// A piece of a message's content.
#[derive(Debug)]
pub enum Block<O> {
    /// Words, as they are to be shown.
    Words(String),
    /// Anything else that is an object.
    Other(O),
}

/// How deep lists may lie in lists.
const DEEPEST: u32 = 4;

/// Members in which an object keeps its words, when they are not where they
/// belong.
const NAMES: [&str; 4] = ["text", "value", "content", "message"];

/// Visits the pieces of a message: its `content`, which may be words, a block,
/// or a list of both, and its bare `text` where the content holds nothing.
/// What is none of these is passed over.
pub fn read_content<O: Object>(message: &O, visit: &mut dyn FnMut(Block<O>)) {
    let mut has_any = false;
    blocks(message.value("content"), DEEPEST, &mut |block| {
        has_any = true;
        visit(block);
    });
    if !has_any && let Some(words) = words(message.value("text")) {
        visit(Block::Words(words));
    }
}

/// A member's words: a string, a number, or what lies in an object or a list in
/// its place.
pub fn words<O: Object>(value: Value<O>) -> Option<String> {
    match value {
        Value::Text(text) => Some(visible(&text)),
        Value::Number(number) => Some(O::written(number)),
        Value::List(list) => {
            let mut pieces = Vec::new();
            list.values(&mut |element| match element {
                Value::Text(text) => pieces.push(visible(&text)),
                Value::Object(object) => pieces.extend(object.text("text").as_deref().map(visible)),
                _ => {}
            });
            (!pieces.is_empty()).then(|| pieces.concat())
        }
        Value::Object(object) => {
            let text = NAMES.iter().find_map(|name| object.text(name))?;
            Some(visible(&text))
        }
        _ => None,
    }
}

fn blocks<O: Object>(value: Value<O>, depth: u32, visit: &mut dyn FnMut(Block<O>)) {
    match value {
        Value::Text(text) => visit(Block::Words(visible(&text))),
        // In place of the words, that is: in a list it could be anything.
        Value::Number(number) if depth == DEEPEST => visit(Block::Words(O::written(number))),
        Value::List(list) if depth > 0 => {
            list.values(&mut |element| blocks(element, depth - 1, visit));
        }
        Value::Object(block) => match block.text("type").as_deref() {
            Some("text") => match (words(block.value("text")), block.value("text")) {
                (Some(words), _) => visit(Block::Words(words)),
                (None, Value::Nothing) => {}
                // It says something, which is not the same as nothing.
                (None, _) => visit(Block::Other(block)),
            },
            // A list or a block that something wrapped.
            None if matches!(block.value("content"), Value::List(_) | Value::Object(_))
                && depth > 0 =>
            {
                blocks(block.value("content"), depth - 1, visit);
            }
            _ => visit(Block::Other(block)),
        },
        _ => {}
    }
}

/// A text without what is for terminals and not for people: escape sequences
/// and control characters other than a line's end and a tab.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_control) {
        let (before, found) = rest.split_at(at);
        shown.push_str(before);
        let mut chars = found.chars();
        let control = chars.next().unwrap_or_default();
        rest = chars.as_str();
        match control {
            '\u{1b}' => rest = after_escape(rest),
            '\u{9b}' => rest = after_parameters(rest),
            // A line that a terminal would write over.
            '\r' if !rest.starts_with('\n') => shown.push('\n'),
            _ => {}
        }
    }
    shown.push_str(rest);
    shown
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// What follows the sequence that an escape character began.
fn after_escape(rest: &str) -> &str {
    let mut chars = rest.chars();
    match chars.next() {
        Some('[') => after_parameters(chars.as_str()),
        // A command with a text of its own, up to its end. One without an end
        // takes nothing away.
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let command = chars.as_str();
            let end = command.find(['\u{7}', '\u{1b}', '\u{9c}', '\n']);
            match end.and_then(|end| command.get(end..)) {
                Some(end) if end.starts_with('\n') => command,
                Some(end) => end
                    .strip_prefix("\u{1b}\\")
                    .or_else(|| end.strip_prefix(['\u{7}', '\u{9c}']))
                    .unwrap_or(end),
                None => command,
            }
        }
        // The name of a character set, and the like.
        Some(' '..='/') => {
            let rest = chars
                .as_str()
                .trim_start_matches(|c| matches!(c, ' '..='/'));
            rest.strip_prefix(|c| matches!(c, '0'..='~'))
                .unwrap_or(rest)
        }
        Some('0'..='~') => chars.as_str(),
        _ => rest,
    }
}

/// What follows parameters and the letter that ends them.
fn after_parameters(rest: &str) -> &str {
    let rest = rest.trim_start_matches(|c| matches!(c, '0'..='?'));
    let rest = rest.trim_start_matches(|c| matches!(c, ' '..='/'));
    rest.strip_prefix(|c| matches!(c, '@'..='~'))
        .unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{Block, read_content, visible};

    fn read(message: &Json) -> Vec<String> {
        let mut pieces = Vec::new();
        read_content(message, &mut |block| {
            pieces.push(match block {
                Block::Words(words) => words,
                Block::Other(other) => format!("<{}>", other["type"].as_str().unwrap_or("?")),
            });
        });
        pieces
    }

    #[test]
    fn words_are_found_in_every_form_of_content() {
        for content in [
            json!("hi"),
            json!(["hi"]),
            json!([[["hi"]]]),
            json!({"type": "text", "text": "hi"}),
            json!([null, {"type": "text", "text": "hi"}, 4, true]),
            json!([{"type": "text", "text": {"value": "hi"}}]),
            json!([{"type": "text", "text": ["h", {"type": "text", "text": "i"}, 4]}]),
            json!({"content": [{"type": "text", "text": "hi"}]}),
        ] {
            assert_eq!(read(&json!({"content": content})), ["hi"], "{content}");
        }
        assert_eq!(read(&json!({"text": "hi"})), ["hi"]);
        assert_eq!(read(&json!({"text": ["h", "i"]})), ["hi"]);
        assert_eq!(read(&json!({"content": 42})), ["42"]);
        assert_eq!(
            read(&json!({"content": [], "text": {"text": "hi"}})),
            ["hi"]
        );
    }

    #[test]
    fn a_strange_block_costs_only_itself() {
        let content = json!([
            "one", null, {"type": "text", "text": 4}, {"type": "text", "text": false},
            {"type": "text", "text": null}, {"type": "image"}, {"text": "?"}, {"type": "text", "text": "two"},
        ]);
        assert_eq!(
            read(&json!({"content": content})),
            ["one", "4", "<text>", "<image>", "<?>", "two"]
        );
        let mut deep = json!("deep");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(read(&json!({"content": deep})).is_empty());
    }

    #[test]
    fn what_is_for_terminals_is_not_shown() {
        for (sent, shown) in [
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("\u{1b}[1;38;5;208mbold\u{1b}[m", "bold"),
            ("\u{9b}2Kcleared", "cleared"),
            ("\u{1b}]0;title\u{7}prompt", "prompt"),
            (
                "\u{1b}]8;;https://a.example\u{1b}\\link\u{1b}]8;;\u{1b}\\",
                "link",
            ),
            ("\u{1b}Pq data\u{1b}\\after", "after"),
            ("\u{1b}(Bplain\u{1b}=\u{1b}c", "plain"),
            ("a\u{0}\u{8}\u{7f}b", "ab"),
            ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
            ("10 %\r", "10 %\n"),
            // Cut in the middle, or never meant as a sequence.
            ("end\u{1b}", "end"),
            ("end\u{1b}[3", "end"),
            (
                "\u{1b}]words that go on\nand on",
                "words that go on\nand on",
            ),
            ("\u{1b}[\u{e4}ß", "\u{e4}ß"),
            ("[31m is what it says", "[31m is what it says"),
        ] {
            assert_eq!(visible(sent), shown, "{sent:?}");
        }
    }
}
