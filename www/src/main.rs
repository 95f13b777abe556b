//! The WebChat page: a Leptos page, drawn in the browser.
//!
//! `model` (the library of this package) decides, `page` holds what is shown,
//! `link` ties the page to the gateway client, `view` draws, `browser` is the
//! little that the page wants from the browser beside the DOM.

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod link;
#[cfg(target_arch = "wasm32")]
mod page;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(view::app);
    browser::boot_finished();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!(
        "This is a web page. Build it with `cargo xtask build`, see it with `cargo xtask run`."
    );
    std::process::exit(2);
}
