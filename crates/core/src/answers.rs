//! How many answers a request has.

/// How many answers end a request. `agent` answers twice with one id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answers {
    /// The first answer ends it.
    #[default]
    First,
    /// `accepted` is reported, the next answer ends it.
    Final,
}
