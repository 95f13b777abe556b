//! The agent behind any OpenAI-compatible endpoint, such as a model server on
//! this machine.
//!
//! Before the first word came, what may pass is tried again; after it never, so
//! that nobody reads a beginning twice. After a crash the inbox asks again under
//! the same key, and stores one answer.

mod chunk;
mod endpoint;
mod failure;
mod prompt;
mod readable;
mod settings;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clawline_core::Secret;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use self::chunk::Finish;
use self::endpoint::Endpoint;
use self::failure::Failure;
pub use self::settings::{BadOpenAi, OpenAiSettings, Patience};
use super::speakers::words_of;
use super::{Agent, End, Question, Reply};
use crate::media::Media;
use crate::store::{Attachment, Usage};

/// The agent.
#[derive(Debug)]
pub struct OpenAi {
    settings: OpenAiSettings,
    endpoint: Endpoint,
    media: Media,
}

/// Why an answer is not whole.
enum Short {
    Stopped,
    Failed(Failure),
}

impl From<Failure> for Short {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl OpenAi {
    /// The name under which a configuration chooses it.
    pub const NAME: &str = "openai";

    /// An agent of these settings, who looks at images of `media`. Nothing is
    /// asked yet.
    ///
    /// # Errors
    /// They are not those of a model server.
    pub fn new(settings: OpenAiSettings, media: Media) -> Result<Self, BadOpenAi> {
        if settings.model.trim().is_empty() {
            return Err(BadOpenAi::Model);
        }
        let endpoint = Endpoint::new(&settings)?;
        Ok(Self {
            settings,
            endpoint,
            media,
        })
    }

    /// What came with a question: the images that the model looks at, as `data:`
    /// addresses, and the files that it is told of.
    async fn files(&self, question: &Question) -> (Vec<String>, Vec<Attachment>) {
        let (mut images, mut others) = (Vec::new(), Vec::new());
        for file in &question.origin.attachments {
            let is_wanted = self.settings.takes_images && file.mime.starts_with("image/");
            let kept = if is_wanted {
                self.media.file(&file.digest).await
            } else {
                Ok(None)
            };
            let kept = kept.inspect_err(|error| {
                tracing::error!(%error, "an image could not be read");
            });
            match kept.ok().flatten() {
                Some(kept) => {
                    let data = STANDARD.encode(&kept.bytes);
                    images.push(format!("data:{};base64,{data}", kept.mime));
                }
                None => others.push(file.clone()),
            }
        }
        (images, others)
    }

    async fn speak(&self, question: &Question, mut reply: Reply) -> End {
        let body = match self.body(question).await {
            Ok(body) => body,
            Err(words) => return End::Failed(words),
        };
        let mut attempt = 0;
        loop {
            let mut has_spoken = false;
            let failure = match self.listen(&body, &mut reply, &mut has_spoken).await {
                Ok(usage) => return End::Answered(usage),
                Err(Short::Stopped) => return End::Stopped,
                Err(Short::Failed(failure)) => failure,
            };
            let wait = failure.wait(attempt).filter(|_| !has_spoken);
            let Some(wait) = wait else {
                let key = self.settings.key.as_ref().map(Secret::expose);
                return End::Failed(failure.words(&self.settings.model, key));
            };
            tracing::info!(
                run = question.key,
                attempt,
                ?wait,
                "asking the model server again"
            );
            if unless_stopped(&mut reply, tokio::time::sleep(wait))
                .await
                .is_err()
            {
                return End::Stopped;
            }
            attempt += 1;
        }
    }

    async fn body(&self, question: &Question) -> Result<Value, String> {
        let OpenAiSettings {
            model,
            system_prompt,
            history_rows,
            history_bytes,
            ..
        } = &self.settings;
        let rows = i64::from(*history_rows);
        let history = question.history.last(rows, *history_bytes).await;
        let history = history.map_err(|error| {
            tracing::error!(%error, "the history of a question could not be read");
            "the conversation so far could not be read; send again".to_owned()
        })?;
        let (images, others) = self.files(question).await;
        let text = words_of(&question.text, &question.origin);
        let asked = (text.as_ref(), &*others);
        Ok(json!({
            "model": model,
            "messages": prompt::messages(system_prompt, &history, asked, &images),
            "stream": true,
            "stream_options": { "include_usage": true },
        }))
    }

    /// Asks once and passes on what is said.
    async fn listen(
        &self,
        body: &Value,
        reply: &mut Reply,
        has_spoken: &mut bool,
    ) -> Result<Usage, Short> {
        let mut answering = unless_stopped(reply, self.endpoint.ask(body)).await??;
        let mut finish = None;
        let mut usage = Usage::default();
        while let Some(chunk) = unless_stopped(reply, answering.next()).await? {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                // All was said; only what it cost is missing.
                Err(_) if finish.is_some() => break,
                Err(failure) => return Err(failure.into()),
            };
            usage = chunk.usage.unwrap_or(usage);
            finish = finish.or(chunk.finish);
            if !chunk.text.is_empty() {
                *has_spoken = true;
                reply.say(chunk.text).await;
            }
            if chunk.is_last {
                break;
            }
        }
        match finish {
            None => Err(Failure::Cut.into()),
            Some(_) if *has_spoken => Ok(usage),
            Some(Finish::Whole) => Err(Failure::Silent.into()),
            Some(Finish::Filtered) => Err(Failure::Filtered.into()),
            Some(Finish::Tool) => Err(Failure::Tool.into()),
        }
    }
}

/// Does some work, and leaves it when somebody wants the end.
async fn unless_stopped<T>(reply: &mut Reply, work: impl Future<Output = T>) -> Result<T, Short> {
    tokio::select! {
        biased;
        () = reply.stopped() => Err(Short::Stopped),
        done = work => Ok(done),
    }
}

impl Agent for OpenAi {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn label(&self) -> &str {
        &self.settings.model
    }

    fn takes_images(&self) -> bool {
        self.settings.takes_images
    }

    fn answer<'a>(&'a self, question: &'a Question, reply: Reply) -> BoxFuture<'a, End> {
        Box::pin(self.speak(question, reply))
    }
}
