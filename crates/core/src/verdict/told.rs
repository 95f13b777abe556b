//! A cause taken apart again, for whoever says it in other words.

use super::{CLOSED, CONNECT, Cause, ENDS, Row, steps};

/// The parts of a cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told<'a> {
    /// The row whose words the message has; `None` when there is none.
    pub row: Option<&'static Row>,
    /// A close code without a row of its own.
    pub closed: Option<&'a str>,
    /// What the other side said, in its own words.
    pub said: Option<&'a str>,
    /// The step that the gateway recommends, when it is the advice.
    pub step: Option<&'static str>,
}

impl Cause {
    /// Takes it apart.
    #[must_use]
    pub fn told(&self) -> Told<'_> {
        let rows = || CONNECT.iter().chain(ENDS);
        let own = rows().find(|row| row.code == self.code);
        // A gateway may give a finer code, which is not known, beside a known one.
        let row = own.or_else(|| rows().find(|row| after(row, &self.message).is_some()));
        let step = match row {
            Some(_) => None,
            None => steps::named(self.advice),
        };
        let is_close = !self.code.is_empty() && self.code.bytes().all(|b| b.is_ascii_digit());
        let closed = Some(self.code.as_str()).filter(|_| row.is_none() && is_close);
        let said = match (row, closed) {
            (Some(row), _) => after(row, &self.message).and_then(in_brackets),
            (None, Some(code)) => self.said_at_close(code),
            (None, None) => Some(self.message.as_str()),
        };
        Told {
            row,
            closed,
            said: said.filter(|said| !said.is_empty()),
            step,
        }
    }

    fn said_at_close(&self, code: &str) -> Option<&str> {
        let said = self.message.strip_prefix(CLOSED)?.strip_prefix(": ")?;
        said.strip_suffix(").")?
            .strip_suffix(code)?
            .strip_suffix(" (")
    }
}

/// What a message has after the words of a row; `None` when it is not of it.
fn after<'a>(row: &Row, message: &'a str) -> Option<&'a str> {
    message.strip_prefix(row.cause.trim_end_matches('.'))
}

fn in_brackets(rest: &str) -> Option<&str> {
    rest.strip_prefix(" (")?.strip_suffix(").")
}

#[cfg(test)]
mod tests {
    use super::super::{of_end, of_refusal, recall};
    use super::*;
    use crate::wire::GatewayError;

    #[test]
    fn every_row_is_found_again_with_what_was_said() {
        for row in ENDS {
            for (reason, said) in [
                ("", None),
                ("out of (all) things", Some("out of (all) things")),
            ] {
                let (_, cause) = of_end(row.code, reason);
                let told = cause.told();
                assert_eq!(told.row.map(|row| row.code), Some(row.code));
                assert_eq!((told.said, told.closed), (said, None));
                let heard = recall(cause.code.clone(), cause.message.clone());
                assert_eq!(heard.told(), told);
            }
        }
        for row in CONNECT {
            let (_, cause) = of_refusal(&GatewayError {
                code: row.code.to_owned(),
                ..GatewayError::default()
            });
            assert_eq!(cause.told().row.map(|row| row.code), Some(row.code));
            assert_eq!(cause.told().said, None);
        }
    }

    #[test]
    fn what_has_no_row_is_said_as_it_came() {
        let (_, cause) = of_end("4999", "");
        assert_eq!(
            (cause.told().closed, cause.told().said),
            (Some("4999"), None)
        );
        let (_, cause) = of_end("4999", "gone");
        assert_eq!(cause.told().said, Some("gone"));
        let (_, cause) = of_refusal(&GatewayError {
            code: "NEW".to_owned(),
            message: "Nothing like it.".to_owned(),
            next_step: Some("update_auth_credentials".to_owned()),
            ..GatewayError::default()
        });
        let told = cause.told();
        assert_eq!((told.row, told.said), (None, Some("Nothing like it.")));
        assert_eq!(told.step, Some("update_auth_credentials"));
    }

    #[test]
    fn a_finer_code_that_is_not_known_keeps_the_row_of_the_known_one() {
        let (_, cause) = of_refusal(&GatewayError {
            code: "UNAVAILABLE".to_owned(),
            detail: Some("OF_TOMORROW".to_owned()),
            ..GatewayError::default()
        });
        assert_eq!(cause.told().row.map(|row| row.code), Some("UNAVAILABLE"));
    }
}
