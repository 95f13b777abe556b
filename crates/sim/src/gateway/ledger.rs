//! What really happened: written down by the gateway's model for the judge,
//! never shown to an engine.

use std::collections::{BTreeMap, BTreeSet};

use super::Up;

/// The truth about every key.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Keys that arrived, however they were answered.
    pub received: BTreeSet<String>,
    /// How often the model ran for a key.
    pub ran: BTreeMap<String, u32>,
    /// When a key's row was written, by the true time.
    pub stands: BTreeMap<String, u64>,
    /// Keys that were refused and will not run.
    pub refused: BTreeSet<String>,
    /// Keys that were acknowledged and thrown away: too many waited.
    pub overflowed: BTreeSet<String>,
    /// Keys that died in a crash without leaving a trace.
    pub vanished: BTreeSet<String>,
    /// Keys that were answered and never have a row.
    pub rowless: BTreeSet<String>,
    /// Keys whose rows went with a reset of their session.
    pub wiped: BTreeSet<String>,
    /// Turns that the gateway took up by itself after a crash: model calls that
    /// are nobody's repeat.
    pub resumed: u32,
    /// Repeats that were answered from memory.
    pub duplicates: u32,
    /// What no client may ever make the gateway do.
    pub outrages: Vec<String>,
}

impl Ledger {
    /// A message was refused before it was looked at.
    pub(super) fn refused(&mut self, up: &Up) {
        if let Some(key) = up.params["idempotencyKey"].as_str() {
            self.refused.insert(key.to_owned());
        }
    }

    /// A message was done without a row, however often it came.
    pub(super) fn without_row(&mut self, key: &str) {
        self.received.insert(key.to_owned());
        if self.rowless.insert(key.to_owned()) {
            self.runs(key);
        }
    }

    /// Nobody can see any more what became of this key.
    #[must_use]
    pub fn is_untraceable(&self, key: &str) -> bool {
        [&self.overflowed, &self.vanished, &self.rowless, &self.wiped]
            .iter()
            .any(|keys| keys.contains(key))
    }

    /// The model runs with this key's message.
    pub(super) fn runs(&mut self, key: &str) {
        *self.ran.entry(key.to_owned()).or_default() += 1;
    }
}
