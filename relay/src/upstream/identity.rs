//! The device that this client is to a gateway: an Ed25519 key in a file for
//! its owner's eyes alone.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clawline_core::DeviceKey;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

/// The file of the key inside the data folder.
const FILE: &str = "upstream-device.key";
/// A key is 43 characters; what is longer than this is something else.
const LONGEST: u64 = 1_024;

/// Why there is no device key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The file cannot be read or made.
    #[error("the device key {} cannot be read or made: {source}; make its folder readable and writable for this user", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{} holds no device key: put the right file back, or delete it, and approve this device anew on the gateway", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    NoRandomness(String),
}

/// The key of this device.
pub(super) struct Identity {
    key: SigningKey,
}

impl Identity {
    /// Reads the key in `folder`, or makes one.
    pub(super) fn load(folder: &Path) -> Result<Self, IdentityError> {
        let path = folder.join(FILE);
        let file = |source| IdentityError::File {
            path: path.clone(),
            source,
        };
        if !path.try_exists().map_err(file)? {
            make(folder, &path)?;
        }
        let mut text = String::new();
        let opened = OpenOptions::new().read(true).open(&path).map_err(file)?;
        let read = opened.take(LONGEST).read_to_string(&mut text);
        let not_a_key = || IdentityError::NotAKey { path: path.clone() };
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::InvalidData => return Err(not_a_key()),
            Err(error) => return Err(file(error)),
        }
        close_to_others(&path);
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok();
        let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let key = SigningKey::from_bytes(&bytes.ok_or_else(not_a_key)?);
        Ok(Self { key })
    }

    /// The public half.
    pub(super) fn device(&self) -> DeviceKey {
        let public = self.key.verifying_key();
        let digest = Sha256::digest(public.as_bytes());
        DeviceKey {
            id: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            public_key: URL_SAFE_NO_PAD.encode(public.as_bytes()),
        }
    }

    /// A signature in the form of the wire.
    pub(super) fn sign(&self, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()).to_bytes())
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.device().id)
    }
}

/// Makes a key that is whole or not there, whenever the power goes. One that
/// another process made meanwhile is kept.
fn make(folder: &Path, path: &Path) -> Result<(), IdentityError> {
    let mut seed = [0_u8; 32];
    getrandom::fill(&mut seed).map_err(|error| IdentityError::NoRandomness(error.to_string()))?;
    let text = URL_SAFE_NO_PAD.encode(seed);
    let unfinished = path.with_extension(format!("{}.new", std::process::id()));
    let write = || {
        fs::create_dir_all(folder)?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match fs::hard_link(&unfinished, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            _ => fs::remove_file(&unfinished),
        }
    };
    write().map_err(|source| IdentityError::File {
        path: path.to_owned(),
        source,
    })
}

/// Takes the rights of others on a file.
pub(super) fn close_to_others(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let Ok(about) = path.metadata() else { return };
        let mode = about.permissions().mode();
        if mode & 0o077 == 0 {
            return;
        }
        let closed = fs::Permissions::from_mode(mode & 0o700);
        if let Err(error) = fs::set_permissions(path, closed) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_the_same_ever_after() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("data");
        let made = Identity::load(&folder).unwrap();
        let read = Identity::load(&folder).unwrap();
        assert_eq!(made.device(), read.device());
        assert_eq!(made.device().id.len(), 64);
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            1,
            "nothing is left behind"
        );
        let elsewhere = tempfile::tempdir().unwrap();
        let other = Identity::load(elsewhere.path()).unwrap();
        assert_ne!(made.device(), other.device());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let mode = || path.metadata().unwrap().permissions().mode() & 0o777;
        Identity::load(folder.path()).unwrap();
        assert_eq!(mode(), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        Identity::load(folder.path()).unwrap();
        assert_eq!(mode(), 0o600);
    }

    #[test]
    fn a_damaged_key_is_never_replaced_behind_the_owners_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for damaged in [&b""[..], b"half a key", b"\xff\xfe", &[b'A'; 5_000]] {
            fs::write(&path, damaged).unwrap();
            let error = Identity::load(folder.path()).unwrap_err();
            assert!(error.to_string().contains("delete it"), "{error}");
            assert_eq!(fs::read(&path).unwrap(), damaged);
        }
    }
}
