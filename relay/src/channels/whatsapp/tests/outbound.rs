//! What goes, from the relay to the bridge.

use super::*;
use crate::store::SendState;

pub(super) fn words(key: &str, text: &str) -> Outbound {
    Outbound {
        key: key.to_owned(),
        account: None,
        text: text.to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    }
}

/// A rig whose account knows Ann.
pub(super) async fn rig() -> Rig {
    let mut rig = Rig::new(Settings::default()).await;
    rig.tell("contact", json!({ "jid": ANN, "name": "Ann Lee" }))
        .await;
    rig
}

impl Rig {
    pub(super) async fn send(
        &self,
        target: &str,
        message: &Outbound,
    ) -> Result<Receipt, ChannelError> {
        self.whatsapp.send(target, message).await
    }

    pub(super) async fn state(&self, id: &str) -> (SendState, Option<String>) {
        let sending = self.store.sending(id).await.unwrap().unwrap();
        (sending.state, sending.error)
    }

    /// WhatsApp says how far a message has come.
    pub(super) async fn status(&mut self, id: &str, status: &str, code: Option<&str>) {
        let told = json!({ "message_id": id, "status": status, "error_code": code });
        self.tell("send_status", told).await;
    }
}

#[tokio::test]
async fn a_message_goes_once_for_each_key_and_its_steps_are_written_down() {
    let mut rig = rig().await;
    let receipt = rig.send("+49 1111 1111", &words("k1", "hi")).await.unwrap();
    let id = receipt.message_id.clone();
    assert!(id.starts_with("3EB0") && id.len() == 22, "{id}");
    let again = rig.send("+49 1111 1111", &words("k1", "hi")).await.unwrap();
    assert_eq!(again, receipt.again());
    let other = rig.send("+49 1111 1111", &words("k1", "ho")).await;
    assert!(matches!(other, Err(ChannelError::Conflict)));
    rig.settled().await;
    let sent = rig.asked("send");
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (&sent[0]["jid"], &sent[0]["text"]),
        (&json!(ANN), &json!("hi"))
    );
    assert_eq!(sent[0]["message_id"], json!(id));
    assert_eq!(
        rig.texts(ANN).await,
        ["hi"],
        "the owner sees it in the conversation"
    );
    for (status, state) in [
        ("accepted", SendState::Accepted),
        ("read", SendState::Read),
        ("delivered", SendState::Read),
        ("failed", SendState::Read),
    ] {
        rig.status(&id, status, None).await;
        assert_eq!(rig.state(&id).await.0, state, "{status}");
    }
    // After a restart a repeat is still one.
    let rig = rig.crashed().await;
    let again = rig.send("+49 1111 1111", &words("k1", "hi")).await.unwrap();
    assert_eq!(again, receipt.again());
    rig.settled().await;
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn targets_are_found_and_what_names_nobody_is_refused_before_the_bridge_sees_it() {
    let mut rig = rig().await;
    rig.tell("contact", json!({ "jid": BOB, "name": "Twin" }))
        .await;
    rig.tell("contact", json!({ "jid": "77@lid", "name": "twin" }))
        .await;
    for (target, jid) in [
        (ANN, ANN),
        ("4911111111:3@s.whatsapp.net", ANN),
        ("ann lee", ANN),
        ("77@lid", "77@lid"),
        (FAMILY, FAMILY),
    ] {
        rig.send(target, &words(target, "x")).await.unwrap();
        rig.settled().await;
        assert_eq!(rig.asked("send").last().unwrap()["jid"], jid, "{target}");
    }
    let asked = rig.asked("send").len();
    for target in [
        "Twin",
        "Nobody",
        "4911111111",
        "x@y",
        "status@broadcast",
        "",
    ] {
        let refused = rig.send(target, &words(target, "x")).await;
        assert!(matches!(refused, Err(ChannelError::Target(_))), "{target}");
    }
    // A number without an account is asked for, and refused.
    let refused = rig.send("+4933333333", &words("none", "x")).await;
    assert!(refused.unwrap_err().to_string().contains("no account"));
    // One that has one, under its other Brazilian form.
    rig.script(|command| {
        (command["cmd"] == "resolve").then(|| {
            assert!(
                command["phones"]
                    .as_array()
                    .unwrap()
                    .contains(&json!("+551187654321"))
            );
            let found = json!({ "exists": true, "jid": "551187654321@s.whatsapp.net" });
            Ok(json!({ "phones": [{ "exists": false }, found] }))
        })
    });
    assert_eq!(rig.asked("send").len(), asked);
    rig.send("+5511987654321", &words("br", "oi"))
        .await
        .unwrap();
    rig.settled().await;
    assert_eq!(
        rig.asked("send").last().unwrap()["jid"],
        "551187654321@s.whatsapp.net"
    );
}

#[tokio::test]
async fn what_waits_for_a_connection_goes_when_there_is_one_and_at_rest_it_is_refused() {
    let rig = rig().await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    let receipt = rig.send(ANN, &words("k1", "later")).await.unwrap();
    let new = rig.send("+4933333333", &words("k2", "x")).await;
    assert!(matches!(new, Err(ChannelError::NotConnected(_))));
    for state in [LinkState::LoggedOut, LinkState::Off, LinkState::Conflict] {
        rig.stand(state).await;
        let refused = rig.send(ANN, &words("k3", "x")).await;
        assert!(
            matches!(refused, Err(ChannelError::NotConnected(_))),
            "{state:?}"
        );
    }
    assert_eq!(rig.asked("send"), [Value::Null; 0]);
    let rig = rig.crashed().await;
    rig.settled().await;
    assert_eq!(rig.sent(), ["later"]);
    assert_eq!(rig.state(&receipt.message_id).await.0, SendState::Sent);
}

#[tokio::test]
async fn what_may_have_been_sent_is_not_sent_again_and_a_later_word_settles_it() {
    let mut rig = rig().await;
    rig.script(|command| (command["cmd"] == "send").then(|| Err(refusal("deadline", false, true))));
    let receipt = rig.send(ANN, &words("k1", "hi")).await.unwrap();
    let id = receipt.message_id;
    rig.until(|rig| rig.asked("send").len() == 1).await;
    wait_until(async || rig.state(&id).await.0 == SendState::Unknown).await;
    rig.send(ANN, &words("k2", "next")).await.unwrap();
    rig.until(|rig| rig.asked("send").len() == 2).await;
    assert_eq!(rig.sent(), ["hi", "next"], "it does not hold up others");
    // A bridge that comes back is asked what it knows, under the same id, never
    // to send it again.
    rig.stand(LinkState::Connecting).await;
    rig.script(|command| {
        (command["cmd"] == "send").then(|| {
            let known = json!({ "status": "unknown", "repeated": true });
            Ok(known)
        })
    });
    rig.stand(LinkState::Open).await;
    rig.until(|rig| rig.asked("send").len() >= 4).await;
    for command in rig.asked("send") {
        assert_eq!(command.get("again"), None, "{command}");
    }
    assert_eq!(rig.state(&id).await.0, SendState::Unknown);
    // The phone shows it: then it was sent.
    let echo = with(by_me(ANN, &id, "hi"), json!({}));
    rig.tell("message", echo).await;
    assert_eq!(rig.state(&id).await.0, SendState::Accepted);
    // The conversation says all of it, for whoever wonders.
    let doubt = |words: &str| {
        format!(
            "[It may have been sent, or not: refused: deadline. Look at the phone before you send it again. “{words}”]"
        )
    };
    let settled = "[It was sent after all. “hi”]".to_owned();
    let (hi, next) = ("hi".to_owned(), "next".to_owned());
    wait_until(async || rig.texts(ANN).await.len() == 5).await;
    let said = [hi, doubt("hi"), next, doubt("next"), settled];
    assert_eq!(rig.texts(ANN).await, said);
}

#[tokio::test]
async fn a_crash_between_asking_and_the_answer_sends_nothing_twice() {
    let rig = rig().await;
    let gate = Arc::new(Mutex::new(false));
    let reached = Arc::clone(&gate);
    rig.script(move |command| {
        (command["cmd"] == "send").then(|| {
            *reached.lock().unwrap() = true;
            // As if the relay died before it could write the answer down.
            Err(refusal("under_way", true, false))
        })
    });
    let receipt = rig.send(ANN, &words("k1", "hi")).await.unwrap();
    rig.until(|_| *gate.lock().unwrap()).await;
    let id = receipt.message_id;
    wait_until(async || rig.state(&id).await.0 == SendState::Asked).await;
    let rig = rig.crashed().await;
    rig.script(|command| {
        (command["cmd"] == "send").then(|| Ok(json!({ "status": "accepted", "repeated": true })))
    });
    rig.settled().await;
    assert_eq!(rig.state(&id).await.0, SendState::Accepted);
    assert!(
        rig.asked("send")
            .iter()
            .all(|command| command["message_id"] == json!(id))
    );
}

#[tokio::test]
async fn at_463_it_is_shown_and_nothing_more_goes_to_people_who_never_wrote() {
    let mut rig = rig().await;
    rig.tell("contact", json!({ "jid": BOB, "name": "Bob" }))
        .await;
    let receipt = rig.send(ANN, &words("k1", "cold")).await.unwrap();
    rig.settled().await;
    rig.status(&receipt.message_id, "failed", Some("463")).await;
    let (state, why) = rig.state(&receipt.message_id).await;
    assert_eq!(state, SendState::Failed);
    assert!(why.unwrap().contains("463"));
    let texts = rig.texts(ANN).await;
    assert!(texts[1].starts_with("[Not sent: "), "{texts:?}");
    let refused = rig.send(BOB, &words("k2", "cold, too")).await.unwrap_err();
    assert!(refused.to_string().contains("463"), "{refused}");
    let refused = rig.send(ANN, &words("k3", "again")).await.unwrap_err();
    assert!(refused.to_string().contains("463"), "{refused}");
    // Whoever wrote is answered.
    rig.hear(ANN, "HEARD001", "hello").await;
    rig.settled().await;
    assert_eq!(rig.sent(), ["cold", "re: hello"]);
}

#[tokio::test]
async fn another_refusal_of_whatsapp_is_shown_and_not_tried_again() {
    let mut rig = rig().await;
    let receipt = rig.send(ANN, &words("k1", "x")).await.unwrap();
    rig.settled().await;
    rig.status(&receipt.message_id, "failed", Some("479")).await;
    let (state, why) = rig.state(&receipt.message_id).await;
    assert_eq!(
        (state, why.as_deref()),
        (SendState::Failed, Some("WhatsApp refused it (479)"))
    );
    rig.script(|command| {
        (command["cmd"] == "send").then(|| Err(refusal("bad_content", false, false)))
    });
    let receipt = rig.send(ANN, &words("k2", "y")).await.unwrap();
    rig.settled().await;
    assert_eq!(rig.state(&receipt.message_id).await.0, SendState::Failed);
    assert_eq!(rig.sent(), ["x", "y"]);
}

#[tokio::test]
async fn a_long_text_goes_in_parts_in_order_and_the_owner_may_quote() {
    let mut rig = rig().await;
    rig.hear(ANN, "QUOTED01", "what?").await;
    rig.settled().await;
    let text = "word ".repeat(1_500);
    let message = Outbound {
        reply_to: Some("QUOTED01".to_owned()),
        ..words("long", &text)
    };
    rig.send(ANN, &message).await.unwrap();
    rig.settled().await;
    let sent = rig.asked("send");
    let parts = &sent[1..];
    assert_eq!(parts.len(), 2);
    let quoted = &parts[0]["quoted"];
    assert_eq!(
        (&quoted["id"], &quoted["text"]),
        (&json!("QUOTED01"), &json!("what?"))
    );
    assert_eq!(parts[1].get("quoted"), None);
    let lengths = parts
        .iter()
        .map(|part| part["text"].as_str().unwrap().len());
    assert_eq!(lengths.sum::<usize>(), text.trim().len() - 1);
    let unknown = Outbound {
        reply_to: Some("NOBODY01".to_owned()),
        ..words("quote", "x")
    };
    let refused = rig.send(ANN, &unknown).await;
    assert!(matches!(refused, Err(ChannelError::Message(_))));
}

#[tokio::test]
async fn files_go_out_of_the_store_of_files_as_what_they_are() {
    let rig = rig().await;
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let image = rig.media.keep("a.png", "image/png", png).await.unwrap();
    let text = rig
        .media
        .keep("../b.txt", "text/plain", b"b".to_vec())
        .await
        .unwrap();
    let message = Outbound {
        attachments: vec![image, text],
        ..words("files", "look")
    };
    rig.send(ANN, &message).await.unwrap();
    rig.settled().await;
    let sent = rig.asked("send");
    let shape = |n: usize| (sent[n]["kind"].clone(), sent[n]["text"].clone());
    assert_eq!(shape(0), (json!("image"), json!("look")));
    assert_eq!(shape(1), (json!("document"), Value::Null));
    assert_eq!(sent[1]["media"]["name"], "b.txt");
    for command in &sent {
        let path = std::path::Path::new(command["media"]["path"].as_str().unwrap());
        assert!(path.is_absolute() && path.is_file(), "{command}");
    }
    // One that is kept no longer.
    let gone = crate::store::Attachment {
        name: "x".to_owned(),
        mime: "image/png".to_owned(),
        bytes: 1,
        digest: "../../etc/passwd".to_owned(),
    };
    let message = Outbound {
        attachments: vec![gone],
        ..words("gone", "")
    };
    let receipt = rig.send(ANN, &message).await.unwrap();
    rig.settled().await;
    assert_eq!(rig.state(&receipt.message_id).await.0, SendState::Failed);
    assert_eq!(rig.asked("send").len(), 2);
    let empty = rig.send(ANN, &words("empty", " ")).await;
    assert!(matches!(empty, Err(ChannelError::Message(_))));
}

#[tokio::test]
async fn an_answer_that_waits_is_taken_back_when_the_owner_or_the_asker_takes_its_question_back() {
    let mut rig = Rig::new(Settings {
        rules: Rules::default(),
        ..Settings::default()
    })
    .await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    let waiting = async |rig: &Rig| rig.store.open_sendings(0).await.unwrap().len();
    rig.hear(ANN, "TAKEN001", "one").await;
    wait_until(async || waiting(&rig).await == 1).await;
    let delete = with(said(ANN, "TAKEN002", ""), json!({ "target": "TAKEN001" }));
    rig.tell("delete", delete).await;
    wait_until(async || waiting(&rig).await == 0).await;
    rig.hear(ANN, "TAKEN003", "two").await;
    wait_until(async || waiting(&rig).await == 1).await;
    rig.tell("message", by_me(ANN, "TAKEN004", "I am here"))
        .await;
    wait_until(async || waiting(&rig).await == 0).await;
    // Words of the owner are nobody's answer.
    rig.send(ANN, &words("k1", "mine")).await.unwrap();
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    assert_eq!(rig.sent(), ["mine"]);
}

#[tokio::test]
async fn words_that_went_out_go_with_what_is_kept_no_longer_and_with_their_session() {
    let rig = rig().await;
    let sent = rig
        .send(ANN, &words("k1", "secret"))
        .await
        .unwrap()
        .message_id;
    rig.settled().await;
    rig.stand(LinkState::Connecting).await;
    let waits = rig
        .send(ANN, &words("k2", "waits"))
        .await
        .unwrap()
        .message_id;
    let content = async |id: &str| rig.store.sending(id).await.unwrap().unwrap().content;
    rig.store.relay().drop_before(i64::MAX, 1).await.unwrap();
    assert_eq!(content(&sent).await, "");
    assert!(content(&waits).await.contains("waits"));
    let session = session_key(ANN);
    rig.inbox.reset_session(&session).await.unwrap();
    assert_eq!(content(&waits).await, "");
    assert_eq!(rig.state(&waits).await.0, SendState::Failed);
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    assert_eq!(rig.sent(), ["secret"]);
    let again = rig.send(ANN, &words("k1", "secret")).await.unwrap();
    assert!(again.was_known, "its key is kept for ever");
}

#[tokio::test]
async fn how_far_a_message_came_is_told_to_whoever_listens() {
    let mut rig = rig().await;
    let mut events = rig.bus.subscribe();
    let id = rig.send(ANN, &words("k1", "hi")).await.unwrap().message_id;
    rig.settled().await;
    rig.status(&id, "delivered", None).await;
    rig.status(&id, "delivered", None).await;
    rig.status(&id, "read", None).await;
    let mut told = Vec::new();
    while told.last() != Some(&"read") {
        if let bus::Event::ChannelProgress(progress) = events.next().await.unwrap() {
            assert_eq!(
                (&*progress.message_id, &*progress.conversation_id),
                (&*id, ANN)
            );
            told.push(progress.state);
        }
    }
    assert_eq!(told, ["asked", "sent", "delivered", "read"]);
}

#[tokio::test]
async fn the_owner_reacts_changes_and_deletes_and_only_own_messages_change() {
    let mut rig = rig().await;
    rig.hear(ANN, "THEIRS01", "hello").await;
    rig.settled().await;
    let ours = rig
        .send(ANN, &words("k1", "hi @4922222222"))
        .await
        .unwrap()
        .message_id;
    rig.settled().await;
    assert_eq!(rig.asked("send").last().unwrap()["mentions"], json!([BOB]));
    let act = |key: &str, act: &str, id: &str, text: &str| Outbound {
        metadata: vec![(act.to_owned(), id.to_owned())],
        ..words(key, text)
    };
    let react = act("k2", "react", "THEIRS01", "👍");
    rig.send(ANN, &react).await.unwrap();
    rig.send(ANN, &act("k3", "react", "THEIRS01", ""))
        .await
        .unwrap();
    rig.send(ANN, &act("k4", "edit", &ours, "ho"))
        .await
        .unwrap();
    rig.send(ANN, &act("k5", "delete", &ours, ""))
        .await
        .unwrap();
    assert!(rig.send(ANN, &react).await.unwrap().was_known);
    let other = act("k2", "react", &ours, "👍");
    assert!(matches!(
        rig.send(ANN, &other).await,
        Err(ChannelError::Conflict)
    ));
    for (key, name, id, text) in [
        ("b1", "edit", "THEIRS01", "evil"),
        ("b2", "delete", "THEIRS01", ""),
        ("b3", "edit", &*ours, " "),
        ("b4", "react", "NOBODY01", "👍"),
    ] {
        let refused = rig.send(ANN, &act(key, name, id, text)).await;
        assert!(matches!(refused, Err(ChannelError::Message(_))), "{key}");
    }
    rig.settled().await;
    let emoji: Vec<Value> = rig
        .asked("react")
        .iter()
        .map(|one| one["emoji"].clone())
        .collect();
    assert_eq!(emoji, ["👍", ""]);
    let theirs = json!({ "id": "THEIRS01", "from_me": false, "from": ANN });
    assert_eq!(rig.asked("react")[0]["target"], theirs);
    let own = json!({ "id": ours, "from_me": true });
    assert_eq!(rig.asked("edit")[0]["target"], own);
    assert_eq!(rig.asked("edit")[0]["text"], "ho");
    assert_eq!(rig.asked("delete")[0]["target"], own);
    let sent = rig.asked("send").len();
    assert_eq!(sent, 2, "an answer and words, nothing else");
    assert!(rig.texts(ANN).await.contains(&"[reacted 👍]".to_owned()));
}
