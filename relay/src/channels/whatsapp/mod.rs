//! The channel WhatsApp: an account that is linked by a code, and the
//! [bridge](bridge) that speaks with WhatsApp for it.
//!
//! What comes: `intake` puts it on our disk and acknowledges it, `dealing` takes
//! it from there, one after the other in each chat, and `answering` decides what
//! becomes of it by the owner's `rules`. What goes: `outgoing` keeps it under ids
//! of its own, `sending` hands it to the bridge, once.

mod answering;
mod arrival;
mod book;
pub mod bridge;
mod content;
mod dealing;
mod files;
mod intake;
mod link;
pub(crate) mod login;
pub(crate) mod node;
mod notices;
mod outgoing;
mod pace;
mod people;
mod places;
mod rules;
mod sending;
mod split;
#[cfg(test)]
mod tests;
mod typing;
mod typists;
mod wire;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::{Notify, mpsc, watch};

use self::answering::{Desk, session_of};
use self::book::is_me;
use self::bridge::lines::{Command, Event};
use self::bridge::{Bridge, Told};
use self::dealing::Dealing;
use self::files::Files;
use self::intake::Intake;
pub use self::link::{
    ACCOUNT, Counts, Installing, Link, LinkState, Linking, LinkingError, Me, Mode, PairCode, Qr,
    Unlinked,
};
use self::outgoing::Counter;
use self::people::Jid;
pub use self::rules::Rules;
use self::sending::Outbox;
use self::typists::Typists;
use self::wire::Wire;
use super::{AccountStatus, Act, Channel, ChannelError, ChannelState, Outbound, Receipt};
use crate::bus::{self, Bus};
use crate::clock::now_ms;
use crate::inbox::Inbox;
use crate::media::Media;
use crate::store::{Chat, Sending, Store, StoreError};
use crate::tasks::Tasks;

/// Registry name of the channel.
pub const NAME: &str = "whatsapp_baileys";

/// How soon what could not be stored is stored again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long WhatsApp may take to say which groups there are.
const GROUPS: Duration = Duration::from_secs(60);

/// What the channel has of the relay.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    pub(crate) store: Store,
    pub(crate) inbox: Arc<Inbox>,
    pub(crate) media: Media,
    pub(crate) bus: Bus,
    pub(crate) tasks: Tasks,
}

/// The channel, with one account.
#[derive(Debug)]
pub struct Whatsapp {
    wire: Arc<dyn Wire>,
    around: Surroundings,
    intake: Arc<Intake>,
    dealing: Arc<Dealing>,
    outbox: Arc<Outbox>,
    counter: Counter,
    typists: Arc<Typists>,
    /// What the bridge tells, until somebody listens to it.
    told: Mutex<Option<mpsc::Receiver<Told>>>,
    started_at: i64,
}

/// What the owner says about WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatsappSettings {
    /// Who is answered, and how.
    pub rules: Rules,
    /// Folder of the sign-in data.
    pub auth_dir: PathBuf,
    /// Folder in which the bridge is laid out.
    pub bridge: PathBuf,
    /// Proxy on the way to WhatsApp, `http://…` or `https://…`; without one the
    /// environment decides.
    pub proxy: Option<String>,
    /// What stands for the bridge and for WhatsApp.
    #[cfg(feature = "test-whatsapp")]
    pub test: Option<bridge::TestBridge>,
}

impl Whatsapp {
    /// The channel with its bridge. Nothing is started before
    /// [`Channel::connect`].
    pub(crate) fn new(settings: WhatsappSettings, around: Surroundings) -> Self {
        let mut of_bridge = bridge::Settings::new(ACCOUNT, settings.auth_dir, settings.bridge);
        of_bridge.proxy = settings.proxy;
        #[cfg(feature = "test-whatsapp")]
        if settings.test.is_some() {
            of_bridge.test = settings.test;
        }
        let (bridge, told) = Bridge::new(of_bridge, &around.tasks);
        Self::over(Arc::new(bridge), told, settings.rules, around)
    }

    fn over(
        wire: Arc<dyn Wire>,
        told: mpsc::Receiver<Told>,
        rules: Rules,
        around: Surroundings,
    ) -> Self {
        let Surroundings {
            store,
            inbox,
            media,
            tasks,
            ..
        } = around.clone();
        let files = Files::new(Arc::clone(&wire), media);
        let outbox = Outbox::new(Arc::clone(&wire), files.clone(), &around);
        let desk = Desk {
            store: store.clone(),
            inbox: Arc::clone(&inbox),
            wire: Arc::clone(&wire),
            files,
            rules: rules.clone(),
            outbox: Arc::clone(&outbox),
            more: Notify::new(),
        };
        let typists = Typists::new(Arc::clone(&wire), store.clone(), around.bus.clone());
        Self {
            typists,
            intake: Intake::new(store.clone(), Arc::clone(&outbox)),
            dealing: Dealing::new(desk, tasks),
            counter: Counter {
                places: places::Places {
                    store: store.clone(),
                    wire: Arc::clone(&wire),
                },
                store,
                inbox,
                outbox: Arc::clone(&outbox),
                rules,
            },
            outbox,
            wire,
            around,
            told: Mutex::new(Some(told)),
            started_at: now_ms(),
        }
    }

    /// Lets agents answer in a conversation again, in which they were paused.
    /// Gives whether they were.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn resume(&self, conversation: &str) -> Result<bool, StoreError> {
        self.around.store.pause_chat(conversation, None).await
    }

    /// What is known of all conversations; `pause` says where no agent answers,
    /// and why.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn chats(&self) -> Result<Vec<Chat>, StoreError> {
        self.around.store.whatsapp_chats().await
    }

    /// How far a message has come that went out, by its id.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sending(&self, message_id: &str) -> Result<Option<Sending>, StoreError> {
        self.around.store.sending(message_id).await
    }

    /// The session of a conversation.
    #[must_use]
    pub fn session_key(conversation: &str) -> String {
        session_of(conversation)
    }

    /// The conversation of a session, by its key.
    #[must_use]
    pub fn conversation(session_key: &str) -> Option<String> {
        let name = session_key.strip_prefix("agent:main:")?;
        let chat = name.strip_prefix(NAME)?.strip_prefix(':')?;
        Some(Jid::read(chat)?.to_string())
    }

    /// Begins all that works beside the bridge, once.
    fn start(&self) {
        let told = self
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(told) = told else { return };
        let Surroundings {
            store, bus, tasks, ..
        } = &self.around;
        let events = bus.subscribe();
        let typing = typing::show_typing(Arc::clone(&self.wire), store.clone(), events);
        tasks.spawn(typing);
        tasks.spawn(listen(
            Arc::clone(&self.wire),
            told,
            Arc::clone(&self.intake),
            Arc::clone(&self.dealing),
            Arc::clone(&self.typists),
        ));
        tasks.spawn(Arc::clone(&self.typists).work());
        tasks.spawn(Arc::clone(&self.dealing).work());
        tasks.spawn(Arc::clone(&self.outbox).work());
        tasks.spawn(follow(
            Arc::clone(&self.wire),
            Arc::clone(&self.intake),
            bus.clone(),
            self.started_at,
        ));
    }
}

/// Puts everything that the bridge tells on our disk, and says so.
async fn listen(
    wire: Arc<dyn Wire>,
    mut told: mpsc::Receiver<Told>,
    intake: Arc<Intake>,
    dealing: Arc<Dealing>,
    typists: Arc<Typists>,
) {
    let link = wire.link();
    while let Some(Told { seq, event, .. }) = told.recv().await {
        if let Event::Typing(typing) = &event {
            let me = link.borrow().clone();
            typists.hear(&me, typing).await;
        }
        // What is told once is of no use later.
        let Some(seq) = seq else { continue };
        loop {
            let me = link.borrow().clone();
            match intake.take(&me, &event).await {
                Ok(is_news) => {
                    wire.ack(seq);
                    if is_news {
                        dealing.look();
                    }
                    if let Event::Message(message) = &event {
                        typists.wrote(&message.head);
                    }
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, "what WhatsApp told waits for the database");
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

/// Tells how the account stands, and asks for the names of groups when it opens.
async fn follow(wire: Arc<dyn Wire>, intake: Arc<Intake>, bus: Bus, started_at: i64) {
    let mut link = wire.link();
    let mut last = None;
    loop {
        let now = link.borrow_and_update().clone();
        let is_open = now.state == LinkState::Open;
        if last != Some(now.state) {
            bus.publish(&bus::Event::ChannelStatus {
                channel: NAME.to_owned(),
                account: Arc::new(status(&now, started_at)),
            });
            last = Some(now.state);
            if is_open {
                learn_groups(&*wire, &intake).await;
            }
        }
        if link.changed().await.is_err() {
            return;
        }
    }
}

async fn learn_groups(wire: &dyn Wire, intake: &Intake) {
    let Ok(answer) = wire.ask(Command::Groups, GROUPS).await else {
        return;
    };
    let groups = answer.get("groups").cloned().unwrap_or_default();
    for group in serde_json::from_value(groups).unwrap_or_else(|_| Vec::new()) {
        let group = Event::Chat(group);
        let link = wire.link().borrow().clone();
        if let Err(error) = intake.take(&link, &group).await {
            tracing::warn!(%error, "the name of a group is not kept");
        }
    }
}

/// How an account stands, in the words of all channels.
fn state_of(state: LinkState) -> ChannelState {
    match state {
        LinkState::Open => ChannelState::Connected,
        LinkState::Off | LinkState::NotLinked | LinkState::Expired => ChannelState::Disconnected,
        LinkState::Installing { .. }
        | LinkState::Starting
        | LinkState::Pairing
        | LinkState::Linking
        | LinkState::Connecting
        | LinkState::Waiting { .. } => ChannelState::Connecting,
        LinkState::Conflict
        | LinkState::LoggedOut
        | LinkState::Forbidden
        | LinkState::TooOld
        | LinkState::NoNode
        | LinkState::Failed => ChannelState::Error,
    }
}

fn status(link: &Link, started_at: i64) -> AccountStatus {
    let next_retry_at = match link.state {
        LinkState::Waiting { until_ms } => Some(until_ms),
        _ => None,
    };
    let says = [&link.reason, &link.next_step].into_iter().flatten();
    let says: Vec<&str> = says.map(String::as_str).collect();
    AccountStatus {
        id: link.account.clone(),
        running: link.state != LinkState::Off,
        last_error: link
            .last_error
            .clone()
            .or_else(|| (!says.is_empty()).then(|| says.join("; "))),
        reconnect_attempts: link.attempts,
        next_retry_at,
        transport: Some("bridge".to_owned()),
        ..AccountStatus::of_relay(state_of(link.state), started_at)
    }
}

impl Channel for Whatsapp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn connect(&self) -> BoxFuture<'_, Result<(), ChannelError>> {
        Box::pin(async {
            self.start();
            self.wire.begin(Mode::Resume);
            Ok(())
        })
    }

    fn disconnect(&self) -> BoxFuture<'_, ()> {
        self.wire.end()
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(self.counter.take(target, message))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        let link = self.wire.link();
        let link = link.borrow();
        vec![status(&link, self.started_at)]
    }

    fn can(&self, _: Act) -> bool {
        true
    }

    fn followed(&self, session_key: &str) {
        self.typists.watch(session_key);
    }

    fn owner_wrote<'a>(&'a self, session_key: &'a str) -> BoxFuture<'a, Result<(), ChannelError>> {
        Box::pin(async move {
            let link = self.wire.link().borrow().clone();
            let chat = Self::conversation(session_key).filter(|chat| !is_me(&link, chat));
            match chat {
                Some(chat) => Ok(self.dealing.owner_wrote(&chat).await?),
                None => Ok(()),
            }
        })
    }

    fn linking(&self) -> Option<&dyn Linking> {
        Some(self)
    }
}

impl Linking for Whatsapp {
    fn accounts(&self) -> Vec<String> {
        vec![ACCOUNT.to_owned()]
    }

    fn link(&self, account: &str) -> Option<watch::Receiver<Link>> {
        (account == ACCOUNT).then(|| self.wire.link())
    }

    fn begin(&self, account: &str, mode: Mode) -> Result<(), LinkingError> {
        known(account)?;
        let mode = match mode {
            Mode::Code { phone } => Mode::code(&phone)?,
            other => other,
        };
        self.wire.begin(mode);
        Ok(())
    }

    fn counts(&self, _account: &str) -> Counts {
        Counts {
            waiting: self.outbox.waiting(),
            ..self.wire.counts()
        }
    }

    fn unlink<'a>(&'a self, account: &'a str) -> BoxFuture<'a, Result<Unlinked, LinkingError>> {
        match known(account) {
            Ok(()) => self.wire.unlink(),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

fn known(account: &str) -> Result<(), LinkingError> {
    if account == ACCOUNT {
        return Ok(());
    }
    Err(LinkingError::Account {
        name: account.to_owned(),
        known: vec![ACCOUNT.to_owned()],
    })
}
