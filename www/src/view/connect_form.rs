//! The form that asks for a gateway.

use leptos::prelude::*;
use leptos::{ev, html};
use webchat_model::connection::Connection;

use super::copy_button::copy_button;
use super::icon::mark;
use crate::page::{Field, Form, Page};

pub(super) fn connect_form(page: Page) -> impl IntoView {
    let form = page.form;
    Effect::new(move |_| {
        let wants = page.connection.with(|connection| match connection {
            Connection::SignedOut(problem) => problem.wants_password(),
            _ => false,
        });
        if wants {
            form.wants_password.set(true);
        }
    });
    html::section().class("card-screen").child(
        html::form()
            .class("card")
            .attr("novalidate", "novalidate")
            .aria_labelledby("connect-title")
            .on(ev::submit, move |event| {
                event.prevent_default();
                page.submit();
            })
            .child((
                html::div().class("card-head").child((
                    mark(),
                    html::h1().id("connect-title").child("Talk to your claw"),
                    html::p()
                        .class("muted")
                        .child("Your agent answers through its gateway. Where is it?"),
                )),
                address_field(page),
                secret_field(form, Field::Token),
                move || {
                    form.wants_password
                        .get()
                        .then(|| secret_field(form, Field::Password))
                },
                remember_field(form),
                actions(page),
            )),
    )
}

fn address_field(page: Page) -> impl IntoView {
    let form = page.form;
    html::div().class("field").child((
        html::label()
            .attr("for", "gateway-address")
            .child("Gateway address"),
        html::input()
            .id("gateway-address")
            .attr("type", "text")
            .attr("inputmode", "url")
            .attr("autocomplete", "url")
            .attr("autocapitalize", "none")
            .attr("autocorrect", "off")
            .attr("spellcheck", "false")
            .attr("placeholder", "ws://127.0.0.1:18789")
            .aria_invalid(move || is_wrong(form, Field::Address).then_some("true"))
            .aria_describedby("problem-address")
            .prop("value", move || form.address.get())
            .on(ev::input, move |event| {
                form.address.set(event_target_value(&event));
                form.problem.set(None);
            }),
        problem(page, Field::Address, "problem-address"),
    ))
}

/// The field of a token or a password: hidden letters, and a button that
/// shows them for whoever has to compare.
fn secret_field(form: Form, field: Field) -> impl IntoView {
    let (label, id, problem_id, value) = match field {
        Field::Password => (
            "Password",
            "gateway-password",
            "problem-password",
            form.password,
        ),
        Field::Token | Field::Address => ("Token", "gateway-token", "problem-token", form.token),
    };
    let shown = RwSignal::new(false);
    html::div().class("field").child((
        html::label().attr("for", id).child(label),
        html::div().class("with-button").child((
            html::input()
                .id(id)
                .attr(
                    "type",
                    move || if shown.get() { "text" } else { "password" },
                )
                .attr("autocomplete", "off")
                .attr("autocapitalize", "none")
                .attr("spellcheck", "false")
                .aria_invalid(move || is_wrong(form, field).then_some("true"))
                .aria_describedby(problem_id)
                .prop("value", move || value.get())
                .on(ev::input, move |event| {
                    value.set(event_target_value(&event));
                    form.problem.set(None);
                }),
            html::button()
                .attr("type", "button")
                .class("button quiet small")
                .aria_pressed(move || shown.get().to_string())
                .on(ev::click, move |_| shown.update(|shown| *shown = !*shown))
                .child(move || if shown.get() { "Hide" } else { "Show" }),
        )),
        problem(crate::page::use_page(), field, problem_id),
    ))
}

fn remember_field(form: Form) -> impl IntoView {
    html::div().class("check").child((
        html::input()
            .id("remember")
            .attr("type", "checkbox")
            .prop("checked", move || form.remember.get())
            .on(ev::change, move |event| {
                form.remember.set(event_target_checked(&event));
            }),
        html::label().attr("for", "remember").child((
            html::span().child("Remember on this device"),
            html::small().class("muted").child(
                "Rarely needed: once approved, this browser has a key of its own. \
                 What is remembered can be read by whoever uses this browser.",
            ),
        )),
    ))
}

fn actions(page: Page) -> impl IntoView {
    let form = page.form;
    let is_busy = move || {
        matches!(
            page.connection.get(),
            Connection::Connecting { cause: None }
        )
    };
    html::div().class("actions").child((
        html::button()
            .attr("type", "submit")
            .class("button primary")
            .aria_busy(move || is_busy().then_some("true"))
            .child("Connect"),
        move || {
            (form.opened.get() && page.known.get()).then(|| {
                html::button()
                    .attr("type", "button")
                    .class("button quiet")
                    .on(ev::click, move |_| form.opened.set(false))
                    .child("Back to the conversation")
            })
        },
    ))
}

fn is_wrong(form: Form, field: Field) -> bool {
    form.problem.with(|problem| {
        problem
            .as_ref()
            .is_some_and(|problem| problem.field == field)
    })
}

/// What is wrong with a field, with the one-click repair or the command.
fn problem(page: Page, field: Field, id: &'static str) -> impl IntoView {
    let form = page.form;
    html::div()
        .id(id)
        .class("field-problem")
        .role("alert")
        .child(move || {
            let problem = form
                .problem
                .get()
                .filter(|problem| problem.field == field)?;
            let fix = problem.fix.map(|fix| {
                let label = format!("Use {}", fix.address);
                html::button()
                    .attr("type", "button")
                    .class("button quiet small")
                    .on(ev::click, move |_| page.apply_fix(fix.clone()))
                    .child(label)
            });
            let command = problem.command.map(command_line);
            Some((html::p().child(problem.message), fix, command))
        })
}

/// A command to type into a shell, with a button that copies it.
pub(super) fn command_line(command: String) -> impl IntoView {
    let text = command.clone();
    html::div().class("command").child((
        html::code().child(command),
        copy_button("command", move || text.clone()),
    ))
}
