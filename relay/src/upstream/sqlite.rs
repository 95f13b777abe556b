//! The outbox in an SQLite file of its own.

use std::path::Path;
use std::time::Duration;

use clawline_core::{DeviceToken, Saved, Secret};
use serde_json::Value;
use sqlx::Row as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow,
    SqliteSynchronous,
};

use super::identity::close_to_others;
use super::store::{Kept, Restored, Store, StoreFailed, Write};

/// The name of the file inside the data folder.
const FILE: &str = "upstream.sqlite3";

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS outbox (
    outbox TEXT NOT NULL,
    origin TEXT NOT NULL,
    facts  TEXT NOT NULL,
    params TEXT NOT NULL,
    PRIMARY KEY (outbox, origin)
) STRICT;
CREATE TABLE IF NOT EXISTS tokens (
    outbox TEXT NOT NULL PRIMARY KEY,
    token  TEXT NOT NULL,
    scopes TEXT NOT NULL
) STRICT;
";

/// A [`Store`] in one SQLite file, for its owner's eyes alone.
#[derive(Debug, Clone)]
pub struct Sqlite {
    pool: SqlitePool,
}

impl Sqlite {
    /// Opens the file in `folder`, or makes it.
    ///
    /// # Errors
    /// The file cannot be made, or SQLite refuses.
    pub async fn open(folder: &Path) -> Result<Self, StoreFailed> {
        let path = folder.join(FILE);
        let made = tokio::fs::create_dir_all(folder).await;
        made.map_err(|error| StoreFailed(format!("{} cannot be made: {error}", folder.display())))?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        sqlx::raw_sql(TABLES).execute(&pool).await?;
        // What SQLite puts beside it gets the mode of the file.
        for rest in ["", "-wal", "-shm"] {
            close_to_others(&folder.join(format!("{FILE}{rest}")));
        }
        Ok(Self { pool })
    }

    /// Waits until the file is closed.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Store for Sqlite {
    async fn restore(&self, outbox: &str) -> Result<Restored, StoreFailed> {
        let rows = sqlx::query("SELECT origin, facts, params FROM outbox WHERE outbox = $1")
            .bind(outbox)
            .fetch_all(&self.pool)
            .await?;
        let token = sqlx::query("SELECT token, scopes FROM tokens WHERE outbox = $1")
            .bind(outbox)
            .fetch_optional(&self.pool)
            .await?;
        Ok(Restored {
            entries: rows.iter().map(kept).collect::<Result<_, _>>()?,
            token: token.as_ref().map(device_token).transpose()?,
        })
    }

    async fn write(&self, outbox: &str, changes: Vec<Write>) -> Result<(), StoreFailed> {
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        for change in changes {
            let query = match change {
                Write::Add(Kept { saved, params }) => sqlx::query(
                    "INSERT INTO outbox (outbox, origin, facts, params) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (outbox, origin) DO UPDATE SET facts = excluded.facts, params = excluded.params",
                )
                .bind(outbox)
                .bind(saved.origin.to_string())
                .bind(saved.to_json())
                .bind(params),
                Write::Set(saved) => {
                    sqlx::query("UPDATE outbox SET facts = $3 WHERE outbox = $1 AND origin = $2")
                        .bind(outbox)
                        .bind(saved.origin.to_string())
                        .bind(saved.to_json())
                }
                Write::Drop(origin) => {
                    sqlx::query("DELETE FROM outbox WHERE outbox = $1 AND origin = $2")
                        .bind(outbox)
                        .bind(origin.to_string())
                }
            };
            query.execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    async fn keep_token(
        &self,
        outbox: &str,
        token: Option<DeviceToken>,
    ) -> Result<(), StoreFailed> {
        let query = match token {
            Some(DeviceToken { token, scopes }) => sqlx::query(
                "INSERT INTO tokens (outbox, token, scopes) VALUES ($1, $2, $3) \
                 ON CONFLICT (outbox) DO UPDATE SET token = excluded.token, scopes = excluded.scopes",
            )
            .bind(outbox)
            .bind(token.expose().to_owned())
            .bind(Value::from(scopes).to_string()),
            None => sqlx::query("DELETE FROM tokens WHERE outbox = $1").bind(outbox),
        };
        query.execute(&self.pool).await?;
        Ok(())
    }
}

/// What cannot be read waits for a person instead of being guessed at.
fn kept(row: &SqliteRow) -> Result<Kept, StoreFailed> {
    let (origin, facts): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    let params: String = row.try_get(2)?;
    let mut facts: Value = serde_json::from_str(&facts).unwrap_or_default();
    let is_whole =
        serde_json::from_str::<serde::de::IgnoredAny>(&params).is_ok() && params.starts_with('{');
    let read = Saved::read(&facts).filter(|saved| is_whole && saved.origin.as_str() == origin);
    let saved = match read {
        Some(saved) => saved,
        None => {
            if !facts.is_object() {
                facts = Value::Object(serde_json::Map::new());
            }
            facts["origin"] = Value::from(origin);
            let nameless = || StoreFailed("an entry has no name".to_owned());
            Saved::read_remains(&facts).ok_or_else(nameless)?
        }
    };
    Ok(Kept { saved, params })
}

fn device_token(row: &SqliteRow) -> Result<DeviceToken, StoreFailed> {
    let (token, scopes): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    Ok(DeviceToken {
        token: Secret::new(token),
        scopes: serde_json::from_str(&scopes).unwrap_or_default(),
    })
}

impl From<sqlx::Error> for StoreFailed {
    fn from(error: sqlx::Error) -> Self {
        Self(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use clawline_core::{Answers, EntryState, Key, Mark, Route, reasons};

    use super::*;

    fn saved(origin: &str) -> Saved {
        Saved {
            origin: Key::new(origin),
            key: Key::new(format!("{origin}.2")),
            route: Route::Chat(Some("agent:main:main".to_owned())),
            answers: Answers::First,
            bytes: 7,
            written_ms: 3,
            ttl: Some(Duration::from_secs(5)),
            state: EntryState::Sending,
            mark: Some(Mark {
                boot_id: "boot".to_owned(),
                gateway_ms: 4,
            }),
            attempts: 1,
            reason: None,
            parked_ms: None,
            replaces: Some(Key::new(origin)),
        }
    }

    fn entry(origin: &str) -> Kept {
        Kept {
            saved: saved(origin),
            params: r#"{"message":"hi"}"#.to_owned(),
        }
    }

    #[tokio::test]
    async fn what_is_written_is_there_after_a_restart_and_only_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        let changes = vec![Write::Add(entry("a")), Write::Add(entry("b"))];
        store.write("one", changes.clone()).await.unwrap();
        // The answer to the first time may have been lost.
        store.write("one", changes).await.unwrap();
        let parked = Saved {
            state: EntryState::Parked,
            ..saved("a")
        };
        let changes = vec![
            Write::Set(parked.clone()),
            Write::Drop(Key::new("b")),
            Write::Drop(Key::new("never there")),
        ];
        store.write("one", changes).await.unwrap();
        let token = DeviceToken {
            token: Secret::new("issued"),
            scopes: vec!["operator.read".to_owned()],
        };
        store.keep_token("one", Some(token.clone())).await.unwrap();
        store.close().await;

        let store = Sqlite::open(folder.path()).await.unwrap();
        let restored = store.restore("one").await.unwrap();
        let kept = Kept {
            saved: parked,
            ..entry("a")
        };
        assert_eq!(restored.entries, [kept]);
        assert_eq!(restored.token, Some(token));
        let other = store.restore("another").await.unwrap();
        assert!(other.entries.is_empty() && other.token.is_none());
        store.keep_token("one", None).await.unwrap();
        assert!(store.restore("one").await.unwrap().token.is_none());
    }

    #[tokio::test]
    async fn an_entry_that_cannot_be_read_waits_for_a_person_and_hurts_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        for (origin, facts, params) in [
            ("facts", "{", "{}"),
            ("list", "[1]", "{}"),
            (
                "params",
                saved("params").to_json().as_str(),
                "{\"message\":",
            ),
            ("other", saved("another").to_json().as_str(), "{}"),
        ] {
            sqlx::query("INSERT INTO outbox VALUES ('one', $1, $2, $3)")
                .bind(origin)
                .bind(facts)
                .bind(params)
                .execute(&store.pool)
                .await
                .unwrap();
        }
        store
            .write("one", vec![Write::Add(entry("good"))])
            .await
            .unwrap();
        let entries = store.restore("one").await.unwrap().entries;
        assert_eq!(entries.len(), 5);
        for entry in entries {
            let is_good = entry.saved.origin.as_str() == "good";
            let is_parked = entry.saved.reason.as_deref() == Some(reasons::UNREADABLE);
            assert_ne!(is_good, is_parked, "{entry:?}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn nobody_else_reads_what_people_wrote() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).await.unwrap();
        store
            .write("one", vec![Write::Add(entry("a"))])
            .await
            .unwrap();
        for rest in ["", "-wal", "-shm"] {
            let file = folder.path().join(format!("{FILE}{rest}"));
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", file.display());
        }
    }
}
