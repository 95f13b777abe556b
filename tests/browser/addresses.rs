//! Which gateway an address means: the browser's own parser has the first word.

use clawline::gateway_id;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
fn spellings_that_only_a_browser_knows_are_one_gateway() {
    for (spelling, name) in [
        ("ws://127.1:5/", "ws://127.0.0.1:5"),
        ("ws://0x7f.0.0.1:5", "ws://127.0.0.1:5"),
        ("ws://HÖST/gateway/", "ws://xn--hst-sna/gateway"),
        ("wss://h:443?ticket=secret", "wss://h"),
    ] {
        let id = gateway_id(spelling).expect(spelling);
        assert_eq!(id.as_str(), name);
    }
    for none in ["", "h:1", "ws://h:99999", "ws://a b", "nonsense"] {
        assert_eq!(gateway_id(none), None, "{none:?}");
    }
}
