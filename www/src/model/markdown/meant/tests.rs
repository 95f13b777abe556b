use crate::markdown::{Block, Inline, parse, plain_text};

fn text(words: &str) -> Inline {
    Inline::Text(words.to_owned())
}

fn link(address: &str) -> Inline {
    Inline::Link(address.to_owned(), vec![text(address)])
}

/// The words of a text that is one paragraph.
fn paragraph(source: &str) -> Vec<Inline> {
    let tree = parse(source);
    let [block] = tree.as_slice() else {
        panic!("{source:?} became {tree:?}");
    };
    match &**block {
        Block::Paragraph(content) => content.clone(),
        other => panic!("{source:?} became {other:?}"),
    }
}

/// The rows of a text that is one table, cell by cell.
fn rows(source: &str) -> Vec<Vec<String>> {
    let tree = parse(source);
    let Some(Block::Table(table)) = tree.first().map(|block| &**block) else {
        panic!("{source:?} became {tree:?}");
    };
    let cells = |row: &Vec<Vec<Inline>>| row.iter().map(|cell| plain_text(cell)).collect();
    table.rows.iter().map(|row| cells(row)).collect()
}

#[test]
fn a_formula_between_dollars_stays_as_it_is_written() {
    for formula in [
        r"$a*b*c$",
        r"$\{a_1\} \, b_2$",
        r"$$x_1 * y * z \\ \{a\}$$",
        "$$\na &= b \\\\\n- c * d * e\n= f\n$$",
        r"设$a*b*c$是",
        r"($a*b*c$), $x*y*z$.",
    ] {
        assert_eq!(paragraph(formula), [text(formula)], "{formula}");
    }
}

#[test]
fn a_price_or_a_variable_is_no_formula() {
    for (source, words) in [
        ("$5 is *less* than $10", "$5 is less than $10"),
        ("**$AAPL** and **$MSFT**", "$AAPL and $MSFT"),
        ("**US$5** or **C$** *x*", "US$5 or C$ x"),
        ("$HOME/*a*:$PATH", "$HOME/a:$PATH"),
        ("from $5 *to*$10", "from $5 to$10"),
        (r"\$5 is *less* than 6$", "$5 is less than 6$"),
        ("echo $$ *twice*", "echo $$ twice"),
    ] {
        assert_eq!(plain_text(&paragraph(source)), words);
    }
}

#[test]
fn a_formula_in_a_quotation_has_no_marks_of_it() {
    let tree = parse("> \\[\n> x_1*y*z > 0\n> > 1\n> \\]\n> end");
    let Block::Quote(inner) = &*tree[0] else {
        panic!("{tree:?}");
    };
    let words = text("\\[\nx_1*y*z > 0\n> 1\n\\]\nend");
    assert_eq!(*inner[0], Block::Paragraph(vec![words]));
}

#[test]
fn the_marks_inside_of_an_address_are_part_of_it() {
    for address in [
        "https://a.example/__init__.py",
        "https://a.example/_next/static/_x_/y",
        "https://a.example/~me/~you",
        "https://a.example/v1/*/items/*/x",
        "https://a.example/?a=_b_&c=*d*&e=f",
    ] {
        assert_eq!(paragraph(address), [link(address)]);
        let strong = paragraph(&format!("**see {address}**, _{address}_"));
        assert_eq!(
            strong,
            [
                Inline::Strong(vec![text("see "), link(address)]),
                text(", "),
                Inline::Emphasis(vec![link(address)]),
            ]
        );
    }
    assert_eq!(
        paragraph("**https://a.example/x**了解*更多*"),
        [
            Inline::Strong(vec![link("https://a.example/x")]),
            text("了解"),
            Inline::Emphasis(vec![text("更多")]),
        ]
    );
    // Whoever escapes a mark means the mark.
    assert_eq!(
        paragraph(r"https://a.example/a\_b"),
        [link("https://a.example/a_b")]
    );
}

#[test]
fn the_backslashes_of_a_word_that_escapes_nothing_stay() {
    for word in [
        r"C:\Users\me\.ssh\_x\*.txt",
        r"\\server\share\_x",
        r".\.venv\Scripts",
        r"^\d+\.\d*\[x\]$",
        r#"{"said":"one\n\"two\""}"#,
        r"\frac\{a\}\,b",
    ] {
        let source = format!("see {word} now");
        assert_eq!(paragraph(&source), [text(&source)]);
    }
    assert_eq!(
        plain_text(&paragraph("C:\\Users\\me\\\nC:\\Temp\\\nend")),
        "C:\\Users\\me\\\nC:\\Temp\\\nend"
    );
    // Others escape.
    for (source, words) in [
        (r"snake\_case \*x\* 1\. a", "snake_case *x* 1. a"),
        (r"C:\\Users\\me", r"C:\Users\me"),
    ] {
        assert_eq!(paragraph(source), [text(words)]);
    }
    let code = Block::Code(String::new(), r"C:\a\.b".to_owned());
    assert_eq!(*parse("```\nC:\\a\\.b\n```")[0], code);
    let span = [Inline::Code(r"C:\a\.b".to_owned())];
    assert_eq!(paragraph(r"`C:\a\.b`"), span);
}

#[test]
fn a_definition_is_read_as_it_is_written() {
    assert_eq!(
        paragraph("[a]\n\n[a]: https://a.example/x\\by\\_z_/__c__/"),
        [Inline::Link(
            r"https://a.example/x\by_z_/__c__/".to_owned(),
            vec![text("a")]
        )]
    );
}

#[test]
fn no_cell_of_a_table_is_lost() {
    assert_eq!(
        rows("|a|b|\n|-|-|\n|`x | y`|z|\n|``a`|b``|`c||d`|\n|1|2|3|4|\n|1\\|2|3|"),
        [
            ["x | y", "z"],
            ["a`|b", "c||d"],
            ["1", "2|3|4"],
            ["1|2", "3"]
        ]
    );
    assert_eq!(rows("a | b\n-|-\n`1|2` | 3"), [["1|2", "3"]]);
    assert_eq!(
        rows("|a|b|\n|-|-|\n|$|x|$|\\(y|z\\)|"),
        [["$|x|$", "\\(y|z\\)"]]
    );
    // A mark of code in two cells is none.
    assert_eq!(rows("|a|b|\n|-|-|\n|`x|y`|"), [["`x", "y`"]]);
}

#[test]
fn emphasis_needs_no_spaces_in_korean_and_thai() {
    for (before, inside, after) in [
        ("", "한국어(테스트)", "는"),
        ("ที่", "“x”", "ที่"),
        ("", "「日本」", "は"),
        ("", "ខ្មែរ។", "ខ្មែរ"),
    ] {
        let content = paragraph(&format!("{before}**{inside}**{after}"));
        let strong = Inline::Strong(vec![text(inside)]);
        assert!(content.contains(&strong), "{content:?}");
    }
    // Where words have spaces, marks beside a sign are what they are.
    assert_eq!(paragraph("a**(b)**c"), [text("a**(b)**c")]);
}

#[test]
fn a_break_on_its_own_line_is_one() {
    let words = [Inline::Break, Inline::Strong(vec![text("x")])];
    for tag in ["<br>", "<br/>", "<br />", "<BR>"] {
        assert_eq!(paragraph(&format!("{tag}\n**x**")), words, "{tag}");
    }
    assert_eq!(
        paragraph("a<br>\nb<br/><br>\n<br>c"),
        [
            text("a"),
            Inline::Break,
            text("b"),
            Inline::Break,
            Inline::Break,
            Inline::Break,
            text("c")
        ]
    );
    let tree = format!("{:?}", parse("> <br>\n\n- <br>\n\na\n\n<br>"));
    assert!(!tree.contains("<br>"), "{tree}");
    assert_eq!(
        *parse("```\n<br>\n```")[0],
        Block::Code(String::new(), "<br>".into())
    );
    assert_eq!(paragraph("<hr>\nx"), [text("<hr>\nx")]);
}
