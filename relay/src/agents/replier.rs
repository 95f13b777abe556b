//! An agent made of a function.

use std::fmt;

use futures_util::future::{BoxFuture, FutureExt as _};

use super::{Agent, End, Question, Reply};
use crate::bus::ChannelMessage;
use crate::store::Usage;

type Answer = dyn Fn(ChannelMessage) -> BoxFuture<'static, Option<String>> + Send + Sync;

/// Answers with what a function gives back; nothing where it gives nothing. The
/// function is asked again when a crash came before its answer was stored: its
/// answer is stored, and sent, once.
pub struct Replier {
    name: String,
    answer: Box<Answer>,
}

impl Replier {
    /// An agent of this name.
    pub fn new<R>(
        name: impl Into<String>,
        answer: impl Fn(ChannelMessage) -> R + Send + Sync + 'static,
    ) -> Self
    where
        R: Future<Output = Option<String>> + Send + 'static,
    {
        Self {
            name: name.into(),
            answer: Box::new(move |message| answer(message).boxed()),
        }
    }
}

impl fmt::Debug for Replier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replier")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Agent for Replier {
    fn name(&self) -> &str {
        &self.name
    }

    fn answer<'a>(&'a self, question: &'a Question, mut reply: Reply) -> BoxFuture<'a, End> {
        Box::pin(async move {
            let Question {
                key,
                session_key,
                text,
                origin,
                ..
            } = question;
            let message = ChannelMessage::received(origin, key, session_key, text);
            tokio::select! {
                words = (self.answer)(message) => {
                    if let Some(words) = words {
                        reply.say(words).await;
                    }
                    End::Answered(Usage::default())
                }
                () = reply.stopped() => End::Stopped,
            }
        })
    }
}
