//! Lays out the bridge: the files that this binary carries, and what npm fetches
//! for them.
//!
//! A folder under its last name is whole: everything happens beside it, and the
//! last step is a rename.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;
use std::{fs, io};

use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;

use super::process::Program;
use super::{Settings, environment};
use crate::channels::whatsapp::link::{Installing, LinkState};
use crate::channels::whatsapp::node::{self, Node, OLDEST_NODE};
use crate::{data_folder, ids};

/// The files of the bridge, by their paths; none in a build without it.
const CARRIED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bridge_files.rs"));

/// What npm fetches that nothing works without.
const FETCHED: &str = "node_modules/@whiskeysockets/baileys/package.json";

/// How long npm may take to fetch everything.
const FETCH: Duration = Duration::from_secs(15 * 60);

/// Whoever has it lays out a bridge.
static LAYING_OUT: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const ARGUMENTS: [&str; 7] = [
    "ci",
    "--ignore-scripts",
    "--omit=dev",
    "--no-audit",
    "--no-fund",
    "--no-progress",
    "--loglevel=error",
];

/// Why there is no bridge to start, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NotInstalled {
    /// How the account stands then.
    pub(super) state: LinkState,
    pub(super) reason: String,
    pub(super) next_step: String,
}

impl NotInstalled {
    fn new(reason: impl Into<String>, next_step: impl Into<String>) -> Self {
        Self {
            state: LinkState::Failed,
            reason: reason.into(),
            next_step: next_step.into(),
        }
    }

    /// Node.js is not as the bridge needs it, or npm is not there.
    fn for_want_of_node(reason: impl Into<String>) -> Self {
        let next_step = format!("install Node.js {OLDEST_NODE} or newer, with npm; then try again");
        Self {
            state: LinkState::NoNode,
            ..Self::new(reason, next_step)
        }
    }
}

/// What is wrong with Node.js, and what to do; nothing where it fits.
fn check(node: Node) -> Result<(), NotInstalled> {
    let reason = match node {
        Node::Fits(_) => return Ok(()),
        Node::TooOld(major) => format!("Node.js is {major} here, too old for WhatsApp"),
        Node::Strange => "what is called `node` here names no version".to_owned(),
        Node::Missing => "there is no Node.js here, which WhatsApp needs".to_owned(),
    };
    Err(NotInstalled::for_want_of_node(reason))
}

/// Sees that the bridge is there, and lays it out where it is not.
pub(super) async fn install(
    settings: Settings,
    step: UnboundedSender<Installing>,
) -> Result<Program, NotInstalled> {
    #[cfg(feature = "test-whatsapp")]
    if let Some(test) = &settings.test {
        let mut program = program(&test.main, &settings.auth_dir, settings.proxy);
        program.arguments.extend([
            "--test-server".into(),
            test.server.clone().into(),
            "--locks".into(),
            test.locks.clone().into(),
        ]);
        return Ok(program);
    }
    let layout = Layout {
        folder: settings.folder,
        proxy: settings.proxy.clone(),
        carried: CARRIED,
        npm: vec![if cfg!(windows) { "npm.cmd" } else { "npm" }.into()],
    };
    let main = {
        // Several accounts may begin at once; the second finds what the first laid out.
        let _alone = LAYING_OUT.lock().await;
        layout.whole(&step).await?
    };
    Ok(program(&main, &settings.auth_dir, settings.proxy))
}

fn program(main: &Path, auth_dir: &Path, proxy: Option<String>) -> Program {
    Program {
        node: "node".into(),
        arguments: vec![main.into(), "--auth-dir".into(), auth_dir.into()],
        proxy,
    }
}

/// What is laid out, where, and by which npm: a program and its first arguments.
struct Layout {
    folder: PathBuf,
    proxy: Option<String>,
    carried: &'static [(&'static str, &'static [u8])],
    npm: Vec<OsString>,
}

impl Layout {
    /// The main file of a bridge that is whole.
    async fn whole(&self, step: &UnboundedSender<Installing>) -> Result<PathBuf, NotInstalled> {
        if self.carried.is_empty() {
            return Err(NotInstalled::new(
                "this build of clawline-relay carries no WhatsApp bridge",
                "in a checkout of clawline run `cargo xtask build`, and start what that builds",
            ));
        }
        let name = self.name();
        let place = self.folder.join(&name);
        let is_whole = self.is_whole(&place);
        if !is_whole {
            // Nobody may see a step: the person has gone.
            let _ = step.send(Installing::Looking);
        }
        check(node::find().await)?;
        if !is_whole {
            let beside = self.folder.join(format!("{name}.part"));
            let _ = step.send(Installing::Writing);
            self.write(&beside)
                .map_err(|error| no_room(&beside, &error))?;
            let _ = step.send(Installing::Fetching);
            tracing::info!(
                "fetching the WhatsApp bridge's packages into {}",
                place.display()
            );
            self.fetch(&beside, &place).await?;
            self.put(&beside, &place)
                .map_err(|error| no_room(&place, &error))?;
            self.tidy(&name);
        }
        Ok(place.join("dist/main.js"))
    }

    /// Named by its version and its content: another build has another folder.
    fn name(&self) -> String {
        let all: Vec<u8> = self
            .carried
            .iter()
            .flat_map(|(name, bytes)| [name.as_bytes(), &ids::sha256(bytes)].concat())
            .collect();
        let digest = ids::hex(&ids::sha256(&all));
        let about = self
            .carried
            .iter()
            .find(|(name, _)| *name == "package.json");
        let about =
            about.and_then(|(_, bytes)| serde_json::from_slice::<serde_json::Value>(bytes).ok());
        let version = about.as_ref().and_then(|about| about["version"].as_str());
        format!(
            "bridge-{}-{}",
            version.unwrap_or("0"),
            digest.get(..8).unwrap_or_default()
        )
    }

    /// Whether everything is there as it was laid out.
    fn is_whole(&self, place: &Path) -> bool {
        let is_fetched = fs::read(place.join(FETCHED))
            .is_ok_and(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).is_ok());
        let is_same = |(name, bytes): &(&str, &[u8])| {
            fs::read(place.join(name)).is_ok_and(|there| there == *bytes)
        };
        is_fetched && self.carried.iter().all(is_same)
    }

    fn write(&self, beside: &Path) -> io::Result<()> {
        if beside.exists() {
            fs::remove_dir_all(beside)?;
        }
        data_folder::make(beside)?;
        for (name, bytes) in self.carried {
            let path = beside.join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, bytes)?;
        }
        Ok(())
    }

    async fn fetch(&self, beside: &Path, place: &Path) -> Result<(), NotInstalled> {
        let mut words = self.npm.iter();
        let mut command = Command::new(words.next().map_or(OsStr::new("npm"), |npm| npm));
        command
            .args(words)
            .args(ARGUMENTS)
            .current_dir(beside)
            .env_clear()
            .envs(environment::for_npm(self.proxy.as_deref()))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let by_hand = || {
            format!(
                "run `npm {} {} {}` in {} (or bring the folder node_modules that this makes on another \
                 machine), rename that folder to {}, and try again",
                ARGUMENTS[0],
                ARGUMENTS[1],
                ARGUMENTS[2],
                beside.display(),
                place.display()
            )
        };
        match timeout(FETCH, command.output()).await {
            Ok(Ok(output)) if output.status.success() => Ok(()),
            Ok(Ok(output)) => Err(refused(&output, by_hand)),
            Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(NotInstalled::for_want_of_node(
                    "there is no npm here, which fetches what the WhatsApp bridge is made of",
                ))
            }
            Ok(Err(error)) => Err(NotInstalled::new(
                format!("npm cannot be started: {error}"),
                by_hand(),
            )),
            Err(_) => Err(NotInstalled::new("npm did not end in time", by_hand())),
        }
    }

    /// Gives the folder its last name. What was there under it was not whole.
    fn put(&self, beside: &Path, place: &Path) -> io::Result<()> {
        if !self.is_whole(beside) {
            return Err(io::Error::other("npm has not fetched everything"));
        }
        if place.exists() {
            fs::remove_dir_all(place)?;
        }
        fs::rename(beside, place)
    }

    /// Removes what earlier versions left.
    fn tidy(&self, name: &str) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let other = entry.file_name();
            let other = other.to_string_lossy();
            if is_ours(&other) && other != name {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

/// Whether a folder has a name as [`Layout::name`] gives them. A person may have
/// put credentials beside it.
fn is_ours(name: &str) -> bool {
    let whole = name.strip_suffix(".part").unwrap_or(name);
    let digest = whole
        .strip_prefix("bridge-")
        .and_then(|rest| rest.rsplit_once('-'));
    digest.is_some_and(|(_, digest)| {
        digest.len() == 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn no_room(path: &Path, error: &io::Error) -> NotInstalled {
    NotInstalled::new(
        format!(
            "the WhatsApp bridge cannot be laid out in {}: {error}",
            path.display()
        ),
        "make room and make the folder writable for this user; then try again",
    )
}

/// npm's failure, in the words that fit it.
fn refused(output: &Output, by_hand: impl Fn() -> String) -> NotInstalled {
    const NETWORK: [&str; 10] = [
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ETIMEDOUT",
        "ENETUNREACH",
        "EHOSTUNREACH",
        "ERR_SOCKET_TIMEOUT",
        "ENOTCACHED",
        "CERT",
    ];
    let said = String::from_utf8_lossy(&output.stderr);
    if NETWORK.iter().any(|code| said.contains(code)) {
        return NotInstalled::new(
            "npm cannot reach the registry, from which it fetches @whiskeysockets/baileys and what that needs",
            format!(
                "connect this machine (HTTPS_PROXY and npm's own settings count) and try again; or {}",
                by_hand()
            ),
        );
    }
    let line = said
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no reason");
    let line: String = crate::printable::printable(line)
        .chars()
        .take(300)
        .collect();
    NotInstalled::new(format!("npm failed: {line}"), by_hand())
}

#[cfg(all(test, unix))]
mod tests;
