//! What the first version kept, in the words of the second.

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::VERSIONS;
use crate::account::Account;
use crate::store::{
    Entry, FILE_NAME, InputKind, InputState, Program, SendState, Sender, Store, TranscriptRow,
    Usage,
};

/// Rows as the first version wrote them.
const ROWS: &str = r#"
INSERT INTO sessions VALUES ('agent:main:main', 's1', NULL, 'hi', 'hi', 1, 9, 2, 3, 'k4', 'killed');
INSERT INTO inputs (key, method, digest, session_key, text, extra, state, accepted_at, ended_at, result) VALUES
 ('k1', 'chat.send', x'00', 'agent:main:main', 'hi', '{"client":{"id":"webchat-ui","mode":"webchat"},"media":[{"contentType":"image/png","kind":"image","sizeBytes":7,"fileName":"a.png"}]}', 'done', 1, 2, NULL),
 ('k2', 'agent', x'00', 'agent:main:main', 'do', '{"client":{"id":"cli","mode":"cli"}}', 'failed', 1, 2, 'no'),
 ('k3', 'send', x'00', 'agent:main:main', 'put', '{"client":{"id":"cli","mode":"cli"}}', 'done', 1, 1, 'r3'),
 ('k4', 'chat.send', x'00', 'agent:main:main', 'stop me', '{"client":{"id":"cli","mode":"cli"}}', 'aborted', 1, 2, NULL),
 ('k5', 'sessions.create', x'00', 'agent:main:x', '', '{}', 'done', 1, 1, 'agent:main:x'),
 ('k6', 'chat.send', x'00', 'agent:main:main', 'waits', '{"client":{"id":"cli","mode":"cli"}}', 'queued', 1, NULL, NULL);
INSERT INTO transcript VALUES
 ('r1', 'agent:main:main', 1, 'user', NULL, 'k1:user', 5, '{"content":"hi","timestamp":1,"__openclaw":{"senderId":"gateway-owner","transport":{"clients":[{"id":"webchat-ui","mode":"webchat"}]},"media":[{"contentType":"image/png","kind":"image","sizeBytes":7,"fileName":"a.png"}]}}'),
 ('r2', 'agent:main:main', 2, 'assistant', 'k1', NULL, 6, '{"content":[{"type":"text","text":"You said"}],"timestamp":2,"stopReason":"stop","api":"clawline-echo","provider":"clawline","model":"echo","usage":{"input":1,"output":2,"totalTokens":3}}'),
 ('r3', 'agent:main:main', 3, 'assistant', 'k3', 'k3:assistant', 7, '{"content":[{"type":"text","text":"put"}],"timestamp":3,"stopReason":"stop","provider":"openclaw","model":"delivery-mirror","usage":{}}'),
 ('r4', 'agent:main:main', 4, 'assistant', 'k4', 'k4:assistant', 8, '{"content":[{"type":"text","text":"I am"}],"timestamp":4,"stopReason":"stop","api":"clawline-echo","provider":"openclaw","model":"gateway-injected","usage":{},"openclawAbort":{"aborted":true,"origin":"rpc","runId":"k4"}}'),
 ('r5', 'agent:main:main', 5, 'custom', 'k2', NULL, 9, '{"customType":"run-failed-before-reply","content":"no","display":true,"timestamp":5}');
PRAGMA user_version = 1;
"#;

async fn store_of_version_1(folder: &std::path::Path, more: &'static str) -> Store {
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE_NAME))
        .create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    for sql in [VERSIONS[0].up, ROWS, more] {
        sqlx::raw_sql(sql).execute(&mut old).await.unwrap();
    }
    old.close().await.unwrap();
    Store::open(folder).await.unwrap()
}

#[tokio::test]
async fn what_the_first_version_kept_says_the_same_in_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of_version_1(folder.path(), "").await;
    let rows = store
        .rows_before("agent:main:main", i64::MAX, 10, usize::MAX)
        .await
        .unwrap();
    let [asked, answered, delivered, stopped, failed] = rows.as_slice() else {
        panic!("five rows were stored: {rows:?}");
    };
    let Entry::Message { text, at, origin } = &asked.entry else {
        panic!("{asked:?}");
    };
    assert_eq!((text.as_str(), *at), ("hi", 1));
    assert_eq!(asked.key.as_deref(), Some("k1:user"));
    assert_eq!(origin.sender, Sender::owner());
    assert_eq!(origin.channel, "webchat");
    let (id, mode) = ("webchat-ui".to_owned(), "webchat".to_owned());
    assert_eq!(origin.program, Some(Program { id, mode }));
    let file = &origin.attachments[0];
    assert_eq!(
        (file.name.as_str(), file.mime.as_str(), file.bytes),
        ("a.png", "image/png", 7)
    );
    let entry = |row: &TranscriptRow| row.entry.clone();
    assert_eq!(
        entry(answered),
        Entry::Answer {
            text: "You said".into(),
            at: 2,
            agent: "echo".into(),
            usage: Usage {
                input: 1,
                output: 2
            },
        }
    );
    let text = "put".into();
    assert_eq!(entry(delivered), Entry::Delivery { text, at: 3 });
    let (text, agent) = ("I am".into(), "echo".into());
    assert_eq!(entry(stopped), Entry::Stopped { text, at: 4, agent });
    let text = "no".into();
    assert_eq!(entry(failed), Entry::Failed { text, at: 5 });
    let session = store.session("agent:main:main").await.unwrap().unwrap();
    assert_eq!(session.status, Some(InputState::Stopped));
}

#[tokio::test]
async fn what_waited_in_the_first_version_runs_in_the_second() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_of_version_1(folder.path(), "").await;
    let unfinished = store.unfinished().await.unwrap();
    assert_eq!(unfinished.len(), 1);
    assert_eq!(unfinished[0].key, "k6");
    assert_eq!(
        unfinished[0].origin.as_ref().map(|o| o.channel.as_str()),
        Some("webchat")
    );
    for (key, kind, state) in [
        ("k1", InputKind::Message, InputState::Done),
        ("k2", InputKind::Task, InputState::Failed),
        ("k3", InputKind::Delivery, InputState::Done),
        ("k4", InputKind::Message, InputState::Stopped),
        ("k5", InputKind::Session, InputState::Done),
    ] {
        let input = store.input(key).await.unwrap().unwrap();
        assert_eq!((input.kind, input.state), (kind, state), "{key}");
    }
}

#[tokio::test]
async fn a_damaged_row_keeps_nobody_from_opening_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let damage = "UPDATE transcript SET body = '{\"content' WHERE id = 'r2';
                      UPDATE inputs SET extra = 'x' WHERE key = 'k1';";
    let store = store_of_version_1(folder.path(), damage).await;
    let row = store.row("agent:main:main", "r3").await.unwrap().unwrap();
    assert_eq!(row.entry.text(), "put");
    assert!(store.row("agent:main:main", "r2").await.is_err());
}

/// What a relay with one account kept of WhatsApp, in the layout of version 11.
const ONE_ACCOUNT: &str = r#"
INSERT INTO names VALUES ('whatsapp_baileys', '49123456', 7), ('whatsapp_baileys', '8@lid', 7);
INSERT INTO whatsapp_people VALUES (7, '49123456@s.whatsapp.net', '49123456@s.whatsapp.net', '8@lid', 'Ann', 'A.');
INSERT INTO whatsapp_chats VALUES ('49123456@s.whatsapp.net', 'Ann', 86400, 8, 9, 'you wrote');
INSERT INTO whatsapp_messages VALUES
 (3, '49123456@s.whatsapp.net', 'A1', 'k1', '49123456@s.whatsapp.net', NULL, 1, 'answered', 5, 0),
 (4, '49123456@s.whatsapp.net', 'A2', 'k2', '49123456@s.whatsapp.net', '{}', 2, NULL, NULL, 1);
INSERT INTO whatsapp_sendings (key, part, digest, message_id, chat, session, is_cold, content, state, queued_at)
 VALUES ('s1', 0, x'00', '3EB0', '49123456@s.whatsapp.net', 'agent:main:whatsapp_baileys:49123456@s.whatsapp.net', 1, '{}', 'queued', 1);
INSERT INTO whatsapp_merges VALUES ('9@lid', '49123456@s.whatsapp.net');
INSERT INTO whatsapp_restriction VALUES (6);
INSERT INTO visitors VALUES ('whatsapp_baileys', '49123456', 'Ann', 'CODE', 'allowed', 1, 2);
INSERT INTO replies VALUES (1, 'in', 'whatsapp_baileys', '49123456@s.whatsapp.net', 'words');
PRAGMA user_version = 11;
"#;

#[tokio::test]
async fn all_that_was_kept_of_one_account_is_the_usual_ones_and_nobody_elses() {
    const ANN: &str = "49123456@s.whatsapp.net";
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join(FILE_NAME))
        .create_if_missing(true);
    let mut old = SqliteConnection::connect_with(&options).await.unwrap();
    for version in &VERSIONS[..11] {
        sqlx::raw_sql(version.up).execute(&mut old).await.unwrap();
    }
    sqlx::raw_sql(ONE_ACCOUNT).execute(&mut old).await.unwrap();
    old.close().await.unwrap();
    let store = Store::open(folder.path()).await.unwrap();

    let usual = store.whatsapp(&Account::default());
    for name in ["49123456", "8@lid"] {
        let ann = usual.person(name).await.unwrap().unwrap();
        assert_eq!((ann.id, ann.name.as_deref()), (7, Some("Ann")));
        assert_eq!(store.names_of(usual.via(), name).await.unwrap().len(), 2);
    }
    assert_eq!(usual.people_called("ann").await.unwrap().len(), 1);
    let chat = usual.chat(ANN).await.unwrap();
    assert_eq!(
        (chat.expiration, chat.pause.as_deref()),
        (86_400, Some("you wrote"))
    );
    assert_eq!(usual.chats_with_arrivals().await.unwrap(), [ANN]);
    assert_eq!(usual.answered_since(ANN, 0).await.unwrap(), 1);
    let waiting = usual.waiting_arrivals(ANN, 9).await.unwrap();
    assert!(waiting.len() == 1 && waiting[0].is_revoked, "{waiting:?}");
    assert_eq!(usual.open_sendings(0).await.unwrap()[0].message_id, "3EB0");
    assert_eq!(usual.merges().await.unwrap()[0].stays, ANN);
    assert_eq!(usual.cold_sends_stopped_at().await.unwrap(), Some(6));
    let ann = store.visitor(usual.via(), "49123456").await.unwrap();
    assert_eq!(ann.unwrap().code.as_deref(), Some("CODE"));
    assert!(store.replies(1).await.unwrap()[0].account.is_usual());

    let other = store.whatsapp(&Account::read("work").unwrap());
    assert_eq!(other.person("49123456").await.unwrap(), None);
    assert_eq!(other.people_called("ann").await.unwrap(), []);
    assert_eq!(other.chat(ANN).await.unwrap().pause, None);
    assert_eq!(other.chats().await.unwrap(), []);
    assert_eq!(other.chats_with_arrivals().await.unwrap(), [""; 0]);
    assert_eq!(other.arrival(ANN, "A1").await.unwrap(), None);
    assert_eq!(other.arrival_of_key("k1").await.unwrap(), None);
    assert_eq!(other.answered_since(ANN, 0).await.unwrap(), 0);
    assert_eq!(other.open_sendings(0).await.unwrap(), []);
    assert_eq!(other.sending("3EB0").await.unwrap(), None);
    assert_eq!(other.sendings_since(ANN, 0).await.unwrap(), []);
    assert_eq!(other.merges().await.unwrap(), []);
    assert_eq!(other.cold_sends_stopped_at().await.unwrap(), None);
    assert_eq!(store.visitor(other.via(), "49123456").await.unwrap(), None);
    // Nor does it change anything of it.
    other.pause_chat(ANN, None).await.unwrap();
    other.end_merge("9@lid").await.unwrap();
    let taken = other.take_back_answers(ANN, "no").await.unwrap();
    assert_eq!(taken, []);
    let sent = other.advance_sending("3EB0", SendState::Sent, None, 9);
    assert_eq!(sent.await.unwrap(), None);
    assert!(usual.chat(ANN).await.unwrap().pause.is_some());
    assert_eq!(usual.merges().await.unwrap().len(), 1);
    assert_eq!(usual.open_sendings(0).await.unwrap().len(), 1);
}
