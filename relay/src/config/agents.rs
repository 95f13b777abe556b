//! The section `[agent]`, and who answers where.

use std::ffi::OsString;

use anyhow::Context as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home_path::HomePath;
use super::keys::Config;
use super::secret;
use crate::agents::AgentSettings;
use crate::agents::openai::OpenAiSettings;

/// The agents that need to be told something.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub(super) struct Agents {
    openai: Option<OpenAi>,
}

impl Agents {
    pub(super) fn openai(&self) -> Option<&OpenAi> {
        self.openai.as_ref().filter(|openai| openai.enabled)
    }
}

/// An agent behind any OpenAI-compatible endpoint.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
pub struct OpenAi {
    /// Whether the agent is configured, once it has a section.
    #[serde(default = "yes")]
    enabled: bool,
    /// Address of the endpoint, like `http://127.0.0.1:11434/v1`.
    #[schemars(extend("x-form" = "http"))]
    pub base_url: String,
    /// Name of the model.
    #[schemars(extend("x-form" = "name"))]
    pub model: String,
    /// File with the key, for an endpoint that wants one.
    #[serde(default)]
    pub api_key_file: Option<HomePath>,
    /// Name of the variable that holds the key, instead of a file.
    #[serde(default)]
    #[schemars(extend("x-form" = "variable"))]
    pub api_key_env: Option<String>,
    /// What the model is told before each conversation.
    #[serde(default)]
    pub system_prompt: String,
    /// How many messages of a conversation the model is shown.
    #[serde(default = "usual_history")]
    #[schemars(range(min = 1, max = 1000))]
    pub history: u32,
    /// Whether the model takes images.
    #[serde(default)]
    pub images: bool,
}

impl OpenAi {
    fn settings(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<OpenAiSettings> {
        let key = secret::of_either(
            self.api_key_file.as_ref(),
            self.api_key_env.as_deref(),
            variable,
        );
        Ok(OpenAiSettings {
            key: key.context("the key of agent.openai")?,
            system_prompt: self.system_prompt.clone(),
            history_rows: self.history,
            takes_images: self.images,
            ..OpenAiSettings::new(&*self.base_url, &*self.model)
        })
    }
}

impl Config {
    /// Who answers; `variable` reads the environment, where a key may be.
    ///
    /// # Errors
    /// The key of a model server is not to be had.
    pub fn agents(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<AgentSettings> {
        let openai = self.openai().map(|openai| openai.settings(variable));
        Ok(AgentSettings {
            own: Vec::new(),
            openai: openai.transpose()?,
            everywhere: None,
            by_channel: self.named_agents(),
            by_account: self.named_by_account(),
        })
    }
}

const fn yes() -> bool {
    true
}

const fn usual_history() -> u32 {
    40
}
