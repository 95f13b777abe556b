//! What whoever has a conversation open sees of it besides its words.

use super::super::content::contents;
use super::super::outgoing::digest;
use super::outbound::{rig, words};
use super::*;
use crate::store::{Entry, NewSending, Sender};

/// What is told of rows until one has come so far, by their runs.
async fn rows_until(events: &mut bus::Subscription, run: &str, state: &str) -> Vec<String> {
    let mut told = Vec::new();
    let is_last = |one: &str| one == format!("{run} {state}");
    while !told.last().is_some_and(|one: &String| is_last(one)) {
        let event = timeout(Duration::from_secs(20), events.next()).await;
        if let bus::Event::RowProgress(progress) = event.unwrap().unwrap() {
            assert_eq!(progress.session_key, session_key(ANN));
            told.push(format!("{} {}", progress.run_id, progress.state));
        }
    }
    told
}

#[tokio::test]
async fn each_step_of_what_a_row_shows_is_told_and_stands_on_the_row() {
    let mut rig = rig().await;
    let mut events = rig.bus.subscribe();
    rig.stand(LinkState::Connecting).await;
    let id = rig.send(ANN, &words("k1", "hi")).await.unwrap().message_id;
    let run = crate::store::shown_sending(&id);
    assert_eq!(
        rows_until(&mut events, &run, "queued").await,
        [format!("{run} queued")]
    );
    rig.stand(LinkState::Open).await;
    rig.settled().await;
    rig.status(&id, "read", None).await;
    let told = rows_until(&mut events, &run, "read").await;
    let wanted = ["asked", "sent", "read"].map(|state| format!("{run} {state}"));
    assert_eq!(told, wanted);
    // An agent's answer as well, by the run that answered.
    rig.hear(ANN, "THEIRS01", "hello").await;
    rig.settled().await;
    let answer = rig.rows(ANN).await.pop().unwrap();
    assert_eq!(answer.entry.text(), "re: hello");
    let run = answer.run_id.clone().unwrap();
    let told = rows_until(&mut events, &run, "sent").await;
    assert_eq!(told.first(), Some(&format!("{run} queued")));
    let on_rows = rig
        .store
        .relay()
        .progress_of_rows(&rig.rows(ANN).await)
        .await;
    let mut on_rows: Vec<(String, &str)> = on_rows
        .unwrap()
        .into_iter()
        .map(|one| (one.run, one.state.as_str()))
        .collect();
    on_rows.sort();
    let mut wanted = vec![(run, "sent"), (crate::store::shown_sending(&id), "read")];
    wanted.sort();
    assert_eq!(on_rows, wanted);
}

#[tokio::test]
async fn an_answer_that_is_taken_back_waits_no_longer() {
    let settings = Settings {
        rules: Rules::default(),
        ..Settings::default()
    };
    let mut rig = Rig::new(settings).await;
    rig.stand(LinkState::Connecting).await;
    let mut events = rig.bus.subscribe();
    rig.hear(ANN, "THEIRS01", "hello").await;
    wait_until(async || !rig.store.open_sendings(0).await.unwrap().is_empty()).await;
    let run = rig.rows(ANN).await.pop().unwrap().run_id.unwrap();
    rig.tell("message", by_me(ANN, "MINE0001", "I do it")).await;
    rows_until(&mut events, &run, "failed").await;
}

/// Who is told of as typing, and in which session, until a message came.
async fn typing(events: &mut bus::Subscription) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        match next(events).await {
            bus::Event::ChannelTyping(typing) => told.push(said_of(&typing)),
            bus::Event::ChannelReceived(_) => return told,
            _ => {}
        }
    }
}

fn said_of(typing: &bus::Typing) -> String {
    let session = typing.session_key.rsplit(':').next().unwrap();
    let names = typing.typists.iter();
    let names: Vec<&str> = names.map(|one| one.name.as_deref().unwrap()).collect();
    format!("{session}: {}", names.join(", "))
}

async fn next(events: &mut bus::Subscription) -> bus::Event {
    let event = timeout(Duration::from_secs(60), events.next()).await;
    event.unwrap().unwrap()
}

fn types(chat: &str, from: &str, state: &str) -> Value {
    json!({ "chat": chat, "from": from, "state": state })
}

#[tokio::test]
async fn who_types_is_told_once_until_they_stop_or_have_written() {
    let mut rig = rig().await;
    let mut events = rig.bus.subscribe();
    rig.hear(BOB, "BOB00001", "hi").await;
    typing(&mut events).await;
    for (chat, from, state) in [
        (ANN, ANN, "composing"),
        (ANN, ANN, "composing"),
        (ANN, ANN, "recording"),
        (FAMILY, BOB, "recording"),
        (FAMILY, ME, "composing"),
        (FAMILY, "4999999@s.whatsapp.net", "composing"),
        ("x", "y", "composing"),
    ] {
        rig.told_once("typing", types(chat, from, state)).await;
    }
    rig.told_once("typing", types(FAMILY, ANN, "composing"))
        .await;
    rig.told_once("typing", types(FAMILY, BOB, "paused")).await;
    rig.hear(ANN, "ANN00001", "there").await;
    assert_eq!(
        typing(&mut events).await,
        [
            format!("{ANN}: Ann Lee"),
            format!("{FAMILY}: +4922222222"),
            format!("{FAMILY}: +4922222222, Ann Lee"),
            format!("{FAMILY}: Ann Lee"),
            format!("{ANN}: "),
        ]
    );
    rig.told_once("typing", types(ANN, ANN, "paused")).await;
    // Whoever only seems to stop and go on is not told of each time.
    rig.told_once("typing", types(FAMILY, BOB, "composing"))
        .await;
    rig.hear(ANN, "ANN00002", "again").await;
    assert_eq!(typing(&mut events).await, [""; 0]);
    // Nobody would tell that they have stopped.
    rig.stand(LinkState::Connecting).await;
    loop {
        if let bus::Event::ChannelTyping(typing) = next(&mut events).await {
            assert_eq!(said_of(&typing), format!("{FAMILY}: "));
            break;
        }
    }
    let unknown = rig.store.person("4999999@s.whatsapp.net").await;
    assert_eq!(unknown.unwrap(), None, "nobody is made known by typing");
}

#[tokio::test]
async fn nobody_types_for_ever_of_whom_nothing_more_is_heard() {
    let rig = rig().await;
    rig.tasks.end();
    let bus = Bus::default();
    let mut events = bus.subscribe();
    let played: Arc<dyn Wire> = Arc::clone(&rig.played) as _;
    let typists = typists::Typists::new(played, rig.store.clone(), bus);
    let link = rig.played.link.borrow().clone();
    let typing = bridge::lines::Typing {
        chat: ANN.to_owned(),
        from: ANN.to_owned(),
        state: "composing".to_owned(),
        ..bridge::lines::Typing::default()
    };
    typists.hear(&link, &typing).await;
    // Whoever comes later sees it too.
    typists.watch(&session_key(ANN));
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    let works = tokio::spawn(typists.work());
    for words in ["Ann Lee", "Ann Lee", ""] {
        let bus::Event::ChannelTyping(typing) = next(&mut events).await else {
            panic!("nothing else happens");
        };
        assert_eq!(said_of(&typing), format!("{ANN}: {words}"));
    }
    assert_eq!(began.elapsed().as_secs(), 20);
    works.abort();
}

#[tokio::test]
async fn whoever_has_a_chat_open_is_told_who_types_there_also_after_a_reconnect() {
    let rig = rig().await;
    let watched = |rig: &Rig| {
        let asked = rig.asked("watch").into_iter();
        asked
            .map(|one| one["jid"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for session in [
        session_key(ANN),
        session_key(ANN),
        "agent:main:main".to_owned(),
        session_key("evil"),
    ] {
        rig.whatsapp.followed(&session);
    }
    rig.until(|rig| watched(rig) == [ANN]).await;
    rig.stand(LinkState::Connecting).await;
    rig.whatsapp.followed(&session_key(FAMILY));
    rig.stand(LinkState::Open).await;
    rig.until(|rig| watched(rig) == [ANN, ANN, FAMILY]).await;
}

/// The rows of a conversation: whose words, their key, and what they say.
async fn said_in(rig: &Rig, chat: &str) -> Vec<(&'static str, Option<String>, String)> {
    let rows = rig.rows(chat).await.into_iter();
    let said = rows.map(|row| {
        let who = match &row.entry {
            Entry::Message { origin, .. } if origin.sender == Sender::owner() => "owner",
            Entry::Message { .. } => "they",
            _ => "agent",
        };
        (who, row.key.clone(), row.entry.text().to_owned())
    });
    said.collect()
}

#[tokio::test]
async fn what_the_owner_sends_is_the_owners_row_under_the_key_that_it_was_sent_with() {
    let mut rig = rig().await;
    let mut events = rig.bus.subscribe();
    for text in ["hi", "hi"] {
        rig.send(ANN, &words("k1", text)).await.unwrap();
    }
    let reaction = Outbound {
        metadata: Act::React.to("NOBODYS0"),
        ..words("k2", "👍")
    };
    assert!(rig.send(ANN, &reaction).await.is_err());
    rig.send(FAMILY, &words("k3", "all of you")).await.unwrap();
    rig.settled().await;
    let row = |key: &str, text: &str| ("owner", Some(format!("{key}:user")), text.to_owned());
    assert_eq!(said_in(&rig, ANN).await, [row("k1", "hi")]);
    assert_eq!(said_in(&rig, FAMILY).await, [row("k3", "all of you")]);
    let family = session_key(FAMILY);
    let session = rig.store.relay().session(&family).await.unwrap().unwrap();
    assert_eq!(session.channel.as_deref(), Some(NAME));
    assert!(!session.is_unread(), "the owner knows it");
    assert_eq!(rig.questions(), [""; 0]);
    // Nobody hears it as something that came.
    rig.hear(BOB, "THEIRS01", "hello").await;
    let heard = loop {
        if let bus::Event::ChannelReceived(heard) = next(&mut events).await {
            break heard;
        }
    };
    assert_eq!(heard.content, "hello");
}

#[tokio::test]
async fn what_was_kept_and_not_shown_before_a_crash_is_shown_when_it_is_sent_again() {
    let mut rig = rig().await;
    let message = words("k1", "hi");
    // As far as it had come.
    let kept = contents(ANN, "hi", &[], None).remove(0);
    let parts = [NewSending {
        message_id: "KEPT0001".to_owned(),
        chat: ANN.to_owned(),
        session: session_key(ANN),
        answers: None,
        is_cold: false,
        content: serde_json::to_string(&kept).unwrap(),
    }];
    let digest = digest(&Account::default(), ANN, &message);
    let queued = rig.store.queue_sendings("k1", digest, &parts, now_ms());
    queued.await.unwrap();
    for _ in 0..2 {
        let receipt = rig.send(ANN, &message).await.unwrap();
        assert_eq!(receipt.message_id, "KEPT0001");
        assert_eq!(rig.texts(ANN).await, ["hi"]);
    }
    // An agent's answer is its row already.
    rig.hear(ANN, "THEIRS01", "hello").await;
    rig.settled().await;
    assert_eq!(rig.texts(ANN).await, ["hi", "hello", "re: hello"]);
    assert_eq!(rig.sent(), ["hi", "re: hello"]);
}

#[test]
fn a_session_names_the_conversation_that_it_is_and_its_account() {
    for account in ["default", "work"].map(|name| Account::read(name).unwrap()) {
        for chat in [ANN, FAMILY, "77@lid"] {
            let session = Whatsapp::session_key(&account, chat);
            let named = Whatsapp::conversation(&session);
            assert_eq!(named, Some((account.clone(), chat.to_owned())));
        }
    }
    for other in [
        "agent:main:main",
        "agent:main:whatsapp_baileys:evil",
        "agent:main:whatsapp_baileys:../x:4911@s.whatsapp.net",
        "agent:main:whatsapp_baileys:default:4911@s.whatsapp.net",
        "",
    ] {
        assert_eq!(Whatsapp::conversation(other), None);
    }
}

#[tokio::test]
async fn no_agent_answers_where_the_owner_has_written_by_hand() {
    let settings = Settings {
        rules: Rules::default(),
        ..Settings::default()
    };
    let mut rig = Rig::new(settings).await;
    rig.stand(LinkState::Waiting { until_ms: 1 }).await;
    rig.hear(ANN, "THEIRS01", "hello").await;
    wait_until(async || !rig.store.open_sendings(0).await.unwrap().is_empty()).await;
    for session in [ANN, ME, "evil"].map(session_key) {
        rig.whatsapp.owner_wrote(&session).await.unwrap();
    }
    rig.stand(LinkState::Open).await;
    rig.hear(ANN, "THEIRS02", "and?").await;
    rig.settled().await;
    assert_eq!(rig.sent(), [""; 0]);
    let texts = rig.texts(ANN).await;
    assert!(
        texts.iter().any(|text| text.ends_with("you wrote in it.]")),
        "{texts:?}"
    );
    let paused = rig.whatsapp.chats().await.unwrap().into_iter();
    let paused: Vec<String> = paused
        .filter(|chat| chat.pause.is_some())
        .map(|chat| chat.chat)
        .collect();
    assert_eq!(paused, [ANN]);
    assert!(rig.whatsapp.resume(&Account::default(), ANN).await.unwrap());
    rig.hear(ANN, "THEIRS03", "now").await;
    rig.settled().await;
    assert!(matches!(&rig.sent()[..], [sent] if sent.ends_with("re: now")));
    // Under a number of its own the assistant and its owner are one to people.
    let mut rig = self::rig().await;
    rig.whatsapp.owner_wrote(&session_key(ANN)).await.unwrap();
    rig.hear(ANN, "THEIRS01", "hello").await;
    rig.settled().await;
    assert_eq!(rig.sent(), ["re: hello"]);
}
