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
            Connection::WaitingForApproval(pairing) => Some(steps(&pairing)),
            _ => None,
        })
        .child(waiting);
    el("section")
        .class("card-screen")
        .attr("aria-labelledby", "pairing-title")
        .child(card)
}

fn steps(pairing: &Pairing) -> El {
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
        .child(el("p").text(pairing.instruction()))
        .children(pairing.command.clone().map(command_line))
        .child(facts)
}
