//! Which scopes are asked for. Tabs that share a connection may ask for different
//! ones: it is made with all of them, falls back to what was granted before when
//! the gateway does not grant more, and has none that nobody asks for any more.

use std::time::Duration;

use super::{Engine, Phase};
use crate::outbox::Loss;
use crate::time::Instant;
use crate::verdict::Verdict;

/// Requests under way have so long to be answered before a connection with other
/// scopes takes the place of this one.
const GRACE: Duration = Duration::from_secs(2);

/// What is asked for on top of the client's own scopes.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    /// The client's own and those of the tabs that follow it.
    wider: Option<Vec<String>>,
    /// What the last hello granted, and what of that it was asked for.
    granted: Vec<String>,
    taken: Vec<String>,
    /// More was refused: this attempt asks for what was granted.
    is_narrow: bool,
    /// When a connection gives way to one with other scopes, at the latest.
    due: Option<Instant>,
}

impl Scopes {
    /// What the next handshake asks for.
    pub(super) fn asked(&self, own: &[String]) -> Vec<String> {
        let wished = self.wished(own);
        if !self.is_narrow || self.wider.is_none() {
            return wished.to_vec();
        }
        let granted = wished.iter().filter(|it| self.granted.contains(it));
        let narrow: Vec<String> = granted.cloned().collect();
        match narrow.is_empty() {
            true => own.to_vec(),
            false => narrow,
        }
    }

    /// What this tab and those that follow it ask for.
    fn wished<'a>(&'a self, own: &'a [String]) -> &'a [String] {
        self.wider.as_deref().unwrap_or(own)
    }

    /// A hello granted these of what was asked for. Meanwhile other tabs may have
    /// asked for more, or gone.
    pub(super) fn granted(
        &mut self,
        now: Instant,
        own: &[String],
        asked: &[String],
        granted: &[String],
    ) {
        self.granted = granted.to_vec();
        let taken = asked.iter().filter(|it| granted.contains(it));
        self.taken = taken.cloned().collect();
        let wants_more = !self.is_narrow && self.wider.as_ref().is_some_and(|all| all != asked);
        let is_other = wants_more && self.lacks_some() || self.has_some_for_nobody(own);
        self.due = is_other.then(|| now + GRACE);
    }

    fn lacks_some(&self) -> bool {
        let wider = self.wider.iter().flatten();
        wider.into_iter().any(|scope| !self.granted.contains(scope))
    }

    /// Whether the connection has a scope that was asked for and now is not.
    fn has_some_for_nobody(&self, own: &[String]) -> bool {
        let wished = self.wished(own);
        self.taken.iter().any(|scope| !wished.contains(scope))
    }

    /// A connection ended: the next one may ask for more again.
    pub(super) const fn lost(&mut self) {
        self.is_narrow = false;
        self.due = None;
    }

    /// No connection is there to give way.
    pub(super) const fn interrupted(&mut self) {
        self.due = None;
    }

    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }
}

impl Engine {
    /// Other tabs ask for these scopes as well, through this one's connection.
    /// One that lacks some of them, or has some that only a tab has asked for
    /// which went, gives way to a new one; a refusal costs no more than that.
    pub fn widen(&mut self, now: Instant, scopes: Vec<String>) {
        let wider = (scopes != self.config.profile.scopes).then_some(scopes);
        let is_new = self.scopes.wider != wider;
        self.scopes.wider = wider;
        let own = &self.config.profile.scopes;
        let is_other = self.scopes.lacks_some() || self.scopes.has_some_for_nobody(own);
        if is_new && is_other && matches!(self.phase, Phase::Ready(_)) {
            self.scopes.due = Some(now + GRACE);
            self.widen_when_idle(now);
        }
        self.publish();
    }

    /// Gives way to a connection with other scopes once nothing is under way.
    pub(super) fn widen_when_idle(&mut self, now: Instant) {
        let is_due = |due: Instant| due <= now || self.requests.is_idle();
        if !matches!(self.phase, Phase::Ready(_)) || !self.scopes.due.is_some_and(is_due) {
            return;
        }
        self.drop_socket(super::connection::CLOSE_DONE);
        self.interrupt(now, Loss::Ours);
        self.scopes.lost();
        self.attempt(now);
    }

    /// A refusal of an attempt that asked for more than was granted before: the
    /// next one asks for that.
    pub(super) fn is_refused_as_wider(&mut self, verdict: Verdict) -> bool {
        let is_wider = self.scopes.wider.is_some() && !self.scopes.is_narrow;
        let is_final = matches!(verdict, Verdict::Pause | Verdict::Never | Verdict::Wait);
        let falls_back = is_wider && is_final;
        self.scopes.is_narrow |= falls_back;
        // A token that was too narrow for more may be right for that.
        self.device_token_refused &= !falls_back;
        falls_back
    }
}
