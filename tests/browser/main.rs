//! The library in real browsers, headless: `wasm-pack test --headless --chrome`
//! and `--firefox`, or `cargo xtask test`.
#![cfg(target_arch = "wasm32")]

mod addresses;
mod chat;
mod connection;
mod facts;
mod field;
mod outbox;
mod stream;
mod support;
mod tabs;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
