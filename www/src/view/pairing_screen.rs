//! The screen of a browser that waits for approval.

use leptos::prelude::*;
use webchat_model::connection::Connection;
use webchat_model::pairing::Pairing;

use super::connect_form::command_line;
use super::el::{El, el};
use crate::page::Page;

pub(super) fn pairing_screen(page: Page) -> El {
    let waiting = el("p")
        .class("waiting muted")
        .child(el("span").class("spinner").attr("aria-hidden", "true"))
        .text("This page goes on by itself as soon as the request is approved.");
    let card = el("div")
        .class("card")
        .child(
            el("h1")
                .attr("id", "pairing-title")
                .text("Approve this browser"),
        )
        .child_now(move || match page.connection.get() {
            Connection::WaitingForApproval(pairing) => Some(steps(page, &pairing)),
            _ => None,
        })
        .child(waiting);
    el("section")
        .class("card-screen")
        .attr("aria-labelledby", "pairing-title")
        .child(card)
}

fn steps(page: Page, pairing: &Pairing) -> El {
    let kind = page.gateway_kind.get();
    let command = pairing.command(kind, page.approve_command().as_deref());
    let how = match command {
        Some(_) => "On the machine where the gateway runs, type:",
        None => {
            "The gateway did not name the request. On its machine, list what waits, then approve this browser:"
        }
    };
    let mut facts = el("dl").class("facts");
    for (name, value) in [
        ("Request", &pairing.request_id),
        ("This browser", &pairing.device_id),
    ] {
        if let Some(value) = value {
            facts = facts.child(el("dt").text(name)).child(el("dd").text(value));
        }
    }
    el("div")
        .class("steps")
        .child(el("p").text(pairing.explanation()))
        .child(el("p").text(how))
        .child(command_line(
            command.unwrap_or_else(|| Pairing::list_command(kind).to_owned()),
        ))
        .child(facts)
}
