//! Lines that look like the targets of links.

use std::ops::Range;

use clawline_core::sorted;
use pulldown_cmark::RefDefs;

use super::{ESCAPE, Places, is_before_words, lines};
use crate::markdown::read::Href;

/// All of a text, in order. The reader keeps the first of a name alone, and
/// drops others.
pub(super) struct Definitions(Vec<Definition>);

/// The target of links, as it stands in the text.
struct Definition {
    span: Range<usize>,
    target: String,
    /// Whether a link has its name.
    is_named: bool,
}

impl Definitions {
    /// Those that the reader knows, and those that it dropped: they look like
    /// them, and are not among what is `shown`. Links name the `named` ones.
    pub(super) fn of(
        source: &str,
        known: &RefDefs<'_>,
        shown: &[Range<usize>],
        named: Vec<usize>,
    ) -> Self {
        let named = sorted(named, usize::cmp);
        let is_named = |start: usize| named.binary_search(&start).is_ok();
        let first = known.iter().map(|(_, known)| Definition {
            span: known.span.clone(),
            target: known.dest.to_string(),
            is_named: is_named(known.span.start),
        });
        let mut definitions = in_order(first.collect());
        let mut more = Vec::new();
        let mut known_ones = definitions.iter().peekable();
        let mut shown = shown.iter().peekable();
        for (span, name, target) in look_alikes(source) {
            while shown.next_if(|shown| shown.end <= span.start).is_some() {}
            while known_ones
                .next_if(|known| known.span.end <= span.start)
                .is_some()
            {}
            let is_in = |range: &Range<usize>| range.contains(&span.start);
            let is_shown = shown.peek().is_some_and(|shown| is_in(shown));
            if is_shown || known_ones.peek().is_some_and(|known| is_in(&known.span)) {
                continue;
            }
            let first = known.get(name);
            more.push(Definition {
                is_named: first.is_some_and(|first| is_named(first.span.start)),
                target: target.to_owned(),
                span,
            });
        }
        definitions.append(&mut more);
        Self(in_order(definitions))
    }

    /// Whether any can be followed, also if no link names it.
    pub(super) fn define(&self, href: Href) -> bool {
        let mut targets = self.0.iter().map(|definition| &definition.target);
        targets.any(|target| href(target).is_some())
    }

    /// Escapes those that are none, and ends the line before those that are some
    /// and follow them at once: they would be part of the same words. Returns
    /// where those are that are some.
    pub(super) fn find(&self, source: &str, href: Href, places: &mut Places) -> Vec<Range<usize>> {
        let mut meant = Vec::new();
        let mut before: Option<&Definition> = None;
        for definition in &self.0 {
            let start = definition.span.start;
            if definition.is_named && href(&definition.target).is_some() {
                let between = before.and_then(|before| source.get(before.span.end..start));
                if between.is_some_and(|between| !between.contains("\n\n")) {
                    let line = source.get(..start).and_then(|text| text.rfind('\n'));
                    places.extend(line.map(|end| (end + 1, '\n')));
                }
                meant.push(definition.span.clone());
                before = None;
            } else {
                let bracket = source.get(start..).and_then(|text| text.find('['));
                places.extend(bracket.map(|at| (start + at, ESCAPE)));
                before = Some(definition);
            }
        }
        meant
    }
}

fn in_order(definitions: Vec<Definition>) -> Vec<Definition> {
    sorted(definitions, |a, b| a.span.start.cmp(&b.span.start))
}

/// What looks like a definition, at the beginnings of lines: where it is, its
/// name and its target.
fn look_alikes(source: &str) -> impl Iterator<Item = (Range<usize>, &str, &str)> {
    lines(source).filter_map(|(start, line)| {
        let bracket = line.find('[')?;
        if !is_before_words(line.get(..bracket)?) {
            return None;
        }
        let inside = line.get(bracket + 1..)?;
        let mut is_escaped = false;
        let end = inside.find(|next| {
            let ends = next == ']' && !is_escaped;
            is_escaped = next == '\\' && !is_escaped;
            ends
        })?;
        let target = inside.get(end + 1..)?.strip_prefix(':')?.trim();
        Some((
            start + bracket..start + line.len(),
            inside.get(..end)?,
            target.split_whitespace().next().unwrap_or_default(),
        ))
    })
}
