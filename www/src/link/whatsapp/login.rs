//! Linking a phone, and taking the link back. Gateways let only administrators
//! do so: the page asks for the scope when it is wanted, and has it for no longer.

use std::time::Duration;

use clawline::core::RequestError as Unanswered;
use clawline::core::wire::Object as _;
use clawline::{Client, JsObject, RequestError, RequestOptions};
use futures_util::future::abortable;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use webchat_model::sessions::actions::ADMIN;
use webchat_model::whatsapp::login::{Login, Next, START_MS, Step, WAIT_MS, Wish, named, next};
use webchat_model::whatsapp::screen::Deed;
use webchat_model::whatsapp::{CHANNELS_PAIR, LOGIN_START, LOGIN_WAIT, LOGOUT, START};
use webchat_model::words::Words;

use super::Whatsapp;
use crate::browser::clock::{now_ms, sleep};
use crate::browser::spawn_local;
use crate::link::params::members;
use crate::link::{refusals, wider};

/// What a line may take besides.
const SLACK: Duration = Duration::from_secs(15);
/// After a failure that a new connection may mend.
const AGAIN: Duration = Duration::from_secs(2);

impl Whatsapp {
    /// Does with an account what a person wants.
    pub(crate) fn act(self, account: String, deed: Deed) {
        self.give_up();
        let order = match deed {
            Deed::Ask(question) => {
                return self
                    .screen
                    .update(|it| it.question = Some((account, question)));
            }
            Deed::Cancel => return,
            Deed::Link(wish) => {
                let login = Login {
                    account: account.clone(),
                    wish: wish.clone(),
                    step: Step::Asking,
                };
                self.screen.update(|it| it.login = Some(login));
                Order::Link(wish)
            }
            Deed::Unlink => Order::Ask(LOGOUT),
            Deed::Connect => Order::Ask(START),
        };
        self.screen.update(|it| it.is_busy = true);
        let (task, handle) = abortable(self.carry_out(account, order));
        self.with_reader(|reader| reader.deed.replace(Some(handle)));
        spawn_local(async move {
            let _ = task.await;
        });
    }

    /// Gives up what is under way, or asked.
    pub(crate) fn give_up(self) {
        let handle = self.with_reader(|reader| reader.deed.take()).flatten();
        if let Some(handle) = handle {
            handle.abort();
        }
        self.screen.update(|it| {
            (it.login, it.question, it.problem) = (None, None, None);
            it.is_busy = false;
        });
    }

    /// Says what is wrong with what a person typed.
    pub(crate) fn complain(self, why: Words) {
        self.screen.update(|it| it.problem = Some(why));
    }

    /// Does something with the scope that it takes, and has it for no longer.
    async fn carry_out(self, account: String, order: Order) {
        let known = self.with_reader(|reader| {
            let may = reader.features.borrow().may(ADMIN);
            (reader.client.clone(), reader.source.borrow().clone(), may)
        });
        let Some((own, source, may)) = known else {
            return;
        };
        let client = match may {
            true => Ok(own),
            false => wider::ask(source, ADMIN).await,
        };
        let problem = match (client, order) {
            (Err(why), _) => {
                self.screen.update(|it| it.login = None);
                Some(Words::of("wa-not-done").with("reason", why))
            }
            (Ok(client), Order::Link(wish)) => {
                let done = self.link(&client, &account, &wish).await;
                drop(client);
                match done {
                    Ok(()) => self.screen.update(|it| it.login = None),
                    Err(why) => self.show(Step::Over(why)),
                }
                None
            }
            (Ok(client), Order::Ask(method)) => {
                let params = [
                    ("channel", "whatsapp".into()),
                    ("accountId", account.as_str().into()),
                ];
                match ask(&client, method, &params, SLACK * 2, false).await {
                    // OpenClaw never tells WhatsApp; ours may not reach it.
                    Ok(done) if method == LOGOUT && done.flag("toldWhatsapp") != Some(true) => {
                        Some(Words::of("wa-untold"))
                    }
                    Ok(_) => None,
                    Err(error) => {
                        let why = refusals::of_request(&error);
                        Some(Words::of("wa-not-done").with("reason", why))
                    }
                }
            }
        };
        self.screen.update(|it| {
            it.problem = problem;
            it.is_busy = false;
        });
        self.ask();
    }

    async fn link(self, client: &Client, account: &str, wish: &Wish) -> Result<(), Words> {
        let account = ("accountId", account.into());
        let mut start = vec![account.clone(), ("timeoutMs", START_MS.into())];
        let method = match wish {
            Wish::Qr => LOGIN_START,
            Wish::Code(phone) => {
                start.push(("channel", "whatsapp".into()));
                start.push(("phone", phone.as_str().into()));
                CHANNELS_PAIR
            }
        };
        let mut picture: Option<String> = None;
        let (mut begins, mut is_shown) = (true, false);
        loop {
            let turn = if begins {
                self.turn(client, method, &start, START_MS).await
            } else {
                let mut wait = vec![account.clone(), ("timeoutMs", WAIT_MS.into())];
                if let Some(picture) = picture.as_deref().and_then(named) {
                    wait.push(("currentQrDataUrl", picture.into()));
                }
                self.turn(client, LOGIN_WAIT, &wait, WAIT_MS).await
            };
            match turn {
                Ok(Next::Linked) => return Ok(()),
                Ok(Next::Over(why)) => return Err(why),
                // A code to type comes in no other answer.
                Ok(Next::Wait) => begins &= matches!(wish, Wish::Code(_)),
                Ok(Next::Show(step)) => {
                    (begins, is_shown) = (false, true);
                    let before = picture.take();
                    if let Step::Qr(new, _) = &step {
                        picture = Some(new.clone());
                    }
                    let is_old = picture.is_some() && picture == before;
                    self.show(step);
                    if is_old {
                        sleep(AGAIN).await;
                    }
                }
                // What was begun goes on at the gateway, whatever becomes of the line.
                // What nobody has seen yet is asked for anew.
                Err(RequestError::Unanswered(
                    Unanswered::NotConnected | Unanswered::Interrupted(_) | Unanswered::Timeout(_),
                )) => {
                    begins = !is_shown;
                    sleep(AGAIN).await;
                }
                Err(error) => return Err(refusals::of_request(&error)),
            }
        }
    }

    /// Asks once, and reads the answer.
    async fn turn(
        self,
        client: &Client,
        method: &str,
        params: &[(&str, JsValue)],
        limit: u32,
    ) -> Result<Next, RequestError> {
        let began = now_ms();
        let patience = Duration::from_millis(limit.into()) + SLACK;
        let answer = ask(client, method, params, patience, method == LOGIN_WAIT).await?;
        let now = now_ms();
        Ok(next(&answer, now, now - began, limit))
    }

    fn show(self, step: Step) {
        self.screen.update(|it| {
            if let Some(login) = &mut it.login {
                login.step = step;
            }
        });
    }
}

/// What the gateway is asked to do.
enum Order {
    Link(Wish),
    Ask(&'static str),
}

async fn ask(
    client: &Client,
    method: &str,
    params: &[(&str, JsValue)],
    deadline: Duration,
    idempotent: bool,
) -> Result<JsObject, RequestError> {
    let options = RequestOptions {
        deadline: Some(deadline),
        idempotent,
        ..RequestOptions::default()
    };
    let answer = client.request(method, &members(params), options).await;
    answer.map(JsObject)
}
