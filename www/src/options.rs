//! What whoever mounts a WebChat wants of it.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use webchat_model::handover::Handover;

/// How a WebChat stands where it is mounted.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// It is the page: the document's title, address, colours and language are
    /// its own. Else it touches nothing outside of its element.
    pub(crate) is_page: bool,
    /// A gateway to connect to at once, and what to sign in with.
    pub(crate) link: Handover,
    /// The session that is shown first; `None`: the gateway's main one.
    pub(crate) session: Option<String>,
    /// The address of the style sheet, which a part of a page needs for itself.
    pub(crate) style: Option<String>,
}

impl Options {
    /// Reads `{ page, gateway, token, password, session, style }`; all may be left out.
    pub(crate) fn read(options: &JsValue) -> Self {
        let member = |name: &str| Reflect::get(options, &name.into()).ok();
        let text = |name| member(name)?.as_string();
        Self {
            is_page: member("page").is_some_and(|page| page.is_truthy()),
            link: Handover {
                gateway: text("gateway"),
                token: text("token"),
                password: text("password"),
            },
            session: text("session"),
            style: text("style"),
        }
    }
}
