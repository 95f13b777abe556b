//! Finding the gateway: a link's, the one used last, the one that served this
//! page.

use clawline::gateway_id;
use leptos::prelude::*;
use webchat_model::address;
use webchat_model::handover::Handover;
use webchat_model::words::Words;

use super::{App, Field, FormProblem};
use crate::browser::config::{ServerConfig, same_server};
use crate::browser::storage;

impl App {
    /// Connects to the first gateway there is. What a person does meanwhile
    /// goes before.
    pub(crate) async fn begin(self, mut link: Handover) {
        storage::gather();
        let mut is_chosen = self.take_link(&mut link);
        // A secret without an address is for the server of this page, and a
        // gateway that was used last may be another one.
        if let Some(address) = storage::address().filter(|_| !is_chosen && !link.has_secret()) {
            self.go(address, Handover::default());
            is_chosen = true;
        }
        let config = ServerConfig::load().await;
        self.server.set_value(config);
        let has_begun = is_chosen
            || self.link.with_value(Option::is_some)
            || !self.form.address.with_untracked(String::is_empty);
        if !has_begun {
            self.go_home(link);
        }
    }

    /// Begins as a part of another page, which may name the gateway.
    pub(crate) fn begin_within(self, mut link: Handover) {
        storage::gather();
        if !self.take_link(&mut link) {
            let used = storage::address();
            let address = used.unwrap_or_else(|| address::USUAL.to_owned());
            self.form.address.set(address);
            self.address_chosen();
            self.form.fill(link);
        }
    }

    /// A link was pasted into the page that is open already.
    pub(crate) fn follow(self, mut link: Handover) {
        if link.is_empty() || self.take_link(&mut link) {
            return;
        }
        self.go_home(link);
        if self.form.problem.with_untracked(Option::is_some) {
            self.form.opened.set(true);
        }
    }

    /// Tries the server of this page. Where that is no relay and another gateway
    /// was used before, a secret could be for either: the person says for which.
    fn go_home(self, link: Handover) {
        let is_relay = self.server.with_value(Option::is_some);
        let path = self
            .server
            .with_value(|config| config.as_ref().and_then(|config| config.embedded.clone()));
        let served = same_server(path.as_deref().unwrap_or("/gateway"));
        let used = storage::address().filter(|_| !is_relay);
        match served.filter(|_| used.is_none() || !link.has_secret()) {
            Some(served) => {
                self.go(served, link);
                self.is_guess.set_value(!is_relay);
            }
            None => {
                let is_undecided = link.has_secret();
                let address = used.unwrap_or_else(|| address::USUAL.to_owned());
                self.form.address.set(address);
                self.form.fill(link);
                if is_undecided {
                    let words = Words::of("link-undecided");
                    let problem = FormProblem::new(Field::Address, words);
                    self.form.problem.set(Some(problem));
                }
            }
        }
    }

    /// Goes to the gateway that a link names. False when it names none. One that
    /// cannot be understood gets nothing, and nobody else gets what is for it:
    /// the form opens with what is wrong.
    fn take_link(self, link: &mut Handover) -> bool {
        let Some(written) = link.gateway.take() else {
            return false;
        };
        let link = std::mem::take(link);
        match address::of_link(&written, gateway_id) {
            Ok((address, token)) => {
                let token = link.token.or(token);
                self.go(address.url().to_owned(), Handover { token, ..link });
            }
            Err(_) => {
                self.go(written, link);
                self.form.opened.set(true);
            }
        }
        true
    }

    fn go(self, address: String, link: Handover) {
        self.form.address.set(address);
        // Before the link's own: what stands there may be another gateway's.
        self.address_chosen();
        self.form.fill(link);
        self.submit();
    }
}
