//! Whom the owner lets write.

use std::collections::HashMap;

use super::*;
use crate::inbox::policy::{Policy, Rule};
use crate::store::Decision;

async fn guarded(people: Rule, groups: Rule, tokens: Vec<AccessToken>) -> (Rig, Arc<Chat>) {
    let policy = Policy {
        people,
        groups,
        allow_from: vec!["ann".to_owned(), "dev-team".to_owned()],
        group_and_sender: false,
    };
    let policies = HashMap::from([(CHANNEL.into(), policy)]);
    let folder = tempfile::tempdir().unwrap();
    serve(Rig::guarded(folder, tokens, "none of these", policies).await).await
}

/// What a sender hears of a message, alone or in a group.
async fn heard(rig: &Rig, sender: &str, group: Option<&str>) -> Value {
    let mut client = visit(rig, &format!("/ws?senderId={sender}")).await;
    let mut frame = say("m", "hi");
    if let Some(group) = group {
        frame["chatType"] = json!("group");
        frame["groupId"] = json!(group);
    }
    client.send(&frame.to_string()).await;
    client.end().await
}

fn stranger() -> Value {
    error(
        Some("m"),
        "Failed to process message: Error: the owner did not let this sender in: `clawline-relay senders allow CHANNEL:SENDER` does",
    )
}

#[tokio::test]
async fn who_is_answered_is_as_the_owner_said() {
    let (hi, no) = (response("m", "said: hi"), stranger());
    for (rule, named, other) in [
        (Rule::Open, &hi, &hi),
        (Rule::Allowlist, &hi, &no),
        (Rule::Disabled, &no, &no),
    ] {
        let (rig, _chat) = guarded(rule, Rule::Disabled, Vec::new()).await;
        assert_eq!(&heard(&rig, "ann", None).await, named, "{rule:?}");
        assert_eq!(&heard(&rig, "bob", None).await, other, "{rule:?}");
        assert_eq!(heard(&rig, "ann", Some("dev-team")).await, no, "{rule:?}");
        let (rig, _chat) = guarded(Rule::Disabled, rule, Vec::new()).await;
        assert_eq!(
            &heard(&rig, "bob", Some("dev-team")).await,
            named,
            "{rule:?}"
        );
        assert_eq!(&heard(&rig, "bob", Some("others")).await, other, "{rule:?}");
    }
}

#[tokio::test]
async fn a_stranger_is_told_a_code_once_and_answered_when_the_owner_lets_him_in() {
    let (rig, _chat) = guarded(Rule::Pairing, Rule::Disabled, Vec::new()).await;
    let code = heard(&rig, "bob", None).await;
    let waits = rig.rooms.store.visitors().await.unwrap().remove(0);
    let words = code["content"].as_str().unwrap();
    assert!(words.contains(waits.code.as_deref().unwrap()), "{words}");
    assert_eq!(heard(&rig, "bob", None).await, stranger());
    let mine = rig.rooms.store.input(&letter::key("bob", "m")).await;
    assert!(mine.unwrap().is_none(), "nothing of a stranger is kept");
    let via = CHANNEL.into();
    let decide = |decision| rig.rooms.store.decide_visitor(&via, "bob", decision, 1);
    decide(Decision::Allowed).await.unwrap();
    assert_eq!(heard(&rig, "bob", None).await, response("m", "said: hi"));
    decide(Decision::Denied).await.unwrap();
    assert_eq!(heard(&rig, "bob", None).await, stranger());
}

#[tokio::test]
async fn the_owner_is_answered_always_and_nobody_who_only_says_so() {
    let tokens = vec![
        token("all", &["operator.admin", "senders"]),
        token("integration", &["senders"]),
    ];
    let (rig, _chat) = guarded(Rule::Allowlist, Rule::Disabled, tokens).await;
    for (token, answer) in [
        ("all", response("m", "said: hi")),
        ("integration", stranger()),
    ] {
        let mut client = visit(&rig, &format!("/ws?senderId=owner&token={token}")).await;
        client.send(&say("m", "hi").to_string()).await;
        assert_eq!(client.end().await, answer, "{token}");
    }
}
