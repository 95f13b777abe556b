//! Names by which an account of a channel knows one person: whoever is named by any of them is
//! meant under all.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::{Result, Store};
use crate::account::Via;

impl Store {
    /// All names of whoever has this one on an account, the given one among them.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn names_of(&self, via: &Via, name: &str) -> Result<Vec<String>> {
        let rows = sqlx::query(
            "SELECT name FROM names WHERE channel = ?1 AND account = ?2 AND person = (
                 SELECT person FROM names WHERE channel = ?1 AND account = ?2 AND name = ?3
             ) ORDER BY name",
        )
        .bind(&via.channel)
        .bind(via.account.as_str())
        .bind(name)
        .fetch_all(&self.reads)
        .await?;
        let names = rows.iter().map(|row| Ok(row.try_get(0)?));
        let mut names = names.collect::<Result<Vec<String>>>()?;
        if names.is_empty() {
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

/// Gives a person names. One that is somebody else's stays theirs.
pub(super) async fn add(
    tx: &mut SqliteConnection,
    via: &Via,
    person: i64,
    names: &[String],
) -> Result<()> {
    for name in names {
        sqlx::query("INSERT INTO names (channel, account, name, person) VALUES (?, ?, ?, ?) ON CONFLICT (channel, account, name) DO NOTHING")
            .bind(&via.channel)
            .bind(via.account.as_str())
            .bind(name)
            .bind(person)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Whose names any of these are.
pub(super) async fn person_of(
    connection: &mut SqliteConnection,
    via: &Via,
    names: &[String],
) -> Result<Option<i64>> {
    for name in names {
        let sql = "SELECT person FROM names WHERE channel = ? AND account = ? AND name = ?";
        let row = sqlx::query(sql)
            .bind(&via.channel)
            .bind(via.account.as_str())
            .bind(name)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = row {
            return Ok(Some(row.try_get(0)?));
        }
    }
    Ok(None)
}

/// Gives all names of one person to another.
pub(super) async fn hand_over(
    tx: &mut SqliteConnection,
    via: &Via,
    from: i64,
    to: i64,
) -> Result<()> {
    sqlx::query("UPDATE names SET person = ? WHERE channel = ? AND account = ? AND person = ?")
        .bind(to)
        .bind(&via.channel)
        .bind(via.account.as_str())
        .bind(from)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
