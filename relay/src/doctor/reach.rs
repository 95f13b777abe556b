//! What is reached from here: gateways, and the program of the WhatsApp bridge.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::uri::Authority;
use clawline_core::engine::Close;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{Check, Outcome};
use crate::channels::whatsapp::node::{self, Node, OLDEST_NODE};
use crate::config::Config;
use crate::upstream::{Destination, Line, Trust, unreachable};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The gateways of the page and those that are passed on.
pub(super) async fn gateways(config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    for gateway in &config.gateway {
        let name = format!("gateway {}", gateway.name);
        checks.push(match reach(&gateway.url, &Trust::System).await {
            Ok(_) => Check::new(name, Outcome::Ok, ANSWERS),
            // Only the browser knows whom it trusts.
            Err(Unreached::Untrusted(words)) => {
                Check::new(name, Outcome::Advice, format!("seen from here, {words}"))
            }
            Err(Unreached::Silent(words)) => Check::failed(name, words),
        });
    }
    if let Some(channel) = config.openclaw() {
        let name = "channel openclaw";
        let reached = reach_as(&channel.gateway_url, channel.trust()).await;
        checks.push(match reached {
            Ok(_) => Check::new(name, Outcome::Ok, ANSWERS),
            Err(words) => Check::failed(name, words),
        });
    }
    for (name, upstream) in &config.upstream {
        let what = format!("upstream {name}");
        match reach_as(&upstream.url, upstream.trust()).await {
            Ok(from) => {
                checks.push(Check::new(what.clone(), Outcome::Ok, ANSWERS));
                checks.push(trusted_proxies(what, from));
            }
            Err(words) => checks.push(Check::failed(what, words)),
        }
    }
    if checks.is_empty() {
        let words = "none is named, the embedded one is used";
        checks.push(Check::new("gateways", Outcome::Skipped, words));
    }
    checks
}

/// What the gateway must be told, so that nobody who comes through here looks as
/// if they sat at its machine.
fn trusted_proxies(name: String, from: IpAddr) -> Check {
    let words = format!(
        "let this gateway know that we are a proxy, or it refuses what we pass on: on its machine run \
         `openclaw config set gateway.trustedProxies '[\"{from}\"]'`, and add the origins of the pages that \
         come through here, like http://127.0.0.1:18790, to `gateway.controlUi.allowedOrigins` (keep what \
         is there already)"
    );
    Check::new(name, Outcome::Advice, words)
}

const ANSWERS: &str = "it answers";

/// Why a gateway was not reached, and what to do.
#[derive(Debug)]
enum Unreached {
    /// It is not known to be the one that is meant.
    Untrusted(String),
    Silent(String),
}

async fn reach_as(url: &str, trust: anyhow::Result<Trust>) -> Result<IpAddr, String> {
    let trust = trust.map_err(|error| format!("{error:#}"))?;
    let reached = reach(url, &trust).await;
    reached.map_err(|(Unreached::Untrusted(words) | Unreached::Silent(words))| words)
}

/// Asks a gateway for a WebSocket; gives which of our addresses it saw.
async fn reach(url: &str, trust: &Trust) -> Result<IpAddr, Unreached> {
    let what_to_do = "start it, or mend its address in the settings";
    let destination = Destination::new(url, trust);
    let destination = destination.map_err(|error| Unreached::Untrusted(error.to_string()))?;
    let silent = |words: String| Err(Unreached::Silent(format!("{words}; {what_to_do}")));
    match timeout(PATIENCE, ask(&destination)).await {
        Ok(Ok(from)) => Ok(from),
        Ok(Err(Close::Untrusted(why))) => Err(Unreached::Untrusted(format!(
            "it is not trusted: {why}; name the authority that signed its certificate in ca_file, or pin it with fingerprint"
        ))),
        Ok(Err(
            Close::Socket { reason, .. } | Close::Address(reason) | Close::Credentials(reason),
        )) => silent(format!("it cannot be reached: {reason}")),
        Err(_) => silent("it does not answer".to_owned()),
    }
}

async fn ask(destination: &Destination) -> Result<IpAddr, Close> {
    let Line {
        mut bytes, from, ..
    } = destination.call().await?;
    let uri = destination.uri();
    let (host, path) = (uri.authority().map_or("", Authority::as_str), uri.path());
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: Y2xhd2xpbmUtZG9jdG9yIQ==\r\n\r\n"
    );
    let mut status = [0_u8; 12];
    let asked = async {
        bytes.write_all(request.as_bytes()).await?;
        bytes.read_exact(&mut status).await
    };
    asked
        .await
        .map_err(|error| unreachable(error.to_string()))?;
    match status.get(8..) {
        Some(b" 101") => Ok(from),
        Some(b" 401" | b" 403") => Err(unreachable(
            "something in front of it wants a sign-in".to_owned(),
        )),
        _ => Err(unreachable("what answers there is no gateway".to_owned())),
    }
}

/// Node.js, which the WhatsApp bridge runs on.
pub(super) async fn node(config: &Config) -> Check {
    const NAME: &str = "Node.js";
    if config.whatsapp_baileys().is_none() {
        let words = "not needed: WhatsApp is not configured";
        return Check::new(NAME, Outcome::Skipped, words);
    }
    let wanted = format!("WhatsApp needs Node.js {OLDEST_NODE} or newer on the PATH");
    match node::find().await {
        Node::Fits(major) => Check::new(NAME, Outcome::Ok, format!("version {major} is there")),
        Node::TooOld(major) => Check::failed(
            NAME,
            format!("{wanted}, and it is {major}: install a newer one"),
        ),
        Node::Strange => Check::failed(NAME, format!("{wanted}, and `node` names no version")),
        Node::Missing => Check::failed(NAME, format!("{wanted}, and none was found: install it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_server_that_speaks_no_websocket_is_no_gateway() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}/x", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            for answer in [
                "HTTP/1.1 101 Switching",
                "HTTP/1.1 401 No",
                "HTTP/1.1 200 OK",
            ] {
                let (mut socket, _) = listener.accept().await.unwrap();
                let mut asked = [0_u8; 1024];
                let size = socket.read(&mut asked).await.unwrap();
                assert!(asked[..size].starts_with(b"GET /x HTTP/1.1\r\n"));
                socket.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let from = reach(&url, &Trust::System).await.unwrap();
        assert_eq!(from, IpAddr::from([127, 0, 0, 1]));
        for words in ["sign-in", "no gateway"] {
            let said = reach(&url, &Trust::System).await.unwrap_err();
            assert!(
                matches!(&said, Unreached::Silent(said) if said.contains(words)),
                "{said:?}"
            );
        }
        server.await.unwrap();
        let said = reach(&url, &Trust::System).await.unwrap_err();
        let words = "cannot be reached";
        assert!(
            matches!(&said, Unreached::Silent(said) if said.contains(words)),
            "{said:?}"
        );
    }
}
