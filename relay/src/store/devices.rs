//! Approved devices and the tokens that they hold.

use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::{Result, Store, texts, to_json};

/// How many tokens one device may hold in one role. Several are alive at once
/// because tabs of one browser connect at the same time with the shared token,
/// and each gets one; only their hashes are kept, so an old one cannot be
/// handed out again.
const TOKENS_PER_DEVICE: i64 = 8;

/// One approved device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Lower-case hex SHA-256 of the public key.
    pub device_id: String,
    /// base64url of the 32 raw bytes.
    pub public_key: String,
    /// Client that was approved.
    pub client_id: String,
    /// Its mode.
    pub client_mode: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// Pinned at approval; another value must be approved again.
    pub platform: String,
    /// Pinned at approval.
    pub device_family: String,
    /// The approved role.
    pub role: String,
    /// The approved scopes.
    pub scopes: Vec<String>,
    /// `silent` or `owner`.
    pub approved_via: String,
    /// Unix milliseconds.
    pub created_at: i64,
    /// Unix milliseconds.
    pub approved_at: i64,
    /// Unix milliseconds.
    pub last_seen_at: i64,
    /// Since when its tokens are void by the owner's word, Unix milliseconds.
    pub revoked_at: Option<i64>,
}

/// What a device token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceToken {
    /// Role that it was issued for.
    pub role: String,
    /// Scopes that it was issued for.
    pub scopes: Vec<String>,
    /// Unix milliseconds.
    pub issued_at: i64,
}

const COLUMNS: &str = "device_id, public_key, client_id, client_mode, display_name, platform, device_family, role, scopes, approved_via, created_at, approved_at, last_seen_at, revoked_at";

fn device(row: &SqliteRow) -> Result<Device> {
    Ok(Device {
        device_id: row.try_get(0)?,
        public_key: row.try_get(1)?,
        client_id: row.try_get(2)?,
        client_mode: row.try_get(3)?,
        display_name: row.try_get(4)?,
        platform: row.try_get(5)?,
        device_family: row.try_get(6)?,
        role: row.try_get(7)?,
        scopes: texts("devices.scopes", row.try_get(8)?)?,
        approved_via: row.try_get(9)?,
        created_at: row.try_get(10)?,
        approved_at: row.try_get(11)?,
        last_seen_at: row.try_get(12)?,
        revoked_at: row.try_get(13)?,
    })
}

impl Store {
    /// A device that was approved once; it may be revoked since.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn device(&self, device_id: &str) -> Result<Option<Device>> {
        let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM devices WHERE device_id = ?"));
        let row = sqlx::query(sql)
            .bind(device_id)
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(device).transpose()
    }

    /// All devices, the last approved first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn devices(&self) -> Result<Vec<Device>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM devices ORDER BY approved_at DESC, device_id"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
        rows.iter().map(device).collect()
    }

    /// Writes a device as approved, and drops what it waited for.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn approve_device(&self, device: &Device) -> Result<()> {
        let mut tx = self.write().await?;
        put(&mut tx, device).await?;
        sqlx::query("DELETE FROM pairings WHERE device_id = ?")
            .bind(&device.device_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await
    }

    /// Notes that a device connected.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn device_seen(&self, device_id: &str, now: i64) -> Result<()> {
        let mut tx = self.write().await?;
        see(&mut tx, device_id, now).await?;
        tx.commit().await
    }

    /// Voids all tokens of a device; it must be approved again. `false` when
    /// there is no such device.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn revoke_device(&self, device_id: &str, now: i64) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query("UPDATE devices SET revoked_at = ? WHERE device_id = ?")
            .bind(now)
            .bind(device_id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        sqlx::query("DELETE FROM device_tokens WHERE device_id = ?")
            .bind(device_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(done > 0)
    }

    /// Forgets a device: its next connect is that of a stranger. `false` when
    /// there is no such device.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn remove_device(&self, device_id: &str) -> Result<bool> {
        let mut tx = self.write().await?;
        let done = sqlx::query("DELETE FROM devices WHERE device_id = ?")
            .bind(device_id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        tx.commit().await?;
        Ok(done > 0)
    }

    /// Keeps the hash of a new token: its device is here.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn put_token(
        &self,
        device_id: &str,
        hash: &[u8; 32],
        token: &DeviceToken,
    ) -> Result<()> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT INTO device_tokens (hash, device_id, role, scopes, issued_at) VALUES (?, ?, ?, ?, ?)")
            .bind(&hash[..])
            .bind(device_id)
            .bind(&token.role)
            .bind(to_json(&token.scopes))
            .bind(token.issued_at)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM device_tokens WHERE device_id = ?1 AND role = ?2 AND rowid NOT IN (SELECT rowid FROM device_tokens WHERE device_id = ?1 AND role = ?2 ORDER BY issued_at DESC, rowid DESC LIMIT ?3)")
            .bind(device_id)
            .bind(&token.role)
            .bind(TOKENS_PER_DEVICE)
            .execute(&mut *tx)
            .await?;
        see(&mut tx, device_id, token.issued_at).await?;
        tx.commit().await
    }

    /// The token of a device with this hash, if it is alive.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn token(&self, device_id: &str, hash: &[u8; 32]) -> Result<Option<DeviceToken>> {
        let row = sqlx::query(
            "SELECT role, scopes, issued_at FROM device_tokens WHERE hash = ? AND device_id = ?",
        )
        .bind(&hash[..])
        .bind(device_id)
        .fetch_optional(&self.reads)
        .await?;
        row.as_ref().map(token).transpose()
    }

    /// The newest token of a device, if it holds one.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn newest_token(&self, device_id: &str) -> Result<Option<DeviceToken>> {
        let row = sqlx::query("SELECT role, scopes, issued_at FROM device_tokens WHERE device_id = ? ORDER BY issued_at DESC, rowid DESC LIMIT 1")
            .bind(device_id)
            .fetch_optional(&self.reads)
            .await?;
        row.as_ref().map(token).transpose()
    }
}

fn token(row: &SqliteRow) -> Result<DeviceToken> {
    Ok(DeviceToken {
        role: row.try_get(0)?,
        scopes: texts("device_tokens.scopes", row.try_get(1)?)?,
        issued_at: row.try_get(2)?,
    })
}

async fn see(tx: &mut SqliteConnection, device_id: &str, now: i64) -> Result<()> {
    sqlx::query("UPDATE devices SET last_seen_at = ? WHERE device_id = ?")
        .bind(now)
        .bind(device_id)
        .execute(&mut *tx)
        .await?;
    Ok(())
}

pub(super) async fn put(tx: &mut SqliteConnection, device: &Device) -> Result<()> {
    sqlx::query("INSERT INTO devices (device_id, public_key, client_id, client_mode, display_name, platform, device_family, role, scopes, approved_via, created_at, approved_at, last_seen_at, revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device_id) DO UPDATE SET public_key = excluded.public_key, client_id = excluded.client_id, client_mode = excluded.client_mode, display_name = excluded.display_name, platform = excluded.platform, device_family = excluded.device_family, role = excluded.role, scopes = excluded.scopes, approved_via = excluded.approved_via, approved_at = excluded.approved_at, revoked_at = excluded.revoked_at")
        .bind(&device.device_id)
        .bind(&device.public_key)
        .bind(&device.client_id)
        .bind(&device.client_mode)
        .bind(&device.display_name)
        .bind(&device.platform)
        .bind(&device.device_family)
        .bind(&device.role)
        .bind(to_json(&device.scopes))
        .bind(&device.approved_via)
        .bind(device.created_at)
        .bind(device.approved_at)
        .bind(device.last_seen_at)
        .bind(device.revoked_at)
        .execute(&mut *tx)
        .await?;
    Ok(())
}
