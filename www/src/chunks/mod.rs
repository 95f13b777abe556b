//! Chunks: what of the program is no part of the first load, and how each stands.
//!
//! A chunk is a function that gives values (functions, mostly) by which its code is
//! reached; nothing else may name that code, or it is not in the chunk. With the
//! feature `split` the function is cut out of the program and fetched; without it
//! the chunk is there at once. `chunks.js` fetches: nothing but what this build was
//! cut into is ever run. What could not be fetched is tried again.

pub(crate) mod ed25519;
pub(crate) mod markdown;

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

use crate::browser::spawn_local;

#[wasm_bindgen(raw_module = "./chunks.js")]
extern "C" {
    /// Whether the server has chunks of another build in the place of ours.
    #[wasm_bindgen(js_name = isOutdated)]
    fn is_outdated() -> bool;
    /// Waits, at most until the network comes back.
    async fn pause(ms: u32);
}

/// How long the page waits for a chunk before it goes on without it.
const PATIENCE: Duration = Duration::from_secs(3);

/// The first and the longest wait before another try, in milliseconds.
const WAITS: [u32; 2] = [1_000, 30_000];

/// The chunk could not be fetched.
pub(crate) struct Failed;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for Failed {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// How a chunk stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<T> {
    /// It was not asked for, or is on its way.
    Coming,
    /// It is on its way, and the page does not wait for it any longer.
    Late,
    /// It could not be fetched, and is tried again.
    Missing,
    /// The server has another build: this page gets it only if that goes again.
    Outdated,
    /// What gives its code.
    Here(T),
}

/// Why a chunk is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    Late,
    Missing,
    Outdated,
}

impl<T> Standing<T> {
    /// What a person should know of it.
    pub(crate) fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Coming | Self::Here(_) => None,
            Self::Late => Some(Trouble::Late),
            Self::Missing => Some(Trouble::Missing),
            Self::Outdated => Some(Trouble::Outdated),
        }
    }
}

/// What fetches a chunk, once.
type Fetch<T> = fn() -> Pin<Box<dyn Future<Output = Result<T, Failed>>>>;

/// A chunk of the program.
pub(crate) struct Chunk<T: Copy + Send + Sync + 'static> {
    standing: ArcRwSignal<Standing<T>>,
    is_asked: Cell<bool>,
    fetch: Fetch<T>,
    /// Who waits for it.
    wakers: Rc<RefCell<Vec<Waker>>>,
}

impl<T: Copy + Send + Sync + 'static> Chunk<T> {
    pub(crate) fn new(fetch: Fetch<T>) -> Self {
        Self {
            standing: ArcRwSignal::new(Standing::Coming),
            is_asked: Cell::new(false),
            fetch,
            wakers: Rc::default(),
        }
    }

    /// How it stands; whatever calls this in an effect is called again.
    pub(crate) fn standing(&self) -> Standing<T> {
        self.standing.get()
    }

    /// Its values, once it is here.
    pub(crate) fn wait(&self) -> impl Future<Output = T> + use<T> {
        self.ask();
        let (standing, wakers) = (self.standing.clone(), Rc::clone(&self.wakers));
        poll_fn(move |context| {
            if let Standing::Here(it) = standing.get_untracked() {
                return Poll::Ready(it);
            }
            wakers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
    }

    /// Fetches it, and tries until it is here.
    pub(crate) fn ask(&self) {
        if self.is_asked.replace(true) {
            return;
        }
        let (standing, fetch) = (self.standing.clone(), self.fetch);
        let wakers = Rc::clone(&self.wakers);
        let late = standing.clone();
        set_timeout(
            move || {
                if matches!(late.get_untracked(), Standing::Coming) {
                    late.set(Standing::Late);
                }
            },
            PATIENCE,
        );
        spawn_local(async move {
            let [mut wait, longest] = WAITS;
            loop {
                match fetch().await {
                    Ok(it) => {
                        standing.set(Standing::Here(it));
                        return wakers.take().into_iter().for_each(Waker::wake);
                    }
                    Err(Failed) if is_outdated() => {
                        standing.set(Standing::Outdated);
                        wait = longest;
                    }
                    Err(Failed) if matches!(standing.get_untracked(), Standing::Missing) => {}
                    Err(Failed) => standing.set(Standing::Missing),
                }
                pause(wait).await;
                wait = longest.min(wait * 2);
            }
        });
    }
}
