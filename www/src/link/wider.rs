//! Asking the gateway for a scope that the page does not have.

use std::pin::pin;
use std::time::Duration;

use clawline::core::engine::Status;
use clawline::core::wire::Object as _;
use clawline::{Client, Event, JsObject, Options, Source};
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use webchat_model::words::Words;

use super::refusals;
use crate::browser::clock::sleep;
use crate::chunks::ed25519;

/// What is asked for now is not to happen when the network is back in an hour.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of the same gateway that has one more scope: it shares the page's
/// connection, which is made anew with the scope, for as long as it lives.
///
/// # Errors
/// In words, when the gateway does not grant it, or does not answer for half a minute.
pub(super) async fn ask(source: Source, scope: &str) -> Result<Client, Words> {
    let asked = pin!(widen(source, scope));
    match select(asked, pin!(sleep(PATIENCE))).await {
        Either::Left((client, _)) => client,
        Either::Right(_) => Err(Words::of("request-timeout-unsent")),
    }
}

async fn widen(source: Source, scope: &str) -> Result<Client, Words> {
    let mut options = Options::with_ed25519(source, ed25519::get);
    options.config.profile.scopes.push(scope.to_owned());
    let client = Client::new(options);
    let mut events = client.subscribe(&[]);
    client.connect();
    // The connection there was comes first; the second one was asked for more.
    let mut connections = 0;
    while let Some(event) = events.next().await {
        match event {
            Event::Status(Status::Ready) if has(&client, scope) => return Ok(client),
            Event::Status(Status::Ready) => connections += 1,
            Event::Status(Status::Pairing(pairing)) => {
                let request = pairing.request_id.unwrap_or_default();
                let command = pairing.command.unwrap_or(request);
                return Err(Words::of("scope-approve").with("command", command));
            }
            Event::Status(Status::Paused(cause)) => return Err(refusals::of_cause(&cause)),
            _ => {}
        }
        if connections > 1 {
            break;
        }
    }
    // Whoever came in with a token of this device's own may have one for less.
    Err(Words::All(vec![
        Words::of("scope-refused").with("scope", scope),
        Words::of("advice-AUTH_SCOPE_MISMATCH"),
    ]))
}

fn has(client: &Client, scope: &str) -> bool {
    let hello = client.hello().map(JsObject);
    let auth = hello.and_then(|hello| hello.child("auth"));
    let scopes = auth.and_then(|auth| auth.texts("scopes"));
    scopes.is_some_and(|scopes| scopes.iter().any(|held| held == scope))
}
