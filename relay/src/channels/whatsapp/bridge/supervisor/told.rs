//! What the process tells, and what it answers.

use serde_json::Value;

use super::super::lines::{
    Event, Named, Paired, PairingCode, QrCode, Ready, Refusal, Status, VERSION, WhatsappState,
};
use super::heart::Pulse;
use super::words::{self, Closed};
use super::{CONNECT, Child, Now, Output, Supervisor, Wish};
use crate::channels::whatsapp::link::{LinkState, Me, Mode, PairCode, Qr, Unlinked};

impl Supervisor {
    pub(super) fn heard(&mut self, now: Now, event: &Event) {
        match (event, self.child) {
            (Event::Fatal(fatal), _) => self.fatal = Some(fatal.clone()),
            (Event::Ready(ready), Child::Starting(_)) => self.ready(now, ready),
            (Event::State(state), Child::Ready) => self.state(now, state),
            (Event::Qr(qr), Child::Ready) => self.qr(now, qr),
            (Event::PairCode(code), Child::Ready) => self.pair_code(now, code),
            (Event::Paired(Paired { me, name, .. }), Child::Ready) => {
                self.is_linked = true;
                self.link.me = me_of(me, name.clone());
            }
            _ => {}
        }
    }

    pub(super) fn ready(&mut self, now: Now, ready: &Ready) {
        self.child = Child::Ready;
        self.heart.start(now.at);
        self.locked = 0;
        if ready.proto != VERSION {
            let words = format!("the bridge speaks version {} of the lines", ready.proto);
            return self.rest(
                now,
                LinkState::Failed,
                &words,
                "install clawline-relay anew",
            );
        }
        self.is_linked = ready.linked;
        if ready.linked && self.link.me.is_none() {
            self.link.me = me_of(&ready.me, None);
        }
        match self.wish {
            Wish::On(_) => self.connect(now),
            Wish::Unlink => self.log_out(now),
            Wish::Off => self.close(now),
        }
    }

    pub(super) fn state(&mut self, now: Now, state: &WhatsappState) {
        let is_wanted = matches!(self.wish, Wish::On(_)) && self.unlinking.is_none();
        if state.state == Status::Idle || !is_wanted {
            return;
        }
        if state.generation < self.generation {
            // Of a socket that is not in use any more.
            return;
        }
        self.generation = state.generation;
        self.further = Some(now.at + CONNECT);
        match state.state {
            Status::Connecting if self.is_linked || self.link.state == LinkState::Linking => {
                self.stand(LinkState::Connecting);
            }
            Status::Connecting => {}
            Status::Pairing => self.stand(LinkState::Pairing),
            Status::Linking => self.stand(LinkState::Linking),
            Status::Open => {
                self.is_linked = true;
                // From now on no code is shown that nobody asked for.
                self.wish = Wish::On(Mode::Resume);
                self.retry.opened(now.at);
                self.stand(LinkState::Open);
                self.link.last_error = None;
            }
            Status::Closed => self.closed(now, state),
            Status::Idle => {}
        }
    }

    pub(super) fn closed(&mut self, now: Now, state: &WhatsappState) {
        self.retry.closed(now.at);
        let code = state.code.unwrap_or_default();
        self.out.push_back(Output::Closed(code));
        let pairing = self.link.qr.is_some() || self.link.code.is_some();
        match words::closed(code, state.reason.as_deref(), pairing) {
            Closed::Restart if self.retry.may_restart() => self.connect(now),
            Closed::Restart => self.try_later(now, "WhatsApp asked for another new connection"),
            Closed::Again(words) => self.try_later(now, words),
            Closed::Rest {
                state,
                reason,
                next_step,
            } => {
                if state == LinkState::LoggedOut {
                    self.is_linked = false;
                    self.link.me = None;
                }
                self.rest(now, state, reason, next_step);
            }
        }
    }

    pub(super) fn qr(&mut self, now: Now, qr: &QrCode) {
        if self.link.state != LinkState::Pairing {
            return;
        }
        let life = i64::try_from(qr.expires_in_ms).unwrap_or(i64::MAX);
        self.link.qr = Some(Qr {
            data: qr.data.clone(),
            number: qr.n,
            expires_at_ms: now.wall_ms.saturating_add(life),
        });
    }

    pub(super) fn pair_code(&mut self, now: Now, told: &PairingCode) {
        if self.link.state != LinkState::Pairing {
            return;
        }
        if let Some(code) = &told.code {
            self.link.code = Some(PairCode {
                phone: told.phone.clone(),
                code: code.clone(),
            });
            return;
        }
        let words = told.error.as_ref().map(|error| error.message.as_str());
        self.rest(
            now,
            LinkState::NotLinked,
            words.unwrap_or("WhatsApp gave no code"),
            "check the number and ask for a new code, or scan one",
        );
    }

    pub(super) fn answered(&mut self, now: Now, number: u64, outcome: Result<&Value, &Refusal>) {
        if let Some(pulse) = self.heart.answered(number, outcome.err()) {
            if pulse == Pulse::Silent && self.link.state == LinkState::Open {
                self.leave(now, "WhatsApp does not answer any more");
            }
        } else if self.starting == Some(number) {
            self.starting = None;
            match outcome {
                Ok(_) => {}
                // The same again would be refused again.
                Err(refusal) if refusal.code == "bad_command" => {
                    let next_step = "check the number and ask for a code again";
                    self.rest(now, LinkState::NotLinked, &refusal.message, next_step);
                }
                Err(refusal) => self.try_later(now, &refusal.message),
            }
        } else if self.unlinking.is_some_and(|(logout, _)| logout == number) {
            let outcome = match outcome {
                Ok(result) => Ok(Unlinked {
                    told_whatsapp: result["told_whatsapp"] == true,
                    set_aside: result["set_aside"].as_str().map(str::to_owned),
                }),
                Err(refusal) => Err(refusal.message.clone()),
            };
            self.unlinked(now, outcome);
        }
    }
}

fn me_of(named: &Named, name: Option<String>) -> Option<Me> {
    if named.jid.is_empty() {
        return None;
    }
    let number = named.jid.strip_suffix("@s.whatsapp.net");
    let alt_number = || named.alt.as_deref()?.strip_suffix("@s.whatsapp.net");
    let names = [Some(&named.jid), named.alt.as_ref()];
    let lid = names
        .into_iter()
        .flatten()
        .find(|jid| jid.ends_with("@lid"));
    Some(Me {
        phone: number
            .or_else(alt_number)
            .map(|digits| format!("+{digits}")),
        jid: named.jid.clone(),
        lid: lid.cloned(),
        name,
    })
}
