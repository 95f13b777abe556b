//! The inbox alone: no wire, no socket.

use std::sync::Mutex;

use futures_util::future::BoxFuture;

use super::*;
use crate::account::Account;
use crate::agents::{Agent, End, Question, Reply};
use crate::bus::{Ending, Event, Subscription};
use crate::store::{Attachment, InputKind, InputState, Program, Sender, Usage};

const MAIN: &str = session_key::MAIN;

/// Says what it was asked and what came before, in two pieces.
#[derive(Debug, Default)]
struct Parrot {
    asked: Mutex<Vec<String>>,
}

impl Agent for Parrot {
    fn name(&self) -> &'static str {
        "parrot"
    }

    fn answer<'a>(&'a self, question: &'a Question, mut reply: Reply) -> BoxFuture<'a, End> {
        Box::pin(async move {
            self.asked.lock().unwrap().push(question.key.clone());
            match question.text.as_str() {
                "wait" => {
                    reply.say("so far ").await;
                    reply.stopped().await;
                    End::Stopped
                }
                "deaf" => std::future::pending().await,
                "flood" => loop {
                    reply.say("x".repeat(1_000_000)).await;
                },
                text => {
                    let before = question.history.last(10, 1_000).await.unwrap();
                    reply.say(format!("{} before, ", before.len())).await;
                    reply.say(text.to_owned()).await;
                    End::Answered(Usage::default())
                }
            }
        })
    }
}

struct Rig {
    inbox: Arc<Inbox>,
    events: Subscription,
    store: Store,
    parrot: Arc<Parrot>,
    folder: tempfile::TempDir,
    tasks: Tasks,
}

async fn rig_in(folder: tempfile::TempDir) -> Rig {
    let store = Store::open(folder.path()).await.unwrap();
    let (bus, tasks) = (Bus::default(), Tasks::new());
    let parrot = Arc::new(Parrot::default());
    let mut agents = Agents::default();
    agents.add(Arc::clone(&parrot) as _);
    agents.choose(None, "parrot").unwrap();
    agents.choose(Some("quiet"), "none").unwrap();
    let events = bus.subscribe();
    let inbox = Inbox::new(store.clone(), bus, agents, tasks.clone());
    Rig {
        inbox,
        events,
        store,
        parrot,
        folder,
        tasks,
    }
}

async fn rig() -> Rig {
    rig_in(tempfile::tempdir().unwrap()).await
}

fn message(key: &str, text: &str) -> Message {
    Message {
        session_key: MAIN.to_owned(),
        key: key.to_owned(),
        kind: InputKind::Message,
        text: text.to_owned(),
        attachments: Vec::new(),
        sender: Sender::owner(),
        channel: WEBCHAT.to_owned(),
        account: Account::default(),
        conversation: None,
        in_group: false,
        program: Some(Program {
            id: "test".into(),
            mode: "cli".into(),
        }),
        metadata: Vec::new(),
        answer_to: None,
        after: None,
    }
}

impl Rig {
    async fn admit(&self, message: Message) -> Admission {
        self.inbox.admit(message, |_| ()).await.unwrap()
    }

    async fn texts(&self) -> Vec<String> {
        let rows = self.store.rows_before(MAIN, i64::MAX, 100, usize::MAX);
        let rows = rows.await.unwrap();
        rows.iter().map(|row| row.entry.text().to_owned()).collect()
    }

    /// The next ending, and what was told of that run.
    async fn ending(&mut self) -> (Ending, String) {
        let mut told = String::new();
        loop {
            match self.events.next().await.unwrap() {
                Event::RunSaid { run, from, to } => {
                    assert_eq!(from, told.len(), "nothing is told twice or left out");
                    run.said.read(|text| told.push_str(&text[from..to]));
                }
                Event::RunEnded { ending, .. } => return (ending, told),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn a_message_is_stored_then_acknowledged_then_answered() {
    let mut rig = rig().await;
    let mut acknowledged = None;
    let admission = rig
        .inbox
        .admit(message("k", "hello"), |input| {
            acknowledged = Some(input.key.clone());
        })
        .await
        .unwrap();
    assert_eq!(acknowledged.as_deref(), Some("k"));
    let Admission::New(turn) = admission else {
        panic!("{admission:?}");
    };
    let outcome = turn.outcome().await.unwrap();
    assert_eq!(outcome.state, InputState::Done);
    assert_eq!(outcome.text, "0 before, hello");
    let (ending, told) = rig.ending().await;
    assert_eq!(ending, Ending::Answered(Usage::default()));
    assert_eq!(told, outcome.text);
    assert_eq!(rig.texts().await, ["hello", "0 before, hello"]);
}

#[tokio::test]
async fn a_repeat_is_known_with_its_outcome_and_asks_nobody() {
    let rig = rig().await;
    rig.admit(message("k", "hello")).await;
    rig.inbox.outcome("k").await.unwrap();
    let again = rig.admit(message("k", "hello")).await;
    let Admission::Known { outcome, .. } = again else {
        panic!("{again:?}");
    };
    assert_eq!(outcome.unwrap().text, "0 before, hello");
    let other = rig.admit(message("k", "other words")).await;
    assert!(matches!(other, Admission::Conflict), "{other:?}");
    let file = Attachment {
        name: "a".into(),
        mime: "text/plain".into(),
        bytes: 1,
        digest: "d".into(),
    };
    let other = Message {
        attachments: vec![file],
        ..message("k", "hello")
    };
    let other = rig.admit(other).await;
    assert!(matches!(other, Admission::Conflict), "{other:?}");
    assert_eq!(*rig.parrot.asked.lock().unwrap(), ["k"]);
}

#[tokio::test]
async fn stop_ends_what_runs_and_keeps_what_was_said_and_what_waits() {
    let mut rig = rig().await;
    rig.admit(message("a", "wait")).await;
    rig.admit(message("b", "next")).await;
    rig.admit(message("c", "taken back")).await;
    while !matches!(rig.events.next().await.unwrap(), Event::RunSaid { .. }) {}
    let stop = async |run| rig.inbox.stop(MAIN, run).await.unwrap();
    assert_eq!(stop(Some("unknown")).await, Vec::<String>::new());
    assert_eq!(stop(Some("c")).await, ["c"]);
    assert_eq!(stop(None).await, ["a"]);
    let outcome = rig.inbox.outcome("b").await.unwrap();
    assert_eq!(outcome.state, InputState::Done);
    let texts = rig.texts().await;
    assert_eq!(texts, ["wait", "so far", "next", "2 before, next"]);
}

#[tokio::test]
async fn an_agent_that_does_not_hear_is_dropped_when_it_is_stopped() {
    let mut rig = rig().await;
    rig.admit(message("a", "deaf")).await;
    while !matches!(rig.events.next().await.unwrap(), Event::RunStarted(_)) {}
    // On the real clock: a paused one would run ahead of the database.
    assert_eq!(rig.inbox.stop(MAIN, None).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn an_answer_without_end_fails_instead_of_filling_the_memory() {
    let mut rig = rig().await;
    rig.admit(message("a", "flood")).await;
    let (ending, _) = rig.ending().await;
    assert!(matches!(ending, Ending::Failed(words) if words.contains("longer than")));
}

#[tokio::test]
async fn where_nobody_answers_the_message_is_kept_and_the_next_is_not_held_up() {
    let mut rig = rig().await;
    let quiet = Message {
        channel: "quiet".into(),
        ..message("a", "anybody?")
    };
    rig.admit(quiet).await;
    let (ending, told) = rig.ending().await;
    assert_eq!(
        (ending, told.as_str()),
        (Ending::Answered(Usage::default()), "")
    );
    rig.admit(message("b", "hello")).await;
    rig.ending().await;
    let texts = rig.texts().await;
    assert_eq!(texts, ["anybody?", "hello", "1 before, hello"]);
}

#[tokio::test]
async fn what_a_crash_cut_is_asked_again_under_the_same_key() {
    let mut rig = rig().await;
    rig.admit(message("a", "wait")).await;
    rig.admit(message("b", "next")).await;
    while !matches!(rig.events.next().await.unwrap(), Event::RunSaid { .. }) {}
    rig.tasks.end();
    rig.store.close().await;
    let rig = rig_in(rig.folder).await;
    assert_eq!(rig.inbox.recover().await.unwrap(), 2);
    while rig.parrot.asked.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    rig.inbox.stop(MAIN, Some("a")).await.unwrap();
    rig.inbox.outcome("b").await.unwrap();
    assert_eq!(*rig.parrot.asked.lock().unwrap(), ["a", "b"]);
    let texts = rig.texts().await;
    assert_eq!(texts.first().map(String::as_str), Some("wait"));
    assert_eq!(texts.iter().filter(|text| *text == "wait").count(), 1);
}

#[tokio::test]
async fn whoever_saw_an_older_end_of_the_conversation_is_told_so() {
    let rig = rig().await;
    let expects = |key: &str, row: Option<String>| Message {
        after: Some(row),
        ..message(key, "hello")
    };
    rig.admit(expects("a", None)).await;
    rig.inbox.outcome("a").await.unwrap();
    let refused = rig.inbox.admit(expects("b", None), |_| ()).await;
    assert!(matches!(refused, Err(Refused::Moved)), "{refused:?}");
    // A repeat is one, whatever it expected.
    let known = rig.admit(expects("a", None)).await;
    assert!(matches!(known, Admission::Known { .. }), "{known:?}");
}

#[tokio::test]
async fn a_channel_that_forgets_to_ask_lets_no_stranger_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let policies = HashMap::from([("strangers".into(), Policy::default())]);
    let (bus, agents, tasks) = (Bus::default(), Agents::default(), Tasks::new());
    let inbox = Inbox::guarded(store.clone(), bus, agents, tasks, policies);
    let admit = async |key: &str, sender: &str, conversation: Option<&str>| {
        let message = Message {
            channel: "strangers".to_owned(),
            conversation: conversation.map(str::to_owned),
            sender: Sender {
                id: sender.to_owned(),
                name: None,
            },
            ..message(key, "hello")
        };
        inbox.admit(message, |_| ()).await
    };
    for conversation in [None, Some("family")] {
        let refused = admit("k", "mallory", conversation).await;
        assert!(matches!(refused, Err(Refused::Stranger)), "{refused:?}");
    }
    assert!(store.input("k").await.unwrap().is_none());
    admit("k", Sender::OWNER, None).await.unwrap();
    let allowed = crate::store::Decision::Allowed;
    let strangers = "strangers".into();
    let decided = store.decide_visitor(&strangers, "family", allowed, 1);
    decided.await.unwrap();
    admit("k2", "mallory", Some("family")).await.unwrap();
    assert!(admit("k3", "mallory", None).await.is_err());
}

#[tokio::test]
async fn a_stop_whose_end_cannot_be_stored_is_answered_and_comes_to_pass_later() {
    let mut rig = rig().await;
    rig.admit(message("a", "wait")).await;
    while !matches!(rig.events.next().await.unwrap(), Event::RunSaid { .. }) {}
    let file = rig.folder.path().join(crate::store::FILE_NAME);
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
    let mut other = sqlx::ConnectOptions::connect(&file).await.unwrap();
    let mut run = async |sql: &'static str| {
        sqlx::raw_sql(sql).execute(&mut other).await.unwrap();
    };
    run("BEGIN IMMEDIATE").await;
    // Nothing moves while the lock is held: the clock jumps to the end of patience.
    tokio::time::pause();
    let error = rig.inbox.stop(MAIN, None).await.unwrap_err();
    assert!(matches!(error, StoreError::NoAnswer), "{error}");
    tokio::time::resume();
    run("ROLLBACK").await;
    let outcome = rig.inbox.outcome("a").await.unwrap();
    assert_eq!(outcome.state, InputState::Stopped);
    assert_eq!(rig.texts().await, ["wait", "so far"]);
}

/// Sessions that share no queue with each other.
async fn other_session(inbox: &Inbox) -> String {
    let _admitting = inbox.admission.of(MAIN).await;
    let mut keys = (0..1_000).map(|n| format!("agent:main:other-{n}"));
    keys.find(|key| {
        use futures_util::FutureExt as _;
        inbox.admission.of(key).now_or_never().is_some()
    })
    .unwrap()
}

#[tokio::test]
async fn a_session_whose_message_is_being_stored_holds_up_no_other() {
    let rig = rig().await;
    let other = other_session(&rig.inbox).await;
    let _admitting = rig.inbox.admission.of(MAIN).await;
    let message = Message {
        session_key: other,
        ..message("a", "hello")
    };
    rig.admit(message).await;
    rig.inbox.outcome("a").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_sessions_at_once_are_each_acknowledged_and_answered_once_in_order() {
    const SESSIONS: usize = 30;
    const MESSAGES: usize = 8;
    let rig = rig().await;
    let heard = Mutex::new(Vec::new());
    let write = async |session: usize| {
        for number in 0..MESSAGES {
            let message = Message {
                session_key: format!("agent:main:{session}"),
                ..message(&format!("{session}-{number}"), "hello")
            };
            let admitted = rig.inbox.admit(message, |input| {
                heard.lock().unwrap().push(input.key.clone());
            });
            assert!(matches!(admitted.await.unwrap(), Admission::New(_)));
        }
        for number in 0..MESSAGES {
            let key = format!("{session}-{number}");
            let outcome = rig.inbox.outcome(&key).await.unwrap();
            assert_eq!(outcome.state, InputState::Done);
        }
    };
    futures_util::future::join_all((0..SESSIONS).map(write)).await;
    let asked = rig.parrot.asked.lock().unwrap();
    for session in 0..SESSIONS {
        let wanted: Vec<String> = (0..MESSAGES).map(|n| format!("{session}-{n}")).collect();
        let of_session = |keys: &[String]| -> Vec<String> {
            let mine = keys
                .iter()
                .filter(|key| key.starts_with(&format!("{session}-")));
            mine.cloned().collect()
        };
        assert_eq!(of_session(&heard.lock().unwrap()), wanted, "acknowledged");
        assert_eq!(of_session(&asked), wanted, "answered");
    }
}
