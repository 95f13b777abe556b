//! Pages that the relay itself answers.

use clawline_core::Secret;

use super::*;
use crate::channels::{Channel as _, ChannelState, Outbound};

#[tokio::test]
async fn every_frame_of_a_page_has_its_answer() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let no_plugin = "Only frames of type chat are read here: no plugin is connected";
    for (what, frame, answer) in [
        ("no JSON", "not json".to_owned(), "Invalid JSON"),
        ("a list", "[1,2]".to_owned(), "Expected a JSON object"),
        ("a string", "\"str\"".to_owned(), "Expected a JSON object"),
        (
            "no words",
            json!({"type": "chat"}).to_string(),
            "content is required",
        ),
        ("empty words", chat("").to_string(), "content is required"),
        (
            "words of a wrong type",
            json!({"type": "chat", "content": 1}).to_string(),
            "content must be a string",
        ),
        (
            "a source of a wrong type",
            json!({"type": "chat", "content": "x", "source": 1}).to_string(),
            "source must be a string",
        ),
        (
            "a long clientId",
            chat_of(&"x".repeat(257), "x").to_string(),
            "clientId has more than 256 characters",
        ),
        (
            "another object",
            json!({"type": "typing"}).to_string(),
            no_plugin,
        ),
        ("a failure", chat("fail").to_string(), "provider down"),
        (
            "silence",
            chat("nothing").to_string(),
            "The agent had nothing to say",
        ),
        (
            "blanks",
            chat("blanks").to_string(),
            "The agent had nothing to say",
        ),
    ] {
        page.send(&frame).await;
        assert_eq!(page.next().await, error(answer), "{what}");
    }
    for (what, frame, answer) in [
        ("words", chat("hi"), "said: hi"),
        ("text", json!({"type": "chat", "text": "hi"}), "said: hi"),
        (
            "content before text",
            json!({"type": "chat", "content": "a", "text": "b"}),
            "said: a",
        ),
        (
            "nulls",
            json!({"type": "chat", "content": "a", "source": null, "clientId": null}),
            "said: a",
        ),
    ] {
        page.send(&frame).await;
        assert_eq!(page.told().await, reply(answer, "final"), "{what}");
    }
    page.send_binary(&chat("bytes").to_string()).await;
    assert_eq!(page.told().await, reply("said: bytes", "final"));
    page.send(" ".repeat(1024 * 1024 + 1)).await;
    let closed = json!(["closed", 1009, "frame exceeds limit of 1048576 bytes"]);
    assert_eq!(page.next().await, closed);
}

#[tokio::test]
async fn a_page_hears_its_own_answers_only_and_has_its_own_session() {
    let (rig, _hub) = served().await;
    let (mut one, mut two) = (rig.open("/hub").await, rig.open("/hub").await);
    one.send(chat("first")).await;
    assert_eq!(one.told().await, reply("said: first", "final"));
    two.hears_nothing().await;
    two.send(chat("second")).await;
    assert_eq!(two.told().await, reply("said: second", "final"));
    one.hears_nothing().await;
    let filter = crate::store::SessionFilter {
        limit: 10,
        ..Default::default()
    };
    let (sessions, count) = rig.rooms.store.sessions(&filter).await.unwrap();
    assert_eq!(count, 2);
    assert!(
        sessions
            .iter()
            .all(|session| session.key.starts_with("agent:main:hub:vue_frontend%3a")),
        "{sessions:?}"
    );
}

#[tokio::test]
async fn a_page_with_a_client_id_gets_blocks_and_a_final_that_has_it_all() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    page.send(chat_of("c1", "one two three")).await;
    let mut blocks = String::new();
    loop {
        let frame = page.told().await;
        let content = frame["content"].as_str().unwrap();
        if frame["kind"] == "final" {
            assert_eq!(content, "said: one two three");
            break;
        }
        assert_eq!(frame["kind"], "block");
        blocks.push_str(content);
    }
    assert!("said: one two three".starts_with(&blocks), "{blocks}");
}

#[tokio::test]
async fn a_page_comes_back_by_its_client_id_and_gets_what_it_missed_once() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    page.send(chat_of("secret", "wait")).await;
    assert_eq!(page.told().await, reply("so far", "block"));
    page.leave().await;
    let name = format!(
        "app:{}",
        crate::ids::hex(&crate::ids::sha256(b"secret")[..16])
    );
    let session = page::session_of(&name);
    rig.rooms.inbox.stop(&session, None).await.unwrap();
    let resume = |id: &str| json!({"type": "resume", "source": "app", "clientId": id});
    let mut other = rig.open("/hub").await;
    other.send(resume("guess")).await;
    other.hears_nothing().await;
    loop {
        // Whether the relay has seen the goodbye is not seen from outside.
        let mut back = rig.open("/hub").await;
        back.send(resume("secret")).await;
        // Its answer goes through the store, so it comes after what is kept.
        back.send(chat_of("secret", "nothing")).await;
        let nothing = error("The agent had nothing to say");
        let frame = back.next().await;
        if frame["type"] == "from_openclaw" {
            assert_eq!(frame["data"], reply("so far", "final"));
            assert_eq!(back.next().await, nothing);
            break;
        }
        assert_eq!(frame, nothing);
    }
    let mut again = rig.open("/hub").await;
    again.send(resume("secret")).await;
    again.hears_nothing().await;
}

#[tokio::test]
async fn only_where_neither_an_agent_nor_a_plugin_is_there_nobody_answers() {
    let (rig, _hub) = serve(Rig::new(Vec::new(), CHANNEL).await).await;
    let mut page = rig.open("/hub").await;
    page.send(chat("hi")).await;
    assert_eq!(page.next().await, error("No OpenClaw plugin connected"));
    let mut plugin = plugin(&rig).await;
    page.send(chat("hi")).await;
    assert_eq!(plugin.asked().await["content"], "hi");
}

#[tokio::test]
async fn a_token_stands_in_the_address_or_the_first_frame() {
    let all = AccessToken::everything(Secret::new("all"));
    let reads = AccessToken::of(Secret::new("reads"), vec!["operator.read".to_owned()]);
    let writes = AccessToken::of(Secret::new("writes"), vec!["operator.write".to_owned()]);
    let (rig, _hub) = served_with(vec![all, reads, writes]).await;
    let auth = |token: &str| Some(json!({"type": "auth", "token": token}).to_string());
    let required = "Token required. Connect with ?token=YOUR_TOKEN, or send {\"type\":\"auth\",\"token\":\"YOUR_TOKEN\"} first";
    let wrong = "the token does not match (give the one that clawline-relay was started with)";
    let may_not = "this token may not send messages";
    let nobody = "Invalid JSON";
    for (path, first, answer) in [
        ("/hub?token=all", None, nobody),
        ("/hub?token=writes", None, nobody),
        ("/hub", auth("all"), nobody),
        ("/openclaw?token=all", None, nobody),
        ("/openclaw?token=writes", None, nobody),
        ("/openclaw", auth("all"), nobody),
        ("/hub", Some(chat("hi").to_string()), required),
        (
            "/openclaw",
            Some(reply("hi", "final").to_string()),
            required,
        ),
        ("/hub?token=al", None, wrong),
        ("/openclaw", auth("al"), wrong),
        ("/hub?token=reads", None, may_not),
        (
            "/openclaw?token=reads",
            None,
            "a plugin reads and writes for everybody: this token may not",
        ),
    ] {
        let mut visitor = rig.open(path).await;
        if let Some(first) = &first {
            visitor.send(first).await;
        }
        if answer == nobody {
            visitor.send("not json").await;
        }
        assert_eq!(visitor.next().await, error(answer), "{path} {first:?}");
        if answer != nobody {
            assert_eq!(visitor.next().await[1], 1008, "{path} {first:?}");
        }
    }
}

#[tokio::test]
async fn without_a_token_a_page_may_ask_and_may_not_be_the_plugin() {
    let (rig, _hub) = served().await;
    let origin = Some("http://localhost:5173");
    let mut page = rig.open_from("/hub", origin).await;
    page.send(chat("hi")).await;
    assert_eq!(page.told().await, reply("said: hi", "final"));
    let mut spy = rig.open_from("/openclaw", origin).await;
    let words = "a web page is no plugin: start clawline-relay with a token to let it be one";
    assert_eq!(spy.next().await, error(words));
    let mut foreign = rig.open_from("/hub", Some("https://evil.example")).await;
    assert_eq!(foreign.next().await["type"], "error");
}

#[tokio::test]
async fn a_message_to_pages_goes_by_name_or_source_and_one_that_is_away_gets_it_later() {
    let (rig, hub) = served().await;
    let message = |key: &str| Outbound {
        key: key.to_owned(),
        account: None,
        text: "wake up".to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    };
    let mut tutorial = rig.open("/hub").await;
    let mut app = rig.open("/hub").await;
    app.send(chat_of("c1", "nothing")).await;
    assert_eq!(app.next().await["type"], "error");
    tutorial.hears_nothing().await;
    let woken = json!({"type": "message", "content": "wake up"});
    hub.send("app", &message("k1")).await.unwrap();
    assert_eq!(app.told().await, woken);
    let name = format!("app:{}", crate::ids::hex(&crate::ids::sha256(b"c2")[..16]));
    hub.send(&name, &message("k2")).await.unwrap();
    let mut later = rig.open("/hub").await;
    later
        .send(json!({"type": "resume", "source": "app", "clientId": "c2"}))
        .await;
    assert_eq!(later.told().await, reply("wake up", "final"));
    assert!(hub.send("app", &message("k1")).await.unwrap().was_known);
    for page in [&mut tutorial, &mut app, &mut later] {
        page.hears_nothing().await;
    }
}

#[tokio::test]
async fn a_dialect_that_is_off_serves_nobody_and_its_channel_says_so() {
    let rig = Rig::new(Vec::new(), "").await;
    let hub = Hub::start(rig.rooms.clone(), false, 1).await.unwrap();
    for door in Door::ALL {
        let opening = Opening {
            door,
            query: "",
            first: None,
        };
        assert_eq!(hub.claims(&opening), Claim::No, "{door:?}");
    }
    assert_eq!(hub.state(), ChannelState::NotConfigured);
    assert!(!hub.accounts()[0].running);
}

#[tokio::test]
async fn a_relay_that_stops_says_so() {
    let (rig, _hub) = served().await;
    let mut page = rig.open("/hub").await;
    let mut plugin = plugin(&rig).await;
    page.hears_nothing().await;
    rig.rooms.tasks.stop();
    for one in [&mut page, &mut plugin] {
        assert_eq!(
            one.next().await,
            json!(["closed", 1001, "Server shutting down"])
        );
    }
}
