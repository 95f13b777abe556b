//! Where the lines of a long list stand, though only some of them are in the
//! page: what has been measured is known, the rest is guessed.
//!
//! All lengths are in CSS pixels. A line's pitch is its height with the gap to
//! the next one.

use std::ops::Range;
use std::sync::Arc;

use super::difference::{Index, difference, replace};

/// A line that nobody has measured is taken for this high.
const GUESS: f64 = 96.0;

/// How much stands in the page above and below what is in view, in views.
const MARGIN: f64 = 1.5;

/// With less than this, in views, more is put there.
const LEAST: f64 = 0.5;

/// A list of lines by their keys.
#[derive(Debug, Default)]
pub struct Layout {
    keys: Vec<Arc<str>>,
    pitches: Vec<Option<f64>>,
    /// Where each line begins, and where the last one ends.
    tops: Vec<f64>,
}

impl Layout {
    /// Takes the lines as they are now. A known key keeps what was measured.
    pub fn arrange<T>(&mut self, lines: &[T], key: impl Fn(&T) -> &Arc<str>) {
        let is_same = |known: &Arc<str>, line: &T| known == key(line);
        let (old, new) = difference(&self.keys, lines, is_same);
        let gone = self.keys.get(old.clone()).unwrap_or_default();
        let gone = Index::of(gone.iter().map(|key| &**key));
        let known = |key: &str| *self.pitches.get(old.start + gone.get(key)?)?;
        let new = lines.get(new).unwrap_or_default();
        let pitches = new.iter().map(|line| known(key(line))).collect();
        let keys = new.iter().map(|line| Arc::clone(key(line))).collect();
        replace(&mut self.keys, old.clone(), keys);
        replace(&mut self.pitches, old, pitches);
        self.add_up();
    }

    /// Notes how high lines turned out to be: from `first` on, one after the other.
    pub fn measure(&mut self, first: usize, pitches: impl Iterator<Item = f64>) {
        let mut is_other = false;
        for (known, pitch) in self.pitches.iter_mut().skip(first).zip(pitches) {
            let is_sound = pitch.is_finite() && pitch >= 0.0;
            is_other |= is_sound && *known != Some(pitch);
            *known = if is_sound { Some(pitch) } else { *known };
        }
        if is_other {
            self.add_up();
        }
    }

    /// The width of the list is another one: all heights are.
    pub fn unmeasure(&mut self) {
        self.pitches.fill(None);
        self.add_up();
    }

    fn add_up(&mut self) {
        let mut top = 0.0;
        self.tops.clear();
        self.tops.push(top);
        for pitch in &self.pitches {
            top += pitch.unwrap_or(GUESS);
            self.tops.push(top);
        }
    }

    /// The key of a line.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<&Arc<str>> {
        self.keys.get(index)
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Where a line begins; the end of all for one past the last.
    #[must_use]
    pub fn top(&self, index: usize) -> f64 {
        let last = self.tops.last().copied().unwrap_or_default();
        self.tops.get(index).copied().unwrap_or(last)
    }

    /// The height of these lines.
    #[must_use]
    pub fn height(&self, lines: Range<usize>) -> f64 {
        (self.top(lines.end) - self.top(lines.start)).max(0.0)
    }

    /// The line at this height; the last one below all.
    #[must_use]
    pub fn at(&self, top: f64) -> usize {
        let begun = self.tops.partition_point(|begins| *begins <= top);
        begun.saturating_sub(1).min(self.len().saturating_sub(1))
    }

    /// Where the line with this key is: it is looked for among these first.
    #[must_use]
    pub fn find(&self, key: &str, near: &Range<usize>) -> Option<usize> {
        let is_it = |known: &Arc<str>| **known == *key;
        let there = self.keys.get(near.clone()).unwrap_or_default();
        let near = there.iter().position(is_it).map(|index| near.start + index);
        near.or_else(|| self.keys.iter().position(is_it))
    }

    /// Which lines are to stand in the page for this view: those that stand there
    /// as long as they reach far enough, for each change costs.
    #[must_use]
    pub fn window(&self, view: &Range<f64>, now: &Range<usize>) -> Range<usize> {
        let height = view.end - view.start;
        let reach = |views: f64| {
            let first = self.at(view.start - views * height);
            let last = self.at(view.end + views * height);
            first..(last + 1).min(self.len())
        };
        let least = reach(LEAST);
        let most = reach(2.0 * MARGIN);
        let is_enough = now.start <= least.start && now.end >= least.end && now.end <= self.len();
        let is_too_much = now.start < most.start || now.end > most.end;
        if is_enough && !is_too_much {
            now.clone()
        } else {
            reach(MARGIN)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(count: usize) -> Layout {
        let mut layout = Layout::default();
        take(
            &mut layout,
            &(0..count)
                .map(|number| number.to_string())
                .collect::<Vec<_>>(),
        );
        layout
    }

    fn take(layout: &mut Layout, keys: &[String]) {
        let keys: Vec<Arc<str>> = keys.iter().map(|key| key.as_str().into()).collect();
        layout.arrange(&keys, |key| key);
    }

    #[test]
    fn what_was_measured_is_known_wherever_the_line_goes() {
        let mut layout = layout(4);
        layout.measure(1, [10.0, 20.0].into_iter());
        assert_eq!(layout.top(3), GUESS + 30.0);
        take(&mut layout, &["new", "2", "1", "3"].map(str::to_owned));
        assert_eq!(
            (layout.top(1), layout.top(2), layout.top(3)),
            (GUESS, GUESS + 20.0, GUESS + 30.0)
        );
        assert_eq!(layout.height(1..3), 30.0);
        layout.unmeasure();
        assert_eq!(layout.top(4), 4.0 * GUESS);
    }

    #[test]
    fn a_line_is_found_wherever_it_is_looked_for_first() {
        let layout = layout(9);
        for near in [0..9, 2..4, 7..9, 5..20] {
            assert_eq!(layout.find("3", &near), Some(3));
            assert_eq!(layout.find("none", &near), None);
        }
    }

    #[test]
    fn a_height_that_is_none_changes_nothing() {
        let mut layout = layout(3);
        layout.measure(0, [f64::NAN, -1.0, f64::INFINITY].into_iter());
        layout.measure(2, [1.0, 1.0, 1.0].into_iter());
        assert_eq!(layout.top(3), 2.0 * GUESS + 1.0);
    }

    #[test]
    fn a_line_is_found_by_its_height() {
        let mut layout = layout(3);
        layout.measure(0, [10.0, 10.0, 10.0].into_iter());
        let found = [-5.0, 0.0, 9.9, 10.0, 29.0, 30.0, 1e9].map(|top| layout.at(top));
        assert_eq!(found, [0, 0, 0, 1, 2, 2, 2]);
        assert_eq!(Layout::default().at(3.0), 0);
        assert_eq!(Layout::default().window(&(0.0..100.0), &(0..0)), 0..0);
    }

    #[test]
    fn the_page_holds_as_many_lines_of_ten_thousand_as_of_five_hundred() {
        for count in [500, 10_000] {
            let layout = layout(count);
            for place in [0.0, 0.5, 1.0] {
                let top = place * (layout.top(count) - 800.0);
                let window = layout.window(&(top..top + 800.0), &(0..0));
                assert!(window.len() < 45, "{window:?}");
                let is_in_view = layout.at(top)..layout.at(top + 799.0) + 1;
                assert!(window.start <= is_in_view.start && window.end >= is_in_view.end);
            }
        }
    }

    #[test]
    fn a_small_step_changes_nothing_and_a_large_one_does() {
        let layout = layout(1_000);
        let view = |top: f64| top..top + 800.0;
        let now = layout.window(&view(40_000.0), &(0..0));
        assert_eq!(layout.window(&view(40_300.0), &now), now);
        assert_ne!(layout.window(&view(41_300.0), &now), now);
        // Far more than is needed is let go.
        assert_ne!(layout.window(&view(40_000.0), &(0..1_000)), 0..1_000);
        // What is behind the end now is not asked for.
        let fewer = self::layout(100);
        assert!(fewer.window(&view(9_000.0), &(60..140)).end <= 100);
    }
}
