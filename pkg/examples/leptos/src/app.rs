//! The chat: a stream of changes, turned into signals.

use clawline::core::Secret;
use clawline::core::engine::Status;
use clawline::{Chat, Client, Options, SignIn, Target};
use futures_util::{StreamExt, stream::select};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::js_sys;

use crate::line::{Line, lines, words_of};

/// `index.html#gateway=ws://127.0.0.1:18789&token=…`: a browser sends the fragment to nobody.
fn from_fragment(name: &str) -> Option<String> {
    let hash = location_hash()?;
    let mut pairs = hash.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(key, _)| *key == name)?;
    js_sys::decode_uri_component(value).ok().map(Into::into)
}

fn in_words(status: &Status) -> String {
    let and = |word: &str, more: &str| format!("{word} · {more}");
    match status {
        Status::Idle => "idle".to_owned(),
        Status::Connecting { .. } => "connecting".to_owned(),
        Status::Ready => "ready".to_owned(),
        Status::Waiting { cause, .. } => and("waiting", &cause.message),
        Status::Pairing(pairing) => and("pairing", &pairing.message),
        Status::Paused(cause) => and("paused", &format!("{} {}", cause.message, cause.advice)),
        _ => "closed".to_owned(),
    }
}

#[component]
pub(crate) fn App() -> impl IntoView {
    let client = Client::new(Options::new(Target {
        url: from_fragment("gateway").unwrap_or_else(|| "ws://127.0.0.1:18789".to_owned()),
        sign_in: SignIn {
            token: from_fragment("token").map(Secret::new),
            ..SignIn::default()
        },
    }));
    let chat = Chat::open(&client, None, words_of);
    let status = RwSignal::new(String::new());
    let said = RwSignal::new(Vec::<Line>::new());
    let is_running = RwSignal::new(false);
    let words = RwSignal::new(String::new());
    let problem = RwSignal::new(String::new());

    // Neither can leave this thread, as what signals hold could.
    let held = StoredValue::new_local(chat.clone());
    let sender = StoredValue::new_local(client.clone());

    spawn_local(async move {
        let mut news = select(chat.changes().map(drop), client.subscribe(&[]).map(drop));
        client.connect();
        while news.next().await.is_some() {
            status.set(in_words(&client.status()));
            said.set(lines(&client, &chat));
            is_running.set(chat.read(|fold| fold.active_runs().next().is_some()));
        }
    });

    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let written = words.get_untracked();
        if written.trim().is_empty() {
            return;
        }
        match held.get_value().send(written.trim()) {
            Ok(_) => {
                words.set(String::new());
                problem.set(String::new());
            }
            // A message that does not fit stays where it is.
            Err(error) => problem.set(error.to_string()),
        }
    };
    let stop = move |_| {
        let chat = held.get_value();
        spawn_local(async move { drop(chat.stop().await) });
    };

    // With a class `view!` writes no `innerHTML`, which Trusted Types forbid.
    view! { class="chat",
        <main>
            <h1>"A chat"</h1>
            <p role="status">{status}</p>
            <div role="log" aria-label="Conversation">
                {move || said.get().into_iter().map(|line| row(line, sender)).collect_view()}
            </div>
            <p role="alert">{problem}</p>
            <form on:submit=submit>
                <label>"Message " <input autocomplete="off" required bind:value=words /></label>
                <button>"Send"</button>
                <Show when=move || is_running.get()>
                    <button type="button" on:click=stop>"Stop"</button>
                </Show>
            </form>
        </main>
    }
}

fn row(line: Line, sender: StoredValue<Client, LocalStorage>) -> impl IntoView {
    let buttons = line.stopped.map(|key| {
        let dead = key.clone();
        let send_again = move |_| {
            sender.get_value().resend(&dead);
        };
        let remove = move |_| {
            sender.get_value().cancel(&key);
        };
        view! { class="line",
            <button on:click=send_again>"Send again"</button>
            <button on:click=remove>"Remove"</button>
        }
    });
    view! { class="line",
        <p><b>{line.who}</b>" "{line.words}" "<i>{line.note}</i>" "{buttons}</p>
    }
}
