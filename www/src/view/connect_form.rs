//! The form that asks for a gateway.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};
use webchat_model::connection::Connection;

use super::copy::copy_button;
use super::el::{El, button, el, follow};
use super::forget::forget_device;
use super::icon::mark;
use crate::page::{Field, Form, Page};

pub(super) fn connect_form(page: Page) -> El {
    let form = page.form;
    follow(Box::new(move || {
        let wants = page.connection.with(|connection| match connection {
            Connection::SignedOut(problem) => problem.wants_password(),
            _ => false,
        });
        if wants {
            form.wants_password.set(true);
        }
    }));
    let head = el("div")
        .class("card-head")
        .child(mark())
        .child(
            el("h1")
                .attr("id", "connect-title")
                .text("Talk to your claw"),
        )
        .child(
            el("p")
                .class("muted")
                .text("Your agent answers through its gateway. Where is it?"),
        );
    let card = el("form")
        .class("card")
        .attr("novalidate", "")
        .attr("aria-labelledby", "connect-title")
        .on("submit", move |event| {
            event.prevent_default();
            page.submit();
        })
        .child(head)
        .child(address_field(page))
        .child(secret_field(page, Field::Token))
        .child_now(move || {
            form.wants_password
                .get()
                .then(|| secret_field(page, Field::Password))
        })
        .child(remember_field(form))
        .child(actions(page))
        // Before the first connection there is no key.
        .child_now(move || page.address.get().is_some().then(|| forget_device(page)));
    el("section").class("card-screen").child(card)
}

fn address_field(page: Page) -> El {
    let input = input(
        page.form,
        Field::Address,
        "gateway-address",
        page.form.address,
    )
    .attr("type", "text")
    .attr("inputmode", "url")
    .attr("autocomplete", "url")
    .attr("placeholder", "ws://127.0.0.1:18789");
    el("div")
        .class("field")
        .child(
            el("label")
                .attr("for", "gateway-address")
                .text("Gateway address"),
        )
        .child(input)
        .child(problem(page, Field::Address))
}

/// The field of a token or a password: hidden letters, and a button that
/// shows them for whoever has to compare.
fn secret_field(page: Page, field: Field) -> El {
    let form = page.form;
    let (label, id, value) = match field {
        Field::Password => ("Password", "gateway-password", form.password),
        Field::Token | Field::Address => ("Token", "gateway-token", form.token),
    };
    let shown = RwSignal::new(false);
    let input = input(form, field, id, value)
        .attr_now("type", move || {
            Some(if shown.get() { "text" } else { "password" }.to_owned())
        })
        .attr("autocomplete", "off")
        // Not when the address is left: what is said then would move the
        // button that is being pressed.
        .on("focus", move |_| page.address_chosen());
    let show = button("button quiet small")
        .attr_now("aria-pressed", move || Some(shown.get().to_string()))
        .on("click", move |_| shown.set(!shown.get_untracked()))
        .text_now(move || if shown.get() { "Hide" } else { "Show" }.to_owned());
    el("div")
        .class("field")
        .child(el("label").attr("for", id).text(label))
        .child(el("div").class("with-button").child(input).child(show))
        .child(problem(page, field))
}

fn input(form: Form, field: Field, id: &str, value: RwSignal<String>) -> El {
    let input = el("input");
    let element: HtmlInputElement = input.cast();
    // Whoever sent the form wrongly goes on where it is wrong.
    follow(Box::new(move || {
        if is_wrong(form, field) {
            focus(&element);
        }
    }));
    input
        .attr("id", id)
        .attr("autocapitalize", "none")
        .attr("autocorrect", "off")
        .attr("spellcheck", "false")
        .attr_now("aria-invalid", move || {
            is_wrong(form, field).then(|| "true".to_owned())
        })
        .attr("aria-describedby", problem_id(field))
        .prop_now("value", move || value.get().into())
        .on("input", move |event| {
            value.set(target(&event).value());
            form.problem.set(None);
            if field != Field::Address {
                form.secret_typed();
            }
        })
}

fn remember_field(form: Form) -> El {
    let label = el("label")
        .attr("for", "remember")
        .child(el("span").text("Remember on this device"))
        .child(el("small").class("muted").text(
            "Rarely needed: once approved, this browser has a key of its own. \
             What is remembered can be read by whoever uses this browser.",
        ));
    let input = el("input")
        .attr("id", "remember")
        .attr("type", "checkbox")
        .prop_now("checked", move || form.remember.get().into())
        .on("change", move |event| {
            form.remember.set(target(&event).checked());
        });
    el("div").class("check").child(input).child(label)
}

fn actions(page: Page) -> El {
    let form = page.form;
    let is_busy = move || {
        matches!(
            page.connection.get(),
            Connection::Connecting { cause: None }
        )
    };
    let connect = el("button")
        .attr("type", "submit")
        .class("button primary")
        .attr_now("aria-busy", move || is_busy().then(|| "true".to_owned()))
        .text("Connect");
    el("div")
        .class("actions")
        .child(connect)
        .child_now(move || {
            (form.opened.get() && page.known.get()).then(|| {
                button("button quiet")
                    .on("click", move |_| form.opened.set(false))
                    .text("Back to the conversation")
            })
        })
}

/// Puts the cursor into a field once it stands in the page.
pub(super) fn focus(field: &HtmlElement) {
    let field = field.clone();
    request_animation_frame(move || {
        let _ = field.focus();
    });
}

fn target(event: &Event) -> HtmlInputElement {
    event
        .target()
        .unwrap_or_else(|| event.clone().unchecked_into())
        .unchecked_into()
}

fn is_wrong(form: Form, field: Field) -> bool {
    form.problem.with(|problem| {
        problem
            .as_ref()
            .is_some_and(|problem| problem.field == field)
    })
}

fn problem_id(field: Field) -> &'static str {
    match field {
        Field::Address => "problem-address",
        Field::Token => "problem-token",
        Field::Password => "problem-password",
    }
}

/// What is wrong with a field, with the one-click repair or the command.
fn problem(page: Page, field: Field) -> El {
    el("div")
        .attr("id", problem_id(field))
        .class("field-problem")
        .attr("role", "alert")
        .child_now(move || {
            let problem = page
                .form
                .problem
                .get()
                .filter(|problem| problem.field == field)?;
            let mut said = el("div")
                .class("field-problem-said")
                .child(el("p").text(&problem.message));
            if let Some(fix) = problem.fix {
                let label = format!("Use {}", fix.address);
                said = said.child(
                    button("button quiet small")
                        .on("click", move |_| page.apply_fix(fix.clone()))
                        .text(&label),
                );
            }
            Some(said.children(problem.command.map(command_line)))
        })
}

/// A command to type into a shell, with a button that copies it.
pub(super) fn command_line(command: String) -> El {
    let code = el("code").text(&command);
    el("div")
        .class("command")
        .child(code)
        .child(copy_button("command", move || command.clone()))
}
