//! Which sessions a search looks at.
//!
//! An index of trigrams finds any part of a key, label or title without reading
//! them all. It cannot find one or two letters, and a part that very many have
//! it finds slowly: those are looked for among the newest sessions.

use sqlx::Row as _;

use super::{Result, Store};

/// Shortest part that the index knows, in characters.
const SHORTEST: usize = 3;
/// No key, label and title are longer together, in bytes.
const LONGEST: usize = 4_096;
/// Of more matches than this the newest sessions are looked at one by one.
const FEW: i64 = 1_000;
/// How many of them.
const NEWEST: i64 = 10_000;

/// A table of sessions, in which `?1` stands for [`Among::text`].
pub(super) struct Among {
    pub(super) table: String,
    pub(super) text: String,
}

impl Among {
    pub(super) fn all() -> Self {
        Self {
            table: "sessions".to_owned(),
            text: String::new(),
        }
    }

    fn indexed(phrase: String) -> Self {
        Self {
            table: "(SELECT * FROM sessions WHERE key IN (SELECT words.key FROM session_search JOIN session_words AS words ON words.id = session_search.rowid WHERE session_search MATCH ?1))".to_owned(),
            text: phrase,
        }
    }

    fn newest(text: &str) -> Self {
        Self {
            table: format!(
                "(SELECT * FROM (SELECT * FROM sessions ORDER BY updated_at DESC, key LIMIT {NEWEST}) WHERE instr(lower(key || ' ' || coalesce(label, '') || ' ' || coalesce(title, '')), ?1) > 0)"
            ),
            text: text.to_lowercase(),
        }
    }
}

impl Store {
    /// The sessions that have `text` in key, label or title, in any case.
    pub(super) async fn among(&self, text: &str) -> Result<Among> {
        if text.chars().take(SHORTEST).count() < SHORTEST || text.len() > LONGEST {
            return Ok(Among::newest(text));
        }
        let phrase = format!("\"{}\"", text.replace('"', "\"\""));
        let count = "SELECT count(*) FROM (SELECT 1 FROM session_search WHERE session_search MATCH ? LIMIT ?)";
        let found: i64 = sqlx::query(count)
            .bind(&phrase)
            .bind(FEW + 1)
            .fetch_one(&self.reads)
            .await?
            .try_get(0)?;
        Ok(if found > FEW {
            Among::newest(text)
        } else {
            Among::indexed(phrase)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::SessionFilter;
    use sqlx::Connection as _;

    use super::*;

    async fn found(store: &Store, text: &str) -> Vec<String> {
        let filter = SessionFilter {
            search: Some(text.to_owned()),
            limit: 100,
            ..SessionFilter::default()
        };
        let (sessions, total) = store.sessions(&filter).await.unwrap();
        assert_eq!(total, i64::try_from(sessions.len()).unwrap());
        sessions.into_iter().map(|session| session.key).collect()
    }

    #[tokio::test]
    async fn any_part_of_key_or_label_is_found_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        for (n, label) in ["Groceries", "Größe \"XL\"", "100%_sure"]
            .iter()
            .enumerate()
        {
            let key = format!("agent:main:s{n}");
            let now = i64::try_from(n).unwrap();
            store.create_session(&key, Some(label), now).await.unwrap();
        }
        for (text, expected) in [
            ("CERIES", &["agent:main:s0"][..]),
            ("GRÖß", &["agent:main:s1"]),
            ("\"xl\"", &["agent:main:s1"]),
            ("0%_s", &["agent:main:s2"]),
            ("s2 100", &["agent:main:s2"]),
            ("ro", &["agent:main:s0"]),
            ("g", &["agent:main:s2", "agent:main:s1", "agent:main:s0"]),
            (
                "main:s",
                &["agent:main:s2", "agent:main:s1", "agent:main:s0"],
            ),
            ("nothing of the kind", &[]),
            ("session_search MATCH", &[]),
            ("a OR b*", &[]),
        ] {
            assert_eq!(found(&store, text).await, expected, "{text}");
        }
        assert!(found(&store, &"x".repeat(1_000_000)).await.is_empty());
    }

    #[tokio::test]
    async fn sessions_of_an_older_database_and_new_titles_are_found() {
        let folder = tempfile::tempdir().unwrap();
        // As the version before searches had it, whatever came later.
        let before = [0, 1]
            .map(|at| super::super::migrations::VERSIONS[at].up)
            .concat();
        let session = "INSERT INTO sessions (key, session_id, label, created_at, updated_at) VALUES ('agent:main:old', 's', 'Attic', 1, 1); PRAGMA user_version = 2";
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(folder.path().join(super::super::FILE_NAME))
            .create_if_missing(true);
        let mut old = sqlx::SqliteConnection::connect_with(&options)
            .await
            .unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(before + session))
            .execute(&mut old)
            .await
            .unwrap();
        old.close().await.unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        assert_eq!(found(&store, "ttic").await, ["agent:main:old"]);
        sqlx::raw_sql("UPDATE sessions SET title = 'Cellar'")
            .execute(&mut *store.writer.connection().await.unwrap())
            .await
            .unwrap();
        assert_eq!(found(&store, "ellar").await, ["agent:main:old"]);
        assert_eq!(found(&store, "ttic").await, ["agent:main:old"]);
        sqlx::raw_sql("UPDATE sessions SET label = NULL")
            .execute(&mut *store.writer.connection().await.unwrap())
            .await
            .unwrap();
        assert!(found(&store, "ttic").await.is_empty());
    }
}
