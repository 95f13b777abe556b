//! What people do to each other in a chat and in a group, both ways through a
//! whole relay: one for all of it, for each takes seconds until it is connected.

use serde_json::json;

use super::stand::Stand;
use super::world::{ALICE, GROUP, World, act, words};

/// Messages that WhatsApp kept.
const WAITED: usize = 50;

#[tokio::test]
async fn people_talk_both_ways_with_all_that_is_done_to_messages() {
    let mut world = World::linked().await;
    a_question_is_answered(&mut world).await;
    she_is_seen_typing(&mut world).await;
    she_does_things_to_messages(&mut world).await;
    the_owner_does_things_to_messages(&mut world).await;
    ticks_are_told(&mut world).await;
    what_could_not_be_read_is_sealed_once_more(&mut world).await;
    she_is_one_person_and_her_timer_counts(&mut world).await;
    let ours = a_group_is_answered(&mut world).await;
    the_owner_takes_over_on_the_phone(&mut world, &ours).await;
    world.end().await;
}

/// From her second device, with typing and a receipt; the answer is read on both,
/// and on the owner's own phone.
async fn a_question_is_answered(world: &mut World) {
    let question = json!({ "text": "hello", "device": 2 });
    world.alice("ALICE0000001", question).await;
    for state in ["composing", "paused"] {
        let typing = json!({ "tag": "chatstate", "attrs": { "to": ALICE }, "inside": state });
        world.stand.order("sees", typing).await;
    }
    let read = json!({ "tag": "receipt", "attrs": { "id": "ALICE0000001", "type": "read" } });
    world.stand.order("sees", read).await;
    for device in [0, 2] {
        let answer = json!({ "kind": "text", "device": device });
        world.alice_reads(answer, "> hello").await;
    }
    let on_phone = json!({ "who": "phone", "fits": { "chat": ALICE }, "has": "> hello" });
    world.stand.order("reads", on_phone).await;
}

/// By whoever has her conversation open: WhatsApp tells it then only.
async fn she_is_seen_typing(world: &mut World) {
    world.follow(ALICE).await;
    let asked = json!({ "tag": "presence", "attrs": { "to": ALICE, "type": "subscribe" } });
    world.stand.order("sees", asked).await;
    for (state, typists) in [("composing", &[ALICE][..]), ("paused", &[])] {
        let typing = json!({ "state": state });
        world.stand.order("typing", typing).await;
        world.typists(typists).await;
    }
}

async fn she_does_things_to_messages(world: &mut World) {
    let id = world.send(ALICE, &words("mine")).await;
    world
        .alice_reads(json!({ "id": id, "device": 0 }), "mine")
        .await;
    for (n, what, shown) in [
        (
            2,
            json!({ "react": { "id": id, "emoji": "👍" } }),
            "[reacted 👍]",
        ),
        (
            3,
            json!({ "react": { "id": id, "emoji": "" } }),
            "[took a reaction away]",
        ),
        (
            4,
            json!({ "text": "a reply", "quote": { "id": id, "text": "mine" } }),
            "[Replying to: \"mine\"]\n\na reply",
        ),
        (
            5,
            json!({ "edit": { "id": "ALICE0000001", "text": "changed" }, "ours": false }),
            "changed",
        ),
        (
            6,
            json!({ "revoke": "ALICE0000001", "ours": false }),
            "[deleted by whoever wrote it]",
        ),
    ] {
        world.alice(&format!("ALICE000000{n}"), what).await;
        world.shows(ALICE, "user", shown).await;
    }
    world.alice_reads(json!({ "device": 0 }), "a reply").await;
    let told = world.rows(ALICE).await;
    assert!(
        !told
            .iter()
            .any(|(_, text)| text == "changed" || text == "hello")
    );
}

async fn the_owner_does_things_to_messages(world: &mut World) {
    let mut reply = words("an answer");
    reply.reply_to = Some("ALICE0000004".to_owned());
    let reply = world.send(ALICE, &reply).await;
    let quoted = json!({ "id": reply, "quoted": "ALICE0000004", "device": 0 });
    world.alice_reads(quoted, "an answer").await;
    for (message, kind, target, text) in [
        (
            act("react", "ALICE0000004", "🎉"),
            "reaction",
            "ALICE0000004",
            "🎉",
        ),
        (act("edit", &reply, "better"), "edit", &*reply, "better"),
        (act("delete", &reply, ""), "delete", &*reply, ""),
    ] {
        world.send(ALICE, &message).await;
        let done = json!({ "kind": kind, "target": target, "device": 0 });
        world.alice_reads(done, text).await;
    }
}

async fn ticks_are_told(world: &mut World) {
    let id = world.send(ALICE, &words("ticks")).await;
    world
        .alice_reads(json!({ "id": id, "device": 0 }), "ticks")
        .await;
    world.progress(&id, "accepted").await;
    for (kind, state) in [(None, "delivered"), (Some("read"), "read")] {
        let receipt = json!({ "id": id, "type": kind });
        world.stand.order("receipt", receipt).await;
        world.progress(&id, state).await;
    }
}

async fn what_could_not_be_read_is_sealed_once_more(world: &mut World) {
    world.stand.order("deaf", json!({ "messages": 1 })).await;
    let id = world.send(ALICE, &words("once more")).await;
    let read = json!({ "id": id, "device": 0 });
    world.alice_reads(read, "once more").await;

    let torn = json!({ "text": "torn", "torn": true });
    world.alice("ALICE0000007", torn).await;
    world.alice_reads(json!({ "device": 0 }), "> torn").await;
    let rows = world.rows(ALICE).await;
    let behind = rows.iter().skip_while(|(_, text)| text != "once more");
    let behind: Vec<&str> = behind.map(|(_, text)| &**text).skip(1).collect();
    assert_eq!(behind[0], "torn", "nothing stays in its place");
}

/// However WhatsApp names her; and what is said in her chat goes when she wants it
/// to.
async fn she_is_one_person_and_her_timer_counts(world: &mut World) {
    for (n, named) in ["lid", "lid alone"].into_iter().enumerate() {
        let text = format!("by {named}");
        let write = json!({ "text": text, "as": named, "expiration": 86_400 });
        world.alice(&format!("ALICELID000{n}"), write).await;
        world.shows(ALICE, "user", &text).await;
        let answer = json!({ "expiration": 86_400, "device": 0 });
        world.alice_reads(answer, &text).await;
    }
}

/// Where somebody speaks to the account, with a quote. Gives the id of what the
/// owner wrote there.
async fn a_group_is_answered(world: &mut World) -> String {
    let group = json!({ "jid": GROUP, "subject": "Family" });
    world.stand.order("group", group).await;
    let aside = json!({ "group": GROUP, "text": "among us" });
    world.alice("ALICEGROUP01", aside).await;
    world.shows(GROUP, "user", "among us").await;

    let id = world.send(GROUP, &words("I am here")).await;
    for device in [0, 2] {
        let read = json!({ "id": id, "chat": GROUP, "device": device });
        world.alice_reads(read, "I am here").await;
    }
    let quote = json!({ "id": id, "text": "I am here" });
    let reply = json!({ "group": GROUP, "text": "who?", "quote": quote });
    world.alice("ALICEGROUP02", reply).await;
    let answer = json!({ "chat": GROUP, "quoted": "ALICEGROUP02", "device": 0 });
    world.alice_reads(answer, "who?").await;
    let rows = world.rows(GROUP).await;
    let said = rows.iter().filter(|(_, text)| text.contains("among us"));
    assert_eq!(said.count(), 1, "what is said among others is not answered");
    id
}

async fn the_owner_takes_over_on_the_phone(world: &mut World, ours: &str) {
    let text = "I am on it";
    let write = json!({ "id": "OWNER0000001", "to": ALICE, "text": text });
    world.stand.order("owner_writes", write).await;
    world.shows(ALICE, "user", text).await;
    let before = world.rows(ALICE).await.len();
    world
        .alice("ALICE0000008", json!({ "text": "thank you" }))
        .await;
    world.shows(ALICE, "user", "thank you").await;
    // What is asked later, in the group, is answered: so would this have been.
    let quote = json!({ "id": ours, "text": "I am here" });
    let later = json!({ "group": GROUP, "text": "and?", "quote": quote });
    world.alice("ALICEGROUP03", later).await;
    world
        .alice_reads(json!({ "chat": GROUP, "device": 0 }), "and?")
        .await;
    assert_eq!(world.rows(ALICE).await.len(), before + 1);
}

#[tokio::test]
async fn what_waited_for_hours_is_shown_and_not_answered() {
    let mut stand = Stand::start().await;
    let home = tempfile::tempdir().unwrap();
    let login = json!({ "folder": home.path().join("auth") });
    stand.order("login", login).await;
    for n in 0..WAITED {
        let write = json!({ "id": format!("ALICE{n:07}"), "text": format!("w{n}"), "ago": 7_200 });
        stand.order("write", write).await;
    }
    let mut world = World::over(stand, home).await;
    world.open().await;
    world
        .shows(ALICE, "user", &format!("w{}", WAITED - 1))
        .await;
    world.alice("ALICENOW0001", json!({ "text": "now" })).await;
    world.alice_reads(json!({ "device": 0 }), "> now").await;
    let rows = world.rows(ALICE).await;
    let said: Vec<&str> = rows
        .iter()
        .filter(|(role, _)| role == "user")
        .map(|(_, text)| &**text)
        .collect();
    let waited: Vec<String> = (0..WAITED).map(|n| format!("w{n}")).collect();
    assert_eq!(said[..WAITED], waited[..]);
    assert_eq!(rows.len(), WAITED + 2, "one was answered");
    world.end().await;
}
