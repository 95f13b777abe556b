//! Where no relay runs: a bridge of the command's own, for as long as the command
//! takes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anstream::eprintln;
use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::LOOK;
use super::show::{Screen, Standing};
use crate::account::Account;
use crate::channels::whatsapp::bridge::{Bridge, Settings, Told};
use crate::channels::whatsapp::login::Login;
use crate::channels::whatsapp::{LinkState, LinkingError, Mode};
use crate::config::{Config, WhatsappBaileys};
use crate::data_folder::{self, ServeLock};

/// How long the connection may take over which WhatsApp is told of an end.
const CONNECT: Duration = Duration::from_secs(30);

/// The account of the settings.
#[derive(Debug)]
pub(super) struct Own {
    settings: Settings,
    data_dir: PathBuf,
    /// Whether a relay would use it.
    is_configured: bool,
}

impl Own {
    /// # Errors
    /// The settings switch WhatsApp off, or have no such account.
    pub(super) fn new(
        config: &Config,
        account: Option<&Account>,
        data_dir: &Path,
    ) -> anyhow::Result<Self> {
        let configured = config.whatsapp_settings(data_dir)?;
        let is_configured = !configured.is_empty();
        if !is_configured && config.has_whatsapp_section() {
            bail!(
                "WhatsApp is switched off: set enabled = true below [channel.whatsapp_baileys] in clawline.toml"
            );
        }
        let known: Vec<Account> = configured.iter().map(|one| one.account.clone()).collect();
        let usual = Account::default();
        let first = known.iter().find(|one| one.is_usual()).or(known.first());
        let account = account.or(first).unwrap_or(&usual);
        let own = configured.into_iter().find(|one| one.account == *account);
        let own = match own {
            Some(own) => own,
            None if !is_configured && account.is_usual() => {
                WhatsappBaileys::default().settings(account, data_dir)
            }
            None if !is_configured => bail!(
                "there is no account {account:?}: write the section [channel.whatsapp_baileys.accounts.{account}] in \
                 clawline.toml"
            ),
            None => return Err(LinkingError::unknown(account.as_str(), &known).into()),
        };
        let mut settings = Settings::new(own.account, own.auth_dir, own.bridge);
        settings.proxy = own.proxy;
        Ok(Self {
            settings,
            data_dir: data_dir.to_owned(),
            is_configured,
        })
    }

    /// What the files say of it: nothing is connected.
    pub(super) fn standing(&self) -> Value {
        let folder = &self.settings.auth_dir;
        let login = Login::read(folder).filter(|login| login.is_linked);
        let is_linked = login.is_some();
        let me = login.map(|login| json!({ "phone": login.phone }));
        json!({
            "account": self.settings.account,
            "state": if is_linked { "off" } else { "not_linked" },
            "reason": "no relay runs",
            "nextStep": if is_linked { "clawline-relay serve".to_owned() } else { self.login_command() },
            "folder": folder,
            "me": me,
        })
    }

    fn login_command(&self) -> String {
        let command = "clawline-relay whatsapp login";
        match &self.settings.account {
            account if account.is_usual() => command.to_owned(),
            account => format!("{command} --account {account}"),
        }
    }

    pub(super) async fn login(&self, mode: Mode) -> anyhow::Result<ExitCode> {
        let (bridge, _alone) = self.bridge()?;
        bridge.begin(mode);
        let mut link = bridge.link();
        let mut screen = Screen::default();
        let shown = async {
            loop {
                // It begins at rest; how it goes on is what is shown.
                let news = timeout(LOOK, link.changed()).await;
                if news.is_err() && screen.is_empty() {
                    continue;
                }
                let standing = Standing::new(json!(*link.borrow_and_update()));
                if let Some(code) = screen.show(&standing) {
                    return code;
                }
            }
        };
        let done = tokio::select! {
            done = shown => done,
            _ = tokio::signal::ctrl_c() => ExitCode::FAILURE,
        };
        bridge.end().await;
        if !self.is_configured && done == ExitCode::SUCCESS {
            eprintln!(
                "Add the section [channel.whatsapp_baileys] to clawline.toml, and `clawline-relay serve` uses it."
            );
        }
        Ok(done)
    }

    /// Unlinks it, over a connection where there can be one, so that the phone
    /// knows.
    pub(super) async fn logout(&self) -> anyhow::Result<Value> {
        if self.standing()["state"] == "not_linked" {
            bail!(
                "WhatsApp is not linked here ({})",
                self.settings.auth_dir.display()
            );
        }
        let (bridge, _alone) = self.bridge()?;
        bridge.begin(Mode::Resume);
        let mut link = bridge.link();
        // It begins at rest, too.
        let connected = link.wait_for(|link| {
            link.state == LinkState::Open || link.state.is_at_rest() && link.state != LinkState::Off
        });
        let _ = timeout(CONNECT, connected).await;
        let unlinked = bridge.unlink().await;
        bridge.end().await;
        unlinked
            .map(|unlinked| json!(unlinked))
            .map_err(anyhow::Error::msg)
    }

    /// A bridge, and the place of the one who may have it.
    fn bridge(&self) -> anyhow::Result<(Bridge, ServeLock)> {
        data_folder::make(&self.data_dir)?;
        let alone = ServeLock::take(&self.data_dir)?.with_context(|| {
            format!(
                "a relay has the data in {} and listens elsewhere: name it with --gateway URL",
                self.data_dir.display()
            )
        })?;
        eprintln!("No relay runs; using a bridge of its own");
        let (bridge, told, work) = Bridge::with_work(self.settings.clone());
        tokio::spawn(work);
        tokio::spawn(pass_over(told));
        Ok((bridge, alone))
    }
}

/// What comes in is not acknowledged: the bridge keeps it for the relay.
async fn pass_over(mut told: mpsc::Receiver<Told>) {
    while told.recv().await.is_some() {}
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_the_files_say_holds_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let config = Config::default();
        let own = Own::new(&config, None, folder.path()).unwrap();
        let other = Account::read("work").unwrap();
        assert!(Own::new(&config, Some(&other), folder.path()).is_err());
        assert_eq!(own.standing()["state"], "not_linked");
        let auth = folder.path().join("whatsapp/default");
        fs::create_dir_all(&auth).unwrap();
        let half = json!({ "me": { "id": "15551234567:1@s.whatsapp.net" }, "noiseKey": "secret" });
        fs::write(auth.join("creds.json"), half.to_string()).unwrap();
        assert_eq!(
            own.standing()["state"],
            "not_linked",
            "a code was asked for, and no more"
        );
        let mut whole = half;
        whole["account"] = json!({ "details": "secret" });
        fs::write(auth.join("creds.json"), whole.to_string()).unwrap();
        let standing = own.standing();
        assert_eq!(
            (&standing["state"], &standing["me"]["phone"]),
            (&json!("off"), &json!("+15551234567"))
        );
        assert!(!standing.to_string().contains("secret"));
    }
}
