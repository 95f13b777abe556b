//! What the gateway says about the sign-in is obeyed, and shown.

use clawline_relay::upstream::{AddressError, ConnectError, Source, Sqlite, Status, Upstream};
use tokio::net::TcpListener;

use super::line::listen_to_one;
use super::{config, connect, ready, until};
use crate::common::{Relay, TOKEN, patiently, with_token};

#[tokio::test]
async fn a_wrong_token_pauses_until_a_person_acts_and_the_file_is_read_anew() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "wrong").unwrap();
    let mut config = config(&format!("ws://{}", relay.address()), folder.path());
    config.token = Some(Source::File(file.clone()));
    let upstream = connect(config).await;
    let paused = until(&upstream, |status| matches!(status, Status::Paused(_))).await;
    let cause = paused.cause().unwrap();
    assert_eq!(cause.code, "AUTH_TOKEN_MISMATCH");
    assert!(!cause.advice.is_empty());
    std::fs::write(&file, format!("{TOKEN}\n")).unwrap();
    upstream.reconnect();
    ready(&upstream).await;
    upstream.close().await;
    assert_eq!(*upstream.status().borrow(), Status::Closed);
}

#[tokio::test]
async fn the_devices_own_token_is_used_once_there_is_one() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let address = format!("ws://{}", relay.address());
    let upstream = connect(config(&address, folder.path())).await;
    ready(&upstream).await;
    upstream.close().await;
    let mut without = config(&address, folder.path());
    without.token = None;
    let upstream = connect(without).await;
    let hello = ready(&upstream).await;
    assert_eq!(hello["auth"]["method"], "device-token", "{}", hello["auth"]);
    upstream.close().await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_told_and_tried_again() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let mut config = config(&format!("ws://{}", relay.address()), folder.path());
    config.token = Some(Source::File(file.clone()));
    let upstream = connect(config).await;
    let waiting = until(&upstream, |status| status.cause().is_some()).await;
    let cause = waiting.cause().unwrap();
    assert_eq!(cause.code, "credentials-failed");
    assert!(
        cause.message.contains("cannot be read"),
        "{}",
        cause.message
    );
    std::fs::write(&file, TOKEN).unwrap();
    ready(&upstream).await;
    upstream.close().await;
}

#[tokio::test]
async fn why_nothing_answers_is_told_in_the_systems_words() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{address}"), folder.path())).await;
    let waiting = until(&upstream, |status| matches!(status, Status::Waiting { .. })).await;
    let cause = waiting.cause().unwrap();
    assert_eq!(cause.code, "unreachable");
    assert!(cause.message.contains("refused"), "{}", cause.message);
    upstream.close().await;
}

#[tokio::test]
async fn a_page_is_no_gateway_and_its_status_is_told() {
    let relay = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(
        &format!("ws://{}/config.json", relay.address()),
        folder.path(),
    ))
    .await;
    let waiting = until(&upstream, |status| matches!(status, Status::Waiting { .. })).await;
    let cause = waiting.cause().unwrap();
    assert!(cause.message.contains("HTTP 200"), "{}", cause.message);
    upstream.close().await;
}

#[tokio::test]
async fn an_address_that_is_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).await.unwrap();
    let refused = Upstream::connect(config("claw.example", folder.path()), store).await;
    assert!(matches!(
        refused,
        Err(ConnectError::Address(AddressError::Unreadable))
    ));
}

#[tokio::test]
async fn the_upgrade_carries_no_credential() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let said = tokio::spawn(listen_to_one(listener));
    let folder = tempfile::tempdir().unwrap();
    let upstream = connect(config(&format!("ws://{address}"), folder.path())).await;
    // It hangs in opening, and gives up when it is closed.
    tokio::task::yield_now().await;
    upstream.close().await;
    let said = patiently(said).await.unwrap();
    assert!(!String::from_utf8_lossy(&said).contains(TOKEN));
}
