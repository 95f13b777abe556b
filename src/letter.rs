//! What is kept of requests and messages until their bytes leave.

use clawline_core::wire::methods::{self, KEYED, takes_key};
use js_sys::{Array, JSON, Object, Reflect, Set};
use wasm_bindgen::{JsCast, JsValue};

use crate::error::RequestError;
use crate::host::uuid;
use crate::object::{JsObject, plain};
use crate::socket::words;

/// The name of the member that makes a request safe to repeat.
const KEY: &str = "idempotencyKey";

/// The method and the params of a frame that is composed when it leaves.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) method: JsValue,
    /// JSON text.
    pub(crate) params: JsValue,
}

/// The JSON text of params: what is sent is what they were at the call.
pub(crate) fn json(params: &JsValue) -> Result<JsValue, RequestError> {
    if params.is_undefined() {
        return Ok("{}".into());
    }
    let text = JSON::stringify(params).map_err(|why| RequestError::InvalidParams(words(&why)))?;
    let text = JsValue::from(text);
    // A function or a symbol has no JSON, and that is no error to JavaScript.
    if text.is_string() {
        Ok(text)
    } else {
        Err(RequestError::InvalidParams("not a value".into()))
    }
}

/// The methods that the tab that leads counts: see `driver/subscriptions.rs`.
pub(crate) const COUNTED: [&str; 3] = [
    methods::SESSIONS_MESSAGES_SUBSCRIBE,
    methods::SESSIONS_MESSAGES_UNSUBSCRIBE,
    methods::SESSIONS_SUBSCRIBE,
];

thread_local! {
    /// The methods that are more than their names here. To ask JavaScript is
    /// cheaper than to copy the name of each request that is made.
    static SPECIAL: Set = {
        let special = Set::default();
        for method in KEYED.into_iter().chain(COUNTED) {
            special.add(&method.into());
        }
        special
    };
}

/// The name of a method that is more than its name here.
pub(crate) fn special(method: &JsValue) -> Option<String> {
    SPECIAL
        .with(|special| special.has(method))
        .then(|| method.as_string())?
}

/// The JSON text of a request's params. A method that takes a key gets one.
pub(crate) fn request_json(method: &JsValue, params: &JsValue) -> Result<JsValue, RequestError> {
    let wants_key = special(method).is_some_and(|method| takes_key(&method));
    let lacks_key = || params.is_object() && JsObject(params.clone()).get(KEY).is_undefined();
    if !(wants_key && lacks_key()) {
        return json(params);
    }
    let keyed = Object::assign(&Object::new(), params.unchecked_ref());
    let _ = Reflect::set(&keyed, &KEY.into(), &uuid().into());
    json(&keyed)
}

/// What an entry of the outbox carries, as it also stands in the store:
/// `{method, params, attachments?: [{name, mime, blob}]}`.
#[derive(Clone)]
pub(crate) struct Payload(pub(crate) JsObject);

impl Payload {
    pub(crate) fn new(method: &str, params: &JsValue, attachments: &JsValue) -> Self {
        let mut members = vec![("method", method.into()), ("params", params.clone())];
        if attachments.is_object() {
            members.push(("attachments", attachments.clone()));
        }
        Self(JsObject(plain(&members)))
    }

    /// The words of a chat message.
    pub(crate) fn text(&self) -> Option<String> {
        let params = JSON::parse(&self.0.get("params").as_string()?).ok()?;
        JsObject(params).get("message").as_string()
    }

    /// The same with other words, and without files that are gone.
    pub(crate) fn with_text(&self, text: &str) -> Option<Self> {
        let params = JSON::parse(&self.0.get("params").as_string()?).ok()?;
        Reflect::set(&params, &"message".into(), &text.into()).ok()?;
        let params = json(&params).ok()?;
        let method = self.0.get("method").as_string()?;
        let files = self.0.get("attachments");
        let is_there = |file: &JsValue| JsObject(file.clone()).get("blob").is_object();
        let files = files
            .dyn_ref::<Array>()
            .map(|files| files.iter().filter(is_there).collect::<Array>());
        let files = files.filter(|files| files.length() > 0);
        Some(Self::new(&method, &params, &files.into()))
    }

    /// Some files go with it.
    pub(crate) fn has_files(&self) -> bool {
        self.0.get("attachments").is_object()
    }

    /// The same with other files.
    pub(crate) fn with_files(&self, files: &JsValue) -> Self {
        let method = self.0.get("method").as_string().unwrap_or_default();
        Self::new(&method, &self.0.get("params"), files)
    }

    /// `[{name, type, size}]`, `undefined` when there are none.
    pub(crate) fn files(&self) -> JsValue {
        use clawline_core::wire::Object as _;
        let files = Array::new();
        self.0.each("attachments", &mut |file| {
            let blob = JsObject(file.get("blob"));
            let bytes = if blob.0.is_object() {
                blob.get("size")
            } else {
                file.get("size")
            };
            files.push(&plain(&[
                ("name", file.get("name")),
                ("type", file.get("mime")),
                ("size", bytes),
            ]));
        });
        if files.length() > 0 {
            files.into()
        } else {
            JsValue::UNDEFINED
        }
    }

    /// How long it is on the wire, about: text, and files in base64.
    pub(crate) fn bytes(&self) -> u64 {
        use clawline_core::wire::Object as _;
        let mut bytes = self
            .0
            .get("params")
            .dyn_ref::<js_sys::JsString>()
            .map_or(0, |params| u64::from(params.length()));
        self.0.each("attachments", &mut |file| {
            bytes += size(&file.get("blob")).div_ceil(3) * 4;
        });
        bytes
    }
}

/// The size of a `Blob`.
pub(crate) fn size(blob: &JsValue) -> u64 {
    use clawline_core::wire::Object as _;
    JsObject(blob.clone()).whole("size").unwrap_or(0)
}
