//! [`Object`] for `serde_json::Value` (feature `json`).

use serde_json::Value as Json;

use super::{Object, Value};

impl Object for Json {
    fn text(&self, name: &str) -> Option<String> {
        self.get(name)?.as_str().map(str::to_owned)
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.get(name)?.as_f64()
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name)?.as_bool()
    }

    fn child(&self, name: &str) -> Option<Self> {
        self.get(name).filter(|value| value.is_object()).cloned()
    }

    fn value(&self, name: &str) -> Value<Self> {
        self.get(name).map_or(Value::Nothing, value)
    }

    fn values(&self, visit: &mut dyn FnMut(Value<Self>)) {
        match self {
            Self::Array(elements) => elements.iter().for_each(|element| visit(value(element))),
            Self::Object(members) => members.values().for_each(|member| visit(value(member))),
            _ => {}
        }
    }

    fn written(number: f64) -> String {
        number.to_string()
    }
}

fn value(json: &Json) -> Value<Json> {
    json.clone().into()
}

impl From<Json> for Value<Json> {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Self::Nothing,
            Json::Bool(flag) => Self::Flag(flag),
            Json::Number(number) => number.as_f64().map_or(Self::Nothing, Self::Number),
            Json::String(text) => Self::Text(text),
            list @ Json::Array(_) => Self::List(list),
            object @ Json::Object(_) => Self::Object(object),
        }
    }
}
