//! An agent of a gateway elsewhere.
//!
//! Each session here has one there. A question goes under its own key, kept
//! until it has arrived: killed in the middle, here or there, it is asked once
//! and has one answer.

use std::time::Duration;

use clawline_core::Key;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::speakers::words_of;
use super::{Agent, End, Question, Reply, UnknownAgent};
use crate::ids;
use crate::media::Media;
use crate::store::Usage;
use crate::upstream::{
    AskAgainFailed, AskFailed, Asking, Attachment, Message, Request, RequestFailed, Said,
    SendRefused, Status, Upstream,
};

/// How long a question waits for a gateway that is away.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two attempts to ask.
const PAUSE: Duration = Duration::from_millis(200);
/// For an answer to what is asked beside the conversation.
const SOON: Duration = Duration::from_secs(10);
/// Longest name of a session that is kept as it is, in bytes.
const LONGEST: usize = 200;

/// The agent.
#[derive(Debug)]
pub struct UpstreamAgent {
    name: String,
    upstream: Upstream,
    media: Media,
}

/// Why the gateway's agent is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoAgent {
    /// The gateway has none of that name.
    #[error("{0}")]
    Unknown(UnknownAgent),
    /// The gateway does not say which it has.
    #[error("the gateway does not say which agents it has: {0}")]
    Unanswered(#[from] RequestFailed),
}

/// Why a question was not asked.
enum Unasked {
    /// It may be soon.
    Away(String),
    /// In words for people.
    Refused(String),
    Closed,
}

impl UpstreamAgent {
    /// The name of the gateway's default agent, whatever it is called there.
    pub const SIMPLE: &str = "simple";

    /// The gateway's agent of this name; its files are those of `media`.
    /// Whether there is one is asked when it is needed.
    #[must_use]
    pub fn new(name: impl Into<String>, upstream: Upstream, media: Media) -> Self {
        Self {
            name: name.into(),
            upstream,
            media,
        }
    }

    /// Waits for the first attempt to connect, a while, and where the gateway
    /// answers looks whether it has the agent.
    ///
    /// # Errors
    /// The gateway answers, and has none of that name.
    pub async fn check(&self) -> Result<(), UnknownAgent> {
        let mut status = self.upstream.status();
        let decided = status.wait_for(|status| !matches!(status, Status::Connecting { .. }));
        let is_ready = timeout(SOON, decided)
            .await
            .is_ok_and(|status| status.is_ok_and(|status| status.is_ready()));
        if !is_ready {
            return Ok(());
        }
        match self.id().await {
            Err(NoAgent::Unknown(unknown)) => Err(unknown),
            Ok(_) | Err(NoAgent::Unanswered(_)) => Ok(()),
        }
    }

    /// The agent's id at its gateway.
    ///
    /// # Errors
    /// It has none, or does not say.
    pub async fn id(&self) -> Result<String, NoAgent> {
        let request = Request {
            deadline: SOON,
            ..Request::reading("agents.list", json!({}))
        };
        let list = self.upstream.request(request).await?;
        id_in(&list, &self.name).map_err(NoAgent::Unknown)
    }

    async fn speak(&self, question: &Question, mut reply: Reply) -> End {
        let key = Key::new(question.key.clone());
        let asked = tokio::select! {
            biased;
            () = reply.stopped() => None,
            asked = self.ask(question) => Some(asked),
        };
        let (session, mut asking) = match asked {
            Some(Ok(asked)) => asked,
            Some(Err(Unasked::Away(words) | Unasked::Refused(words))) => {
                return End::Failed(words);
            }
            // The relay ends: the question is asked again when it starts.
            Some(Err(Unasked::Closed)) => return std::future::pending().await,
            None => {
                self.upstream.forget(&key).await;
                return End::Stopped;
            }
        };
        let mut passed_on = String::new();
        loop {
            let said = tokio::select! {
                biased;
                () = reply.stopped() => {
                    self.take_back(&session, &asking.key()).await;
                    return End::Stopped;
                }
                said = asking.next() => said,
            };
            match said {
                Ok(Said::SoFar(words)) => {
                    if let Some(more) = words.strip_prefix(&passed_on) {
                        reply.say(more).await;
                        passed_on = words;
                    }
                }
                Ok(Said::Answer(answer)) => {
                    reply.say(rest(&answer, &passed_on)).await;
                    return End::Answered(Usage::default());
                }
                Err(AskFailed::NoAnswer) => return End::Answered(Usage::default()),
                Err(AskFailed::Stopped { so_far }) => {
                    if let Some(more) = so_far.strip_prefix(&passed_on) {
                        reply.say(more).await;
                    }
                    return End::Stopped;
                }
                Err(AskFailed::Closed) => return std::future::pending().await,
                Err(AskFailed::Failed(words)) => return End::Failed(failed(&words)),
                Err(AskFailed::Send(error)) => return End::Failed(error.to_string()),
            }
        }
    }

    /// Asks as soon as the gateway is there; gives the session that it is asked
    /// in.
    async fn ask(&self, question: &Question) -> Result<(String, Asking), Unasked> {
        let attempts = async {
            loop {
                match self.try_to_ask(question).await {
                    Err(Unasked::Away(_)) => sleep(PAUSE).await,
                    asked => return asked,
                }
            }
        };
        if let Ok(asked) = timeout(PATIENCE, attempts).await {
            return asked;
        }
        self.upstream.forget(&Key::new(question.key.clone())).await;
        let why = self.upstream.status().borrow().trouble();
        let why = why.unwrap_or_else(|| "it does not answer".to_owned());
        Err(Unasked::Away(unreached(&why)))
    }

    async fn try_to_ask(&self, question: &Question) -> Result<(String, Asking), Unasked> {
        self.connected().await?;
        let id = self.id().await.map_err(|error| match error {
            NoAgent::Unanswered(error) => Unasked::of(error),
            NoAgent::Unknown(_) => Unasked::Refused(error.to_string()),
        })?;
        let session = session_of(&id, &question.session_key);
        let message = Message {
            attachments: self.attachments(question).await,
            key: Some(Key::new(question.key.clone())),
            ..Message::new(
                session.as_str(),
                words_of(&question.text, &question.origin).as_ref(),
            )
        };
        match self.upstream.ask_again(message).await {
            Ok(asking) => Ok((session, asking)),
            Err(AskAgainFailed::Refused(SendRefused::Closed)) => Err(Unasked::Closed),
            // Its first sending is just being stored.
            Err(AskAgainFailed::Refused(error @ SendRefused::KeyInUse)) => {
                Err(Unasked::Away(error.to_string()))
            }
            Err(AskAgainFailed::Refused(error)) => Err(Unasked::Refused(error.to_string())),
            Err(AskAgainFailed::Unknown(error)) => Err(Unasked::of(error)),
        }
    }

    /// Waits for the connection, unless a person must act first.
    async fn connected(&self) -> Result<(), Unasked> {
        let mut status = self.upstream.status();
        let decided = status.wait_for(|status| {
            !matches!(status, Status::Connecting { .. } | Status::Waiting { .. })
        });
        match decided.await.as_deref() {
            Ok(Status::Ready { .. }) => Ok(()),
            Ok(Status::Closed) | Err(_) => Err(Unasked::Closed),
            Ok(status) => {
                let why = status.trouble().unwrap_or_default();
                Err(Unasked::Refused(unreached(&why)))
            }
        }
    }

    /// What came with a question, as far as it is kept here.
    async fn attachments(&self, question: &Question) -> Vec<Attachment> {
        let mut files = Vec::new();
        for file in &question.origin.attachments {
            let kept = self.media.file(&file.digest).await;
            let kept = kept.inspect_err(|error| {
                tracing::error!(%error, "an attachment could not be read");
            });
            files.extend(kept.ok().flatten().map(|kept| Attachment {
                name: file.name.clone(),
                mime: kept.mime,
                bytes: kept.bytes,
            }));
        }
        files
    }

    /// Passes on that somebody stopped the run.
    async fn take_back(&self, session: &str, key: &Key) {
        self.upstream.forget(key).await;
        let params = json!({ "sessionKey": session, "runId": key.as_str() });
        let stopped = self.upstream.request(Request::new("chat.abort", params));
        if let Err(error) = stopped.await {
            tracing::warn!(run = key.as_str(), %error, "the gateway was not told to stop");
        }
    }
}

impl Agent for UpstreamAgent {
    fn name(&self) -> &str {
        &self.name
    }

    fn takes_images(&self) -> bool {
        true
    }

    fn answer<'a>(&'a self, question: &'a Question, reply: Reply) -> BoxFuture<'a, End> {
        Box::pin(self.speak(question, reply))
    }
}

impl Unasked {
    fn of(error: RequestFailed) -> Self {
        match error {
            RequestFailed::Closed => Self::Closed,
            RequestFailed::Refused(_) | RequestFailed::TooLarge { .. } => {
                Self::Refused(error.to_string())
            }
            _ => Self::Away(error.to_string()),
        }
    }
}

fn unreached(why: &str) -> String {
    format!("the gateway cannot be asked: {why}")
}

fn failed(words: &str) -> String {
    match words.trim() {
        "" => "the gateway's agent failed and did not say why".to_owned(),
        words => format!("the gateway's agent failed: {words}"),
    }
}

/// What is left to say of an answer. One that went another way than it began
/// follows whole, as a paragraph of its own.
fn rest(answer: &str, passed_on: &str) -> String {
    let rest = answer.strip_prefix(passed_on);
    rest.map_or_else(|| format!("\n\n{answer}"), str::to_owned)
}

/// The id of an agent in an answer to `agents.list`.
fn id_in(list: &Value, name: &str) -> Result<String, UnknownAgent> {
    let agents = list["agents"].as_array().map_or(&[][..], Vec::as_slice);
    let ids = || agents.iter().filter_map(|agent| agent["id"].as_str());
    let found = if name == UpstreamAgent::SIMPLE {
        list["defaultId"].as_str().or_else(|| ids().next())
    } else {
        let named = agents.iter().find(|agent| agent["name"] == name);
        ids()
            .find(|id| *id == name)
            .or_else(|| named.and_then(|agent| agent["id"].as_str()))
    };
    found.map(str::to_owned).ok_or_else(|| UnknownAgent {
        name: name.to_owned(),
        known: [UpstreamAgent::SIMPLE]
            .into_iter()
            .chain(ids())
            .map(str::to_owned)
            .collect(),
    })
}

/// The session at the gateway that belongs to one here, and to no other. The
/// gateway folds keys to lower case, so whatever is not plain stands as its
/// SHA-256.
fn session_of(agent: &str, session_key: &str) -> String {
    let name = session_key
        .strip_prefix("agent:main:")
        .unwrap_or(session_key);
    let is_plain = session_key.len() <= LONGEST
        && name != session_key
        && name
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase() && b != b'~');
    if is_plain {
        return format!("agent:{agent}:{OWN}:{name}");
    }
    let digest = ids::hex(&ids::sha256(session_key.as_bytes()));
    format!("agent:{agent}:{OWN}:~{digest}")
}

const OWN: &str = "clawline";

/// Whether a session at the gateway belongs to one here.
#[must_use]
pub fn is_own_session(key: &str) -> bool {
    key.split(':').nth(2) == Some(OWN)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_session_has_one_of_its_own_whatever_the_gateway_folds() {
        let long = format!("agent:main:chat:{}", "x".repeat(300));
        let keys = [
            "agent:main:main",
            "agent:main:chat:direct:anna",
            "agent:main:chat:direct:Anna",
            "agent:main:chat:direct:ANNA",
            "agent:main:chat:direct:%41nna",
            "agent:main:chat:group:anna",
            "agent:main:hub:direct:anna",
            "agent:main:chat:direct:ann\u{e4}",
            "agent:main:chat:direct:ann\u{c4}",
            "main",
            "agent:main:",
            long.as_str(),
            &long[..long.len() - 1],
        ];
        let folded: HashSet<String> = keys
            .iter()
            .map(|key| session_of("main", key).to_lowercase())
            .collect();
        assert_eq!(folded.len(), keys.len(), "{folded:?}");
        assert!(folded.iter().all(|key| is_own_session(key)));
        assert!(folded.iter().all(|key| key.len() <= 300));
        assert!(!is_own_session("agent:main:main"));
        let one = session_of("work", "agent:main:chat:direct:anna");
        assert_eq!(one, "agent:work:clawline:chat:direct:anna");
    }

    #[test]
    fn an_agent_is_found_by_its_id_its_name_or_as_the_usual_one() {
        let list = json!({
            "defaultId": "main",
            "agents": [{ "id": "work", "name": "main" }, { "id": "main", "name": "Claw" }],
        });
        for (name, id) in [
            ("simple", "main"),
            ("main", "main"),
            ("Claw", "main"),
            ("work", "work"),
        ] {
            assert_eq!(id_in(&list, name).as_deref(), Ok(id), "{name}");
        }
        let unknown = id_in(&list, "wrok").unwrap_err().to_string();
        assert_eq!(
            unknown,
            "there is no agent \"wrok\": choose one of simple, work, main"
        );
        assert!(id_in(&Value::Null, "simple").is_err());
    }

    #[test]
    fn an_answer_that_began_otherwise_follows_whole() {
        assert_eq!(rest("one two", "one"), " two");
        assert_eq!(rest("one", ""), "one");
        assert_eq!(rest("anew", "one"), "\n\nanew");
    }
}
