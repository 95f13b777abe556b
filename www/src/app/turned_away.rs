//! A sign-in in front of the server of this page, that of a proxy, may end while
//! the page is open: then no socket opens any more, and only a reload helps.

use std::time::Duration;

use clawline::gateway_id;
use leptos::prelude::*;
use webchat_model::connection::{Connection, Problem};

use super::App;
use crate::browser::config::{is_turned_away, same_server};
use crate::browser::spawn_local;
use crate::link::Link;

/// So many attempts fail in a row before anything but the network is suspected.
const ATTEMPTS: u32 = 3;

/// How long until the server is asked again, instead of trying to connect.
const AGAIN: Duration = Duration::from_secs(20);

impl App {
    /// One more attempt failed.
    pub(super) fn suspect_sign_in(self) {
        self.failures.update_value(|failures| *failures += 1);
        if self.failures.get_value() < ATTEMPTS || !self.is_home() {
            return;
        }
        spawn_local(async move {
            let is_trying = self.connection.with_untracked(|connection| {
                matches!(
                    connection,
                    Connection::Connecting { .. } | Connection::Reconnecting { .. }
                )
            });
            if is_trying && is_turned_away().await {
                self.with_link(Link::forbid);
                self.state
                    .rest(Connection::Stopped(Problem::sign_in_ended()));
                self.ask_again();
            }
        });
    }

    /// Somebody may sign in again in another tab.
    fn ask_again(self) {
        let ask = async move {
            if !self.is_turned_away() {
                return;
            }
            if is_turned_away().await {
                self.ask_again();
            } else if self.is_turned_away() {
                self.retry();
            }
        };
        set_timeout(move || spawn_local(ask), AGAIN);
    }

    fn is_turned_away(self) -> bool {
        let ended = Connection::Stopped(Problem::sign_in_ended());
        self.connection
            .with_untracked(|connection| *connection == ended)
    }

    /// Whether the gateway is behind the server of this page, and that is a relay.
    fn is_home(self) -> bool {
        let path = self.server.with_value(|server| {
            let server = server.as_ref()?;
            server.embedded.clone()
        });
        let home = path.and_then(|path| gateway_id(&same_server(&path)?));
        home.is_some() && home == self.gateway()
    }
}
