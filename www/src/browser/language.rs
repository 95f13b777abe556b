//! The language of the page. Its catalogue is in `words.js`, which shares it
//! with the script that starts the page.

use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::Element;
use webchat_model::names::Name;
use webchat_model::words::{Value, Words, in_a_row};

use super::{spawn_local, storage};

#[wasm_bindgen(raw_module = "./words.js")]
extern "C" {
    /// A message of the catalogue.
    fn format(id: &str, named: &Object) -> String;
    /// A text of others, so that its direction is its own alone.
    fn isolated(text: &str) -> String;
    /// A sentence of the page inside another one.
    fn within(text: &str) -> String;
    /// The tag of the language.
    fn language() -> String;
    /// Says of an element in which language its words are, until that is undone.
    pub(crate) fn mark(element: &Element);
    pub(crate) fn unmark(element: &Element);
    /// How dates are written: the language as it is spoken where the person is.
    pub(crate) fn locale() -> String;
    /// Tags and names by turns.
    fn languages() -> Array;
    #[wasm_bindgen(catch, js_name = speak)]
    async fn speak(tag: &str) -> Result<(), JsValue>;
}

thread_local! {
    /// Counts how often another language was chosen.
    static TURN: ArcRwSignal<u32> = ArcRwSignal::new(0);
}

/// A language that the page speaks.
pub(crate) struct Language {
    pub(crate) tag: String,
    /// In the language itself.
    pub(crate) name: String,
}

/// All languages.
pub(crate) fn all() -> Vec<Language> {
    let words: Vec<String> = languages().iter().filter_map(|it| it.as_string()).collect();
    let pairs = words.chunks_exact(2).filter_map(|pair| {
        let [tag, name] = pair else { return None };
        Some(Language {
            tag: tag.clone(),
            name: name.clone(),
        })
    });
    pairs.collect()
}

/// Whatever calls this in an effect is called again when another language is
/// chosen. Answers how often that has happened.
pub(crate) fn track() -> u32 {
    TURN.with(ArcRwSignal::get)
}

/// The tag of the language.
pub(crate) fn current() -> String {
    track();
    language()
}

/// Speaks another language from now on, once its catalogue is here.
pub(crate) fn choose(tag: String) {
    spawn_local(async move {
        // Without its catalogue the page goes on in the language that it has.
        if speak(&tag).await.is_ok() {
            storage::set(&Name::language(), Some(&tag));
        }
        TURN.with(|turn| turn.update(|turn| *turn += 1));
    });
}

/// What the page says, in its language.
pub(crate) fn render(words: &Words) -> String {
    match words {
        Words::Said(text) => isolated(text),
        Words::All(all) => {
            let said = all.iter().filter(|words| !words.is_empty());
            in_a_row(said.map(render))
        }
        Words::Message { id, named } => {
            let members = Object::new();
            for (name, value) in named {
                // A fresh object takes any member.
                let _ = Reflect::set(&members, &(*name).into(), &member(value));
            }
            format(id, &members)
        }
    }
}

fn member(value: &Value) -> JsValue {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Words(Words::Said(text)) => text.as_str().into(),
        Value::Words(words) => within(&render(words)).into(),
        Value::Count(count) => (*count as f64).into(),
        Value::Tenths(tenths) => (*tenths as f64 / 10.0).into(),
    }
}
