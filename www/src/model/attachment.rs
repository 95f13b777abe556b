//! Files that go with a message, in words.

/// The longest name that is shown, in characters.
const MAX_NAME: usize = 60;

/// A size as people say it.
#[must_use]
pub fn size_in_words(bytes: u64) -> String {
    const KB: u64 = 1_024;
    const MB: u64 = KB * KB;
    match bytes {
        0..KB => format!("{bytes} bytes"),
        KB..MB => format!("{} KB", bytes / KB),
        _ => {
            let tenths = bytes * 10 / MB;
            format!("{}.{} MB", tenths / 10, tenths % 10)
        }
    }
}

/// A file's name as it is shown: the end of a long one says what kind it is.
#[must_use]
pub fn shown_name(name: &str) -> String {
    let clean: Vec<char> = name.chars().filter(|c| !c.is_control()).collect();
    match clean.len() {
        0 => "file".to_owned(),
        length if length > MAX_NAME => {
            let half = MAX_NAME / 2;
            let start = clean.iter().take(half);
            let end = clean.iter().skip(length - half);
            start.chain(&['…']).chain(end).collect()
        }
        _ => clean.into_iter().collect(),
    }
}

/// What stands on the chip of a file.
#[must_use]
pub fn label(name: &str, bytes: u64) -> String {
    format!("{} ({})", shown_name(name), size_in_words(bytes))
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
pub fn left_out(unfit: &[(String, Unfit)]) -> Option<String> {
    let words = |(name, why): &(String, Unfit)| {
        let name = shown_name(name);
        match why {
            Unfit::Folder => format!("{name} is a folder: choose the files in it instead."),
            Unfit::Empty => format!("{name} is empty, and is not attached."),
            Unfit::Unreadable => format!("{name} cannot be read: it is a folder, or it is gone."),
        }
    };
    let words: Vec<String> = unfit.iter().map(words).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_named_with_the_reason() {
        assert_eq!(left_out(&[]), None);
        let told = left_out(&[
            ("photos".into(), Unfit::Folder),
            ("none.txt".into(), Unfit::Empty),
            ("gone\n.txt".into(), Unfit::Unreadable),
        ]);
        let told = told.unwrap_or_default();
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
            assert_eq!(size_in_words(bytes), words);
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending_and_a_hostile_one_its_line() {
        let long = format!("{}.png", "x".repeat(300));
        assert!(shown_name(&long).ends_with("x.png"));
        assert_eq!(shown_name(&long).chars().count(), MAX_NAME + 1);
        assert_eq!(label("a\nb.txt", 2_048), "ab.txt (2 KB)");
        assert_eq!(shown_name(""), "file");
    }
}
