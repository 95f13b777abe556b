//! A small key-value store in IndexedDB: the device's key, its tokens.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::object::JsObject;
use crate::socket::words;

#[wasm_bindgen(module = "/src/store/disk.js")]
extern "C" {
    /// A database of values by key.
    pub(crate) type Shelf;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(name: &str) -> Shelf;
    #[wasm_bindgen(method, catch)]
    async fn open(this: &Shelf) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn run(
        this: &Shelf,
        method: &str,
        one: &JsValue,
        other: &JsValue,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn change(
        this: &Shelf,
        read: &Array,
        prefix: &str,
        decide: &Closure<Decide>,
    ) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Shelf);
}

type Decide = dyn Fn(Array, Array) -> Array;

/// Each call is a transaction; a connection that died is opened anew.
impl Shelf {
    pub(crate) async fn get(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        self.run("get", key, &JsValue::UNDEFINED).await
    }

    /// All keys, as an array.
    pub(crate) async fn keys(&self) -> Result<JsValue, JsValue> {
        let all = JsValue::UNDEFINED;
        self.run("getAllKeys", &all, &all).await
    }

    pub(crate) async fn put(&self, value: &JsValue, key: &JsValue) -> Result<JsValue, JsValue> {
        self.run("put", value, key).await
    }

    pub(crate) async fn delete(&self, key: &JsValue) -> Result<JsValue, JsValue> {
        self.run("delete", key, &JsValue::UNDEFINED).await
    }
}

/// Why something could not be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StorageError {
    /// The key is taken: somebody else was first.
    Exists,
    /// There is no IndexedDB, it refuses, or it is full. In its words.
    Unavailable(String),
}

impl std::fmt::Display for StorageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exists => f.write_str("it exists already"),
            Self::Unavailable(why) => f.write_str(why),
        }
    }
}

/// What this device has.
pub(crate) struct Storage(Shelf);

impl Storage {
    pub(crate) async fn open(name: &str) -> Result<Self, StorageError> {
        let shelf = Shelf::new(name);
        shelf.open().await.map_err(failed)?;
        Ok(Self(shelf))
    }

    /// Makes changes in one transaction. `decide` is told the values at `read`, and
    /// which names begin with `prefix`; it gives a name and a value each, of which
    /// `undefined` deletes. It is asked again where the first transaction came to
    /// nothing.
    pub(crate) async fn change<I>(
        &self,
        read: &[&str],
        prefix: &str,
        decide: impl Fn(&Array, &Array) -> I + 'static,
    ) -> Result<(), StorageError>
    where
        I: IntoIterator<Item = (String, JsValue)>,
    {
        let decide = Closure::<Decide>::new(move |values: Array, names: Array| -> Array {
            let changes = decide(&values, &names).into_iter();
            changes
                .map(|(name, value)| Array::of2(&name.into(), &value))
                .collect()
        });
        let read: Array = read.iter().map(|name| JsValue::from_str(name)).collect();
        let changed = self.0.change(&read, prefix, &decide).await;
        changed.map(drop).map_err(failed)
    }

    pub(crate) async fn get(&self, key: &str) -> Result<JsValue, StorageError> {
        self.0.get(&key.into()).await.map_err(failed)
    }

    /// Puts only when the key is free: of two tabs, one is first.
    pub(crate) async fn add(&self, key: &str, value: &JsValue) -> Result<(), StorageError> {
        let added = self.0.run("add", value, &key.into()).await;
        added.map(drop).map_err(failed)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.0.delete(&key.into()).await.map(drop).map_err(failed)
    }

    /// The names of all values.
    pub(crate) async fn keys(&self) -> Result<Array, StorageError> {
        let keys = self.0.keys().await;
        keys.map(JsCast::unchecked_into).map_err(failed)
    }

    /// Deletes everything.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        let nothing = JsValue::UNDEFINED;
        let cleared = self.0.run("clear", &nothing, &nothing).await;
        cleared.map(drop).map_err(failed)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn failed(thrown: JsValue) -> StorageError {
    if JsObject(thrown.clone()).get("name") == "ConstraintError" {
        StorageError::Exists
    } else {
        StorageError::Unavailable(words(&thrown))
    }
}
