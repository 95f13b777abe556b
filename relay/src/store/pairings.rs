//! Devices that wait for the owner.

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::devices::{Device, put};
use super::{Result, Store, StoreError, texts, to_json};

/// Strangers can fill this list only with the shared token in hand; it is
/// bounded all the same, the oldest goes first.
const WAITING_AT_MOST: i64 = 100;

/// Why a device must be approved, in the words of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairingReason {
    /// Never seen.
    NotPaired,
    /// It asks for a role that it does not hold, or holds no more.
    RoleUpgrade,
    /// It asks for more than was approved.
    ScopeUpgrade,
    /// It calls itself something else than at approval.
    MetadataUpgrade,
}

impl PairingReason {
    /// The wire's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPaired => "not-paired",
            Self::RoleUpgrade => "role-upgrade",
            Self::ScopeUpgrade => "scope-upgrade",
            Self::MetadataUpgrade => "metadata-upgrade",
        }
    }

    fn parse(text: &str) -> Result<Self> {
        match text {
            "not-paired" => Ok(Self::NotPaired),
            "role-upgrade" => Ok(Self::RoleUpgrade),
            "scope-upgrade" => Ok(Self::ScopeUpgrade),
            "metadata-upgrade" => Ok(Self::MetadataUpgrade),
            other => Err(StoreError::Corrupt {
                what: "pairings.reason",
                detail: other.to_owned(),
            }),
        }
    }
}

/// One device that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// What the owner names when approving. It stays the same while the device
    /// keeps asking.
    pub request_id: String,
    /// See [`Device::device_id`].
    pub device_id: String,
    /// See [`Device::public_key`].
    pub public_key: String,
    /// Client that asks.
    pub client_id: String,
    /// Its mode.
    pub client_mode: String,
    /// Name for people.
    pub display_name: Option<String>,
    /// What it runs on.
    pub platform: String,
    /// Family of the machine.
    pub device_family: String,
    /// The role that it asks for.
    pub role: String,
    /// The scopes that it asks for.
    pub scopes: Vec<String>,
    /// Where it connects from.
    pub remote_ip: Option<String>,
    /// Why it must ask.
    pub reason: PairingReason,
    /// Whether the device was known before.
    pub is_repair: bool,
    /// When it first asked for this, Unix milliseconds.
    pub asked_at: i64,
}

const COLUMNS: &str = "request_id, device_id, public_key, client_id, client_mode, display_name, platform, device_family, role, scopes, remote_ip, reason, is_repair, asked_at";

fn pairing(row: &SqliteRow) -> Result<Pairing> {
    Ok(Pairing {
        request_id: row.try_get(0)?,
        device_id: row.try_get(1)?,
        public_key: row.try_get(2)?,
        client_id: row.try_get(3)?,
        client_mode: row.try_get(4)?,
        display_name: row.try_get(5)?,
        platform: row.try_get(6)?,
        device_family: row.try_get(7)?,
        role: row.try_get(8)?,
        scopes: texts("pairings.scopes", row.try_get(9)?)?,
        remote_ip: row.try_get(10)?,
        reason: PairingReason::parse(row.try_get(11)?)?,
        is_repair: row.try_get(12)?,
        asked_at: row.try_get(13)?,
    })
}

impl Store {
    /// All that wait, the last that asked first.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn pairings(&self) -> Result<Vec<Pairing>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM pairings ORDER BY asked_at DESC, request_id"
        ));
        let rows = sqlx::query(sql).fetch_all(&self.pool).await?;
        rows.iter().map(pairing).collect()
    }

    /// Keeps a request of a device; while one waits it keeps its id and takes
    /// the new wishes. Gives the stored request and whether it is a new one.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn ask_pairing(&self, wanted: &Pairing) -> Result<(Pairing, bool)> {
        let mut tx = self.write().await?;
        let waits = sqlx::query("SELECT 1 FROM pairings WHERE device_id = ?")
            .bind(&wanted.device_id)
            .fetch_optional(&mut *tx)
            .await?
            .is_some();
        sqlx::query("INSERT INTO pairings (request_id, device_id, public_key, client_id, client_mode, display_name, platform, device_family, role, scopes, remote_ip, reason, is_repair, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (device_id) DO UPDATE SET public_key = excluded.public_key, client_id = excluded.client_id, client_mode = excluded.client_mode, display_name = excluded.display_name, platform = excluded.platform, device_family = excluded.device_family, role = excluded.role, scopes = excluded.scopes, remote_ip = excluded.remote_ip, reason = excluded.reason, is_repair = excluded.is_repair")
            .bind(&wanted.request_id)
            .bind(&wanted.device_id)
            .bind(&wanted.public_key)
            .bind(&wanted.client_id)
            .bind(&wanted.client_mode)
            .bind(&wanted.display_name)
            .bind(&wanted.platform)
            .bind(&wanted.device_family)
            .bind(&wanted.role)
            .bind(to_json(&wanted.scopes))
            .bind(&wanted.remote_ip)
            .bind(wanted.reason.as_str())
            .bind(wanted.is_repair)
            .bind(wanted.asked_at)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM pairings WHERE device_id NOT IN (SELECT device_id FROM pairings ORDER BY asked_at DESC LIMIT ?)")
            .bind(WAITING_AT_MOST)
            .execute(&mut *tx)
            .await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM pairings WHERE device_id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(&wanted.device_id)
            .fetch_one(&mut *tx)
            .await?;
        let stored = pairing(&row)?;
        tx.commit().await?;
        Ok((stored, !waits))
    }

    /// Approves a request; `None` when no such request waits.
    ///
    /// # Errors
    /// SQLite refuses: nothing was approved.
    pub async fn approve_pairing(&self, request_id: &str, now: i64) -> Result<Option<Device>> {
        let mut tx = self.write().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM pairings WHERE request_id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(request_id)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let asked = pairing(&row)?;
        let device = Device {
            device_id: asked.device_id,
            public_key: asked.public_key,
            client_id: asked.client_id,
            client_mode: asked.client_mode,
            display_name: asked.display_name,
            platform: asked.platform,
            device_family: asked.device_family,
            role: asked.role,
            scopes: asked.scopes,
            approved_via: "owner".to_owned(),
            created_at: now,
            approved_at: now,
            last_seen_at: now,
            revoked_at: None,
        };
        put(&mut tx, &device).await?;
        sqlx::query("DELETE FROM pairings WHERE request_id = ?")
            .bind(request_id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(device))
    }

    /// Refuses a request and gives it back; `None` when no such request waits.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn reject_pairing(&self, request_id: &str) -> Result<Option<Pairing>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "DELETE FROM pairings WHERE request_id = ? RETURNING {COLUMNS}"
        ));
        let row = sqlx::query(sql)
            .bind(request_id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(pairing).transpose()
    }
}
