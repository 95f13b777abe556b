//! How long messages are kept: the words and files of older ones go, their keys
//! and outcomes stay.

use std::time::Duration;

use crate::clock::now_ms;
use crate::media::{Media, MediaError};
use crate::store::Store;

/// How often is looked for what is too old.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How much is kept. Without a bound everything is, for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Messages and files that are older go.
    pub age: Option<Duration>,
    /// Where messages have more bytes together, the oldest go. Files have a bound
    /// of their own.
    pub bytes: Option<u64>,
}

impl Retention {
    /// Drops what is kept no longer, now and every hour, until the server ends.
    pub(crate) async fn keep(self, store: Store, media: Media) {
        if self == Self::default() {
            return;
        }
        loop {
            match self.sweep(&store, &media, now_ms()).await {
                Ok(0) => {}
                Ok(dropped) => tracing::info!(dropped, "old messages are kept no longer"),
                Err(error) => tracing::error!(%error, "old messages could not be dropped"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Drops what is kept no longer at `now`, in Unix milliseconds; gives how much.
    async fn sweep(self, store: &Store, media: &Media, now: i64) -> Result<u64, MediaError> {
        let age = self.age.and_then(|age| i64::try_from(age.as_millis()).ok());
        let too_old = age.map(|age| now.saturating_sub(age));
        let too_many = match self.bytes {
            // The first that has no room goes too.
            Some(bytes) => store
                .no_room_for(i64::try_from(bytes).unwrap_or(i64::MAX))
                .await?
                .map(|at| at + 1),
            None => None,
        };
        let Some(before) = too_old.max(too_many) else {
            return Ok(0);
        };
        let mut all = 0;
        loop {
            match store.drop_before(before, now).await? {
                0 => break,
                dropped => all += dropped,
            }
        }
        media.drop_before(before).await?;
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::agents::Agents;
    use crate::bus::Bus;
    use crate::inbox::{Admission, Inbox, Message};
    use crate::media::Bounds;
    use crate::store::{DeliveryEnd, InputState, NewDelivery, Sender, WaitingBounds};
    use crate::tasks::Tasks;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    struct Rig {
        inbox: Arc<Inbox>,
        store: Store,
        media: Media,
        _folder: tempfile::TempDir,
    }

    async fn rig() -> Rig {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let media = Media::open(store.clone(), folder.path(), Bounds::default());
        Rig {
            inbox: Inbox::new(
                store.clone(),
                Bus::default(),
                Agents::default(),
                Tasks::new(),
            ),
            media: media.await.unwrap(),
            store,
            _folder: folder,
        }
    }

    fn message(key: &str, text: &str) -> Message {
        let sender = Sender::owner();
        Message::written("chat", "ann", sender, key.to_owned(), text.to_owned())
    }

    impl Rig {
        async fn ask(&self, message: Message) -> String {
            let session = message.session_key.clone();
            let key = message.key.clone();
            self.inbox.admit(message, |_| {}).await.unwrap();
            self.inbox.outcome(&key).await.unwrap();
            session
        }

        async fn texts(&self, session: &str) -> Vec<String> {
            let rows = self.store.rows_before(session, i64::MAX, 100, usize::MAX);
            let rows = rows.await.unwrap();
            rows.iter().map(|row| row.entry.text().to_owned()).collect()
        }

        async fn sweep(&self, retention: Retention, after: Duration) -> u64 {
            let now = now_ms() + i64::try_from(after.as_millis()).unwrap();
            let swept = retention.sweep(&self.store, &self.media, now).await;
            swept.unwrap()
        }
    }

    fn of_age(age: Duration) -> Retention {
        Retention {
            age: Some(age),
            bytes: None,
        }
    }

    #[tokio::test]
    async fn old_words_and_files_go_and_a_repeat_of_their_key_has_its_outcome() {
        let rig = rig().await;
        let file = rig.media.keep("a.txt", "", b"secret file".to_vec()).await;
        let file = file.unwrap();
        let old = || Message {
            attachments: vec![file.clone()],
            ..message("old", "a secret [chunks:2:0]")
        };
        let session = rig.ask(old()).await;
        rig.ask(message("bad", "[error]")).await;
        assert_eq!(rig.sweep(of_age(2 * DAY), DAY).await, 0);
        assert_eq!(rig.texts(&session).await.len(), 4);

        assert!(rig.sweep(of_age(2 * DAY), 3 * DAY).await > 0);
        assert_eq!(rig.sweep(of_age(2 * DAY), 3 * DAY).await, 0);
        assert_eq!(rig.texts(&session).await, [""; 0]);
        let shown = rig.store.session(&session).await.unwrap().unwrap();
        assert_eq!((shown.title, shown.preview), (None, None));
        assert_eq!(rig.store.input("old").await.unwrap().unwrap().text, "");
        assert_eq!(rig.media.file(&file.digest).await.unwrap(), None);

        let again = rig.inbox.admit(old(), |_| panic!("it is not new")).await;
        let Admission::Known { outcome, .. } = again.unwrap() else {
            panic!("a repeat is known");
        };
        let outcome = outcome.unwrap();
        assert_eq!(outcome.state, InputState::Done);
        assert!(outcome.text.contains("no longer kept"), "{}", outcome.text);
        let failed = rig.inbox.outcome("bad").await.unwrap();
        assert_eq!(failed.state, InputState::Failed);
        assert!(failed.error.unwrap().contains("[error]"));
        let other = rig.inbox.admit(message("old", "other words"), |_| {}).await;
        assert!(matches!(other.unwrap(), Admission::Conflict));

        // The conversation goes on behind what it had.
        rig.ask(message("new", "new words [chunks:1:0]")).await;
        let rows = rig.store.rows_before(&session, i64::MAX, 9, usize::MAX);
        let places: Vec<i64> = rows.await.unwrap().iter().map(|row| row.seq).collect();
        assert_eq!(places, [5, 6]);
        let shown = rig.store.session(&session).await.unwrap().unwrap();
        assert_eq!(shown.title.as_deref(), Some("new words [chunks:1:0]"));
    }

    #[tokio::test]
    async fn above_the_bound_the_oldest_go_and_a_file_stays_while_a_message_has_it() {
        let rig = rig().await;
        let file = rig.media.keep("a.txt", "", b"of two".to_vec()).await;
        let file = file.unwrap();
        let mut session = String::new();
        for key in ["1", "2", "3"] {
            let text = format!("{key} [chunks:1:0]");
            let with_file = Message {
                attachments: vec![file.clone()],
                ..message(key, &text)
            };
            session = rig.ask(with_file).await;
        }
        let all = rig.store.rows_before(&session, i64::MAX, 9, usize::MAX);
        let sizes = all.await.unwrap();
        let sizes: Vec<usize> = sizes
            .iter()
            .map(|row| serde_json::to_string(&row.entry).unwrap().len())
            .collect();
        let bound = |bytes: usize| Retention {
            age: None,
            bytes: Some(bytes as u64),
        };
        let whole = sizes.iter().sum();
        assert_eq!(rig.sweep(bound(whole), DAY).await, 0, "all have room");
        let last_two = sizes[4..].iter().sum();
        assert!(rig.sweep(bound(last_two), DAY).await > 0);
        let texts = rig.texts(&session).await;
        assert_eq!(texts.last().map(String::as_str), Some("w1"));
        assert!(texts.len() <= 2, "{texts:?}");
        assert!(rig.media.file(&file.digest).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn what_has_no_answer_yet_is_kept() {
        let rig = rig().await;
        let waits = message("waits", "[hang]");
        let session = waits.session_key.clone();
        rig.inbox.admit(waits, |_| {}).await.unwrap();
        rig.sweep(of_age(DAY), 3 * DAY).await;
        assert_eq!(rig.texts(&session).await, ["[hang]"]);
        let input = rig.store.input("waits").await.unwrap().unwrap();
        assert_eq!(input.text, "[hang]");
        rig.inbox.stop(&session, Some("waits")).await.unwrap();
        assert!(rig.sweep(of_age(DAY), 3 * DAY).await > 0);
        assert_eq!(rig.texts(&session).await, [""; 0]);
    }

    #[tokio::test]
    async fn what_a_webhook_never_took_goes_too_and_what_waits_for_it_stays() {
        let rig = rig().await;
        let told = |id: &str, told_at| NewDelivery {
            webhook: "crm".to_owned(),
            id: id.to_owned(),
            event: "received".to_owned(),
            trace: "t".to_owned(),
            body: "words".to_owned(),
            told_at,
        };
        let all = [told("old", 5), told("new", now_ms()), told("waits", 5)];
        let wide = WaitingBounds {
            count: 9,
            bytes: 99,
        };
        rig.store.keep_deliveries(&all, wide).await.unwrap();
        for one in rig.store.next_deliveries("crm", 9).await.unwrap() {
            if one.new.id != "waits" {
                let ended = rig.store.end_delivery(&one, DeliveryEnd::Dead);
                ended.await.unwrap();
            }
        }
        assert_eq!(rig.sweep(of_age(DAY), Duration::ZERO).await, 1);
        let left = rig.store.dead_deliveries("crm", 9).await.unwrap();
        let left: Vec<&str> = left.iter().map(|one| one.new.id.as_str()).collect();
        assert_eq!(left, ["new"]);
        let total = rig.store.delivery_total("crm").await.unwrap();
        assert_eq!(total.waiting, 1);
    }
}
