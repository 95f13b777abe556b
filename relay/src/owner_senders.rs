//! `clawline-relay senders …`: whom the owner lets write to an agent on channels
//! that strangers reach, beside a running `serve` or without one.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::account::{Account, Via};
use crate::clock::now_ms;
use crate::inbox::policy::plain;
use crate::printable::printable;
use crate::store::{Chat, Decision, FILE_NAME, Store, StoredVisitor, Whatsapp};

/// What stands before a chat of WhatsApp in the list.
const CHATS: &str = "whatsapp_baileys:";

/// Decide who is answered on channels that strangers reach.
#[derive(Debug, Args)]
pub struct Senders {
    #[command(subcommand)]
    action: Action,
    /// The account of the channel that you mean, where it has several.
    #[arg(long, global = true, value_name = "NAME", default_value_t)]
    account: Account,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show who waits and what you decided.
    List,
    /// Let somebody, or a group, be answered.
    Allow {
        /// The code that they told you, or CHANNEL:SENDER.
        who: String,
    },
    /// Answer somebody, or a group, no more.
    Deny {
        /// The code that they told you, or CHANNEL:SENDER.
        who: String,
    },
    /// Let agents answer again in a chat of WhatsApp in which they paused.
    Resume {
        /// The chat, as the list shows it.
        chat: String,
    },
}

impl Senders {
    /// Does what the command line says, and prints it.
    ///
    /// # Errors
    /// There is no data, nobody is meant, or the database does not answer.
    pub async fn run(&self, data_dir: &Path) -> anyhow::Result<()> {
        if !data_dir.join(FILE_NAME).is_file() {
            bail!(
                "there is no data in {} yet: start `clawline-relay serve` once, or name its folder with \
                 --data-dir",
                data_dir.display()
            );
        }
        let store = Store::open_beside(data_dir).await?;
        let all = store.visitors().await?;
        let (text, json) = match &self.action {
            Action::List => {
                let paused = store.paused_chats().await?;
                let json = all.iter().map(about).chain(paused.iter().map(about_chat));
                (listing(&all) + &paused_chats(&paused), json.collect())
            }
            Action::Resume { chat } => resume(&store.whatsapp(&self.account), chat).await?,
            Action::Allow { who } => {
                decide(&store, meant(&all, who, &self.account)?, Decision::Allowed).await?
            }
            Action::Deny { who } => {
                decide(&store, meant(&all, who, &self.account)?, Decision::Denied).await?
            }
        };
        let mut out = std::io::stdout();
        if self.json {
            writeln!(out, "{json:#}")?;
        } else {
            write!(out, "{text}")?;
        }
        Ok(())
    }
}

async fn resume(store: &Whatsapp, chat: &str) -> anyhow::Result<(String, Value)> {
    let chat = chat.trim();
    let chat = chat.strip_prefix(CHATS).unwrap_or(chat);
    // A number, or the other name of a person, means their conversation.
    let person = store.person(&plain(chat)).await?;
    let chat = person.map_or_else(|| chat.to_owned(), |person| person.conversation);
    if !store.pause_chat(&chat, None).await? {
        bail!(
            "agents did not pause in {chat:?}: `clawline-relay senders list` shows where they do"
        );
    }
    let text = format!("Agents answer in {} again.\n", printable(&chat));
    Ok((text, about_chat(&store.chat(&chat).await?)))
}

fn about_chat(chat: &Chat) -> Value {
    json!({
        "channel": CHATS.trim_end_matches(':'),
        "account": chat.account,
        "chat": chat.chat,
        "name": chat.name,
        "state": if chat.pause.is_some() { "paused" } else { "answered" },
        "reason": chat.pause,
        "sinceMs": chat.paused_at,
    })
}

/// Where agents paused, and how that ends.
fn paused_chats(chats: &[Chat]) -> String {
    let mut text = String::new();
    for chat in chats {
        let why = chat.pause.as_deref().unwrap_or_default();
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "paused  {CHATS}{}{} ({})\n    clawline-relay senders resume {}{}",
            printable(&chat.chat),
            of_account(&chat.account),
            printable(why),
            printable(&chat.chat),
            option(&chat.account),
        );
    }
    text
}

async fn decide(
    store: &Store,
    (via, id): (Via, String),
    decision: Decision,
) -> anyhow::Result<(String, Value)> {
    store.decide_visitor(&via, &id, decision, now_ms()).await?;
    let says = match decision {
        Decision::Allowed => "is answered from now on",
        Decision::Denied => "is answered no more",
    };
    let text = format!(
        "{} on {}{} {says}.\n",
        printable(&id),
        printable(&via.channel),
        of_account(&via.account)
    );
    let now = store.visitor(&via, &id).await?;
    Ok((text, now.as_ref().map_or(Value::Null, about)))
}

/// Which account, for people, where that has to be said.
fn of_account(account: &Account) -> String {
    match account.is_usual() {
        true => String::new(),
        false => format!(", account {account}"),
    }
}

/// The option that names it, where that is needed.
fn option(account: &Account) -> String {
    match account.is_usual() {
        true => String::new(),
        false => format!(" --account {account}"),
    }
}

/// Whom a code means, wherever they wrote, or an address on an account.
fn meant(all: &[StoredVisitor], who: &str, account: &Account) -> anyhow::Result<(Via, String)> {
    let who = who.trim();
    let by_code = |one: &&StoredVisitor| {
        let code = one.code.as_deref();
        code.is_some_and(|code| code.eq_ignore_ascii_case(who))
    };
    if let Some(one) = all.iter().find(by_code) {
        return Ok((Via::new(&one.channel, &one.account), one.id.clone()));
    }
    let (channel, id) = who.split_once(':').with_context(|| {
        format!("nobody has the code {who:?}: `clawline-relay senders list` shows who waits; CHANNEL:SENDER names somebody who never wrote")
    })?;
    let id = plain(id);
    if channel.is_empty() || id.is_empty() {
        bail!("{who:?} names nobody: give CHANNEL:SENDER, like whatsapp_baileys:+49123456");
    }
    Ok((Via::new(channel, account), id))
}

fn about(one: &StoredVisitor) -> Value {
    json!({
        "channel": one.channel,
        "account": one.account,
        "sender": one.id,
        "name": one.name,
        "code": one.code,
        "state": state(one),
        "metAtMs": one.met_at,
    })
}

fn state(one: &StoredVisitor) -> &'static str {
    match one.decision {
        None => "waiting",
        Some(Decision::Allowed) => "allowed",
        Some(Decision::Denied) => "denied",
    }
}

fn listing(all: &[StoredVisitor]) -> String {
    let mut text = String::new();
    if all.is_empty() {
        text.push_str("Nobody wrote on a channel that strangers reach.\n");
    }
    for one in all {
        let name = one
            .name
            .as_deref()
            .map_or_else(String::new, |name| format!(" ({})", printable(name)));
        // Writing into a String cannot fail.
        let _ = write!(
            text,
            "{}  {}:{}{}{name}",
            state(one),
            printable(&one.channel),
            printable(&one.id),
            of_account(&one.account)
        );
        if let (None, Some(code)) = (one.decision, &one.code) {
            let _ = write!(text, "\n    clawline-relay senders allow {code}");
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(id: &str, code: &str) -> StoredVisitor {
        StoredVisitor {
            channel: "whatsapp_baileys".to_owned(),
            account: Account::default(),
            id: id.to_owned(),
            name: Some("Mallory\u{1b}[31m".to_owned()),
            code: Some(code.to_owned()),
            decision: None,
            met_at: 1,
        }
    }

    #[test]
    fn a_code_or_an_address_says_who_is_meant() {
        let all = [waiting("49123456", "AB12CD34")];
        for (who, channel, id) in [
            ("AB12CD34", "whatsapp_baileys", "49123456"),
            (" ab12cd34 ", "whatsapp_baileys", "49123456"),
            (
                "whatsapp_baileys:+49 123-456",
                "whatsapp_baileys",
                "49123456",
            ),
            ("openclaw:agent:Alice", "openclaw", "agent:Alice"),
        ] {
            let meant = meant(&all, who, &Account::default()).unwrap();
            assert_eq!(meant, (channel.into(), id.to_owned()), "{who}");
        }
        for who in ["", "AB12", "FFFFFFFF", "whatsapp_baileys:", ":x"] {
            assert!(meant(&all, who, &Account::default()).is_err(), "{who}");
        }
    }

    #[tokio::test]
    async fn a_pause_is_listed_and_ended_by_any_name_of_the_chat() {
        let folder = tempfile::tempdir().unwrap();
        let work = Account::read("work").unwrap();
        let relay = Store::open(folder.path()).await.unwrap();
        let store = relay.whatsapp(&work);
        let number = "49123456@s.whatsapp.net";
        let identity = |is_lid, jid: &str, more: &[&str]| crate::store::Identity {
            is_lid,
            jid: jid.to_owned(),
            names: more
                .iter()
                .chain([&jid])
                .map(|name| (*name).to_owned())
                .collect(),
        };
        let (one, two) = (
            identity(false, number, &["49123456"]),
            identity(true, "88@lid", &[]),
        );
        store.know_person(&one, Some(&two)).await.unwrap();
        for name in [number, "+49 123 456", "88@lid", "whatsapp_baileys:88@lid"] {
            let why = Some(("you wrote\u{1b}[31m", 1));
            assert!(store.pause_chat(number, why).await.unwrap());
            let text = paused_chats(&relay.paused_chats().await.unwrap());
            let command = format!("senders resume {number} --account work");
            assert!(text.contains(&command), "{text}");
            let other = relay.whatsapp(&Account::default());
            assert!(resume(&other, name).await.is_err(), "{name}");
            assert!(!text.contains('\u{1b}'), "{text}");
            resume(&store, name).await.expect(name);
            assert_eq!(store.chat(number).await.unwrap().pause, None);
            assert!(resume(&store, name).await.is_err(), "{name}");
        }
    }

    #[test]
    fn the_list_gives_the_command_and_plays_no_tricks() {
        let text = listing(&[waiting("49123456", "AB12CD34")]);
        assert!(text.contains("senders allow AB12CD34"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
