//! What the types of the keys say, as a tree that can be walked: the one source
//! of what is known, allowed and documented.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::form::Form;
use super::keys::Config;

/// A place in the tree.
#[derive(Debug)]
pub(super) enum Node {
    /// A table with known keys.
    Section(Section),
    /// A table whose keys are names that the owner chose.
    Named(Box<Section>),
    /// A value.
    Key(Key),
}

/// A table with known keys.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) about: String,
    pub(super) nodes: BTreeMap<String, Node>,
    pub(super) required: Vec<String>,
    /// What its name must be, where the owner chose that.
    pub(super) name: Option<Form>,
}

/// A key that has a value.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) about: String,
    pub(super) kind: Kind,
    /// As it is written in a file; empty for none.
    pub(super) default: String,
    /// Whether this version reads it.
    pub(super) is_used: bool,
}

/// The type of a value.
#[derive(Debug)]
pub(super) enum Kind {
    Switch,
    Whole(Bounds),
    Number(Bounds),
    Text(Form),
    /// A list; one text may stand for a list of one.
    Texts(Form),
}

/// The least and the greatest number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: f64,
    pub(super) greatest: f64,
}

impl Bounds {
    /// Whether a number lies between them; one that is none does not.
    pub(super) fn hold(self, number: f64) -> bool {
        (self.least..=self.greatest).contains(&number)
    }
}

impl Kind {
    /// Its name for people.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Switch => "boolean",
            Self::Whole(_) => "integer",
            Self::Number(_) => "number",
            Self::Text(_) => "text",
            Self::Texts(_) => "list of texts",
        }
    }

    /// The texts in a variable: those of a list stand between commas.
    pub(super) fn split(&self, text: &str) -> Vec<String> {
        match self {
            Self::Texts(_) => text.split(',').map(|one| one.trim().to_owned()).collect(),
            _ => vec![text.to_owned()],
        }
    }

    /// What is allowed, as the end of "must be …".
    pub(super) fn allowed(&self) -> String {
        let between = |what: &str, bounds: &Bounds| {
            format!("{what} from {} to {}", bounds.least, bounds.greatest)
        };
        match self {
            Self::Switch => "true or false".to_owned(),
            Self::Whole(bounds) => between("a whole number", bounds),
            Self::Number(bounds) => between("a number", bounds),
            Self::Text(form) => form.allowed(),
            Self::Texts(form) => format!("a list of texts, each {}", form.allowed()),
        }
    }
}

/// The whole tree.
pub(super) fn schema() -> &'static Section {
    static SCHEMA: LazyLock<Section> = LazyLock::new(read);
    &SCHEMA
}

fn read() -> Section {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<Config>();
    schema
        .as_object()
        .map(|it| section(it, true))
        .unwrap_or_default()
}

fn section(schema: &Map<String, Value>, is_used: bool) -> Section {
    let properties = schema.get("properties").and_then(Value::as_object);
    let nodes = properties.into_iter().flatten().filter_map(|(name, one)| {
        let one = one.as_object()?;
        Some((name.clone(), node(one, is_used)))
    });
    let required = schema.get("required").and_then(Value::as_array);
    let required = required.into_iter().flatten().filter_map(Value::as_str);
    Section {
        about: about(schema),
        nodes: nodes.collect(),
        required: required.map(str::to_owned).collect(),
        name: None,
    }
}

fn node(outer: &Map<String, Value>, is_used: bool) -> Node {
    let is_used = is_used && !outer.contains_key("x-unused");
    let inner = present(outer);
    if inner.contains_key("properties") {
        return Node::Section(section(inner, is_used));
    }
    if let Some(each) = inner.get("additionalProperties").and_then(Value::as_object) {
        let mut each = section(each, is_used);
        each.about = about(outer);
        each.name = Form::of(outer);
        return Node::Named(Box::new(each));
    }
    let items = inner.get("items").and_then(Value::as_object);
    let form = Form::of(outer).or_else(|| Form::of(inner));
    let form = form
        .or_else(|| items.and_then(Form::of))
        .unwrap_or(Form::Text);
    let number = |name: &str| inner.get(name).or_else(|| outer.get(name))?.as_f64();
    let bounds = Bounds {
        least: number("minimum").unwrap_or(f64::MIN),
        greatest: number("maximum").unwrap_or(f64::MAX),
    };
    let kind = match type_of(inner) {
        "boolean" => Kind::Switch,
        "integer" => Kind::Whole(bounds),
        "number" => Kind::Number(bounds),
        "array" => Kind::Texts(form),
        _ => Kind::Text(form),
    };
    Node::Key(Key {
        about: about(outer),
        kind,
        default: outer.get("default").map(written).unwrap_or_default(),
        is_used,
    })
}

/// The schema of the value of an `Option` that has one.
fn present(schema: &Map<String, Value>) -> &Map<String, Value> {
    let choices = schema.get("anyOf").and_then(Value::as_array);
    let mut choices = choices.into_iter().flatten().filter_map(Value::as_object);
    choices.find(|one| type_of(one) != "null").unwrap_or(schema)
}

fn type_of(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str);
            names.find(|name| *name != "null").unwrap_or_default()
        }
        _ => "",
    }
}

fn about(schema: &Map<String, Value>) -> String {
    let text = schema.get("description").and_then(Value::as_str);
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ")
}

/// A value as TOML has it, which for our kinds is how JSON has it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.is_empty() => String::new(),
        Value::Array(list) if list.is_empty() => String::new(),
        value => {
            let mut text = String::new();
            let _ = write!(text, "{value}");
            text
        }
    }
}

/// What the name of every variable begins with.
pub(super) const PREFIX: &str = "CLAWLINE_";

/// A key with its full name, like `channel.enabled`; a name that the owner
/// chooses is `NAME`.
pub(super) struct Entry<'a> {
    pub(super) path: String,
    pub(super) key: &'a Key,
    pub(super) is_required: bool,
}

impl Entry<'_> {
    /// The variable that sets it. Keys below names of the owner have none.
    pub(super) fn variable(&self) -> Option<String> {
        let has_one = !self.path.contains("NAME");
        has_one.then(|| format!("{PREFIX}{}", self.path.replace('.', "_").to_uppercase()))
    }
}

/// All keys, those of a section before those of the sections in it.
pub(super) fn entries() -> Vec<Entry<'static>> {
    let mut entries = Vec::new();
    collect(schema(), "", &mut entries);
    entries
}

fn collect(section: &'static Section, at: &str, entries: &mut Vec<Entry<'static>>) {
    for (name, node) in &section.nodes {
        if let Node::Key(key) = node {
            let path = join(at, name);
            let is_required = section.required.contains(name);
            entries.push(Entry {
                path,
                key,
                is_required,
            });
        }
    }
    for (name, node) in &section.nodes {
        match node {
            Node::Section(inner) => collect(inner, &join(at, name), entries),
            Node::Named(inner) => collect(inner, &format!("{}.NAME", join(at, name)), entries),
            Node::Key(_) => {}
        }
    }
}

/// The name of something in a section.
pub(super) fn join(section: &str, name: &str) -> String {
    if section.is_empty() {
        name.to_owned()
    } else {
        format!("{section}.{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_says_what_it_means_and_no_two_have_one_variable() {
        let entries = entries();
        assert!(entries.len() > 40, "{}", entries.len());
        let mut variables = std::collections::BTreeSet::new();
        for entry in &entries {
            assert!(entry.key.about.ends_with('.'), "{}", entry.path);
            if let Some(variable) = entry.variable() {
                assert!(variables.insert(variable), "{}", entry.path);
            }
        }
    }

    #[test]
    fn every_path_is_a_home_path() {
        // The names that paths have: one that is plain text would keep its `~`.
        for entry in entries() {
            let name = entry.path.rsplit('.').next().unwrap();
            let looks_so = name.ends_with("file") || name.ends_with("_dir") || name == "page";
            if looks_so {
                let is_path = matches!(entry.key.kind, Kind::Text(Form::Path | Form::UsualPath));
                assert!(is_path, "{}", entry.path);
            }
        }
    }

    #[test]
    fn types_defaults_and_bounds_come_from_the_types() {
        let all = entries();
        let of = |path: &str| all.iter().find(|entry| entry.path == path).unwrap().key;
        assert_eq!(of("listen").default, r#"["127.0.0.1:18790"]"#);
        assert_eq!(of("channel.webchat.enabled").default, "true");
        assert_eq!(
            of("channel.whatsapp_baileys.assistant_name").default,
            "\"Jarvis\""
        );
        assert!(
            matches!(&of("channel.dm_policy").kind, Kind::Text(Form::OneOf(all)) if all.len() == 4)
        );
        assert!(
            matches!(of("channel.reconnect_interval").kind, Kind::Number(b) if b.hold(5.0) && !b.hold(0.0) && !b.hold(f64::NAN))
        );
        assert!(!of("channel.dm_policy").is_used);
        assert!(of("listen").is_used);
    }
}
