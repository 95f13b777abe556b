//! The relay dies in the middle, again and again.

use std::collections::BTreeMap;

use super::*;

#[tokio::test]
async fn through_many_crashes_everything_is_stored_once_and_answered_once() {
    const ROUNDS: usize = 16;
    let mut rig = Rig::new(Settings::default()).await;
    for round in 0..ROUNDS {
        // The bridge tells again what it has no acknowledgement of, and more.
        for n in round.saturating_sub(2)..=round {
            rig.hear(ANN, &format!("KILLED{n:03}"), &format!("m{n}"))
                .await;
        }
        // Each time somewhere else: after the acknowledgement, the turn, the
        // answer, or on the way out. Each step of that is a write of about 1 ms.
        tokio::time::sleep(Duration::from_millis(round as u64)).await;
        rig = rig.crashed().await;
    }
    rig.settled().await;
    let mut seen = BTreeMap::<String, usize>::new();
    for text in rig.texts(ANN).await {
        *seen.entry(text).or_default() += 1;
    }
    for n in 0..ROUNDS {
        for text in [format!("m{n}"), format!("re: m{n}")] {
            assert_eq!(seen.get(&text), Some(&1), "{text}: {seen:?}");
        }
    }
    assert_eq!(seen.len(), 2 * ROUNDS);
    // Under each id the bridge sent one message, and there is one id for each.
    assert_eq!(rig.played.sent.lock().unwrap().len(), ROUNDS);
}

#[tokio::test]
async fn a_flood_from_the_time_away_is_all_stored_and_not_answered() {
    let mut rig = Rig::new(Settings::default()).await;
    let old = now_ms() - 3 * 60 * 60 * 1_000;
    for n in 0..200 {
        let text = format!("old {n}");
        let waited = json!({ "sent_at": old + n, "offline": true });
        let message = with(said(ANN, &format!("FLOOD{n:03}"), &text), waited);
        rig.tell("message", message).await;
    }
    rig.settled().await;
    let texts = rig.texts(ANN).await;
    let wanted: Vec<String> = (0..200).map(|n| format!("old {n}")).collect();
    assert_eq!(texts, wanted);
    assert_eq!(rig.questions(), [""; 0]);
    assert_eq!(rig.left(), [Value::Null; 0]);
}
