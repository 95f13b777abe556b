//! What arrived while no tab was looked at.
//!
//! The tabs share one mark: the time, by the gateway's clock, of the newest
//! row that was seen in any of them.

use super::transcript::{Row, State, Who};

/// The key of the line that is drawn before the first unread row.
pub const DIVIDER: &str = "unread";

/// The time of the newest row of the history; `None` when there is none.
#[must_use]
pub fn newest(rows: &[Row]) -> Option<f64> {
    rows.iter().filter_map(time).max_by(f64::total_cmp)
}

/// Where the first row stands that is newer than the mark, and how many there are.
#[must_use]
pub fn after(rows: &[Row], seen: f64) -> Option<(usize, usize)> {
    let is_new = |row: &&Row| time(row).is_some_and(|at| at > seen);
    let first = rows.iter().position(|row| is_new(&row))?;
    Some((first, rows.iter().filter(is_new).count()))
}

/// When an agent's words were written. One's own are not news, and the times
/// of what is still on its way are this machine's.
fn time(row: &Row) -> Option<f64> {
    let counts = row.who == Who::Assistant && row.state == State::Confirmed;
    row.message.timestamp.filter(|_| counts)
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

    fn row(who: Who, at: f64) -> Row {
        Row {
            who,
            message: Arc::new(Message::own("x".into(), at, Vec::new())),
            ..Row::divider()
        }
    }

    #[test]
    fn what_an_agent_said_after_the_mark_is_unread() {
        let rows = [
            row(Who::Assistant, 1.0),
            row(Who::You, 9.0),
            row(Who::Assistant, 3.0),
            row(Who::Assistant, 4.0),
        ];
        assert_eq!(after(&rows, 1.0), Some((2, 2)));
        assert_eq!(after(&rows, 4.0), None);
        assert_eq!(newest(&rows), Some(4.0));
        assert_eq!(newest(&[]), None);
    }

    #[test]
    fn a_reply_counts_when_it_is_complete() {
        let mut growing = row(Who::Assistant, 5.0);
        growing.state = State::Accepted;
        assert_eq!(after(&[growing], 1.0), None);
    }

    #[test]
    fn the_title_says_how_many_there_are() {
        assert_eq!(title(0), "clawline");
        assert_eq!(title(2), "(2) clawline");
    }
}
