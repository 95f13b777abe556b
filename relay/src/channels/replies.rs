//! Answers that the relay itself sends to people, through their channel. Each is
//! stored with the end of its run and sent under a key of its own until the
//! channel has taken it: once, also after a crash.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::timeout;

use super::{Address, ChannelError, Channels, Outbound};
use crate::account::Via;
use crate::bus::{Event, Subscription};
use crate::store::{Store, StoreError, StoredReply, key_of_reply};

/// Replies of one account that are looked at at once.
const AT_ONCE: i64 = 100;
/// How soon one that was not taken is sent again.
const AGAIN: Duration = Duration::from_secs(5);
/// How often one is sent that a connected channel cannot deliver: for an hour.
const MAX_ATTEMPTS: u32 = 720;

/// Sends what is on its way, until the server ends. Whoever hears nothing has
/// subscribed before the first run could end.
pub(crate) async fn send_replies(store: Store, channels: Arc<Channels>, mut events: Subscription) {
    let mut attempts = HashMap::new();
    loop {
        let is_over = match round(&store, &channels, &mut attempts).await {
            Ok(is_over) => is_over,
            Err(error) => {
                tracing::error!(%error, "replies wait for the database");
                false
            }
        };
        let news = next_end(&mut events);
        if is_over {
            news.await;
        } else {
            let _ = timeout(AGAIN, news).await;
        }
    }
}

/// Completes when a run ended, or one may have.
async fn next_end(events: &mut Subscription) {
    while !matches!(events.next().await, Ok(Event::RunEnded { .. }) | Err(_)) {}
}

/// Sends what waits, each account on its own; whether nothing waits any more.
async fn round(
    store: &Store,
    channels: &Channels,
    attempts: &mut HashMap<String, u32>,
) -> Result<bool, StoreError> {
    let mut by_account = BTreeMap::<Via, Vec<StoredReply>>::new();
    for reply in store.replies(AT_ONCE).await? {
        let via = Via::new(&reply.channel, &reply.account);
        by_account.entry(via).or_default().push(reply);
    }
    if by_account.is_empty() {
        attempts.clear();
        return Ok(true);
    }
    let all = by_account.into_values();
    let failures = join_all(all.map(|replies| send_all(store, channels, replies))).await;
    for (reply, error) in failures.into_iter().flatten() {
        if is_lost(&reply, &error, attempts) {
            tracing::error!(channel = reply.channel, %error, "a reply cannot be sent");
            attempts.remove(&reply.input);
            store.drop_reply(&reply.input).await?;
        }
    }
    Ok(store.replies(1).await?.is_empty())
}

/// Sends in order to each target of one account; gives what was not taken.
async fn send_all(
    store: &Store,
    channels: &Channels,
    replies: Vec<StoredReply>,
) -> Vec<(StoredReply, ChannelError)> {
    let mut failed = Vec::new();
    let mut behind = HashSet::new();
    for reply in replies {
        if behind.contains(&reply.target) {
            continue;
        }
        match send(store, channels, &reply).await {
            Ok(()) => {}
            Err(ChannelError::NotConnected(_)) => break,
            Err(error) => {
                behind.insert(reply.target.clone());
                failed.push((reply, error));
            }
        }
    }
    failed
}

async fn send(store: &Store, channels: &Channels, reply: &StoredReply) -> Result<(), ChannelError> {
    let address = Address {
        channel: Some(reply.channel.clone()),
        target: reply.target.clone(),
    };
    let message = Outbound {
        key: key_of_reply(&reply.input),
        account: Some(reply.account.clone()),
        text: reply.text.clone(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: Some(reply.input.clone()),
    };
    channels.send(&address, &message).await?;
    // Not forgotten it is sent again, under the same key.
    store
        .drop_reply(&reply.input)
        .await
        .map_err(|error| ChannelError::Refused(error.into()))
}

/// Whether sending it again would be in vain.
fn is_lost(reply: &StoredReply, error: &ChannelError, attempts: &mut HashMap<String, u32>) -> bool {
    match error {
        // It comes back, or the owner sees in its state why it does not.
        ChannelError::NotConnected(_)
        | ChannelError::Unknown { .. }
        | ChannelError::Account { .. } => false,
        ChannelError::Failed(_) | ChannelError::Refused(_) => {
            let count = attempts.entry(reply.input.clone()).or_default();
            *count += 1;
            *count >= MAX_ATTEMPTS
        }
        ChannelError::Ambiguous(_)
        | ChannelError::Target(_)
        | ChannelError::Message(_)
        | ChannelError::Cannot { .. }
        | ChannelError::Conflict => true,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::future::{BoxFuture, ready};
    use tokio::sync::Notify;

    use super::*;
    use crate::account::Account;
    use crate::agents::Agents;
    use crate::bus::Bus;
    use crate::channels::{AccountStatus, Channel, ChannelState, Receipt};
    use crate::inbox::{Inbox, Message};
    use crate::store::Sender;
    use crate::tasks::Tasks;

    /// Takes what it is sent, but for targets with a trouble.
    #[derive(Debug, Default)]
    struct Post {
        taken: Mutex<Vec<(String, String)>>,
        is_taken: Notify,
        is_away: Mutex<bool>,
        fails: Mutex<u32>,
    }

    impl Post {
        /// Targets and keys, in order.
        fn taken(&self) -> Vec<String> {
            let taken = self.taken.lock().unwrap();
            let words = taken.iter().map(|(to, key)| format!("{to} {key}"));
            words.collect()
        }
    }

    impl Channel for Post {
        fn name(&self) -> &'static str {
            "post"
        }

        fn send<'a>(
            &'a self,
            target: &'a str,
            message: &'a Outbound,
        ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
            let mut fails = self.fails.lock().unwrap();
            let is_gone = message.account == Some(Account::read("gone").unwrap());
            let sent = if *self.is_away.lock().unwrap() || is_gone {
                Err(ChannelError::NotConnected(ChannelState::Connecting))
            } else if target == "nobody" {
                Err(ChannelError::Target("nobody is there".to_owned()))
            } else if target == "flaky" && *fails > 0 {
                *fails -= 1;
                Err(ChannelError::Failed("not now".to_owned()))
            } else {
                let mut taken = self.taken.lock().unwrap();
                taken.push((target.to_owned(), message.key.clone()));
                self.is_taken.notify_one();
                Ok(Receipt::sent(message.key.clone()))
            };
            Box::pin(ready(sent))
        }

        fn accounts(&self) -> Vec<AccountStatus> {
            let connected = AccountStatus::of_relay(ChannelState::Connected, 0);
            let gone = AccountStatus {
                id: Account::read("gone").unwrap(),
                ..AccountStatus::of_relay(ChannelState::Connecting, 0)
            };
            vec![connected, gone]
        }
    }

    struct Rig {
        store: Store,
        inbox: Arc<Inbox>,
        post: Arc<Post>,
        channels: Channels,
        _folder: tempfile::TempDir,
    }

    async fn rig() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let bus = Bus::default();
        let post = Arc::new(Post::default());
        let mut channels = Channels::new(bus.clone());
        channels.add(Arc::clone(&post) as _);
        Rig {
            inbox: Inbox::new(store.clone(), bus, Agents::default(), Tasks::new()),
            store,
            post,
            channels,
            _folder: folder,
        }
    }

    impl Rig {
        /// Somebody asks on an account.
        async fn ask_on(&self, account: &str, key: &str, text: &str) {
            let message = Message {
                account: Account::read(account).unwrap(),
                session_key: format!("agent:main:post:{account}"),
                answer_to: Some("ann".to_owned()),
                ..Message::written(
                    "post",
                    "ann",
                    Sender::owner(),
                    key.to_owned(),
                    text.to_owned(),
                )
            };
            self.inbox.admit(message, |_| {}).await.unwrap();
            self.inbox.outcome(key).await.unwrap();
        }

        /// Waits for the end of the run: its reply is on its way.
        async fn ask(&self, target: &str, key: &str, text: &str) {
            let sender = Sender {
                id: target.to_owned(),
                name: None,
            };
            let message = Message {
                answer_to: Some(target.to_owned()),
                ..Message::written("post", target, sender, key.to_owned(), text.to_owned())
            };
            self.inbox.admit(message, |_| {}).await.unwrap();
            self.inbox.outcome(key).await.unwrap();
        }
    }

    #[tokio::test]
    async fn replies_wait_for_their_channel_in_order_and_nobody_waits_for_another() {
        let rig = rig().await;
        let Rig {
            store,
            post,
            channels,
            ..
        } = &rig;
        let mut attempts = HashMap::new();
        let mut round = async || round(store, channels, &mut attempts).await.unwrap();
        for (target, key) in [
            ("flaky", "1"),
            ("nobody", "2"),
            ("flaky", "3"),
            ("ann", "4"),
        ] {
            rig.ask(target, key, "[chunks:1:0]").await;
        }
        rig.ask("ann", "5", "[error]").await;
        *post.is_away.lock().unwrap() = true;
        *post.fails.lock().unwrap() = 1;
        assert!(!round().await);
        assert_eq!(
            store.replies(9).await.unwrap().len(),
            4,
            "a failure has no words"
        );
        let first = store.replies(3).await.unwrap().into_iter();
        let first: Vec<String> = first.map(|reply| reply.input).collect();
        assert_eq!(
            first,
            ["1", "2", "4"],
            "one who is not reached holds up nobody"
        );

        *post.is_away.lock().unwrap() = false;
        assert!(!round().await);
        assert_eq!(post.taken(), ["ann reply:4"]);
        assert!(round().await);
        assert_eq!(
            post.taken(),
            ["ann reply:4", "flaky reply:1", "flaky reply:3"]
        );
        assert!(round().await, "nothing is sent twice");
        assert_eq!(post.taken().len(), 3);
    }

    #[tokio::test]
    async fn an_account_that_is_away_keeps_no_other_up_however_much_waits_for_it() {
        let rig = rig().await;
        for n in 0..AT_ONCE {
            rig.ask_on("gone", &n.to_string(), "[chunks:1:0]").await;
        }
        rig.ask_on("default", "last", "[chunks:1:0]").await;
        let mut attempts = HashMap::new();
        let is_over = round(&rig.store, &rig.channels, &mut attempts).await;
        assert!(!is_over.unwrap(), "those wait until it is back");
        assert_eq!(rig.post.taken(), ["ann reply:last"]);
    }

    #[tokio::test]
    async fn what_was_not_taken_is_sent_again_though_nothing_happens() {
        let rig = rig().await;
        *rig.post.fails.lock().unwrap() = 1;
        rig.ask("flaky", "1", "[chunks:1:0]").await;
        let quiet = Bus::default();
        let channels = Arc::new(rig.channels);
        let sending = send_replies(rig.store, channels, quiet.subscribe());
        let taken = rig.post.is_taken.notified();
        tokio::select! {
            () = sending => panic!("it goes on until the server ends"),
            () = taken => {}
        }
        assert_eq!(rig.post.taken(), ["flaky reply:1"]);
    }

    #[test]
    fn a_reply_is_given_up_after_an_hour_of_failures_and_never_while_its_channel_is_away() {
        let reply = StoredReply {
            input: "1".to_owned(),
            channel: "post".to_owned(),
            account: Account::default(),
            target: "ann".to_owned(),
            text: "words".to_owned(),
        };
        let mut attempts = HashMap::new();
        let mut is_lost = |error| is_lost(&reply, &error, &mut attempts);
        let fails = || ChannelError::Failed("not now".to_owned());
        for _ in 1..MAX_ATTEMPTS {
            assert!(!is_lost(fails()));
            assert!(!is_lost(ChannelError::NotConnected(ChannelState::Error)));
        }
        assert!(is_lost(fails()));
        assert!(is_lost(ChannelError::Conflict));
    }
}
