//! What to serve, and where.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::http::Uri;

use crate::gateway::GatewaySettings;
use crate::owner_command::OwnerCommand;
use crate::store::StoreError;

/// What to serve, and where.
#[derive(Debug, Clone)]
pub struct Config {
    /// Address to listen at; port 0 asks the system for one.
    pub listen: SocketAddr,
    /// Real gateways that the page may connect to.
    pub gateways: Vec<NamedGateway>,
    /// The embedded gateway.
    pub gateway: GatewaySettings,
    /// Folder of the database.
    pub data_dir: PathBuf,
    /// What the owner types to decide about devices of that folder.
    pub owner_command: OwnerCommand,
    /// Folder of the built page.
    pub page: PathBuf,
}

/// A gateway elsewhere that the page may connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The gateway's address is none.
    #[error("--gateway {0:?} is not the address of a gateway: give one like ws://127.0.0.1:18789")]
    Gateway(String),
    /// The database does not open.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl NamedGateway {
    /// Reads an address from the command line.
    ///
    /// # Errors
    /// It is no `ws://` or `wss://` address without user, password and query.
    pub fn parse(text: &str) -> Result<Self, ServeError> {
        let wrong = || ServeError::Gateway(text.to_owned());
        let text = text.trim();
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let scheme = uri.scheme_str().unwrap_or_default();
        let authority = uri.authority().ok_or_else(wrong)?.as_str();
        // What the parser lets through ends up in a header: only plain names.
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let secret = uri.query().is_some() || text.contains('#');
        if !matches!(scheme, "ws" | "wss") || secret || !authority.chars().all(plain) {
            return Err(wrong());
        }
        Ok(Self {
            url: text.to_owned(),
            origin: format!("{scheme}://{authority}"),
            name: authority.to_owned(),
        })
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
        assert!(NamedGateway::parse("wss://[::1]:5").is_ok());
        for text in [
            "http://a",
            "a:1",
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
}
