//! Files, both ways, to and from a place that is reached over TLS, with an
//! authority that the environment names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::world::{ALICE, World, file};
use crate::upstream::trust::Authority;

/// Names the folder of the authority and of the key; set for the process that
/// does the work, whose bridge trusts that authority.
const FOLDER: &str = "CLAWLINE_TEST_AUTHORITY";
const BEN: &str = "15553334444@s.whatsapp.net";
/// A PNG of one pixel, as base64.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/// Makes an authority and a key that it vouches for. Gives the file of the
/// authority.
fn make_authority(folder: &Path) -> PathBuf {
    let authority = Authority::new();
    let (certificate, key) = authority.pems();
    let tls = json!({ "cert": certificate, "key": key });
    fs::write(folder.join("tls.json"), tls.to_string()).unwrap();
    let file = folder.join("authority.pem");
    fs::write(&file, authority.pem).unwrap();
    file
}

#[tokio::test]
async fn files_come_and_go_and_what_is_gone_is_asked_of_the_phone_once() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return files_go_both_ways(Path::new(&folder)).await;
    }
    // The environment of a test is that of all of them: this one has its own process.
    let folder = tempfile::tempdir().unwrap();
    let name = "whatsapp::files::files_come_and_go_and_what_is_gone_is_asked_of_the_phone_once";
    let mut own = Command::new(std::env::current_exe().unwrap());
    own.args(["--exact", name, "--nocapture"])
        .env(FOLDER, folder.path())
        .env("NODE_EXTRA_CA_CERTS", make_authority(folder.path()))
        .env_remove("HTTPS_PROXY")
        .env_remove("https_proxy");
    let ended = tokio::task::spawn_blocking(move || own.output())
        .await
        .unwrap()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    assert!(
        ended.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ended.stderr)
    );
    assert!(said.contains("1 passed"), "{said}");
}

async fn files_go_both_ways(folder: &Path) {
    let mut world = World::linked().await;
    let tls: Value = serde_json::from_slice(&fs::read(folder.join("tls.json")).unwrap()).unwrap();
    world.stand.order("files", tls).await;

    let image =
        |status: Option<u16>| json!({ "data": PIXEL, "mime": "image/png", "status": status });
    world
        .alice(
            "ALICE0000001",
            json!({ "text": "look", "image": image(None) }),
        )
        .await;
    world.shows(ALICE, "user", "look").await;
    world.alice_reads(json!({ "device": 0 }), "> look").await;
    assert_eq!(world.files(ALICE).await, [PIXEL]);

    // The phone has it still, and then no longer.
    for (n, status, has_it) in [
        (2, 404, true),
        (3, 410, true),
        (4, 404, false),
        (5, 410, false),
    ] {
        world
            .stand
            .order("upload_again", json!({ "given": has_it }))
            .await;
        let message = json!({ "text": format!("{n} {status}"), "image": image(Some(status)) });
        world.alice(&format!("ALICE000000{n}"), message).await;
        world
            .alice_reads(json!({ "device": 0 }), &format!("{n} {status}"))
            .await;
    }
    assert_eq!(world.files(ALICE).await, [PIXEL; 3]);
    let gone = |(role, text): (&str, &str)| role == "user" && text.ends_with("]\n5 410");
    let shown = world.tells(ALICE, gone).await;
    assert!(
        shown.starts_with("[image that could not be fetched: the file is no longer at WhatsApp"),
        "{shown}"
    );
    let asked = world.stand.order("files_asked", json!({})).await;
    assert_eq!(
        asked["files"].as_array().unwrap().len(),
        1 + 2 * 2 + 2,
        "{asked}"
    );
    assert_eq!(asked["uploads"], 4);

    // One of the relay's own.
    let kept = world.keep(PIXEL, "image/png").await;
    let id = world.send(ALICE, &file(kept, "mine")).await;
    let fits =
        json!({ "id": id, "kind": "image", "mime": "image/png", "data": PIXEL, "device": 0 });
    world.alice_reads(fits, "mine").await;

    // More of the past than fits into a message comes as a file, too.
    let past = json!([{ "id": "BENSPAST0001", "text": "in a file", "at": 1_700_000_000 }]);
    let ben = json!({ "jid": BEN, "lid": "553334444@lid", "name": "Ben Beech", "messages": past });
    let chats = json!({ "chats": [ben] });
    world.stand.order("history_file", chats).await;
    world.shows(BEN, "user", "in a file").await;
    world.end().await;
}
