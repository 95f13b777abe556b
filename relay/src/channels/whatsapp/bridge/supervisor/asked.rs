//! What people want, and the way there.

use super::super::lines::{Command, StartMode};
use super::{CONNECT, Child, Now, Output, READY, Supervisor, UNLINK, Wish};
use crate::channels::whatsapp::link::{LinkState, Mode, Unlinked};

/// Why nothing came of unlinking.
const OTHERWISE: &str = "somebody wanted something else of this account meanwhile";

impl Supervisor {
    pub(super) fn begin(&mut self, now: Now, mode: Mode) {
        if self.unlinking.is_none() {
            self.answer_unlink(Err(OTHERWISE.to_owned()));
        }
        self.wish = Wish::On(mode);
        self.retry.forgive();
        self.locked = 0;
        self.wait = None;
        match self.child {
            Child::None => self.install(),
            // Its answer comes first.
            Child::Ready if self.unlinking.is_some() => {}
            Child::Ready => {
                let state = self.link.state;
                let is_under_way = state == LinkState::Linking
                    || self.is_linked && matches!(state, LinkState::Open | LinkState::Connecting);
                if !is_under_way {
                    self.connect(now);
                }
            }
            // It goes on by itself, as is wanted by then.
            Child::Installing
            | Child::Starting(_)
            | Child::Closing(_)
            | Child::Terminating(_)
            | Child::Killed => {}
        }
    }

    pub(super) fn end(&mut self, now: Now) {
        self.answer_unlink(Err(OTHERWISE.to_owned()));
        self.unlinking = None;
        self.wish = Wish::Off;
        self.wait = None;
        match self.child {
            Child::Installing => {
                self.out.push_back(Output::DropInstall);
                self.child = Child::None;
            }
            Child::Starting(_) | Child::Ready => self.close(now),
            Child::None | Child::Closing(_) | Child::Terminating(_) | Child::Killed => {}
        }
        self.stand(LinkState::Off);
    }

    pub(super) fn unlink(&mut self, now: Now) {
        self.wish = Wish::Unlink;
        self.awaits_unlink = true;
        self.wait = None;
        match self.child {
            Child::None => self.install(),
            Child::Ready => self.log_out(now),
            Child::Installing
            | Child::Starting(_)
            | Child::Closing(_)
            | Child::Terminating(_)
            | Child::Killed => {}
        }
    }

    pub(super) fn log_out(&mut self, now: Now) {
        if self.unlinking.is_some() {
            return;
        }
        let number = self.write(Command::Logout { wipe: false });
        self.unlinking = Some((number, now.at + UNLINK));
    }

    pub(super) fn unlinked(&mut self, now: Now, outcome: Result<Unlinked, String>) {
        self.unlinking = None;
        let failed = outcome.as_ref().err().cloned();
        self.answer_unlink(outcome);
        if let Some(words) = failed {
            let words = format!("it could not be unlinked: {words}");
            return self.rest(now, LinkState::Failed, &words, "try again");
        }
        self.is_linked = false;
        self.link.me = None;
        if matches!(self.wish, Wish::On(_)) {
            return self.connect(now);
        }
        self.rest(now, LinkState::NotLinked, "it was unlinked", "link it");
    }

    /// Tells whoever waits for the end of unlinking.
    pub(super) fn answer_unlink(&mut self, outcome: Result<Unlinked, String>) {
        if std::mem::take(&mut self.awaits_unlink) {
            self.out.push_back(Output::Unlinked(outcome));
        }
    }

    pub(super) fn install(&mut self) {
        self.child = Child::Installing;
        self.out.push_back(Output::Install);
        self.stand(LinkState::Starting);
    }

    pub(super) fn installed(&mut self, now: Now) {
        if self.child != Child::Installing {
            return;
        }
        self.child = Child::Starting(now.at + READY);
        self.is_asked = false;
        self.generation = 0;
        self.out.push_back(Output::Spawn);
        self.stand(LinkState::Starting);
    }

    /// Opens a socket to WhatsApp, by a code where it is not linked and a person
    /// asked for one.
    pub(super) fn connect(&mut self, now: Now) {
        self.retry.closed(now.at);
        let Wish::On(mode) = &self.wish else { return };
        let (mode, phone) = match mode {
            Mode::Code { phone } => (StartMode::Code, Some(phone.clone())),
            Mode::Qr => (StartMode::Qr, None),
            Mode::Resume if self.is_linked => (StartMode::Qr, None),
            Mode::Resume => {
                return self.rest(now, LinkState::NotLinked, "it is not linked", "link it");
            }
        };
        let history = true;
        let start = Command::Start {
            mode,
            phone,
            history,
        };
        self.starting = Some(self.write(start));
        self.further = Some(now.at + CONNECT);
        self.stand(if self.is_linked {
            LinkState::Connecting
        } else {
            LinkState::Pairing
        });
    }
}
