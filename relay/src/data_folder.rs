//! The data folder: for its owner's eyes alone, and served by one process.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// The file whose lock says that somebody serves the folder.
const LOCK: &str = "serve.lock";
/// How often it is tried to take that lock.
const ATTEMPTS: u32 = 50;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(20);

/// Makes the folder, readable by nobody else. One that is there already keeps
/// the mode that its owner gave it.
///
/// # Errors
/// What the system says.
pub(crate) fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Makes sure that a file is there and that nobody else reads it.
///
/// # Errors
/// What the system says.
pub(crate) fn make_private_file(path: &Path) -> io::Result<()> {
    private().create(true).truncate(false).open(path)?;
    close_to_others(path);
    Ok(())
}

/// Writes a file that nobody else reads, down to the disk. Where that fails, no
/// half of it stays.
///
/// # Errors
/// What the system says.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let write = || {
        make_private_file(path)?;
        let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().inspect_err(|_| {
        let _ = std::fs::remove_file(path);
    })
}

/// Takes the rights of others on a file, if it is there.
pub(crate) fn close_to_others(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(about) = path.metadata() else { return };
        let mode = about.permissions().mode();
        if mode & 0o077 == 0 {
            return;
        }
        let closed = std::fs::Permissions::from_mode(mode & 0o700);
        if let Err(error) = std::fs::set_permissions(path, closed) {
            tracing::warn!(
                %error,
                "others may read {}, and its mode is not ours to change: chmod 600 it",
                path.display(),
            );
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Whether a process serves the folder now. Makes nothing.
pub(crate) fn is_served(folder: &Path) -> bool {
    let Ok(file) = OpenOptions::new().write(true).open(folder.join(LOCK)) else {
        return false;
    };
    let taken = file.try_lock();
    let _ = file.unlock();
    matches!(taken, Err(TryLockError::WouldBlock))
}

/// The place of the one server of a data folder. Ours as long as it is kept; the
/// system takes it back from a dead process.
#[derive(Debug)]
pub(crate) struct ServeLock {
    file: File,
}

impl Drop for ServeLock {
    fn drop(&mut self) {
        // Closing is not enough: a program that was started in this moment holds
        // the open file, and the lock with it, until it has become that program.
        let _ = self.file.unlock();
    }
}

impl ServeLock {
    /// Takes the place; `None` when another process has it. Waits up to a second:
    /// one that only looks ([`is_served`]), or that has just died, is gone by then.
    ///
    /// # Errors
    /// The file cannot be made or locked.
    pub(crate) fn take(folder: &Path) -> io::Result<Option<Self>> {
        let path = folder.join(LOCK);
        let file = private().create(true).truncate(false).open(path)?;
        for _ in 0..ATTEMPTS {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { file })),
                Err(TryLockError::WouldBlock) => sleep(BETWEEN_ATTEMPTS),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::{ServeLock, is_served};

    #[test]
    fn a_folder_is_free_at_once_although_a_program_just_started_has_the_lock_file_open() {
        let folder = tempfile::tempdir().unwrap();
        let lock = ServeLock::take(folder.path()).unwrap().unwrap();
        // What a child has until it becomes another program.
        let inherited = lock.file.try_clone().unwrap();
        assert!(is_served(folder.path()));
        drop(lock);
        assert!(!is_served(folder.path()));
        drop(inherited);
    }
}
