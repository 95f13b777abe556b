//! Stores that somebody or something has spoiled: nothing is deleted, nothing
//! is guessed, and it is said.

use wasm_bindgen_test::*;

use super::home::*;
use crate::store::{Kept, Store, Trouble, forget};

/// Rows of which only `good` can be read: the others lack something, or hold
/// what this library does not write.
const SPOILT: &str = r#"{"segments": [
  {"owner": "", "rows": [
    null, 7, {}, {"facts": null}, {"facts": "text"}, {"facts": {}},
    {"facts": {"origin": 5}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": GOOD, "payload": {"method": "chat.send", "params": "fine"}},
    {"facts": {"origin": "no payload", REST}},
    {"facts": {"origin": "params", REST}, "payload": {"method": "chat.send", "params": {}}},
    {"facts": {"origin": "state", "key": "k", "answers": 1, "bytes": 1, "writtenMs": 1, "attempts": 0,
       "state": "accepted"}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": {"origin": "unmarked", "key": "k", "answers": 1, "bytes": 1, "writtenMs": 1, "attempts": 0,
       "state": "sending"}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": {"origin": "half a mark", REST, "bootId": "b"}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": {"origin": "session", REST, "session": 9}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": {"origin": "negative", "key": "k", "answers": 1, "bytes": -1, "writtenMs": 1, "attempts": 0,
       "state": "queued"}, "payload": {"method": "chat.send", "params": "{}"}},
    {"facts": {"origin": "large", REST, "ttlMs": 1e300}, "payload": {"method": "chat.send", "params": "{}"}}
  ]},
  {"owner": "", "rows": "none"},
  {"rows": []}, {"owner": 5}
]}"#;
const UNREADABLE: usize = 15 + 1 + 1;

/// Those that can be named: each is an entry that a person can end.
const REMAINS: [&str; 8] = [
    "no payload",
    "params",
    "state",
    "unmarked",
    "half a mark",
    "session",
    "negative",
    "large",
];

/// The entries that can be read, and the names of the others.
fn apart(entries: Vec<Kept>) -> (Vec<Kept>, Vec<String>) {
    let (remains, readable): (Vec<Kept>, Vec<Kept>) = entries
        .into_iter()
        .partition(|(saved, _)| saved.reason.as_deref() == Some("unreadable"));
    let named = remains
        .into_iter()
        .map(|(saved, _)| saved.origin.to_string());
    (readable, named.collect())
}

fn spoilt() -> String {
    let rest =
        r#""key": "k", "answers": 1, "bytes": 1, "writtenMs": 1, "attempts": 0, "state": "queued""#;
    let good = format!(r#"{{"origin": "good", {rest}}}"#);
    SPOILT.replace("REST", rest).replace("GOOD", &good)
}

#[wasm_bindgen_test]
async fn rows_that_cannot_be_read_are_counted_and_wait_for_a_person() {
    let home = Home::disk();
    home.open().await.store.close();
    scribble(&home.name, &spoilt()).await;
    let opened = home.open().await;
    let (readable, remains) = apart(opened.entries);
    assert_eq!(shown(&readable), ["good queued fine"]);
    assert_eq!(remains, REMAINS);
    assert_eq!(opened.trouble, Some(Trouble::Unreadable(UNREADABLE)));
    // A person ends one of them, and nothing else goes.
    let ended = drops(&["good", "half a mark"]);
    opened.store.apply(ended, false).await.unwrap();
    opened.store.apply(adds(&["new"]), true).await.unwrap();
    let opened = home.open().await;
    let (readable, remains) = apart(opened.entries);
    assert_eq!(shown(&readable), queued(&["new"]));
    assert_eq!(remains.len(), REMAINS.len() - 1);
    assert_eq!(opened.trouble, Some(Trouble::Unreadable(UNREADABLE - 1)));
    assert!(content(&home.name).await.contains("negative"));
}

#[wasm_bindgen_test]
async fn a_store_without_a_readable_leader_is_led_on() {
    let home = Home::disk();
    let before = home.open().await.store;
    before.apply(adds(&["a"]), true).await.unwrap();
    for nonsense in [
        "5",
        "null",
        r#"{"owners": {"": 7}}"#,
        r#"{"epoch": "x", "owners": {}}"#,
    ] {
        let content = format!(r#"{{"meta": [{{"key": "leaders", "value": {nonsense}}}]}}"#);
        scribble(&home.name, &content).await;
        let opened = home.open().await;
        assert_eq!(shown(&opened.entries), queued(&["a"]));
        opened.store.apply(sets(&[saved("a")]), true).await.unwrap();
    }
    assert!(before.apply(drops(&["a"]), true).await.is_err());
}

#[wasm_bindgen_test]
async fn a_copy_of_a_message_is_not_another_message() {
    let home = Home::disk();
    let store = home.open().await.store;
    store.apply(adds(&["a"]), true).await.unwrap();
    let row = r#"{"origin": "a", "key": "a", "answers": 1, "bytes": 1, "writtenMs": 1, "attempts": 0,
        "state": "queued"}"#;
    let copy = format!(
        r#"{{"segments": [{{"owner": "", "rows": [{{"facts": {row}, "payload": {{"method": "m", "params": "copy"}}}}]}}]}}"#
    );
    scribble(&home.name, &copy).await;
    assert!(store.read_new().await.unwrap().is_empty());
    scribble(&home.name, &copy).await;
    let opened = home.open().await;
    assert_eq!(shown(&opened.entries), queued(&["a"]));
    opened.store.apply(drops(&["a"]), false).await.unwrap();
    assert!(home.finds().await.is_empty());
    let rest = content(&home.name).await;
    assert!(!rest.contains("copy"), "{rest}");
}

#[wasm_bindgen_test]
async fn a_store_that_cannot_be_read_at_all_is_set_aside_and_stays_so() {
    let home = Home::disk();
    hollow(&home.name).await;
    let before = content(&home.name).await;
    let opened = home.open().await;
    assert_eq!(opened.trouble, Some(Trouble::SetAside));
    opened.store.apply(adds(&["a"]), true).await.unwrap();
    let again = home.open().await;
    assert_eq!(again.trouble, Some(Trouble::SetAside));
    assert_eq!(shown(&again.entries), queued(&["a"]));
    assert_eq!(content(&home.name).await, before);
    assert!(
        content(&format!("{}/2", home.name))
            .await
            .contains("text of a")
    );
    forget(&home.device).await.unwrap();
    for name in [home.name.clone(), format!("{}/2", home.name)] {
        assert_eq!(content(&name).await, "none");
    }
}

#[wasm_bindgen_test]
async fn one_failure_to_open_sets_nothing_aside_and_two_do() {
    let home = Home::disk();
    home.open()
        .await
        .store
        .apply(adds(&["a"]), true)
        .await
        .unwrap();
    let once = damaged(&home.name, "UnknownError", 1);
    let opened = home.open().await;
    assert_eq!(opened.trouble, None);
    assert_eq!(shown(&opened.entries), queued(&["a"]));
    drop(once);
    let twice = damaged(&home.name, "UnknownError", 2);
    let opened = home.open().await;
    assert_eq!(opened.trouble, Some(Trouble::SetAside));
    assert!(opened.entries.is_empty());
    drop(twice);
    assert!(content(&home.name).await.contains("text of a"));
}

#[wasm_bindgen_test]
async fn where_every_store_is_damaged_nothing_is_set_aside() {
    let home = Home::disk();
    home.open()
        .await
        .store
        .apply(adds(&["a"]), true)
        .await
        .unwrap();
    let all = damaged("", "UnknownError", 100);
    let opened = Store::open(&home.device, &home.name, "").await;
    assert!(!opened.durable && opened.entries.is_empty());
    assert!(matches!(opened.trouble, Some(Trouble::Unavailable(_))));
    drop(all);
    let opened = home.open().await;
    assert_eq!(
        (shown(&opened.entries), opened.trouble),
        (queued(&["a"]), None)
    );
}
