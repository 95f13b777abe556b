//! Each version has a way back, and what the version before knows is as it was.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _, raw_sql};

use super::VERSIONS;
use crate::store::{FILE_NAME, Store, StoreError};

/// As the relay of the commit in its name wrote it: version 1.
const FIXTURE: &[u8] = include_bytes!("../../../tests/data/relay-3a9e10a.sqlite3");

/// Rows that only this version and later ones have, by version.
const ROWS: &[(usize, &str)] = &[
    (
        4,
        "INSERT INTO visitors VALUES ('chat', 'ann', 'Ann', 'ABCD', 'denied', 1, 2)",
    ),
    (
        5,
        "INSERT INTO media VALUES ('d1', 'image/png', 'a.png', 7, 1, 1)",
    ),
    (
        6,
        "INSERT INTO kept VALUES (1, 'chat', 'ann', 'old-answered', 'm1')",
    ),
    (
        7,
        "INSERT INTO deliveries (webhook, id, event, trace, body, bytes, told_at, due_at)
         VALUES ('w', 'i', 'received', 't', '{}', 2, 1, 1)",
    ),
    (8, "INSERT INTO media_uses VALUES ('d1', 1)"),
    (
        9,
        "INSERT INTO replies VALUES (1, 'old-answered', 'chat', 'ann', 'words')",
    ),
    (
        10,
        "UPDATE sessions SET pinned_at = 5, archived_at = 6, heard_at = 7, marked_unread_at = 8",
    ),
    (
        11,
        "INSERT INTO names VALUES ('whatsapp_baileys', '49123456', 1);
         INSERT INTO whatsapp_people VALUES (1, '49123456@s.whatsapp.net', '49123456@s.whatsapp.net', '8@lid', 'Ann', NULL);
         INSERT INTO whatsapp_chats VALUES ('49123456@s.whatsapp.net', 'Ann', 7, 8, 9, 'you wrote');
         INSERT INTO whatsapp_messages VALUES (4, '49123456@s.whatsapp.net', 'A1', 'k1', '49123456@s.whatsapp.net', '{}', 1, NULL, NULL, 0);
         INSERT INTO whatsapp_sendings (key, part, digest, message_id, chat, session, is_cold, content, state, queued_at)
             VALUES ('s1', 0, x'00', '3EB0', '49123456@s.whatsapp.net', 'agent:main:x', 1, '{}', 'queued', 1);
         INSERT INTO whatsapp_merges VALUES ('8@lid', '49123456@s.whatsapp.net');
         INSERT INTO whatsapp_restriction VALUES (5)",
    ),
    // What is of another account has no place before.
    (
        12,
        "INSERT INTO names VALUES ('whatsapp_baileys', 'work', '49123456', 2);
         INSERT INTO whatsapp_people VALUES (2, 'work', '49123456@s.whatsapp.net', NULL, NULL, NULL, NULL);
         INSERT INTO whatsapp_chats (account, chat) VALUES ('work', '49123456@s.whatsapp.net');
         INSERT INTO whatsapp_messages VALUES (5, 'work', '49123456@s.whatsapp.net', 'A1', 'k2', 'x', '{}', 1, NULL, NULL, 0);
         INSERT INTO whatsapp_sendings (key, part, digest, message_id, chat, session, is_cold, content, state, queued_at, account)
             VALUES ('s2', 0, x'00', '3EB1', 'x', 'agent:main:x', 1, '{}', 'queued', 1, 'work');
         INSERT INTO whatsapp_merges VALUES ('work', '8@lid', '9@lid');
         INSERT INTO whatsapp_restriction (since, account) VALUES (6, 'work');
         INSERT INTO visitors (channel, account, id, met_at) VALUES ('whatsapp_baileys', 'work', 'bob', 1);
         INSERT INTO replies (input, channel, target, text, account) VALUES ('in', 'whatsapp_baileys', 'x', 'words', 'work')",
    ),
];

async fn open(file: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn run(connection: &mut SqliteConnection, sql: &'static str) {
    raw_sql(sql).execute(connection).await.expect(sql);
}

/// The schema and all rows, in words.
async fn everything(connection: &mut SqliteConnection) -> Vec<String> {
    // What belongs to SQLite has names of its own; an index of words is as good
    // in other pages.
    let named = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE 'session\\_search\\_%' ESCAPE '\\'";
    let schema = format!("SELECT type, name, sql FROM sqlite_master WHERE {named} ORDER BY name");
    let schema = sqlx::query(sqlx::AssertSqlSafe(schema))
        .fetch_all(&mut *connection)
        .await
        .unwrap();
    let mut all = Vec::new();
    for row in schema {
        let (kind, name): (String, String) = (row.get(0), row.get(1));
        let sql: Option<String> = row.get(2);
        let words: Vec<String> = sql
            .unwrap_or_default()
            .replace(['"', '`'], "")
            .replace(',', " , ")
            .replace(')', " ) ")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        all.push(format!("{kind} {name}: {}", words.join(" ")));
        if kind != "table" {
            continue;
        }
        let columns = sqlx::query("SELECT group_concat('quote(' || name || ')', ' || '', '' || ') FROM pragma_table_info(?)")
            .bind(&name)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let columns: String = columns.get(0);
        let rows = format!("SELECT {columns} FROM {name} ORDER BY 1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(rows))
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        all.extend(
            rows.iter()
                .map(|row| format!("{name} {}", row.get::<String, _>(0))),
        );
    }
    all
}

async fn fill(connection: &mut SqliteConnection, version: usize) {
    for (_, sql) in ROWS.iter().filter(|(of, _)| *of == version) {
        run(connection, sql).await;
    }
}

#[tokio::test]
async fn each_version_goes_back_to_the_one_before_and_on_again() {
    for (before, version) in VERSIONS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        if before > 0 {
            std::fs::write(&file, FIXTURE).unwrap();
        }
        let mut connection = open(&file).await;
        for (n, earlier) in VERSIONS.iter().enumerate().take(before).skip(1) {
            run(&mut connection, earlier.up).await;
            fill(&mut connection, n + 1).await;
        }
        let below = everything(&mut connection).await;
        run(&mut connection, version.up).await;
        let above = everything(&mut connection).await;
        assert_ne!(above, below);
        fill(&mut connection, before + 1).await;
        run(&mut connection, version.down).await;
        assert_eq!(everything(&mut connection).await, below, "to {before}");
        run(&mut connection, version.up).await;
        assert_eq!(everything(&mut connection).await, above, "from {before}");
    }
}

#[tokio::test]
async fn where_no_whole_copy_can_be_made_nothing_changes_and_no_half_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    std::fs::write(&file, FIXTURE).unwrap();
    Store::open(folder.path()).await.unwrap().close().await;
    let mut damaged = std::fs::read(&file).unwrap();
    // The first page, where the version is, stays whole.
    damaged[8_192..].fill(0xaa);
    std::fs::write(&file, &damaged).unwrap();
    for _ in 0..2 {
        let error = Store::bring_back(folder.path(), 1).await.unwrap_err();
        assert!(matches!(error, StoreError::Database(_)), "{error}");
    }
    assert!(std::fs::read(&file).unwrap() == damaged);
    let copies = std::fs::read_dir(folder.path()).unwrap();
    let names = copies.map(|file| file.unwrap().file_name());
    let names: Vec<_> = names
        .filter(|name| name.to_string_lossy().contains("version"))
        .collect();
    assert_eq!(names, [""; 0]);
}

#[tokio::test]
async fn a_whole_database_goes_back_to_the_first_version_and_a_copy_stays() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(FILE_NAME);
    std::fs::write(&file, FIXTURE).unwrap();
    let below = everything(&mut open(&file).await).await;
    let store = Store::open(folder.path()).await.unwrap();
    store.close().await;
    let above = everything(&mut open(&file).await).await;
    let newest = i64::try_from(VERSIONS.len()).unwrap();

    let brought = Store::bring_back(folder.path(), 1).await.unwrap();
    assert_eq!(brought.from, newest);
    assert_eq!(everything(&mut open(&file).await).await, below);
    let copy = brought.copy.unwrap();
    assert_eq!(everything(&mut open(&copy).await).await, above);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = Store::bring_back(folder.path(), 1).await.unwrap();
    assert_eq!((again.from, again.copy), (1, None));

    let store = Store::open(folder.path()).await.unwrap();
    assert!(store.input("old-answered").await.unwrap().is_some());
    store.close().await;
    assert_eq!(everything(&mut open(&file).await).await, above);
    // The first copy is not lost to a second one.
    let error = Store::bring_back(folder.path(), 1).await.unwrap_err();
    assert!(matches!(error, StoreError::Copy { .. }), "{error}");
    for to in [-1, 0, newest + 1] {
        let error = Store::bring_back(folder.path(), to).await.unwrap_err();
        assert!(matches!(error, StoreError::NoWayBack { .. }), "{error}");
    }
    assert_eq!(everything(&mut open(&file).await).await, above);
}
