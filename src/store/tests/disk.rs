//! What only a disk does: it fills, it goes away, it keeps what nobody needs.

use wasm_bindgen_test::*;

use super::home::*;
use crate::store::{ApplyError, Changes, Trouble, forget, name, persist};

#[wasm_bindgen_test]
async fn what_is_done_leaves_the_disk() {
    let home = Home::disk();
    let store = home.open().await.store;
    let many: Vec<String> = (0..150).map(|number| format!("m{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    store.apply(adds(&many), false).await.unwrap();
    let mut changes = sets(&[sending("m0"), sending("m149")]);
    changes.drop(&saved("m1").origin);
    store.apply(changes, true).await.unwrap();
    // The first 100 stand together: the last of them takes the others along.
    store.apply(drops(&many[..99]), false).await.unwrap();
    assert!(content(&home.name).await.contains("text of m0"));
    store.apply(drops(&many[99..100]), false).await.unwrap();
    let rest = content(&home.name).await;
    assert!(!rest.contains("\"m0\"") && rest.contains("text of m149"));
    store.apply(drops(&many[100..]), false).await.unwrap();
    let rest = content(&home.name).await;
    assert!(
        rest.contains(r#""segments":[]"#) && rest.contains(r#""facts":[]"#),
        "{rest}"
    );
}

#[wasm_bindgen_test]
async fn a_message_with_a_file_does_not_wait_for_its_neighbours_to_leave_the_disk() {
    let home = Home::disk();
    let store = home.open().await.store;
    let mut changes = adds(&["a"]);
    changes.add(&saved("file"), &payload_with_file("large"));
    changes.add(&saved("b"), &payload("text of b"));
    store.apply(changes, false).await.unwrap();
    store.apply(drops(&["file"]), false).await.unwrap();
    let rest = content(&home.name).await;
    assert!(!rest.contains("a.txt"), "{rest}");
    assert_eq!(home.finds().await, queued(&["a", "b"]));
}

#[wasm_bindgen_test]
async fn a_full_disk_leaves_everything_as_it_was_and_says_so() {
    let home = Home::disk();
    let store = home.open().await.store;
    store.apply(adds(&["a", "b"]), true).await.unwrap();
    let before = content(&home.name).await;
    let everything = || {
        let mut changes = adds(&["c"]);
        changes.edit(&sending("a"), &payload("better"));
        changes.drop(&saved("b").origin);
        changes
    };
    let is_full = full(1);
    let Err(ApplyError::Failed(words)) = store.apply(everything(), true).await else {
        panic!("a full disk kept it");
    };
    assert!(words.contains("QuotaExceededError"), "{words}");
    assert_eq!(content(&home.name).await, before);
    drop(is_full);
    store.apply(everything(), true).await.unwrap();
    let found = ["a sending better", "c queued text of c"];
    assert_eq!(home.finds().await, found);
}

#[wasm_bindgen_test]
async fn a_payload_that_no_disk_can_keep_spoils_the_whole_batch() {
    let home = Home::disk();
    let store = home.open().await.store;
    store.apply(adds(&["a"]), true).await.unwrap();
    let before = content(&home.name).await;
    let mut changes = adds(&["b"]);
    changes.set(&sending("a"));
    changes.add(&saved("c"), &payload_that_cannot_be_kept());
    let failed = store.apply(changes, true).await;
    assert!(matches!(failed, Err(ApplyError::Failed(words)) if words.contains("DataCloneError")));
    assert_eq!(content(&home.name).await, before);
}

#[wasm_bindgen_test]
async fn a_connection_that_the_browser_closed_is_opened_anew_once() {
    let home = Home::disk();
    let watch = connections_are_watched();
    let store = home.open().await.store;
    store.apply(adds(&["a", "b"]), true).await.unwrap();
    close_connections();
    store.apply(sets(&[sending("a")]), true).await.unwrap();
    let once = lost(1);
    store.apply(drops(&["b"]), true).await.unwrap();
    drop(once);
    let twice = lost(3);
    let failed = store.apply(adds(&["c"]), true).await;
    assert!(
        matches!(failed, Err(ApplyError::Failed(words)) if words.contains("InvalidStateError"))
    );
    drop(twice);
    let gone = damaged(&home.name, "UnknownError", 1);
    close_connections();
    assert!(store.apply(adds(&["c"]), true).await.is_ok(), "tried twice");
    drop(gone);
    drop(watch);
    let found = ["a sending text of a", "c queued text of c"];
    assert_eq!(home.finds().await, found);
}

#[wasm_bindgen_test]
async fn a_lost_connection_does_not_give_the_lead_back() {
    let home = Home::disk();
    let watch = connections_are_watched();
    let first = home.open().await.store;
    first.apply(adds(&["a"]), true).await.unwrap();
    home.open().await;
    close_connections();
    drop(watch);
    let late = first.apply(drops(&["a"]), false).await;
    assert_eq!(late, Err(ApplyError::Deposed));
    assert_eq!(home.finds().await, queued(&["a"]));
}

#[wasm_bindgen_test]
async fn a_leader_whose_store_the_browser_cleared_goes_on() {
    let home = Home::disk();
    let watch = connections_are_watched();
    let store = home.open().await.store;
    store.apply(adds(&["a"]), true).await.unwrap();
    close_connections();
    drop(watch);
    destroy(&home.name).await;
    let mut changes = sets(&[sending("a")]);
    changes.add(&saved("b"), &payload("text of b"));
    store.apply(changes, true).await.unwrap();
    assert_eq!(home.finds().await, queued(&["b"]));
}

#[wasm_bindgen_test]
async fn a_single_message_is_kept_strictly_and_many_at_once_are_not() {
    let home = Home::disk();
    let store = home.open().await.store;
    let _watch = durability_is_watched();
    store.apply(adds(&["a"]), true).await.unwrap();
    store.apply(adds(&["b", "c"]), false).await.unwrap();
    assert_eq!(durabilities(), "strict relaxed");
}

#[wasm_bindgen_test]
async fn a_browser_that_never_answers_does_not_hold_up_the_outbox() {
    let home = Home::disk();
    let silence = (silent(&home.name), hurried(10_000));
    let opened = crate::store::Store::open(&home.device, &home.name, "").await;
    assert!(!opened.durable);
    assert!(matches!(opened.trouble, Some(Trouble::Unavailable(_))));
    opened.store.apply(adds(&["a"]), true).await.unwrap();
    drop(silence);
    forget(&home.device).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_transaction_that_hangs_is_given_up_and_made_anew() {
    let home = Home::disk();
    let store = home.open().await.store;
    let hurry = hurried(30_000);
    let hang = stuck(2);
    let failed = store.apply(adds(&["a"]), true).await;
    assert!(matches!(failed, Err(ApplyError::Failed(words)) if words.contains("TimeoutError")));
    drop((hang, hurry));
    store.apply(adds(&["a", "b"]), true).await.unwrap();
    assert_eq!(home.finds().await, queued(&["a", "b"]));
}

#[wasm_bindgen_test]
async fn what_was_kept_although_nobody_was_told_is_not_kept_twice() {
    let home = Home::disk();
    let store = home.open().await.store;
    let hurry = hurried(30_000);
    // The first attempt finds a dead connection; what is on the disk is read
    // on a new one; the second attempt is kept.
    let silence = mute_after(1);
    let once = lost(1);
    assert!(store.apply(adds(&["a"]), true).await.is_err());
    drop(once);
    drop((silence, hurry));
    store.apply(adds(&["a"]), true).await.unwrap();
    store.apply(drops(&["a"]), false).await.unwrap();
    assert!(home.finds().await.is_empty());
}

#[wasm_bindgen_test]
async fn a_store_that_is_closed_leaves_no_connection_open() {
    let home = Home::disk();
    let _watch = connections_are_watched();
    for _ in 0..3 {
        let store = home.open().await.store;
        store.apply(adds(&["a"]), true).await.unwrap();
        store.close();
        store.apply(adds(&["late"]), true).await.unwrap();
        let follower = home.follow().await;
        follower.close();
        follower.apply(adds(&["later"]), true).await.unwrap();
    }
    assert_eq!(open_connections(), 0);
}

#[wasm_bindgen_test]
async fn a_refusal_is_not_remembered() {
    let home = Home::disk();
    let refusal = damaged(&home.name, "SecurityError", 2);
    let opened = crate::store::Store::open(&home.device, &home.name, "").await;
    let refused = Some(Trouble::Unavailable(
        "SecurityError: it is damaged".to_owned(),
    ));
    assert_eq!((opened.durable, opened.trouble), (false, refused));
    drop(refusal);
    assert_eq!(home.open().await.trouble, None);
}

#[wasm_bindgen_test]
async fn ten_thousand_messages_are_kept_and_found_in_order() {
    let home = Home::disk();
    let store = home.open().await.store;
    let text = payload(&"x".repeat(200));
    let mut changes = Changes::default();
    for number in 0..10_000 {
        changes.add(&saved(&format!("m{number:05}")), &text);
    }
    store.apply(changes, false).await.unwrap();
    let entries = home.open().await.entries;
    assert_eq!(entries.len(), 10_000);
    assert!(entries.is_sorted_by(|one, next| one.0.origin < next.0.origin));
    forget(&home.device).await.unwrap();
}

#[wasm_bindgen_test]
fn gateways_devices_and_roles_have_outboxes_of_their_own() {
    let names = [
        name("d", "ws://a", "one", "operator"),
        name("d", "ws://b", "one", "operator"),
        name("d", "ws://a", "two", "operator"),
        name("d", "ws://a", "one", "node"),
        name("e", "ws://a", "one", "operator"),
    ];
    for (at, one) in names.iter().enumerate() {
        assert!(!names[at + 1..].contains(one), "{one}");
    }
    assert_eq!(names[0], name("d", "ws://a", "one", "operator"));
    assert!(!names[0].contains("ws://"), "no address in a name");
}

#[wasm_bindgen_test]
async fn the_browser_is_asked_to_keep_the_origin_where_it_can_be() {
    for answer in [Some(true), Some(false), None] {
        let _changed = persist_answers(answer);
        assert_eq!(persist().await, answer);
    }
}
