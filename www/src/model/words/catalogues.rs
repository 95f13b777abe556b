//! The catalogues, read by Fluent's own Rust: what the page reads in JavaScript.

use std::collections::BTreeMap;
use std::fs;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use unic_langid::LanguageIdentifier;

use super::{Value, Words, in_a_row};

/// One language.
pub(crate) struct Catalogue {
    pub(crate) tag: String,
    pub(crate) source: String,
    bundle: FluentBundle<FluentResource>,
}

/// Each file in `www/words/`, by the tag of its language.
pub(crate) fn all() -> BTreeMap<String, Catalogue> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/words");
    let files = fs::read_dir(folder).expect("www/words").map(|file| {
        let path = file.expect("a file").path();
        let tag = path.file_stem().expect("a name").to_string_lossy();
        let source = fs::read_to_string(&path).expect("a catalogue is text");
        (tag.to_string(), Catalogue::new(&tag, source))
    });
    files.collect()
}

/// What the page says in English.
pub(crate) fn english(words: &Words) -> String {
    let source = include_str!("../../../words/en.ftl").to_owned();
    Catalogue::new("en", source).say(words)
}

impl Catalogue {
    fn new(tag: &str, source: String) -> Self {
        let language: LanguageIdentifier = tag.parse().expect(tag);
        let mut bundle = FluentBundle::new(vec![language]);
        bundle.set_use_isolating(false);
        bundle.add_builtins().expect("Fluent's own functions");
        let resource = FluentResource::try_new(source.clone());
        let resource = resource.unwrap_or_else(|(_, errors)| panic!("{tag}: {errors:?}"));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{tag}: {errors:?}"));
        Self {
            tag: tag.to_owned(),
            source,
            bundle,
        }
    }

    /// The words in this language, as the page would say them.
    pub(crate) fn say(&self, words: &Words) -> String {
        match words {
            Words::Said(text) => text.clone(),
            Words::All(all) => {
                let said = all.iter().filter(|words| !words.is_empty());
                in_a_row(said.map(|words| self.say(words)))
            }
            Words::Message { id, named } => {
                let mut arguments = FluentArgs::new();
                for (name, value) in named {
                    match value {
                        Value::Text(text) => arguments.set(*name, text.as_str()),
                        Value::Words(words) => arguments.set(*name, self.say(words)),
                        Value::Count(count) => arguments.set(*name, *count as f64),
                        Value::Tenths(tenths) => arguments.set(*name, *tenths as f64 / 10.0),
                    }
                }
                let message = self.bundle.get_message(id);
                let pattern = message.and_then(|message| message.value());
                let pattern = pattern.unwrap_or_else(|| panic!("{}: no {id}", self.tag));
                let mut errors = Vec::new();
                let said = self
                    .bundle
                    .format_pattern(pattern, Some(&arguments), &mut errors);
                assert!(errors.is_empty(), "{}: {id}: {errors:?}", self.tag);
                said.into_owned()
            }
        }
    }
}
