//! The gateway elsewhere: its agents answer here, and its sessions are a channel.
//! Its side is a relay, too.

use std::net::SocketAddr;
use std::path::Path;

use clawline_relay::agents::{AgentSettings, BadAgents};
use clawline_relay::bus::{ChannelMessage, Event, Subscription};
use clawline_relay::channels::{Address, ChannelError, ChannelState, Outbound};
use clawline_relay::config::{ServeError, Setup};
use clawline_relay::ids;
use clawline_relay::serve::Server;
use tempfile::TempDir;

use crate::common::{Client, Device, Relay, Wish, config, patiently, rows, with_token};
use crate::upstream::line::Line;

const MAIN: &str = "agent:main:main";
/// The session at the gateway that belongs to `MAIN` here.
const MAIN_THERE: &str = "agent:main:clawline:main";

/// A relay over a gateway at this address, one of whose agents, or of ours,
/// answers.
pub(crate) fn setup(folder: &Path, gateway: &str, agent: &str) -> Setup {
    Setup {
        agents: AgentSettings {
            everywhere: Some(agent.to_owned()),
            ..AgentSettings::default()
        },
        openclaw: Some(crate::upstream::config(gateway, &folder.join("openclaw"))),
        ..config(folder, with_token())
    }
}

/// A relay whose agent is one of the gateway at this address.
async fn answered_by(agent: &str, gateway: SocketAddr) -> (Server, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(setup(folder.path(), &format!("ws://{gateway}"), agent)).await;
    (server.unwrap(), folder)
}

async fn client_of(server: &Server) -> Client {
    Client::connect(server.address(), &Device::new(1), &Wish::default()).await
}

async fn rows_there(gateway: &Relay, session: &str) -> Vec<(String, String)> {
    rows(&gateway.connect().await.history(session).await)
}

/// The states of the channel as they are told from now on.
async fn states(events: &mut Subscription, until: ChannelState) -> Vec<ChannelState> {
    patiently(async {
        let mut states = Vec::new();
        while states.last() != Some(&until) {
            if let Ok(Event::ChannelStatus { account, .. }) = events.next().await {
                states.push(account.state);
                states.dedup();
            }
        }
        states
    })
    .await
}

async fn received(events: &mut Subscription, content: &str) -> ChannelMessage {
    patiently(async {
        loop {
            if let Ok(Event::ChannelReceived(message)) = events.next().await
                && message.channel == "openclaw"
                && message.content.contains(content)
            {
                return (*message).clone();
            }
        }
    })
    .await
}

fn outbound(key: &str, text: &str) -> Outbound {
    Outbound {
        key: key.to_owned(),
        account: None,
        text: text.to_owned(),
        attachments: Vec::new(),
        metadata: Vec::new(),
        reply_to: None,
    }
}

#[tokio::test]
async fn the_gateways_agent_answers_piece_by_piece_and_is_stopped_with_the_run() {
    let gateway = Relay::start(with_token()).await;
    let (server, _folder) = answered_by("simple", gateway.address()).await;
    let mut client = client_of(&server).await;
    let key = ids::uuid();
    client.say(MAIN, "count [chunks:6:100]", &key).await;
    assert_eq!(client.terminal(&key).await["state"], "final");
    let deltas = client.chat_events(&key);
    assert!(deltas.len() > 2, "it was told in pieces: {deltas:?}");
    let said = rows(&client.history(MAIN).await);
    assert_eq!(
        said[1],
        ("assistant".to_owned(), "w1 w2 w3 w4 w5 w6".to_owned())
    );

    let key = ids::uuid();
    client.say(MAIN, "wait [hang]", &key).await;
    client
        .event(|e| e["payload"]["runId"] == *key && e["payload"]["state"] == "delta")
        .await;
    let stop = serde_json::json!({ "sessionKey": MAIN, "runId": key });
    client.request("chat.abort", stop).await;
    assert_eq!(client.terminal(&key).await["state"], "aborted");
    // There, too: its session is free for the next.
    let key = ids::uuid();
    client.say(MAIN, "and now [error]", &key).await;
    assert_eq!(client.terminal(&key).await["state"], "error");
    let why = rows(&client.history(MAIN).await).pop().unwrap().1;
    assert!(why.contains("the gateway's agent failed"), "{why}");
    server.stop().await;
}

#[tokio::test]
async fn a_question_is_answered_once_although_both_sides_are_killed_in_the_middle() {
    let gateway = Relay::start(with_token()).await;
    let line = Line::to(Some(gateway.address())).await;
    let (server, folder) = answered_by("simple", line.address).await;
    let mut client = client_of(&server).await;
    let key = ids::uuid();
    client.say(MAIN, "count [chunks:30:30]", &key).await;
    let begun = |e: &serde_json::Value| e["payload"]["state"] == "delta";
    client.event(begun).await;
    line.lead_to(None);
    let gateway = gateway.crash_and_start(with_token()).await;
    server.crash().await;
    line.lead_to(Some(gateway.address()));
    let again = setup(folder.path(), &format!("ws://{}", line.address), "simple");
    let server = Server::start(again).await.unwrap();
    let mut client = client_of(&server).await;
    let waited = serde_json::json!({ "runId": key });
    assert_eq!(client.request("agent.wait", waited).await["status"], "ok");
    for said in [
        rows(&client.history(MAIN).await),
        rows_there(&gateway, MAIN_THERE).await,
    ] {
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[1].1.ends_with("w29 w30"), "{said:?}");
        assert!(!said[1].1.contains("w1 w2 w3 w1"), "{said:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn each_session_has_its_own_at_the_gateway() {
    let gateway = Relay::start(with_token()).await;
    let (server, _folder) = answered_by("main", gateway.address()).await;
    let mut client = client_of(&server).await;
    for name in ["chat:direct:anna", "chat:direct:%41nna", "chat:group:anna"] {
        let key = ids::uuid();
        let session = format!("agent:main:{name}");
        client.say(&session, name, &key).await;
        client.terminal(&key).await;
        let there = rows_there(&gateway, &format!("agent:main:clawline:{name}")).await;
        assert_eq!(there.len(), 2, "{there:?}");
        assert_eq!(there[0].1, name);
    }
    server.stop().await;
}

#[tokio::test]
async fn an_agent_that_the_gateway_does_not_have_fails_at_the_start_or_says_so() {
    let gateway = Relay::start(with_token()).await;
    let folder = tempfile::tempdir().unwrap();
    let refused = Server::start(setup(
        folder.path(),
        &format!("ws://{}", gateway.address()),
        "wrok",
    ))
    .await;
    let Err(ServeError::Agents(BadAgents::Unknown { agent, .. })) = refused else {
        panic!("{refused:?}");
    };
    let words = agent.to_string();
    for part in ["\"wrok\"", "simple", "main", "echo"] {
        assert!(words.contains(part), "{words}");
    }

    // The gateway is away, and comes later.
    let line = Line::to(None).await;
    let (server, _folder) = answered_by("wrok", line.address).await;
    let mut events = server.bus().subscribe();
    line.lead_to(Some(gateway.address()));
    let told = patiently(async {
        loop {
            if let Ok(Event::ChannelStatus { account, .. }) = events.next().await
                && account
                    .last_error
                    .as_ref()
                    .is_some_and(|words| words.contains("wrok"))
            {
                return account.state;
            }
        }
    })
    .await;
    assert_eq!(told, ChannelState::Error);
    let mut client = client_of(&server).await;
    let key = ids::uuid();
    client.say(MAIN, "hello", &key).await;
    assert_eq!(client.terminal(&key).await["state"], "error");
    let why = rows(&client.history(MAIN).await).pop().unwrap().1;
    assert!(why.contains("\"wrok\""), "{why}");
    server.stop().await;
}

#[tokio::test]
async fn the_channel_says_how_it_stands_and_is_never_connected_before_it_is() {
    use ChannelState::{Connected, Connecting, Disconnected, Error};
    let gateway = Relay::start(with_token()).await;
    let line = Line::to(None).await;
    let (server, _folder) = answered_by("echo", line.address).await;
    let channel = std::sync::Arc::clone(server.channels().get("openclaw").unwrap());
    channel.disconnect().await;
    let account = channel.accounts().remove(0);
    assert_eq!(account.state, Disconnected);
    assert!(account.enabled && account.configured && !account.running);
    assert!(account.last_start_at.is_some() && account.last_stop_at.is_some());

    let mut events = server.bus().subscribe();
    channel.connect().await.unwrap();
    assert_eq!(states(&mut events, Error).await, [Connecting, Error]);
    let account = channel.accounts().remove(0);
    assert!(account.last_error.is_some(), "{account:?}");
    line.lead_to(Some(gateway.address()));
    assert_eq!(
        states(&mut events, Connected).await.last(),
        Some(&Connected)
    );
    assert_eq!(channel.state(), Connected);
    line.lead_to(None);
    assert_eq!(states(&mut events, Error).await.last(), Some(&Error));
    channel.disconnect().await;
    assert_eq!(
        states(&mut events, Disconnected).await.last(),
        Some(&Disconnected)
    );
    server.stop().await;

    let relay = Relay::start(with_token()).await;
    let channel = relay.server.channels().get("openclaw").unwrap();
    assert_eq!(channel.state(), ChannelState::NotConfigured);
    let refused = channel.send("main", &outbound("k", "hi")).await;
    assert!(
        matches!(
            refused,
            Err(ChannelError::NotConnected(ChannelState::NotConfigured))
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_is_sent_to_a_session_arrives_once_and_what_is_said_there_is_heard() {
    let gateway = Relay::start(with_token()).await;
    let line = Line::to(None).await;
    let (server, _folder) = answered_by("echo", line.address).await;
    let mut events = server.bus().subscribe();
    let address = Address {
        channel: Some("openclaw".to_owned()),
        target: "agent:main:notes".to_owned(),
    };
    let message = outbound("note-1", "remember the milk");
    let channels = server.channels();
    let first = channels.send(&address, &message).await.unwrap();
    assert!(!first.was_known);
    // It waits here, and is known.
    line.lead_to(Some(gateway.address()));
    let answer = received(&mut events, "remember the milk").await;
    assert_eq!(answer.conversation_id, "agent:main:notes");
    assert_eq!(answer.sender, "main", "its own words do not come back");
    let again = channels.send(&address, &message).await.unwrap();
    assert!(again.was_known);
    assert_eq!(again.message_id, first.message_id);
    let other = channels.send(&address, &outbound("note-1", "other")).await;
    assert!(matches!(other, Err(ChannelError::Conflict)), "{other:?}");
    let there = rows_there(&gateway, "agent:main:notes").await;
    assert_eq!(there.len(), 2, "{there:?}");

    // Somebody else writes there.
    let mut somebody = gateway.connect().await;
    somebody
        .say("agent:main:notes", "and the bread", &ids::uuid())
        .await;
    let heard = received(&mut events, "and the bread").await;
    assert_eq!(heard.content, "and the bread");
    server.stop().await;
}
