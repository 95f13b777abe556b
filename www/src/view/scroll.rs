//! The reader's place in the conversation, and the lines around it.
//!
//! Nothing moves under the reader: one line in view is the anchor, and stands
//! where it stood whatever comes, goes or grows above it. Only who reads at the
//! end is taken along.

use std::ops::Range;
use std::sync::Arc;

use leptos::{html, prelude::*};
use web_sys::{Element, HtmlElement, Node};
use webchat_model::follow::Follow;
use webchat_model::layout::Layout;
use webchat_model::transcript::Who;

use super::lines::Lines;
use super::observer::Observer;
use crate::browser::{active_beside, selected_between};
use crate::conversation::{Anchor, Conversation, Line};

/// Rounding leaves so much between the end and the end, in pixels. One press of
/// an arrow key is more.
const END: i32 = 4;

/// From this many lines on, only those near the view stand in the page. Below it
/// the browser is fast enough, and finds and reads everything.
const MANY: usize = 400;

/// A line in which somebody is, so far from the view, stays in the page.
const KEPT: usize = 100;

/// Lines from what is selected, so far from the view, stay in the page.
const SELECTED: usize = 1_000;

/// The elements of a log.
#[derive(Clone, Copy, Default)]
pub(super) struct Places {
    pub(super) scroller: NodeRef<html::Div>,
    pub(super) lines: NodeRef<html::Div>,
    /// In the place of the lines above those that stand in the page.
    pub(super) above: NodeRef<html::Div>,
    /// In the place of those below.
    pub(super) below: NodeRef<html::Div>,
}

/// A conversation as one reads it. Cheap to copy into listeners.
#[derive(Clone, Copy)]
pub(super) struct Log {
    /// Something was said below while the reader is further up: how many lines.
    pub(super) news: RwSignal<Option<usize>>,
    conversation: Conversation,
    /// `None` until the conversation stands in the page.
    reader: StoredValue<Option<Reader>, LocalStorage>,
}

struct Reader {
    conversation: Conversation,
    scroller: Element,
    above: HtmlElement,
    below: HtmlElement,
    lines: Lines,
    layout: Layout,
    /// Which lines stand in the page.
    window: Range<usize>,
    /// Not at the end, or not to be taken along.
    is_away: bool,
    anchor: Option<Anchor>,
    top: i32,
    height: i32,
    width: i32,
    /// The last line that was there when the reader left the end.
    last: Option<Arc<str>>,
    _observer: Option<Observer>,
}

impl Log {
    pub(super) fn new(conversation: Conversation, places: Places) -> Self {
        let log = Self {
            news: RwSignal::new(None),
            conversation,
            reader: StoredValue::new_local(None),
        };
        Effect::new(move || {
            let around = (places.scroller.get(), places.lines.get());
            let gaps = (places.above.get(), places.below.get());
            if let ((Some(scroller), Some(lines)), (Some(above), Some(below))) = (around, gaps) {
                log.begin(scroller.into(), lines.into(), above.into(), below.into());
            }
        });
        Effect::new(move || {
            conversation.lines.track();
            log.arrange();
        });
        // What the person writes is something they want to see.
        Effect::new(move |before: Option<u32>| {
            let sent = conversation.sent.get();
            if before.is_some_and(|before| before != sent) {
                log.to_end();
            }
            sent
        });
        on_cleanup(move || log.leave());
        log
    }

    fn begin(self, scroller: Element, parent: Element, above: HtmlElement, below: HtmlElement) {
        let observer = Observer::new(&[&scroller, &parent], move || self.resized());
        let anchor = self.conversation.anchor.get_value();
        self.reader.set_value(Some(Reader {
            conversation: self.conversation,
            lines: Lines::new(self.conversation, parent, below.clone().into()),
            scroller,
            above,
            below,
            layout: Layout::default(),
            window: 0..0,
            is_away: anchor.is_some(),
            anchor,
            top: 0,
            height: 0,
            width: 0,
            last: None,
            _observer: observer,
        }));
        self.arrange();
    }

    /// The conversation keeps where the reader was.
    fn leave(self) {
        let anchor = self.with(|reader| reader.anchor.clone().filter(|_| reader.is_away));
        self.conversation.anchor.set_value(anchor.flatten());
    }

    /// Other lines are there.
    fn arrange(self) {
        let news = self.with(|reader| {
            lines_of(reader).with_untracked(|lines| {
                if reader.last.is_some() && reader.last != last_of(lines) {
                    reader.go_along();
                }
                reader.layout.arrange(lines, |line| &line.key);
                reader.draw(lines, true);
                reader.news(lines)
            })
        });
        self.tell(news.flatten());
    }

    /// The size of the conversation or of the window is another one.
    fn resized(self) {
        let news = self.with(|reader| {
            let grows = reader.scroller.scroll_height() > reader.height && reader.height > 0;
            let is_still = reader.width == reader.scroller.client_width();
            lines_of(reader).with_untracked(|lines| {
                if !is_still {
                    reader.layout.unmeasure();
                }
                let writes = lines
                    .last()
                    .is_some_and(|line| line.row.with_untracked(|row| row.live));
                let is_new = grows && is_still && writes;
                if is_new {
                    reader.go_along();
                }
                reader.draw(lines, !is_still);
                reader
                    .news(lines)
                    .or_else(|| (reader.is_away && is_new).then_some(0))
            })
        });
        if news.flatten().is_some() {
            self.tell(news.flatten());
        }
    }

    /// The reader has scrolled, or the browser did.
    pub(super) fn scrolled(self) {
        let is_at_end = self.with(|reader| {
            let top = reader.scroller.scroll_top();
            let is_up = top < reader.top;
            let from_end = reader.scroller.scroll_height() - top - reader.scroller.client_height();
            if from_end <= END {
                reader.is_away = false;
            } else if is_up {
                // Only upwards: a growing text also increases the distance.
                reader.is_away = true;
            }
            reader.top = top;
            reader.take_anchor();
            lines_of(reader).with_untracked(|lines| {
                if lines.len() > MANY {
                    reader.draw(lines, false);
                }
                if !reader.is_away {
                    reader.last = last_of(lines);
                }
            });
            if is_up && top < reader.scroller.client_height() {
                reader.conversation.load_older();
            }
            !reader.is_away
        });
        if is_at_end == Some(true) {
            self.tell(None);
        }
    }

    /// Goes to the end and stays there.
    pub(super) fn to_end(self) {
        self.with(|reader| {
            reader.is_away = false;
            lines_of(reader).with_untracked(|lines| reader.draw(lines, false));
        });
        self.tell(None);
        request_animation_frame(move || {
            self.with(Reader::settle);
        });
    }

    /// Something is about to open where the reader is, or above: what is in view
    /// stays there.
    pub(super) fn hold(self) {
        self.with(|reader| {
            reader.is_away = true;
            reader.take_anchor();
        });
    }

    fn tell(self, news: Option<usize>) {
        if self
            .news
            .try_get_untracked()
            .is_some_and(|told| told != news)
        {
            self.news.set(news);
        }
    }

    fn with<R>(self, act: impl FnOnce(&mut Reader) -> R) -> Option<R> {
        let act = |reader: &mut Option<Reader>| reader.as_mut().map(act);
        self.reader.try_update_value(act).flatten()
    }
}

fn last_of(lines: &[Line]) -> Option<Arc<str>> {
    lines.last().map(|line| Arc::clone(&line.key))
}

/// A copy: who looks at the lines may change the reader.
const fn lines_of(reader: &Reader) -> RwSignal<Vec<Line>> {
    reader.conversation.lines
}

impl Reader {
    /// Something was said at the end: goes along where the person wants that
    /// wherever they read, and stays where they never do.
    fn go_along(&mut self) {
        match self.conversation.follow.get_untracked() {
            Follow::AtEnd => {}
            Follow::Always => self.is_away = false,
            Follow::Never => self.is_away = true,
        }
    }

    /// Puts the lines near the view into the page, and the view to its place.
    /// `are_other` tells whether the lines are others than before.
    fn draw(&mut self, lines: &[Line], are_other: bool) {
        let window = if lines.len() > MANY {
            self.layout.window(&self.view(), &self.window)
        } else {
            0..lines.len()
        };
        if are_other || window != self.window {
            self.layout
                .measure(self.window.start, self.lines.pitches().into_iter());
            self.window = self.with_held(window, lines);
            let shown = lines.get(self.window.clone()).unwrap_or_default();
            self.lines.draw(shown);
            reach(&self.above, self.layout.height(0..self.window.start));
            reach(
                &self.below,
                self.layout.height(self.window.end..lines.len()),
            );
        }
        self.settle();
    }

    /// What the reader is to see, from the beginning of the first line.
    fn view(&self) -> Range<f64> {
        let height = f64::from(self.scroller.client_height());
        let anchor = self.anchor.as_ref().filter(|_| self.is_away);
        let at_anchor = anchor.and_then(|anchor| {
            let index = self.layout.find(&anchor.key, &self.window)?;
            Some(self.layout.top(index) - anchor.below)
        });
        let in_page = || self.top_of_view().filter(|_| self.is_away);
        let top = at_anchor.or_else(in_page);
        let top = top.unwrap_or_else(|| self.layout.top(self.layout.len()) - height);
        top..top + height
    }

    /// Where the view begins, from the beginning of the first line, as the page
    /// stands.
    fn top_of_view(&self) -> Option<f64> {
        let first = self.lines.top()?;
        Some(self.edge() - first + self.layout.top(self.window.start))
    }

    /// Lines in which somebody writes, has the keyboard or has selected something
    /// stay in the page.
    fn with_held(&self, window: Range<usize>, lines: &[Line]) -> Range<usize> {
        let active = active_beside(&self.scroller);
        let selected = selected_between();
        let has = |line: &Line, node: Option<&Node>| {
            let element = self.lines.element(&line.key);
            node.is_some() && element.is_some_and(|element| element.contains(node))
        };
        let mut wide = window.clone();
        for (index, line) in lines.iter().enumerate() {
            let is_near = |lines| index + lines >= window.start && index < window.end + lines;
            let is_out = !window.contains(&index);
            let is_held = line.edited.with_untracked(Option::is_some)
                || is_out && is_near(KEPT) && has(line, active.as_deref())
                || is_out
                    && is_near(SELECTED)
                    && selected.iter().any(|node| has(line, node.as_ref()));
            if is_held {
                wide = wide.start.min(index)..wide.end.max(index + 1);
            }
        }
        wide
    }

    /// Goes where the reader is: to the end, or so that the anchor stands where it
    /// stood.
    fn settle(&mut self) {
        if self.scroller.scroll_height() <= self.scroller.client_height() {
            self.is_away = false;
        }
        if !self.is_away {
            self.scroller.set_scroll_top(self.scroller.scroll_height());
        } else if let Some(anchor) = &self.anchor
            && let Some(element) = self.lines.element(&anchor.key)
        {
            let below = element.get_bounding_client_rect().top() - self.edge();
            let moved = (below - anchor.below).round();
            if moved.abs() >= 1.0 {
                let top = f64::from(self.scroller.scroll_top()) + moved;
                #[expect(clippy::cast_possible_truncation, reason = "a place on a page")]
                self.scroller.set_scroll_top(top as i32);
            }
        }
        self.top = self.scroller.scroll_top();
        self.height = self.scroller.scroll_height();
        self.width = self.scroller.client_width();
        if self.anchor.is_none() || !self.is_away {
            self.take_anchor();
        }
    }

    /// Notes which line is in view, and where.
    fn take_anchor(&mut self) {
        let Some(top) = self.top_of_view() else {
            return;
        };
        let is_below_first = top >= self.layout.top(self.window.start);
        let in_page = self.lines.at(self.edge());
        let in_page = in_page.filter(|_| is_below_first || self.window.start == 0);
        let anchor = match in_page {
            Some((key, below)) => Some((Arc::clone(key), below)),
            // Among the lines that do not stand in the page.
            None => {
                let index = self.layout.at(top);
                let key = self.layout.key(index);
                key.map(|key| (Arc::clone(key), self.layout.top(index) - top))
            }
        };
        self.anchor = anchor.map(|(key, below)| Anchor { key, below });
    }

    /// Where the view begins, in the window.
    fn edge(&self) -> f64 {
        self.scroller.get_bounding_client_rect().top()
    }

    /// How many lines the reader has not seen that others wrote.
    fn news(&mut self, lines: &[Line]) -> Option<usize> {
        let last = last_of(lines);
        if !self.is_away || self.last.is_none() {
            self.last = last;
            return None;
        }
        if self.last == last {
            return None;
        }
        let known = self.last.as_ref();
        let seen = lines.iter().rposition(|line| Some(&line.key) == known);
        let new = seen.and_then(|seen| lines.get(seen + 1..));
        let is_theirs = |line: &&Line| {
            line.row
                .with_untracked(|row| !matches!(row.who, Who::You | Who::Divider))
        };
        let count = new.map(|new| new.iter().filter(is_theirs).count());
        // Where the reader left is no more: there is something, nobody knows how much.
        Some(count.unwrap_or_default()).filter(|new| count.is_none() || *new > 0)
    }
}

/// Makes the place of lines that are not in the page as high as they are.
fn reach(gap: &HtmlElement, height: f64) {
    let style = HtmlElement::style(gap);
    #[expect(clippy::cast_possible_truncation, reason = "a height on a page")]
    let height = height.round() as i32;
    let _ = match height > 0 {
        true => style.set_property("height", &format!("{height}px")),
        false => style.remove_property("height").map(drop),
    };
    gap.set_hidden(height <= 0);
}
