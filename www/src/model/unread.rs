//! What arrived while no tab was looked at.
//!
//! The tabs share one mark: the newest row that was seen in any of them. Rows
//! are told apart by the gateway's order, never by dates: a clock that is wrong
//! would hide what is new, or show it for ever.

use super::transcript::{Row, State, Who};

/// The key of the line that is drawn before the first unread row.
pub const DIVIDER: &str = "unread";

/// How far a session was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Up to a row of a transcript. A session that begins anew has another one.
    Row {
        /// The gateway's id of the transcript; empty when it gives none.
        transcript: String,
        /// The gateway's number of the row.
        seq: u64,
    },
    /// Up to a time, in milliseconds since 1970: older versions kept that.
    Time(i64),
}

impl Mark {
    /// Reads what is kept; `None` when it is no mark.
    #[must_use]
    pub fn parse(kept: &str) -> Option<Self> {
        match kept.split_once('@') {
            Some((seq, transcript)) => Some(Self::Row {
                transcript: transcript.to_owned(),
                seq: seq.parse().ok()?,
            }),
            None => kept.parse().ok().map(Self::Time),
        }
    }

    /// As it is kept.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Row { transcript, seq } => format!("{seq}@{transcript}"),
            Self::Time(at) => at.to_string(),
        }
    }

    /// The one of two marks that knows more of this transcript.
    #[must_use]
    pub fn later(self, other: Self, transcript: &str) -> Self {
        let rank = |mark: &Self| match mark {
            Self::Row {
                transcript: of,
                seq,
            } if of == transcript => (2, i64::try_from(*seq).unwrap_or(i64::MAX)),
            Self::Time(at) => (1, *at),
            Self::Row { .. } => (0, 0),
        };
        if rank(&other) >= rank(&self) {
            other
        } else {
            self
        }
    }

    /// Whether a row of this transcript came after the mark.
    fn is_before(&self, row: &Row, seq: u64, transcript: &str) -> bool {
        match self {
            Self::Row {
                transcript: of,
                seq: seen,
            } => of != transcript || seq > *seen,
            #[expect(clippy::cast_precision_loss, reason = "a date is far below 2^53")]
            Self::Time(seen) => row.message.timestamp.is_some_and(|at| at > *seen as f64),
        }
    }
}

/// The mark of somebody who has seen all of these rows.
#[must_use]
pub fn newest(rows: &[Row], transcript: &str) -> Mark {
    let seq = rows.iter().rev().find_map(|row| row.seq);
    Mark::Row {
        transcript: transcript.to_owned(),
        seq: seq.unwrap_or_default(),
    }
}

/// Where the first row stands that is newer than the mark, and how many there
/// are. One's own words are not news.
#[must_use]
pub fn after(rows: &[Row], mark: &Mark, transcript: &str) -> Option<(usize, usize)> {
    let is_new = |row: &&Row| {
        let counts = row.who == Who::Assistant && row.state == State::Confirmed;
        counts
            && row
                .seq
                .is_some_and(|seq| mark.is_before(row, seq, transcript))
    };
    let first = rows.iter().position(|row| is_new(&row))?;
    Some((first, rows.iter().filter(is_new).count()))
}

/// The title of the page.
#[must_use]
pub fn title(unread: usize) -> String {
    match unread {
        0 => "clawline".to_owned(),
        _ => format!("({unread}) clawline"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::content::Message;
    use super::*;

    fn row(who: Who, seq: u64, at: f64) -> Row {
        Row {
            who,
            seq: Some(seq),
            message: Arc::new(Message::own("x".into(), at, Vec::new())),
            ..Row::divider()
        }
    }

    fn mark(seq: u64) -> Mark {
        Mark::Row {
            transcript: "t".to_owned(),
            seq,
        }
    }

    #[test]
    fn what_an_agent_said_after_the_mark_is_unread_whatever_its_date() {
        let rows = [
            row(Who::Assistant, 1, 9e15),
            row(Who::You, 2, 9.0),
            row(Who::Assistant, 3, 0.0),
            row(Who::Assistant, 4, f64::NAN),
        ];
        assert_eq!(after(&rows, &mark(1), "t"), Some((2, 2)));
        assert_eq!(after(&rows, &mark(4), "t"), None);
        assert_eq!(newest(&rows, "t"), mark(4));
        assert_eq!(newest(&[], "t"), mark(0));
    }

    #[test]
    fn a_session_that_began_anew_has_not_been_read() {
        let rows = [row(Who::Assistant, 1, 1.0)];
        assert_eq!(after(&rows, &mark(500), "another"), Some((0, 1)));
    }

    #[test]
    fn a_mark_of_an_older_version_is_a_time() {
        let rows = [row(Who::Assistant, 1, 5.0), row(Who::Assistant, 2, 8.0)];
        let kept = Mark::parse("5").unwrap();
        assert_eq!(after(&rows, &kept, "t"), Some((1, 1)));
        assert_eq!(kept.clone().later(mark(1), "t"), mark(1));
        assert_eq!(mark(1).later(kept, "t"), mark(1));
    }

    #[test]
    fn of_two_marks_the_one_of_this_transcript_counts_and_then_the_later() {
        assert_eq!(mark(3).later(mark(2), "t"), mark(3));
        assert_eq!(mark(2).later(mark(3), "t"), mark(3));
        assert_eq!(mark(9).later(mark(1), "u"), mark(1));
        for kept in ["7@t", "7@", "7@a@b", "7"] {
            assert_eq!(Mark::parse(kept).unwrap().text(), kept);
        }
        for kept in ["", "never", "@t", "-1@t"] {
            assert_eq!(Mark::parse(kept), None, "{kept}");
        }
    }

    #[test]
    fn a_reply_counts_when_it_is_complete() {
        let mut growing = row(Who::Assistant, 5, 5.0);
        growing.state = State::Accepted;
        assert_eq!(after(&[growing], &mark(1), "t"), None);
    }

    #[test]
    fn the_title_says_how_many_there_are() {
        assert_eq!(title(0), "clawline");
        assert_eq!(title(2), "(2) clawline");
    }
}
