//! A program that plays WhatsApp for the real bridge:
//! `relay/bridge/test/support/stand.mjs`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use clawline_relay::account::Account as Name;
use clawline_relay::channels::whatsapp::bridge::{Bridge, Settings, TestBridge, Told};
use clawline_relay::channels::whatsapp::{Link, Mode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// So long that only a hang reaches it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The program; it ends with this.
pub(crate) struct Stand {
    _child: Child,
    orders: ChildStdin,
    done: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
    /// A bridge that may be pointed at it.
    pub(crate) main: PathBuf,
}

impl Stand {
    pub(crate) async fn start() -> Self {
        Self::playing("stand.mjs", &[]).await
    }

    /// The WhatsApp of another phone, by its number.
    pub(crate) async fn of(number: &str) -> Self {
        Self::playing("stand.mjs", &[number]).await
    }

    /// A program of `relay/bridge/test/support`.
    pub(crate) async fn playing(program: &str, arguments: &[&str]) -> Self {
        let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("bridge");
        for part in ["node_modules/@whiskeysockets/baileys", "dist/main.js"] {
            assert!(
                bridge.join(part).exists(),
                "the WhatsApp bridge is not built: run `cargo xtask build`, or `npm ci --ignore-scripts && npm run \
                 build` in relay/bridge"
            );
        }
        let child = Command::new("node")
            .arg(bridge.join("test/support").join(program))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        let mut child = child.expect("these tests need Node.js 20 or newer on the PATH");
        let orders = child.stdin.take().unwrap();
        let mut done = BufReader::new(child.stdout.take().unwrap()).lines();
        let said = timeout(PATIENCE, done.next_line()).await.unwrap().unwrap();
        let said: Value = serde_json::from_str(&said.expect("it says where it is")).unwrap();
        Self {
            _child: child,
            orders,
            done,
            url: said["url"].as_str().unwrap().to_owned(),
            main: said["main"].as_str().unwrap().into(),
        }
    }

    /// Gives an order, and waits until it is done.
    pub(crate) async fn order(&mut self, name: &str, mut fields: Value) -> Value {
        fields["order"] = json!(name);
        self.orders
            .write_all(format!("{fields}\n").as_bytes())
            .await
            .unwrap();
        let line = timeout(PATIENCE, self.done.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("{fields} is not done in time"));
        let line = line.unwrap();
        serde_json::from_str(&line.expect("the stand is there")).unwrap()
    }
}

impl Stand {
    /// What a program for tests is told to take it, for phones whose locks are in
    /// a folder.
    pub(crate) fn variables(&self, home: &Path) -> Vec<(&'static str, OsString)> {
        vec![
            ("CLAWLINE_TEST_BRIDGE", self.main.clone().into()),
            ("CLAWLINE_TEST_WHATSAPP", self.url.clone().into()),
            ("CLAWLINE_TEST_LOCKS", home.join("locks").into()),
        ]
    }
}

/// One account, its bridge under its supervisor, and a WhatsApp for it.
pub(crate) struct Account {
    pub(crate) stand: Stand,
    pub(crate) home: TempDir,
    pub(crate) bridge: Bridge,
    pub(crate) told: mpsc::Receiver<Told>,
    pub(crate) link: watch::Receiver<Link>,
}

impl Account {
    /// An account that was linked before, or never.
    pub(crate) async fn new(is_linked: bool) -> Self {
        let mut stand = Stand::start().await;
        let home = tempfile::tempdir().unwrap();
        if is_linked {
            let folder = home.path().join("auth");
            stand.order("login", json!({ "folder": folder })).await;
        }
        let (bridge, told) = start(&stand, home.path());
        Self {
            link: bridge.link(),
            stand,
            home,
            bridge,
            told,
        }
    }

    /// One that is open.
    pub(crate) async fn open() -> Self {
        let mut account = Self::new(true).await;
        account.bridge.begin(Mode::Resume);
        account.state("open").await;
        account
    }

    /// Waits until the account stands so.
    pub(crate) async fn state(&mut self, state: &str) -> Link {
        self.until(|link| link.state.as_str() == state).await
    }

    pub(crate) async fn until(&mut self, fits: impl Fn(&Link) -> bool) -> Link {
        let found = timeout(PATIENCE, self.link.wait_for(|link| fits(link))).await;
        match found {
            Ok(found) => found.unwrap().clone(),
            Err(_) => panic!("it never came: {:?}", self.bridge.link().borrow()),
        }
    }

    /// Number of the process that stands for the bridge.
    pub(crate) fn process(&self) -> u32 {
        let lock = self.home.path().join("auth/bridge.lock");
        let lock: Value = serde_json::from_slice(&std::fs::read(lock).unwrap()).unwrap();
        u32::try_from(lock["pid"].as_u64().unwrap()).unwrap()
    }
}

/// A bridge for what is in a folder; its work ends with the test.
pub(crate) fn start(stand: &Stand, home: &Path) -> (Bridge, mpsc::Receiver<Told>) {
    let mut settings = Settings::new(Name::default(), home.join("auth"), home.join("whatsapp"));
    settings.test = Some(TestBridge {
        main: stand.main.clone(),
        server: stand.url.clone(),
        locks: home.join("locks"),
    });
    let (bridge, told, work) = Bridge::with_work(settings);
    tokio::spawn(work);
    (bridge, told)
}
