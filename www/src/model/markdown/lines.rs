//! What a single line says about the blocks around it.

/// Tabs stand at multiples of this.
const TAB: usize = 4;

/// From this indentation on, a line is code.
pub(super) const CODE_INDENT: usize = 4;

/// How far a line is indented, in columns, and what stands behind that.
pub(super) fn indent(line: &str) -> (usize, &str) {
    let mut columns = 0;
    let mut bytes = 0;
    for byte in line.bytes() {
        match byte {
            b' ' => columns += 1,
            b'\t' => columns += TAB - columns % TAB,
            _ => break,
        }
        bytes += 1;
    }
    (columns, line.get(bytes..).unwrap_or(""))
}

/// The line without up to so many columns of indentation.
pub(super) fn outdent(line: &str, columns: usize) -> &str {
    let mut at = 0;
    let mut bytes = 0;
    for byte in line.bytes() {
        match byte {
            b' ' if at < columns => at += 1,
            b'\t' if at < columns => at += TAB - at % TAB,
            _ => break,
        }
        bytes += 1;
    }
    line.get(bytes..).unwrap_or("")
}

pub(super) fn is_blank(line: &str) -> bool {
    line.bytes().all(|byte| byte == b' ' || byte == b'\t')
}

/// The beginning of a code block between fences.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fence<'a> {
    mark: u8,
    length: usize,
    /// How far it is indented: so far its code may be, too.
    pub(super) indent: usize,
    /// What stands behind the marks.
    pub(super) info: &'a str,
}

/// How many of one byte a text begins with.
pub(super) fn run(text: &str, byte: u8) -> usize {
    text.bytes().take_while(|next| *next == byte).count()
}

impl<'a> Fence<'a> {
    pub(super) fn open(line: &'a str) -> Option<Self> {
        let (indent, text) = indent(line);
        let mark = *text.as_bytes().first()?;
        if indent >= CODE_INDENT || !matches!(mark, b'`' | b'~') {
            return None;
        }
        let length = run(text, mark);
        let info = text.get(length..)?.trim();
        let is_fence = length >= 3 && (mark == b'~' || !info.contains('`'));
        is_fence.then_some(Self {
            mark,
            length,
            indent,
            info,
        })
    }

    pub(super) fn is_closed_by(&self, line: &str) -> bool {
        let (indent, text) = indent(line);
        let length = run(text, self.mark);
        indent < CODE_INDENT && length >= self.length && text.get(length..).is_some_and(is_blank)
    }
}

/// The level and the words of a heading that begins with `#`.
pub(super) fn heading(line: &str) -> Option<(u8, &str)> {
    let (indent, text) = indent(line);
    let level = run(text, b'#');
    let words = text.get(level..)?;
    let is_heading = indent < CODE_INDENT
        && (1..=6).contains(&level)
        && (words.is_empty() || words.starts_with([' ', '\t']));
    if !is_heading {
        return None;
    }
    let words = words.trim();
    let bare = words.trim_end_matches('#');
    let words = if bare.is_empty() || bare.ends_with([' ', '\t']) {
        bare.trim_end()
    } else {
        words
    };
    Some((u8::try_from(level).ok()?, words))
}

/// The level of the heading that this line makes of the paragraph above it.
pub(super) fn underline(line: &str) -> Option<u8> {
    let (indent, text) = indent(line);
    let text = text.trim_end();
    let is_of = |byte| !text.is_empty() && run(text, byte) == text.len();
    match indent < CODE_INDENT {
        true if is_of(b'=') => Some(1),
        true if is_of(b'-') => Some(2),
        _ => None,
    }
}

/// A line across the page.
pub(super) fn is_rule(line: &str) -> bool {
    let (indent, text) = indent(line);
    let Some(mark @ (b'-' | b'*' | b'_')) = text.bytes().next() else {
        return false;
    };
    let mut marks = 0;
    let is_plain = text.bytes().all(|byte| {
        marks += usize::from(byte == mark);
        byte == mark || byte == b' ' || byte == b'\t'
    });
    indent < CODE_INDENT && is_plain && marks >= 3
}

/// What stands behind the mark of a quotation.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let (indent, text) = indent(line);
    let rest = text.strip_prefix('>').filter(|_| indent < CODE_INDENT)?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// How an item of a list begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct Marker<'a> {
    /// `-`, `+`, `*`, or what follows the number: another one is another list.
    pub(super) kind: u8,
    /// The number, of a numbered list.
    pub(super) number: Option<u64>,
    /// The column at which its content begins: lines below it that are indented so far belong to it.
    pub(super) content: usize,
    /// The rest of the line.
    pub(super) rest: &'a str,
}

impl<'a> Marker<'a> {
    pub(super) fn read(line: &'a str) -> Option<Self> {
        let (indent, text) = indent(line);
        if indent >= CODE_INDENT || is_rule(line) {
            return None;
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let kind = *text.as_bytes().get(digits)?;
        let number = match (digits, kind) {
            (0, b'-' | b'+' | b'*') => None,
            (1..=9, b'.' | b')') => Some(text.get(..digits)?.parse().ok()?),
            _ => return None,
        };
        let width = digits + 1;
        let rest = text.get(width..)?;
        if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return None;
        }
        let (spaces, words) = self::indent(rest);
        let (spaces, rest) = match spaces {
            _ if words.is_empty() => (1, ""),
            1..=CODE_INDENT => (spaces, words),
            // An item that begins with code.
            _ => (1, outdent(rest, 1)),
        };
        Some(Self {
            kind,
            number,
            content: indent + width + spaces,
            rest,
        })
    }

    /// Whether it may end a paragraph: one that only looks like an item, such
    /// as a year at the beginning of a line, must not.
    pub(super) fn may_interrupt(&self) -> bool {
        !self.rest.is_empty() && self.number.is_none_or(|number| number == 1)
    }
}

/// Whether a line ends the paragraph above it.
pub(super) fn interrupts(line: &str) -> bool {
    is_blank(line)
        || heading(line).is_some()
        || is_rule(line)
        || quoted(line).is_some()
        || Fence::open(line).is_some()
        || Marker::read(line).is_some_and(|marker| marker.may_interrupt())
}

/// The label and the target of a line that defines a link.
pub(super) fn definition(line: &str) -> Option<(&str, &str)> {
    let (indent, text) = indent(line);
    let (label, rest) = text.strip_prefix('[')?.split_once("]:")?;
    let is_label = indent < CODE_INDENT && !label.is_empty() && !label.contains(['[', ']', '^']);
    let (target, title) = match rest.trim().split_once([' ', '\t']) {
        Some((target, title)) => (target, title.trim()),
        None => (rest.trim(), ""),
    };
    let is_title = title.is_empty() || title.starts_with(['"', '\'', '(']);
    let target = target.trim_start_matches('<').trim_end_matches('>');
    (is_label && is_title && !target.is_empty()).then_some((label, target))
}
