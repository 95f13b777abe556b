//! What the real gateway adds to the words of the user, and how to lose it.
//!
//! Seen with openclaw 2026.9.6: `[Fri 2026-11-20 05:32 UTC] ` before the words,
//! a paragraph `Runtime: agent=…` behind the first ones of a session, and
//! another message of the user with nothing but a block of context.

const CONTEXT_BEGIN: &str = "<<<BEGIN_OPENCLAW_INTERNAL_CONTEXT>>>";
const CONTEXT_END: &str = "<<<END_OPENCLAW_INTERNAL_CONTEXT>>>";
const RUNTIME: &str = "\n\nRuntime: agent=";

/// The words of the user alone; empty when there are none.
pub(super) fn own_words(text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once(CONTEXT_BEGIN) {
        words.push_str(before);
        // A block without an end holds all that follows.
        rest = inside
            .split_once(CONTEXT_END)
            .map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    let words = words
        .rsplit_once(RUNTIME)
        .map_or(words.as_str(), |(before, _)| before);
    without_time(words.trim()).trim_start().to_owned()
}

fn without_time(text: &str) -> &str {
    let Some((time, words)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) else {
        return text;
    };
    let parts: Vec<&str> = time.split(' ').collect();
    let shape = |part: &str| -> String {
        part.chars()
            .map(|c| if c.is_ascii_digit() { '0' } else { c })
            .collect()
    };
    match parts[..] {
        [day, date, hour, _zone]
            if day.len() == 3 && shape(date) == "0000-00-00" && shape(hour) == "00:00" =>
        {
            words
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_added_is_lost_and_the_words_stay() {
        let first = "[Fri 2026-11-20 05:32 UTC] hi [chunks:6:150]\n\nRuntime: agent=main | host=vm";
        assert_eq!(own_words(first), "hi [chunks:6:150]");
        let context = format!("{CONTEXT_BEGIN}\nConversation data\n{CONTEXT_END}");
        assert_eq!(own_words(&context), "");
        assert_eq!(own_words(&format!("{context}\n\na\nb")), "a\nb");
    }

    #[test]
    fn brackets_of_the_user_are_no_time() {
        for text in [
            "[chunks:6:150] hi",
            "[1] is a note",
            "[Fri 2026-11-20] party",
            "[a",
            "] b",
        ] {
            assert_eq!(own_words(text), text);
        }
    }
}
