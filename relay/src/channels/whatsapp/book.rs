//! Who is who: addresses of WhatsApp to people and conversations of ours.

use super::link::Link;
use super::people::{Jid, plain_name};
use crate::account::Account;
use crate::inbox::session_key;
use crate::store::{Person, StoreError, Whatsapp};

/// The people that an account knows.
#[derive(Debug, Clone)]
pub(super) struct Book(pub(super) Whatsapp);

impl Book {
    /// The person of an address, and of a second one where WhatsApp says that
    /// both are one person's. `None` where the first is no person's.
    pub(super) async fn person(
        &self,
        jid: &str,
        alt: Option<&str>,
    ) -> Result<Option<Person>, StoreError> {
        let Some(one) = Jid::read(jid).and_then(|jid| jid.identity()) else {
            return Ok(None);
        };
        let other = alt.and_then(Jid::read).and_then(|jid| jid.identity());
        let other = other.filter(|other| other.is_lid != one.is_lid);
        self.0.know_person(&one, other.as_ref()).await.map(Some)
    }

    /// The conversation of a chat; `None` for what is no chat of people.
    pub(super) async fn conversation(
        &self,
        jid: &str,
        alt: Option<&str>,
    ) -> Result<Option<String>, StoreError> {
        match Jid::read(jid) {
            None => Ok(None),
            Some(jid @ (Jid::Group(_) | Jid::List(_) | Jid::Program(_))) => {
                Ok(Some(jid.to_string()))
            }
            Some(_) => {
                let person = self.person(jid, alt).await?;
                Ok(person.map(|person| person.conversation))
            }
        }
    }

    /// Keeps what somebody is called.
    pub(super) async fn call(
        &self,
        person: &Person,
        name: Option<&str>,
        push_name: Option<&str>,
    ) -> Result<(), StoreError> {
        let name = name.and_then(plain_name);
        let push_name = push_name.and_then(plain_name);
        let differs = |new: &Option<String>, old: &Option<String>| new.is_some() && new != old;
        if !differs(&name, &person.name) && !differs(&push_name, &person.push_name) {
            return Ok(());
        }
        let (name, push_name) = (name.as_deref(), push_name.as_deref());
        self.0.call_person(person.id, name, push_name).await
    }
}

/// The session of a conversation. It has the name of its account, unless that is the
/// one where there is one only.
pub(super) fn session_of(account: &Account, conversation: &str) -> String {
    match account.is_usual() {
        true => session_key::within(super::NAME, &[conversation]),
        false => session_key::within(super::NAME, &[account.as_str(), conversation]),
    }
}

/// The conversation of a session of an account, by the session's key.
pub(super) fn chat_of(account: &Account, session_key: &str) -> Option<String> {
    // The addresses of chats have no colon in them.
    let chat = Jid::read(session_key.rsplit(':').next()?)?.to_string();
    (session_of(account, &chat) == session_key).then_some(chat)
}

/// Whether an address is the account's own.
pub(super) fn is_me(link: &Link, jid: &str) -> bool {
    let Some(jid) = Jid::read(jid) else {
        return false;
    };
    let me = link.me.as_ref();
    let own = me
        .into_iter()
        .flat_map(|me| [Some(&me.jid), me.lid.as_ref()]);
    let mut own = own.flatten().filter_map(|own| Jid::read(own));
    own.any(|own| own.is_same(&jid))
}

/// How people are shown a person, and how the owner names them: by number where
/// it is known.
pub(super) fn shown(person: &Person) -> String {
    let number = person.number.as_deref().and_then(Jid::read);
    match number {
        Some(Jid::Number(digits)) => format!("+{digits}"),
        _ => person.conversation.clone(),
    }
}

/// What a person is called: by the owner, or by themselves, which has a mark before
/// it, as on phones; else their number.
pub(super) fn called(person: &Person) -> String {
    let own = || Some(format!("~{}", person.push_name.as_ref()?));
    let name = person.name.clone().or_else(own);
    name.unwrap_or_else(|| shown(person))
}

#[cfg(test)]
mod tests {
    use super::super::link::Me;
    use super::*;
    use crate::store::Store;

    async fn book() -> (Book, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        (Book(store.whatsapp(&Account::default())), folder)
    }

    impl Book {
        async fn met(&self, jid: &str, alt: Option<&str>) -> Person {
            self.person(jid, alt).await.unwrap().unwrap()
        }
    }

    const NUMBER: &str = "49123456@s.whatsapp.net";
    const LID: &str = "88@lid";

    #[tokio::test]
    async fn number_and_lid_are_one_person_once_that_is_known_and_then_without_the_other() {
        let (book, _folder) = book().await;
        let first = book.met(NUMBER, None).await;
        let both = book.met("88:7@lid", Some(NUMBER)).await;
        assert_eq!(both.id, first.id);
        let later = book.met(LID, None).await;
        assert_eq!((later.id, &*later.conversation), (first.id, NUMBER));
        assert_eq!(later.lid.as_deref(), Some(LID));
        assert_eq!(shown(&later), "+49123456");
        assert_eq!(book.0.merges().await.unwrap(), []);
    }

    #[tokio::test]
    async fn two_who_turn_out_to_be_one_have_the_conversation_of_the_first() {
        let (book, _folder) = book().await;
        for (one, other) in [(NUMBER, LID), ("99@lid", "4977777@s.whatsapp.net")] {
            let first = book.met(one, None).await;
            let second = book.met(other, None).await;
            assert_ne!(first.id, second.id);
            let merged = book.met(other, Some(one)).await;
            assert_eq!((merged.id, &*merged.conversation), (first.id, one));
            for name in [one, other] {
                assert_eq!(book.met(name, None).await.id, first.id, "{name}");
            }
            let merges = book.0.merges().await.unwrap();
            let last = merges.last().unwrap();
            assert_eq!((&*last.gone, &*last.stays), (other, one));
        }
    }

    #[tokio::test]
    async fn nobody_takes_over_an_address_that_is_known_to_be_somebody_elses() {
        let (book, _folder) = book().await;
        let ann = book.met(NUMBER, Some(LID)).await;
        // Another number claims her LID, another LID her number.
        let thief = book.met("4966666@s.whatsapp.net", Some(LID)).await;
        assert_ne!(thief.id, ann.id);
        assert_eq!(thief.lid, None);
        let thief = book.met("77@lid", Some(NUMBER)).await;
        assert_ne!(thief.id, ann.id);
        assert_eq!(thief.number, None);
        let other = book.met("76@lid", Some("4955555@s.whatsapp.net")).await;
        let mixed = book.met("76@lid", Some(NUMBER)).await;
        assert_eq!(mixed, other);
        assert_eq!(book.met(LID, Some(NUMBER)).await, ann);
        // Two addresses of one kind say nothing of each other.
        let bob = book.met("4944444@s.whatsapp.net", Some(NUMBER)).await;
        assert_ne!(bob.id, ann.id);
    }

    #[tokio::test]
    async fn both_brazilian_forms_are_one_person() {
        let (book, _folder) = book().await;
        let old = book.met("551187654321@s.whatsapp.net", None).await;
        let new = book
            .met("5511987654321@s.whatsapp.net", Some("5@lid"))
            .await;
        assert_eq!(new.id, old.id);
        assert_eq!(new.conversation, old.conversation);
        let names = book
            .0
            .relay()
            .names_of(book.0.via(), "5@lid")
            .await
            .unwrap();
        for name in ["551187654321", "5511987654321"] {
            assert!(names.contains(&name.to_owned()), "{names:?}");
        }
    }

    #[test]
    fn the_account_is_known_by_both_its_names_and_on_every_device() {
        let mut link = Link::off(&Account::default());
        assert!(!is_me(&link, NUMBER));
        link.me = Some(Me {
            phone: None,
            jid: NUMBER.to_owned(),
            lid: Some(LID.to_owned()),
            name: None,
        });
        for mine in [NUMBER, "49123456:12@s.whatsapp.net", "88:12@lid"] {
            assert!(is_me(&link, mine), "{mine}");
        }
        for other in ["88@s.whatsapp.net", "49123456@lid", "", "x"] {
            assert!(!is_me(&link, other), "{other}");
        }
    }
}
