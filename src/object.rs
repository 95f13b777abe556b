//! Frames as the browser parsed them, read in place.

use std::cell::RefCell;

use clawline_core::Table;
use clawline_core::wire::{Object, Value};
use js_sys::{Array, Number, Object as Plain, Reflect};
use wasm_bindgen::{JsCast, JsValue};

thread_local! {
    /// The names of members as JavaScript's strings: to make one costs as much
    /// as all else that is done with a member. By address and length, which
    /// stand for a text that never goes away.
    static NAMES: RefCell<Table<(usize, usize), JsValue>> = const { RefCell::new(Table::new()) };
}

/// The name of a member, or another word that is written often.
pub(crate) fn word(text: &'static str) -> JsValue {
    let place = (text.as_ptr() as usize, text.len());
    NAMES.with_borrow_mut(|names| {
        if let Some(known) = names.get(&place) {
            return known.clone();
        }
        let made = JsValue::from_str(text);
        names.insert(place, made.clone());
        made
    })
}

/// A parsed object in the JavaScript heap. Cheap to clone: a handle.
#[derive(Debug, Clone)]
pub struct JsObject(pub JsValue);

impl JsObject {
    /// A member, `undefined` when there is none.
    pub(crate) fn get(&self, name: &'static str) -> JsValue {
        Reflect::get(&self.0, &word(name)).unwrap_or(JsValue::UNDEFINED)
    }
}

impl Object for JsObject {
    fn text(&self, name: &'static str) -> Option<String> {
        self.get(name).as_string()
    }

    fn number(&self, name: &'static str) -> Option<f64> {
        self.get(name).as_f64()
    }

    fn flag(&self, name: &'static str) -> Option<bool> {
        self.get(name).as_bool()
    }

    fn child(&self, name: &'static str) -> Option<Self> {
        let value = self.get(name);
        (value.is_object() && !Array::is_array(&value)).then_some(Self(value))
    }

    fn value(&self, name: &'static str) -> Value<Self> {
        value(self.get(name))
    }

    fn values(&self, visit: &mut dyn FnMut(Value<Self>)) {
        let list = match self.0.dyn_ref::<Array>() {
            Some(list) => list.clone(),
            None if self.0.is_object() => Plain::values(self.0.unchecked_ref()),
            None => return,
        };
        for element in list.iter() {
            visit(value(element));
        }
    }

    fn written(number: f64) -> String {
        let written = Number::from(number).to_string_with_radix(10);
        written.map(String::from).unwrap_or_default()
    }
}

fn value(value: JsValue) -> Value<JsObject> {
    if let Some(text) = value.as_string() {
        Value::Text(text)
    } else if Array::is_array(&value) {
        Value::List(JsObject(value))
    } else if value.is_object() {
        Value::Object(JsObject(value))
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else {
        value.as_bool().map_or(Value::Nothing, Value::Flag)
    }
}

/// A plain object with these members.
pub(crate) fn plain(members: &[(&'static str, JsValue)]) -> JsValue {
    let object = Plain::new();
    for (name, value) in members {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&object, &word(name), value);
    }
    object.into()
}
