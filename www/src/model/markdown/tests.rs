use super::*;

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn line(words: &str) -> Block {
    Block::Line(vec![text(words)])
}

#[test]
fn headings_paragraphs_and_spans_become_a_tree() {
    assert_eq!(
        parse("## Title\n\nsome **bold _both_** `code` ~~old~~  \nend"),
        [
            Block::Heading(2, vec![text("Title")]),
            Block::Paragraph(vec![
                text("some "),
                Inline::Strong(vec![text("bold "), Inline::Emphasis(vec![text("both")])]),
                text(" "),
                Inline::Code("code".into()),
                text(" "),
                Inline::Strike(vec![text("old")]),
                Inline::Break,
                text("end"),
            ]),
        ]
    );
}

#[test]
fn lists_nest_and_keep_their_numbers_and_boxes() {
    assert_eq!(
        parse("3. one\n4. two\n   - [x] done\n   - [ ] open"),
        [Block::List(
            Some(3),
            vec![
                Item {
                    ticked: None,
                    blocks: vec![line("one")]
                },
                Item {
                    ticked: None,
                    blocks: vec![
                        line("two"),
                        Block::List(
                            None,
                            vec![
                                Item {
                                    ticked: Some(true),
                                    blocks: vec![line("done")]
                                },
                                Item {
                                    ticked: Some(false),
                                    blocks: vec![line("open")]
                                },
                            ]
                        )
                    ]
                },
            ]
        )]
    );
}

#[test]
fn a_loose_list_has_paragraphs() {
    assert_eq!(
        parse("- a\n\n- b"),
        [Block::List(
            None,
            vec![
                Item {
                    ticked: None,
                    blocks: vec![Block::Paragraph(vec![text("a")])]
                },
                Item {
                    ticked: None,
                    blocks: vec![Block::Paragraph(vec![text("b")])]
                },
            ]
        )]
    );
}

#[test]
fn a_table_has_a_head_rows_and_alignment() {
    assert_eq!(
        parse("|a|b|\n|:-:|-:|\n|1|`2`|"),
        [Block::Table(Table {
            align: vec![Align::Center, Align::End],
            head: vec![vec![text("a")], vec![text("b")]],
            rows: vec![vec![vec![text("1")], vec![Inline::Code("2".into())]]],
        })]
    );
}

#[test]
fn a_code_block_keeps_every_character() {
    assert_eq!(
        parse("```rust ignore\nlet a = \"<b>\";\n\n  *x*\n```"),
        [Block::Code(
            "rust".into(),
            "let a = \"<b>\";\n\n  *x*".into()
        )]
    );
}

#[test]
fn raw_html_is_shown_as_text() {
    assert_eq!(
        parse("<script>alert(1)</script>\n\na <b>b</b>"),
        [
            Block::Paragraph(vec![text("<script>alert(1)</script>")]),
            Block::Paragraph(vec![text("a <b>b</b>")]),
        ]
    );
}

#[test]
fn an_unsafe_link_is_its_text_and_a_picture_is_a_link() {
    assert_eq!(
        parse(
            "[click](javascript:alert(1)) ![cat](https://a.example/c.png) ![x](data:image/png,y)"
        ),
        [Block::Paragraph(vec![
            text("click "),
            Inline::Picture("https://a.example/c.png".into(), "cat".into()),
            text(" x"),
        ])]
    );
}

#[test]
fn bare_addresses_become_links_but_not_twice() {
    let link = |words: &str| Inline::Link(words.into(), vec![text(words)]);
    assert_eq!(
        parse("**see https://a.example** and [https://b.example](https://b.example)"),
        [Block::Paragraph(vec![
            Inline::Strong(vec![text("see "), link("https://a.example")]),
            text(" and "),
            link("https://b.example"),
        ])]
    );
}

#[test]
fn nothing_is_lost_when_quotes_nest_too_deep() {
    let hostile = format!("{} deep\n\n{}\n- x", "> ".repeat(5_000), "- ".repeat(3_000));
    let tree = parse(&hostile);
    assert!(format!("{tree:?}").contains("deep"));
}

#[test]
fn emphasis_needs_no_spaces_where_the_script_has_none() {
    assert_eq!(
        parse("先看**注意：**请看**“引文”**的"),
        [Block::Paragraph(vec![
            text("先看"),
            Inline::Strong(vec![text("注意：")]),
            text("请看"),
            Inline::Strong(vec![text("“引文”")]),
            text("的"),
        ])]
    );
}

#[test]
fn nothing_is_lost_when_emphasis_and_links_nest_too_deep() {
    for (open, close) in [
        ("**a ", "b** "),
        ("*a _b ", "c_ d* "),
        ("[", "](https://x.example) "),
        ("![", "](https://x.example)"),
    ] {
        let hostile = format!("{}deep{}", open.repeat(5_000), close.repeat(5_000));
        assert!(format!("{:?}", parse(&hostile)).contains("deep"), "{open}");
    }
}

#[test]
fn a_growing_text_never_shows_its_open_marks() {
    let whole = "Here is **bold text** and `code`.\n\n```js\nx\n```\n";
    for (at, _) in whole.char_indices() {
        let tree = parse_growing(&whole[..at]);
        let first = tree.first().map(|block| match block {
            Block::Paragraph(content) => plain_text(content),
            other => format!("{other:?}"),
        });
        assert!(
            !first.unwrap_or_default().contains(['*', '`']),
            "{:?}",
            &whole[..at]
        );
    }
}

#[test]
fn blocks_that_did_not_change_stay_equal_while_the_text_grows() {
    let before = parse_growing("# One\n\ntwo three\n\nfo");
    let after = parse_growing("# One\n\ntwo three\n\nfour **fi");
    assert_eq!(before[..2], after[..2]);
}

#[test]
fn text_made_to_be_slow_is_read_as_fast_as_any() {
    // With work that grows with the square of the length, each of these takes minutes.
    const MANY: usize = 100_000;
    for repeated in [
        "*",
        "_",
        "**a",
        "a**",
        "*a **b ",
        "`",
        "``a`",
        "[",
        "![",
        "[a](",
        "](",
        "[a](b",
        "<",
        "<a",
        "&",
        "\\",
        "> ",
        "- ",
        "1. ",
        "|",
        "|-",
        "~~a",
        "# ",
        "[a]: b\n",
        "> a\n",
        "- a\n",
        "|a|\n|-|\n",
        "a\n",
        "\t",
        "```\n",
        "[![](",
        "_a_*",
        "a*b_c",
    ] {
        let tree = parse(&repeated.repeat(MANY / repeated.len()));
        drop(tree);
    }
}
