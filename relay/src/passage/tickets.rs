//! Tickets: a page cannot set a header of its sockets, and a token in an address
//! ends up in logs. So it asks for a ticket over HTTP, where it can, and shows
//! that in the address: good once, and for a moment.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use subtle::ConstantTimeEq as _;

use crate::ids;

/// How long a ticket is good.
pub(super) const GOOD_FOR: Duration = Duration::from_secs(30);
/// Tickets that are out at once; the oldest one gives way.
const MOST: usize = 256;

#[derive(Debug)]
struct Ticket {
    /// SHA-256 of its text.
    digest: [u8; 32],
    until: Instant,
}

/// The tickets that are out, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Tickets(Mutex<VecDeque<Ticket>>);

impl Tickets {
    /// A new one.
    pub(super) fn issue(&self, now: Instant) -> String {
        let text = ids::secret();
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if out.len() >= MOST {
            out.pop_front();
        }
        out.push_back(Ticket {
            digest: ids::sha256(text.as_bytes()),
            until: now + GOOD_FOR,
        });
        text
    }

    /// Takes one back: whether it was good.
    pub(super) fn take(&self, text: &str, now: Instant) -> bool {
        let digest = ids::sha256(text.as_bytes());
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.retain(|ticket| ticket.until > now);
        let known = |ticket: &Ticket| bool::from(ticket.digest.ct_eq(&digest));
        let at = out.iter().position(known);
        at.and_then(|at| out.remove(at)).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_once_and_for_a_moment() {
        let tickets = Tickets::default();
        let now = Instant::now();
        let (one, two) = (tickets.issue(now), tickets.issue(now));
        assert!(!tickets.take("", now) && !tickets.take("guess", now));
        assert!(tickets.take(&one, now) && !tickets.take(&one, now));
        assert!(!tickets.take(&two, now + GOOD_FOR));
        assert!(!format!("{tickets:?}").contains(&two));
    }

    #[test]
    fn few_are_out_at_once() {
        let tickets = Tickets::default();
        let now = Instant::now();
        let all: Vec<String> = (0..=MOST).map(|_| tickets.issue(now)).collect();
        assert!(!tickets.take(&all[0], now) && tickets.take(&all[1], now));
    }
}
