//! Objects that a frame carries along.

/// An object that the core passes on without reading it, as the host has it.
pub trait Payload {
    /// The object as JSON text.
    fn json(&self) -> String;
}

/// An object as the JSON text that the host made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonText(pub String);

impl Payload for JsonText {
    fn json(&self) -> String {
        self.0.clone()
    }
}

#[cfg(feature = "json")]
impl Payload for serde_json::Value {
    fn json(&self) -> String {
        self.to_string()
    }
}

/// The object, an empty one where there is none.
pub(super) fn json_of<P: Payload>(payload: Option<&P>) -> String {
    payload.map_or_else(|| String::from("{}"), Payload::json)
}
