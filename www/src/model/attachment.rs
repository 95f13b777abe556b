//! Files that go with a message, in words.

use super::words::{Value, Words};

/// The longest name that is shown, in characters.
const MAX_NAME: usize = 60;

/// A size as people say it.
#[must_use]
pub fn size_in_words(bytes: u64) -> Words {
    const KB: u64 = 1_024;
    const MB: u64 = KB * KB;
    match bytes {
        0..KB => Words::of("size-bytes").with("count", bytes),
        KB..MB => Words::of("size-kilobytes").with("count", bytes / KB),
        _ => {
            Words::of("size-megabytes").with("count", Value::Tenths(bytes.saturating_mul(10) / MB))
        }
    }
}

/// A file's name as it is shown: the end of a long one says what kind it is.
#[must_use]
pub fn shown_name(name: &str) -> Words {
    match short_name(name) {
        name if name.is_empty() => Words::of("file-unnamed"),
        name => Words::Said(name),
    }
}

fn short_name(name: &str) -> String {
    let clean: Vec<char> = name.chars().filter(|c| !c.is_control()).collect();
    let length = clean.len();
    if length <= MAX_NAME {
        return clean.into_iter().collect();
    }
    let half = MAX_NAME / 2;
    let start = clean.iter().take(half);
    let end = clean.iter().skip(length - half);
    start.chain(&['…']).chain(end).collect()
}

/// What stands on the chip of a file.
#[must_use]
pub fn label(name: &str, bytes: u64) -> Words {
    Words::of("file-with-size")
        .with("name", shown_name(name))
        .with("size", size_in_words(bytes))
}

/// What is kept of a file that goes with a message on its way.
#[must_use]
pub fn kept(name: &str, bytes: u64) -> String {
    format!("{}\t{bytes}", short_name(name))
}

/// What stands on the chip of such a file; older versions kept those words.
#[must_use]
pub fn kept_label(kept: &str) -> Words {
    let parts = kept.rsplit_once('\t');
    match parts.and_then(|(name, bytes)| Some((name, bytes.parse().ok()?))) {
        Some((name, bytes)) => label(name, bytes),
        None => Words::said(kept),
    }
}

/// Why something that was chosen cannot go with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// It is a folder.
    Folder,
    /// It has no bytes.
    Empty,
    /// Reading its beginning failed: a folder, to some browsers, or a file that
    /// is gone or not for us.
    Unreadable,
}

/// What a person is told of those that are left out; `None` when all are fine.
#[must_use]
pub fn left_out(unfit: &[(String, Unfit)]) -> Option<Words> {
    let words = |(name, why): &(String, Unfit)| {
        let words = match why {
            Unfit::Folder => Words::of("unfit-folder"),
            Unfit::Empty => Words::of("unfit-empty"),
            Unfit::Unreadable => Words::of("unfit-unreadable"),
        };
        words.with("name", shown_name(name))
    };
    let words: Vec<Words> = unfit.iter().map(words).collect();
    (!words.is_empty()).then_some(Words::All(words))
}

#[cfg(test)]
mod tests {
    use super::super::words::catalogues::english;
    use super::*;

    #[test]
    fn what_is_left_out_is_named_with_the_reason() {
        assert_eq!(left_out(&[]), None);
        let told = left_out(&[
            ("photos".into(), Unfit::Folder),
            ("none.txt".into(), Unfit::Empty),
            ("gone\n.txt".into(), Unfit::Unreadable),
        ]);
        let told = english(&told.unwrap_or_default());
        for words in [
            "photos is a folder",
            "none.txt is empty",
            "gone.txt cannot be read",
        ] {
            assert!(told.contains(words), "{told}");
        }
    }

    #[test]
    fn sizes_are_said_in_the_unit_that_fits() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1_023, "1023 bytes"),
            (1_024, "1 KB"),
            (1_500_000, "1.4 MB"),
            (20 * 1_048_576, "20.0 MB"),
        ] {
            assert_eq!(english(&size_in_words(bytes)), words);
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_a_hostile_one_its_line() {
        let long = format!("{}.png", "x".repeat(300));
        let shown = english(&shown_name(&long));
        assert!(shown.ends_with("x.png"));
        assert_eq!(shown.chars().count(), MAX_NAME + 1);
        assert_eq!(english(&label("a\nb.txt", 2_048)), "ab.txt (2 KB)");
        assert_eq!(english(&shown_name("")), "file");
    }

    #[test]
    fn a_file_on_its_way_is_said_in_the_language_of_the_moment() {
        let words = |kept: &str| english(&kept_label(kept));
        assert_eq!(words(&kept("a\tb.txt\n", 2_048)), "ab.txt (2 KB)");
        assert_eq!(words(&kept("", 1)), "file (1 byte)");
        assert_eq!(words("a.png (1 KB)"), "a.png (1 KB)");
    }
}
