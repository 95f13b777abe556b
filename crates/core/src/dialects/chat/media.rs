//! Files of a message: ids of uploads, never paths of the server.

use super::Refusal;
use crate::dialects::FieldError;
use crate::dialects::field::{texts, word};
use crate::wire::{Object, Writer};

/// The most files of one message.
pub const MOST_MEDIA: usize = 20;

/// A file that was uploaded before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Its id: letters, digits, `-` and `_`.
    pub id: String,
    /// The type that the client says it has.
    pub mime: Option<String>,
}

/// Reads `mediaPath`, `mediaPaths` and their types, each file once.
pub(super) fn read<O: Object>(frame: &O) -> Result<Vec<Media>, Refusal> {
    let first = word(frame, "mediaPath")?;
    let first_type = word(frame, "mediaType")?;
    let ids = texts(frame, "mediaPaths")?;
    let mut types = texts(frame, "mediaTypes")?.into_iter();
    if ids.len() > MOST_MEDIA {
        return Err(FieldError::TooMany("mediaPaths", MOST_MEDIA).into());
    }
    let mut files: Vec<Media> = Vec::new();
    let first = first.map(|id| (id, first_type));
    let listed = ids.into_iter().map(|id| (id, types.next()));
    for (id, mime) in first.into_iter().chain(listed) {
        if !is_id(&id) {
            return Err(Refusal::MediaPath);
        }
        let mime = mime.filter(|mime| !mime.is_empty());
        match files.iter_mut().find(|file| file.id == id) {
            Some(file) => file.mime = file.mime.take().or(mime),
            None => files.push(Media { id, mime }),
        }
    }
    Ok(files)
}

/// What no path can be: without a slash, a dot or a colon.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=128).contains(&id.len()) && id.bytes().all(is_plain)
}

pub(super) fn write(frame: Writer, files: &[Media]) -> Writer {
    match files {
        [] => frame,
        [file] => frame
            .text("mediaPath", &file.id)
            .maybe("mediaType", file.mime.as_deref()),
        files => {
            let ids: Vec<String> = files.iter().map(|file| file.id.clone()).collect();
            let types = files.iter().map(|file| file.mime.clone());
            let types: Vec<String> = types.map(Option::unwrap_or_default).collect();
            frame.texts("mediaPaths", &ids).texts("mediaTypes", &types)
        }
    }
}
