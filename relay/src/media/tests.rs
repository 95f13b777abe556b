//! The store of files, alone.

use super::*;
use crate::account::Account;
use crate::store::{InputKind, NewInput, Origin, Sender};

async fn open(folder: &Path, bytes: u64, files: u64) -> Media {
    let store = Store::open(folder).await.unwrap();
    Media::open(store, folder, Bounds { bytes, files })
        .await
        .unwrap()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("media")).unwrap().count()
}

impl Media {
    async fn keep_text(&self, text: &str) -> Result<String, MediaError> {
        let kept = self
            .keep("a.txt", "text/plain", text.as_bytes().to_vec())
            .await;
        kept.map(|attachment| attachment.digest)
    }

    /// As a message that has it does.
    async fn use_it(&self, digest: &str) {
        let attachment = Attachment {
            name: "a.txt".to_owned(),
            mime: "text/plain".to_owned(),
            bytes: 1,
            digest: digest.to_owned(),
        };
        let new = NewInput {
            key: digest.to_owned(),
            kind: InputKind::Message,
            digest: [0; 32],
            session_key: "agent:main:main".to_owned(),
            text: String::new(),
            origin: Some(Origin {
                sender: Sender::owner(),
                channel: "webchat".to_owned(),
                account: Account::default(),
                conversation: None,
                in_group: false,
                program: None,
                attachments: vec![attachment],
                metadata: Vec::new(),
                answer_to: None,
            }),
            accepted_at: 1,
        };
        self.0.store.accept(&new, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_file_is_there_after_a_restart_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let media = open(folder.path(), 1_000, 10).await;
    let kept = media
        .keep("../../etc/pass\nwd", "image/png", b"hello".to_vec())
        .await
        .unwrap();
    assert_eq!(
        (kept.name.as_str(), kept.mime.as_str(), kept.bytes),
        ("passwd", "text/plain", 5)
    );
    let again = media.keep("other", "", b"hello".to_vec()).await.unwrap();
    assert_eq!(again.digest, kept.digest);
    assert_eq!(files(folder.path()), 1);
    media.0.store.close().await;
    // What a crash leaves behind.
    std::fs::write(folder.path().join("media/0badc0de.half"), "half").unwrap();
    let media = open(folder.path(), 1_000, 10).await;
    assert_eq!(files(folder.path()), 1);
    let file = media.file(&kept.digest).await.unwrap().unwrap();
    assert_eq!(file.bytes, b"hello");
}

#[tokio::test]
async fn the_oldest_that_no_message_has_make_room() {
    let folder = tempfile::tempdir().unwrap();
    let media = open(folder.path(), 30, 3).await;
    let used = media.keep_text("used by a message").await.unwrap();
    media.use_it(&used).await;
    let [first, second] = [
        media.keep_text("first").await.unwrap(),
        media.keep_text("second").await.unwrap(),
    ];
    // Bytes are the bound here: it takes both.
    let third = media.keep_text("third is long").await.unwrap();
    for (id, is_there) in [
        (&used, true),
        (&first, false),
        (&second, false),
        (&third, true),
    ] {
        assert_eq!(media.file(id).await.unwrap().is_some(), is_there, "{id}");
    }
    assert_eq!(files(folder.path()), 2);
    media.use_it(&third).await;
    let refused = media.keep_text("one more").await;
    assert!(matches!(refused, Err(MediaError::Full)), "{refused:?}");
    assert_eq!(files(folder.path()), 2, "nothing of it stays");
    assert!(
        media.keep_text("third is long").await.is_ok(),
        "it is there already"
    );
}

#[tokio::test]
async fn the_number_of_files_is_bounded_and_paths_name_none() {
    let folder = tempfile::tempdir().unwrap();
    let media = open(folder.path(), 1_000_000, 3).await;
    for n in 0..10 {
        media.keep_text(&format!("file {n}")).await.unwrap();
    }
    assert_eq!(files(folder.path()), 3);
    for id in [
        "",
        "../relay.sqlite3",
        "..",
        "a/b",
        "a.half",
        &"a".repeat(129),
        "ä",
    ] {
        assert_eq!(media.file(id).await.unwrap(), None, "{id}");
    }
}

#[tokio::test]
async fn what_is_not_ours_stays_in_the_folder_and_keeps_nobody_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let digest = open(folder.path(), 1_000, 10)
        .await
        .keep_text("a")
        .await
        .unwrap();
    let media = folder.path().join("media");
    let half = format!("{}.half", "b".repeat(64));
    std::fs::create_dir(media.join("lost+found")).unwrap();
    for name in [".keep", &half, &"c".repeat(64)] {
        std::fs::write(media.join(name), "x").unwrap();
    }
    open(folder.path(), 1_000, 10).await;
    let left = std::fs::read_dir(media).unwrap();
    let mut left: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".keep", digest.as_str(), "lost+found"]);
}

#[test]
fn a_name_is_one_and_reads_as_it_is() {
    for (name, plain) in [
        ("a.txt", "a.txt"),
        ("grüße 日本 👩‍👩‍👧.txt", "grüße 日本 👩‍👩‍👧.txt"),
        ("evil\u{202e}gnp.exe", "evilgnp.exe"),
        ("\u{2066}a\u{2069}\u{200f}\u{2028}b", "ab"),
        ("../../x", "x"),
        ("C:\\x\\y.exe", "y.exe"),
        ("..", ""),
        ("/", ""),
        (".profile", ".profile"),
        ("a\r\nb\0", "ab"),
    ] {
        assert_eq!(plain_name(name), plain, "{name:?}");
    }
}
