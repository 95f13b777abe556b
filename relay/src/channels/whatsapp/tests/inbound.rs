//! What comes, from the bridge to the conversation.

use super::*;
use crate::store::Entry;

#[tokio::test]
async fn a_message_is_answered_once_and_read_and_typing_ends() {
    let mut rig = Rig::new(Settings::default()).await;
    let one = with(
        said(ANN, "ONE00001", "hi"),
        json!({ "push_name": "Ann\n# x" }),
    );
    rig.tell("message", one.clone()).await;
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await, ["hi", "re: hi"]);
    assert_eq!(rig.sent(), ["re: hi"]);
    assert_eq!(rig.asked("send")[0]["jid"], ANN);
    let keys = json!([{ "chat": ANN, "id": "ONE00001" }]);
    rig.until(|rig| rig.asked("read").len() == 1).await;
    assert_eq!(rig.asked("read")[0]["keys"], keys);
    rig.until(|rig| rig.asked("typing").len() == 2).await;
    let typing = rig.asked("typing").into_iter();
    let typing: Vec<Value> = typing.map(|command| command["state"].clone()).collect();
    assert_eq!(typing, ["composing", "paused"]);
    let Entry::Message { origin, .. } = &rig.rows(ANN).await[0].entry else {
        panic!("somebody wrote");
    };
    assert_eq!(origin.sender.id, ANN);
    assert_eq!(origin.sender.name.as_deref(), Some("~Ann # x"));

    let session = rig.store.relay().session(&session_key(ANN)).await.unwrap();
    assert_eq!(session.unwrap().label.as_deref(), Some("~Ann # x"));

    // The bridge tells it again, over restarts too, under either name.
    rig.tell("message", one.clone()).await;
    let mut rig = rig.crashed().await;
    rig.tell("message", one.clone()).await;
    let lid = json!({ "chat": "88@lid", "from": "88@lid", "chat_alt": ANN, "from_alt": ANN });
    rig.tell("message", with(one, lid)).await;
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await.len(), 2);
    assert_eq!(rig.questions(), [""; 0]);
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn what_was_acknowledged_before_a_crash_is_dealt_with_after_it() {
    let gate = Arc::new(Notify::new());
    let settings = Settings::default();
    *settings.may_answer.lock().unwrap() = Some(Arc::clone(&gate));
    let mut rig = Rig::new(settings.clone()).await;
    for n in 0..5 {
        rig.hear(ANN, &format!("CRASH{n:03}"), &format!("{n}"))
            .await;
    }
    let mut rig = rig.crashed().await;
    *settings.may_answer.lock().unwrap() = None;
    gate.notify_one();
    for n in 0..5 {
        rig.hear(ANN, &format!("CRASH{n:03}"), &format!("{n}"))
            .await;
    }
    rig.settled().await;
    let texts = rig.texts(ANN).await;
    for n in 0..5 {
        let count = |text: &str| texts.iter().filter(|one| *one == text).count();
        assert_eq!(count(&format!("{n}")), 1, "{texts:?}");
        assert_eq!(count(&format!("re: {n}")), 1, "{texts:?}");
    }
    assert_eq!(rig.sent().len(), 5, "{:?}", rig.sent());
}

#[tokio::test]
async fn what_is_no_message_is_shown_and_nobody_is_asked() {
    let mut rig = Rig::new(Settings::default()).await;
    for (n, kind) in ["vote", "pin", "call", "other"].into_iter().enumerate() {
        let note = with(
            said(ANN, &format!("NOTE000{n}"), ""),
            json!({ "kind": kind }),
        );
        rig.tell("message", note).await;
    }
    let head = |id: &str| said(ANN, id, "");
    let reaction = json!({ "target": "NOTE0000", "emoji": "👍" });
    rig.tell("reaction", with(head("REACT001"), reaction)).await;
    rig.tell(
        "timer",
        with(head("TIMER001"), json!({ "expiration": 86_400 })),
    )
    .await;
    let old = now_ms() - 20 * 60 * 1_000;
    let waited = json!({ "sent_at": old, "offline": true });
    rig.tell("message", with(said(ANN, "OLD00001", "old"), waited))
        .await;
    let open = json!({ "encrypted": false });
    rig.tell("message", with(said(ANN, "OPEN0001", "open"), open))
        .await;
    let past = json!({ "ev": "message", "live": false, "sent_at": 5 });
    let past = with(said(ANN, "PAST0001", "past"), past);
    let earlier = with(
        past.clone(),
        json!({ "id": "PAST0000", "text": "earlier", "sent_at": 4 }),
    );
    rig.tell(
        "history",
        json!({ "messages": [past, earlier, 7, { "ev": "x" }] }),
    )
    .await;
    rig.tell(
        "undecryptable",
        with(head("DARK0001"), json!({ "on_phone": true })),
    )
    .await;
    for nobody in ["status@broadcast", "123@newsletter", "x", ""] {
        let story = json!({ "chat": nobody, "id": "STORY001", "broadcast": true });
        rig.tell("message", with(said(ANN, "STORY001", "story"), story))
            .await;
    }
    rig.settled().await;
    assert_eq!(rig.questions(), [""; 0]);
    assert_eq!(rig.left(), [Value::Null; 0]);
    let texts = rig.texts(ANN).await;
    for text in ["[call]", "[reacted 👍]", "old", "open"] {
        assert!(texts.contains(&text.to_owned()), "{texts:?}");
    }
    let place = |text| texts.iter().position(|one| one == text).unwrap();
    assert!(place("earlier") < place("past"), "{texts:?}");
    assert_eq!(texts.len(), 10, "{texts:?}");
    assert_eq!(rig.store.chat(ANN).await.unwrap().expiration, 86_400);
    // What waited at WhatsApp is as alive as any other.
    let waited = json!({ "offline": true });
    rig.tell("message", with(said(ANN, "WAIT0001", "waited"), waited))
        .await;
    rig.settled().await;
    assert_eq!(rig.questions(), ["waited"]);
    assert_eq!(rig.asked("send")[0]["expiration"], 86_400);
}

#[tokio::test]
async fn an_edit_replaces_the_words_and_a_foreign_one_does_not() {
    let mut rig = Rig::new(Settings::default()).await;
    rig.hear(ANN, "EDIT0001", "helo").await;
    rig.hear(BOB, "EDIT0001", "bob").await;
    rig.settled().await;
    let edit = |from: &str, id: &str, text: &str| {
        let target = json!({ "target": "EDIT0001", "text": text });
        with(said(from, id, ""), target)
    };
    rig.tell("edit", edit(ANN, "EDIT0002", "hello")).await;
    rig.tell("edit", edit(BOB, "EDIT0003", "bobby")).await;
    let foreign = json!({ "chat": ANN });
    rig.tell("edit", with(edit(BOB, "EDIT0004", "evil"), foreign))
        .await;
    let dark = json!({ "target": "EDIT0001", "unreadable": true, "text": "x" });
    rig.tell("edit", with(said(ANN, "EDIT0005", ""), dark))
        .await;
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await, ["hello", "re: helo"]);
    assert_eq!(rig.texts(BOB).await, ["bobby"]);
    assert_eq!(rig.questions(), ["helo"]);
}

#[tokio::test]
async fn what_waits_has_the_new_words_and_what_is_deleted_is_not_answered() {
    let gate = Arc::new(Notify::new());
    let settings = Settings::default();
    *settings.may_answer.lock().unwrap() = Some(Arc::clone(&gate));
    let mut rig = Rig::new(settings.clone()).await;
    for (id, text) in [
        ("WAITS001", "one"),
        ("WAITS002", "two"),
        ("WAITS003", "three"),
    ] {
        rig.hear(ANN, id, text).await;
    }
    rig.until(|rig| rig.questions().len() == 1).await;
    let session = session_key(ANN);
    let queued = async || rig.inbox.waiting(&session).await.unwrap().len();
    wait_until(async || queued().await == 2).await;
    let edit = json!({ "target": "WAITS002", "text": "TWO" });
    rig.tell("edit", with(said(ANN, "WAITS004", ""), edit))
        .await;
    let foreign = json!({ "chat": ANN, "target": "WAITS002" });
    rig.tell("delete", with(said(BOB, "WAITS005", ""), foreign))
        .await;
    rig.tell(
        "delete",
        with(said(ANN, "WAITS006", ""), json!({ "target": "WAITS003" })),
    )
    .await;
    wait_until(async || rig.store.chats_with_arrivals().await.unwrap().is_empty()).await;
    // The running one is stopped as well: its answer never comes.
    rig.tell(
        "delete",
        with(said(ANN, "WAITS007", ""), json!({ "target": "WAITS001" })),
    )
    .await;
    rig.until(|rig| rig.questions().len() == 2).await;
    *settings.may_answer.lock().unwrap() = None;
    gate.notify_one();
    rig.settled().await;
    assert_eq!(rig.questions(), ["one", "TWO"]);
    assert_eq!(rig.sent(), ["re: TWO"]);
    let mut texts = rig.texts(ANN).await;
    texts.sort();
    let deleted = "[deleted by whoever wrote it]";
    assert_eq!(texts, ["TWO", deleted, deleted, "re: TWO"]);
}

#[tokio::test]
async fn a_placeholder_is_replaced_by_its_message_which_is_answered_once() {
    let mut rig = Rig::new(Settings::default()).await;
    for from in [ANN, BOB] {
        rig.tell("undecryptable", said(from, "DARK0001", "")).await;
        rig.tell("undecryptable", said(from, "DARK0001", "")).await;
        rig.settled().await;
        let [text] = &rig.texts(from).await[..] else {
            panic!("one row stands for it");
        };
        assert!(text.contains("could not be decrypted"), "{text}");
    }
    for _ in 0..2 {
        rig.hear(ANN, "DARK0001", "now").await;
        rig.hear(BOB, "DARK0001", "bob").await;
        rig.settled().await;
    }
    rig.tell("undecryptable", said(ANN, "DARK0001", "")).await;
    // Both at once.
    rig.tell("undecryptable", said(ANN, "DARK0002", "")).await;
    rig.hear(ANN, "DARK0002", "again").await;
    rig.settled().await;
    assert_eq!(
        rig.texts(ANN).await,
        ["now", "re: now", "again", "re: again"]
    );
    assert_eq!(rig.texts(BOB).await, ["bob"]);
    assert_eq!(rig.questions(), ["now", "again"]);
}

#[tokio::test]
async fn nobody_takes_the_place_of_somebody_elses_placeholder() {
    let mut rig = Rig::new(Settings::default()).await;
    rig.tell("undecryptable", in_group(ANN, "DARK0001", ""))
        .await;
    rig.settled().await;
    rig.tell("message", in_group(BOB, "DARK0001", "evil")).await;
    rig.settled().await;
    rig.tell("message", in_group(ANN, "DARK0001", "now")).await;
    rig.settled().await;
    assert_eq!(rig.questions(), ["now"]);
    assert_eq!(rig.texts(FAMILY).await, ["now", "re: now"]);
}

#[tokio::test]
async fn one_person_has_one_conversation_also_when_that_is_known_only_later() {
    let mut rig = Rig::new(Settings::default()).await;
    rig.hear(ANN, "MERGE001", "by number").await;
    rig.settled().await;
    rig.hear("88@lid", "MERGE002", "by lid").await;
    rig.settled().await;
    assert_eq!(rig.texts("88@lid").await, ["by lid"]);
    assert_eq!(
        rig.questions(),
        ["by number"],
        "nobody knows whose LID it is"
    );
    let map = json!({ "lid": "88@lid", "pn": ANN });
    rig.tell("lid_map", map).await;
    wait_until(async || rig.store.merges().await.unwrap().is_empty()).await;
    rig.hear("88@lid", "MERGE003", "then").await;
    rig.settled().await;
    let texts = rig.texts(ANN).await;
    let wanted = ["by number", "re: by number", "by lid", "then", "re: then"];
    assert_eq!(texts, wanted);
    let gone = session_key("88@lid");
    assert_eq!(rig.store.relay().session(&gone).await.unwrap(), None);
    assert_eq!(rig.asked("send")[1]["jid"], ANN);
}

#[tokio::test]
async fn two_who_turn_out_to_be_one_have_one_conversation_also_when_a_file_is_on_its_way() {
    const LID: &str = "88@lid";
    let mut settings = Settings::default();
    settings.policy.allow_from.push(LID.to_owned());
    let mut rig = Rig::new(settings).await;
    rig.hear(ANN, "BOTH0001", "by number").await;
    rig.settled().await;
    rig.stand(LinkState::Connecting).await;
    let image = json!({ "kind": "image", "media": { "mime": "image/png" } });
    rig.tell("message", with(said(LID, "BOTH0002", "look"), image))
        .await;
    let is_heard = async || rig.store.chat(LID).await.unwrap().heard_at.is_some();
    wait_until(is_heard).await;
    rig.tell("lid_map", json!({ "lid": LID, "pn": ANN })).await;
    // Whoever is dealt with behind that shows that it was looked at.
    rig.hear(BOB, "BOTH0003", "me").await;
    wait_until(async || !rig.texts(BOB).await.is_empty()).await;
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    wait_until(async || rig.store.merges().await.unwrap().is_empty()).await;
    let gone = session_key(LID);
    assert_eq!(rig.store.relay().session(&gone).await.unwrap(), None);
    assert_eq!(rig.texts(ANN).await.len(), 4, "{:?}", rig.texts(ANN).await);
}

#[tokio::test]
async fn an_album_is_one_message_with_one_answer() {
    let mut rig = Rig::new(Settings::default()).await;
    let folder = rig.folder.path().join("media");
    rig.script(move |command| {
        (command["cmd"] == "media_fetch").then(|| {
            let path = command["path"].as_str().unwrap();
            assert!(std::path::Path::new(path).starts_with(&folder));
            std::fs::write(path, command["message_id"].as_str().unwrap()).unwrap();
            Ok(json!({}))
        })
    });
    let album = json!({ "kind": "album", "details": { "images": 2, "videos": 1 } });
    rig.tell("message", with(said(ANN, "ALBUM000", ""), album))
        .await;
    for (n, kind) in ["image", "image", "video"].into_iter().enumerate() {
        let name = "../../etc/passwd";
        let page = json!({ "kind": kind, "media": { "mime": "text/html", "name": name } });
        let text = if n == 1 { "look" } else { "" };
        let id = format!("ALBUM00{}", n + 1);
        rig.tell("message", with(said(ANN, &id, text), page)).await;
    }
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await, ["look", "re: look"]);
    let Entry::Message { origin, .. } = &rig.rows(ANN).await[0].entry else {
        panic!("somebody wrote");
    };
    let files = origin.attachments.iter();
    let files: Vec<(&str, &str)> = files.map(|one| (&*one.name, &*one.mime)).collect();
    assert_eq!(files, [("passwd", "text/plain"); 3]);
    assert_eq!(rig.half_files(), 0);
    // Each page is known: it is no message of its own later.
    rig.tell("message", said(ANN, "ALBUM001", "x")).await;
    rig.settled().await;
    assert_eq!(rig.sent().len(), 1);
}

/// A page of an album.
fn page(id: &str, text: &str) -> Value {
    let media = json!({ "kind": "image", "media": { "mime": "image/png" }, "mentions": [] });
    with(in_group(ANN, id, text), media)
}

#[tokio::test]
async fn an_album_speaks_to_us_where_one_of_its_pages_does_and_says_what_that_answers() {
    let mut rig = Rig::new(Settings::default()).await;
    let album = json!({ "kind": "album", "details": { "images": 4 }, "mentions": [] });
    rig.tell("message", with(in_group(ANN, "ALBUM000", ""), album))
        .await;
    let named = json!({ "mentions": [ME], "quoted": { "id": "X", "text": "which?" } });
    rig.tell("message", page("ALBUM001", "")).await;
    rig.tell("message", with(page("ALBUM002", "these"), named))
        .await;
    // A page that is taken back meanwhile is no page.
    rig.tell("message", page("ALBUM003", "secret")).await;
    let taken = json!({ "target": "ALBUM003" });
    rig.tell("delete", with(in_group(ANN, "ALBUM004", ""), taken))
        .await;
    for id in ["ALBUM005", "ALBUM006"] {
        rig.tell("message", page(id, "")).await;
    }
    rig.settled().await;
    let [question] = &rig.questions()[..] else {
        panic!("{:?}", rig.questions());
    };
    assert!(question.contains("[Replying to: \"which?\"]"), "{question}");
    assert!(question.ends_with("these"), "{question}");
    assert_eq!(rig.asked("media_fetch").len(), 4);
    assert!(!rig.texts(FAMILY).await.contains(&"secret".to_owned()));
}

#[tokio::test]
async fn when_an_album_is_dealt_with_so_is_each_of_its_pages() {
    let mut rig = Rig::new(Settings::default()).await;
    let (store, waits) = (rig.store.clone(), Arc::new(Mutex::new(None)));
    let seen = Arc::clone(&waits);
    rig.script(move |command| {
        if command["cmd"] == "read" {
            // As a relay would find it that died while it waits for this answer.
            let store = store.clone();
            let look = std::thread::spawn(move || {
                let mut runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = runtime.enable_all().build().unwrap();
                runtime.block_on(store.chats_with_arrivals()).unwrap()
            });
            *seen.lock().unwrap() = Some(look.join().unwrap());
        }
        None
    });
    let album = json!({ "kind": "album", "details": { "images": 1 } });
    rig.tell("message", with(in_group(ANN, "ALBUM000", ""), album))
        .await;
    rig.tell("message", page("ALBUM001", "look")).await;
    rig.until(|_| waits.lock().unwrap().is_some()).await;
    assert_eq!(waits.lock().unwrap().as_deref(), Some(&[][..]));
}

#[tokio::test]
async fn a_file_that_is_not_to_be_had_leaves_the_words_and_says_why() {
    let mut rig = Rig::new(Settings::default()).await;
    rig.script(|command| {
        (command["cmd"] == "media_fetch").then(|| {
            std::fs::write(command["path"].as_str().unwrap(), "half").unwrap();
            Err(refusal("media_gone", false, false))
        })
    });
    let file = |more: Value| {
        let media = with(json!({ "mime": "image/png" }), more);
        json!({ "kind": "image", "media": media })
    };
    for (id, more) in [
        ("FILE0001", json!({})),
        ("FILE0002", json!({ "bytes": 1_u64 << 40 })),
        ("FILE0003", json!({ "view_once": true })),
    ] {
        rig.tell("message", with(said(ANN, id, "look"), file(more)))
            .await;
        rig.settled().await;
    }
    rig.tell(
        "message",
        with(said(BOB, "FILE0004", "mine"), file(json!({}))),
    )
    .await;
    rig.settled().await;
    let questions = rig.questions();
    assert_eq!(
        questions[0],
        "[image that could not be fetched: refused: media_gone]\nlook"
    );
    assert_eq!(questions[1], "[image, too large to be fetched]\nlook");
    assert!(
        questions[2].contains("open it on the phone"),
        "{}",
        questions[2]
    );
    assert_eq!(rig.texts(BOB).await, ["[image]\nmine"]);
    let fetched = rig.asked("media_fetch").len();
    assert_eq!(fetched, 1, "files of strangers are not fetched");
    assert_eq!(rig.half_files(), 0);
}

#[tokio::test]
async fn a_list_is_a_direct_message() {
    let mut rig = Rig::new(Settings::default()).await;
    let list = json!({ "chat": "99@broadcast", "broadcast": true });
    rig.tell("message", with(said(ANN, "LIST0001", "to all"), list))
        .await;
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await, ["to all", "re: to all"]);
    assert_eq!(rig.asked("send")[0]["jid"], ANN);
    rig.until(|rig| rig.asked("read").len() == 1).await;
    let keys = json!([{ "chat": "99@broadcast", "id": "LIST0001", "from": ANN }]);
    assert_eq!(rig.asked("read")[0]["keys"], keys, "it has a sender on it");
}
