//! People: each has a number, a LID, or both, and one conversation.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::super::{Result, names};
use super::Whatsapp;
use crate::account::Via;

/// Somebody on WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Which one.
    pub id: i64,
    /// The address that their conversation is named by, for ever.
    pub conversation: String,
    /// The address of their number, where it is known.
    pub number: Option<String>,
    /// The address of their LID, where it is known.
    pub lid: Option<String>,
    /// What the owner calls them.
    pub name: Option<String>,
    /// What they call themselves.
    pub push_name: Option<String>,
}

/// One address of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Whether it is a LID, and no number.
    pub is_lid: bool,
    /// The address, as WhatsApp writes it.
    pub jid: String,
    /// All ways in which it is written, this one among them.
    pub names: Vec<String>,
}

/// Two conversations that are one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merge {
    /// The one that ends.
    pub gone: String,
    /// The one that goes on.
    pub stays: String,
}

const COLUMNS: &str = "person, conversation, number, lid, name, push_name";

fn person(row: &SqliteRow) -> Result<Person> {
    Ok(Person {
        id: row.try_get(0)?,
        conversation: row.try_get(1)?,
        number: row.try_get(2)?,
        lid: row.try_get(3)?,
        name: row.try_get(4)?,
        push_name: row.try_get(5)?,
    })
}

impl Person {
    /// Whether an address of this kind could be added.
    fn lacks(&self, identity: &Identity) -> bool {
        match identity.is_lid {
            true => self.lid.is_none(),
            false => self.number.is_none(),
        }
    }
}

impl Whatsapp {
    /// The person of an address, and of a second one where both are known to be
    /// one person's; made when they are new. What was known before is never
    /// changed: where the two contradict it, the second is left out. Two people
    /// who turn out to be one become the one who was met first; see
    /// [`Whatsapp::merges`].
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn know_person(&self, one: &Identity, other: Option<&Identity>) -> Result<Person> {
        {
            let mut reads = self.store.reads.acquire().await?;
            let known = find(&mut reads, &self.via, one).await?;
            let is_complete = |person: &Person| other.is_none_or(|other| !person.lacks(other));
            if let Some(person) = known.filter(is_complete) {
                return Ok(person);
            }
        }
        let mut tx = self.store.write().await?;
        let person = know(&mut tx, &self.via, one, other).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Whoever has this name on WhatsApp: an address in any of its forms.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn person(&self, name: &str) -> Result<Option<Person>> {
        let mut reads = self.store.reads.acquire().await?;
        match names::person_of(&mut reads, &self.via, &[name.to_owned()]).await? {
            Some(id) => Ok(Some(fetch(&mut reads, id).await?)),
            None => Ok(None),
        }
    }

    /// Whom the owner calls so, whatever the case of its letters; at most two.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn people_called(&self, name: &str) -> Result<Vec<Person>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM whatsapp_people WHERE account = ? AND name = ? COLLATE NOCASE LIMIT 2"
        ));
        let rows = sqlx::query(sql)
            .bind(self.of())
            .bind(name)
            .fetch_all(&self.store.reads)
            .await?;
        rows.iter().map(person).collect()
    }

    /// Keeps what a person is called; what is `None` stays as it is.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn call_person(
        &self,
        id: i64,
        name: Option<&str>,
        push_name: Option<&str>,
    ) -> Result<()> {
        let mut tx = self.store.write().await?;
        sqlx::query("UPDATE whatsapp_people SET name = coalesce(?, name), push_name = coalesce(?, push_name) WHERE person = ?")
            .bind(name)
            .bind(push_name)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Conversations of people who turned out to be one, and whose sessions are
    /// not put together yet.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn merges(&self) -> Result<Vec<Merge>> {
        let sql = "SELECT gone, stays FROM whatsapp_merges WHERE account = ? ORDER BY rowid";
        let rows = sqlx::query(sql)
            .bind(self.of())
            .fetch_all(&self.store.reads)
            .await?;
        let merge = |row: &SqliteRow| {
            Ok(Merge {
                gone: row.try_get(0)?,
                stays: row.try_get(1)?,
            })
        };
        rows.iter().map(merge).collect()
    }

    /// Forgets a merge that is done.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn end_merge(&self, gone: &str) -> Result<()> {
        let mut tx = self.store.write().await?;
        sqlx::query("DELETE FROM whatsapp_merges WHERE account = ? AND gone = ?")
            .bind(self.of())
            .bind(gone)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }
}

async fn know(
    tx: &mut SqliteConnection,
    via: &Via,
    one: &Identity,
    other: Option<&Identity>,
) -> Result<Person> {
    let first = find(tx, via, one).await?;
    let Some(other) = other else {
        return match first {
            Some(person) => Ok(person),
            None => add(tx, via, one).await,
        };
    };
    let second = find(tx, via, other).await?;
    match (first, second) {
        (None, None) => {
            let person = add(tx, via, one).await?;
            give(tx, via, &person, other).await
        }
        (Some(person), None) if person.lacks(other) => give(tx, via, &person, other).await,
        (None, Some(person)) if person.lacks(one) => give(tx, via, &person, one).await,
        (None, Some(_)) => add(tx, via, one).await,
        (Some(first), Some(second))
            if first.id != second.id && first.lacks(other) && second.lacks(one) =>
        {
            merge(tx, via, first, second).await
        }
        (Some(person), _) => Ok(person),
    }
}

async fn find(
    connection: &mut SqliteConnection,
    via: &Via,
    identity: &Identity,
) -> Result<Option<Person>> {
    match names::person_of(connection, via, &identity.names).await? {
        Some(id) => Ok(Some(fetch(connection, id).await?)),
        None => Ok(None),
    }
}

async fn fetch(connection: &mut SqliteConnection, id: i64) -> Result<Person> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM whatsapp_people WHERE person = ?"
    ));
    let row = sqlx::query(sql).bind(id).fetch_one(connection).await?;
    person(&row)
}

async fn add(tx: &mut SqliteConnection, via: &Via, identity: &Identity) -> Result<Person> {
    let sql = "INSERT INTO whatsapp_people (account, conversation) VALUES (?, ?) RETURNING person";
    let row = sqlx::query(sql)
        .bind(via.account.as_str())
        .bind(&identity.jid)
        .fetch_one(&mut *tx)
        .await?;
    let person = fetch(tx, row.try_get(0)?).await?;
    give(tx, via, &person, identity).await
}

/// Gives a person an address that they have not got yet.
async fn give(
    tx: &mut SqliteConnection,
    via: &Via,
    to: &Person,
    identity: &Identity,
) -> Result<Person> {
    let column = if identity.is_lid { "lid" } else { "number" };
    let sql = format!("UPDATE whatsapp_people SET {column} = ? WHERE person = ?");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(&identity.jid)
        .bind(to.id)
        .execute(&mut *tx)
        .await?;
    names::add(tx, via, to.id, &identity.names).await?;
    fetch(tx, to.id).await
}

/// Makes one person of two, the one who was met first, with all that is known of
/// both.
async fn merge(tx: &mut SqliteConnection, via: &Via, one: Person, other: Person) -> Result<Person> {
    let (stays, gone) = if one.id < other.id {
        (one, other)
    } else {
        (other, one)
    };
    names::hand_over(tx, via, gone.id, stays.id).await?;
    sqlx::query("DELETE FROM whatsapp_people WHERE person = ?")
        .bind(gone.id)
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "UPDATE whatsapp_people SET number = coalesce(number, ?), lid = coalesce(lid, ?),
             name = coalesce(name, ?), push_name = coalesce(push_name, ?) WHERE person = ?",
    )
    .bind(&gone.number)
    .bind(&gone.lid)
    .bind(&gone.name)
    .bind(&gone.push_name)
    .bind(stays.id)
    .execute(&mut *tx)
    .await?;
    let (from, to) = (&gone.conversation, &stays.conversation);
    // A message that both have came twice, under two names.
    for sql in [
        "UPDATE OR IGNORE whatsapp_messages SET chat = ?2 WHERE account = ?3 AND chat = ?1",
        "DELETE FROM whatsapp_messages WHERE account = ?3 AND chat = ?1",
        "UPDATE whatsapp_messages SET author = ?2 WHERE account = ?3 AND author = ?1",
        "UPDATE whatsapp_sendings SET chat = ?2 WHERE account = ?3 AND chat = ?1",
        "INSERT INTO whatsapp_chats SELECT account, ?2, name, expiration, heard_at, paused_at, pause
             FROM whatsapp_chats WHERE account = ?3 AND chat = ?1
         ON CONFLICT (account, chat) DO UPDATE SET
             heard_at = max(coalesce(heard_at, 0), coalesce(excluded.heard_at, 0)),
             expiration = max(expiration, excluded.expiration),
             pause = coalesce(pause, excluded.pause), paused_at = coalesce(paused_at, excluded.paused_at)",
        "DELETE FROM whatsapp_chats WHERE account = ?3 AND chat = ?1",
        "UPDATE whatsapp_merges SET stays = ?2 WHERE account = ?3 AND stays = ?1",
        "INSERT OR REPLACE INTO whatsapp_merges (gone, stays, account) VALUES (?1, ?2, ?3)",
    ] {
        sqlx::query(sql)
            .bind(from)
            .bind(to)
            .bind(via.account.as_str())
            .execute(&mut *tx)
            .await?;
    }
    fetch(tx, stays.id).await
}
