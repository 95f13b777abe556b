//! Pages that a plugin answers.

use super::*;
use crate::channels::{Channel as _, Outbound};

#[tokio::test]
async fn a_plugin_gets_a_pages_words_from_a_name_of_its_own_and_answers_that_page() {
    let (rig, _hub) = served().await;
    let (mut one, mut two) = (rig.open("/hub").await, rig.open("/hub").await);
    let mut plugin = plugin(&rig).await;
    one.send(chat("你好")).await;
    let asked = plugin.asked().await;
    let first = asked["source"].as_str().unwrap().to_owned();
    assert_eq!(
        (&asked["content"], &asked["timestamp"]),
        (&json!("你好"), &json!("2026-01-01T00:00:00.000Z"))
    );
    two.send(json!({"type": "chat", "content": "and me", "clientId": "secret"}))
        .await;
    // One question at a time: else nobody could tell whose answer this is.
    plugin.hears_nothing().await;
    plugin.send(reply("hi", "final")).await;
    assert_eq!(one.told().await, reply("hi", "final"));
    let asked = plugin.asked().await;
    let second = asked["source"].as_str().unwrap().to_owned();
    assert!(
        asked["timestamp"].is_string(),
        "the original's plugin breaks without"
    );
    assert_eq!(asked.get("clientId"), None, "a secret of the page");
    assert!(
        first != second && first.starts_with("vue_frontend:"),
        "{first} {second}"
    );
    plugin
        .send(json!({"type": "reply", "content": "you too", "to": second}))
        .await;
    assert_eq!(two.told().await, reply("you too", "final"));
    plugin
        .send(json!({"type": "reply", "content": "late", "kind": "tool", "to": first}))
        .await;
    assert_eq!(one.told().await, reply("late", "tool"));
    for page in [&mut one, &mut two] {
        page.hears_nothing().await;
    }
}

#[tokio::test]
async fn every_frame_of_a_plugin_reaches_the_page_that_asked() {
    let (rig, _hub) = served().await;
    let (mut page, mut other) = (rig.open("/hub").await, rig.open("/hub").await);
    let mut plugin = plugin(&rig).await;
    page.send(chat("hi")).await;
    let name = plugin.asked().await["source"].clone();
    let call = json!({"type": "tool_call", "data": {"tool": "exec", "runId": "r", "seq": 2}});
    let media =
        json!({"type": "media", "to": name, "content": "cap", "mediaUrl": "http://x/y.png"});
    let to_page = json!({"type": "message", "to": name, "content": "by the way"});
    for (what, frame, told) in [
        ("a tool", reply("ran", "tool"), reply("ran", "tool")),
        ("a call of a tool", call.clone(), call),
        ("a file", media.clone(), media),
        ("a message", to_page.clone(), to_page),
        (
            "another object",
            json!({"type": "status", "x": 1}),
            json!({"type": "status", "x": 1}),
        ),
        (
            "the answer",
            json!({"type": "reply", "text": "done"}),
            reply("done", "final"),
        ),
        ("after it", reply("late", "tool"), reply("late", "tool")),
    ] {
        plugin.send(&frame).await;
        assert_eq!(page.told().await, told, "{what}");
    }
    let all = json!({"type": "message", "to": "vue_frontend", "content": "proactive"});
    plugin.send(&all).await;
    for page in [&mut page, &mut other] {
        assert_eq!(page.told().await, all);
    }
    for (what, frame, answer) in [
        ("no JSON", "x".to_owned(), "Invalid JSON"),
        ("a list", "[]".to_owned(), "Expected a JSON object"),
        (
            "a script",
            json!({"type": "media", "mediaUrl": "javascript:1"}).to_string(),
            "mediaUrl must begin with https:// or http://",
        ),
        (
            "words of a wrong type",
            json!({"type": "reply", "content": 1}).to_string(),
            "content must be a string",
        ),
        (
            "nobody",
            json!({"type": "message", "to": "u", "content": "x"}).to_string(),
            "\"to\" names no page that is connected",
        ),
        (
            "a file for nobody",
            json!({"type": "media", "to": "u", "mediaUrl": "http://x/y"}).to_string(),
            "\"to\" names no page that is connected",
        ),
    ] {
        plugin.send(&frame).await;
        assert_eq!(plugin.next().await, error(answer), "{what}");
    }
    page.leave().await;
    other.hears_nothing().await;
    plugin.send(" ".repeat(1024 * 1024 + 1)).await;
    assert_eq!(plugin.next().await[1], 1009);
}

#[tokio::test]
async fn no_page_sees_the_same_words_twice() {
    let (rig, _hub) = served().await;
    let (mut tutorial, mut app) = (rig.open("/hub").await, rig.open("/hub").await);
    let mut plugin = plugin(&rig).await;
    for (last, whole) in [("Hello", "Hello"), ("", "Hello")] {
        tutorial.send(chat("hi")).await;
        plugin.asked().await;
        for frame in [
            reply("Hel", "block"),
            reply("lo", "block"),
            reply(last, "final"),
        ] {
            plugin.send(frame).await;
        }
        assert_eq!(tutorial.told().await, reply(whole, "final"));
    }
    tutorial.hears_nothing().await;
    // This one knows that a final takes the place of its blocks.
    app.send(chat_of("c1", "hi")).await;
    plugin.asked().await;
    for frame in [
        reply("Hel", "block"),
        reply("lo", "later kind"),
        reply("Hello", "final"),
    ] {
        plugin.send(frame).await;
    }
    for (content, kind) in [("Hel", "block"), ("lo", "block"), ("Hello", "final")] {
        assert_eq!(app.told().await, reply(content, kind));
    }
    tutorial.send(chat("hi")).await;
    plugin.asked().await;
    plugin.send(reply(" ", "final")).await;
    assert_eq!(
        tutorial.next().await,
        error("The plugin had nothing to say")
    );
}

#[tokio::test]
async fn frames_that_are_no_question_are_passed_on_and_wait_for_nobody() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut plugin = plugin(&rig).await;
    page.send(chat("hi")).await;
    assert_eq!(plugin.asked().await["content"], "hi");
    let other = json!({"type": "feedback", "stars": 5});
    page.send(&other).await;
    assert_eq!(plugin.asked().await, other);
}

#[tokio::test]
async fn when_a_plugin_goes_what_it_never_got_is_answered_by_somebody_else() {
    let (rig, _hub) = served().await;
    let (mut one, mut two) = (rig.open("/hub").await, rig.open("/hub").await);
    let mut gone = plugin(&rig).await;
    one.send(chat("hi")).await;
    gone.asked().await;
    two.send(chat("next")).await;
    two.hears_nothing().await;
    gone.send(reply("so far", "block")).await;
    gone.hears_nothing().await;
    gone.leave().await;
    assert_eq!(one.told().await, reply("so far", "final"));
    assert_eq!(
        one.next().await,
        error("The plugin has gone before its answer was whole")
    );
    assert_eq!(two.told().await, reply("said: next", "final"));
    one.send(chat("again")).await;
    assert_eq!(one.told().await, reply("said: again", "final"));
}

#[tokio::test]
async fn the_newest_of_several_plugins_answers_alone() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut old = plugin(&rig).await;
    let mut new = plugin(&rig).await;
    page.send(chat("hi")).await;
    new.asked().await;
    new.send(reply("from the new one", "final")).await;
    assert_eq!(page.told().await, reply("from the new one", "final"));
    old.hears_nothing().await;
    new.leave().await;
    let mut most: Vec<Visitor> = Vec::new();
    for _ in 0..7 {
        most.push(plugin(&rig).await);
    }
    let mut late = rig.open("/openclaw").await;
    assert_eq!(
        late.next().await,
        error("Too many connections. Try again in a moment.")
    );
}

#[tokio::test]
async fn a_plugin_that_is_silent_loses_its_question() {
    let (rig, _hub) = served().await;
    let (mut one, mut two) = (rig.open("/hub").await, rig.open("/hub").await);
    let mut plugin = plugin(&rig).await;
    one.send(chat("hi")).await;
    plugin.asked().await;
    two.send(chat("next")).await;
    two.hears_nothing().await;
    tokio::time::pause();
    // All are read: one that answers no ping is gone.
    let (told, asked) = tokio::select! {
        both = async { tokio::join!(one.next(), plugin.asked()) } => both,
        frame = two.next() => panic!("{frame}"),
    };
    assert_eq!(told, error("The plugin did not answer in time"));
    assert_eq!(asked["content"], "next");
}

#[tokio::test]
async fn questions_that_wait_for_a_plugin_are_bounded() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut plugin = plugin(&rig).await;
    for n in 0..=101 {
        page.send(chat(&n.to_string())).await;
    }
    assert_eq!(
        page.next().await,
        error("Too many questions wait for the plugin")
    );
    for n in 0..=100 {
        assert_eq!(plugin.asked().await["content"], n.to_string());
        plugin.send(reply("ok", "final")).await;
        assert_eq!(page.told().await, reply("ok", "final"));
    }
}

#[tokio::test]
async fn a_page_cannot_drown_a_plugin_that_reads_slowly() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut plugin = plugin(&rig).await;
    let big = json!({"type": "noise", "data": "x".repeat(1_000_000)});
    for _ in 0..64 {
        page.send(&big).await;
    }
    let slow = error("The plugin does not keep up; try again in a moment");
    assert_eq!(page.next().await, slow);
    page.send(chat("hi")).await;
    while plugin.asked().await["content"] != "hi" {}
    plugin.send(reply("still here", "final")).await;
    assert_eq!(
        page.past(&["error"]).await["data"],
        reply("still here", "final")
    );
}

#[tokio::test]
async fn a_page_that_calls_another_ones_name_its_source_hears_nothing_for_it() {
    let (rig, hub) = served().await;
    let mut plugin = plugin(&rig).await;
    let mut page = rig.open("/hub").await;
    page.send(chat_of("secret", "hi")).await;
    let name = plugin.asked().await["source"].as_str().unwrap().to_owned();
    page.leave().await;
    let mut eve = rig.open("/hub").await;
    eve.send(json!({ "type": "chat", "content": "me", "source": name, "clientId": "eve" }))
        .await;
    eve.hears_nothing().await;
    let message = json!({ "type": "message", "to": name, "content": "private" });
    plugin.send(message).await;
    let nobody = error("\"to\" names no page that is connected");
    assert_eq!(plugin.next().await, nobody);
    let message = Outbound {
        key: "k1".to_owned(),
        account: None,
        text: "for later".to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    };
    hub.send(&name, &message).await.unwrap();
    eve.hears_nothing().await;
    let mut page = rig.open("/hub").await;
    let back = json!({ "type": "resume", "source": "app", "clientId": "secret" });
    page.send(back).await;
    assert_eq!(page.told().await["content"], "for later");
}

#[tokio::test]
async fn a_secret_of_one_side_does_not_reach_the_other() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut plugin = plugin(&rig).await;
    page.send(chat_of("mine", "hi")).await;
    plugin.asked().await;
    let auth = json!({ "type": "auth", "token": "secret" });
    page.send(&auth).await;
    page.send(json!({ "type": "typing", "clientId": "mine" }))
        .await;
    assert_eq!(plugin.asked().await, json!({ "type": "typing" }));
    plugin.send(&auth).await;
    plugin.send(reply("hello", "final")).await;
    assert_eq!(page.told().await, reply("hello", "final"));
}
