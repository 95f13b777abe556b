//! The same on disk and in memory.

use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::*;

use super::home::*;
use crate::object::JsObject;
use crate::store::{ApplyError, Changes, forget};

#[wasm_bindgen_test]
async fn entries_come_back_in_the_order_in_which_they_were_written() {
    for home in homes() {
        let opened = home.open().await;
        assert!(opened.entries.is_empty());
        let many: Vec<String> = (0..250).map(|number| format!("m{number:03}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let store = opened.store;
        store.apply(adds(&["first"]), true).await.unwrap();
        store.apply(adds(&many), false).await.unwrap();
        store.apply(adds(&["last"]), true).await.unwrap();
        let all: Vec<&str> = ["first"].into_iter().chain(many).chain(["last"]).collect();
        assert_eq!(home.finds().await, queued(&all));
    }
}

#[wasm_bindgen_test]
async fn facts_of_every_kind_come_back_as_they_were() {
    for home in homes() {
        let all = [saved("a"), sending("b"), rich("c \"quoted\" \u{1F980}")];
        let store = home.open().await.store;
        let mut changes = Changes::default();
        for saved in &all {
            changes.add(saved, &payload("{}"));
        }
        store.apply(changes, true).await.unwrap();
        let found = home.open().await.entries.into_iter();
        let found: Vec<_> = found.map(|(saved, _)| saved).collect();
        assert_eq!(found, all);
    }
}

#[wasm_bindgen_test]
async fn the_newest_facts_and_the_newest_text_of_an_entry_count() {
    for home in homes() {
        let store = home.open().await.store;
        store.apply(adds(&["a", "b", "c"]), false).await.unwrap();
        let mut edits = Changes::default();
        edits.edit(&saved("a"), &payload("better a"));
        edits.edit(&saved("c"), &payload("better c"));
        store.apply(edits, true).await.unwrap();
        store.apply(sets(&[sending("c")]), true).await.unwrap();
        let found = [
            "a queued better a",
            "b queued text of b",
            "c sending better c",
        ];
        assert_eq!(home.finds().await, found);
    }
}

#[wasm_bindgen_test]
async fn what_is_done_does_not_come_back() {
    for home in homes() {
        let store = home.open().await.store;
        store.apply(adds(&["a", "b", "c"]), false).await.unwrap();
        store.apply(drops(&["b", "b", "x"]), false).await.unwrap();
        store.apply(drops(&["b"]), false).await.unwrap();
        assert_eq!(home.finds().await, queued(&["a", "c"]));
        let store = home.open().await.store;
        store.apply(drops(&["a", "c"]), false).await.unwrap();
        store.apply(sets(&[sending("a")]), true).await.unwrap();
        assert!(home.finds().await.is_empty());
    }
}

#[wasm_bindgen_test]
async fn changes_of_one_batch_follow_one_another() {
    for home in homes() {
        let store = home.open().await.store;
        let mut changes = adds(&["a", "b", "c"]);
        changes.edit(&sending("a"), &payload("better"));
        changes.drop(&saved("b").origin);
        changes.set(&sending("c"));
        store.apply(changes, true).await.unwrap();
        let found = ["a sending better", "c sending text of c"];
        assert_eq!(home.finds().await, found);
        let store = home.open().await.store;
        let mut changes = Changes::default();
        changes.edit(&saved("a"), &payload("in vain"));
        changes.drop(&saved("a").origin);
        changes.drop(&saved("c").origin);
        changes.add(&saved("c"), &payload("again"));
        store.apply(changes, true).await.unwrap();
        store.apply(Changes::default(), true).await.unwrap();
        store.apply(sets(&[sending("c")]), true).await.unwrap();
        assert_eq!(home.finds().await, ["c sending again"]);
    }
}

#[wasm_bindgen_test]
async fn an_entry_that_is_added_again_is_there_once_with_its_first_text() {
    for home in homes() {
        let store = home.open().await.store;
        store.apply(adds(&["a"]), true).await.unwrap();
        let mut again = Changes::default();
        again.add(&sending("a"), &payload("other"));
        store.apply(again, true).await.unwrap();
        assert_eq!(home.finds().await, ["a sending text of a"]);
    }
}

#[wasm_bindgen_test]
async fn who_opens_last_leads_and_the_one_before_changes_nothing_any_more() {
    for home in homes() {
        let first = home.open().await.store;
        first.apply(adds(&["a"]), true).await.unwrap();
        let second = home.open().await;
        assert_eq!(shown(&second.entries), queued(&["a"]));
        let deposed = Err(ApplyError::Deposed);
        assert_eq!(first.apply(adds(&["late"]), true).await, deposed);
        assert_eq!(first.apply(sets(&[sending("a")]), true).await, deposed);
        assert_eq!(first.apply(drops(&["a"]), false).await, deposed);
        assert_eq!(first.beat(1).await, deposed);
        assert!(first.read_new().await.is_err());
        second.store.apply(adds(&["b"]), true).await.unwrap();
        assert_eq!(home.finds().await, queued(&["a", "b"]));
    }
}

#[wasm_bindgen_test]
async fn the_leader_finds_what_followers_have_added_once() {
    for home in homes() {
        let leader = home.open().await.store;
        let follower = home.follow().await;
        leader.apply(adds(&["a"]), true).await.unwrap();
        follower.apply(adds(&["b"]), true).await.unwrap();
        leader.apply(adds(&["c"]), true).await.unwrap();
        follower.apply(adds(&["d", "e"]), true).await.unwrap();
        let new = leader.read_new().await.unwrap();
        assert_eq!(shown(&new), queued(&["b", "d", "e"]));
        assert!(leader.read_new().await.unwrap().is_empty());
        leader.apply(sets(&[sending("b")]), true).await.unwrap();
        leader.apply(drops(&["d"]), false).await.unwrap();
        follower.apply(adds(&["f"]), true).await.unwrap();
        assert_eq!(shown(&leader.read_new().await.unwrap()), queued(&["f"]));
        let mut found = home.finds().await;
        found.sort();
        let b = "b sending text of b".to_owned();
        let mut all = queued(&["a", "c", "e", "f"]);
        all.insert(1, b);
        assert_eq!(found, all);
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_has_gone_quiet_is_followed_by_exactly_one_other() {
    for home in homes() {
        let quiet = home.open_as("quiet").await.store;
        let lively = home.open_as("lively").await.store;
        let other = home.open_as("other").await.store;
        quiet.apply(adds(&["a", "b", "c"]), false).await.unwrap();
        quiet.apply(sets(&[sending("b")]), true).await.unwrap();
        quiet.apply(drops(&["c"]), false).await.unwrap();
        lively.apply(adds(&["mine"]), true).await.unwrap();
        quiet.beat(1000).await.unwrap();
        for store in [&lively, &other] {
            store.beat(5000).await.unwrap();
            assert!(store.adopt(1000).await.unwrap().is_empty());
        }
        let (tell, told) = oneshot::channel();
        let racing = lively.clone();
        spawn_local(async move { drop(tell.send(racing.adopt(2000).await)) });
        let two = other.adopt(2000).await.unwrap();
        let one = told.await.unwrap().unwrap();
        let adopted = ["a queued text of a", "b sending text of b"];
        assert_eq!(shown(&[one.clone(), two].concat()), adopted);
        let deposed = Err(ApplyError::Deposed);
        assert_eq!(quiet.apply(drops(&["a"]), false).await, deposed);
        let (new, name) = if one.is_empty() {
            (&other, "other")
        } else {
            (&lively, "lively")
        };
        new.apply(drops(&["a"]), false).await.unwrap();
        let again = home.open_as(name).await;
        assert!(shown(&again.entries).contains(&"b sending text of b".to_owned()));
        assert!(home.open_as("quiet").await.entries.is_empty());
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_says_goodbye_is_followed_at_once_and_a_leader_by_lock_never() {
    for home in homes() {
        let leaving = home.open_as("leaving").await.store;
        leaving.apply(adds(&["a"]), true).await.unwrap();
        let leader = home.open().await.store;
        leader.apply(adds(&["led"]), true).await.unwrap();
        leaving.beat(0).await.unwrap();
        let staying = home.open_as("staying").await;
        assert!(staying.entries.is_empty());
        let adopted = staying.store.adopt(1).await.unwrap();
        assert_eq!(shown(&adopted), queued(&["a"]));
        assert!(staying.store.adopt(u64::MAX).await.unwrap().is_empty());
        leader.apply(drops(&["led"]), true).await.unwrap();
    }
}

#[wasm_bindgen_test]
async fn files_survive_with_their_messages() {
    for home in homes() {
        let store = home.open().await.store;
        let mut changes = adds(&["before"]);
        changes.add(&saved("file"), &payload_with_file("what it says"));
        store.apply(changes, true).await.unwrap();
        store.apply(adds(&["after"]), true).await.unwrap();
        let entries = home.open().await.entries;
        let origins: Vec<&str> = entries
            .iter()
            .map(|entry| entry.0.origin.as_str())
            .collect();
        assert_eq!(origins, ["before", "file", "after"]);
        let text = blob_text(&entries[1].1).await;
        assert_eq!(text, "a.txt text/plain 12 what it says");
        assert!(
            JsObject(entries[0].1.clone())
                .get("attachments")
                .is_undefined()
        );
    }
}

#[wasm_bindgen_test]
async fn a_device_that_is_forgotten_leaves_nothing_and_nobody_writes_it_back() {
    for home in homes() {
        let other = home.neighbour();
        let kept = other.open().await.store;
        kept.apply(adds(&["kept"]), true).await.unwrap();
        let store = home.open().await.store;
        store.apply(adds(&["a"]), true).await.unwrap();
        forget(&home.device).await.unwrap();
        let late = store.apply(adds(&["late"]), true).await;
        assert_eq!(late, Err(ApplyError::Deposed));
        assert!(home.finds().await.is_empty());
        assert_eq!(other.finds().await, queued(&["kept"]));
    }
}
