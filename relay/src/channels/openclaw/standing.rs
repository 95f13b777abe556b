//! How the channel stands, told when it changes.

use std::sync::{Arc, Mutex, PoisonError};

use super::OPENCLAW;
use crate::account::Account;
use crate::bus::{AccountStatus, Bus, ChannelState, Event};
use crate::clock::now_ms;
use crate::upstream::Status;

/// How the one account of the channel stands.
#[derive(Debug)]
pub(super) struct Standing {
    account: Mutex<AccountStatus>,
    bus: Bus,
}

/// The account where nobody configured a gateway.
pub(super) fn not_configured() -> AccountStatus {
    AccountStatus {
        id: Account::default(),
        state: ChannelState::NotConfigured,
        enabled: false,
        configured: false,
        running: false,
        url: None,
        last_start_at: None,
        last_stop_at: None,
        last_error: None,
        reconnect_attempts: 0,
        next_retry_at: None,
        transport: None,
    }
}

impl Standing {
    /// Nobody asked it to connect yet.
    pub(super) fn new(url: &str, bus: Bus) -> Self {
        // A query may hold a secret.
        let shown = url.split(['?', '#']).next().unwrap_or_default();
        let account = AccountStatus {
            state: ChannelState::Disconnected,
            enabled: true,
            configured: true,
            url: Some(shown.to_owned()),
            transport: Some("websocket".to_owned()),
            ..not_configured()
        };
        Self {
            account: Mutex::new(account),
            bus,
        }
    }

    pub(super) fn account(&self) -> AccountStatus {
        self.lock().clone()
    }

    pub(super) fn started(&self) {
        self.change(|account| {
            account.running = true;
            account.state = ChannelState::Connecting;
            account.last_start_at = Some(now_ms());
        });
    }

    pub(super) fn stopped(&self) {
        self.change(|account| {
            account.running = false;
            account.state = ChannelState::Disconnected;
            account.last_stop_at = Some(now_ms());
        });
    }

    /// How the connection stands; `lack` is what the gateway does not have that
    /// it should.
    pub(super) fn is(&self, status: &Status, lack: Option<String>) {
        self.change(|account| {
            if !account.running {
                return;
            }
            let trouble = status.trouble().or(lack);
            (account.reconnect_attempts, account.next_retry_at) = match status {
                Status::Waiting {
                    attempt, until_ms, ..
                } => (*attempt, i64::try_from(*until_ms).ok()),
                Status::Connecting { attempt, .. } => (attempt.saturating_sub(1), None),
                _ => (0, None),
            };
            account.state = match (status, &trouble) {
                (_, Some(_)) => ChannelState::Error,
                (Status::Ready { .. }, None) => ChannelState::Connected,
                // It goes on trying, and is in the error of before.
                (_, None) if account.state == ChannelState::Error => ChannelState::Error,
                (_, None) => ChannelState::Connecting,
            };
            if trouble.is_some() {
                account.last_error = trouble;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut AccountStatus)) {
        let mut account = self.lock();
        let before = account.clone();
        change(&mut account);
        if *account != before {
            let event = Event::ChannelStatus {
                channel: OPENCLAW.to_owned(),
                account: Arc::new(account.clone()),
            };
            // Under the lock: told in the order in which it came to be.
            self.bus.publish(&event);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, AccountStatus> {
        // Nothing panics while it holds this.
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
