//! Long texts in parts that people can read.

/// Longest text of one message, in characters.
const LONGEST: usize = 4_000;

/// The text in parts: cut behind a paragraph, else a line, a sentence or a word,
/// unless that would leave a part half empty.
pub(super) fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest
            .char_indices()
            .nth(LONGEST)
            .map_or(rest.len(), |(at, _)| at);
        let part = match rest.split_at_checked(end) {
            Some((part, "")) => part,
            Some((part, _)) => &part[..cut(part)],
            None => rest,
        };
        parts.push(part.trim_end());
        rest = rest[part.len()..].trim_start();
    }
    parts
}

/// Where a text that is too long is cut, in bytes.
fn cut(part: &str) -> usize {
    let half = part.len() / 2;
    let behind = |mark: &str| part.rfind(mark).map(|at| at + mark.len());
    let marks = ["\n\n", "\n", ". ", "! ", "? ", "。", " "];
    let mut places = marks.into_iter().filter_map(behind);
    places.find(|at| *at > half).unwrap_or(part.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_sensible_places_and_nothing_of_it_is_lost() {
        assert_eq!(split(" hi\n"), ["hi"]);
        assert_eq!(split("  "), [""; 0]);
        let paragraph = format!("{} end.", "word ".repeat(500).trim_end());
        let text = [&*paragraph; 4].join("\n\n");
        assert_eq!(split(&text), [&*paragraph; 4]);
        let sentences = "This is a sentence. ".repeat(900);
        for part in split(&sentences) {
            assert!(part.ends_with('.'), "{}", &part[part.len() - 20..]);
            assert!(part.chars().count() <= LONGEST);
        }
        let wall = "é".repeat(9_001);
        let lengths = split(&wall).into_iter().map(|part| part.chars().count());
        assert_eq!(lengths.collect::<Vec<_>>(), [4_000, 4_000, 1_001]);
        let words = |text: &str| {
            text.split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let mixed = format!("{text} {sentences} x");
        assert_eq!(words(&split(&mixed).join(" ")), words(&mixed));
    }
}
