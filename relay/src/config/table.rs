//! docs/CONFIG.md, from the keys.

use std::fmt::Write as _;

use super::form::Form;
use super::schema::Node;
use super::schema::{Entry, Kind, Section, entries, schema};

const HEAD: &str = "# Settings

Made from `relay/src/config/`: not for editing. `cargo test -p clawline-relay settings_table` compares it, and writes it
with `CLAWLINE_BLESS=1`.

`clawline-relay` reads one file, `clawline.toml`; `clawline-relay config path` says where it looks, `--config FILE` or the
variable `CLAWLINE_CONFIG` name another. A variable of the environment is above the file, an option of the command line
above both. A list is written `[\"a\", \"b\"]` in the file, `a,b` in a variable, and by repeating an option. `~` in a path is
your home folder, everywhere; other paths that are not whole are seen from the folder in which the program runs.

The file of OpenJarvis, `~/.openjarvis/config.toml`, can be named too: its `[channel]` is read, its other sections are not.

`clawline-relay config check` says what is wrong with them, with the line. Secrets stand in files of their own or in the
environment, never here. Besides the variables below, `OPENCLAW_GATEWAY_TOKEN` holds the token of the embedded gateway (above
`token_file` of the file, below `CLAWLINE_TOKEN_FILE` and `--token-file`), `CLAWLINE_LOG` says how much is logged
(`warn` and above, if it says nothing), and `CLAWLINE_LOG_FORMAT=json` makes each line an object.

\"Not yet\" marks what this version knows and does not use.
";

/// The text of docs/CONFIG.md. `has_option` tells which keys have an option of
/// their name on the command line.
#[must_use]
pub fn table(has_option: impl Fn(&str) -> bool) -> String {
    let mut text = HEAD.to_owned();
    let mut current = None;
    for entry in entries() {
        let (section, name) = entry.path.rsplit_once('.').unwrap_or(("", &entry.path));
        if current.as_deref() != Some(section) {
            current = Some(section.to_owned());
            heading(&mut text, section);
        }
        let _ = writeln!(
            text,
            "| `{name}` | {} | {} | {} | {} | {} |",
            type_of(&entry.key.kind),
            default_of(&entry),
            code(entry.variable().as_deref().unwrap_or_default()),
            code(&option(&entry.path, &has_option)),
            meaning(&entry),
        );
    }
    text
}

fn heading(text: &mut String, section: &str) {
    if section.is_empty() {
        text.push_str("\n## At the top\n\n");
    } else {
        let _ = write!(text, "\n## `[{section}]`\n\n");
        if let Some(about) = find(schema(), section).map(|found| &found.about) {
            let _ = write!(text, "{about}\n\n");
        }
    }
    text.push_str(
        "| key | type | default | variable | option | meaning |\n|---|---|---|---|---|---|\n",
    );
}

fn find<'a>(section: &'a Section, path: &str) -> Option<&'a Section> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let (inner, rest) = match section.nodes.get(name)? {
        Node::Section(inner) => (inner, rest),
        Node::Named(inner) => (&**inner, rest.trim_start_matches("NAME")),
        Node::Key(_) => return None,
    };
    match rest.trim_start_matches('.') {
        "" => Some(inner).filter(|inner| !inner.about.is_empty()),
        rest => find(inner, rest),
    }
}

fn type_of(kind: &Kind) -> String {
    match kind {
        Kind::Text(Form::OneOf(names)) => {
            let names: Vec<String> = names.iter().map(|name| format!("`\"{name}\"`")).collect();
            names.join(", ")
        }
        Kind::Texts(Form::OneOf(names)) => {
            let names: Vec<String> = names.iter().map(|name| format!("`\"{name}\"`")).collect();
            format!("list of {}", names.join(", "))
        }
        Kind::Text(Form::Path | Form::UsualPath) => "path".to_owned(),
        Kind::Whole(bounds) | Kind::Number(bounds) => {
            format!("{}, {} to {}", kind.name(), bounds.least, bounds.greatest)
        }
        kind => kind.name().to_owned(),
    }
}

fn default_of(entry: &Entry<'_>) -> String {
    if entry.is_required {
        "required".to_owned()
    } else {
        code(&entry.key.default)
    }
}

fn option(path: &str, has_option: &impl Fn(&str) -> bool) -> String {
    if has_option(path) {
        format!("--{}", path.replace('_', "-"))
    } else {
        String::new()
    }
}

fn meaning(entry: &Entry<'_>) -> String {
    let mark = if entry.key.is_used { "" } else { "Not yet. " };
    format!("{mark}{}", entry.key.about)
}

fn code(text: &str) -> String {
    match text {
        "" => String::new(),
        text => format!("`{text}`"),
    }
}
