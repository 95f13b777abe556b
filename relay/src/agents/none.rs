//! The agent that never answers: messages are stored, and that is all.

use futures_util::future::BoxFuture;

use super::{Agent, End, Question, Reply};
use crate::store::Usage;

/// Says nothing, at once.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Agent for Nobody {
    fn name(&self) -> &'static str {
        "none"
    }

    fn answer<'a>(&'a self, _: &'a Question, _: Reply) -> BoxFuture<'a, End> {
        Box::pin(std::future::ready(End::Answered(Usage::default())))
    }
}
