//! Where two lists differ.

use std::ops::Range;

use clawline_core::sorted;

/// What is left of two lists without what they have in common at their beginning
/// and at their end.
pub fn difference<A, B>(
    old: &[A],
    new: &[B],
    is_same: impl Fn(&A, &B) -> bool,
) -> (Range<usize>, Range<usize>) {
    let head = old.iter().zip(new).take_while(|(a, b)| is_same(a, b));
    let head = head.count();
    let (old_rest, new_rest) = (old.iter().skip(head).rev(), new.iter().skip(head).rev());
    let tail = old_rest.zip(new_rest).take_while(|(a, b)| is_same(a, b));
    let tail = tail.count();
    (head..old.len() - tail, head..new.len() - tail)
}

/// Puts these in the place of those.
pub fn replace<T>(list: &mut Vec<T>, old: Range<usize>, mut new: Vec<T>) {
    let mut tail = list.split_off(old.end.min(list.len()));
    list.truncate(old.start);
    list.append(&mut new);
    list.append(&mut tail);
}

/// Where each key stands in a list. Lighter than a hash map.
#[derive(Debug)]
pub struct Index<'a>(Vec<(&'a str, usize)>);

impl<'a> Index<'a> {
    /// Notes where these keys stand. No two are the same.
    pub fn of(keys: impl Iterator<Item = &'a str>) -> Self {
        let places = keys.zip(0..).collect();
        Self(sorted(places, |(one, _), (other, _)| one.cmp(other)))
    }

    /// The place of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<usize> {
        let found = self.0.binary_search_by(|(known, _)| (*known).cmp(key));
        self.0.get(found.ok()?).map(|(_, place)| *place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
        difference(old.as_bytes(), new.as_bytes(), |a, b| a == b)
    }

    #[test]
    fn only_the_middle_differs() {
        assert_eq!(between("abc", "abc"), (3..3, 3..3));
        assert_eq!(between("abc", "abcd"), (3..3, 3..4));
        assert_eq!(between("bc", "abc"), (0..0, 0..1));
        assert_eq!(between("abxyc", "abzc"), (2..4, 2..3));
        assert_eq!(between("", "a"), (0..0, 0..1));
        // What is at both ends counts once.
        assert_eq!(between("aa", "aaa"), (2..2, 2..3));
        assert_eq!(between("aaa", "a"), (1..3, 1..1));
    }

    #[test]
    fn what_differs_is_replaced() {
        for (old, new) in [("abc", "abc"), ("abxyc", "abzc"), ("", "a"), ("aaa", "a")] {
            let mut list = old.as_bytes().to_vec();
            let (range, other) = between(old, new);
            replace(&mut list, range, new.as_bytes()[other].to_vec());
            assert_eq!(list, new.as_bytes());
        }
    }

    #[test]
    fn a_key_is_found_where_it_stands() {
        let index = Index::of(["b", "c", "a"].into_iter());
        assert_eq!(
            ["a", "b", "c", "d"].map(|key| index.get(key)),
            [Some(2), Some(0), Some(1), None]
        );
    }
}
