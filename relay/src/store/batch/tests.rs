//! Many who write at once.

use std::path::Path;
use std::pin::Pin;

use futures_util::FutureExt as _;
use futures_util::future::join_all;
use sqlx::{Connection as _, raw_sql};
use tokio::sync::Notify;

use super::super::{Acceptance, FILE_NAME, InputKind, NewInput, Result, Store};
use super::*;

fn input(key: &str) -> NewInput {
    NewInput {
        key: key.to_owned(),
        kind: InputKind::Message,
        digest: [0; 32],
        session_key: format!("agent:main:{key}"),
        text: "words".to_owned(),
        origin: None,
        accepted_at: 1,
    }
}

async fn accept(store: &Store, key: &str) -> Result<Acceptance> {
    store.accept(&input(key), None).await
}

/// Asks for something, and waits for the pen, which somebody else has.
fn asked<F: Future>(for_something: F) -> Pin<Box<F>> {
    let mut waits = Box::pin(for_something);
    assert!((&mut waits).now_or_never().is_none());
    waits
}

/// All ask before the first of them may write.
async fn accept_at_once(store: &Store, keys: &[&str]) -> Vec<Result<Acceptance>> {
    let pen = store.writer.pen().await.unwrap();
    let all = asked(join_all(keys.iter().map(|key| accept(store, key))));
    drop(pen);
    all.await
}

/// Makes what comes with the key `bad` go wrong, as another process would.
async fn break_bad(folder: &Path, how: &str) {
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join(FILE_NAME));
    let mut other = SqliteConnection::connect_with(&file).await.unwrap();
    let sql = format!(
        "CREATE TRIGGER broken BEFORE INSERT ON inputs WHEN NEW.key = 'bad' BEGIN {how}; END"
    );
    raw_sql(sqlx::AssertSqlSafe(sql))
        .execute(&mut other)
        .await
        .unwrap();
}

/// The commits that the log of changes holds: its frames that say how large the
/// database is after them.
fn commits(folder: &Path) -> usize {
    const HEAD: usize = 32;
    const FRAME: usize = 24 + 4096;
    let log = std::fs::read(folder.join(format!("{FILE_NAME}-wal"))).unwrap();
    let frames = log[HEAD..].chunks_exact(FRAME);
    frames.filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test]
async fn those_who_wait_for_the_disk_share_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let keys: Vec<String> = (0..40).map(|n| format!("k{n}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let before = commits(folder.path());
    for accepted in accept_at_once(&store, &keys).await {
        assert!(matches!(accepted, Ok(Acceptance::New(_))), "{accepted:?}");
    }
    let made = commits(folder.path()) - before;
    assert!(made <= 2, "{made} commits for 40 messages");
    let stored = store.unfinished().await.unwrap();
    let stored: Vec<&str> = stored.iter().map(|input| input.key.as_str()).collect();
    assert_eq!(stored, keys, "each once, in the order of asking");
    assert_eq!(store.failed_writes(), 0);
}

/// Ways to go wrong, each with what SQLite does to those before it.
const BROKEN: &[(&str, &str)] = &[
    ("only the statement is undone", "SELECT RAISE(ABORT, 'no')"),
    (
        "everything is undone",
        "SELECT RAISE(ROLLBACK, 'disk full')",
    ),
];

#[tokio::test]
async fn one_that_goes_wrong_fails_alone_wherever_it_stands() {
    for (name, how) in BROKEN {
        for keys in [["bad", "a", "b"], ["a", "bad", "b"], ["a", "b", "bad"]] {
            let folder = tempfile::tempdir().unwrap();
            let store = Store::open(folder.path()).await.unwrap();
            break_bad(folder.path(), how).await;
            let all = accept_at_once(&store, &keys).await;
            for (key, accepted) in keys.iter().zip(all) {
                assert_eq!(accepted.is_err(), *key == "bad", "{name}: {accepted:?}");
            }
            assert_eq!(store.unfinished().await.unwrap().len(), 2, "{name}");
            assert!(store.session("agent:main:bad").await.unwrap().is_none());
            assert_eq!(store.failed_writes(), 1, "{name}");
            accept(&store, "after").await.expect(name);
        }
    }
}

#[tokio::test]
async fn one_that_gives_up_halfway_leaves_nothing_and_harms_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let pen = store.writer.pen().await.unwrap();
    let mut first = asked(accept(&store, "first"));
    let halfway = Notify::new();
    let mut gives_up = asked(store.writer.together(|mut tx: Shared| {
        let halfway = &halfway;
        async move {
            add_session(&mut tx, "half").await?;
            halfway.notify_one();
            std::future::pending::<Result<((), Shared)>>().await
        }
    }));
    drop(pen);
    tokio::select! {
        never = &mut gives_up => panic!("{never:?}"),
        early = &mut first => panic!("told before its commit: {early:?}"),
        () = halfway.notified() => {}
    }
    drop(gives_up);
    first.await.unwrap();
    accept(&store, "second").await.unwrap();
    assert!(store.session("half").await.unwrap().is_none());
    assert_eq!(store.unfinished().await.unwrap().len(), 2);
}

#[tokio::test]
async fn where_the_commit_fails_nobody_is_told_that_he_was_heard() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let pen = store.writer.pen().await.unwrap();
    let first = accept(&store, "first");
    // What a commit refuses, and nothing before it.
    let orphan = store.writer.together(|mut tx: Shared| async move {
        raw_sql("PRAGMA defer_foreign_keys = ON; INSERT INTO transcript (id, session_key, seq, role, recorded_at, body) VALUES ('1', 'nowhere', 1, 'user', 1, '{}')")
            .execute(&mut *tx)
            .await?;
        Ok(((), tx))
    });
    // A repeat on another connection finds what is not committed yet.
    let again = accept(&store, "first");
    let all = asked(async { tokio::join!(first, orphan, again) });
    drop(pen);
    let (first, orphan, again) = all.await;
    assert!(first.is_err() && orphan.is_err() && again.is_err());
    assert!(store.unfinished().await.unwrap().is_empty());
    assert_eq!(store.failed_writes(), 1);
    let accepted = accept(&store, "first").await.unwrap();
    assert!(matches!(accepted, Acceptance::New(_)), "{accepted:?}");
}

#[tokio::test]
async fn what_was_written_is_committed_also_where_its_writer_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let pen = store.writer.pen().await.unwrap();
    let mut goes_away = asked(accept(&store, "first"));
    let (halfway, go_on) = (Notify::new(), Notify::new());
    let mut second = asked(store.writer.together(|mut tx: Shared| {
        let (halfway, go_on) = (&halfway, &go_on);
        async move {
            add_session(&mut tx, "second").await?;
            halfway.notify_one();
            go_on.notified().await;
            Ok(((), tx))
        }
    }));
    drop(pen);
    tokio::select! {
        early = &mut goes_away => panic!("told before its commit: {early:?}"),
        early = &mut second => panic!("{early:?}"),
        () = halfway.notified() => {}
    }
    drop(goes_away);
    go_on.notify_one();
    second.await.unwrap();
    assert!(store.input("first").await.unwrap().is_some());
    assert!(store.session("second").await.unwrap().is_some());
    assert_eq!(store.failed_writes(), 0);
}

#[tokio::test]
async fn what_is_open_when_the_file_is_closed_is_committed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let pen = store.writer.pen().await.unwrap();
    let first = asked(accept(&store, "first"));
    let second = asked(accept(&store, "second"));
    let close = asked(store.close());
    let late = asked(accept(&store, "late"));
    drop(pen);
    let (first, second, (), late) = tokio::join!(first, second, close, late);
    assert!(first.is_ok() && second.is_ok() && late.is_err());
    let log = folder.path().join(format!("{FILE_NAME}-wal"));
    assert!(!log.exists(), "nobody has it open");
    let store = Store::open(folder.path()).await.unwrap();
    assert_eq!(store.unfinished().await.unwrap().len(), 2);
}

#[tokio::test]
async fn who_waits_too_long_for_a_slow_disk_is_told_and_nothing_of_it_comes_later() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let pen = store.writer.pen().await.unwrap();
    tokio::time::pause();
    let error = accept(&store, "late").await.unwrap_err();
    tokio::time::resume();
    assert!(error.may_pass(), "{error}");
    drop(pen);
    accept(&store, "next").await.unwrap();
    assert!(store.input("late").await.unwrap().is_none());
}

async fn add_session(tx: &mut Shared, key: &str) -> Result<()> {
    sqlx::query(
        "INSERT INTO sessions (key, session_id, created_at, updated_at) VALUES (?, 's', 1, 1)",
    )
    .bind(key)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
