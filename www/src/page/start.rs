//! Finding the gateway: a link's, the one used last, the one that served this
//! page.

use leptos::prelude::*;
use webchat_model::fragment::Handover;

use super::{Page, USUAL_ADDRESS};
use crate::browser::config::{ServerConfig, same_origin};
use crate::browser::storage;

impl Page {
    /// Connects to the first gateway there is. What a person does meanwhile
    /// goes before.
    pub(crate) async fn begin(self, link: Handover) {
        let chosen = link.gateway.clone().or_else(storage::address);
        let (is_chosen, link) = match chosen {
            Some(address) => {
                self.go(address, link);
                (true, Handover::default())
            }
            None => (false, link),
        };
        let config = ServerConfig::load().await;
        let served = config
            .as_ref()
            .and_then(|config| config.embedded.as_deref());
        let served = same_origin(served.unwrap_or("/gateway"));
        let is_relay = config.is_some();
        self.server.set_value(config);
        self.find_kind();
        let has_begun = is_chosen
            || self.link.with_value(Option::is_some)
            || !self.form.address.with_untracked(String::is_empty);
        if has_begun {
            return;
        }
        match served {
            Some(served) => {
                self.go(served, link);
                self.is_guess.set_value(!is_relay);
            }
            None => {
                self.form.address.set(USUAL_ADDRESS.to_owned());
                self.form.fill(link);
            }
        }
    }

    /// A link was pasted into the page that is open already.
    pub(crate) fn follow(self, link: Handover) {
        if link.is_empty() {
            return;
        }
        let address = link.gateway.clone();
        let address = address.unwrap_or_else(|| self.form.address.get_untracked());
        self.go(address, link);
        if self.form.problem.with_untracked(Option::is_some) {
            self.form.opened.set(true);
        }
    }

    fn go(self, address: String, link: Handover) {
        self.form.address.set(address);
        // Before the link's own: what stands there may be another gateway's.
        self.address_chosen();
        self.form.fill(link);
        self.submit();
    }
}
