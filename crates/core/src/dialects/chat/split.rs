//! Long answers in several frames.

/// The most characters of one response, as a JavaScript client counts them
/// (UTF-16 units).
pub const MOST_CHARACTERS: usize = 4000;

/// Splits an answer into the contents of its responses: between paragraphs,
/// else lines, else sentences, else words, and never inside a character, even
/// one that is made of several (an accent, a flag, a family). Joined again they
/// are the same text.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (part, after) = rest.split_at(end_of_part(rest));
        rest = after;
        (!part.is_empty()).then_some(part)
    })
}

/// How good a place is: the better of two, then the later one, is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    InsideCharacter,
    InsideWord,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// Where the first part of a text ends, in bytes.
fn end_of_part(text: &str) -> usize {
    let mut units = 0;
    let mut best = (Place::InsideCharacter, 0);
    let mut before = ['\0'; 2];
    let mut flags = 0;
    for (at, c) in text.char_indices() {
        let place = if at == 0 || (is_flag(c) && flags % 2 == 1) || is_joined(before[1], c) {
            Place::InsideCharacter
        } else {
            place_after(before)
        };
        // An early place, however good, would make parts of a few words.
        let is_late = units >= MOST_CHARACTERS / 2 || place <= Place::InsideWord;
        if is_late && place >= best.0 {
            best = (place, at);
        }
        units += c.len_utf16();
        if units > MOST_CHARACTERS {
            return best.1;
        }
        flags = if is_flag(c) { flags + 1 } else { 0 };
        before = [before[1], c];
    }
    text.len()
}

fn place_after([before, last]: [char; 2]) -> Place {
    let ends_sentence = |c| matches!(c, '.' | '!' | '?' | '…');
    match last {
        '\n' if before == '\n' => Place::Paragraph,
        '\n' => Place::Line,
        '。' | '！' | '？' => Place::Sentence,
        c if c.is_whitespace() && ends_sentence(before) => Place::Sentence,
        c if c.is_whitespace() => Place::Word,
        _ => Place::InsideWord,
    }
}

/// Two of these make a flag.
const fn is_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// Whether a character is part of the one before it.
const fn is_joined(before: char, c: char) -> bool {
    let joins_the_next = matches!(before, '\u{200d}');
    let is_part = matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}' // marks
        | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' // joiner, variants
        | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}' // skin tones, tags
    );
    joins_the_next || is_part || (before == '\r' && c == '\n')
}
