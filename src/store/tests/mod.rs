//! What an outbox promises wherever it is kept, in real browsers.

mod both;
mod damage;
mod disk;
mod home;
mod versions;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
