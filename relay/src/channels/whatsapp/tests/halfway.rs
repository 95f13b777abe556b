//! Messages that go out, and pauses, that were tried or begun before.

use super::outbound::{rig, words};
use super::*;
use crate::store::{NewSending, SendState};

#[tokio::test]
async fn what_is_given_back_again_and_again_is_given_up_an_hour_after_it_came() {
    let rig = rig().await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    let now = now_ms();
    let id = "GIVENBACK";
    let old = [NewSending {
        message_id: id.to_owned(),
        chat: ANN.to_owned(),
        session: session_key(ANN),
        answers: None,
        is_cold: false,
        content: String::new(),
    }];
    let came = now - 61 * 60 * 1_000;
    let queued = rig.store.queue_sendings("old", [0; 32], &old, came);
    queued.await.unwrap();
    for state in [SendState::Asked, SendState::Queued] {
        rig.store
            .advance_sending(id, state, None, now)
            .await
            .unwrap();
    }
    rig.whatsapp.stations[0].outbox.look();
    wait_until(async || rig.state(id).await.0 == SendState::Failed).await;
    assert!(rig.state(id).await.1.unwrap().contains("within an hour"));
}

#[tokio::test]
async fn a_463_that_a_crash_cut_short_still_stops_what_goes_to_people_who_never_wrote() {
    let mut rig = rig().await;
    let id = rig
        .send(ANN, &words("k1", "cold"))
        .await
        .unwrap()
        .message_id;
    rig.settled().await;
    // As far as it had come.
    let failed = SendState::Failed;
    let news = rig.store.advance_sending(&id, failed, None, 1).await;
    assert!(news.unwrap().is_some());
    rig.status(&id, "failed", Some("463")).await;
    let refused = rig.send(ANN, &words("k2", "again")).await.unwrap_err();
    assert!(refused.to_string().contains("463"), "{refused}");
}

#[tokio::test]
async fn a_pause_that_a_crash_cut_short_is_made_whole_by_what_began_it() {
    let settings = Settings {
        rules: Rules::default(),
        ..Settings::default()
    };
    let mut rig = Rig::new(settings).await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    let waiting = async |rig: &Rig| rig.store.open_sendings(0).await.unwrap().len();
    rig.hear(ANN, "HALF0001", "one").await;
    wait_until(async || waiting(&rig).await == 1).await;
    // As far as it had come.
    let why = Some(("you wrote in it from your phone", 1));
    assert!(rig.store.pause_chat(ANN, why).await.unwrap());
    rig.tell("message", by_me(ANN, "HALF0002", "I am here"))
        .await;
    wait_until(async || waiting(&rig).await == 0).await;
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn what_was_let_in_before_463_was_heard_does_not_go_either() {
    let rig = rig().await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    let receipt = rig.send(ANN, &words("k1", "cold")).await.unwrap();
    // What is told of another message meanwhile.
    rig.store.stop_cold_sends(now_ms()).await.unwrap();
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    let (state, why) = rig.state(&receipt.message_id).await;
    assert_eq!(state, SendState::Failed);
    assert!(why.unwrap().contains("463"));
    assert_eq!(rig.sent(), [""; 0]);
}
