//! Views that stay where they are while what they show grows. Leptos draws
//! again whatever a changed signal is part of, and sets the words of a text
//! node as a whole, which takes the reader's selection away.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::any_view::AnyViewState;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use web_sys::{Element, Node, Text};
use webchat_model::growth;

use crate::browser::language;

/// Something with its own way to be drawn, and drawn again, in a browser.
pub(super) trait Draw: Send + 'static {
    /// What stands in the page.
    type State: Mountable;

    fn build(self) -> Self::State;

    fn rebuild(self, state: &mut Self::State);
}

/// The view of such a thing.
pub(super) struct Drawn<T>(T);

/// What stands in the page, and what it shows.
pub(super) struct Standing<S, T>(S, T);

impl<S: Mountable, T> Mountable for Standing<S, T> {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

/// A text that grows. What is the same at its beginning is left untouched.
pub(super) struct Grown(String);

/// A text that grows, as a view.
pub(super) fn grown(text: impl Into<String>) -> Drawn<Grown> {
    Drawn(Grown(text.into()))
}

impl Draw for Grown {
    type State = Standing<Text, String>;

    fn build(self) -> Self::State {
        Standing(document().create_text_node(&self.0), self.0)
    }

    fn rebuild(self, Standing(node, said): &mut Self::State) {
        if let Some(change) = growth::between(said, &self.0) {
            // It fails only past the end of what the node says.
            let _ = node.replace_data(change.at, change.removed, change.added);
            *said = self.0;
        }
    }
}

/// Something that is drawn again only when it differs from what is shown, or
/// another language is chosen. What
/// draws it makes no signals: they would go when the next one comes.
pub(super) struct Kept<T> {
    shown: T,
    /// The language in which it is drawn.
    turn: u32,
    draw: fn(&T) -> AnyView,
}

/// Something as a view; the same `draw` goes with all that take its place.
pub(super) fn kept<T>(shown: T, draw: fn(&T) -> AnyView) -> Drawn<Kept<T>> {
    let turn = language::track();
    Drawn(Kept { shown, turn, draw })
}

impl<T: PartialEq + Send + 'static> Draw for Kept<T> {
    type State = Standing<AnyViewState, (T, u32)>;

    fn build(self) -> Self::State {
        Standing((self.draw)(&self.shown).build(), (self.shown, self.turn))
    }

    fn rebuild(self, Standing(view, (shown, turn)): &mut Self::State) {
        if *shown != self.shown || *turn != self.turn {
            (self.draw)(&self.shown).rebuild(view);
            (*shown, *turn) = (self.shown, self.turn);
        }
    }
}

/// Something that is never drawn again, but made anew. A translator has put its
/// own words in the place of those that it had.
pub(super) struct Renewed(AnyView);

/// A view in whose place comes another one, though it looks the same.
pub(super) fn renewed(view: impl IntoView) -> Drawn<Renewed> {
    Drawn(Renewed(view.into_any()))
}

impl Draw for Renewed {
    type State = AnyViewState;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        let mut new = self.0.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl<T: Draw> Render for Drawn<T> {
    type State = T::State;

    fn build(self) -> Self::State {
        self.0.build()
    }

    fn rebuild(self, state: &mut Self::State) {
        self.0.rebuild(state);
    }
}

impl<T: Draw> AddAnyAttr for Drawn<T> {
    type Output<A: Attribute> = AnyView;

    /// Words have no attributes, and what is kept has its own.
    fn add_any_attr<A: Attribute>(self, _: A) -> Self::Output<A>
    where
        Self::Output<A>: RenderHtml,
    {
        self.into_any()
    }
}

/// The page is drawn in the browser alone: no server writes any of it.
impl<T: Draw> RenderHtml for Drawn<T> {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _: &mut String,
        _: &mut Position,
        _: bool,
        _: bool,
        _: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Self::State {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
