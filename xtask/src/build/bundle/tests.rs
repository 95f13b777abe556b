use super::{Files, Load, bundle, first_load};

const SHELL: &str = "<html><head><link rel=\"manifest\" href=\"/assets/app.webmanifest\">\
    <link rel=\"stylesheet\" href=\"/assets/style.css\">\
    <script type=\"module\" src=\"/assets/boot.js\"></script></head><body></body></html>";

fn page() -> Files {
    [
        ("index.html", SHELL),
        (
            "assets/app.webmanifest",
            r#"{"icons":[{"src":"icon.png"}]}"#,
        ),
        ("assets/style.css", "body { background: url(icon.svg) }"),
        ("assets/icon.svg", "<svg/>"),
        ("assets/icon.png", "png"),
        (
            "assets/boot.js",
            "import start from './page.js'; import('./more.js')",
        ),
        ("assets/page.js", "new URL('page_bg.wasm', import.meta.url)"),
        ("assets/more.js", "export {}"),
        ("assets/page_bg.wasm", "\0asm"),
        ("assets/alone.txt", "nobody names me"),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into()
}

fn named<'a>(files: &'a Files, start: &str, end: &str) -> &'a str {
    let mut names = files
        .keys()
        .filter(|name| name.starts_with(start) && name.ends_with(end));
    let name = names.next().expect("the file is there");
    assert_eq!(names.next(), None, "one file {start}…{end}");
    name
}

fn text<'a>(files: &'a Files, name: &str) -> &'a str {
    std::str::from_utf8(&files[name]).expect("text")
}

#[test]
fn each_named_file_carries_its_hash_and_is_named_by_it() {
    let files = bundle(page()).expect("a page");
    let index = text(&files, "index.html");
    for (start, end) in [
        ("assets/style-", ".css"),
        ("assets/boot-", ".js"),
        ("assets/app-", ".webmanifest"),
    ] {
        assert!(index.contains(&format!("=\"/{}\"", named(&files, start, end))));
    }
    let boot = text(&files, named(&files, "assets/boot-", ".js"));
    let glue = named(&files, "assets/page-", ".js");
    assert!(boot.contains(glue.strip_prefix("assets").expect("in assets")));
    assert!(files.contains_key("assets/alone.txt"));
    assert_eq!(files.len(), page().len());
}

#[test]
fn a_change_deep_inside_renames_all_that_leads_to_it() {
    let before = bundle(page()).expect("a page");
    let mut changed = page();
    changed.insert("assets/page_bg.wasm".to_owned(), b"\0asm2".to_vec());
    let after = bundle(changed).expect("a page");
    for (start, end) in [
        ("assets/page_bg-", ".wasm"),
        ("assets/page-", ".js"),
        ("assets/boot-", ".js"),
    ] {
        assert_ne!(named(&before, start, end), named(&after, start, end));
    }
    let style = ("assets/style-", ".css");
    assert_eq!(
        named(&before, style.0, style.1),
        named(&after, style.0, style.1)
    );
}

#[test]
fn modules_and_wasm_are_hinted_and_nothing_else() {
    let files = bundle(page()).expect("a page");
    let index = text(&files, "index.html");
    let glue = named(&files, "assets/page-", ".js");
    let wasm = named(&files, "assets/page_bg-", ".wasm");
    assert!(index.contains(&format!("<link rel=\"modulepreload\" href=\"{glue}\">")));
    assert!(index.contains(&format!("<link rel=\"preload\" href=\"{wasm}\"")));
    assert_eq!(index.matches("preload\"").count(), 3);
}

#[test]
fn only_the_icons_of_an_installed_page_come_later() {
    let loads = first_load(&page()).expect("a page");
    for (name, load) in [
        ("index.html", Load::First),
        ("assets/app.webmanifest", Load::First),
        ("assets/icon.svg", Load::First),
        ("assets/page_bg.wasm", Load::First),
        ("assets/icon.png", Load::Later),
        ("assets/more.js", Load::First),
    ] {
        assert_eq!(loads.get(name), Some(&load), "{name}");
    }
    assert_eq!(loads.get("assets/alone.txt"), None);
}

#[test]
fn inline_scripts_inline_styles_and_circles_are_refused_with_the_reason() {
    for (name, text, reason) in [
        (
            "index.html",
            "<head></head><script>1</script>",
            "inline script",
        ),
        ("index.html", "<head></head><p style=\"a\">", "inline style"),
        ("assets/page.js", "import './boot.js'", "name each other"),
    ] {
        let mut files = page();
        files.insert(name.to_owned(), text.as_bytes().to_vec());
        let error = bundle(files).expect_err(reason).to_string();
        assert!(error.contains(reason), "{error}");
    }
}
