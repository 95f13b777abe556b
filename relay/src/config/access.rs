//! The section `[access]`: who may come in, and what for.

use std::collections::BTreeMap;
use std::ffi::OsString;

use anyhow::{Context as _, bail};
use clawline_core::Secret;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::home_path::HomePath;
use super::load::Loaded;
use super::secret;
use crate::access::{AccessToken, SENDERS};
use crate::store::Sender;

/// Who may come in besides the holder of the one token.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
pub(super) struct Access {
    /// Further tokens, by the name of whom they stand for.
    tokens: BTreeMap<String, NamedToken>,
}

/// A token that opens some doors only.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
struct NamedToken {
    /// File with the token.
    file: Option<HomePath>,
    /// Name of the variable that holds the token, instead of a file.
    #[schemars(extend("x-form" = "variable"))]
    env: Option<String>,
    /// What it allows; at least one.
    scopes: Vec<Scope>,
}

/// What a token allows, by the names of protocol 4, and one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
enum Scope {
    /// To read sessions, history and events.
    #[serde(rename = "operator.read")]
    Read,
    /// To read, to send and to change sessions.
    #[serde(rename = "operator.write")]
    Write,
    /// To answer what agents ask to be allowed.
    #[serde(rename = "operator.approvals")]
    Approvals,
    /// To answer what agents ask else.
    #[serde(rename = "operator.questions")]
    Questions,
    /// To talk by voice.
    #[serde(rename = "operator.talk")]
    Talk,
    /// To let devices in.
    #[serde(rename = "operator.pairing")]
    Pairing,
    /// All of the operator's.
    #[serde(rename = "operator.admin")]
    Admin,
    /// To speak for any sender, in the dialect `chat`.
    #[serde(rename = "senders")]
    Senders,
}

impl Scope {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "operator.read",
            Self::Write => "operator.write",
            Self::Approvals => "operator.approvals",
            Self::Questions => "operator.questions",
            Self::Talk => "operator.talk",
            Self::Pairing => "operator.pairing",
            Self::Admin => "operator.admin",
            Self::Senders => SENDERS,
        }
    }
}

impl NamedToken {
    fn read(
        &self,
        name: &str,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<(Secret, AccessToken)> {
        if name == Sender::OWNER {
            bail!("this name is that of whoever has the one token: choose another");
        }
        if self.scopes.is_empty() {
            bail!("it allows nothing: give it scopes, like scopes = [\"operator.read\"]");
        }
        let found = secret::of_either(self.file.as_ref(), self.env.as_deref(), variable)?;
        let secret = found.context("give the token with file or env, one of them")?;
        let scopes = self.scopes.iter().map(|scope| scope.name().to_owned());
        let token = AccessToken::of(secret.clone(), scopes.collect());
        Ok((secret, token.named(name)))
    }
}

impl Loaded {
    /// All tokens that let in, the owner's first; `variable` reads the
    /// environment.
    ///
    /// # Errors
    /// One is not to be had, or two are the same: which of them counts?
    pub fn tokens(
        &self,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> anyhow::Result<Vec<AccessToken>> {
        let (mut known, mut tokens) = (Vec::new(), Vec::new());
        if let Some(secret) = self.token()? {
            tokens.push(AccessToken::everything(secret.clone()));
            known.push((secret, "the one token".to_owned()));
        }
        for (name, named) in &self.config.access.tokens {
            let key = format!("access.tokens.{name}");
            let (secret, token) = named.read(name, &variable).with_context(|| key.clone())?;
            if let Some((_, other)) = known.iter().find(|(one, _)| *one == secret) {
                bail!("{key} and {other} are the same: give each a token of its own");
            }
            known.push((secret, key));
            tokens.push(token);
        }
        Ok(tokens)
    }
}
