//! What the owner does to sessions: names, marks, a new beginning, the end.

use sqlx::sqlite::SqliteConnection;

use super::sessions::{Session, ensure, find};
use super::{Result, Store, retention};
use crate::ids;

/// What is to be different about a session; `None` leaves a part as it is.
#[derive(Debug, Clone, Default)]
pub struct SessionPatch {
    /// Only while its transcript is this one.
    pub of: Option<String>,
    /// Another name, or none.
    pub label: Option<Option<String>>,
    /// Whether it stands first in lists.
    pub pinned: Option<bool>,
    /// Whether it is put away.
    pub archived: Option<bool>,
    /// Whether it is shown as unread.
    pub unread: Option<bool>,
    /// Nothing changes unless it has been marked as unread since then, in Unix
    /// milliseconds, or inner `None`: not at all.
    pub marked: Option<Option<i64>>,
}

/// What became of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// The session is as it was wanted.
    Done(Box<Session>),
    /// Its mark is another one by now: all is as it was.
    Kept(Box<Session>),
    /// There is no such session to be put away.
    Missing,
    /// Its transcript is another one.
    Moved,
    /// Another session has this name.
    Taken,
    /// What is put away cannot stand first.
    PutAway,
}

/// Which session is to be deleted.
#[derive(Debug, Clone, Default)]
pub struct DeletionOf {
    /// Only while its transcript is this one.
    pub session_id: Option<String>,
    /// Only while its last message is of then, in Unix milliseconds.
    pub updated_at: Option<i64>,
    /// Only while it is put away.
    pub archived_only: bool,
}

/// What became of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Done {
        /// Identity of the transcript that it had.
        session_id: String,
        /// Digests of the files that nobody else had.
        files: Vec<String>,
    },
    /// There was none.
    Missing,
    /// Its transcript is another one, or went on.
    Moved,
    /// It is not put away.
    NotArchived,
}

impl SessionPatch {
    /// Why it cannot be done to a session as it is.
    #[must_use]
    pub fn refusal(&self, session: Option<&Session>) -> Option<Patched> {
        let id = session.map(|session| &session.session_id);
        if self.of.is_some() && self.of.as_ref() != id {
            return Some(Patched::Moved);
        }
        let Some(session) = session else {
            return self.archived.map(|_| Patched::Missing);
        };
        if self.marked.is_some_and(|at| at != session.marked_unread_at) {
            return Some(Patched::Kept(Box::new(session.clone())));
        }
        let is_away = self.archived.unwrap_or(session.archived_at.is_some());
        (is_away && self.pinned == Some(true)).then_some(Patched::PutAway)
    }

    fn change(&self, session: &mut Session, now: i64) {
        if let Some(label) = &self.label {
            session.label.clone_from(label);
        }
        if let Some(archived) = self.archived {
            session.archived_at = archived.then(|| session.archived_at.unwrap_or(now));
        }
        if session.archived_at.is_some() {
            session.pinned_at = None;
        }
        if let Some(pinned) = self.pinned {
            session.pinned_at = pinned.then(|| session.pinned_at.unwrap_or(now));
        }
        if let Some(unread) = self.unread {
            // Two marks are never the same one.
            let next = session.marked_unread_at.map_or(now, |at| now.max(at + 1));
            session.marked_unread_at = unread.then_some(next);
            if !unread {
                session.read_at = Some(now.max(session.heard_at.unwrap_or(now)));
            }
        }
    }
}

impl DeletionOf {
    /// Why a session, as it is, is not deleted.
    #[must_use]
    pub fn refusal(&self, session: Option<&Session>) -> Option<Deletion> {
        let Some(session) = session else {
            return Some(Deletion::Missing);
        };
        let is_other = self.session_id.as_ref();
        let is_other = is_other.is_some_and(|id| *id != session.session_id);
        if is_other || self.updated_at.is_some_and(|at| at != session.updated_at) {
            return Some(Deletion::Moved);
        }
        (self.archived_only && session.archived_at.is_none()).then_some(Deletion::NotArchived)
    }
}

impl Store {
    /// Changes a session; it is made at `now` when it is new.
    ///
    /// # Errors
    /// SQLite refuses: nothing was changed.
    pub async fn patch_session(
        &self,
        key: &str,
        patch: &SessionPatch,
        now: i64,
    ) -> Result<Patched> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, key).await?;
        let mut refusal = patch.refusal(found.as_ref());
        if let Some(Some(label)) = &patch.label
            && refusal.is_none()
            && is_taken(&mut tx, label, key).await?
        {
            refusal = Some(Patched::Taken);
        }
        if let Some(refusal) = refusal {
            tx.abandon().await?;
            return Ok(refusal);
        }
        let mut session = ensure(&mut tx, key, None, now).await?;
        patch.change(&mut session, now);
        sqlx::query("UPDATE sessions SET label = ?, pinned_at = ?, archived_at = ?, read_at = ?, marked_unread_at = ? WHERE key = ?")
            .bind(&session.label)
            .bind(session.pinned_at)
            .bind(session.archived_at)
            .bind(session.read_at)
            .bind(session.marked_unread_at)
            .bind(key)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Patched::Done(Box::new(session)))
    }

    /// Begins a session anew: its transcript is empty and another one. Name and
    /// place stay, and so do the keys of what was said in it. Gives it and the
    /// digests of the files that nobody else had.
    ///
    /// # Errors
    /// SQLite refuses: all is as it was.
    pub async fn reset_session(&self, key: &str, now: i64) -> Result<(Session, Vec<String>)> {
        let mut tx = self.write().await?;
        ensure(&mut tx, key, None, now).await?;
        let files = retention::forget(&mut tx, key, now).await?;
        sqlx::query(
            "UPDATE sessions SET session_id = ?, updated_at = ?, read_at = ?, title = NULL,
                 preview = NULL, started_at = NULL, ended_at = NULL, last_run_id = NULL, status = NULL,
                 heard_at = NULL, marked_unread_at = NULL, dropped = 0
             WHERE key = ?",
        )
        .bind(ids::uuid())
        .bind(now)
        .bind(now)
        .bind(key)
        .execute(&mut *tx)
        .await?;
        let session = ensure(&mut tx, key, None, now).await?;
        tx.commit().await?;
        Ok((session, files))
    }

    /// Deletes a session with all that was said in it. The keys of what was said
    /// stay: a repeat of one runs nothing.
    ///
    /// # Errors
    /// SQLite refuses: nothing was deleted.
    pub async fn delete_session(&self, key: &str, of: &DeletionOf, now: i64) -> Result<Deletion> {
        let mut tx = self.write().await?;
        let found = find(&mut tx, key).await?;
        let refusal = of.refusal(found.as_ref());
        let (None, Some(session)) = (&refusal, found) else {
            tx.abandon().await?;
            return Ok(refusal.unwrap_or(Deletion::Missing));
        };
        let files = retention::forget(&mut tx, key, now).await?;
        sqlx::query("DELETE FROM sessions WHERE key = ?")
            .bind(key)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Deletion::Done {
            session_id: session.session_id,
            files,
        })
    }
}

async fn is_taken(tx: &mut SqliteConnection, label: &str, key: &str) -> Result<bool> {
    let other = sqlx::query("SELECT 1 FROM sessions WHERE label = ? AND key <> ? LIMIT 1")
        .bind(label)
        .bind(key)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(other.is_some())
}
