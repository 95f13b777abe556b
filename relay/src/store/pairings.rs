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
    /// keeps asking for the same, and stands for nothing else: another wish
    /// gets another id.
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

impl Pairing {
    /// Whether an owner who agreed to `self` has agreed to `other`: all that he
    /// saw and that decides what he gives away is the same.
    fn is_the_same_wish(&self, other: &Self) -> bool {
        let other = Self {
            request_id: self.request_id.clone(),
            remote_ip: self.remote_ip.clone(),
            is_repair: self.is_repair,
            asked_at: self.asked_at,
            ..other.clone()
        };
        *self == other
    }
}

/// What became of a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The request as it waits.
    pub pairing: Pairing,
    /// Whether it began to wait now.
    pub is_new: bool,
    /// The id of the device's former request, which is dead now.
    pub replaced: Option<String>,
}

/// What became of an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Approval {
    /// The device may connect.
    Approved(Box<Device>),
    /// No such request waits.
    NothingWaits,
    /// The request is for a scope that its approver may not give away; it
    /// waits on.
    Withheld {
        /// The first such scope.
        scope: String,
    },
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
        let rows = sqlx::query(sql).fetch_all(&self.reads).await?;
        rows.iter().map(pairing).collect()
    }

    /// Keeps a request of a device. One for the same that waits stays as it is;
    /// one for something else gives way.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn ask_pairing(&self, wanted: &Pairing) -> Result<Asked> {
        let mut tx = self.write().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM pairings WHERE device_id = ?"
        ));
        let waiting = sqlx::query(sql)
            .bind(&wanted.device_id)
            .fetch_optional(&mut *tx)
            .await?;
        let waiting = waiting.as_ref().map(pairing).transpose()?;
        let replaced = match waiting {
            Some(pairing) if pairing.is_the_same_wish(wanted) => {
                tx.abandon().await?;
                return Ok(Asked {
                    pairing,
                    is_new: false,
                    replaced: None,
                });
            }
            former => former.map(|former| former.request_id),
        };
        sqlx::query("DELETE FROM pairings WHERE device_id = ?")
            .bind(&wanted.device_id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO pairings (request_id, device_id, public_key, client_id, client_mode, display_name, platform, device_family, role, scopes, remote_ip, reason, is_repair, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
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
        tx.commit().await?;
        Ok(Asked {
            pairing: wanted.clone(),
            is_new: true,
            replaced,
        })
    }

    /// Approves a request, if all that it asks for is the approver's to give:
    /// `may_give` is asked about the very row that is approved.
    ///
    /// # Errors
    /// SQLite refuses: nothing was approved.
    pub async fn approve_pairing(
        &self,
        request_id: &str,
        now: i64,
        may_give: impl Fn(&str) -> bool,
    ) -> Result<Approval> {
        let mut tx = self.write().await?;
        let sql = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM pairings WHERE request_id = ?"
        ));
        let row = sqlx::query(sql)
            .bind(request_id)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = row else {
            tx.abandon().await?;
            return Ok(Approval::NothingWaits);
        };
        let asked = pairing(&row)?;
        if let Some(scope) = asked.scopes.iter().find(|scope| !may_give(scope)) {
            let scope = scope.clone();
            tx.abandon().await?;
            return Ok(Approval::Withheld { scope });
        }
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
        Ok(Approval::Approved(Box::new(device)))
    }

    /// Refuses a request and gives it back; `None` when no such request waits.
    ///
    /// # Errors
    /// SQLite refuses.
    pub async fn reject_pairing(&self, request_id: &str) -> Result<Option<Pairing>> {
        let sql = sqlx::AssertSqlSafe(format!(
            "DELETE FROM pairings WHERE request_id = ? RETURNING {COLUMNS}"
        ));
        let mut tx = self.write().await?;
        let row = sqlx::query(sql)
            .bind(request_id)
            .fetch_optional(&mut *tx)
            .await?;
        let rejected = row.as_ref().map(pairing).transpose()?;
        tx.commit().await?;
        Ok(rejected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(request_id: &str) -> Pairing {
        Pairing {
            request_id: request_id.into(),
            device_id: "d".into(),
            public_key: "k".into(),
            client_id: "webchat-ui".into(),
            client_mode: "webchat".into(),
            display_name: Some("phone".into()),
            platform: "web".into(),
            device_family: String::new(),
            role: "operator".into(),
            scopes: vec!["operator.read".into()],
            remote_ip: None,
            reason: PairingReason::NotPaired,
            is_repair: false,
            asked_at: 1,
        }
    }

    #[tokio::test]
    async fn an_id_never_comes_to_stand_for_more_than_it_did() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let changes: [fn(&mut Pairing); 7] = [
            |one| one.scopes.push("operator.admin".into()),
            |one| one.role = "node".into(),
            |one| one.platform = "ios".into(),
            |one| one.device_family = "phone".into(),
            |one| one.client_id = "cli".into(),
            |one| one.client_mode = "cli".into(),
            |one| one.display_name = None,
        ];
        for change in changes {
            let asked = async |wanted: &Pairing| {
                let asked = store.ask_pairing(wanted).await.unwrap();
                (asked.pairing, asked.is_new, asked.replaced)
            };
            let first = wish("first");
            assert_eq!(asked(&first).await, (first.clone(), true, None));
            assert_eq!(asked(&wish("again")).await, (first, false, None));
            let mut other = wish("other");
            change(&mut other);
            let replaced = Some("first".to_owned());
            assert_eq!(asked(&other).await, (other.clone(), true, replaced));
            assert_eq!(
                store.approve_pairing("first", 2, |_| true).await.unwrap(),
                Approval::NothingWaits
            );
            assert_eq!(store.pairings().await.unwrap(), [other]);
            store.reject_pairing("other").await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_is_not_the_approvers_to_give_is_not_given() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        store.ask_pairing(&wish("r")).await.unwrap();
        let refused = store.approve_pairing("r", 2, |_| false).await.unwrap();
        let scope = "operator.read".to_owned();
        assert_eq!(refused, Approval::Withheld { scope });
        assert_eq!(store.device("d").await.unwrap(), None);
        let approved = store.approve_pairing("r", 2, |_| true).await.unwrap();
        assert!(matches!(approved, Approval::Approved(_)), "{approved:?}");
        assert!(store.device("d").await.unwrap().is_some());
    }
}
