//! An account at work: its bridge, and all that is done for it. Nothing of it is
//! shared with another account, so that none waits for another.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::answering::Desk;
use super::book::is_me;
use super::bridge::lines::{Command, Event};
use super::bridge::{self, Bridge, Told};
use super::dealing::Dealing;
use super::files::Files;
use super::intake::Intake;
use super::link::{Counts, Link, LinkState};
use super::outgoing::Counter;
use super::places::Places;
use super::rules::Rules;
use super::sending::Outbox;
use super::typists::Typists;
use super::wire::Wire;
use super::{NAME, Surroundings, WhatsappSettings, state_of, typing};
use crate::account::Account;
use crate::bus::{self, AccountStatus, Bus};
use crate::clock::now_ms;
use crate::inbox::Refused;
use crate::store::Whatsapp as Kept;

/// How soon what could not be stored is stored again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long WhatsApp may take to say which groups there are.
const GROUPS: Duration = Duration::from_secs(60);

/// An account at work.
#[derive(Debug)]
pub(super) struct Station {
    pub(super) account: Account,
    pub(super) wire: Arc<dyn Wire>,
    around: Surroundings,
    pub(super) kept: Kept,
    intake: Arc<Intake>,
    dealing: Arc<Dealing>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) counter: Counter,
    pub(super) typists: Arc<Typists>,
    /// What the bridge tells, until somebody listens to it.
    told: Mutex<Option<mpsc::Receiver<Told>>>,
    started_at: i64,
}

impl Station {
    /// With its bridge. Nothing is started before [`Self::start`].
    pub(super) fn new(settings: WhatsappSettings, around: Surroundings) -> Self {
        let WhatsappSettings {
            account,
            rules,
            auth_dir,
            bridge,
            proxy,
            #[cfg(feature = "test-whatsapp")]
            test,
        } = settings;
        let mut of_bridge = bridge::Settings::new(account.clone(), auth_dir, bridge);
        of_bridge.proxy = proxy;
        #[cfg(feature = "test-whatsapp")]
        if test.is_some() {
            of_bridge.test = test;
        }
        let (bridge, told) = Bridge::new(of_bridge, &around.tasks);
        Self::over(account, Arc::new(bridge), told, rules, around)
    }

    pub(super) fn over(
        account: Account,
        wire: Arc<dyn Wire>,
        told: mpsc::Receiver<Told>,
        rules: Rules,
        around: Surroundings,
    ) -> Self {
        let Surroundings {
            store,
            inbox,
            media,
            bus,
            tasks,
        } = around.clone();
        let kept = store.whatsapp(&account);
        let files = Files::new(Arc::clone(&wire), media);
        let outbox = Outbox::new(kept.clone(), Arc::clone(&wire), files.clone(), &around);
        let desk = Desk {
            store: kept.clone(),
            inbox: Arc::clone(&inbox),
            wire: Arc::clone(&wire),
            files,
            rules: rules.clone(),
            outbox: Arc::clone(&outbox),
            more: Notify::new(),
        };
        Self {
            typists: Typists::new(Arc::clone(&wire), kept.clone(), bus),
            intake: Intake::new(kept.clone(), Arc::clone(&outbox)),
            dealing: Dealing::new(desk, tasks),
            counter: Counter {
                places: Places {
                    store: kept.clone(),
                    wire: Arc::clone(&wire),
                },
                store: kept.clone(),
                inbox,
                outbox: Arc::clone(&outbox),
                rules,
            },
            account,
            outbox,
            wire,
            around,
            kept,
            told: Mutex::new(Some(told)),
            started_at: now_ms(),
        }
    }

    /// Begins all that works beside the bridge, once.
    pub(super) fn start(&self) {
        let told = self
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(told) = told else { return };
        let Surroundings { bus, tasks, .. } = &self.around;
        let events = bus.subscribe();
        let typing = typing::show_typing(Arc::clone(&self.wire), self.kept.clone(), events);
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

    /// The owner has written in a conversation by hand: no agent answers there any
    /// more. In "message yourself" that is how agents are asked.
    pub(super) async fn owner_wrote(&self, chat: &str) -> Result<(), Refused> {
        let link = self.wire.link().borrow().clone();
        if is_me(&link, chat) {
            return Ok(());
        }
        // Two conversations may have turned out to be one person's.
        let person = self.kept.person(chat).await?;
        let chat = person.map_or_else(|| chat.to_owned(), |person| person.conversation);
        self.dealing.owner_wrote(&chat).await
    }

    /// How it stands, in the words of all channels.
    pub(super) fn status(&self) -> AccountStatus {
        let link = self.wire.link();
        let link = link.borrow();
        status(&link, self.started_at)
    }

    /// What was counted of it since the relay started.
    pub(super) fn counts(&self) -> Counts {
        Counts {
            waiting: self.outbox.waiting(),
            ..self.wire.counts()
        }
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
