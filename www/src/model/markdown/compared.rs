//! Our reading of markdown beside that of the usual crate.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{Block, Inline, parse};

/// Everything that differs in looks only is left out of the comparison.
fn usual(source: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut shown = String::new();
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(tag) => shown.push_str(&match tag {
                Tag::Heading { level, .. } => format!("<h{}>", level as u8),
                Tag::BlockQuote(_) => "<quote>".into(),
                Tag::CodeBlock(CodeBlockKind::Fenced(info)) => {
                    format!("<pre {}>", info.split_whitespace().next().unwrap_or(""))
                }
                Tag::CodeBlock(CodeBlockKind::Indented) => "<pre >".into(),
                Tag::List(first) => format!("<list {first:?}>"),
                Tag::Item => "<item>".into(),
                Tag::Table(_) => "<table>".into(),
                Tag::TableRow | Tag::TableHead => "<row>".into(),
                Tag::TableCell => "<cell>".into(),
                Tag::Emphasis => "<em>".into(),
                Tag::Strong => "<strong>".into(),
                Tag::Strikethrough => "<s>".into(),
                Tag::Link { dest_url, .. } => format!("<a {dest_url}>"),
                _ => String::new(),
            }),
            Event::End(end) => shown.push_str(match end {
                TagEnd::Heading(_) => "</h>",
                TagEnd::BlockQuote(_) => "</quote>",
                TagEnd::List(_) => "</list>",
                TagEnd::Emphasis => "</em>",
                TagEnd::Strong => "</strong>",
                TagEnd::Strikethrough => "</s>",
                TagEnd::Link => "</a>",
                TagEnd::Paragraph => "\n",
                _ => "",
            }),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                shown.push_str(&text);
            }
            Event::Code(text) => shown.push_str(&format!("<code>{text}</code>")),
            Event::SoftBreak | Event::HardBreak => shown.push('\n'),
            Event::Rule => shown.push_str("<rule>"),
            Event::TaskListMarker(ticked) => shown.push_str(&format!("<{ticked}>")),
            _ => {}
        }
    }
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn ours(source: &str) -> String {
    let mut shown = String::new();
    parse(source)
        .iter()
        .for_each(|block| show(block, &mut shown));
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn show(block: &Block, shown: &mut String) {
    match block {
        Block::Heading(level, content) => {
            shown.push_str(&format!("<h{level}>"));
            words(content, shown);
            shown.push_str("</h>");
        }
        Block::Paragraph(content) => {
            words(content, shown);
            shown.push('\n');
        }
        Block::Line(content) => words(content, shown),
        Block::Quote(blocks) => {
            shown.push_str("<quote>");
            blocks.iter().for_each(|block| show(block, shown));
            shown.push_str("</quote>");
        }
        Block::Code(language, text) => shown.push_str(&format!("<pre {language}>{text}\n")),
        Block::List(first, items) => {
            shown.push_str(&format!("<list {first:?}>"));
            for item in items {
                shown.push_str("<item>");
                if let Some(ticked) = item.ticked {
                    shown.push_str(&format!("<{ticked}>"));
                }
                item.blocks.iter().for_each(|block| show(block, shown));
            }
            shown.push_str("</list>");
        }
        Block::Table(table) => {
            shown.push_str("<table>");
            for row in std::iter::once(&table.head).chain(&table.rows) {
                shown.push_str("<row>");
                for cell in row {
                    shown.push_str("<cell>");
                    words(cell, shown);
                }
            }
        }
        Block::Rule => shown.push_str("<rule>"),
    }
}

fn words(content: &[Inline], shown: &mut String) {
    for inline in content {
        let (start, inner, end) = match inline {
            Inline::Text(text) => {
                shown.push_str(text);
                continue;
            }
            Inline::Code(text) => {
                shown.push_str(&format!("<code>{text}</code>"));
                continue;
            }
            Inline::Break => {
                shown.push('\n');
                continue;
            }
            Inline::Picture(_, alt) => {
                shown.push_str(alt);
                continue;
            }
            Inline::Strong(inner) => ("<strong>".to_owned(), inner, "</strong>"),
            Inline::Emphasis(inner) => ("<em>".to_owned(), inner, "</em>"),
            Inline::Strike(inner) => ("<s>".to_owned(), inner, "</s>"),
            Inline::Link(href, inner) => (format!("<a {href}>"), inner, "</a>"),
        };
        shown.push_str(&start);
        words(inner, shown);
        shown.push_str(end);
    }
}

#[test]
fn what_people_and_models_write_is_read_as_by_the_usual_parser() {
    let mut differ = Vec::new();
    for source in [
        "# Title #\n\nText with *em*, **strong**, ***both***, `code` and ~~gone~~.\nNext line  \nbroken\\\nagain",
        "Title\n=====\n\nSub\n---\ntext\n***\n- - -\n_ _ _",
        "1. one\n2. two\n\n   more of two\n3. three\n   - a\n   - b\n\n     c\n10) other",
        "- a\n- b\n\n\n- c\n* other list\n+ third",
        "- a\nlazy\n- b\n  c\n\ntext",
        "> quote\nlazy\n> - item\n>   more\n>\n> end\n\nafter",
        "> ```rust\n> code\n> ```\n> text",
        "```\nno language\n\n    deep\n```\ntext\n~~~js x\n```\n~~~\n    indented\n\n    code\n\ntext",
        "- ```sh\n  ls\n  ```\n- [ ] open\n- [x] done",
        "a | b | c\n--- | :-: | -:\n1 | **2** | `3`\n4 \\| 5 | 6 | 7\n\ntext",
        "text before\n|a|b|\n|-|-|\n|1|2|3|\n> quote",
        "[a](https://a.example \"title\") [b](<https://b.example/xy>) [c](https://c.example/(d)) [e][1] [f] [1]\n\n[1]: https://one.example\n[f]: https://f.example 'F'",
        "<https://auto.example> a < b && c > d &amp; &lt;tag&gt; &#65; &#x42; &unknown; &copy;",
        "snake_case_name and _em_ and __strong__ and 2*3*4 and * star * and **a*b**",
        "*a **b** c* **a *b* c** ***a** b* *a*b* **unclosed and `unclosed",
        "\\*not em\\* \\`not code\\` \\[not link\\](x) \\\\ \\a",
        "`` a ` b `` ` `` ` `c\nd`",
        "text\n# heading\ntext\n- item\ntext2\n1. one\n\n1986. A year\nnot a list: \n1987. no",
        "line\n    not code\n\n\ttab code\n\n- item\n\n      code in item\n\n  text in item",
        "**Bold:** text\n\n1. **First** - do `this`\n   ```bash\n   run --it\n   ```\n2. **Second**\n\n   | k | v |\n   |---|---|\n   | 1 | 2 |\n",
        "- a\n  - b\n    - c\n      - d\n  - e\n\n    text of e\n- f",
        "-\n- a\n-\n\nb",
        "Hello!\n\n---\n\nEnd.\n",
        "![alt x](https://p.example/i.png) [![in](https://p.example/i.png)](https://l.example)",
        "*[link](https://a.example)* **`code`** ~~**x**~~",
        "a\n\n\n\nb\r\nc",
        "1) a\n2) b\n1. c",
        "* a\n\n  > quote in item\n\n  more\n* b",
        "Ünï **cödé** „quoted“ — *em*dash 中文**粗体**中文 🎉**x**🎉",
    ] {
        let compared = source
            .replace("![in]", "[in]")
            .replace("[[in](https://p.example/i.png)]", "[in]");
        let (ours, usual) = (ours(&compared), usual(&compared));
        if ours != usual {
            differ.push(format!("{source:?}\n ours: {ours}\nusual: {usual}\n"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn no_words_of_any_piece_of_a_text_are_lost() {
    // Not those that begin what is not shown: targets, titles, names of languages.
    let marks = "# > - * _ ` ~ [ ] ) ! \\ & < 1. \n\n    = + a b";
    let tokens: Vec<&str> = marks.split_inclusive([' ', '\n']).collect();
    let mut seed = 7_u64;
    for _ in 0..20_000 {
        let mut source = String::new();
        for at in 0..12 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let token = tokens[(seed >> 33) as usize % tokens.len()];
            source.push_str(if (seed >> 32) & 1 == 0 {
                token
            } else {
                token.trim()
            });
            if at == 6 {
                source.push_str("word");
            }
        }
        if source.contains("~~~") {
            continue;
        }
        let tree = format!("{:?}", parse(&source));
        assert!(tree.contains("word"), "{source:?} became {tree}");
    }
}
