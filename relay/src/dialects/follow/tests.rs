//! Runs of the echo agent, followed without a wire.

use super::*;
use crate::account::Account;
use crate::agents::Agents;
use crate::inbox::{Message, WEBCHAT, session_key};
use crate::store::{InputKind, InputState, Sender, Store};

struct Rig {
    inbox: Arc<Inbox>,
    follow: Follow,
    _folder: tempfile::TempDir,
}

async fn rig() -> Rig {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let (bus, tasks) = (Bus::default(), Tasks::new());
    let inbox = Inbox::new(store, bus.clone(), Agents::default(), tasks.clone());
    Rig {
        follow: Follow::start(Arc::clone(&inbox), &bus, &tasks),
        inbox,
        _folder: folder,
    }
}

impl Rig {
    async fn say(&self, key: &str, text: &str) {
        let message = Message {
            session_key: session_key::MAIN.to_owned(),
            key: key.to_owned(),
            kind: InputKind::Message,
            text: text.to_owned(),
            attachments: Vec::new(),
            sender: Sender::owner(),
            channel: WEBCHAT.to_owned(),
            account: Account::default(),
            conversation: None,
            in_group: false,
            program: None,
            metadata: Vec::new(),
            answer_to: None,
            after: None,
        };
        self.inbox.admit(message, |_| {}).await.unwrap();
    }
}

/// Everything until the end: how often it started, the words on the way, the end.
async fn whole(mut followed: Followed) -> (usize, String, Outcome) {
    let (mut started, mut words) = (0, String::new());
    loop {
        match followed.next().await.unwrap() {
            Told::Started => started += 1,
            Told::Said(piece) => words.push_str(&piece),
            Told::Ended(outcome) => return (started, words, outcome),
        }
    }
}

#[tokio::test]
async fn each_follower_hears_the_words_of_its_run_and_of_no_other() {
    let rig = rig().await;
    let (one, two) = (rig.follow.run("a"), rig.follow.run("b"));
    rig.say("a", "[chunks:3:1]").await;
    rig.say("b", "[chunks:4:1]").await;
    for (followed, text) in [(one, "w1 w2 w3"), (two, "w1 w2 w3 w4")] {
        let (started, words, outcome) = whole(followed).await;
        assert!(started <= 1 && text.starts_with(&words), "{words}");
        assert_eq!(
            (outcome.state, outcome.text.as_str()),
            (InputState::Done, text)
        );
    }
    assert!(lock(&rig.follow.runs).is_empty(), "nobody follows any more");
}

#[tokio::test]
async fn whoever_comes_during_a_run_hears_its_words_from_the_first_on() {
    let rig = rig().await;
    let mut early = rig.follow.run("a");
    rig.say("a", "[hang]").await;
    assert!(matches!(early.next().await.unwrap(), Told::Started));
    let Told::Said(_) = early.next().await.unwrap() else {
        panic!("it said something");
    };
    let mut late = rig.follow.run("a");
    assert!(matches!(late.next().await.unwrap(), Told::Started));
    let Told::Said(words) = late.next().await.unwrap() else {
        panic!("it said something");
    };
    assert!(words.starts_with('I'), "{words}");
    drop(early);
    rig.inbox.stop(session_key::MAIN, None).await.unwrap();
    let (_, _, outcome) = whole(late).await;
    assert_eq!(outcome.state, InputState::Stopped);
}

#[tokio::test]
async fn a_run_that_is_over_has_its_end_only() {
    let rig = rig().await;
    rig.say("a", "[chunks:2:1]").await;
    rig.inbox.outcome("a").await.unwrap();
    let (started, words, outcome) = whole(rig.follow.run("a")).await;
    assert_eq!((started, words.as_str()), (0, ""));
    assert_eq!(outcome.text, "w1 w2");
}
