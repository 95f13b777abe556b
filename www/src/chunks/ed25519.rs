//! What makes the device's key and signs with it where the browser cannot: plain
//! http on a LAN, and browsers without Ed25519.

use std::pin::Pin;

use clawline::Ed25519;

use super::{Chunk, Failed, Standing};

thread_local! {
    static CHUNK: Chunk<Ed25519> = Chunk::new(|| {
        Box::pin(async {
            let ed25519 = ed25519();
            #[cfg(feature = "split")]
            let ed25519 = ed25519.await;
            ed25519
        })
    });
}

#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(ed25519, fallible))]
fn ed25519() -> Result<Ed25519, Failed> {
    Ok(Ed25519::new())
}

/// Fetches it, however long that takes: without it nobody could sign in as the
/// device that they are.
pub(crate) fn get() -> Pin<Box<dyn Future<Output = Ed25519>>> {
    Box::pin(CHUNK.with(Chunk::wait))
}

/// How it stands; tracked.
pub(crate) fn standing() -> Standing<Ed25519> {
    CHUNK.with(Chunk::standing)
}
