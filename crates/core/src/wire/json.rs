//! [`Object`] for `serde_json::Value` (feature `json`).

use serde_json::Value;

use super::Object;

impl Object for Value {
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

    fn each(&self, name: &str, visit: &mut dyn FnMut(Self)) {
        let items = self.get(name).and_then(Self::as_array);
        for item in items.into_iter().flatten().filter(|item| item.is_object()) {
            visit(item.clone());
        }
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        let items = self.get(name)?.as_array()?;
        Some(
            items
                .iter()
                .filter_map(Self::as_str)
                .map(str::to_owned)
                .collect(),
        )
    }
}
