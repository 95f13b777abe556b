//! From lines to blocks. Quotations and items are read as texts of their own,
//! so each level of nesting looks at a line once more, up to a bound.

use super::inline::Inlines;
use super::lines::{
    CODE_INDENT, Fence, Marker, definition, heading, indent, interrupts, is_blank, is_rule,
    outdent, quoted, underline,
};
use super::table;
use super::{Block, Item};

/// Quotations and lists inside each other past this depth are drawn as they are
/// written. A hostile message of ten thousand `>` would overflow the stack.
const MAX_DEPTH: usize = 12;

/// How many link definitions of a text count.
const MAX_DEFINITIONS: usize = 200;

/// The longest name of a language that is shown, in characters.
const MAX_LANGUAGE: usize = 40;

/// Reads a whole text.
pub(super) fn read(source: &str) -> Vec<Block> {
    let lines: Vec<&str> = source.lines().collect();
    let definitions = lines.iter().filter_map(|line| definition(line));
    let inlines = Inlines {
        definitions: definitions.take(MAX_DEFINITIONS).collect(),
    };
    let reader = Reader { inlines };
    reader.blocks(&lines, 0).0
}

struct Reader<'a> {
    inlines: Inlines<'a>,
}

impl<'a> Reader<'a> {
    /// The blocks of some lines, and whether there are blank lines between them.
    fn blocks(&self, lines: &[&'a str], depth: usize) -> (Vec<Block>, bool) {
        if depth > MAX_DEPTH {
            return (vec![Block::Paragraph(self.inlines.plain(lines))], false);
        }
        let mut blocks = Vec::new();
        let mut was_blank = false;
        let mut is_spaced = false;
        let mut rest = lines;
        while let Some(line) = rest.first() {
            if is_blank(line) {
                was_blank = true;
                rest = rest.get(1..).unwrap_or(&[]);
                continue;
            }
            let (block, used) = self.block(line, rest, depth);
            rest = rest.get(used.max(1)..).unwrap_or(&[]);
            if let Some(block) = block {
                is_spaced |= was_blank && !blocks.is_empty();
                blocks.push(block);
            }
            was_blank = false;
        }
        (blocks, is_spaced)
    }

    /// The block that begins with this line, and how many lines it has.
    fn block(&self, line: &'a str, rest: &[&'a str], depth: usize) -> (Option<Block>, usize) {
        if indent(line).0 >= CODE_INDENT {
            return indented_code(rest);
        }
        if let Some(fence) = Fence::open(line) {
            return fenced_code(&fence, rest);
        }
        if let Some((level, words)) = heading(line) {
            return (Some(Block::Heading(level, self.inlines.read(&[words]))), 1);
        }
        if is_rule(line) {
            return (Some(Block::Rule), 1);
        }
        if quoted(line).is_some() {
            return self.quote(rest, depth);
        }
        if let Some(marker) = Marker::read(line) {
            return self.list(marker, rest, depth);
        }
        if let Some((block, used)) = table::read(&self.inlines, rest) {
            return (Some(block), used);
        }
        self.paragraph(rest)
    }

    fn paragraph(&self, lines: &[&'a str]) -> (Option<Block>, usize) {
        let defined = lines.iter().take_while(|line| definition(line).is_some());
        let start = defined.count();
        let mut end = start;
        while let Some(line) = lines.get(end) {
            if end > start {
                if let Some(level) = underline(line) {
                    let words = self.inlines.read(lines.get(start..end).unwrap_or(&[]));
                    return (Some(Block::Heading(level, words)), end + 1);
                }
                if table::begins(lines.get(end..).unwrap_or(&[])) {
                    break;
                }
            }
            if interrupts(line) {
                break;
            }
            end += 1;
        }
        if end == start {
            return (None, start);
        }
        let words = self.inlines.read(lines.get(start..end).unwrap_or(&[]));
        (Some(Block::Paragraph(words)), end)
    }

    fn quote(&self, lines: &[&'a str], depth: usize) -> (Option<Block>, usize) {
        let mut inside = Inside::default();
        for line in lines {
            match quoted(line) {
                Some(rest) => inside.push(rest),
                None if inside.goes_on_lazily(line) => inside.push(line),
                None => break,
            }
        }
        let (blocks, _) = self.blocks(&inside.lines, depth + 1);
        (Some(Block::Quote(blocks)), inside.lines.len())
    }

    fn list(&self, first: Marker<'a>, lines: &[&'a str], depth: usize) -> (Option<Block>, usize) {
        let mut items = Vec::new();
        let mut is_loose = false;
        let mut used = 0;
        let mut marker = first;
        loop {
            let inside = item(&marker, lines.get(used..).unwrap_or(&[]));
            used += inside.lines.len();
            let kept = inside.lines.iter().rposition(|line| !is_blank(line));
            let kept = inside.lines.get(..kept.map_or(0, |at| at + 1));
            let kept = kept.unwrap_or(&[]);
            let (item, is_spaced) = self.item(kept, depth);
            is_loose |= is_spaced;
            items.push(item);
            let next = lines.get(used).and_then(|line| Marker::read(line));
            match next.filter(|next| next.kind == first.kind) {
                Some(next) => {
                    is_loose |= kept.len().max(1) < inside.lines.len();
                    marker = next;
                }
                None => {
                    // The blank lines stand behind the list.
                    used -= inside.lines.len() - kept.len().max(1);
                    break;
                }
            }
        }
        if !is_loose {
            items.iter_mut().for_each(tighten);
        }
        (Some(Block::List(first.number, items)), used)
    }

    fn item(&self, lines: &[&'a str], depth: usize) -> (Item, bool) {
        let (first, below) = lines.split_first().map_or(("", lines), |(a, b)| (*a, b));
        let ticked = match first.get(..4) {
            Some("[ ] ") => Some(false),
            Some("[x] " | "[X] ") => Some(true),
            _ => None,
        };
        let (blocks, is_spaced) = match ticked {
            None => self.blocks(lines, depth + 1),
            Some(_) => {
                let mut all = vec![first.get(4..).unwrap_or("")];
                all.extend(below);
                self.blocks(&all, depth + 1)
            }
        };
        (Item { ticked, blocks }, is_spaced)
    }
}

/// The lines of a container, without what marks them as its own.
#[derive(Default)]
struct Inside<'a> {
    lines: Vec<&'a str>,
    fence: Option<Fence<'a>>,
    /// The last line may go on in one that is not marked.
    is_open: bool,
}

impl<'a> Inside<'a> {
    fn push(&mut self, line: &'a str) {
        self.lines.push(line);
        // What matters is the innermost container.
        let mut bare = line;
        for _ in 0..MAX_DEPTH {
            let inner = quoted(bare).or_else(|| Marker::read(bare).map(|marker| marker.rest));
            let Some(inner) = inner else { break };
            bare = inner;
        }
        self.fence = match self.fence {
            Some(fence) if fence.is_closed_by(bare) => None,
            Some(fence) => Some(fence),
            None => Fence::open(bare),
        };
        self.is_open =
            self.fence.is_none() && !is_blank(bare) && heading(bare).is_none() && !is_rule(bare);
    }

    fn goes_on_lazily(&self, line: &str) -> bool {
        self.is_open && !interrupts(line)
    }
}

/// The lines of an item.
fn item<'a>(marker: &Marker<'a>, lines: &[&'a str]) -> Inside<'a> {
    let mut inside = Inside::default();
    inside.push(marker.rest);
    for line in lines.iter().skip(1) {
        if is_blank(line) {
            // Nothing at all, and then a blank line: the item is empty.
            if inside.lines.iter().all(|line| is_blank(line)) {
                break;
            }
            inside.push("");
        } else if indent(line).0 >= marker.content {
            inside.push(outdent(line, marker.content));
        } else if inside.goes_on_lazily(line) && Marker::read(line).is_none() {
            inside.push(line);
        } else {
            break;
        }
    }
    inside
}

/// The items of a list without blank lines have lines, not paragraphs.
fn tighten(item: &mut Item) {
    for block in &mut item.blocks {
        if let Block::Paragraph(content) = block {
            *block = Block::Line(std::mem::take(content));
        }
    }
}

fn fenced_code(fence: &Fence<'_>, lines: &[&str]) -> (Option<Block>, usize) {
    let below = lines.get(1..).unwrap_or(&[]);
    let end = below.iter().position(|line| fence.is_closed_by(line));
    let code = below.get(..end.unwrap_or(below.len())).unwrap_or(&[]);
    let language = fence.info.split_whitespace().next().unwrap_or("");
    let language = language.chars().take(MAX_LANGUAGE).collect();
    let block = Block::Code(language, joined(code, fence.indent));
    (Some(block), 1 + code.len() + usize::from(end.is_some()))
}

fn indented_code(lines: &[&str]) -> (Option<Block>, usize) {
    let of_code = |line: &&&str| is_blank(line) || indent(line).0 >= CODE_INDENT;
    let length = lines.iter().take_while(of_code).count();
    let code = lines.get(..length).unwrap_or(&[]);
    let last = code.iter().rposition(|line| !is_blank(line)).unwrap_or(0);
    let code = code.get(..=last).unwrap_or(&[]);
    let block = Block::Code(String::new(), joined(code, CODE_INDENT));
    (Some(block), code.len())
}

fn joined(lines: &[&str], indented: usize) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| outdent(line, indented)).collect();
    lines.join("\n")
}
