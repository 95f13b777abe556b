//! Forgetting this device: asked twice, because it cannot be taken back.

use leptos::prelude::*;

use super::el::{El, button, el};
use crate::page::Page;

/// The button, and after a press the question.
pub(super) fn forget_device(page: Page) -> El {
    let asks = RwSignal::new(false);
    el("div").class("forget").child_now(move || {
        Some(if asks.get() {
            question(page, asks)
        } else {
            button("button plain small")
                .on("click", move |_| asks.set(true))
                .text("Forget this device")
        })
    })
}

fn question(page: Page, asks: RwSignal<bool>) -> El {
    let yes = button("button quiet small danger")
        .on("click", move |_| {
            asks.set(false);
            page.forget_device();
        })
        .text("Yes, forget it");
    let no = button("button quiet small")
        .on("click", move |_| asks.set(false))
        .text("Keep it");
    super::connect_form::focus(&no.cast());
    el("div")
        .class("question")
        .attr("role", "group")
        .attr("aria-label", "Forget this device?")
        .child(el("p").text(
            "Forget this device? The key by which gateways know this browser is deleted. \
                 Each of them has to approve it again, as a new one.",
        ))
        .children(lost(page))
        .child(el("div").class("decision").child(yes).child(no))
}

/// What else goes: the outbox belongs to the key.
fn lost(page: Page) -> Option<El> {
    let words = match page.count_unsent() {
        0 => return None,
        1 => "A message that has not been sent is deleted with it.".to_owned(),
        many => format!("{many} messages that have not been sent are deleted with it."),
    };
    Some(el("p").class("field-problem").text(&words))
}
