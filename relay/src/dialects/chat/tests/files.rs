//! Files go with a message by the ids of their uploads.

use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

#[tokio::test]
async fn uploads_go_with_a_message_and_are_what_their_bytes_say() {
    let (rig, _chat) = served().await;
    let keep = |name, bytes: &[u8]| rig.rooms.media.keep(name, "text/html", bytes.to_vec());
    let picture = keep("a.png", PNG).await.unwrap();
    let note = keep("b.txt", b"words").await.unwrap();
    let mut client = visit(&rig, "/ws?senderId=ann").await;
    let send = |id: &str, members: Value| {
        let mut frame = say(id, "look");
        for (name, value) in members.as_object().unwrap() {
            frame[name] = value.clone();
        }
        frame.to_string()
    };
    let attached = async |id: &str| {
        let input = rig.rooms.store.input(&letter::key("ann", id)).await;
        let files = input.unwrap().unwrap().origin.unwrap().attachments;
        let names = files.into_iter().map(|file| (file.name, file.mime));
        names.collect::<Vec<_>>()
    };
    let of = |kept: &crate::store::Attachment| (kept.name.clone(), kept.mime.clone());
    assert_eq!(of(&picture).1, "image/png");
    let both = [&picture.digest, &note.digest];
    for (id, members, files) in [
        ("one", json!({ "mediaPath": note.digest }), vec![of(&note)]),
        (
            "typed",
            json!({ "mediaPath": picture.digest, "mediaType": "text/html" }),
            vec![of(&picture)],
        ),
        (
            "more",
            json!({ "mediaPaths": both, "mediaTypes": ["text/html", "text/html"] }),
            vec![of(&picture), of(&note)],
        ),
        (
            "all",
            json!({ "mediaPath": picture.digest, "mediaType": "text/html", "mediaPaths": both }),
            vec![of(&picture), of(&note)],
        ),
    ] {
        let frame = send(id, members);
        for _ in 0..2 {
            client.send(&frame).await;
            assert_eq!(client.end().await, response(id, "said: look"));
        }
        assert_eq!(attached(id).await, files, "{id}");
    }
    // Another file is another message.
    let other = send("one", json!({ "mediaPath": picture.digest }));
    client.send(&other).await;
    let words = client.end().await["error"].to_string();
    assert!(words.contains("used for other words"), "{words}");
}
