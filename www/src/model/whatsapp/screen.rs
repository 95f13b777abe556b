//! What the screen has: its parts in their order, by how everything stands.

use super::login::{Login, Step, Wish};
use super::{Account, Standing, State};
use crate::words::Words;

/// Everything that the screen is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Screen {
    /// How WhatsApp stands at the gateway.
    pub standing: Standing,
    /// Why that cannot be told, or why something was not done, or not all of it.
    pub problem: Option<Words>,
    /// The gateway also links by a code that is typed on the phone.
    pub has_codes: bool,
    /// Something that a person wants is being done.
    pub is_busy: bool,
    /// The login that is under way, or has come to nothing.
    pub login: Option<Login>,
    /// What is asked before something is done with an account.
    pub question: Option<(String, Question)>,
}

/// Something that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// The number of the phone.
    Phone,
    /// Whether its link shall go.
    Unlink,
}

/// Something that a person does by a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Links a phone.
    Link(Wish),
    /// Asks first.
    Ask(Question),
    /// Takes the link back.
    Unlink,
    /// Connects again.
    Connect,
    /// Gives up what is under way, or asked.
    Cancel,
}

/// A part of the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// How something stands: its tone, in words, and in how many `seconds` (the
    /// message) something happens (when).
    State(&'static str, Words, Option<(&'static str, f64)>),
    /// A paragraph of this class.
    Text(&'static str, Words),
    /// A code to scan.
    Picture(String),
    /// The number of a phone is typed for this account.
    Phone(String),
    /// What can be done with an account: messages, classes, deeds.
    Buttons(String, Vec<(&'static str, &'static str, Deed)>),
}

/// Gives each part a key: one that was there `before` keeps its own, so that what
/// stays as it was keeps its element. No two have the same.
#[must_use]
pub fn keyed(before: &[(usize, Part)], parts: Vec<Part>) -> Vec<(usize, Part)> {
    let mut next = before.iter().map(|(key, _)| key + 1).max().unwrap_or(0);
    let mut known: Vec<&(usize, Part)> = before.iter().collect();
    let keyed = parts.into_iter().map(|part| {
        let same = known.iter().position(|(_, known)| *known == part);
        let key = same.map_or(next, |at| known.remove(at).0);
        next += usize::from(same.is_none());
        (key, part)
    });
    keyed.collect()
}

/// The classes of buttons.
const FIRST: &str = "button primary";
const OTHER: &str = "button quiet";
const DANGER: &str = "button quiet danger";

impl Screen {
    /// The parts that it has; a connection to the gateway is there, or not.
    #[must_use]
    pub fn parts(&self, is_connected: bool) -> Vec<Part> {
        let mut parts = Vec::new();
        match &self.standing {
            Standing::Unknown if self.problem.is_none() => {
                parts.push(Part::State("busy", Words::of("wa-loading"), None));
            }
            Standing::Unknown => {}
            Standing::Absent => {
                parts.push(Part::Text("", Words::of("wa-absent")));
                parts.push(Part::Text("muted", Words::of("wa-absent-advice")));
            }
            Standing::Present(accounts) => {
                for account in accounts {
                    if accounts.len() > 1 {
                        parts.push(Part::Text("title", account.title()));
                    }
                    match self.login.as_ref().filter(|it| it.account == account.id) {
                        Some(login) => of_login(login, account, is_connected, &mut parts),
                        None => self.of_account(account, &mut parts),
                    }
                }
            }
        }
        if let Some(problem) = &self.problem {
            parts.push(Part::Text("field-problem", problem.clone()));
        }
        parts
    }

    fn of_account(&self, account: &Account, parts: &mut Vec<Part>) {
        let state = account.state;
        let tone = match state {
            State::Open => "good",
            State::NotLinked | State::Pairing => "none",
            state if state.is_busy() || state == State::Waiting => "busy",
            _ => "bad",
        };
        let retry = account.retry_at.map(|at| ("next-try", at));
        parts.push(Part::State(tone, state.headline(), retry));
        // While it works, it does not matter any more; nor where it is plain.
        let is_told = !matches!(state, State::Open | State::NoNode);
        let reason = account.reason.as_ref().filter(|_| is_told);
        parts.extend(reason.map(|it| Part::Text("reason", Words::said(it.as_str()))));
        parts.extend(account.advice().map(|words| Part::Text("", words)));
        let number = account.number.as_deref().map(Words::said);
        let owner = match (account.name.as_deref().map(Words::said), number) {
            (Some(name), Some(number)) => Some(name.and(number)),
            (name, number) => name.or(number),
        };
        parts.extend(owner.map(|owner| Part::Text("muted", owner)));
        let question = self.question.as_ref().filter(|(id, _)| *id == account.id);
        let question = question.map(|(_, question)| *question);
        let mut buttons = Vec::new();
        if state.takes_login() {
            parts.push(Part::Text("risk", Words::of("wa-risk")));
            if question == Some(Question::Phone) {
                parts.push(Part::Phone(account.id.clone()));
                return;
            }
            buttons.push(("wa-show-qr", FIRST, Deed::Link(Wish::Qr)));
            if self.has_codes {
                buttons.push(("wa-use-code", OTHER, Deed::Ask(Question::Phone)));
            }
        }
        if state.rests() {
            buttons.push(("wa-connect", FIRST, Deed::Connect));
        }
        if account.is_linked && question == Some(Question::Unlink) {
            let words = account
                .number
                .as_deref()
                .map_or(Words::of("wa-unlink-question"), |it| {
                    Words::of("wa-unlink-question-number").with("number", it)
                });
            parts.push(Part::Text("", words));
            buttons = vec![
                ("wa-unlink-yes", DANGER, Deed::Unlink),
                ("cancel", OTHER, Deed::Cancel),
            ];
        } else if account.is_linked {
            buttons.push(("wa-unlink", DANGER, Deed::Ask(Question::Unlink)));
        }
        if self.is_busy {
            parts.push(Part::State("busy", Words::of("loading-title"), None));
        } else if !buttons.is_empty() {
            parts.push(Part::Buttons(account.id.clone(), buttons));
        }
    }
}

fn of_login(login: &Login, account: &Account, is_connected: bool, parts: &mut Vec<Part>) {
    parts.push(Part::Text("title", Words::of("wa-login-title")));
    let mut until = None;
    let mut says = "wa-login-waiting";
    let is_code = matches!(login.wish, Wish::Code(_));
    let mut buttons = Vec::new();
    match &login.step {
        Step::Over(why) => {
            parts.push(Part::Text("", Words::of("wa-login-over")));
            parts.push(Part::Text("reason", why.clone()));
            buttons.push(("wa-new-code", FIRST, Deed::Link(login.wish.clone())));
        }
        Step::Asking => says = "wa-login-asking",
        Step::Qr(..) | Step::Code(..) if account.state == State::Linking => says = "wa-linking",
        Step::Qr(picture, good_until) => {
            parts.push(Part::Text("phone-steps", Words::of("wa-steps-scan")));
            parts.push(Part::Picture(picture.clone()));
            until = *good_until;
        }
        Step::Code(groups, good_until) => {
            parts.push(Part::Text("phone-steps", Words::of("wa-steps-type")));
            parts.push(Part::Text(
                "pair-code",
                Words::said(groups.join("\u{2003}")),
            ));
            until = *good_until;
        }
    }
    if !matches!(login.step, Step::Over(_)) {
        let says = if is_connected {
            says
        } else {
            "wa-login-offline"
        };
        let until = until.map(|at| ("wa-new-in", at));
        parts.push(Part::State("busy", Words::of(says), until));
    }
    if is_code {
        buttons.push(("wa-show-qr", OTHER, Deed::Link(Wish::Qr)));
    }
    buttons.push(("cancel", OTHER, Deed::Cancel));
    parts.push(Part::Buttons(account.id.clone(), buttons));
}
