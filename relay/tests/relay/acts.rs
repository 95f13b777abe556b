//! Reactions, other words and taking back, over HTTP and on the command line.

use std::sync::{Arc, Mutex};

use clawline_relay::channels::{
    AccountStatus, Act, Channel, ChannelError, ChannelState, NewChannel, Outbound, Receipt,
};
use clawline_relay::config::Setup;
use clawline_relay::dialects::gateway::GatewaySettings;
use clawline_relay::serve::Server;
use futures_util::future::{BoxFuture, ready};
use reqwest::Method;
use serde_json::{Value, json};

use crate::channel_command::call;
use crate::common::{Relay, config};
use crate::http::{Answer, ask, get};

/// Takes reactions and deletions, and writes down what it is sent.
#[derive(Debug, Default)]
struct Wall {
    taken: Mutex<Vec<(String, Outbound)>>,
}

impl Channel for Wall {
    fn name(&self) -> &'static str {
        "wall"
    }

    fn can(&self, act: Act) -> bool {
        act != Act::Edit
    }

    fn send<'a>(
        &'a self,
        target: &'a str,
        message: &'a Outbound,
    ) -> BoxFuture<'a, Result<Receipt, ChannelError>> {
        let mut taken = self.taken.lock().unwrap();
        let is_known = taken.iter().any(|(_, known)| known.key == message.key);
        let receipt = Receipt::sent("id-1".to_owned());
        Box::pin(ready(Ok(if is_known {
            receipt.again()
        } else {
            taken.push((target.to_owned(), message.clone()));
            receipt
        })))
    }

    fn accounts(&self) -> Vec<AccountStatus> {
        vec![AccountStatus::of_relay(ChannelState::Connected, 0)]
    }
}

/// Asks for something to be done; with a key, once.
async fn asked(relay: &Relay, act: &str, key: Option<&str>, body: &Value) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    let path = format!("/v1/channels/{act}");
    let body = body.to_string();
    ask(relay.address(), Method::POST, &path, &headers, &body).await
}

async fn relay(wall: &Arc<Wall>) -> Relay {
    let folder = tempfile::tempdir().unwrap();
    let wall = Arc::clone(wall);
    let setup = Setup {
        channels: vec![NewChannel::new(move |_| Arc::clone(&wall) as _)],
        ..config(folder.path(), GatewaySettings::default())
    };
    let server = Server::start(setup).await.unwrap();
    Relay { server, folder }
}

impl Wall {
    /// What was done last: to whom, what, to which message, and the words.
    fn last(&self) -> (String, &'static str, String, String) {
        let taken = self.taken.lock().unwrap();
        let (target, message) = taken.last().unwrap();
        let (act, id) = message.act().unwrap();
        let (target, words) = (target.clone(), message.text.clone());
        (target, act.as_str(), id.to_owned(), words)
    }
}

fn done(
    target: &str,
    act: &'static str,
    id: &str,
    words: &str,
) -> (String, &'static str, String, String) {
    (target.to_owned(), act, id.to_owned(), words.to_owned())
}

#[tokio::test]
async fn what_is_done_to_a_message_goes_to_its_channel_once_for_each_key() {
    let wall = Arc::new(Wall::default());
    let relay = relay(&wall).await;
    let react = json!({
        "channel": "wall", "conversation_id": "ann", "message_id": "m1", "emoji": "👍",
    });
    for is_repeat in [false, true] {
        let answer = asked(&relay, "react", Some("k1"), &react).await;
        let wanted = json!({
            "status": "sent", "channel": "wall", "message_id": "id-1", "repeated": is_repeat,
        });
        assert_eq!((answer.status, answer.json()), (200, wanted));
    }
    assert_eq!(wall.last(), done("ann", "react", "m1", "👍"));
    let delete = json!({ "channel": "wall:ann", "message_id": "m2", "emoji": "x" });
    let answer = asked(&relay, "delete", None, &delete).await;
    assert_eq!(answer.status, 200);
    assert_eq!(wall.last(), done("ann", "delete", "m2", ""));
    assert_eq!(wall.taken.lock().unwrap().len(), 2);

    let described = get(relay.address(), "/v1/openapi.json").await.json();
    for path in ["react", "edit", "delete"] {
        let path = &described["paths"][format!("/v1/channels/{path}")]["post"];
        assert!(path["requestBody"].is_object(), "{path}");
    }
}

#[tokio::test]
async fn a_channel_that_cannot_says_so_with_a_code_and_sends_nothing() {
    let wall = Arc::new(Wall::default());
    let relay = relay(&wall).await;
    for (path, channel) in [
        ("edit", "wall:ann"),
        ("react", "webchat:agent:main:main"),
        ("edit", "webchat:agent:main:main"),
        ("delete", "webchat:agent:main:main"),
    ] {
        let body = json!({
            "channel": channel, "message_id": "m1", "content": "x", "emoji": "x",
        });
        let answer = asked(&relay, path, None, &body).await;
        let problem = answer.json();
        assert_eq!(
            (answer.status, &problem["code"]),
            (422, &json!("unsupported"))
        );
        let name = channel.split(':').next().unwrap();
        let words = format!("the channel {name} has no way to {path} a message");
        assert_eq!(problem["detail"], words.as_str());
    }
    for (body, detail) in [
        (json!({}), "'channel' and 'message_id' are required"),
        (
            json!({ "channel": "wall:ann", "message_id": " " }),
            "'channel' and 'message_id' are required",
        ),
        (
            json!({ "channel": "wall:ann", "message_id": 1 }),
            "'message_id' must be a string",
        ),
        (
            json!({ "channel": "wall:ann", "message_id": "m", "emoji": [] }),
            "'emoji' must be a string",
        ),
        (json!([]), "The body must be a JSON object"),
    ] {
        let answer = asked(&relay, "react", None, &body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["detail"], detail, "{body}");
    }
    assert!(wall.taken.lock().unwrap().is_empty());
    let rows: Value = relay.connect().await.history("main").await;
    assert_eq!(rows["messages"], json!([]));
}

#[tokio::test]
async fn the_command_line_has_words_for_them() {
    let wall = Arc::new(Wall::default());
    let relay = relay(&wall).await;
    let at = format!("http://{}", relay.address());
    let said = call(&at, &["react", "wall:ann", "m1", "👍"]).await;
    assert_eq!(
        (said.code, &*said.out),
        (0, "It is on its way to wall:ann\n")
    );
    assert_eq!(wall.last(), done("ann", "react", "m1", "👍"));
    assert_eq!(call(&at, &["react", "wall:ann", "m1"]).await.code, 0);
    assert_eq!(wall.last(), done("ann", "react", "m1", ""));
    for is_repeat in [false, true] {
        let arguments = ["delete", "wall:ann", "m2", "--key", "k1", "--json"];
        let said = call(&at, &arguments).await;
        assert_eq!(said.json()["repeated"], is_repeat);
    }
    let said = call(&at, &["edit", "wall:ann", "m1", "other words"]).await;
    assert_eq!((said.code, &*said.out), (1, ""));
    assert!(
        said.err
            .contains("the channel wall has no way to edit a message"),
        "{}",
        said.err
    );
}
