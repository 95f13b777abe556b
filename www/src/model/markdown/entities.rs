//! Characters that are written as names or numbers.

/// The longest reference that is read, in bytes.
const MAX_BYTES: usize = 12;

/// Those that people and models write; all others stay as they are.
const NAMES: [(&str, char); 16] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '©'),
    ("deg", '°'),
    ("middot", '·'),
    ("times", '×'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("bull", '•'),
    ("hellip", '…'),
    ("larr", '←'),
    ("rarr", '→'),
];

/// The character that a text begins with as a reference, and its length.
pub(super) fn read(text: &str) -> Option<(char, usize)> {
    let inside = text.strip_prefix('&')?;
    let end = inside
        .bytes()
        .take(MAX_BYTES)
        .position(|byte| byte == b';')?;
    let name = inside.get(..end)?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            let known = char::from_u32(code).filter(|_| code != 0);
            known.unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        None => NAMES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((character, end + 2))
}
