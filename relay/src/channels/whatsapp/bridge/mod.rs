//! The bridge to WhatsApp, a Node program of its own (`relay/bridge`).
//!
//! [`lines`] is what is said between it and the relay, `supervisor` decides when
//! it runs and connects, `install` lays it out, `process` is the process, and
//! `run` the task that performs all of it. [`Bridge`] is what the channel holds.

mod environment;
mod install;
pub mod lines;
mod process;
mod ration;
mod refused;
mod run;
mod supervisor;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use self::lines::{Command, Event, Refusal};
use self::run::{Ends, Order, Question, Run};
use super::link::{Counts, Link, Mode, Unlinked};
use crate::account::Account;
use crate::tasks::Tasks;

/// How much may wait for the channel; what comes then waits in the bridge, on disk.
const MOST_TOLD: usize = 64;
/// How many commands may wait for their turn.
const MOST_ASKED: usize = 64;
/// How long the end of a process may take in all.
const END: Duration = Duration::from_secs(20);

/// What a bridge is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The account.
    pub account: Account,
    /// Folder of its credentials; made where there is none.
    pub auth_dir: PathBuf,
    /// Folder in which the bridge itself is laid out, for all accounts.
    pub folder: PathBuf,
    /// Proxy on the way to WhatsApp and to npm's registry; without one the
    /// environment decides.
    pub proxy: Option<String>,
    /// What stands for the bridge and for WhatsApp.
    #[cfg(feature = "test-whatsapp")]
    pub test: Option<TestBridge>,
}

/// A bridge that is there already, and a server that plays WhatsApp. In builds
/// for tests only.
#[cfg(feature = "test-whatsapp")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestBridge {
    /// Its `main.js`, beside the file that allows another server.
    pub main: PathBuf,
    /// Address of the server, `ws://…`.
    pub server: String,
    /// Folder of the locks of phones.
    pub locks: PathBuf,
}

impl Settings {
    /// An account with its credentials in `auth_dir`; `folder` is where bridges
    /// are laid out.
    #[must_use]
    pub fn new(account: Account, auth_dir: PathBuf, folder: PathBuf) -> Self {
        Self {
            account,
            auth_dir,
            folder,
            proxy: None,
            #[cfg(feature = "test-whatsapp")]
            test: TestBridge::of_environment(),
        }
    }
}

#[cfg(feature = "test-whatsapp")]
impl TestBridge {
    /// The one that the variables `CLAWLINE_TEST_BRIDGE` (its `main.js`),
    /// `CLAWLINE_TEST_WHATSAPP` (the server) and `CLAWLINE_TEST_LOCKS` name.
    fn of_environment() -> Option<Self> {
        let path = |name| std::env::var_os(name).map(PathBuf::from);
        Some(Self {
            main: path("CLAWLINE_TEST_BRIDGE")?,
            server: std::env::var("CLAWLINE_TEST_WHATSAPP").ok()?,
            locks: path("CLAWLINE_TEST_LOCKS")?,
        })
    }
}

/// Something that the bridge told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The number to [acknowledge](Bridge::ack), where the bridge keeps it until
    /// then.
    pub seq: Option<u64>,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Whether it was told before.
    pub again: bool,
    /// What happened: what people did, and whoever types. How the account stands
    /// is in [`Bridge::link`].
    pub event: Event,
}

/// Why the bridge did not do something: with a code of the bridge, or
/// `not_running`, `busy`, `too_large`, `no_answer` (in time) or `bridge_ended`.
pub type AskError = Refusal;

/// The bridge of one account. Clones are the same; when the last one is gone, so
/// is its process.
#[derive(Debug, Clone)]
pub struct Bridge {
    orders: mpsc::UnboundedSender<Order>,
    questions: mpsc::Sender<Question>,
    acknowledged: Arc<watch::Sender<u64>>,
    link: watch::Receiver<Link>,
    counts: Arc<Mutex<Counts>>,
}

impl Bridge {
    /// A bridge that does nothing yet, and what it will tell. Whoever has that
    /// stores each event, then acknowledges it, and waits for no answer of the
    /// bridge in between: while it is not read, nothing more is read of the bridge,
    /// which keeps the rest on disk.
    pub(crate) fn new(settings: Settings, tasks: &Tasks) -> (Self, mpsc::Receiver<Told>) {
        let (bridge, told, work) = Self::with_work(settings);
        tasks.spawn(work);
        (bridge, told)
    }

    /// The same, with the work that the caller has to run. Where that is dropped,
    /// the process is ended at once.
    pub fn with_work(
        settings: Settings,
    ) -> (Self, mpsc::Receiver<Told>, impl Future<Output = ()> + Send) {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (questions, asked) = mpsc::channel(MOST_ASKED);
        let (telling, told) = mpsc::channel(MOST_TOLD);
        let (acknowledged, acknowledging) = watch::channel(0);
        let (standing, link) = watch::channel(Link::off(&settings.account));
        let counts = Arc::<Mutex<Counts>>::default();
        let acknowledged = Arc::new(acknowledged);
        let ends = Ends {
            orders: ordered,
            questions: asked,
            acknowledged: acknowledging,
            acknowledges: Arc::clone(&acknowledged),
            told: telling,
            link: standing,
            counts: Arc::clone(&counts),
        };
        let work = Run::new(settings, ends).run();
        let bridge = Self {
            orders,
            questions,
            acknowledged,
            link,
            counts,
        };
        (bridge, told, work)
    }

    /// Begins to connect; what comes of it is seen in [`Self::link`]. With
    /// [`Mode::Resume`] nothing is started where there is no login.
    pub fn begin(&self, mode: Mode) {
        let _ = self.orders.send(Order::Begin(mode));
    }

    /// Ends the process in order, or by force after a while. Returns when it is
    /// gone.
    pub async fn end(&self) {
        let (left, gone) = oneshot::channel();
        if self.orders.send(Order::End(left)).is_ok() {
            let _ = timeout(END, gone).await;
        }
    }

    /// Unlinks the account: WhatsApp is told where it can be, and the credentials
    /// are set aside.
    ///
    /// # Errors
    /// It did not work, in words for people.
    pub async fn unlink(&self) -> Result<Unlinked, String> {
        let (asked, outcome) = oneshot::channel();
        let _ = self.orders.send(Order::Unlink(asked));
        let gone = || "the relay stops".to_owned();
        outcome.await.map_err(|_| gone())?
    }

    /// Gives a command and waits for its answer, `deadline` at most. The bridge
    /// has deadlines of its own; give it a little more than those.
    ///
    /// # Errors
    /// It was not done, or nobody knows: then [`Refusal::unknown`] is set.
    pub async fn ask(&self, command: Command, deadline: Duration) -> Result<Value, AskError> {
        let (answer, answered) = oneshot::channel();
        let ask = async {
            let question = Question { command, answer };
            self.questions
                .send(question)
                .await
                .map_err(|_| refused::ended())?;
            answered.await.unwrap_or_else(|_| Err(refused::ended()))
        };
        let late = timeout(deadline, ask).await;
        late.unwrap_or_else(|_| Err(refused::no_answer()))
    }

    /// Tells the bridge that everything up to this event is stored. A smaller
    /// number than before says nothing.
    pub fn ack(&self, seq: u64) {
        self.acknowledged.send_if_modified(|known| {
            let is_newer = seq > *known;
            *known = seq.max(*known);
            is_newer
        });
    }

    /// How the account stands, now and from now on.
    #[must_use]
    pub fn link(&self) -> watch::Receiver<Link> {
        self.link.clone()
    }

    /// What was counted so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let counts = self.counts.lock();
        counts.unwrap_or_else(PoisonError::into_inner).clone()
    }
}
