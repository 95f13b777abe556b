//! Stores that another version of this library has written.

use wasm_bindgen_test::*;

use super::home::*;
use crate::store::{ApplyError, Store, Trouble};

/// One per layout that was ever released, as `dump` of `support.js` gives it.
const VERSION_1: &str = include_str!("../../../tests/fixtures/stores/version-1.json");

#[wasm_bindgen_test]
async fn a_store_of_version_1_is_read_whole() {
    let home = Home::disk();
    plant(&home.name, 1, VERSION_1).await;
    let opened = home.open().await;
    assert_eq!(opened.trouble, None);
    let found = [
        "first sending text of first",
        "second queued better second",
        "agent unconfirmed text of agent",
        "fifth parked text of fifth",
    ];
    assert_eq!(shown(&opened.entries), found);
    assert_eq!(opened.entries[0].0, sending("first"));
    opened
        .store
        .apply(drops(&["first", "second", "agent"]), false)
        .await
        .unwrap();
    assert_eq!(home.finds().await, &found[3..]);
}

#[wasm_bindgen_test]
async fn an_older_page_leaves_a_newer_store_alone_and_says_so() {
    let home = Home::disk();
    plant(
        &home.name,
        7,
        r#"{"meta": [{"key": "new", "value": "things"}]}"#,
    )
    .await;
    let before = content(&home.name).await;
    let opened = Store::open(&home.device, &home.name, "").await;
    assert_eq!(
        (opened.durable, opened.trouble),
        (false, Some(Trouble::Newer))
    );
    opened.store.apply(adds(&["a"]), true).await.unwrap();
    assert_eq!(content(&home.name).await, before);
    assert!(before.contains(r#""version":7"#) && before.contains("things"));
}

#[wasm_bindgen_test]
async fn a_newer_page_does_not_wait_for_an_older_one_which_then_leads_no_longer() {
    let home = Home::disk();
    let store = home.open().await.store;
    store.apply(adds(&["a"]), true).await.unwrap();
    upgrade(&home.name, 2).await;
    let late = store.apply(adds(&["b"]), true).await;
    assert_eq!(late, Err(ApplyError::Deposed));
    assert!(!content(&home.name).await.contains("text of b"));
}
