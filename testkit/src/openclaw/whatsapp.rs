//! OpenClaw's own WhatsApp, the plugin `@openclaw/whatsapp`: pinned, and put in place
//! once by the gateway's own installer, for it gives channels to nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use serde_json::{Value, json};
use tokio::process::Command;

use super::{OpenClaw, take_turn};
use crate::{Error, Result, process::tail_of};

const NAME: &str = "@openclaw/whatsapp";
const VERSION: &str = "2026.9.6";
/// Of the archive, which has in it all that the plugin needs.
const INTEGRITY: &str = "sha512-fil4GLL7zk1kHIj+xrUaoFQYI6Jkt0TvyHoI6OjZySl18LeEfIxRiRunOs4071UvWMAyOX0UbWnfQPyjMo0LRA==";
const STEP: &str = "openclaw plugins install";
const COMPLETE: &str = "complete";
/// Where, in a state folder, it is written down what was installed.
const RECORDS: &str = "state/openclaw.sqlite";

impl OpenClaw {
    /// Puts the plugin `@openclaw/whatsapp` in place where it is not there yet (about
    /// 80 MB and half a minute).
    ///
    /// # Errors
    /// [`Error::Install`] or [`Error::Io`].
    pub async fn install_whatsapp(&self) -> Result<()> {
        let folder = self.whatsapp();
        let _turn = take_turn(self.folder.join("whatsapp.lock")).await?;
        if folder.join(COMPLETE).is_file() {
            return Ok(());
        }
        eprintln!("testkit: installing OpenClaw's WhatsApp (once, about 80 MB)");
        if folder.exists() {
            // An earlier installation was interrupted.
            fs::remove_dir_all(&folder).map_err(Error::io("clear the place of its WhatsApp"))?;
        }
        self.run_installer(&folder).await?;
        let found = locked(&folder.join("state"));
        if found.as_deref() != Some(INTEGRITY) {
            return Err(Error::Install {
                step: STEP.into(),
                log: folder.join("install.txt"),
                tail: format!("what came is not what is pinned: {found:?}"),
            });
        }
        fs::write(folder.join(COMPLETE), VERSION).map_err(Error::io("finish its WhatsApp"))
    }

    /// What the installer wrote down of the plugin, for the state of a gateway.
    ///
    /// # Errors
    /// [`Error::Io`] when it is not installed.
    pub(crate) fn give_whatsapp_to(&self, state: &Path) -> Result<()> {
        let doing = || Error::io("give a gateway its WhatsApp (OpenClaw::install_whatsapp first)");
        fs::create_dir_all(state.join("state")).map_err(doing())?;
        let from = self.whatsapp().join("state").join(RECORDS);
        fs::copy(from, state.join(RECORDS)).map_err(doing())?;
        Ok(())
    }

    fn whatsapp(&self) -> PathBuf {
        self.folder.join(format!("whatsapp-{VERSION}"))
    }

    async fn run_installer(&self, folder: &Path) -> Result<()> {
        let doing = || format!("prepare {}", folder.display());
        fs::create_dir_all(folder.join("state")).map_err(Error::io(doing()))?;
        let config = json!({ "gateway": { "mode": "local" }, "plugins": { "enabled": true }, "update": { "checkOnStart": false } });
        let config_file = folder.join("openclaw.json");
        fs::write(&config_file, config.to_string()).map_err(Error::io(doing()))?;
        let log = folder.join("install.txt");
        let output = fs::File::create(&log).map_err(Error::io(doing()))?;
        let errors = output.try_clone().map_err(Error::io(doing()))?;
        let status = Command::new(self.node())
            .arg(self.entry())
            .args(["plugins", "install", "--pin"])
            .arg(format!("{NAME}@{VERSION}"))
            .env("PATH", super::path_with_first(&self.node_folder()))
            .env("OPENCLAW_STATE_DIR", folder.join("state"))
            .env("OPENCLAW_CONFIG_PATH", config_file)
            .env("OPENCLAW_NO_RESPAWN", "1")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .status()
            .await
            .map_err(Error::io("run openclaw's installer"))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::Install {
            step: STEP.into(),
            tail: tail_of(&log),
            log,
        })
    }
}

/// The checksum of the plugin that npm has installed, as its lock names it.
fn locked(state: &Path) -> Option<String> {
    let projects = fs::read_dir(state.join("npm").join("projects")).ok()?;
    projects.flatten().find_map(|project| {
        let lock = fs::read(project.path().join("package-lock.json")).ok()?;
        let lock: Value = serde_json::from_slice(&lock).ok()?;
        let found = &lock["packages"][format!("node_modules/{NAME}")]["integrity"];
        found.as_str().map(str::to_owned)
    })
}
