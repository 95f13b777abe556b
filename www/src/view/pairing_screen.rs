//! The screen of a browser that waits for approval.

use leptos::prelude::*;
use webchat_model::connection::Connection;
use webchat_model::pairing::Pairing;

use super::command_line::CommandLine;
use super::drawn::renewed;
use super::words::{say, text};
use crate::app::App;

#[component]
pub(super) fn PairingScreen(app: App) -> impl IntoView {
    // Asked for again and again while it waits: only another request is news.
    let pairing = Memo::new(move |_| match app.connection.get() {
        Connection::WaitingForApproval(pairing) => Some(pairing),
        _ => None,
    });
    let steps = move || {
        pairing
            .get()
            .map(|pairing| renewed(view! { <Steps pairing /> }))
    };
    view! {
        <section class="card-screen" aria-labelledby="pairing-title">
            <div class="card">
                <h1 id="pairing-title">{text("pairing-title")}</h1>
                {steps}
                <p class="waiting muted">
                    <span class="spinner" aria-hidden={"true"}></span>
                    {text("pairing-goes-on")}
                </p>
            </div>
        </section>
    }
}

#[component]
fn Steps(pairing: Pairing) -> impl IntoView {
    let explanation = pairing.explanation();
    let instruction = pairing.instruction();
    let facts = [
        ("pairing-request", pairing.request_id),
        ("pairing-browser", pairing.device_id),
    ];
    let facts = facts.into_iter().filter_map(|(name, value)| {
        let value = value?;
        Some(view! { <dt>{text(name)}</dt><dd dir="ltr">{value}</dd> })
    });
    let facts = facts.collect_view();
    let command = pairing
        .command
        .map(|command| view! { <CommandLine command /> });
    view! {
        <div class="steps">
            <p>{move || say(&explanation)}</p>
            <p>{move || say(&instruction)}</p>
            {command}
            <dl class="facts">{facts}</dl>
        </div>
    }
}
