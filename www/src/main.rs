//! The WebChat page: a Leptos page, drawn in the browser.
//!
//! `model` (the library of this package) decides; `link` ties the page to the
//! gateway client; a `conversation` holds what is shown of a session and what a
//! person does in it; `app` stands above them; `view` draws; `browser` is the
//! little that the page wants from the browser beside the DOM; `chunks` are what of
//! the program comes later; `mount` puts all of it into an element. Each imports those before it, and none the other way.

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod attached;
#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod chunks;
#[cfg(target_arch = "wasm32")]
mod conversation;
#[cfg(target_arch = "wasm32")]
mod link;
#[cfg(target_arch = "wasm32")]
mod mount;
#[cfg(target_arch = "wasm32")]
mod options;
#[cfg(target_arch = "wasm32")]
mod said;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
fn main() {
    // The script that started it mounts what it wants: see `mount`.
    console_error_panic_hook::set_once();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "This is a web page. Build it with `cargo xtask build`, see it with `cargo xtask run`."
    );
    std::process::exit(2);
}
