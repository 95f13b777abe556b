//! What a gateway is told of whom a socket comes from.

use std::net::IpAddr;

use axum::http::uri::Uri;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;

use crate::access::Caller;
use crate::origin::is_loopback;

/// Stands for callers of this very machine: to a gateway, whoever comes through
/// a proxy from a loopback address is its own neighbour, or nobody. It is the
/// dummy address of RFC 7600, which no machine has.
const SOMEBODY_HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 0, 8));

/// The headers that we set. What the caller sends under these names is not
/// passed on: only we know whom we heard.
#[derive(Debug)]
pub(super) struct Forwarded {
    address: IpAddr,
    host: String,
    is_https: bool,
    origin: Option<HeaderValue>,
}

impl Forwarded {
    pub(super) fn of(caller: &Caller, asked: &HeaderMap) -> Self {
        let is_here = is_loopback(caller.peer) || caller.peer == caller.local.ip().to_canonical();
        // Only of a proxy that the owner named.
        let scheme = asked.get("x-forwarded-proto").filter(|_| caller.is_proxied);
        Self {
            address: if is_here { SOMEBODY_HERE } else { caller.peer },
            host: caller.host.clone(),
            is_https: scheme.is_some_and(|scheme| scheme == "https"),
            // The relay let it in: whether it may use the gateway, that decides.
            origin: asked.get(header::ORIGIN).cloned(),
        }
    }

    /// The upgrade at the gateway.
    pub(super) fn request(&self, uri: &Uri) -> Result<Request, Error> {
        let mut request = uri.into_client_request()?;
        let scheme = if self.is_https { "https" } else { "http" };
        for (name, text) in [
            ("x-forwarded-for", &*self.address.to_string()),
            ("x-forwarded-host", &*self.host),
            ("x-forwarded-proto", scheme),
        ] {
            let value = HeaderValue::from_str(text)?;
            let name = HeaderName::from_static(name);
            request.headers_mut().insert(name, value);
        }
        if let Some(origin) = &self.origin {
            request.headers_mut().insert(header::ORIGIN, origin.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_looks_as_if_he_sat_at_the_gateway() {
        let of = |peer: &str, is_proxied, sent: &[(&'static str, &str)]| {
            let mut asked = HeaderMap::new();
            for (name, value) in sent {
                asked.append(*name, value.parse().unwrap());
            }
            let caller = Caller {
                peer: peer.parse().unwrap(),
                local: "10.0.0.5:18790".parse().unwrap(),
                is_local: false,
                is_proxied,
                origin: None,
                host: "chat.example".to_owned(),
                bearer: None,
            };
            let request =
                Forwarded::of(&caller, &asked).request(&"ws://10.0.0.2:1/x".parse().unwrap());
            let headers = request.unwrap().headers().clone();
            let all = |name: &str| {
                let values = headers.get_all(name).iter();
                let values: Vec<&str> = values.map(|value| value.to_str().unwrap()).collect();
                values.join(" ")
            };
            assert_eq!(all("host"), "10.0.0.2:1");
            assert_eq!(all("x-forwarded-host"), "chat.example");
            assert_eq!(
                all("forwarded") + &all("x-real-ip") + &all("authorization"),
                ""
            );
            (
                all("x-forwarded-for"),
                all("x-forwarded-proto"),
                all("origin"),
            )
        };
        let told = |address: &str, scheme: &str, origin: &str| {
            (address.to_owned(), scheme.to_owned(), origin.to_owned())
        };
        for here in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.9.9.9"] {
            assert_eq!(
                of(here, false, &[]),
                told("192.0.0.8", "http", ""),
                "{here}"
            );
        }
        let lies = [
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "localhost"),
            ("x-real-ip", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("authorization", "Bearer of-the-relay"),
            ("origin", "https://chat.example"),
        ];
        let origin = "https://chat.example";
        assert_eq!(of("10.0.0.5", false, &[]), told("192.0.0.8", "http", ""));
        assert_eq!(
            of("10.0.0.9", false, &lies),
            told("10.0.0.9", "http", origin)
        );
        assert_eq!(
            of("2001:db8::1", true, &lies),
            told("2001:db8::1", "https", origin)
        );
    }
}
