//! Files of messages, into and out of the store of files, within limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::arrival::File;
use super::bridge::lines::{Command, Kind, MessageKind};
use super::wire::{Wire, opened};
use crate::limits::MAX_ATTACHMENT;
use crate::media::Media;
use crate::store::Attachment;

/// How long a file may take.
const DEADLINE: Duration = Duration::from_secs(120);
/// How long a file waits for a connection.
const PATIENCE: Duration = Duration::from_secs(60);

/// Fetches files.
#[derive(Debug, Clone)]
pub(super) struct Files {
    wire: Arc<dyn Wire>,
    media: Media,
}

impl Files {
    pub(super) fn new(wire: Arc<dyn Wire>, media: Media) -> Self {
        Self { wire, media }
    }

    /// The file of a message, as kept.
    ///
    /// # Errors
    /// It is not to be had; in words for the owner.
    pub(super) async fn fetch(
        &self,
        jid: &str,
        id: &str,
        file: &File,
    ) -> Result<Attachment, String> {
        if file.view_once {
            return Err(format!(
                "{}, to be seen once: open it on the phone",
                file.word()
            ));
        }
        let most = u64::try_from(MAX_ATTACHMENT).unwrap_or(u64::MAX);
        if file.bytes.is_some_and(|bytes| bytes > most) {
            return Err(format!("{}, too large to be fetched", file.word()));
        }
        let failed = |why: &str| format!("{} that could not be fetched: {why}", file.word());
        // Its name here has nothing of what its sender calls it.
        let path = self.media.coming();
        let fetched = self.fetch_to(path.clone(), jid, id, most).await;
        let bytes = match fetched {
            Ok(()) => bounded(&path, most)
                .await
                .map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        let _ = tokio::fs::remove_file(&path).await;
        let bytes = bytes.map_err(|why| failed(&why))?;
        let kept = self.media.keep(&file.name, &file.mime, bytes).await;
        kept.map_err(|error| failed(&error.to_string()))
    }

    async fn fetch_to(&self, path: PathBuf, jid: &str, id: &str, most: u64) -> Result<(), String> {
        let command = Command::MediaFetch {
            chat: jid.to_owned(),
            message_id: id.to_owned(),
            path,
            max: Some(most),
            deadline_ms: u64::try_from(DEADLINE.as_millis()).ok(),
        };
        let mut tries = 0;
        loop {
            let open = tokio::time::timeout(PATIENCE, opened(&*self.wire)).await;
            open.map_err(|_| "WhatsApp is not connected".to_owned())?;
            match self.wire.ask(command.clone(), DEADLINE).await {
                Ok(_) => return Ok(()),
                Err(refusal) if refusal.retryable && tries == 0 => tries += 1,
                Err(refusal) => return Err(refusal.message),
            }
        }
    }

    /// A kept file as WhatsApp takes it: what kind of message it becomes, and
    /// where its bytes are. `None`: it is kept no longer.
    ///
    /// # Errors
    /// The store does not answer.
    pub(super) async fn outgoing(
        &self,
        attachment: &Attachment,
    ) -> Result<Option<(Kind, PathBuf)>, crate::media::MediaError> {
        let Some(file) = self.media.file(&attachment.digest).await? else {
            return Ok(None);
        };
        let path = self.media.path(&attachment.digest);
        Ok(Some((kind(&file.mime, &file.bytes), path)))
    }
}

async fn bounded(path: &std::path::Path, most: u64) -> std::io::Result<Vec<u8>> {
    let length = tokio::fs::metadata(path).await?.len();
    if length > most {
        return Err(std::io::Error::other("it is too large"));
    }
    tokio::fs::read(path).await
}

/// As what a file is sent. What a phone would not play or show is a document.
fn kind(mime: &str, bytes: &[u8]) -> Kind {
    match mime {
        "image/jpeg" | "image/png" => Kind::Image,
        "video/mp4" => Kind::Video,
        // Voice notes are Opus in Ogg and nothing else.
        "audio/ogg" | "audio/opus" if has(bytes, b"OpusHead") => Kind::Voice,
        "audio/mpeg" | "audio/m4a" | "audio/aac" => Kind::Audio,
        _ => Kind::Document,
    }
}

/// Whether the first page of a file has these bytes.
fn has(bytes: &[u8], mark: &[u8]) -> bool {
    let head = bytes.get(..64).unwrap_or(bytes);
    head.windows(mark.len()).any(|part| part == mark)
}

/// Whether a file is a part of an album.
pub(super) fn is_picture(file: &File) -> bool {
    matches!(file.kind, MessageKind::Image | MessageKind::Video)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_opus_in_ogg_is_a_voice_note_and_what_phones_do_not_show_is_a_document() {
        let opus = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01";
        let vorbis = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis";
        for (mime, bytes, wanted) in [
            ("audio/ogg", &opus[..], Kind::Voice),
            ("audio/opus", opus, Kind::Voice),
            ("audio/ogg", vorbis, Kind::Document),
            ("audio/mpeg", b"ID3", Kind::Audio),
            ("image/png", b"", Kind::Image),
            ("image/gif", b"", Kind::Document),
            ("image/svg+xml", b"", Kind::Document),
            ("video/mp4", b"", Kind::Video),
            ("video/webm", b"", Kind::Document),
            ("text/plain", b"", Kind::Document),
        ] {
            assert_eq!(kind(mime, bytes), wanted, "{mime}");
        }
    }
}
