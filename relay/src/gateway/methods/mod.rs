//! Requests after `hello-ok`.

mod agent;
mod chat;
mod devices;
mod history;
mod sessions;
mod system;

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Gateway;
use super::connections::Connection;
use super::frames::Failure;
use super::{incoming, schema};

/// Name, needed scope, and the published definition of the params where there is one.
type Method = (&'static str, Option<&'static str>, Option<&'static str>);

const READ: Option<&str> = Some("operator.read");
const WRITE: Option<&str> = Some("operator.write");
const PAIRING: Option<&str> = Some("operator.pairing");

/// All methods. The scopes are those of the published schema, where `agent` and
/// `sessions.create` depend on params that this gateway does not know.
const METHODS: &[Method] = &[
    ("agent", WRITE, Some("AgentParams")),
    ("agent.wait", WRITE, Some("AgentWaitParams")),
    ("agents.list", READ, Some("AgentsListParams")),
    ("chat.abort", WRITE, Some("ChatAbortParams")),
    ("chat.history", READ, Some("ChatHistoryParams")),
    ("chat.message.get", READ, Some("ChatMessageGetParams")),
    ("chat.send", WRITE, Some("ChatSendParams")),
    (
        "device.pair.approve",
        PAIRING,
        Some("DevicePairApproveParams"),
    ),
    ("device.pair.list", PAIRING, Some("DevicePairListParams")),
    (
        "device.pair.reject",
        PAIRING,
        Some("DevicePairRejectParams"),
    ),
    (
        "device.pair.remove",
        PAIRING,
        Some("DevicePairRemoveParams"),
    ),
    (
        "device.token.revoke",
        PAIRING,
        Some("DeviceTokenRevokeParams"),
    ),
    // Measured: health is answered to a connection without any scope.
    ("health", None, None),
    ("models.list", READ, Some("ModelsListParams")),
    ("send", WRITE, Some("SendParams")),
    ("sessions.create", WRITE, Some("SessionsCreateParams")),
    ("sessions.list", READ, Some("SessionsListParams")),
    (
        "sessions.messages.subscribe",
        READ,
        Some("SessionsMessagesSubscribeParams"),
    ),
    (
        "sessions.messages.unsubscribe",
        READ,
        Some("SessionsMessagesUnsubscribeParams"),
    ),
    ("sessions.subscribe", READ, None),
    ("status", READ, None),
    ("system-presence", READ, None),
];

/// `features.methods` of `hello-ok`.
pub(crate) fn names() -> Vec<&'static str> {
    METHODS.iter().map(|(name, _, _)| *name).collect()
}

/// One request.
pub(crate) struct Call {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) id: String,
    method: &'static str,
    params: Value,
}

/// What a method gives: the answer, or `None` when it answered already or will.
pub(crate) type Answer = Result<Option<Value>, Failure>;

impl Call {
    /// The params as a type. They were checked, so this fails only where the
    /// published schema says less than we need.
    pub(crate) fn params<P: DeserializeOwned>(&self) -> Result<P, Failure> {
        P::deserialize(&self.params)
            .map_err(|error| Failure::invalid(format!("invalid {} params: {error}", self.method)))
    }

    pub(crate) fn answer(&self, payload: &Value) {
        self.connection.answer(&self.id, payload);
    }

    /// Answers later, from a task; refused when too many requests wait.
    pub(crate) fn later(
        self,
        work: impl Future<Output = Result<Value, Failure>> + Send + 'static,
    ) -> Answer {
        let Ok(place) = Arc::clone(&self.connection.waiting).try_acquire_owned() else {
            return Err(Failure::unavailable(
                "too many requests of this connection wait for an answer",
                1_000,
            ));
        };
        let gateway = Arc::clone(&self.gateway);
        gateway.spawn(async move {
            match work.await {
                Ok(payload) => self.answer(&payload),
                Err(failure) => self.connection.refuse(&self.id, &failure),
            }
            drop(place);
        });
        Ok(None)
    }
}

/// Reads one frame of a connection and does what it asks.
pub(crate) async fn receive(gateway: &Arc<Gateway>, connection: &Arc<Connection>, text: &str) {
    // Measured: what is no JSON is passed over in silence.
    let Some(mut frame) = incoming::read(text) else {
        return;
    };
    let id = match frame.get("id").and_then(Value::as_str) {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => "invalid".to_owned(),
    };
    if let Err(wrong) = schema::check("RequestFrame", &frame) {
        let failure = Failure::invalid(format!("invalid request frame: {wrong}"));
        return connection.refuse(&id, &failure);
    }
    let name = frame["method"].as_str().unwrap_or_default().to_owned();
    let params = match frame["params"].take() {
        Value::Null => json!({}),
        params => params,
    };
    match call(gateway, connection, &id, &name, params).await {
        Ok(Some(payload)) => connection.answer(&id, &payload),
        Ok(None) => {}
        Err(failure) => connection.refuse(&id, &failure),
    }
}

async fn call(
    gateway: &Arc<Gateway>,
    connection: &Arc<Connection>,
    id: &str,
    name: &str,
    params: Value,
) -> Answer {
    if gateway.is_stopping() {
        let details = json!({ "method": name, "reason": "gateway-restarting" });
        return Err(Failure::unavailable("gateway is stopping", 1_000).with(details));
    }
    if name == "connect" {
        return Err(Failure::invalid(
            "connect is only valid as the first request",
        ));
    }
    let Some((method, scope, definition)) = METHODS.iter().find(|(known, _, _)| *known == name)
    else {
        // Measured: who may not administer is not told what there is.
        return Err(if connection.may("operator.admin") {
            Failure::invalid(format!("unknown method: {name}"))
        } else {
            Failure::missing_scope("operator.admin")
        });
    };
    if let Some(scope) = scope.filter(|scope| !connection.may(scope)) {
        return Err(Failure::missing_scope(scope));
    }
    if let Some(definition) = definition {
        schema::check(definition, &params)
            .map_err(|wrong| Failure::invalid(format!("invalid {name} params: {wrong}")))?;
    }
    let call = Call {
        gateway: Arc::clone(gateway),
        connection: Arc::clone(connection),
        id: id.to_owned(),
        method,
        params,
    };
    match *method {
        "agent" => agent::agent(call).await,
        "agent.wait" => agent::wait(call).await,
        "agents.list" => Ok(Some(system::agents())),
        "chat.abort" => chat::abort(call).await,
        "chat.history" => history::history(call).await,
        "chat.message.get" => history::message(call).await,
        "chat.send" => chat::send(call).await,
        "device.pair.approve" => devices::approve(call).await,
        "device.pair.list" => devices::list(call).await,
        "device.pair.reject" => devices::reject(call).await,
        "device.pair.remove" => devices::remove(call).await,
        "device.token.revoke" => devices::revoke(call).await,
        "health" => Ok(Some(gateway.health().await)),
        "models.list" => Ok(Some(system::models())),
        "send" => chat::deliver(call).await,
        "sessions.create" => sessions::create(call).await,
        "sessions.list" => sessions::list(call).await,
        "sessions.messages.subscribe" => sessions::subscribe_messages(call),
        "sessions.messages.unsubscribe" => sessions::unsubscribe_messages(call),
        "sessions.subscribe" => Ok(Some(sessions::subscribe(&call))),
        "status" => Ok(Some(system::status(&call).await)),
        "system-presence" => Ok(Some(gateway.presence())),
        other => Err(Failure::invalid(format!("unknown method: {other}"))),
    }
}
