//! The form that asks for a gateway.

use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::{html, prelude::*};
use webchat_model::address;
use webchat_model::connection::Connection;
use webchat_model::words::Words;

use super::command_line::CommandLine;
use super::drawn::renewed;
use super::field::focus;
use super::forget::ForgetDevice;
use super::icon::Mark;
use super::show::Show;
use super::words::{say, text};
use crate::app::{App, Field, Form, FormProblem};

#[component]
pub(super) fn ConnectForm(app: App) -> impl IntoView {
    let form = app.form;
    Effect::new(move || {
        let wants = app.connection.with(|connection| match connection {
            Connection::SignedOut(problem) => problem.wants_password(),
            _ => false,
        });
        if wants {
            form.wants_password.set(true);
        }
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        app.submit();
    };
    view! {
        <section class="card-screen">
            <form class="card" novalidate aria-labelledby="connect-title" on:submit=submit>
                <div class="card-head">
                    <Mark />
                    <h1 id="connect-title">{text("connect-title")}</h1>
                    <p class="muted">
                        {text("connect-intro")}
                    </p>
                </div>
                <AddressField app />
                <SecretField app field=Field::Token />
                <Show when=move || form.wants_password.get()>
                    <SecretField app field=Field::Password />
                </Show>
                <RememberField form />
                <Actions app />
                // Before the first connection there is no key.
                <Show when=move || app.address.with(Option::is_some)>
                    <ForgetDevice app />
                </Show>
            </form>
        </section>
    }
}

#[component]
fn AddressField(app: App) -> impl IntoView {
    view! {
        <div class="field">
            <label for="gateway-address">{text("gateway-address")}</label>
            <Input
                form=app.form
                field=Field::Address
                attr:r#type="text"
                attr:dir="ltr"
                attr:inputmode="url"
                attr:autocomplete="url"
                attr:placeholder=address::USUAL
            />
            <Complaint app field=Field::Address />
        </div>
    }
}

/// The field of a token or a password: hidden letters, and a button that
/// shows them for whoever has to compare.
#[component]
fn SecretField(app: App, field: Field) -> impl IntoView {
    let label = match field {
        Field::Password => text("password"),
        Field::Token | Field::Address => text("token"),
    };
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label for=input_id(field)>{label}</label>
            <div class="with-button">
                // Not when the address is left: what is said then would move the
                // button that is being pressed.
                <Input
                    form=app.form
                    field
                    attr:r#type=move || if shown.get() { "text" } else { "password" }
                    attr:dir="ltr"
                    attr:autocomplete="off"
                    on:focus=move |_| app.address_chosen()
                />
                <button
                    type="button"
                    class="button quiet small"
                    translate="no"
                    aria-pressed=move || shown.get().to_string()
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || say(&Words::of(if shown.get() { "hide" } else { "show" }))}
                </button>
            </div>
            <Complaint app field />
        </div>
    }
}

#[component]
fn Input(form: Form, field: Field) -> impl IntoView {
    let value = match field {
        Field::Address => form.address,
        Field::Token => form.token,
        Field::Password => form.password,
    };
    let place = NodeRef::<html::Input>::new();
    let is_wrong = move || {
        form.problem.with(|problem| {
            problem
                .as_ref()
                .is_some_and(|problem| problem.field == field)
        })
    };
    // Whoever sent the form wrongly goes on where it is wrong.
    Effect::new(move || {
        if is_wrong()
            && let Some(input) = place.get()
        {
            focus(&input);
        }
    });
    view! {
        <input
            id=input_id(field)
            autocapitalize="none"
            {..custom_attribute("autocorrect", "off")}
            spellcheck="false"
            aria-invalid=move || is_wrong().then_some("true")
            aria-describedby=problem_id(field)
            node_ref=place
            prop:value=value
            on:input:target=move |event| {
                value.set(event.target().value());
                form.problem.set(None);
                if field != Field::Address {
                    form.secret_typed();
                }
            }
        />
    }
}

#[component]
fn RememberField(form: Form) -> impl IntoView {
    view! {
        <div class="check">
            <input
                id="remember"
                type="checkbox"
                prop:checked=form.remember
                on:change:target=move |event| form.remember.set(event.target().checked())
            />
            <label for="remember">
                <span>{text("remember")}</span>
                <small class="muted">
                    {text("remember-why")}
                </small>
            </label>
        </div>
    }
}

#[component]
fn Actions(app: App) -> impl IntoView {
    let form = app.form;
    let is_busy = move || {
        app.connection
            .with(|connection| matches!(connection, Connection::Connecting { cause: None }))
    };
    view! {
        <div class="actions">
            <button
                type="submit"
                class="button primary"
                aria-busy=move || is_busy().then_some("true")
            >
                {text("connect")}
            </button>
            <Show when=move || form.opened.get() && app.known.get()>
                <button
                    type="button"
                    class="button quiet"
                    on:click=move |_| form.opened.set(false)
                >
                    {text("back-to-conversation")}
                </button>
            </Show>
        </div>
    }
}

fn input_id(field: Field) -> &'static str {
    match field {
        Field::Address => "gateway-address",
        Field::Token => "gateway-token",
        Field::Password => "gateway-password",
    }
}

fn problem_id(field: Field) -> &'static str {
    match field {
        Field::Address => "problem-address",
        Field::Token => "problem-token",
        Field::Password => "problem-password",
    }
}

/// What is wrong with a field, with the one-click repair or the command.
#[component]
fn Complaint(app: App, field: Field) -> impl IntoView {
    let problem = move || {
        app.form
            .problem
            .get()
            .filter(|problem| problem.field == field)
    };
    view! {
        <div id=problem_id(field) class="field-problem" role="alert">
            {move || problem().map(|problem| renewed(view! { <Said app problem /> }))}
        </div>
    }
}

#[component]
fn Said(app: App, problem: FormProblem) -> impl IntoView {
    let fix = problem.fix.map(|fix| {
        let label = Words::of("use-address").with("address", fix.address.as_str());
        let label = move || say(&label);
        let apply = move |_| app.apply_fix(fix.clone());
        view! {
            <button type="button" class="button quiet small" on:click=apply>
                {label}
            </button>
        }
    });
    let command = problem
        .command
        .map(|command| view! { <CommandLine command /> });
    view! {
        <div class="field-problem-said">
            <p>{move || say(&problem.message)}</p>
            {fix}
            {command}
        </div>
    }
}
