//! What the first version kept, in the words of the second.

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use super::VERSIONS;
use crate::store::{
    Entry, FILE_NAME, InputKind, InputState, Program, Sender, Store, TranscriptRow, Usage,
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
