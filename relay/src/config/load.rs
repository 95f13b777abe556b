//! Puts the layers together: the defaults, the file above them, the environment
//! above that, the options of the command line on top.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ::config::{ConfigError, Map, Value, ValueKind};
use clawline_core::Secret;
use serde::Deserialize as _;

use super::finding::{Finding, Place, Problems};
use super::folders::usual_config_file;
use super::home_path::HomePath;
use super::keys::Config;
use super::layer::Layer;
use super::schema::{Entry, Node, PREFIX, Section, entries, schema};
use super::secret::{self, TOKEN_VARIABLE};
use super::{file, nearest};
use crate::log;

/// The variable that names the file.
pub const FILE_VARIABLE: &str = "CLAWLINE_CONFIG";

/// Which file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigFile {
    /// One that somebody named; it must be there.
    Named(PathBuf),
    /// The usual one, which need not be there.
    Usual(PathBuf),
    /// None: nobody named one, and the system has no folder for it.
    None,
}

impl ConfigFile {
    /// Decides which file: the named one, or the usual one.
    #[must_use]
    pub fn find(named: Option<&HomePath>) -> Self {
        match (named, usual_config_file()) {
            (Some(path), _) => Self::Named(path.to_path_buf()),
            (None, Some(path)) => Self::Usual(path),
            (None, None) => Self::None,
        }
    }

    /// Its path, if there is one at all.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Named(path) | Self::Usual(path) => Some(path),
            Self::None => None,
        }
    }

    /// Whether it is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.path().is_some_and(Path::exists)
    }
}

/// What the options of the command line say: the texts of each key.
pub type Flags = BTreeMap<&'static str, Vec<String>>;

/// Settings that can be used.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// What is odd: keys that are not known, or not used yet.
    pub warnings: Vec<Finding>,
    /// The token of the environment, where nothing above it names a file.
    token: Option<Secret>,
}

impl Loaded {
    /// Reads the file, the environment of this process and the options.
    ///
    /// # Errors
    /// All that is wrong in them.
    pub fn read(file: &ConfigFile, flags: &Flags) -> Result<Self, Problems> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .collect();
        Self::of(file, &environment, flags)
    }

    /// The token that clients of the embedded gateway must give, if any.
    ///
    /// # Errors
    /// Its file does not hold one.
    pub fn token(&self) -> anyhow::Result<Option<Secret>> {
        match (&self.token, &self.config.token_file) {
            (Some(token), _) => Ok(Some(token.clone())),
            (None, Some(file)) => secret::of_file(file).map(Some),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn of(
        file: &ConfigFile,
        environment: &BTreeMap<String, OsString>,
        flags: &Flags,
    ) -> Result<Self, Problems> {
        let of_file = match file {
            ConfigFile::Named(path) => file::read(path),
            ConfigFile::Usual(path) if file.exists() => file::read(path),
            ConfigFile::Usual(_) | ConfigFile::None => Layer::default(),
        };
        let entries = entries();
        let of_environment = of_environment(&entries, environment);
        let of_flags = of_flags(&entries, flags);
        let mut token = None;
        let names_a_file = of_flags.has("token_file") || of_environment.has("token_file");
        let mut errors = Vec::new();
        if !names_a_file && let Some(text) = environment.get(TOKEN_VARIABLE) {
            match secret::of_variable(text) {
                Ok(found) => token = found,
                Err(words) => {
                    let place = Place::Variable(TOKEN_VARIABLE.to_owned());
                    errors.push(Finding::new(place, "", words));
                }
            }
        }
        let layers = [of_file, of_environment, of_flags];
        let warnings: Vec<Finding> = layers.iter().flat_map(|it| it.warnings.clone()).collect();
        errors.extend(layers.iter().flat_map(|it| it.errors.clone()));
        let place = match file.path() {
            Some(path) => Place::File {
                path: path.to_owned(),
                line: None,
            },
            None => Place::Settings,
        };
        match merged(layers) {
            // What is wrong with one key may look as if another were missing.
            Err(words) if errors.is_empty() => errors.push(Finding::new(place, "", words)),
            Ok(config) if errors.is_empty() => {
                return Ok(Self {
                    config,
                    warnings,
                    token,
                });
            }
            Ok(_) | Err(_) => {}
        }
        Err(Problems { errors, warnings })
    }
}

fn merged(layers: [Layer; 3]) -> Result<Config, String> {
    let mut builder = ::config::Config::builder();
    for layer in layers {
        builder = builder.add_source(layer);
    }
    let mut built = builder.build().map_err(|error| error.to_string())?;
    if let ValueKind::Table(values) = &mut built.cache.kind {
        drop_what_is_off(values, schema());
    }
    // Each value was checked on its way in: what is left is what is missing.
    Config::deserialize(built.cache).map_err(|error| match error {
        ConfigError::NotFound(key) => format!("lacks {key}, which has no default"),
        error => error.to_string(),
    })
}

/// Takes out the sections that are turned off and would lack something if they
/// were not.
fn drop_what_is_off(values: &mut Map<String, Value>, known: &Section) {
    for (name, node) in &known.nodes {
        let Node::Section(inner) = node else { continue };
        let Some(ValueKind::Table(table)) = values.get_mut(name).map(|it| &mut it.kind) else {
            continue;
        };
        let switch = table.get("enabled").map(|it| &it.kind);
        if !inner.required.is_empty() && switch == Some(&ValueKind::Boolean(false)) {
            values.remove(name);
        } else {
            drop_what_is_off(table, inner);
        }
    }
}

fn of_environment(entries: &[Entry<'_>], environment: &BTreeMap<String, OsString>) -> Layer {
    let mut layer = Layer::default();
    let mut known: BTreeSet<String> = [FILE_VARIABLE, log::LEVEL, log::FORMAT]
        .map(str::to_owned)
        .into();
    for entry in entries {
        let Some(variable) = entry.variable() else {
            continue;
        };
        if let Some(value) = environment.get(&variable).filter(|text| !text.is_empty()) {
            let place = Place::Variable(variable.clone());
            match value.to_str() {
                Some(text) => {
                    let texts = entry.key.kind.split(text);
                    layer.take(place, &entry.path, entry.key, &texts);
                }
                None => layer
                    .errors
                    .push(Finding::new(place, &entry.path, "is no readable text")),
            }
        }
        known.insert(variable);
    }
    for name in environment.keys() {
        if !name.starts_with(PREFIX) || known.contains(name) {
            continue;
        }
        // Others of the family have variables too: only what looks like a slip.
        if let Some(meant) = nearest::variable(name, &known) {
            let words = format!("is not known and does nothing: did you mean {PREFIX}{meant}?");
            layer
                .warnings
                .push(Finding::new(Place::Variable(name.clone()), "", words));
        }
    }
    layer
}

fn of_flags(entries: &[Entry<'_>], flags: &Flags) -> Layer {
    let mut layer = Layer::default();
    for (name, texts) in flags {
        let found = entries.iter().find(|entry| entry.path == *name);
        if let Some(entry) = found.filter(|_| !texts.is_empty()) {
            let place = Place::Flag(format!("--{}", name.replace('_', "-")));
            layer.take(place, name, entry.key, texts);
        }
    }
    layer
}
