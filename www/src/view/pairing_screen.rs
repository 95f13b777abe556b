//! The screen of a browser that waits for approval.

use leptos::html;
use leptos::prelude::*;
use webchat_model::connection::Connection;
use webchat_model::pairing::Pairing;

use super::connect_form::command_line;
use crate::page::Page;

pub(super) fn pairing_screen(page: Page) -> impl IntoView {
    let pairing = Memo::new(move |_| match page.connection.get() {
        Connection::WaitingForApproval(pairing) => Some(pairing),
        _ => None,
    });
    html::section()
        .class("card-screen")
        .aria_labelledby("pairing-title")
        .child(html::div().class("card").child((
            html::h1().id("pairing-title").child("Approve this browser"),
            move || pairing.get().map(|pairing| steps(page, &pairing)),
            html::p().class("waiting muted").child((
                html::span().class("spinner").aria_hidden("true"),
                "This page goes on by itself as soon as the request is approved.",
            )),
        )))
}

fn steps(page: Page, pairing: &Pairing) -> impl IntoView + use<> {
    let kind = page.gateway_kind.get();
    let command = pairing.command(kind);
    let has_command = command.is_some();
    (
        html::p().child(pairing.explanation()),
        html::p().child(if has_command {
            "On the machine where the gateway runs, type:"
        } else {
            "The gateway did not name the request. On its machine, list what waits, then approve this browser:"
        }),
        command_line(command.unwrap_or_else(|| Pairing::list_command(kind).to_owned())),
        html::dl().class("facts").child((
            pairing.request_id.clone().map(|id| fact("Request", id)),
            pairing.device_id.clone().map(|id| fact("This browser", id)),
        )),
    )
}

fn fact(name: &'static str, value: String) -> impl IntoView {
    (
        html::dt().child(name),
        html::dd().child(html::code().child(value)),
    )
}
