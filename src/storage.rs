//! A small key-value store in IndexedDB: the device's key, its tokens.
//!
//! Each operation is a transaction of its own: one that awaits anything else
//! would end by itself.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use js_sys::{Reflect, global};
use wasm_bindgen::prelude::*;
use web_sys::{
    DomException, Event, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransactionMode,
};

use crate::socket::words;

/// The newest layout of the database.
const VERSION: u32 = 1;
const STORE: &str = "device";

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

pub(crate) struct Storage {
    database: IdbDatabase,
    /// A newer page wants to change the layout: an open database would make it
    /// wait for ever.
    _give_way: Closure<dyn FnMut()>,
}

impl Storage {
    pub(crate) async fn open(name: &str) -> Result<Self, StorageError> {
        let factory: IdbFactory = Reflect::get(&global(), &"indexedDB".into())
            .ok()
            .and_then(|factory| factory.dyn_into().ok())
            .ok_or_else(|| StorageError::Unavailable("there is no IndexedDB here".to_owned()))?;
        let request = factory
            .open_with_u32(name, VERSION)
            .map_err(|error| failed(&error))?;
        let database = opened(&request).await?;
        let held = database.clone();
        let give_way = Closure::new(move || held.close());
        database.set_onversionchange(Some(give_way.as_ref().unchecked_ref()));
        Ok(Self {
            database,
            _give_way: give_way,
        })
    }

    pub(crate) async fn get(&self, key: &str) -> Result<JsValue, StorageError> {
        let store = self.store(IdbTransactionMode::Readonly)?;
        done(&store.get(&key.into()).map_err(|error| failed(&error))?).await
    }

    pub(crate) async fn put(&self, key: &str, value: &JsValue) -> Result<(), StorageError> {
        self.write(|store| store.put_with_key(value, &key.into()))
            .await
    }

    /// Puts only when the key is free: of two tabs, one is first.
    pub(crate) async fn add(&self, key: &str, value: &JsValue) -> Result<(), StorageError> {
        self.write(|store| store.add_with_key(value, &key.into()))
            .await
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.write(|store| store.delete(&key.into())).await
    }

    /// Deletes everything.
    pub(crate) async fn clear(&self) -> Result<(), StorageError> {
        self.write(IdbObjectStore::clear).await
    }

    /// Waits for the end of the transaction, not of the request: a full disk
    /// undoes it in between.
    async fn write(
        &self,
        ask: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    ) -> Result<(), StorageError> {
        let store = self.store(IdbTransactionMode::Readwrite)?;
        let request = ask(&store).map_err(|error| failed(&error))?;
        let transaction = store.transaction();
        let (ended, told) = Ended::new();
        transaction.set_oncomplete(Some(ended.success()));
        transaction.set_onabort(Some(ended.failure()));
        let kept = told.await.unwrap_or(false);
        transaction.set_oncomplete(None);
        transaction.set_onabort(None);
        if kept {
            return Ok(());
        }
        let error = match request.error() {
            Ok(Some(error)) => Some(error),
            _ => transaction.error(),
        };
        Err(error.map_or_else(
            || StorageError::Unavailable("the transaction was undone".to_owned()),
            |error| failed(&error),
        ))
    }

    fn store(&self, mode: IdbTransactionMode) -> Result<IdbObjectStore, StorageError> {
        self.database
            .transaction_with_str_and_mode(STORE, mode)
            .and_then(|transaction| transaction.object_store(STORE))
            .map_err(|error| failed(&error))
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        self.database.set_onversionchange(None);
        self.database.close();
    }
}

/// Waits for an open request, making the store when it is new.
async fn opened(request: &IdbOpenDbRequest) -> Result<IdbDatabase, StorageError> {
    let database = request.clone();
    let upgrade = Closure::<dyn FnMut()>::new(move || {
        if let Ok(database) = database.result().map(JsCast::unchecked_into::<IdbDatabase>) {
            // Fails only when it exists, which is what is wanted.
            let _ = database.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    let result = done(request).await;
    request.set_onupgradeneeded(None);
    result.map(JsCast::unchecked_into)
}

/// Listeners for the end of something, which live until it has ended.
struct Ended {
    success: Closure<dyn FnMut(Event)>,
    failure: Closure<dyn FnMut(Event)>,
}

impl Ended {
    fn new() -> (Self, oneshot::Receiver<bool>) {
        let (tell, told) = oneshot::channel::<bool>();
        let tell = Rc::new(RefCell::new(Some(tell)));
        let listener = |ok: bool| {
            let tell = Rc::clone(&tell);
            Closure::new(move |event: Event| {
                // An error would else reach the page's global error handler.
                event.prevent_default();
                if let Some(tell) = tell.take() {
                    let _ = tell.send(ok);
                }
            })
        };
        let (success, failure) = (listener(true), listener(false));
        (Self { success, failure }, told)
    }

    fn success(&self) -> &js_sys::Function {
        self.success.as_ref().unchecked_ref()
    }

    fn failure(&self) -> &js_sys::Function {
        self.failure.as_ref().unchecked_ref()
    }
}

async fn done(request: &IdbRequest) -> Result<JsValue, StorageError> {
    let (ended, told) = Ended::new();
    request.set_onsuccess(Some(ended.success()));
    request.set_onerror(Some(ended.failure()));
    let ok = told.await.unwrap_or(false);
    request.set_onsuccess(None);
    request.set_onerror(None);
    if ok {
        return request.result().map_err(|error| failed(&error));
    }
    Err(match request.error() {
        Ok(Some(error)) => failed(&error),
        _ => StorageError::Unavailable("the request failed".to_owned()),
    })
}

fn failed(error: &JsValue) -> StorageError {
    match error.dyn_ref::<DomException>() {
        Some(error) if error.name() == "ConstraintError" => StorageError::Exists,
        _ => StorageError::Unavailable(words(error)),
    }
}
