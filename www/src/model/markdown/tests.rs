use super::*;

/// The blocks of a text.
fn parse(source: &str) -> Vec<Block> {
    super::parse(source)
        .iter()
        .map(|block| Block::clone(block))
        .collect()
}

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn item(ticked: Option<bool>, blocks: Vec<Block>) -> Arc<Item> {
    let blocks = blocks.into_iter().map(Arc::new).collect();
    Arc::new(Item { ticked, blocks })
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
                item(None, vec![line("one")]),
                item(
                    None,
                    vec![
                        line("two"),
                        Block::List(
                            None,
                            vec![
                                item(Some(true), vec![line("done")]),
                                item(Some(false), vec![line("open")]),
                            ]
                        )
                    ]
                ),
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
                item(None, vec![Block::Paragraph(vec![text("a")])]),
                item(None, vec![Block::Paragraph(vec![text("b")])]),
            ]
        )]
    );
}

#[test]
fn a_table_has_a_head_rows_and_alignment() {
    assert_eq!(
        parse("|a|b|\n|:-:|-:|\n|1|`2`|"),
        [Block::Table(Table {
            align: [Align::Center, Align::End].into(),
            head: vec![vec![text("a")], vec![text("b")]],
            rows: vec![Arc::new(vec![
                vec![text("1")],
                vec![Inline::Code("2".into())]
            ])],
        })]
    );
}

#[test]
fn a_few_short_rows_are_filled_up_and_thousands_are_not() {
    let columns = 500;
    let of = |rows| {
        let head = ["|a".repeat(columns), "|-".repeat(columns)].join("\n");
        let Block::Table(table) = parse(&format!("{head}\n{}", "|b|\n".repeat(rows))).remove(0)
        else {
            panic!("no table");
        };
        assert_eq!(table.rows.len(), rows);
        assert!(table.rows.iter().all(|row| row[0] == [text("b")]));
        table.rows.iter().map(|row| row.len()).sum::<usize>()
    };
    assert_eq!(of(2), 2 * columns);
    assert!(of(400) < 5_000, "{}", of(400));
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
        let tree = Growing::default().read(&whole[..at]);
        let first = tree.first().map(|block| match &**block {
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
    let before = Growing::default().read("# One\n\ntwo three\n\nfo");
    let after = Growing::default().read("# One\n\ntwo three\n\nfour **fi");
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
        "$a",
        "$$",
        "\\(a\n",
        "\\a\\_",
        "http://a.b/_c ",
        "<br>\n",
        "|`|`",
    ] {
        let tree = parse(&repeated.repeat(MANY / repeated.len()));
        drop(tree);
    }
}

#[test]
fn marks_in_every_block_of_a_long_text_cost_no_more_than_in_a_short_one() {
    // With a look at all marks for each block, each of these takes minutes.
    const MANY: usize = 300_000;
    for repeated in [r"\(a_b*c\)", "**注意：**请看", "[a]: b"] {
        let text = format!("{repeated}\n\n").repeat(MANY / repeated.len());
        let tree = parse(&text);
        assert_eq!(tree.len(), MANY / repeated.len(), "{repeated}");
    }
}

/// What the page shows of a text, without its dress.
fn shown(source: &str) -> String {
    format!("{:?}", parse(source))
}

#[test]
fn what_looks_like_the_target_of_a_link_is_shown_when_it_is_none() {
    for source in [
        "[INFO]: done",
        "All of it.\n\n[NEXT]: tests",
        "[INFO] began\n\n[INFO]: done",
        "> [WARN]: low\n> [NOTE]: more",
        "- [a]: https://unused.example",
        "[INFO]: begins\n\n[INFO]: works\n\n[info ]: ends",
        "- [INFO]: begins\n- [INFO]: ends\n\n> [INFO]: is over",
        r"[\[x\]]: begins

[\[x\]]: ends",
    ] {
        let shown = shown(source);
        for word in source.split(['[', ']', '\\', '\n', '>', '-']) {
            let word = word.trim_start_matches(':').trim();
            assert!(shown.contains(word), "{source}: {word} of {shown}");
        }
    }
    let code =
        shown("[A]: one\n\n[A]: two\n\n```\n[A]: x\n```\n\n<div>\n[A]: y\n</div>\n\n`[A]: z`");
    assert!(!code.contains("\\\\["), "{code}");
    let docs = shown("[docs] and [INFO]\n\n[INFO]: done\n[docs]: https://a.example");
    assert!(
        docs.contains("Link(\"https://a.example\", [Text(\"docs\")])"),
        "{docs}"
    );
    assert!(
        docs.contains("[INFO]: done") && !docs.contains("[docs]"),
        "{docs}"
    );
}

#[test]
fn a_break_in_a_cell_is_one_and_other_tags_are_letters() {
    let cell = |content: &str| {
        let table = parse(&format!("|a|\n|-|\n|{content}|"));
        let Some(Block::Table(table)) = table.into_iter().next() else {
            panic!("no table");
        };
        table.rows[0][0].clone()
    };
    for tag in ["<br>", "<br/>", "<br />"] {
        let both = [text("one"), Inline::Break, text("two")];
        assert_eq!(cell(&format!("one{tag}two")), both, "{tag}");
    }
    assert_eq!(cell("one<hr>two"), [text("one<hr>two")]);
    assert_eq!(cell("a<br class=x>b"), [text("a<br class=x>b")]);
}

#[test]
fn a_formula_stays_as_it_is_written() {
    for formula in [
        r"\(a_1 + b_2\)",
        r"\[x^2\]",
        r"\(x*y*z\)",
        "\\[\na\n- b\n= c\n\\]",
        r"\(\frac{1}{2} <b> [a](b) \)",
    ] {
        assert_eq!(parse(formula), [Block::Paragraph(vec![text(formula)])]);
        // While it grows as well, from its first letter on.
        for (at, _) in formula.char_indices().skip(4) {
            let tree = Growing::default().read(&formula[..at]);
            let Block::Paragraph(words) = &*tree[0] else {
                panic!("{tree:?}");
            };
            // A last line of marks alone waits.
            let shown = plain_text(words);
            assert!(formula.starts_with(&shown) && shown.len() > 2, "{shown}");
        }
    }
    assert_eq!(
        parse(r"`\(a\)`"),
        [Block::Paragraph(vec![Inline::Code(r"\(a\)".into())])]
    );
    assert_eq!(
        parse(r"\(not one"),
        [Block::Paragraph(vec![text("(not one")])]
    );
}

#[test]
fn one_tilde_is_a_range_and_two_strike_through() {
    assert_eq!(shown("10~20 and 30~40"), shown("10\\~20 and 30\\~40"));
    assert_eq!(
        parse("~~old~~"),
        [Block::Paragraph(vec![Inline::Strike(vec![text("old")])])]
    );
}

#[test]
fn a_fence_in_a_quote_or_an_item_gets_nothing_that_was_not_sent() {
    for opening in [
        "> ```\n> ",
        "- ```\n  ",
        "1. ```py\n   ",
        "> - ```\n>   ",
        "- a\n\n  ```\n  ",
    ] {
        let sent = format!("{opening}x = *args");
        let shown = format!("{:?}", Growing::default().read(&sent));
        assert!(shown.contains("\"x = *args\""), "{sent:?}: {shown}");
        let closing = opening.lines().last().unwrap_or_default();
        let closing = format!("{sent}\n{closing}``");
        assert_eq!(
            format!("{:?}", Growing::default().read(&closing)),
            shown,
            "{closing:?}"
        );
    }
}

/// Numbers below a bound, the same at each run.
fn dice() -> impl FnMut(usize) -> usize {
    let mut seed = 7_u64;
    move |bound| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) as usize % bound
    }
}

/// A text of so many of these marks.
fn made_of(marks: &str, many: usize, next: &mut impl FnMut(usize) -> usize) -> String {
    let marks: Vec<&str> = marks.split_inclusive([' ', '\n']).collect();
    let marks = (0..many).map(|_| {
        let mark = marks[next(marks.len())];
        if next(2) == 0 { mark.trim() } else { mark }
    });
    marks.collect()
}

#[test]
fn no_words_of_any_piece_of_a_text_are_lost() {
    // Not those that stand in what is not shown: targets, titles, what follows
    // the name of a language.
    let marks = "# > - * _ ` ~ [ ] ) ! \\ & < 1. \n\n    = + a b";
    let mut next = dice();
    for _ in 0..20_000 {
        let source = [made_of(marks, 7, &mut next), made_of(marks, 5, &mut next)].join("word");
        if source.contains("```") || source.contains("~~~") {
            continue;
        }
        let tree = format!("{:?}", parse(&source));
        assert!(tree.contains("word"), "{source:?} became {tree}");
    }
}

/// Reads a text piece by piece, as it comes.
fn compare_growing(source: &str) {
    let mut growing = Growing::default();
    for (at, _) in source.char_indices() {
        let text = &source[..at];
        assert_eq!(
            growing.read(text),
            Growing::default().read(text),
            "{text:?}"
        );
    }
    let settled = growing.read(&format!("{source}\n\nend\n\nend\n"));
    let whole = super::parse(&format!("{source}\n\nend\n\nend\n"));
    assert_eq!(settled, whole, "{source:?}");
}

#[test]
fn what_comes_piece_by_piece_is_what_comes_at_once() {
    for source in [
        "# One\n\ntwo **three**\n\n- a\n- b\n\n  c\n\n1. x\n2. y\n\n> q\n> r\n\n```js\nx\n```\n\n|a|b|\n|-|-|\n|c|d|\n\nend",
        "1. a\n\n2. b\n\n2 c\n\n- a\n\n-- b\n\n---\n\n- a\n\n b\n\n  c\n\n    d\n",
        "Title\n===\n\ntext\n---\n\n    code\n\n    more\n\ntext\n\n<div>\n*a*\n\n</div>\n",
        "[a] is\n\nfar\n\nfrom\n\n[a]: https://a.example\n\nand [a] again\n",
        "先看**注意：**请看\n\n\\(a_1\\) and https://a.example/（x）\n\n~~x~~\n",
        "> $$\n> a*b*c\n> $$\n\n|a|\n|-|\n|`x|y`|\n\nC:\\a\\_b $c*d*e$\n\n<br>\nhttps://a.example/__x__/y\n",
    ] {
        compare_growing(source);
    }
    let marks = "# > - * _ ` ~~ [a] ] ( ) ! \\ & < | 1. \n\n\n    = + a b |-| ```\n";
    let mut next = dice();
    for _ in 0..150 {
        compare_growing(&made_of(marks, 20, &mut next));
    }
    let marks =
        "$ $$ x*y* \\( \\) \\_ \\a <br> https://a.example/_ /__b__ |`c|` |-|-| > - 1. \n\n\n";
    for _ in 0..60 {
        compare_growing(&made_of(marks, 20, &mut next));
    }
}
