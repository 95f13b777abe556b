//! Which agents there are, and which of them answers where.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::openai::{BadOpenAi, OpenAi, OpenAiSettings};
use super::{Agent, Agents, UnknownAgent, UpstreamAgent};
use crate::account::Via;
use crate::media::Media;
use crate::upstream::Upstream;

/// What an owner says of agents.
#[derive(Debug, Clone, Default)]
pub struct AgentSettings {
    /// Agents of the program that the relay is part of.
    pub own: Vec<Arc<dyn Agent>>,
    /// The model server, if there is one.
    pub openai: Option<OpenAiSettings>,
    /// Who answers where no other agent is named. `None`: `openai` where that is
    /// configured, and `echo` where it is not.
    pub everywhere: Option<String>,
    /// Who answers in a channel, by the channel's registry name.
    pub by_channel: BTreeMap<String, String>,
    /// Who answers on one account of a channel.
    pub by_account: BTreeMap<Via, String>,
}

/// Why nobody can answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadAgents {
    /// A name that no agent has.
    #[error("{}: {agent}", channel.as_ref().map_or_else(|| "default_agent".to_owned(), |name| format!("default_agent of the channel {name}")))]
    Unknown {
        /// The channel whose agent it should be; `None` for all others.
        channel: Option<String>,
        /// What was asked for, and what there is.
        agent: UnknownAgent,
    },
    /// The model server's settings.
    #[error(transparent)]
    OpenAi(#[from] BadOpenAi),
}

/// Where an agent answers.
enum Answers {
    Everywhere,
    Channel(String),
    Account(Via),
}

impl Answers {
    fn unknown(self, agent: UnknownAgent) -> BadAgents {
        let channel = match self {
            Self::Everywhere => None,
            Self::Channel(channel) => Some(channel),
            Self::Account(via) => Some(format!("{}, account {}", via.channel, via.account)),
        };
        BadAgents::Unknown { channel, agent }
    }
}

impl Agents {
    /// The agents of these settings, who look at files of `media`, and those of
    /// them that are the gateway's. What is no name of ours is one of `gateway`,
    /// where there is one; it is asked for its agents when it answers.
    ///
    /// # Errors
    /// An agent that is named is not there, or cannot work.
    pub async fn of_settings(
        settings: AgentSettings,
        media: &Media,
        gateway: Option<&Upstream>,
    ) -> Result<(Self, Vec<Arc<UpstreamAgent>>), BadAgents> {
        let mut agents = Self::default();
        let mut usual = None;
        for agent in settings.own {
            agents.add(agent);
        }
        if let Some(openai) = settings.openai {
            agents.add(Arc::new(OpenAi::new(openai, media.clone())?));
            usual = Some(OpenAi::NAME.to_owned());
        }
        let everywhere = settings.everywhere.or(usual);
        let everywhere = everywhere.map(|name| (Answers::Everywhere, name));
        let by_channel = settings.by_channel.into_iter();
        let by_channel = by_channel.map(|(channel, name)| (Answers::Channel(channel), name));
        let by_account = settings.by_account.into_iter();
        let by_account = by_account.map(|(via, name)| (Answers::Account(via), name));
        let chosen = everywhere.into_iter().chain(by_channel).chain(by_account);
        let mut of_gateway = Vec::new();
        for (place, name) in chosen {
            if let Some(gateway) = gateway.filter(|_| !agents.has(&name)) {
                let agent = UpstreamAgent::new(&*name, gateway.clone(), media.clone());
                if let Err(mut agent) = agent.check().await {
                    agent.known.extend(agents.known.keys().cloned());
                    return Err(place.unknown(agent));
                }
                let agent = Arc::new(agent);
                agents.add(Arc::clone(&agent) as _);
                of_gateway.push(agent);
            }
            let chosen = match &place {
                Answers::Everywhere => agents.choose(None, &name),
                Answers::Channel(channel) => agents.choose(Some(channel), &name),
                Answers::Account(via) => agents.choose_for(via.clone(), &name),
            };
            chosen.map_err(|agent| place.unknown(agent))?;
        }
        Ok((agents, of_gateway))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Bounds;
    use crate::store::Store;

    fn settings(everywhere: Option<&str>, webchat: Option<&str>, has_model: bool) -> AgentSettings {
        let by_channel = webchat.map(|name| ("webchat".to_owned(), name.to_owned()));
        AgentSettings {
            own: Vec::new(),
            openai: has_model.then(|| OpenAiSettings::new("http://127.0.0.1:1/v1", "m")),
            everywhere: everywhere.map(str::to_owned),
            by_channel: by_channel.into_iter().collect(),
            by_account: BTreeMap::new(),
        }
    }

    async fn agents(settings: AgentSettings) -> Result<Agents, BadAgents> {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let media = Media::open(store, folder.path(), Bounds::default());
        let agents = Agents::of_settings(settings, &media.await.unwrap(), None).await?;
        Ok(agents.0)
    }

    #[tokio::test]
    async fn the_agent_that_answers_is_the_one_that_was_meant() {
        for (everywhere, webchat, has_model, wanted) in [
            (None, None, false, ["echo", "echo"]),
            (None, None, true, ["openai", "openai"]),
            (Some("echo"), None, true, ["echo", "echo"]),
            (Some("none"), Some("openai"), true, ["openai", "none"]),
            (None, Some("echo"), true, ["echo", "openai"]),
        ] {
            let agents = agents(settings(everywhere, webchat, has_model))
                .await
                .unwrap();
            let names =
                ["webchat", "whatsapp_baileys"].map(|channel| agents.of(channel).name().to_owned());
            assert_eq!(names, wanted, "{everywhere:?} {webchat:?} {has_model}");
        }
    }

    #[tokio::test]
    async fn an_agent_that_is_not_there_is_named_with_those_that_are() {
        for (settings, words) in [
            (
                settings(Some("gpt"), None, false),
                "default_agent: there is no agent \"gpt\": choose one of echo, none",
            ),
            (
                settings(None, Some("openai"), false),
                "default_agent of the channel webchat: there is no agent \"openai\": choose one of echo, none",
            ),
            (
                settings(Some("simple"), None, true),
                "default_agent: there is no agent \"simple\": choose one of echo, none, openai",
            ),
        ] {
            assert_eq!(agents(settings).await.unwrap_err().to_string(), words);
        }
        let mut without_model = settings(None, None, true);
        without_model.openai.as_mut().unwrap().model = " ".to_owned();
        let error = agents(without_model).await.unwrap_err();
        assert_eq!(error, BadAgents::OpenAi(BadOpenAi::Model));
    }
}
