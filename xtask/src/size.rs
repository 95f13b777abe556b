//! What a browser has to load: bytes and requests, by row.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::build::{self, Variant};
use crate::command::{self, program};
use crate::project::Project;
use crate::setup;

/// The one request of a first load that asks for no file: `/config.json`, which
/// the relay answers itself.
const ANSWERED_BY_THE_RELAY: usize = 1;

/// How the names of chunks of the page's program begin.
const CHUNK: &str = "assets/split_";
/// The one that each start fetches, beside what the page needs to be there.
const MARKDOWN: &str = "assets/split_markdown-";

/// What the first load may weigh, with brotli: a little more than it does.
const FIRST_LOAD: u64 = 410_000;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bytes {
    raw: u64,
    brotli: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Row {
    Bytes(&'static str, Bytes),
    Count(&'static str, usize),
}

/// Builds what is missing or old, then prints the rows on standard output.
pub(crate) fn size(project: &Project, as_json: bool, with_peers: bool) -> Result<()> {
    build::page(project, Variant::Shipped)?;
    build::package(project)?;

    let package = package_files(&project.package())?;
    let package = measure(project, &project.package(), &package)?;
    let page = measured_page(project)?;
    for row in rows(&package, &page) {
        println!("{}", if as_json { line(&row) } else { columns(&row) });
    }
    if with_peers {
        setup::test_packages(project)?;
        let mut peers = program(project, "node");
        peers.arg(project.path("tests/size/peers.mjs"));
        if as_json {
            peers.arg("--json");
        }
        command::run(&mut peers)?;
    }
    Ok(())
}

/// Fails when the first load of the page that was built is over its budget.
pub(crate) fn hold_first_load(project: &Project) -> Result<()> {
    let Bytes { brotli, .. } = sum(&measured_page(project)?, is_first_load);
    if brotli > FIRST_LOAD {
        bail!(
            "the first load of the page is {brotli} bytes with brotli, its budget is {FIRST_LOAD}: \
             `cargo xtask size` has the parts"
        );
    }
    Ok(())
}

fn measured_page(project: &Project) -> Result<BTreeMap<String, Bytes>> {
    let mut page = names(&project.page())?;
    page.retain(|name| !name.ends_with(".br") && !name.ends_with(".gz"));
    measure(project, &project.page(), &page)
}

/// Loaded when somebody speaks it; English is part of the script.
fn is_language(name: &str) -> bool {
    name.ends_with(".ftl")
}

/// A chunk of the page's program: loaded beside the first load, or when it is
/// needed (www/assets/chunks.js).
fn is_chunk(name: &str) -> bool {
    name.starts_with(CHUNK)
}

/// What a page needs that can be written in.
fn is_first_load(name: &str) -> bool {
    !is_language(name) && !is_chunk(name)
}

fn rows(package: &BTreeMap<String, Bytes>, page: &BTreeMap<String, Bytes>) -> Vec<Row> {
    let built = |name: &str| name.starts_with("dist/");
    let shell = |name: &str| name == "index.html";
    let glue = |name: &str| name.ends_with(".js");
    let is_markdown = |name: &str| name.starts_with(MARKDOWN);
    let is_asked_for = |name: &str| is_first_load(name) || is_markdown(name);
    let requests = page.keys().filter(|name| is_asked_for(name)).count();
    vec![
        Row::Bytes("npm-wasm", sum(package, |name| name.ends_with(".wasm"))),
        Row::Bytes("npm-glue", sum(package, |name| built(name) && glue(name))),
        Row::Bytes("npm-facade", sum(package, |name| !built(name))),
        Row::Bytes("npm-total", sum(package, |_| true)),
        Row::Bytes(
            "page-wasm",
            sum(page, |name| name.ends_with(".wasm") && !is_chunk(name)),
        ),
        Row::Bytes("page-glue", sum(page, glue)),
        Row::Bytes("page-css", sum(page, |name| name.ends_with(".css"))),
        Row::Bytes("page-html", sum(page, shell)),
        Row::Bytes("page-total", sum(page, is_first_load)),
        Row::Count("page-requests", requests + ANSWERED_BY_THE_RELAY),
        Row::Bytes("page-markdown", sum(page, is_markdown)),
        Row::Bytes(
            "page-later",
            sum(page, |name| is_chunk(name) && !is_markdown(name)),
        ),
        Row::Bytes("page-languages", sum(page, is_language)),
    ]
}

fn sum(files: &BTreeMap<String, Bytes>, counts: impl Fn(&str) -> bool) -> Bytes {
    files
        .iter()
        .filter(|(name, _)| counts(name))
        .fold(Bytes::default(), |sum, (_, bytes)| Bytes {
            raw: sum.raw + bytes.raw,
            brotli: sum.brotli + bytes.brotli,
        })
}

/// The code of the package: what its entry `.` can load, also on demand.
fn package_files(package: &Path) -> Result<Vec<String>> {
    let mut found = vec!["index.js".to_owned()];
    for folder in ["dist", "lib"] {
        let names = names(&package.join(folder))?.into_iter();
        found.extend(names.map(|name| format!("{folder}/{name}")));
    }
    found.retain(|name| name.ends_with(".js") || name.ends_with(".wasm"));
    Ok(found)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let names = build::files(folder)?.into_iter();
    Ok(names
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .collect())
}

fn measure(project: &Project, root: &Path, names: &[String]) -> Result<BTreeMap<String, Bytes>> {
    let text = command::output(
        program(project, "node")
            .arg(project.path("xtask/node/compress.mjs"))
            .arg("measure")
            .args(names)
            .current_dir(root),
    )?;
    let measured: Value = serde_json::from_str(&text).context("compress.mjs printed no JSON")?;
    names
        .iter()
        .map(|name| {
            let number = |field: &str| measured.get(name)?.get(field)?.as_u64();
            let bytes = number("raw").zip(number("brotli"));
            let (raw, brotli) = bytes.with_context(|| format!("{name} was not measured"))?;
            Ok((name.clone(), Bytes { raw, brotli }))
        })
        .collect()
}

fn line(row: &Row) -> String {
    match row {
        Row::Bytes(name, bytes) => {
            json!({ "name": name, "raw": bytes.raw, "brotli": bytes.brotli }).to_string()
        }
        Row::Count(name, count) => json!({ "name": name, "count": count }).to_string(),
    }
}

fn columns(row: &Row) -> String {
    match row {
        Row::Bytes(name, bytes) => {
            format!("{name:<14} {:>9} raw {:>9} brotli", bytes.raw, bytes.brotli)
        }
        Row::Count(name, count) => format!("{name:<14} {count:>9}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Row, columns, line, rows};

    fn files(names: &[&str]) -> std::collections::BTreeMap<String, Bytes> {
        let bytes = Bytes { raw: 10, brotli: 4 };
        names
            .iter()
            .map(|name| ((*name).to_owned(), bytes))
            .collect()
    }

    #[test]
    fn each_row_counts_its_own_files_and_the_total_all_of_them() {
        let package = files(&["index.js", "dist/a.js", "dist/a_bg.wasm"]);
        let loaded = ["index.html", "assets/a.css", "assets/a.js", "assets/a.wasm"];
        let later = [
            "assets/split_markdown-A.wasm",
            "assets/split_screens-A.wasm",
            "assets/de.ftl",
            "assets/ar.ftl",
        ];
        let page = files(&[loaded.as_slice(), &later].concat());
        let rows = rows(&package, &page);
        let bytes = |raw, brotli| Bytes { raw, brotli };
        assert!(rows.contains(&Row::Bytes("npm-glue", bytes(10, 4))));
        assert!(rows.contains(&Row::Bytes("npm-total", bytes(30, 12))));
        assert!(rows.contains(&Row::Bytes("page-total", bytes(40, 16))));
        assert!(rows.contains(&Row::Bytes("page-wasm", bytes(10, 4))));
        assert!(rows.contains(&Row::Bytes("page-markdown", bytes(10, 4))));
        assert!(rows.contains(&Row::Bytes("page-later", bytes(10, 4))));
        assert!(rows.contains(&Row::Bytes("page-languages", bytes(20, 8))));
        // Four files, the chunk that reads markdown, and config.json.
        assert!(rows.contains(&Row::Count("page-requests", 6)));
    }

    #[test]
    fn a_row_of_json_has_the_agreed_fields() {
        let row = Row::Bytes("npm-total", Bytes { raw: 2, brotli: 1 });
        assert_eq!(line(&row), r#"{"brotli":1,"name":"npm-total","raw":2}"#);
        assert_eq!(
            line(&Row::Count("page-requests", 7)),
            r#"{"count":7,"name":"page-requests"}"#
        );
        assert!(columns(&row).starts_with("npm-total"));
    }
}
