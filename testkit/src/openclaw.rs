//! The real gateway's package and the Node that it needs, installed once by
//! npm from the committed lock and kept in the cache folder.

mod whatsapp;

use std::{
    env,
    ffi::{OsStr, OsString},
    fmt::Write as _,
    fs::{self, File, OpenOptions},
    io::IsTerminal as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};
use tokio::{process::Command, task::spawn_blocking, time::interval};

use crate::{Error, Result, cache_folder, process::tail_of};

const MANIFEST: &str = include_str!("../openclaw/package.json");
const LOCK: &str = include_str!("../openclaw/package-lock.json");
const COMPLETE: &str = "complete";

/// An installed `openclaw` with its Node.
#[derive(Debug, Clone)]
pub struct OpenClaw {
    folder: PathBuf,
}

impl OpenClaw {
    /// The installation in the cache folder, made now if it is not there
    /// (about 700 MB on disk); progress goes to standard error.
    ///
    /// Any number of processes may ask at once: one installs, the others wait.
    ///
    /// # Errors
    /// [`Error::NoCacheFolder`], [`Error::Install`], or [`Error::Io`].
    pub async fn installed() -> Result<Self> {
        Self::installed_in(&cache_folder()?).await
    }

    /// As [`OpenClaw::installed`], in a cache folder of the caller's choice.
    ///
    /// # Errors
    /// [`Error::Install`] or [`Error::Io`].
    pub async fn installed_in(cache: &Path) -> Result<Self> {
        let folder = cache.join(format!("openclaw-{}", lock_hash()));
        let found = Self { folder };
        if found.is_complete() {
            return Ok(found);
        }
        fs::create_dir_all(cache).map_err(Error::io(format!("create {}", cache.display())))?;
        let _turn = take_turn(found.folder.with_extension("lock")).await?;
        if !found.is_complete() {
            found.install().await?;
        }
        Ok(found)
    }

    /// The Node executable of the pinned version.
    #[must_use]
    pub fn node(&self) -> PathBuf {
        self.node_folder().join("node")
    }

    /// The folder that holds the pinned `node`, for a `PATH`.
    #[must_use]
    pub fn node_folder(&self) -> PathBuf {
        self.folder.join("node_modules").join("node").join("bin")
    }

    /// The script that is the `openclaw` command.
    #[must_use]
    pub fn entry(&self) -> PathBuf {
        self.folder
            .join("node_modules")
            .join("openclaw")
            .join("openclaw.mjs")
    }

    /// A folder for temporary files: apart from the system's, and kept, because
    /// the gateway stores compiled code there and starts faster the next time.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    fn is_complete(&self) -> bool {
        self.folder.join(COMPLETE).is_file()
    }

    async fn install(&self) -> Result<()> {
        let folder = &self.folder;
        let doing = || format!("prepare {}", folder.display());
        if folder.exists() {
            // An earlier installation was interrupted.
            fs::remove_dir_all(folder).map_err(Error::io(doing()))?;
        }
        fs::create_dir_all(self.temporary()).map_err(Error::io(doing()))?;
        fs::write(folder.join("package.json"), MANIFEST).map_err(Error::io(doing()))?;
        fs::write(folder.join("package-lock.json"), LOCK).map_err(Error::io(doing()))?;

        // No package's install script may run before the pinned Node is there:
        // openclaw's refuses older ones. Then Node's own script fetches the
        // executable, and openclaw's runs with it.
        let mut progress = Progress::begin();
        self.npm(&mut progress, &["ci", "--ignore-scripts", "--omit=dev"])
            .await?;
        self.npm(&mut progress, &["rebuild", "node"]).await?;
        self.npm(&mut progress, &["rebuild", "openclaw"]).await?;
        let version = Command::new(self.node())
            .arg(self.entry())
            .arg("--version")
            .env("HOME", self.temporary())
            .env("OPENCLAW_STATE_DIR", self.temporary().join("probe"))
            .stdin(Stdio::null())
            .output()
            .await
            .map_err(Error::io("run the installed openclaw"))?;
        if !version.status.success() {
            let mut tail = String::from_utf8_lossy(&version.stderr).into_owned();
            let _ = write!(tail, "({})", version.status);
            let log = self.log();
            return Err(Error::Install {
                step: "openclaw --version".into(),
                log,
                tail,
            });
        }
        fs::write(folder.join(COMPLETE), &version.stdout).map_err(Error::io(doing()))?;
        progress.end(String::from_utf8_lossy(&version.stdout).trim());
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("install.txt")
    }

    async fn npm(&self, progress: &mut Progress, arguments: &[&str]) -> Result<()> {
        let step = format!("npm {}", arguments.join(" "));
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log());
        let log = log.map_err(Error::io("open the log of the installation"))?;
        let errors = log
            .try_clone()
            .map_err(Error::io("share the log of the installation"))?;
        let mut child = Command::new("npm")
            .args(arguments)
            .args([
                "--no-audit",
                "--no-fund",
                "--no-update-notifier",
                "--loglevel=warn",
            ])
            .current_dir(&self.folder)
            .env("PATH", path_with_first(&self.node_folder()))
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io(
                "start npm (install Node.js with npm, version 20 or newer)",
            ))?;
        let mut ticks = interval(Duration::from_secs(2));
        let status = loop {
            tokio::select! {
                ended = child.wait() => break ended.map_err(Error::io("wait for npm"))?,
                _ = ticks.tick() => progress.show(&step),
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(Error::Install {
            step,
            log: self.log(),
            tail: tail_of(&self.log()),
        })
    }
}

/// The name of the installation: another lock is another folder.
fn lock_hash() -> String {
    let digest = Sha256::new_with_prefix(MANIFEST)
        .chain_update(LOCK)
        .finalize();
    digest.iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Waits for the exclusive lock on `path`; it is given back when dropped, also
/// by the system when a process dies.
async fn take_turn(path: PathBuf) -> Result<File> {
    let doing = format!("take the installation lock {}", path.display());
    let locked = spawn_blocking(move || {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        if file.try_lock().is_err() {
            eprintln!("testkit: another process installs the real gateway, waiting for it");
            file.lock()?;
        }
        Ok(file)
    });
    let locked = locked.await.unwrap_or_else(|panic| Err(panic.into()));
    locked.map_err(Error::io(doing))
}

fn path_with_first(folder: &Path) -> OsString {
    let mut path = folder.as_os_str().to_owned();
    if let Some(inherited) = env::var_os("PATH") {
        path.push(OsStr::new(":"));
        path.push(inherited);
    }
    path
}

/// The progress line of an installation: rewritten in a terminal, else a line
/// whenever the step changes and every half minute.
struct Progress {
    begun: Instant,
    last: Option<(String, u64)>,
    terminal: bool,
}

impl Progress {
    fn begin() -> Self {
        eprintln!("testkit: installing the real OpenClaw gateway (once, about 700 MB)");
        Self {
            begun: Instant::now(),
            last: None,
            terminal: std::io::stderr().is_terminal(),
        }
    }

    fn show(&mut self, step: &str) {
        let seconds = self.begun.elapsed().as_secs();
        if self.terminal {
            eprint!("\rtestkit: {step} … {seconds} s\x1b[K");
            return;
        }
        let shown = matches!(&self.last, Some((last, at)) if last == step && seconds < at + 30);
        if !shown {
            eprintln!("testkit: {step} … {seconds} s");
            self.last = Some((step.to_owned(), seconds));
        }
    }

    fn end(&self, version: &str) {
        let start = if self.terminal { "\r\x1b[K" } else { "" };
        let seconds = self.begun.elapsed().as_secs();
        eprintln!("{start}testkit: {version} installed in {seconds} s");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_pins_both_packages_and_names_no_registry() {
        let manifest: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
        let lock: serde_json::Value = serde_json::from_str(LOCK).unwrap();
        for name in ["node", "openclaw"] {
            let wanted = manifest["dependencies"][name].as_str().unwrap();
            let package = &lock["packages"][format!("node_modules/{name}")];
            assert_eq!(package["version"], wanted, "{name}");
            assert!(
                wanted.starts_with(|first: char| first.is_ascii_digit()),
                "{name} is a range"
            );
        }
        for (path, package) in lock["packages"].as_object().unwrap() {
            assert!(
                package.get("resolved").is_none(),
                "{path} names where it came from"
            );
            // A bundled package lies in the archive of another, under its checksum.
            let covered = path.is_empty() || package["inBundle"] == true;
            assert!(
                covered || package.get("integrity").is_some(),
                "{path} has no checksum"
            );
        }
    }
}
