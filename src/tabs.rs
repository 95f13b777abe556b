//! The Rust side of `tabs.js`.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/tabs.js")]
extern "C" {
    type Tabs;

    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str, id: &str, tell: &JsValue) -> Result<Tabs, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn enter(this: &Tabs) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    fn steal(this: &Tabs);
    #[wasm_bindgen(method, js_name = "yield")]
    fn give_way(this: &Tabs);
    #[wasm_bindgen(method)]
    fn post(this: &Tabs, to: &str, message: &JsValue);
    #[wasm_bindgen(method, js_name = hangUp)]
    fn hang_up(this: &Tabs, to: &str);
    #[wasm_bindgen(method)]
    fn leave(this: &Tabs);

    #[wasm_bindgen(js_name = Roll)]
    type JsRoll;

    #[wasm_bindgen(constructor, js_class = Roll)]
    fn new(name: &str, answer: &JsValue) -> JsRoll;
    #[wasm_bindgen(method, js_class = Roll)]
    fn call(this: &JsRoll);
    #[wasm_bindgen(method, js_class = Roll)]
    fn close(this: &JsRoll);

    /// Whether tabs can find each other here.
    #[wasm_bindgen(js_name = canShare)]
    pub(crate) fn can_share() -> bool;
    #[wasm_bindgen(js_name = ownName)]
    fn own_name(key: &str, fresh: &str) -> String;
}

/// What a group of tabs tells.
pub(crate) enum Told {
    /// This tab leads from now on.
    Lead,
    /// It leads no longer.
    Lost,
    /// Another tab says this.
    Message(JsValue),
}

/// This tab's place among those that share a connection. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Group(Rc<Place>);

struct Place {
    tabs: Tabs,
    _tell: Closure<dyn Fn(String, JsValue)>,
}

impl Group {
    /// Joins the group `name`, if tabs can find each other here, and says
    /// whether this tab leads.
    pub(crate) async fn join(
        name: &str,
        id: &str,
        tell: impl Fn(Told) + 'static,
    ) -> Option<(Self, bool)> {
        if !can_share() {
            return None;
        }
        let tell = Closure::<dyn Fn(String, JsValue)>::new(move |what: String, detail| {
            tell(match what.as_str() {
                "lead" => Told::Lead,
                "lost" => Told::Lost,
                _ => Told::Message(detail),
            });
        });
        let tabs = Tabs::new(name, id, tell.as_ref()).ok()?;
        let group = Self(Rc::new(Place { tabs, _tell: tell }));
        let leads = group.0.tabs.enter().await.ok()?.is_truthy();
        Some((group, leads))
    }

    /// Takes the place of the tab that leads.
    pub(crate) fn steal(&self) {
        self.0.tabs.steal();
    }

    /// Leads no longer, and waits for its turn again.
    pub(crate) fn give_way(&self) {
        self.0.tabs.give_way();
    }

    /// Tells one tab, or all others when `to` is empty.
    pub(crate) fn post(&self, to: &str, message: &JsValue) {
        self.0.tabs.post(to, message);
    }

    /// A tab is gone.
    pub(crate) fn hang_up(&self, to: &str) {
        self.0.tabs.hang_up(to);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.tabs.leave();
    }
}

/// Where there are no locks: the tabs of one outbox, each with its own part.
pub(crate) struct Roll {
    roll: JsRoll,
    _answer: Closure<dyn Fn()>,
}

impl Roll {
    /// `answer` is called when another tab asks who lives.
    pub(crate) fn new(name: &str, answer: impl Fn() + 'static) -> Self {
        let answer = Closure::<dyn Fn()>::new(answer);
        let roll = JsRoll::new(name, answer.as_ref());
        Self {
            roll,
            _answer: answer,
        }
    }

    /// Asks the others who lives.
    pub(crate) fn call(&self) {
        self.roll.call();
    }
}

impl Drop for Roll {
    fn drop(&mut self) {
        self.roll.close();
    }
}

/// The name of this tab's own part of an outbox, where there are no locks.
pub(crate) fn own_part(store: &str, fresh: &str) -> String {
    own_name(&format!("{store}/owner"), fresh)
}
