//! The screens that nobody sees who comes back to a conversation, as a chunk of
//! the program.

use std::time::Duration;

use leptos::prelude::*;
use webchat_model::connection::Connection;

use super::chunk::ChunkTrouble;
use super::connect_form::ConnectForm;
use super::pairing_screen::PairingScreen;
use super::whatsapp::WhatsappScreen;
use crate::app::App;
use crate::chunks::{Chunk, Failed, Standing};

/// From a connection until the page is at rest.
const REST: Duration = Duration::from_secs(5);

type Draw = fn(App) -> AnyView;

/// What draws them.
#[derive(Clone, Copy)]
pub(super) struct Screens {
    pub(super) connect: Draw,
    pub(super) pairing: Draw,
    pub(super) whatsapp: Draw,
}

thread_local! {
    static CHUNK: Chunk<Screens> = Chunk::new(|| {
        Box::pin(async {
            let screens = screens();
            #[cfg(feature = "split")]
            let screens = screens.await;
            screens
        })
    });
}

#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(screens, fallible))]
fn screens() -> Result<Screens, Failed> {
    Ok(Screens {
        connect: |app| view! { <ConnectForm app /> }.into_any(),
        pairing: |app| view! { <PairingScreen app /> }.into_any(),
        whatsapp: |app| view! { <WhatsappScreen app /> }.into_any(),
    })
}

/// Fetches them once the page is at rest: when somebody wants one, the network may
/// be away, or the server have another build.
pub(super) fn ask_later(app: App) {
    let is_connected = move || matches!(app.connection.get(), Connection::Connected { .. });
    let is_connected = Memo::new(move |_| is_connected());
    Effect::new(move || {
        if is_connected.get() {
            set_timeout(ask, REST);
        }
    });
}

fn ask() {
    CHUNK.with(Chunk::ask);
}

/// One of them, once they are here.
#[component]
pub(super) fn LaterScreen(app: App, which: fn(Screens) -> Draw) -> impl IntoView {
    // A page that opens is at the form for a moment, until it knows where it was.
    let asks = set_timeout_with_handle(ask, Duration::ZERO).ok();
    on_cleanup(move || {
        if let Some(asks) = asks {
            asks.clear();
        }
    });
    move || match CHUNK.with(Chunk::standing) {
        Standing::Here(screens) => which(screens)(app),
        standing => {
            let trouble = standing.trouble();
            view! {
                <section class="card-screen">
                    {trouble.map(|trouble| view! { <ChunkTrouble trouble /> })}
                </section>
            }
            .into_any()
        }
    }
}
