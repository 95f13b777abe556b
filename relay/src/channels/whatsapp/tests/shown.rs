//! What whoever has a conversation open sees of it besides its words.

use super::outbound::{rig, words};
use super::*;

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
