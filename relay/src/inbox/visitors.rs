//! Meets who writes on channels that strangers reach, and remembers what the
//! owner decided about them.

use std::collections::HashMap;

use super::policy::{Policy, Standing, Verdict, Visitor, plain};
use crate::account::Via;
use crate::ids;
use crate::store::{Decision, Store, StoreError};

/// Characters of what a visitor calls themselves.
const NAME: usize = 200;
/// Bytes of an identity; none of a real channel is as long.
const LONGEST_ID: usize = 512;

/// The door of channels that strangers reach.
#[derive(Debug)]
pub struct Visitors {
    store: Store,
    policies: HashMap<Via, Policy>,
}

/// What to do about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reception {
    /// Take it in.
    Answer,
    /// Say these words to the visitor, and do no more. They are said once.
    Say(String),
    /// Do nothing.
    Silence,
}

impl Visitors {
    /// `policies` are those of accounts that strangers reach.
    pub(super) fn new(store: Store, policies: HashMap<Via, Policy>) -> Self {
        Self { store, policies }
    }

    /// Whether the owner said who is answered on an account.
    #[must_use]
    pub fn guard(&self, via: &Via) -> bool {
        self.policies.contains_key(via)
    }

    /// What to do about a message on an account that strangers reach. One without
    /// a policy answers nobody whom the owner did not let in.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn meet(
        &self,
        via: &Via,
        visitor: &Visitor<'_>,
        now: i64,
    ) -> Result<Reception, StoreError> {
        if visitor.sender.len() > LONGEST_ID || visitor.subject().len() > LONGEST_ID {
            return Ok(Reception::Silence);
        }
        match self.judge(via, visitor).await? {
            Verdict::Answer => Ok(Reception::Answer),
            Verdict::Silence => Ok(Reception::Silence),
            Verdict::Code => {
                let name: Option<String> =
                    visitor.name.map(|name| name.chars().take(NAME).collect());
                let code = code();
                let subject = plain(visitor.subject());
                let is_first = self
                    .store
                    .meet_visitor(via, &subject, name.as_deref(), &code, now)
                    .await?;
                Ok(if is_first {
                    Reception::Say(format!(
                        "I only answer people whom my owner knows. Tell them this code, and they can let you \
                         in: {code}"
                    ))
                } else {
                    Reception::Silence
                })
            }
        }
    }

    async fn judge(&self, via: &Via, visitor: &Visitor<'_>) -> Result<Verdict, StoreError> {
        let names = self.store.names_of(via, &plain(visitor.sender)).await?;
        let mut sender = Standing::Unknown;
        for name in &names {
            sender = sender.max(self.standing(via, name).await?);
        }
        let group = match visitor.group {
            Some(group) => self.standing(via, group).await?,
            None => Standing::Unknown,
        };
        let usual = Policy::default();
        let policy = self.policies.get(via).unwrap_or(&usual);
        let visitor = Visitor {
            also: &names,
            ..*visitor
        };
        Ok(policy.judge(&visitor, sender, group))
    }

    async fn standing(&self, via: &Via, id: &str) -> Result<Standing, StoreError> {
        let visitor = self.store.visitor(via, &plain(id)).await?;
        Ok(match visitor.map(|visitor| visitor.decision) {
            None => Standing::Unknown,
            Some(None) => Standing::Waiting,
            Some(Some(Decision::Allowed)) => Standing::Allowed,
            Some(Some(Decision::Denied)) => Standing::Denied,
        })
    }

    /// Whether a message may be taken in: the second look, for a channel that
    /// forgot the first. What only [`Visitors::meet`] is told (a mention, whether
    /// the conversation is a group) is taken for granted.
    pub(super) async fn may_enter(
        &self,
        via: &Via,
        sender: &str,
        conversation: Option<&str>,
    ) -> Result<bool, StoreError> {
        if !self.guard(via) {
            return Ok(true);
        }
        for group in [None, conversation] {
            let visitor = Visitor {
                sender,
                also: &[],
                name: None,
                group,
                is_mentioned: true,
            };
            if self.judge(via, &visitor).await? == Verdict::Answer {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Short enough to be told over a telephone.
fn code() -> String {
    let digits = ids::uuid().replace('-', "");
    digits.chars().take(8).collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::inbox::policy::Rule;

    const WHATSAPP: &str = "whatsapp_baileys";

    fn visitor(sender: &str) -> Visitor<'_> {
        Visitor {
            sender,
            also: &[],
            name: Some("Mallory"),
            group: None,
            is_mentioned: false,
        }
    }

    #[tokio::test]
    async fn a_stranger_is_told_a_code_once_and_answered_when_the_owner_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let meet = async |sender: &'static str, now| {
            // As after a restart: nothing is remembered but what is stored.
            let visitors = Visitors::new(store.clone(), HashMap::new());
            visitors
                .meet(&WHATSAPP.into(), &visitor(sender), now)
                .await
                .unwrap()
        };
        let Reception::Say(words) = meet("+49 123-456", 1).await else {
            panic!("the first message gets a code");
        };
        let known = store.visitors().await.unwrap().remove(0);
        assert_eq!(known.id, "49123456");
        assert!(words.contains(known.code.as_deref().unwrap()), "{words}");
        for now in 2..5 {
            assert_eq!(meet("49123456", now).await, Reception::Silence);
        }
        store
            .decide_visitor(&WHATSAPP.into(), "49123456", Decision::Allowed, 5)
            .await
            .unwrap();
        assert_eq!(meet("+49123456", 6).await, Reception::Answer);
        store
            .decide_visitor(&WHATSAPP.into(), "49123456", Decision::Denied, 7)
            .await
            .unwrap();
        assert_eq!(meet("+49123456", 8).await, Reception::Silence);
        // One whom the owner named before they wrote.
        store
            .decide_visitor(&WHATSAPP.into(), "4977777", Decision::Allowed, 9)
            .await
            .unwrap();
        assert_eq!(meet("+4977777", 10).await, Reception::Answer);
        assert!(matches!(meet("mallory", 11).await, Reception::Say(_)));
        let other = Visitors::new(store.clone(), HashMap::new());
        let elsewhere = other
            .meet(&"telegram".into(), &visitor("4977777"), 12)
            .await
            .unwrap();
        assert!(
            matches!(elsewhere, Reception::Say(_)),
            "known on one channel only"
        );
    }

    #[tokio::test]
    async fn who_is_let_in_on_one_account_is_a_stranger_on_another() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let work = Via::new(WHATSAPP, &Account::read("work").unwrap());
        let named = Policy {
            allow_from: vec!["alice".to_owned()],
            ..Policy::default()
        };
        let visitors = Visitors::new(store.clone(), HashMap::from([(work.clone(), named)]));
        store
            .decide_visitor(&WHATSAPP.into(), "bob", Decision::Allowed, 1)
            .await
            .unwrap();
        let meet = async |via: &Via, sender| {
            let met = visitors.meet(via, &visitor(sender), 2).await.unwrap();
            met == Reception::Answer
        };
        for (sender, on_usual, on_work) in [("bob", true, false), ("alice", false, true)] {
            assert_eq!(meet(&WHATSAPP.into(), sender).await, on_usual, "{sender}");
            assert_eq!(meet(&work, sender).await, on_work, "{sender}");
        }
        // Each waits, with a code of its own, where they wrote.
        let waiting = store.visitors().await.unwrap().into_iter();
        let waiting = waiting.filter(|one| one.decision.is_none());
        let mut waiting: Vec<_> = waiting.map(|one| (one.id, one.account)).collect();
        waiting.sort();
        assert_eq!(
            waiting,
            [
                ("alice".to_owned(), Account::default()),
                ("bob".to_owned(), work.account)
            ]
        );
    }

    #[tokio::test]
    async fn a_crowd_fills_nothing_and_nobody_is_forgotten_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let visitors = Visitors::new(store.clone(), HashMap::new());
        for n in 0..510 {
            let sender = format!("stranger{n}");
            visitors
                .meet(&WHATSAPP.into(), &visitor(&sender), n)
                .await
                .unwrap();
        }
        assert_eq!(store.visitors().await.unwrap().len(), 500);
        let again = visitors
            .meet(&WHATSAPP.into(), &visitor("stranger0"), 600)
            .await
            .unwrap();
        assert_eq!(again, Reception::Silence);
        let long = "x".repeat(100_000);
        let long = visitors
            .meet(&"telegram".into(), &visitor(&long), 601)
            .await
            .unwrap();
        assert_eq!(long, Reception::Silence);
    }

    #[tokio::test]
    async fn the_channel_has_its_own_policy() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let open = Policy {
            people: Rule::Open,
            ..Policy::default()
        };
        let visitors = Visitors::new(store, HashMap::from([("telegram".into(), open)]));
        let met = visitors
            .meet(&"telegram".into(), &visitor("anybody"), 1)
            .await
            .unwrap();
        assert_eq!(met, Reception::Answer);
        assert!(
            visitors
                .may_enter(&"telegram".into(), "anybody", None)
                .await
                .unwrap()
        );
        assert!(
            visitors
                .may_enter(&"webchat".into(), "anybody", None)
                .await
                .unwrap()
        );
    }
}
