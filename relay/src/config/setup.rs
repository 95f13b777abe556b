//! What a server starts from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::form::is_url;
use super::keys::Dialect;
use crate::account::Via;
use crate::agents::{AgentSettings, BadAgents, UnknownAgent};
use crate::base_path::BasePath;
use crate::channels::NewChannel;
use crate::channels::whatsapp::WhatsappSettings;
use crate::dialects::gateway::GatewaySettings;
use crate::inbox::policy::Policy;
use crate::media::MediaError;
use crate::owner_command::OwnerCommand;
use crate::passage::{BadPassage, PassageSettings};
use crate::retention::Retention;
use crate::store::StoreError;
use crate::upstream::{self, ConnectError};
use crate::webhooks::{BadWebhook, WebhookSettings};

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Addresses to listen at; port 0 asks the system for one.
    pub listen: Vec<SocketAddr>,
    /// Further addresses, at which the tutorial's hub alone is served.
    pub hub_listen: Vec<SocketAddr>,
    /// Real gateways that the page may connect to.
    pub gateways: Vec<NamedGateway>,
    /// The embedded gateway.
    pub gateway: GatewaySettings,
    /// Who is told what happens on channels.
    pub webhooks: Vec<WebhookSettings>,
    /// Who answers.
    pub agents: AgentSettings,
    /// The gateway elsewhere that is called.
    pub openclaw: Option<upstream::Config>,
    /// The accounts of WhatsApp; none where it is not configured.
    pub whatsapp: Vec<WhatsappSettings>,
    /// Gateways elsewhere that are passed on.
    pub passages: Vec<PassageSettings>,
    /// Who is answered on accounts that strangers reach.
    pub policies: HashMap<Via, Policy>,
    /// The wires that are spoken beside the gateway's own.
    pub dialects: Vec<Dialect>,
    /// Whether channels are to be reached over HTTP.
    pub has_channels: bool,
    /// Channels of others, beside those that are built in.
    pub channels: Vec<NewChannel>,
    /// How long messages are kept.
    pub retention: Retention,
    /// Folder of the database.
    pub data_dir: PathBuf,
    /// What the owner types to decide about devices of that folder.
    pub owner_command: OwnerCommand,
    /// Folder of the built page.
    pub page: PathBuf,
    /// Path under which a proxy shows the server.
    pub base_path: BasePath,
}

/// A gateway elsewhere that the page may connect to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamedGateway {
    /// Its address, `ws://…` or `wss://…`.
    pub url: String,
    /// Its origin, for the Content-Security-Policy: scheme, host and port.
    pub origin: String,
    /// A short name for people.
    pub name: String,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Everybody could connect.
    #[error(
        "{0} can be reached from other machines, and there is no token: put one into a file and add \
         --token-file FILE (or set OPENCLAW_GATEWAY_TOKEN), or listen at 127.0.0.1 only"
    )]
    OpenToAll(SocketAddr),
    /// A name of the outside leads here, so others than this machine's do.
    #[error(
        "{0} is a name by which others reach this server, and there is no token: put one into a file and \
         add --token-file FILE (or set OPENCLAW_GATEWAY_TOKEN), or start without --host {0} and --origin \
         …{0}"
    )]
    NamedToAll(String),
    /// A server without an address.
    #[error("there is no address to listen at: give one with --listen")]
    NowhereToListen,
    /// The address is taken or not ours.
    #[error("cannot listen at {address}: {source}; give a free address with --listen")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Two servers on one database would both run what is unfinished in it.
    #[error(
        "another clawline-relay serves the data in {0}: stop it, or give this one a folder of its own \
         with --data-dir"
    )]
    AlreadyServed(PathBuf),
    /// The data folder is not to be had.
    #[error(
        "cannot take the data folder {}: {source}; make it writable for this user, or name another one \
         with --data-dir",
        path.display()
    )]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A webhook cannot be served.
    #[error(transparent)]
    Webhook(#[from] BadWebhook),
    /// Attachments cannot be kept.
    #[error("{0}; make the folder writable for this user, or name another one with --data-dir")]
    Media(#[from] MediaError),
    /// Nobody can answer.
    #[error(transparent)]
    Agents(#[from] BadAgents),
    /// A channel has an agent that is not here.
    #[error(transparent)]
    Agent(#[from] UnknownAgent),
    /// The gateway elsewhere cannot be called.
    #[error("channel.gateway_url: {0}")]
    Openclaw(#[from] ConnectError),
    /// A gateway elsewhere cannot be passed on.
    #[error(transparent)]
    Passage(#[from] BadPassage),
    /// The database does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a text names no gateway for the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NamedGatewayError {
    /// It is no plain WebSocket address.
    #[error(
        "must be the address of a gateway without user, password and query, like ws://127.0.0.1:18789"
    )]
    NoAddress,
    /// A policy of a page can name no IPv6 address, and browsers open only what
    /// it names.
    #[error(
        "must have a name instead of an IPv6 address, for browsers let no page name one: give the address \
         a name in DNS or in the hosts file, and use it like ws://gateway.example:18789"
    )]
    Ipv6,
}

impl NamedGateway {
    /// Reads an address. The loopback one of IPv6 becomes `localhost`, the name
    /// by which browsers may reach it.
    ///
    /// # Errors
    /// It is no `ws://` or `wss://` address without user, password and query, or
    /// one that no page can open.
    pub fn parse(text: &str) -> Result<Self, NamedGatewayError> {
        let text = text.trim();
        if !is_url(text, &["ws", "wss"]) {
            return Err(NamedGatewayError::NoAddress);
        }
        let (scheme, rest) = text.split_once("://").ok_or(NamedGatewayError::NoAddress)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority = reachable(authority)?;
        Ok(Self {
            url: format!("{scheme}://{authority}{path}"),
            origin: format!("{scheme}://{authority}"),
            name: authority.into_owned(),
        })
    }
}

/// Host and port under which a page can reach what they name.
fn reachable(authority: &str) -> Result<Cow<'_, str>, NamedGatewayError> {
    let Some((address, port)) = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    else {
        return Ok(authority.into());
    };
    let address: Ipv6Addr = address.parse().map_err(|_| NamedGatewayError::NoAddress)?;
    match address.to_ipv4_mapped() {
        Some(address) => Ok(format!("{address}{port}").into()),
        None if address.is_loopback() => Ok(format!("localhost{port}").into()),
        None => Err(NamedGatewayError::Ipv6),
    }
}

impl TryFrom<String> for NamedGateway {
    type Error = NamedGatewayError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<NamedGateway> for String {
    fn from(gateway: NamedGateway) -> Self {
        gateway.url
    }
}

impl fmt::Display for NamedGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

impl JsonSchema for NamedGateway {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "NamedGateway".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-form": "gateway" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_websocket_addresses_are_gateways() {
        let named = NamedGateway::parse("ws://127.0.0.1:18789/x").unwrap();
        assert_eq!(named.origin, "ws://127.0.0.1:18789");
        assert_eq!(named.name, "127.0.0.1:18789");
        for text in [
            "http://a",
            "a:1",
            "ws://[::1",
            "ws://a:99999",
            "ws://:1",
            "ws://",
            "ws://user:pw@a",
            "ws://a/?token=x",
            "ws://a;script-src *",
            "ws://a b",
        ] {
            let error = NamedGateway::parse(text).unwrap_err();
            assert!(error.to_string().contains("ws://127.0.0.1:18789"), "{text}");
        }
    }

    #[test]
    fn an_ipv6_address_gets_a_name_that_browsers_take_or_is_refused() {
        // A Content-Security-Policy knows no IPv6 literals.
        for (text, url) in [
            ("ws://[::1]:5", "ws://localhost:5"),
            ("wss://[0:0:0:0:0:0:0:1]/x", "wss://localhost/x"),
            ("ws://[::ffff:127.0.0.1]:5/x", "ws://127.0.0.1:5/x"),
        ] {
            let gateway = NamedGateway::parse(text).unwrap();
            assert_eq!(gateway.url, url);
            assert!(!gateway.origin.contains('['), "{}", gateway.origin);
        }
        for text in ["ws://[2001:db8::1]:5", "wss://[fe80::1]", "ws://[::]:5"] {
            let words = NamedGateway::parse(text).unwrap_err().to_string();
            assert!(words.contains("a name"), "{words}");
        }
    }
}
