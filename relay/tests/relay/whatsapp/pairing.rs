//! From a device that is linked to nothing to one that talks, through a whole relay.

use std::fs;

use clawline_relay::account::Account;
use clawline_relay::channels::whatsapp::{Link, Mode, NAME};
use serde_json::json;
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};
use super::world::{ALICE, World};

async fn until(world: &World, fits: impl Fn(&Link) -> bool) -> Link {
    let channel = world.server.channels().get(NAME).unwrap();
    let mut link = channel
        .linking()
        .unwrap()
        .link(&Account::default())
        .unwrap();
    match timeout(PATIENCE, link.wait_for(|link| fits(link))).await {
        Ok(found) => found.unwrap().clone(),
        Err(_) => panic!(
            "it never came: {:?}",
            channel.linking().unwrap().link(&Account::default())
        ),
    }
}

fn begin(world: &World, mode: Mode) {
    let channel = world.server.channels().get(NAME).unwrap();
    channel
        .linking()
        .unwrap()
        .begin(&Account::default(), mode)
        .unwrap();
}

#[tokio::test]
async fn a_code_is_typed_the_past_comes_and_nobody_links_again_after_a_crash() {
    let home = tempfile::tempdir().unwrap();
    let mut world = World::over(Stand::start().await, home).await;

    // The secret in a code to scan is retired while it is shown.
    begin(&world, Mode::Qr);
    let shown = until(&world, |link| link.qr.is_some()).await.qr.unwrap();
    world.stand.order("retire_secret", json!({})).await;
    let is_other = |link: &Link| link.qr.as_ref().is_some_and(|qr| qr.data != shown.data);
    until(&world, is_other).await;

    // The owner would rather type.
    world.stand.order("code", json!({ "given": true })).await;
    let phone = "+15550000000".to_owned();
    begin(&world, Mode::Code { phone });
    let code = until(&world, |link| link.code.is_some())
        .await
        .code
        .unwrap();
    world
        .stand
        .order("type", json!({ "code": code.code }))
        .await;
    let open = until(&world, |link| {
        link.state.as_str() == "open" && link.me.is_some()
    })
    .await;
    assert_eq!(open.me.unwrap().phone.as_deref(), Some("+15550000000"));
    assert_eq!((open.code, open.qr), (None, None));

    // The phone gives what it has; nothing of it is answered.
    world.stand.order("app_state_keys", json!({})).await;
    let past = json!([
        { "id": "ALICEPAST001", "text": "long ago", "at": 1_700_000_000 },
        { "id": "OURSPAST0001", "text": "so it is", "at": 1_700_000_060, "fromMe": true },
    ]);
    let alice =
        json!({ "jid": ALICE, "lid": "551112222@lid", "name": "Alice Ash", "messages": past });
    world
        .stand
        .order("history", json!({ "chats": [alice] }))
        .await;
    world.shows(ALICE, "user", "so it is").await;
    let said: Vec<String> = world
        .rows(ALICE)
        .await
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    assert_eq!(said, ["long ago", "so it is"]);
    let kept = home_text(&world, "clawline.log");
    assert!(kept.contains("app-state-sync-key"));

    world.alice("ALICE0000001", json!({ "text": "now" })).await;
    world.alice_reads(json!({ "device": 0 }), "> now").await;
    let mut world = world.crash().await;
    world
        .alice("ALICE0000002", json!({ "text": "later" }))
        .await;
    world.alice_reads(json!({ "device": 0 }), "> later").await;
    world.end().await;
}

fn home_text(world: &World, name: &str) -> String {
    fs::read_to_string(world.home.path().join("auth").join(name)).unwrap()
}
