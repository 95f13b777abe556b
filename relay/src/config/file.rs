//! Reads a file of settings: TOML, with the line of everything that is said
//! about it. What stands in the file is never repeated, for it may be a secret.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use ::config::{Map, Value, ValueKind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Place};
use super::layer::{Layer, UNUSED, of_list, of_number, of_text, of_whole};
use super::nearest;
use super::schema::{Key, Kind, Node, Section, join, schema};

/// A larger file is none of ours, in bytes.
const LARGEST: u64 = 1024 * 1024;

/// Sections that only the settings of OpenJarvis have. In such a file
/// `[channel]` is ours and the rest is somebody else's.
const OPENJARVIS: [&str; 5] = ["engine", "intelligence", "learning", "telemetry", "traces"];

/// Reads a file that must be there.
pub(super) fn read(path: &Path) -> Layer {
    let about_file = |line| Place::File {
        path: path.to_owned(),
        line,
    };
    match text_of(path) {
        Ok(text) => Reading::of(path, &text),
        Err(words) => Layer {
            errors: vec![Finding::new(about_file(None), "", words)],
            ..Layer::default()
        },
    }
}

fn text_of(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    let size = read.map_err(unreadable)? as u64;
    if size > LARGEST {
        return Err("is larger than 1 MiB: name the file with the settings".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "is no text: save it as UTF-8".to_owned())
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    layer: Layer,
}

impl<'a> Reading<'a> {
    fn of(path: &'a Path, text: &'a str) -> Layer {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reading = Self {
            path,
            text,
            layer: Layer::default(),
        };
        match DeTable::parse(text) {
            Ok(table) => {
                let table = table.get_ref();
                let is_ours = is_ours(path, table);
                let known = schema();
                let ours = table.iter().filter(|(name, _)| is_ours(name.get_ref()));
                reading.layer.values = reading.section(known, ours, "", is_ours("agent"));
            }
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                let words = format!("is no TOML: {}", error.message());
                let finding = Finding::new(reading.place(at), "", words);
                reading.layer.errors.push(finding);
            }
        }
        // The tables are sorted by name, people read from the top.
        reading.layer.errors.sort_by_key(Finding::line);
        reading.layer.warnings.sort_by_key(Finding::line);
        reading.layer
    }

    fn place(&self, at: usize) -> Place {
        let before = self.text.get(..at).unwrap_or(self.text);
        Place::File {
            path: self.path.to_owned(),
            line: Some(before.matches('\n').count() + 1),
        }
    }

    fn section<'t>(
        &mut self,
        known: &Section,
        table: impl Iterator<
            Item = (
                &'t Spanned<std::borrow::Cow<'t, str>>,
                &'t Spanned<DeValue<'t>>,
            ),
        >,
        at: &str,
        says_unknown: bool,
    ) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in table {
            let path = join(at, name.get_ref());
            let place = self.place(name.span().start);
            let value = match known.nodes.get(name.get_ref().as_ref()) {
                Some(Node::Key(key)) => self.key(key, value.get_ref(), &path, place),
                Some(Node::Section(inner)) => self.table(value, &path, place, |reading, table| {
                    reading.section(inner, table.iter(), &path, says_unknown)
                }),
                Some(Node::Named(each)) => self.table(value, &path, place, |reading, table| {
                    reading.named(each, table, &path)
                }),
                None => {
                    if says_unknown {
                        let words = nearest::unknown(known, at, name.get_ref());
                        let finding = Finding::new(place, &path, words);
                        self.layer.warnings.push(finding);
                    }
                    None
                }
            };
            if let Some(value) = value {
                values.insert(name.get_ref().to_string(), value);
            }
        }
        values
    }

    /// The tables whose names the owner chose.
    fn named(&mut self, each: &Section, table: &DeTable<'_>, at: &str) -> Map<String, Value> {
        let mut values = Map::new();
        for (name, value) in table {
            let path = join(at, name.get_ref());
            let place = self.place(name.span().start);
            if !is_name(name.get_ref()) {
                let words = "must have a name of letters, digits, `-` and `_`, at most 64";
                self.layer.errors.push(Finding::new(place, at, words));
                continue;
            }
            let wrong = each.name.as_ref().map(|form| form.check(name.get_ref()));
            if let Some(Err(words)) = wrong {
                self.layer.errors.push(Finding::new(place, at, words));
                continue;
            }
            let value = self.table(value, &path, place, |reading, table| {
                reading.section(each, table.iter(), &path, true)
            });
            if let Some(value) = value {
                values.insert(name.get_ref().to_string(), value);
            }
        }
        values
    }

    fn table(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        path: &str,
        place: Place,
        read: impl FnOnce(&mut Self, &DeTable<'_>) -> Map<String, Value>,
    ) -> Option<Value> {
        if let DeValue::Table(table) = value.get_ref() {
            let values = read(self, table);
            return Some(Value::new(None, ValueKind::Table(values)));
        }
        let words = format!("must be a section, [{path}], with keys of its own");
        self.layer.errors.push(Finding::new(place, path, words));
        None
    }

    fn key(&mut self, key: &Key, value: &DeValue<'_>, path: &str, place: Place) -> Option<Value> {
        if !key.is_used {
            let finding = Finding::new(place.clone(), path, UNUSED);
            self.layer.warnings.push(finding);
        }
        match checked(&key.kind, value) {
            Ok(value) => Some(Value::new(None, value)),
            Err(words) => {
                self.layer.errors.push(Finding::new(place, path, words));
                None
            }
        }
    }
}

/// Which names at the top are settings of ours.
fn is_ours(path: &Path, table: &DeTable<'_>) -> impl Fn(&str) -> bool + Copy {
    let folder = path.parent().and_then(Path::file_name);
    let has = |name: &&str| {
        let value = table.get(*name).map(Spanned::get_ref);
        value.is_some_and(|value| matches!(value, DeValue::Table(_)))
    };
    let is_foreign =
        folder.is_some_and(|folder| folder == ".openjarvis") || OPENJARVIS.iter().any(has);
    move |name| !is_foreign || name == "channel"
}

fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= 64 && text.chars().all(plain)
}

fn checked(kind: &Kind, value: &DeValue<'_>) -> Result<ValueKind, String> {
    let must_be = || format!("must be {}", kind.allowed());
    match value {
        DeValue::Boolean(value) => match kind {
            Kind::Switch => Ok(ValueKind::Boolean(*value)),
            _ => Err(must_be()),
        },
        DeValue::Integer(number) => {
            let number = i64::from_str_radix(number.as_str(), number.radix());
            of_whole(kind, number.map_err(|_| must_be())?)
        }
        DeValue::Float(number) => {
            let number = number.as_str().parse();
            of_number(kind, number.map_err(|_| must_be())?)
        }
        DeValue::String(text) => of_text(kind, text),
        DeValue::Array(list) => {
            let texts: Option<Vec<&str>> = list.iter().map(|one| one.get_ref().as_str()).collect();
            of_list(kind, texts.ok_or_else(must_be)?.into_iter())
        }
        DeValue::Datetime(_) | DeValue::Table(_) => Err(must_be()),
    }
}
