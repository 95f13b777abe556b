//! Words in the language of the page. Whatever says them in a closure of a
//! view says them anew when another language is chosen.

use webchat_model::words::Words;

use crate::browser::language;

/// What the page says, in its language.
pub(super) fn say(words: &Words) -> String {
    language::track();
    language::render(words)
}

/// A message that names nothing, as a part of a view or as an attribute.
pub(super) fn text(id: &'static str) -> impl Fn() -> String + Copy + Send + Sync + 'static {
    move || say(&Words::of(id))
}
