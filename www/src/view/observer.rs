//! Sizes of elements.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, ResizeObserver};

/// Tells when elements change their size, until it is dropped.
pub(super) struct Observer {
    observer: ResizeObserver,
    _resized: Closure<dyn FnMut()>,
}

impl Observer {
    pub(super) fn new(elements: &[&Element], resized: impl FnMut() + 'static) -> Option<Self> {
        let resized = Closure::<dyn FnMut()>::new(resized);
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok()?;
        elements
            .iter()
            .for_each(|element| observer.observe(element));
        Some(Self {
            observer,
            _resized: resized,
        })
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
