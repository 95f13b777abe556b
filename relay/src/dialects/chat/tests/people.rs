//! Who may come in, as whom, and what waits for somebody who was away.

use super::*;
use crate::channels::{Channel as _, ChannelError, ChannelState, Outbound};
use crate::store::Entry;

#[tokio::test]
async fn a_token_comes_in_the_first_frame_or_where_the_original_has_it() {
    let owner = AccessToken::everything(Secret::new("all"));
    let writer = token("writes", &["operator.write"]).named("anna");
    let reader = token("reads", &["operator.read"]);
    let (rig, _chat) = served_with(vec![owner, writer, reader]).await;
    let auth = |token: &str| json!({"type": "chat.auth", "token": token}).to_string();
    let required = "Token required. Connect with ?token=YOUR_TOKEN";
    let foreign =
        "senderId is not the user of this token: leave it out, or use a token of scope 'senders'";
    let failed = "Authentication failed: invalid_token";
    let may_not = "Authentication failed: this token may not send messages";
    let refused =
        |words: &str, reason: &str| (error(None, words), Some(json!(["closed", 4401, reason])));
    let (no_token, wrong) = ("Token required", "Authentication failed");
    for (path, first, (answer, closed)) in [
        ("/ws?senderId=a&token=all", None, (welcome(), None)),
        ("/ws?senderId=a", Some(auth("all")), (welcome(), None)),
        ("/ws", Some(auth("all")), (welcome(), None)),
        ("/ws?senderId=anna", Some(auth("writes")), (welcome(), None)),
        (
            "/ws?senderId=a",
            Some(say("1", "hi").to_string()),
            refused(required, no_token),
        ),
        (
            "/ws?senderId=a",
            Some("not json".into()),
            refused(required, no_token),
        ),
        ("/ws?senderId=a&token=al", None, refused(failed, wrong)),
        ("/ws?senderId=a", Some(auth("al")), refused(failed, wrong)),
        ("/ws?senderId=a&token=reads", None, refused(may_not, wrong)),
        (
            "/ws?senderId=bert&token=writes",
            None,
            refused(foreign, wrong),
        ),
        (
            "/ws?senderId=Anna&token=writes",
            None,
            refused(foreign, wrong),
        ),
    ] {
        let mut client = rig.open(path).await;
        if let Some(first) = &first {
            client.send(first).await;
        }
        assert_eq!(client.next().await, answer, "{path} {first:?}");
        if let Some(closed) = closed {
            assert_eq!(client.next().await, closed, "{path} {first:?}");
        }
    }
    let long = format!("/ws?senderId={}&token=all", "x".repeat(257));
    let mut client = rig.open(&long).await;
    let words = "senderId has more than 256 characters";
    assert_eq!(client.next().await, error(None, words));
}

#[tokio::test]
async fn whoever_has_no_token_is_turned_away_after_the_time_for_a_handshake() {
    let (rig, _chat) = served_with(vec![AccessToken::everything(Secret::new("all"))]).await;
    let mut client = rig.open("/ws?senderId=a").await;
    tokio::time::pause();
    let required = "Token required. Connect with ?token=YOUR_TOKEN";
    assert_eq!(client.next().await, error(None, required));
}

#[tokio::test]
async fn nobody_speaks_for_another_unless_the_token_says_so() {
    let anna = token("annas", &["operator.write"]).named("anna");
    let bot = token("bots", &["operator.write", "senders"]).named("bot");
    let (rig, _chat) = served_with(vec![anna, bot]).await;
    let as_bert =
        json!({"type": "chat.send", "messageId": "1", "content": "hi", "senderId": "bert"});
    let mut anna = visit(&rig, "/ws?senderId=anna&token=annas").await;
    anna.send(&as_bert).await;
    let why =
        "senderId is not the user of this token: leave it out, or use a token of scope 'senders'";
    assert_eq!(anna.end().await, error(Some("1"), why));
    anna.send(say("2", "mine")).await;
    assert_eq!(anna.end().await, response("2", "said: mine"));
    let mut bot = visit(&rig, "/ws?senderId=bot&token=bots").await;
    bot.send(&as_bert).await;
    assert_eq!(bot.end().await, response("1", "said: hi"));
    let mut nameless = rig.open("/ws?token=bots").await;
    nameless.send(say("3", "whose")).await;
    assert_eq!(nameless.next().await, welcome());
    assert_eq!(nameless.end().await, response("3", "said: whose"));
    let rows = |session: String| {
        let store = rig.rooms.store.clone();
        async move {
            store
                .rows_before(&session, i64::MAX, 10, 10_000)
                .await
                .unwrap()
                .len()
        }
    };
    assert_eq!(rows(letter::direct("bot")).await, 2);
    assert_eq!(rows(letter::direct("bert")).await, 2);
    assert_eq!(rows(letter::direct("anna")).await, 2);
}

#[tokio::test]
async fn each_sender_and_each_group_has_a_session_also_when_only_case_differs() {
    let (rig, _chat) = served().await;
    for (sender, group) in [
        ("user1", None),
        ("User1", None),
        ("user1", Some("Team")),
        ("user2", Some("team")),
    ] {
        let mut client = visit(&rig, &format!("/ws?senderId={sender}&senderName=N")).await;
        let mut frame = say("same id", &format!("{sender} {group:?}"));
        if let Some(group) = group {
            frame["messageId"] = json!("other id");
            frame["chatType"] = json!("group");
            frame["groupId"] = json!(group);
        }
        client.send(&frame).await;
        assert!(
            client.end().await["content"]
                .as_str()
                .unwrap()
                .contains(sender)
        );
    }
    for (session, sender, group) in [
        ("agent:main:chat:direct:user1", "user1", None),
        ("agent:main:chat:direct:%55ser1", "User1", None),
        ("agent:main:chat:group:%54eam", "user1", Some("Team")),
        ("agent:main:chat:group:team", "user2", Some("team")),
    ] {
        let rows = rig
            .rooms
            .store
            .rows_before(session, i64::MAX, 10, 10_000)
            .await
            .unwrap();
        let Some(Entry::Message { origin, .. }) = rows.first().map(|row| &row.entry) else {
            panic!("{session}: {rows:?}");
        };
        assert_eq!(rows.len(), 2, "{session}");
        assert_eq!(
            (origin.sender.id.as_str(), origin.sender.name.as_deref()),
            (sender, Some("N"))
        );
        assert_eq!(
            (origin.channel.as_str(), origin.conversation.as_deref()),
            ("chat", group)
        );
    }
}

#[tokio::test]
async fn the_answer_for_somebody_who_left_at_once_waits_and_is_told_once() {
    let (rig, _chat) = served().await;
    let mut client = visit(&rig, "/ws?senderId=a").await;
    client.send(say("1", "wait")).await;
    assert_eq!(client.past(&["chat.typing"]).await["type"], "chat.stream");
    client.leave().await;
    stop(&rig, "a").await;
    let mut other = visit(&rig, "/ws?senderId=A").await;
    let mut back = loop {
        // Whether the relay has seen the goodbye is not seen from outside.
        let mut back = visit(&rig, "/ws?senderId=a").await;
        back.send(say("probe", "nothing")).await;
        let frame = back.end().await;
        if frame["messageId"] == "1" {
            assert_eq!(frame, response("1", "so far"));
            assert_eq!(back.end().await, response("probe", ""));
            break back;
        }
        assert_eq!(frame, response("probe", ""));
    };
    other.send(say("2", "nothing")).await;
    assert_eq!(
        other.end().await,
        response("2", ""),
        "it was not for that one"
    );
    let mut again = visit(&rig, "/ws?senderId=a").await;
    for client in [&mut again, &mut back] {
        client.send(say("3", "nothing")).await;
        assert_eq!(client.end().await, response("3", ""), "once");
        client.send(say("1", "wait")).await;
        assert_eq!(
            client.end().await,
            response("1", "so far"),
            "but for the asking"
        );
    }
}

#[tokio::test]
async fn what_a_crash_cut_is_answered_once_to_whoever_comes_back() {
    let (rig, chat) = served().await;
    let mut client = visit(&rig, "/ws?senderId=a").await;
    client.send(say("1", "sulk")).await;
    assert_eq!(client.next().await["type"], "chat.typing");
    rig.rooms.tasks.end();
    rig.rooms.store.close().await;
    drop((client, chat));
    let (rig, _chat) = serve(Rig::in_folder(rig.folder, Vec::new(), "").await).await;
    rig.rooms.inbox.recover().await.unwrap();
    let mut back = visit(&rig, "/ws?senderId=a").await;
    back.send(say("1", "sulk")).await;
    stop(&rig, "a").await;
    let why = "Error: somebody stopped it before there was an answer";
    assert_eq!(back.end().await, error(Some("1"), why));
    back.send(say("2", "nothing")).await;
    assert_eq!(back.end().await, response("2", ""), "once");
}

fn outbound(key: &str, text: &str) -> Outbound {
    Outbound {
        key: key.to_owned(),
        account: None,
        text: text.to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    }
}

#[tokio::test]
async fn a_message_to_a_sender_reaches_its_connections_or_waits_for_the_next() {
    let (rig, chat) = served().await;
    let mut one = visit(&rig, "/ws?senderId=a").await;
    let mut two = rig.open("/ws").await;
    two.send(json!({"type": "chat.send", "messageId": "i", "content": "nothing", "senderId": "a"}))
        .await;
    assert_eq!(two.next().await, welcome());
    assert_eq!(two.end().await, response("i", ""));
    let mut other = visit(&rig, "/ws?senderId=b").await;
    let receipt = chat.send("a", &outbound("k1", "wake up")).await.unwrap();
    for client in [&mut one, &mut two] {
        assert_eq!(client.end().await, response(&receipt.message_id, "wake up"));
    }
    let again = chat.send("a", &outbound("k1", "wake up")).await.unwrap();
    assert!(again.was_known && again.message_id == receipt.message_id);
    for client in [&mut one, &mut two, &mut other] {
        client.send(say("probe", "nothing")).await;
        assert_eq!(client.end().await, response("probe", ""));
    }
    let receipt = chat.send("away", &outbound("k2", "later")).await.unwrap();
    let mut away = visit(&rig, "/ws?senderId=away").await;
    assert_eq!(away.end().await, response(&receipt.message_id, "later"));
    let conflict = chat.send("a", &outbound("k2", "other")).await;
    assert!(
        matches!(conflict, Err(ChannelError::Conflict)),
        "{conflict:?}"
    );
    let blank = chat.send("a", &outbound("k3", " ")).await;
    assert!(matches!(blank, Err(ChannelError::Message(_))), "{blank:?}");
    let long = chat.send(&"x".repeat(257), &outbound("k4", "x")).await;
    assert!(matches!(long, Err(ChannelError::Target(_))), "{long:?}");
}

#[tokio::test]
async fn a_dialect_that_is_off_serves_nobody_and_its_channel_says_so() {
    let rig = Rig::new(Vec::new(), "").await;
    let chat = Chat::start(rig.rooms.clone(), false, 1).await.unwrap();
    let opening = Opening {
        door: Door::Ws,
        query: "senderId=a",
        first: None,
    };
    assert_eq!(chat.claims(&opening), Claim::No);
    assert_eq!(chat.state(), ChannelState::NotConfigured);
    let refused = chat.send("a", &outbound("k", "x")).await.unwrap_err();
    assert_eq!(refused.to_string(), "the channel is not_configured");
    let on = Chat::start(rig.rooms.clone(), true, 7).await.unwrap();
    let account = &on.accounts()[0];
    assert!(account.enabled && account.configured && account.running && account.connected());
    assert_eq!(
        (account.id.as_str(), account.last_start_at),
        ("default", Some(7))
    );
}

#[test]
fn the_dialect_of_a_socket_is_told_by_query_or_first_frame() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (_rig, chat) = runtime.block_on(async {
        let rig = Rig::new(Vec::new(), "").await;
        let chat = Chat::start(rig.rooms.clone(), true, 1).await.unwrap();
        (rig, chat)
    });
    for (door, query, first, claim) in [
        (Door::Ws, "senderId=a", None, Claim::Yes),
        (Door::Ws, "senderName=a", None, Claim::Maybe),
        (Door::Ws, "senderId=", None, Claim::Maybe),
        (Door::Ws, "", None, Claim::Maybe),
        (
            Door::Ws,
            "",
            Some(r#"{"type":"chat.send","content":""}"#),
            Claim::Yes,
        ),
        (Door::Ws, "", Some(r#"{"type":"chat.auth"}"#), Claim::Yes),
        (
            Door::Ws,
            "",
            Some(r#"{"channel":"a","content":"b"}"#),
            Claim::No,
        ),
        (Door::Ws, "", Some("not json"), Claim::No),
        (Door::Root, "senderId=a", None, Claim::No),
        (Door::Gateway, "senderId=a", None, Claim::No),
        (Door::Hub, "senderId=a", None, Claim::No),
    ] {
        let opening = Opening { door, query, first };
        assert_eq!(chat.claims(&opening), claim, "{opening:?}");
    }
}

#[tokio::test]
async fn a_relay_that_stops_says_so_and_one_that_is_full_too() {
    let (rig, _chat) = served().await;
    let mut client = visit(&rig, "/ws?senderId=a").await;
    let mut taken = Vec::new();
    while let Some(seat) = rig.rooms.seats.take() {
        taken.push(seat);
    }
    let mut late = rig.open("/ws?senderId=b").await;
    assert_eq!(
        late.next().await,
        error(None, "Too many connections. Try again in a moment.")
    );
    assert_eq!(
        late.next().await,
        json!(["closed", 1013, "too many connections"])
    );
    rig.rooms.tasks.stop();
    assert_eq!(
        client.next().await,
        json!(["closed", 1000, "Server shutting down"])
    );
}
