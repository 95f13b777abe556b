//! A channel whose accounts become what a test has written.

use std::sync::{Arc, Mutex};

use clawline_relay::account::Account;
use clawline_relay::channels::whatsapp::{
    Link, LinkState, Linking, LinkingError, Me, Mode, Qr, Unlinked,
};
use clawline_relay::channels::{
    AccountStatus, Channel, ChannelError, ChannelState, Outbound, Receipt,
};
use clawline_relay::clock::now_ms;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::watch;

use crate::common::patiently;

/// The channel, as the test has written it.
#[derive(Debug)]
pub(super) struct Script {
    accounts: Vec<(Account, watch::Sender<Link>)>,
    pub(super) begun: Mutex<Vec<Mode>>,
}

impl Script {
    pub(super) fn new(accounts: &[&str]) -> Arc<Self> {
        let account = |name: &&str| {
            let name = Account::read(name).unwrap();
            let link = watch::Sender::new(Link::off(&name));
            (name, link)
        };
        Arc::new(Self {
            accounts: accounts.iter().map(account).collect(),
            begun: Mutex::default(),
        })
    }

    fn sender(&self, account: &Account) -> Option<&watch::Sender<Link>> {
        let found = self.accounts.iter().find(|(name, _)| name == account)?;
        Some(&found.1)
    }

    /// What becomes of the first account.
    pub(super) fn becomes(&self, state: LinkState, change: impl FnOnce(&mut Link)) {
        let (name, sender) = &self.accounts[0];
        let mut link = Link::off(name);
        link.state = state;
        change(&mut link);
        sender.send_replace(link);
    }

    pub(super) fn shows(&self, data: &str) {
        self.becomes(LinkState::Pairing, |link| link.qr = Some(code(data)));
    }

    pub(super) fn opens(&self) {
        self.becomes(LinkState::Open, |link| link.me = Some(ann()));
    }

    /// Until somebody begins.
    pub(super) async fn begun(&self, count: usize) -> Mode {
        patiently(async {
            loop {
                if let Some(mode) = self.begun.lock().unwrap().get(count - 1) {
                    return mode.clone();
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}

pub(super) fn code(data: &str) -> Qr {
    Qr {
        data: data.to_owned(),
        number: 1,
        expires_at_ms: now_ms() + 20_000,
    }
}

pub(super) fn ann() -> Me {
    Me {
        phone: Some("+15550001111".to_owned()),
        jid: "15550001111@s.whatsapp.net".to_owned(),
        lid: Some("99000000000001@lid".to_owned()),
        name: Some("Ann".to_owned()),
    }
}

impl Linking for Script {
    fn accounts(&self) -> Vec<Account> {
        self.accounts.iter().map(|(name, _)| name.clone()).collect()
    }

    fn link(&self, account: &Account) -> Option<watch::Receiver<Link>> {
        self.sender(account).map(watch::Sender::subscribe)
    }

    fn begin(&self, account: &Account, mode: Mode) -> Result<(), LinkingError> {
        let sender = self.sender(account).expect("asked for what there is");
        if let Mode::Code { phone } = &mode
            && !phone.starts_with("+1")
        {
            return Err(LinkingError::Phone(phone.clone()));
        }
        self.begun.lock().unwrap().push(mode);
        let mut link = Link::off(account);
        link.state = LinkState::Starting;
        sender.send_replace(link);
        Ok(())
    }

    fn unlink<'a>(&'a self, account: &'a Account) -> BoxFuture<'a, Result<Unlinked, LinkingError>> {
        let sender = self.sender(account).expect("asked for what there is");
        let mut link = Link::off(account);
        link.state = LinkState::NotLinked;
        sender.send_replace(link);
        Box::pin(ready(Ok(Unlinked {
            told_whatsapp: true,
            set_aside: None,
        })))
    }
}

/// It is in the relay's registry and in the test's hands.
#[derive(Debug)]
pub(super) struct Scripted(pub(super) Arc<Script>);

impl Channel for Scripted {
    fn name(&self) -> &str {
        "whatsapp_baileys"
    }

    fn send<'a>(
        &'a self,
        _: &'a str,
        _: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        Box::pin(ready(Err(ChannelError::Failed(
            "not in this play".to_owned(),
        ))))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![AccountStatus::of_relay(ChannelState::Disconnected, 0)]
    }

    fn linking(&self) -> Option<&dyn Linking> {
        Some(&*self.0)
    }
}
