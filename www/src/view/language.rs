//! The language of the page, chosen by its own name.

use leptos::prelude::*;

use super::icon::{self, Icon};
use super::words::text;
use crate::browser::language;

/// The browser's own list of the languages, behind a small picture.
#[component]
pub(super) fn LanguageChoice() -> impl IntoView {
    let languages = language::all().into_iter().map(|language| {
        let tag = language.tag.clone();
        let is_chosen = move || language::current() == tag;
        view! {
            <option value=language.tag.clone() lang=language.tag prop:selected=is_chosen>
                {language.name}
            </option>
        }
    });
    let languages = languages.collect_view();
    view! {
        <div class="language button icon-button">
            <Icon path=icon::GLOBE />
            <select
                title=text("language-choice")
                aria-label=text("language-choice")
                translate="no"
                on:change:target=move |event| language::choose(event.target().value())
            >
                {languages}
            </select>
        </div>
    }
}
