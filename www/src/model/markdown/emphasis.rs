//! Bold, italic and struck through: which marks belong together.

use super::{Inline, plain_text};

/// Dress upon dress past this depth becomes plain words. A hostile message
/// would otherwise overflow the stack of what draws it.
const MAX_DEPTH: usize = 16;

/// How many open runs a closing one looks back at.
const MAX_LOOK: usize = 100;

/// A part of a line.
pub(super) enum Piece {
    /// It is what it is.
    Done(Inline),
    /// Marks that may begin or end something.
    Open(Run),
}

impl Piece {
    pub(super) fn words(words: &str) -> Self {
        Self::Done(Inline::Text(words.to_owned()))
    }

    /// Content in a dress.
    pub(super) fn wrapped(content: Vec<Inline>, dress: impl FnOnce(Vec<Inline>) -> Inline) -> Self {
        Self::Done(dress(if depth_of(&content) < MAX_DEPTH {
            content
        } else {
            vec![Inline::Text(plain_text(&content))]
        }))
    }
}

fn depth_of(content: &[Inline]) -> usize {
    let depths = content.iter().map(|inline| match inline {
        Inline::Strong(inner)
        | Inline::Emphasis(inner)
        | Inline::Strike(inner)
        | Inline::Link(_, inner) => 1 + depth_of(inner),
        _ => 0,
    });
    depths.max().unwrap_or(0)
}

/// Some marks of one kind in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    mark: u8,
    length: usize,
    /// As long as it was written.
    written: usize,
    opens: bool,
    closes: bool,
}

impl Run {
    pub(super) fn new(mark: u8, length: usize, before: Option<char>, after: Option<char>) -> Self {
        let is_space = |next: Option<char>| next.is_none_or(char::is_whitespace);
        let is_sign = |next: Option<char>| {
            next.is_some_and(|next| !next.is_whitespace() && !next.is_alphanumeric())
        };
        let is_edge = |next| is_space(next) || is_sign(next) || is_of_no_spaces(next);
        let faces_right = !is_space(after) && (!is_sign(after) || is_edge(before));
        let faces_left = !is_space(before) && (!is_sign(before) || is_edge(after));
        let (opens, closes) = match mark {
            // Names with underscores are no emphasis.
            b'_' => (
                faces_right && (!faces_left || is_sign(before)),
                faces_left && (!faces_right || is_sign(after)),
            ),
            b'~' => (faces_right && length == 2, faces_left && length == 2),
            _ => (faces_right, faces_left),
        };
        Self {
            mark,
            length,
            written: length,
            opens,
            closes,
        }
    }

    fn is_closed_by(&self, other: &Self) -> bool {
        let is_either = self.opens && self.closes || other.opens && other.closes;
        let adds_up = (self.written + other.written).is_multiple_of(3)
            && !(self.written.is_multiple_of(3) && other.written.is_multiple_of(3));
        self.opens && self.mark == other.mark && !(is_either && adds_up)
    }

    fn words(&self) -> Piece {
        let mark = match self.mark {
            b'*' => "*",
            b'_' => "_",
            _ => "~",
        };
        Piece::words(&mark.repeat(self.length))
    }
}

/// A letter of a script that puts no spaces between words. CommonMark takes
/// `**注意：**请看` for no emphasis, which nobody who writes so means.
fn is_of_no_spaces(next: Option<char>) -> bool {
    next.is_some_and(|next| {
        matches!(next, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    })
}

/// Finds out which marks belong together; the others are words.
pub(super) fn resolve(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut done: Vec<Piece> = Vec::with_capacity(pieces.len());
    // Where in `done` the runs stand that may still be closed.
    let mut open: Vec<usize> = Vec::new();
    for piece in pieces {
        let Piece::Open(mut run) = piece else {
            done.push(piece);
            continue;
        };
        while run.closes && run.length > 0 {
            let Some(at) = partner(&done, &open, &run) else {
                break;
            };
            close(&mut done, &mut open, at, &mut run);
        }
        if run.length > 0 && run.opens {
            open.push(done.len());
            done.push(Piece::Open(run));
        } else if run.length > 0 {
            done.push(run.words());
        }
    }
    merged(done)
}

/// The place in `open` of the run that this one closes.
fn partner(done: &[Piece], open: &[usize], run: &Run) -> Option<usize> {
    let near = open.iter().enumerate().rev().take(MAX_LOOK);
    let mut fitting = near.filter(|(_, place)| match done.get(**place) {
        Some(Piece::Open(other)) => other.is_closed_by(run),
        _ => false,
    });
    fitting.next().map(|(at, _)| at)
}

fn close(done: &mut Vec<Piece>, open: &mut Vec<usize>, at: usize, run: &mut Run) {
    let Some(place) = open.get(at).copied() else {
        return;
    };
    // Runs between the two are words from now on.
    open.truncate(at + 1);
    let content = merged(done.split_off(place + 1));
    let Some(Piece::Open(opener)) = done.last_mut() else {
        return;
    };
    let used = if opener.length >= 2 && run.length >= 2 {
        2
    } else {
        1
    };
    opener.length -= used;
    run.length -= used;
    if opener.length == 0 {
        done.pop();
        open.pop();
    }
    let dress = match (run.mark, used) {
        (b'~', _) => Inline::Strike,
        (_, 2) => Inline::Strong,
        _ => Inline::Emphasis,
    };
    done.push(Piece::wrapped(content, dress));
}

/// Pieces as they are shown: neighbouring words are one.
fn merged(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut content: Vec<Inline> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let inline = match piece {
            Piece::Done(inline) => inline,
            Piece::Open(run) => match run.words() {
                Piece::Done(words) => words,
                Piece::Open(_) => continue,
            },
        };
        match (content.last_mut(), inline) {
            (_, Inline::Text(words)) if words.is_empty() => {}
            (Some(Inline::Text(text)), Inline::Text(words)) => text.push_str(&words),
            (_, inline) => content.push(inline),
        }
    }
    content
}
