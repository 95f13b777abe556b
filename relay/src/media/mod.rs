//! Files that came with messages: their bytes in the data folder under their
//! digest, what is known of them in the database. Bounded in bytes and in number;
//! the oldest that no message has make room.

mod kind;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::Mutex;

pub use self::kind::is_shown;
use crate::clock::now_ms;
use crate::data_folder;
use crate::ids;
use crate::store::{Attachment, Store, StoreError, StoredMedia};

/// Longest name of a file that is kept, in characters.
const NAME: usize = 200;
/// How the name of a file ends that is not whole.
const HALF: &str = ".half";

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Number of files.
    pub files: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: 4 * 1024 * 1024 * 1024,
            files: 100_000,
        }
    }
}

/// Why a file was not kept, or is not to be had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MediaError {
    /// Messages have all that is kept, and the bound is reached.
    #[error("there is no room for another file")]
    Full,
    /// The folder does not take or give the bytes.
    #[error("the folder of attachments does not work: {0}")]
    Folder(#[from] std::io::Error),
    /// The database does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type, as its bytes say.
    pub mime: String,
    /// The name that it first came with.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// All kept files. Clones share them.
#[derive(Debug, Clone)]
pub struct Media(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    folder: PathBuf,
    bounds: Bounds,
    /// One writer: what makes room does not take what another one just kept.
    writing: Mutex<()>,
}

impl Media {
    /// The files of a data folder. What a crash left half-written goes.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub async fn open(store: Store, data_dir: &Path, bounds: Bounds) -> Result<Self, MediaError> {
        // Whole, so that another process finds it.
        let folder = std::path::absolute(data_dir.join("media"))?;
        data_folder::make(&folder)?;
        let media = Self(Arc::new(Inner {
            store,
            folder,
            bounds,
            writing: Mutex::default(),
        }));
        media.sweep().await?;
        Ok(media)
    }

    /// Removes files of ours that the database does not know. What else lies there
    /// is somebody's: a file system keeps a folder at its root.
    async fn sweep(&self) -> Result<(), MediaError> {
        let mut files = tokio::fs::read_dir(&self.0.folder).await?;
        while let Some(file) = files.next_entry().await? {
            let name = file.file_name();
            let name = name.to_str().unwrap_or_default();
            // The bridge of WhatsApp puts an ending behind that, too.
            let is_half = name.strip_suffix(".part").unwrap_or(name).ends_with(HALF);
            let is_ours = is_half || is_digest(name);
            let is_ours = is_ours && file.file_type().await?.is_file();
            if is_ours && self.0.store.media(name).await?.is_none() {
                tokio::fs::remove_file(file.path()).await?;
            }
        }
        Ok(())
    }

    /// Keeps a file. When this returns, its bytes outlive a crash.
    ///
    /// # Errors
    /// There is no room, or the folder or the database do not work: nothing is kept.
    pub async fn keep(
        &self,
        name: &str,
        declared: &str,
        bytes: Vec<u8>,
    ) -> Result<Attachment, MediaError> {
        let Inner { store, folder, .. } = &*self.0;
        let digest = ids::hex(&ids::sha256(&bytes));
        let name = plain_name(name);
        let attachment = Attachment {
            name: name.clone(),
            mime: kind::mime_of(&bytes, declared),
            bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            digest: digest.clone(),
        };
        let new = StoredMedia {
            digest: digest.clone(),
            mime: attachment.mime.clone(),
            name,
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            kept_at: now_ms(),
        };
        let _writing = self.0.writing.lock().await;
        let path = folder.join(&digest);
        let is_new = store.media(&digest).await?.is_none() || !path.is_file();
        if is_new {
            self.make_room(attachment.bytes).await?;
            let path = path.clone();
            tokio::task::spawn_blocking(move || write(&path, &bytes))
                .await
                .map_err(std::io::Error::other)??;
        }
        if let Err(error) = store.add_media(&new).await {
            // Nobody would count it.
            if is_new {
                let _ = tokio::fs::remove_file(path).await;
            }
            return Err(error.into());
        }
        Ok(attachment)
    }

    async fn make_room(&self, bytes: u64) -> Result<(), MediaError> {
        let Inner { store, bounds, .. } = &*self.0;
        let unsigned = |number| u64::try_from(number).unwrap_or(0);
        loop {
            let (files, kept) = store.media_total().await?;
            if unsigned(files) < bounds.files && unsigned(kept) + bytes <= bounds.bytes {
                return Ok(());
            }
            let dropped = store.drop_unused_media(i64::MAX).await?;
            let dropped = dropped.ok_or(MediaError::Full)?;
            self.remove(&dropped.digest).await?;
        }
    }

    async fn remove(&self, digest: &str) -> std::io::Result<()> {
        match tokio::fs::remove_file(self.0.folder.join(digest)).await {
            // Somebody took it away before.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Drops the files that came before a moment, in Unix milliseconds, and that
    /// no kept message has.
    ///
    /// # Errors
    /// The folder or the database do not work.
    pub async fn drop_before(&self, before: i64) -> Result<(), MediaError> {
        let _writing = self.0.writing.lock().await;
        while let Some(dropped) = self.0.store.drop_unused_media(before).await? {
            self.remove(&dropped.digest).await?;
        }
        Ok(())
    }

    /// Drops the bytes of files that the database forgot, and that did not come
    /// again meanwhile.
    ///
    /// # Errors
    /// The folder or the database do not work: the next start drops the rest.
    pub async fn drop_forgotten(&self, digests: &[String]) -> Result<(), MediaError> {
        let _writing = self.0.writing.lock().await;
        for digest in digests {
            if self.0.store.media(digest).await?.is_none() {
                self.remove(digest).await?;
            }
        }
        Ok(())
    }

    /// Where the bytes of a file are, by its digest, as long as it is kept.
    pub(crate) fn path(&self, digest: &str) -> PathBuf {
        self.0.folder.join(digest)
    }

    /// A whole path at which somebody may put a file that is to be kept. What a
    /// crash leaves there goes at the next start.
    pub(crate) fn coming(&self) -> PathBuf {
        self.0.folder.join(format!("{}{HALF}", ids::uuid()))
    }

    /// What is known of a file; `None` for an id that names none.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn about(&self, id: &str) -> Result<Option<StoredMedia>, MediaError> {
        if !is_id(id) {
            return Ok(None);
        }
        Ok(self.0.store.media(id).await?)
    }

    /// A file by its id, which is the digest of its bytes; `None` when it is not
    /// kept.
    ///
    /// # Errors
    /// The folder or the database do not work.
    pub async fn file(&self, id: &str) -> Result<Option<File>, MediaError> {
        let Some(about) = self.about(id).await? else {
            return Ok(None);
        };
        let bytes = match tokio::fs::read(self.0.folder.join(&about.digest)).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tracing::error!(id, "a kept file is gone from the folder of attachments");
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Some(File {
            mime: about.mime,
            name: about.name,
            bytes,
        }))
    }
}

/// Ids have letters, digits, `-` and `_`: a path of somebody's has not.
fn is_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=128).contains(&id.len()) && id.chars().all(plain)
}

/// Whether a file could be one of ours by its name.
fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The last part of a name, and nothing that a header or a terminal reads, or
/// that turns letters around, as in `evil\u{202e}gnp.exe`.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |c: &char| !c.is_control() && !turns(*c);
    let plain: String = last.chars().filter(is_plain).take(NAME).collect();
    // The names of folders are no file's.
    if plain.trim_matches('.').is_empty() {
        return String::new();
    }
    plain
}

/// Whether a character changes the direction, or breaks the line.
fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whole or not at all, readable by nobody else.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let half = path.with_extension(&HALF[1..]);
    data_folder::write_private(&half, bytes)?;
    std::fs::rename(&half, path)?;
    // The name, too, must outlive a power cut.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
