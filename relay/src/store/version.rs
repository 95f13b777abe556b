//! Which version of the database there is: up to this program's, and back to an
//! earlier one's.

use std::path::{Path, PathBuf};

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::migrations::VERSIONS;
use super::{FILE_NAME, Result, Store, StoreError};
use crate::data_folder;

/// The version of this program.
pub(super) fn known() -> i64 {
    i64::try_from(VERSIONS.len()).unwrap_or(i64::MAX)
}

pub(super) async fn found(connection: &mut SqliteConnection) -> Result<i64> {
    let row = sqlx::query("PRAGMA user_version")
        .fetch_one(connection)
        .await?;
    Ok(row.try_get(0)?)
}

pub(super) async fn set(connection: &mut SqliteConnection, version: i64) -> Result<()> {
    // A pragma takes no bound value; the number is our own.
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}"));
    sqlx::raw_sql(sql).execute(connection).await?;
    Ok(())
}

/// A database that was brought back to an earlier version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtBack {
    /// The version that it had.
    pub from: i64,
    /// A copy of it as it was; `None` where it had the wanted version already.
    pub copy: Option<PathBuf>,
}

impl Store {
    pub(super) async fn migrate(&self) -> Result<()> {
        let mut tx = self.write().await?;
        let (found, known) = (found(&mut tx).await?, known());
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for version in VERSIONS.iter().skip(place(found)) {
            sqlx::raw_sql(version.up).execute(&mut *tx).await?;
        }
        if found < known {
            set(&mut tx, known).await?;
        }
        tx.commit().await
    }

    /// Brings the database in `folder` back to the version of an earlier
    /// release, which nobody serves meanwhile: `to` is from 1 to the version that
    /// it has. What has no place there is dropped, so a copy is made before.
    ///
    /// # Errors
    /// There is none, it has not that version, the copy cannot be made, or SQLite
    /// refuses: nothing was changed.
    pub async fn bring_back(folder: &Path, to: i64) -> Result<BroughtBack> {
        let store = Self::connect(&folder.join(FILE_NAME)).await?;
        let brought = store.go_back(folder, to).await;
        store.close().await;
        brought
    }

    async fn go_back(&self, folder: &Path, to: i64) -> Result<BroughtBack> {
        let mut writer = self.writer.connection().await?;
        let (from, known) = (found(&mut writer).await?, known());
        if from > known {
            return Err(StoreError::Newer { found: from, known });
        }
        if !(1..=from).contains(&to) {
            return Err(StoreError::NoWayBack { found: from, to });
        }
        if from == to {
            return Ok(BroughtBack { from, copy: None });
        }
        let copy = folder.join(format!("{FILE_NAME}.version-{from}"));
        make_empty(&copy).map_err(|source| StoreError::Copy {
            path: copy.clone(),
            source,
        })?;
        let copied = sqlx::query("VACUUM INTO ?")
            .bind(copy.to_string_lossy())
            .execute(&mut *writer)
            .await;
        writer.give_back();
        if let Err(error) = copied {
            // Nobody should take half of one for it.
            let _ = std::fs::remove_file(&copy);
            return Err(error.into());
        }
        let mut tx = self.write().await?;
        for version in VERSIONS.iter().take(place(from)).skip(place(to)).rev() {
            sqlx::raw_sql(version.down).execute(&mut *tx).await?;
        }
        set(&mut tx, to).await?;
        tx.commit().await?;
        Ok(BroughtBack {
            from,
            copy: Some(copy),
        })
    }
}

/// A file that was not there, for the owner alone.
fn make_empty(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    if path.to_str().is_none() {
        return Err(std::io::ErrorKind::InvalidFilename.into());
    }
    data_folder::make_private_file(path)
}

/// How many versions are done in a database of this one.
fn place(version: i64) -> usize {
    usize::try_from(version).unwrap_or(0)
}
