//! Several accounts side by side in one relay, each with a phone and a WhatsApp of
//! its own: one person writes to both.

use std::collections::HashMap;
use std::path::Path;

use clawline_relay::account::{Account, Via};
use clawline_relay::channels::whatsapp::bridge::TestBridge;
use clawline_relay::channels::whatsapp::{Link, NAME, Rules, WhatsappSettings};
use clawline_relay::channels::{Address, ChannelError, Outbound};
use clawline_relay::config::Setup;
use clawline_relay::inbox::policy::{Policy, Rule};
use clawline_relay::serve::Server;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};
use super::world::{ALICE, GROUP, words};
use crate::common::{Client, Device, TOKEN, Wish, config, rows, with_token};
use crate::http;

/// The accounts, as they are called: the second is one that was added.
const NAMES: [&str; 2] = ["default", "work"];
/// Where messages are sent over HTTP.
const SEND: &str = "/v1/channels/send";
const ASSISTANTS: [&str; 2] = ["Jarvis", "Hal"];

fn named(which: usize) -> Account {
    Account::read(NAMES[which]).unwrap()
}

/// A relay with two accounts, each in a WhatsApp of its own.
struct Both {
    stands: [Stand; 2],
    home: TempDir,
    server: Server,
    client: Client,
}

impl Both {
    /// Of two phones with these numbers, linked long ago.
    async fn linked(numbers: [&str; 2]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut stands = [Stand::of(numbers[0]).await, Stand::of(numbers[1]).await];
        for (stand, name) in stands.iter_mut().zip(NAMES) {
            let folder = home.path().join(name);
            stand.order("login", json!({ "folder": folder })).await;
        }
        Self::over(stands, home).await
    }

    async fn over(stands: [Stand; 2], home: TempDir) -> Self {
        let server = Server::start(setup(home.path(), &stands)).await.unwrap();
        let wish = Wish::default().scopes(&["operator.read", "operator.write", "operator.admin"]);
        Self {
            client: Client::connect(server.address(), &Device::new(1), &wish).await,
            stands,
            home,
            server,
        }
    }

    /// The relay dies and comes again.
    async fn crash(self) -> Self {
        self.server.crash().await;
        Self::over(self.stands, self.home).await
    }

    /// Waits until an account stands so.
    async fn until(&self, which: usize, fits: impl Fn(&Link) -> bool) -> Link {
        let channel = self.server.channels().get(NAME).unwrap();
        let mut link = channel.linking().unwrap().link(&named(which)).unwrap();
        match timeout(PATIENCE, link.wait_for(|link| fits(link))).await {
            Ok(found) => found.unwrap().clone(),
            Err(_) => panic!("it never came: {:?}", self.states()),
        }
    }

    async fn open(&self, which: usize) {
        self.until(which, |link| link.state.as_str() == "open")
            .await;
    }

    /// How both stand.
    fn states(&self) -> Vec<String> {
        let channel = self.server.channels().get(NAME).unwrap();
        let linking = channel.linking().unwrap();
        let names = linking.accounts().into_iter();
        names
            .map(|name| {
                linking
                    .link(&name)
                    .unwrap()
                    .borrow()
                    .state
                    .as_str()
                    .to_owned()
            })
            .collect()
    }

    /// Alice writes to an account.
    async fn alice(&mut self, which: usize, id: &str, mut what: Value) {
        what["id"] = json!(id);
        self.stands[which].order("write", what).await;
    }

    /// The next message that she reads of an account.
    async fn alice_reads(&mut self, which: usize, fits: Value, has: &str) -> Value {
        let wanted = json!({ "fits": fits, "has": has });
        self.stands[which].order("reads", wanted).await
    }

    /// She reads an answer with these words, of the assistant of the account.
    async fn answers(&mut self, which: usize, words: &str) {
        let fits = json!({ "kind": "text", "device": 0 });
        let answer = self.alice_reads(which, fits, words).await;
        let name = ASSISTANTS[which];
        let text = answer["text"].as_str().unwrap();
        assert!(text.starts_with(&format!("{name}: ")), "{text}");
    }

    /// The words that Alice has read of an account until now.
    async fn has_read(&mut self, which: usize) -> Vec<String> {
        let read = self.stands[which].order("read", json!({})).await;
        let read = read["messages"].as_array().unwrap().iter();
        read.map(|one| one["text"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    async fn send(&self, account: Option<&str>, text: &str) -> Result<String, ChannelError> {
        let address = Address {
            channel: Some(NAME.to_owned()),
            target: ALICE.to_owned(),
        };
        let message = Outbound {
            account: account.map(|name| Account::read(name).unwrap()),
            ..words(text)
        };
        let sent = self.server.channels().send(&address, &message).await;
        sent.map(|receipt| receipt.message_id)
    }

    /// What stands in the conversation of an account.
    async fn rows(&mut self, which: usize, chat: &str) -> Vec<(String, String)> {
        let session = match which {
            0 => format!("agent:main:{NAME}:{chat}"),
            _ => format!("agent:main:{NAME}:{}:{chat}", NAMES[which]),
        };
        rows(&self.client.history(&session).await)
    }

    /// Number of the process that stands for the bridge of an account.
    fn process(&self, which: usize) -> String {
        let lock = self.home.path().join(NAMES[which]).join("bridge.lock");
        let lock: Value = serde_json::from_slice(&std::fs::read(lock).unwrap()).unwrap();
        lock["pid"].to_string()
    }
}

fn setup(home: &Path, stands: &[Stand; 2]) -> Setup {
    let account = |which: usize| WhatsappSettings {
        account: named(which),
        rules: Rules {
            assistant_name: ASSISTANTS[which].to_owned(),
            ..Rules::default()
        },
        auth_dir: home.join(NAMES[which]),
        bridge: home.join("bridge"),
        proxy: None,
        test: Some(TestBridge {
            main: stands[which].main.clone(),
            server: stands[which].url.clone(),
            locks: home.join("locks"),
        }),
    };
    let allowed = Policy {
        people: Rule::Allowlist,
        allow_from: vec!["+1 555 111 2222".to_owned(), GROUP.to_owned()],
        ..Policy::default()
    };
    let policy = |which| (Via::new(NAME, &named(which)), allowed.clone());
    Setup {
        // The usual one is the first, in whatever order they are written.
        whatsapp: vec![account(1), account(0)],
        policies: HashMap::from([policy(0), policy(1)]),
        ..config(home, with_token())
    }
}

#[tokio::test]
async fn one_person_writes_to_two_accounts_and_each_answers_whatever_becomes_of_the_other() {
    let mut both = Both::linked(["15550000000", "15550000001"]).await;
    both.open(0).await;
    both.open(1).await;
    each_answers_by_itself(&mut both).await;
    what_is_sent_leaves_by_the_account_that_is_named(&mut both).await;
    a_group_in_which_both_are_hears_both(&mut both).await;
    an_account_that_is_not_there_is_refused(&mut both).await;
    a_bridge_that_is_killed_disturbs_nobody(&mut both).await;
    let mut both = both.crash().await;
    both.open(0).await;
    both.open(1).await;
    one_that_is_logged_out_disturbs_nobody(&mut both).await;
    both.server.stop().await;
}

/// The same words under the same id: WhatsApp's ids are a sender's, not ours.
async fn each_answers_by_itself(both: &mut Both) {
    for which in [0, 1] {
        let asks = json!({ "text": format!("hello {}", NAMES[which]) });
        both.alice(which, "ALICE0000001", asks).await;
    }
    for which in [0, 1] {
        both.answers(which, &format!("> hello {}", NAMES[which]))
            .await;
        let other = NAMES[1 - which];
        let said = both.rows(which, ALICE).await;
        assert!(said.iter().any(|(_, text)| text.contains(NAMES[which])));
        assert!(
            !said.iter().any(|(_, text)| text.contains(other)),
            "{said:?}"
        );
        let read = both.has_read(which).await;
        assert!(!read.iter().any(|text| text.contains(other)), "{read:?}");
    }
}

async fn what_is_sent_leaves_by_the_account_that_is_named(both: &mut Both) {
    for (account, which) in [(None, 0), (Some("default"), 0), (Some("work"), 1)] {
        let text = format!("by {account:?}");
        let id = both.send(account, &text).await.unwrap();
        both.alice_reads(which, json!({ "id": id, "device": 0 }), &text)
            .await;
        let read = both.has_read(1 - which).await;
        assert!(!read.contains(&text), "{read:?}");
        let said = both.rows(which, ALICE).await;
        assert!(said.iter().any(|(_, shown)| *shown == text), "{said:?}");
    }
    // Over each wire.
    let send = json!({
        "to": ALICE, "channel": NAME, "accountId": "work", "message": "by protocol 4",
        "idempotencyKey": "accounts-gateway",
    });
    let id = both.client.request("send", send).await["messageId"].clone();
    both.alice_reads(1, json!({ "id": id }), "by protocol 4")
        .await;
    let body = json!({
        "channel": NAME, "conversation_id": ALICE, "account": "work", "content": "by HTTP",
    });
    let sent = post(both, SEND, &body).await;
    assert_eq!(sent.0, 200, "{}", sent.1);
    both.alice_reads(1, json!({ "id": sent.1["message_id"] }), "by HTTP")
        .await;
    let frame = json!({
        "channel": NAME, "conversation_id": ALICE, "content": "by the bridge",
        "metadata": { "clawline_account": "work" },
    });
    assert_eq!(post(both, "/send", &frame).await.0, 200);
    both.alice_reads(1, json!({ "device": 0 }), "by the bridge")
        .await;
    // One key is one message, whichever account it leaves by.
    let mut one = words("once");
    one.account = Some(named(1));
    let address = Address {
        channel: Some(NAME.to_owned()),
        target: ALICE.to_owned(),
    };
    let channels = both.server.channels();
    channels.send(&address, &one).await.unwrap();
    assert!(channels.send(&address, &one).await.unwrap().was_known);
    one.account = None;
    let other = channels.send(&address, &one).await;
    assert!(matches!(other, Err(ChannelError::Conflict)), "{other:?}");
}

async fn post(both: &Both, path: &str, body: &Value) -> (u16, Value) {
    let token = format!("Bearer {TOKEN}");
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/json"),
    ];
    let address = both.server.address();
    let answer = http::ask(address, Method::POST, path, &headers, &body.to_string()).await;
    (answer.status, answer.json())
}

/// What she writes there comes twice, once to each, and is two messages.
async fn a_group_in_which_both_are_hears_both(both: &mut Both) {
    for which in [0, 1] {
        let group = json!({ "jid": GROUP, "subject": "Family" });
        both.stands[which].order("group", group).await;
        let address = Address {
            channel: Some(NAME.to_owned()),
            target: GROUP.to_owned(),
        };
        let mut here = words("I am here");
        here.account = Some(named(which));
        let sent = both.server.channels().send(&address, &here).await;
        let id = sent.unwrap().message_id;
        both.alice_reads(which, json!({ "id": id, "chat": GROUP }), "I am here")
            .await;
        let quote = json!({ "id": id, "text": "I am here" });
        let reply = json!({ "group": GROUP, "text": "who?", "quote": quote });
        both.alice(which, "ALICEGROUP01", reply).await;
        let answer = json!({ "chat": GROUP, "quoted": "ALICEGROUP01", "device": 0 });
        both.alice_reads(which, answer, "who?").await;
    }
}

async fn an_account_that_is_not_there_is_refused(both: &mut Both) {
    let refused = both.send(Some("other"), "nobody sends this").await;
    let error = refused.unwrap_err();
    assert!(
        matches!(&error, ChannelError::Account { known, .. } if known == &NAMES),
        "{error:?}"
    );
    for name in ["other", "Work", "../work", "work/../default", "con", "wörk"] {
        let send = json!({
            "to": ALICE, "channel": NAME, "accountId": name, "message": "nobody sends this",
            "idempotencyKey": format!("accounts {name}"),
        });
        let refused = both.client.refused("send", send).await;
        assert_eq!(refused["code"], "INVALID_REQUEST", "{name}: {refused}");
        let body = json!({
            "channel": NAME, "conversation_id": ALICE, "account": name, "content": "nobody sends this",
        });
        assert_eq!(post(both, SEND, &body).await.0, 400, "{name}");
        let wait = json!({ "accountId": name, "timeoutMs": 1000 });
        let refused = both.client.refused("web.login.wait", wait).await;
        assert_eq!(refused["code"], "INVALID_REQUEST", "{name}: {refused}");
        let path = name.replace('/', "%2f").replace('ö', "%c3%b6");
        let path = format!("/v1/channels/{NAME}/accounts/{path}/link");
        let token = format!("Bearer {TOKEN}");
        let headers = [("authorization", token.as_str())];
        let link = http::ask(both.server.address(), Method::GET, &path, &headers, "").await;
        assert_eq!(link.status, 404, "{name}");
    }
    for which in [0, 1] {
        let read = both.has_read(which).await;
        assert!(!read.iter().any(|text| text.contains("nobody")), "{read:?}");
    }
}

async fn a_bridge_that_is_killed_disturbs_nobody(both: &mut Both) {
    let other = both.process(1);
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &both.process(0)])
        .status();
    assert!(killed.unwrap().success());
    both.until(0, |link| link.state.as_str() != "open").await;
    both.alice(1, "ALICE0000002", json!({ "text": "still there?" }))
        .await;
    both.answers(1, "> still there?").await;
    assert_eq!(both.process(1), other, "it is the same process");
    both.open(0).await;
    both.alice(0, "ALICE0000002", json!({ "text": "back again?" }))
        .await;
    both.answers(0, "> back again?").await;
}

/// What is answered to the one that is gone waits, and keeps nobody up.
async fn one_that_is_logged_out_disturbs_nobody(both: &mut Both) {
    both.stands[0]
        .order("failure", json!({ "code": "401" }))
        .await;
    both.until(0, |link| link.state.as_str() == "logged_out")
        .await;
    let refused = both.send(None, "nobody sends this").await;
    assert!(
        matches!(refused, Err(ChannelError::NotConnected(_))),
        "{refused:?}"
    );
    both.alice(1, "ALICE0000003", json!({ "text": "and now?" }))
        .await;
    both.answers(1, "> and now?").await;
    let status = both.client.request("channels.status", json!({})).await;
    let accounts = status["channelAccounts"]["whatsapp"].as_array().unwrap();
    let stand: Vec<_> = accounts
        .iter()
        .map(|one| (&one["accountId"], &one["connected"]))
        .collect();
    let (yes, no) = (json!(true), json!(false));
    assert_eq!(
        stand,
        [(&json!("default"), &no), (&json!("work"), &yes)],
        "{status:#}"
    );
    assert_eq!(status["channelDefaultAccountId"]["whatsapp"], "default");
    let metrics = [("authorization", &*format!("Bearer {TOKEN}"))];
    let address = both.server.address();
    let counted = http::ask(address, Method::GET, "/metrics", &metrics, "").await;
    for (name, value) in [("default", 0), ("work", 1)] {
        let line = format!("account_connected{{channel=\"{NAME}\",account=\"{name}\"}} {value}");
        assert!(counted.text.contains(&line), "{}", counted.text);
    }
}

#[tokio::test]
async fn a_phone_that_is_linked_twice_is_used_once() {
    let mut both = Both::linked(["15550000000", "15550000000"]).await;
    let is_refused = |link: &Link| {
        let reason = link.reason.as_deref().unwrap_or_default();
        reason.contains("this WhatsApp account is in use")
    };
    let refused = tokio::select! {
        _ = both.until(0, is_refused) => 0,
        _ = both.until(1, is_refused) => 1,
    };
    both.open(1 - refused).await;
    for (which, sockets) in [(refused, 0), (1 - refused, 1)] {
        let counts = both.stands[which].order("counts", json!({})).await;
        assert_eq!(counts["sockets"], sockets, "{counts}");
    }
    both.server.stop().await;
}

#[tokio::test]
async fn an_account_is_linked_and_unlinked_by_its_name() {
    let stands = [
        Stand::of("15550000000").await,
        Stand::of("15550000001").await,
    ];
    let mut both = Both::over(stands, tempfile::tempdir().unwrap()).await;
    for which in [1, 0] {
        let account = json!({ "accountId": NAMES[which] });
        let shown = both.client.request("web.login.start", account).await;
        assert!(shown["qrDataUrl"].is_string(), "{shown}");
        let link = both.until(which, |link| link.qr.is_some()).await;
        let scan = json!({ "data": link.qr.unwrap().data });
        both.stands[which].order("scan", scan).await;
        both.open(which).await;
    }
    let gone = json!({ "channel": "whatsapp", "accountId": "work" });
    let gone = both.client.request("channels.logout", gone).await;
    assert_eq!(
        (&gone["accountId"], &gone["loggedOut"]),
        (&json!("work"), &json!(true))
    );
    both.until(1, |link| link.state.as_str() == "not_linked")
        .await;
    assert_eq!(both.states()[0], "open");
    let folder = both.home.path().join(NAMES[1]);
    assert!(!folder.join("creds.json").exists());
    // Who names none means the usual one.
    let done = json!({ "timeoutMs": 1000 });
    let done = both.client.request("web.login.wait", done).await;
    assert_eq!(done["connected"], true, "{done}");
    both.server.stop().await;
}
