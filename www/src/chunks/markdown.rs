//! What reads markdown: some 50 KB. It comes beside the program at each start, and
//! the lines of a conversation wait for it, so that none is drawn twice.

use webchat_model::markdown::Reader;

use super::{Chunk, Failed, Standing};

thread_local! {
    static CHUNK: Chunk<Reader> = Chunk::new(|| {
        Box::pin(async {
            let reader = reader();
            #[cfg(feature = "split")]
            let reader = reader.await;
            reader
        })
    });
}

#[cfg_attr(feature = "split", wasm_split_helpers::wasm_split(markdown, fallible))]
fn reader() -> Result<Reader, Failed> {
    Ok(Reader::new())
}

/// Fetches it.
pub(crate) fn ask() {
    CHUNK.with(Chunk::ask);
}

/// How it stands; tracked.
pub(crate) fn standing() -> Standing<Reader> {
    CHUNK.with(Chunk::standing)
}

/// What reads markdown, if it is here; tracked.
pub(crate) fn get() -> Option<Reader> {
    match standing() {
        Standing::Here(reader) => Some(reader),
        _ => None,
    }
}
