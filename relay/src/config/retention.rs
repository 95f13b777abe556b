//! The section `[retention]`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::retention;

/// How long messages are kept: their words and files, for a key and the outcome
/// stay for ever.
#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub struct Retention {
    /// Days after which words and files are dropped; never if none are given.
    #[schemars(range(min = 1, max = 36500))]
    days: Option<u32>,
    /// Megabytes that all messages may have together, without their files; above
    /// them the oldest are dropped.
    #[schemars(range(min = 1, max = 1000000))]
    megabytes: Option<u32>,
}

impl From<Retention> for retention::Retention {
    fn from(retention: Retention) -> Self {
        let day = Duration::from_secs(24 * 60 * 60);
        Self {
            age: retention.days.map(|days| day * days),
            bytes: retention
                .megabytes
                .map(|count| u64::from(count) * 1_000_000),
        }
    }
}
