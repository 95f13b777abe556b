//! The connect form: what its fields hold, and what is wrong with them.

use clawline::gateway_id;
use leptos::prelude::*;
use webchat_model::address::{self, Address};
use webchat_model::credentials::{Recipient, check_password, check_token};
use webchat_model::handover::Handover;
use webchat_model::words::Words;

use crate::browser::{self, storage};
use crate::link::Credentials;

/// What the fields of the connect form hold.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub(crate) address: RwSignal<String>,
    pub(crate) token: RwSignal<String>,
    pub(crate) password: RwSignal<String>,
    pub(crate) remember: RwSignal<bool>,
    pub(crate) wants_password: RwSignal<bool>,
    /// The form is shown because the person asked for it.
    pub(crate) opened: RwSignal<bool>,
    pub(crate) problem: RwSignal<Option<FormProblem>>,
    /// Whose token and password the fields hold.
    recipient: StoredValue<Recipient>,
}

/// What is wrong with the form, and a repair that one click makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormProblem {
    pub(crate) field: Field,
    pub(crate) message: Words,
    pub(crate) fix: Option<address::Fix>,
    /// A command to run where the relay runs.
    pub(crate) command: Option<String>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Address,
    Token,
    Password,
}

impl Form {
    pub(super) fn new() -> Self {
        Self {
            address: RwSignal::new(String::new()),
            token: RwSignal::new(String::new()),
            password: RwSignal::new(String::new()),
            remember: RwSignal::new(false),
            wants_password: RwSignal::new(false),
            opened: RwSignal::new(false),
            problem: RwSignal::new(None),
            recipient: StoredValue::default(),
        }
    }

    /// Checks what the form holds.
    pub(super) fn check(self) -> Result<(Address, Credentials), FormProblem> {
        let address = address::parse(&self.address.get_untracked(), gateway_id)
            .map_err(FormProblem::address)?;
        if browser::page_is_secure() && address.is_blocked_on_https() {
            return Err(FormProblem::new(
                Field::Address,
                Words::of("address-not-secure"),
            ));
        }
        let wrong = |field| move |message| FormProblem::new(field, message);
        let token = check_token(&self.token.get_untracked()).map_err(wrong(Field::Token))?;
        let password =
            check_password(&self.password.get_untracked()).map_err(wrong(Field::Password))?;
        Ok((address, Credentials { token, password }))
    }

    /// Somebody typed a token or a password: it is for the address beside it.
    pub(crate) fn secret_typed(self) {
        let address = self
            .address
            .with_untracked(|typed| address::parse(typed, gateway_id));
        let gateway = address.ok().map(|address| address.id().clone());
        self.recipient
            .update_value(|recipient| recipient.typed_for(gateway));
    }

    /// The address in the form has been chosen. A token or password of another
    /// gateway must not reach this one: it goes, and its own, if remembered,
    /// comes. Answers what a person should be told.
    pub(crate) fn address_chosen(self) -> Option<Words> {
        let typed = self.address.get_untracked();
        let address = address::parse(&typed, gateway_id).ok()?;
        let mut other = None;
        self.recipient
            .update_value(|recipient| other = recipient.change_to(address.id()));
        let had_any = !self.token.with_untracked(String::is_empty)
            || !self.password.with_untracked(String::is_empty);
        if other.is_some() {
            self.token.set(String::new());
            self.password.set(String::new());
            self.remember.set(false);
        }
        if self.token.with_untracked(String::is_empty)
            && let Some(token) = storage::token(address.id())
        {
            self.token.set(token);
            self.remember.set(true);
        }
        let other = other.filter(|_| had_any)?;
        let words = Words::of("secret-taken-out")
            .with("other", other.to_string())
            .with("gateway", address.to_string());
        Some(words)
    }

    /// Fills in what a link handed over besides the address.
    pub(super) fn fill(self, link: Handover) {
        let is_given = link.token.is_some() || link.password.is_some();
        if let Some(token) = link.token {
            self.token.set(token);
        }
        if let Some(password) = link.password {
            self.password.set(password);
            self.wants_password.set(true);
        }
        if is_given {
            self.secret_typed();
        }
    }
}

impl FormProblem {
    pub(super) fn new(field: Field, message: Words) -> Self {
        Self {
            field,
            message,
            fix: None,
            command: None,
        }
    }

    fn address(problem: address::AddressProblem) -> Self {
        Self {
            field: Field::Address,
            message: problem.message,
            fix: problem.fix,
            command: None,
        }
    }
}
