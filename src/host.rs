//! What the JavaScript host gives: a clock, one timer, random bytes, UUIDs.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use clawline_core::Instant;
use futures_channel::oneshot;
use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, millis: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// `performance.now()`: monotonic, unlike `Date.now()`.
pub(crate) fn now() -> Instant {
    instant(performance_now())
}

/// `Date.now()`: the wall clock, Unix milliseconds. It may jump.
pub(crate) fn wall_ms() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "today in milliseconds is positive and far below 2^53"
    )]
    let millis = date_now() as u64;
    millis
}

/// A moment that JavaScript took from `performance.now()`.
pub(crate) fn instant(millis: f64) -> Instant {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a page's age in milliseconds is positive and far below 2^53"
    )]
    Instant::from_millis(millis as u64)
}

/// Lets a future run by itself. One type for all of them: each would else carry
/// what starts it a second time.
pub(crate) fn spawn_local(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    wasm_bindgen_futures::spawn_local(future);
}

/// A timeout that ends with its owner.
struct Timeout {
    handle: JsValue,
    _wake: Closure<dyn FnMut()>,
}

impl Drop for Timeout {
    fn drop(&mut self) {
        clear_timeout(&self.handle);
    }
}

/// Waits.
pub(crate) async fn sleep(wait: Duration) {
    let (tell, told) = oneshot::channel::<()>();
    let mut tell = Some(tell);
    let wake = Closure::<dyn FnMut()>::new(move || drop(tell.take()));
    let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
    let handle = set_timeout(wake.as_ref().unchecked_ref(), millis);
    let _timeout = Timeout {
        handle,
        _wake: wake,
    };
    let _ = told.await;
}

/// What a future brings, unless it takes longer than this.
pub(crate) async fn within<T>(most: Duration, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut late) = (Box::pin(work), Box::pin(sleep(most)));
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => late.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Fills `bytes` with random ones; false when the host has no source of them.
pub(crate) fn random(bytes: &mut [u8]) -> bool {
    get_random_values(bytes).is_ok()
}

/// A random seed for jitter.
pub(crate) fn seed() -> u64 {
    let mut bytes = [0; 8];
    random(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// A random UUID (version 4). `crypto.randomUUID` exists only in secure
/// contexts; plain http on a LAN must chat as well.
#[must_use]
pub fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    random(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let mut text = hex(&bytes);
    for dash in [20, 16, 12, 8] {
        text.insert(dash, '-');
    }
    text
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| DIGITS[usize::from(digit)]).collect()
}

/// base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 1);
    for chunk in bytes.chunks(3) {
        let mut group = [0_u8; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for index in 0..=chunk.len() {
            let six = (bits >> (18 - 6 * index)) & 63;
            text.push(char::from(ALPHABET[six as usize]));
        }
    }
    text
}

/// The one timer of a client. `setTimeout` beyond 2^31 - 1 ms fires at once,
/// so longer waits are cut: waking too early changes nothing.
pub(crate) struct Timer {
    wake: Closure<dyn FnMut()>,
    armed: RefCell<Option<JsValue>>,
    at: Cell<Option<Instant>>,
}

impl Timer {
    pub(crate) fn new(wake: impl FnMut() + 'static) -> Self {
        Self {
            wake: Closure::new(wake),
            armed: RefCell::new(None),
            at: Cell::new(None),
        }
    }

    /// The timer fired: it is armed no longer.
    pub(crate) fn fired(&self) {
        self.at.set(None);
        self.armed.replace(None);
    }

    /// It will fire.
    pub(crate) fn is_armed(&self) -> bool {
        self.at.get().is_some()
    }

    /// Makes sure that it fires no later than `at`. Firing early is cheap,
    /// re-arming at every frame is not: a later moment leaves it as it is.
    pub(crate) fn no_later_than(&self, at: Option<Instant>) {
        let Some(at) = at else { return self.clear() };
        if self.at.get().is_some_and(|armed| armed <= at) {
            return;
        }
        self.clear();
        let wait = at.since(now()).as_millis().min(i32::MAX as u128);
        let millis = i32::try_from(wait).unwrap_or(i32::MAX);
        let handle = set_timeout(self.wake.as_ref().unchecked_ref(), millis);
        self.armed.replace(Some(handle));
        self.at.set(Some(at));
    }

    fn clear(&self) {
        self.at.set(None);
        if let Some(handle) = self.armed.take() {
            clear_timeout(&handle);
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.clear();
    }
}
