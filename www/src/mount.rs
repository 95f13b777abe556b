//! Where the WebChat stands: as a page of its own, or as a part of another page.
#![expect(
    unreachable_pub,
    reason = "what scripts may call must be public, wherever it stands"
)]

use std::cell::RefCell;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::browser::language;
use crate::options::Options;
use crate::view::Page;

/// Something that is mounted, and the way to end it.
struct Mounted {
    root: HtmlElement,
    end: Box<dyn FnOnce()>,
}

thread_local! {
    static MOUNTED: RefCell<Vec<Mounted>> = const { RefCell::new(Vec::new()) };
}

/// Puts a WebChat into an element; false when there is one in it. A part of a
/// page lives in the shadow of its element: ids and styles of either side stay on
/// their side.
///
/// # Errors
/// One of the browser's, when the element can have no shadow.
pub(crate) fn mount(root: HtmlElement, options: Options) -> Result<bool, JsValue> {
    let is_taken = MOUNTED.with_borrow(|all| all.iter().any(|one| one.root == root));
    if is_taken {
        return Ok(false);
    }
    let frame = match options.is_page {
        true => root.clone(),
        false => shadow(&root, options.style.as_deref())?,
    };
    let marked = frame.clone();
    // Also what outlives its view ends with this.
    let owner = Owner::new();
    let around = root.clone();
    let handle = owner.with(|| mount_to(frame, move || view! { <Page around options /> }));
    let end = Box::new(move || {
        drop(handle);
        owner.cleanup();
        language::unmark(&marked);
    });
    MOUNTED.with_borrow_mut(|all| all.push(Mounted { root, end }));
    Ok(true)
}

/// Ends what was mounted into an element. False when there was nothing.
pub(crate) fn unmount(root: &HtmlElement) -> bool {
    let ended = MOUNTED.with_borrow_mut(|all| {
        let at = all.iter().position(|one| one.root == *root)?;
        Some(all.remove(at))
    });
    let Some(Mounted { root, end }) = ended else {
        return false;
    };
    end();
    if let Some(shadow) = root.shadow_root() {
        shadow.set_text_content(None);
    }
    true
}

/// An element in the shadow of this one, where its style sheet is.
fn shadow(root: &HtmlElement, style: Option<&str>) -> Result<HtmlElement, JsValue> {
    let shadow = match root.shadow_root() {
        Some(shadow) => shadow,
        None => root.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?,
    };
    if let Some(style) = style {
        let link: Element = document().create_element("link")?;
        link.set_attribute("rel", "stylesheet")?;
        link.set_attribute("href", style)?;
        shadow.append_child(&link)?;
    }
    let frame = document().create_element("div")?;
    frame.set_class_name("frame");
    shadow.append_child(&frame)?;
    language::mark(&frame);
    Ok(frame.unchecked_into())
}

/// [`mount`], for the scripts beside the page.
#[wasm_bindgen(js_name = mount)]
pub fn mount_by_script(root: HtmlElement, options: &JsValue) -> Result<bool, JsValue> {
    mount(root, Options::read(options))
}

/// [`unmount`], for the scripts beside the page.
#[wasm_bindgen(js_name = unmount)]
pub fn unmount_by_script(root: &HtmlElement) -> bool {
    unmount(root)
}
