//! One source of settings, checked: a file, the environment or the options.

use ::config::{ConfigError, Map, Source, Value, ValueKind};

use super::finding::{Finding, Place};
use super::schema::{Key, Kind};

/// The checked values of one source, and what was found in it.
#[derive(Debug, Clone, Default)]
pub(super) struct Layer {
    pub(super) values: Map<String, Value>,
    pub(super) errors: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
}

impl Layer {
    /// Takes what a variable or an option says: a list is several texts.
    pub(super) fn take(&mut self, place: Place, path: &str, key: &Key, texts: &[String]) {
        match of_texts(&key.kind, texts) {
            Ok(value) => put(&mut self.values, path, value),
            Err(words) => self.errors.push(Finding::new(place.clone(), path, words)),
        }
        if !key.is_used {
            self.warnings.push(Finding::new(place, path, UNUSED));
        }
    }

    /// Whether it says anything about a key at the top.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }
}

/// Said about a key that this version knows and does not read.
pub(super) const UNUSED: &str = "is not used by this version";

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.values.clone())
    }
}

fn put(values: &mut Map<String, Value>, path: &str, value: ValueKind) {
    match path.split_once('.') {
        None => {
            values.insert(path.to_owned(), Value::new(None, value));
        }
        Some((section, rest)) => {
            let empty = || Value::new(None, ValueKind::Table(Map::new()));
            let section = values.entry(section.to_owned()).or_insert_with(empty);
            if let ValueKind::Table(inner) = &mut section.kind {
                put(inner, rest, value);
            }
        }
    }
}

fn of_texts(kind: &Kind, texts: &[String]) -> Result<ValueKind, String> {
    let must_be = || format!("must be {}", kind.allowed());
    let first = texts.first().map(|text| text.trim()).unwrap_or_default();
    match kind {
        Kind::Switch => match first {
            "true" | "1" => Ok(ValueKind::Boolean(true)),
            "false" | "0" => Ok(ValueKind::Boolean(false)),
            _ => Err(must_be()),
        },
        Kind::Whole(_) => {
            let number = first.parse().map_err(|_| must_be())?;
            of_whole(kind, number)
        }
        Kind::Number(_) => {
            let number = first.parse().map_err(|_| must_be())?;
            of_number(kind, number)
        }
        Kind::Text(_) => of_text(kind, texts.first().map(String::as_str).unwrap_or_default()),
        Kind::Texts(_) => of_list(kind, texts.iter().map(String::as_str)),
    }
}

pub(super) fn of_whole(kind: &Kind, number: i64) -> Result<ValueKind, String> {
    #[allow(clippy::cast_precision_loss)] // Only to compare with small bounds.
    let near = number as f64;
    match kind {
        Kind::Whole(bounds) if bounds.hold(near) => Ok(ValueKind::I64(number)),
        Kind::Number(_) => of_number(kind, near),
        kind => Err(format!("must be {}", kind.allowed())),
    }
}

pub(super) fn of_number(kind: &Kind, number: f64) -> Result<ValueKind, String> {
    match kind {
        Kind::Number(bounds) if bounds.hold(number) => Ok(ValueKind::Float(number)),
        kind => Err(format!("must be {}", kind.allowed())),
    }
}

/// A text, or a list of one where a list is wanted.
pub(super) fn of_text(kind: &Kind, text: &str) -> Result<ValueKind, String> {
    match kind {
        Kind::Text(form) => {
            form.check(text)?;
            Ok(ValueKind::String(text.to_owned()))
        }
        Kind::Texts(_) => of_list(kind, std::iter::once(text)),
        kind => Err(format!("must be {}", kind.allowed())),
    }
}

pub(super) fn of_list<'a>(
    kind: &Kind,
    texts: impl Iterator<Item = &'a str>,
) -> Result<ValueKind, String> {
    let Kind::Texts(form) = kind else {
        return Err(format!("must be {}", kind.allowed()));
    };
    let mut list = Vec::new();
    for (index, text) in texts.enumerate() {
        let number = index + 1;
        let which = |words| format!("must be a list of texts, and number {number} {words}");
        form.check(text).map_err(which)?;
        list.push(Value::new(None, ValueKind::String(text.to_owned())));
    }
    Ok(ValueKind::Array(list))
}
