//! Messages that WhatsApp refuses after they left.

use clawline_relay::channels::Address;
use clawline_relay::channels::whatsapp::NAME;
use serde_json::json;

use super::world::{ALICE, World, words};

const STRANGER: &str = "15553334444@s.whatsapp.net";

#[tokio::test]
async fn a_refusal_is_shown_never_tried_again_and_after_463_nothing_goes_to_strangers() {
    let mut world = World::linked().await;
    world.stand.order("refuse", json!({ "code": "479" })).await;
    let id = world.send(ALICE, &words("stale")).await;
    let refused = world.progress(&id, "failed").await;
    assert!(refused.error.unwrap().contains("479"));

    world.stand.order("refuse", json!({ "code": "463" })).await;
    let id = world.send(STRANGER, &words("cold")).await;
    let refused = world.progress(&id, "failed").await;
    assert!(refused.error.unwrap().contains("463"));
    let tells = |(_, text): (&str, &str)| text.starts_with("[Not sent: ");
    let notice = world.tells(STRANGER, tells).await;
    assert!(
        notice.contains("463") && notice.contains("“cold”"),
        "{notice}"
    );

    // WhatsApp would take it now: it is not asked.
    world.stand.order("refuse", json!({})).await;
    let address = Address {
        channel: Some(NAME.to_owned()),
        target: STRANGER.to_owned(),
    };
    let cold = world
        .server
        .channels()
        .send(&address, &words("again"))
        .await;
    assert!(cold.unwrap_err().to_string().contains("463"));
    world
        .alice("ALICE0000001", json!({ "text": "still there?" }))
        .await;
    world
        .alice_reads(json!({ "device": 0 }), "> still there?")
        .await;

    // Nothing was sent twice.
    for (to, text) in [(ALICE, "stale"), (STRANGER, "cold")] {
        let sent = world.stand.order("sent", json!({ "to": to })).await;
        let answered = usize::from(to == ALICE);
        assert_eq!(
            sent["ids"].as_array().unwrap().len(),
            1 + answered,
            "{text}"
        );
    }
    world.end().await;
}
