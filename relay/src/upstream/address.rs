//! Where a gateway is reached.

use clawline_core::GatewayId;
use tokio_tungstenite::tungstenite::http::Uri;

/// The address of a gateway, read once.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// What names the gateway. It holds no secret, and errors quote only it.
    pub(super) gateway: GatewayId,
    pub(super) is_secure: bool,
    pub(super) host: String,
    pub(super) port: u16,
    /// For the upgrade, with its query.
    pub(super) uri: Uri,
}

/// Why an address is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It cannot be read.
    #[error(
        "the gateway's address is not one: write it as ws://HOST:PORT/ or wss://HOST:PORT/, with an optional path"
    )]
    Unreadable,
    /// It holds a user name or a password.
    #[error(
        "the gateway's address holds a user name or a password, which would end up in logs: take it out, and name the token's file instead"
    )]
    Credentials,
}

impl Address {
    pub(super) fn parse(text: &str) -> Result<Self, AddressError> {
        let gateway = GatewayId::parse(text).ok_or(AddressError::Unreadable)?;
        let given: Uri = text.trim().parse().map_err(|_| AddressError::Unreadable)?;
        let (Some(_), Some(authority)) = (given.scheme(), given.authority()) else {
            return Err(AddressError::Unreadable);
        };
        if authority.as_str().contains('@') {
            return Err(AddressError::Credentials);
        }
        let is_secure = gateway.as_str().starts_with("wss:");
        let usual = if is_secure { 443 } else { 80 };
        let uri = Uri::builder()
            .scheme(if is_secure { "wss" } else { "ws" })
            .authority(authority.clone())
            .path_and_query(given.path_and_query().map_or("/", |path| path.as_str()))
            .build()
            .map_err(|_| AddressError::Unreadable)?;
        Ok(Self {
            is_secure,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(usual),
            gateway,
            uri,
        })
    }
}

impl std::fmt::Debug for Address {
    /// The query may hold a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.gateway)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_a_person_writes_it() {
        for (text, host, port, is_secure, uri) in [
            ("ws://h:1", "h", 1, false, "ws://h:1/"),
            ("http://h", "h", 80, false, "ws://h/"),
            (
                " wss://claw.example/gateway?a=b ",
                "claw.example",
                443,
                true,
                "wss://claw.example/gateway?a=b",
            ),
            ("https://[::1]:9", "::1", 9, true, "wss://[::1]:9/"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.host, host);
            assert_eq!(address.port, port);
            assert_eq!(address.is_secure, is_secure);
            assert_eq!(address.uri.to_string(), uri);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_and_no_secret_is_shown() {
        for text in ["", "h:1", "ftp://h", "ws://", "ws://h:99999", "ws:h"] {
            assert_eq!(
                Address::parse(text),
                Err(AddressError::Unreadable),
                "{text}"
            );
        }
        let with_password = "wss://me:secret@h/";
        let refused = Address::parse(with_password).unwrap_err();
        assert_eq!(refused, AddressError::Credentials);
        assert!(!refused.to_string().contains("secret"));
        let address = Address::parse("wss://h/?token=secret").unwrap();
        assert!(!format!("{address:?}").contains("secret"));
    }
}
