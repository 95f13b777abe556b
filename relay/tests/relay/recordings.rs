//! Traffic of the originals.

use std::path::Path;

use serde_json::Value;

/// The lines of a recording of an original.
pub(crate) fn recording(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/dialects");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
