//! Requests after `hello-ok`.

mod agent;
mod arrange;
mod artifacts;
mod channels;
mod chat;
mod devices;
mod history;
mod sessions;
mod system;

use std::borrow::Cow;
use std::sync::Arc;

use clawline_core::wire::extensions::CHANNELS_PAIR;
use clawline_core::wire::text::{self, Unreadable};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Gateway;
use super::connections::Connection;
use super::frames::Failure;
use super::{limits, schema};

/// What a request must hold.
#[derive(Clone, Copy)]
enum Needs {
    Nothing,
    Scope(&'static str),
    /// It depends on the params.
    By(fn(&Value) -> &'static str),
}

/// Name, needed scope, and the published definition of the params where there is one.
type Method = (&'static str, Needs, Option<&'static str>);

const READ: Needs = Needs::Scope("operator.read");
const WRITE: Needs = Needs::Scope("operator.write");
const PAIRING: Needs = Needs::Scope("operator.pairing");
const ADMIN: Needs = Needs::Scope("operator.admin");

/// All methods. The scopes are those of the published schema, where `agent` and
/// `sessions.create` depend on params that this gateway does not know.
const METHODS: &[Method] = &[
    ("agent", WRITE, Some("AgentParams")),
    ("agent.wait", WRITE, Some("AgentWaitParams")),
    ("agents.list", READ, Some("AgentsListParams")),
    ("artifacts.download", READ, Some("ArtifactsDownloadParams")),
    ("artifacts.get", READ, Some("ArtifactsGetParams")),
    ("channels.logout", ADMIN, Some("ChannelsLogoutParams")),
    ("channels.start", ADMIN, Some("ChannelsStartParams")),
    ("channels.status", READ, Some("ChannelsStatusParams")),
    ("chat.abort", WRITE, Some("ChatAbortParams")),
    ("chat.history", READ, Some("ChatHistoryParams")),
    ("chat.message.get", READ, Some("ChatMessageGetParams")),
    ("chat.send", WRITE, Some("ChatSendParams")),
    (CHANNELS_PAIR, ADMIN, None),
    ("commands.list", READ, Some("CommandsListParams")),
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
    ("health", Needs::Nothing, None),
    ("models.list", READ, Some("ModelsListParams")),
    ("send", WRITE, Some("SendParams")),
    ("sessions.create", WRITE, Some("SessionsCreateParams")),
    (
        "sessions.delete",
        Needs::By(arrange::scope_of_delete),
        Some("SessionsDeleteParams"),
    ),
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
    (
        "sessions.patch",
        Needs::By(arrange::scope_of_patch),
        Some("SessionsPatchParams"),
    ),
    ("sessions.reset", ADMIN, Some("SessionsResetParams")),
    ("sessions.subscribe", READ, None),
    ("status", READ, None),
    ("system-presence", READ, None),
    // Checked where they are done: the published definitions lack `channel`.
    ("web.login.start", ADMIN, None),
    ("web.login.wait", ADMIN, None),
];

/// `features.methods` of `hello-ok`.
pub(crate) fn names() -> Vec<&'static str> {
    METHODS.iter().map(|(name, _, _)| *name).collect()
}

/// A field that may be `null`. Outer `None`: it is not there.
fn present<'de, D, T>(field: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(field).map(Some)
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
        let tasks = gateway.tasks.clone();
        tasks.spawn(async move {
            let answer = work.await;
            gateway.caught_up().await;
            match answer {
                Ok(payload) => self.answer(&payload),
                Err(failure) => self.connection.refuse(&self.id, &failure),
            }
            drop(place);
        });
        Ok(None)
    }
}

/// The id of a request that is not read, so that its sender hears of it.
fn id_of(frame: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Head<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
    }
    let head: Head<'_> = serde_json::from_str(frame).ok()?;
    Some(head.id.into_owned())
}

/// The id to answer to. One that is as long as a letter is not kept for later.
fn known_id(id: Option<&str>) -> String {
    let id = id.filter(|id| !id.is_empty() && id.len() <= limits::MAX_ID);
    id.unwrap_or("invalid").to_owned()
}

/// Reads one frame of a connection and does what it asks.
pub(crate) async fn receive(gateway: &Arc<Gateway>, connection: &Arc<Connection>, text: &str) {
    // Measured: what is no JSON is passed over in silence.
    let mut frame = match text::read(text, limits::MAX_VALUES) {
        Ok(frame) => frame,
        Err(Unreadable::NoJson) => return,
        Err(Unreadable::TooMuch) => {
            let id = known_id(id_of(text).as_deref());
            let words = format!(
                "invalid request frame: more than {} values, or too deep",
                limits::MAX_VALUES
            );
            return connection.refuse(&id, &Failure::invalid(words));
        }
    };
    let id = known_id(frame.get("id").and_then(Value::as_str));
    if let Err(wrong) = schema::check("RequestFrame", &frame) {
        let failure = Failure::invalid(format!("invalid request frame: {wrong}"));
        return connection.refuse(&id, &failure);
    }
    let name = frame["method"].as_str().unwrap_or_default().to_owned();
    let params = match frame["params"].take() {
        Value::Null => json!({}),
        params => params,
    };
    let answer = call(gateway, connection, &id, &name, params).await;
    gateway.caught_up().await;
    match answer {
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
    if gateway.tasks.is_stopping() {
        let details = json!({ "method": name, "reason": "gateway-restarting" });
        return Err(Failure::unavailable("gateway is stopping", 1_000).with(details));
    }
    if name == "connect" {
        return Err(Failure::invalid(
            "connect is only valid as the first request",
        ));
    }
    let Some((method, needs, definition)) = METHODS.iter().find(|(known, _, _)| *known == name)
    else {
        // Measured: who may not administer is not told what there is.
        return Err(if connection.may("operator.admin") {
            Failure::invalid(format!("unknown method: {name}"))
        } else {
            Failure::missing_scope("operator.admin")
        });
    };
    let scope = match needs {
        Needs::Nothing => None,
        Needs::Scope(scope) => Some(*scope),
        Needs::By(look) => Some(look(&params)),
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
        "agents.list" => Ok(Some(system::agents(&*gateway.agent()))),
        "artifacts.download" => artifacts::download(call).await,
        "artifacts.get" => artifacts::get(call).await,
        "channels.logout" => channels::logout(call),
        "channels.start" => channels::start(&call),
        "channels.status" => channels::status(&call),
        "chat.abort" => chat::abort(call).await,
        "chat.history" => history::history(call).await,
        "chat.message.get" => history::message(call).await,
        "chat.send" => chat::send(call).await,
        CHANNELS_PAIR => channels::pair(call),
        "commands.list" => arrange::commands(&call),
        "device.pair.approve" => devices::approve(call).await,
        "device.pair.list" => devices::list(call).await,
        "device.pair.reject" => devices::reject(call).await,
        "device.pair.remove" => devices::remove(call).await,
        "device.token.revoke" => devices::revoke(call).await,
        "health" => Ok(Some(gateway.health().await)),
        "models.list" => Ok(Some(system::models(&*gateway.agent()))),
        "send" => chat::deliver(call).await,
        "sessions.create" => sessions::create(call).await,
        "sessions.delete" => arrange::delete(call).await,
        "sessions.list" => sessions::list(call).await,
        "sessions.messages.subscribe" => sessions::subscribe_messages(call),
        "sessions.messages.unsubscribe" => sessions::unsubscribe_messages(call),
        "sessions.patch" => arrange::patch(call).await,
        "sessions.reset" => arrange::reset(call).await,
        "sessions.subscribe" => Ok(Some(sessions::subscribe(&call))),
        "status" => Ok(Some(system::status(&call).await)),
        "system-presence" => Ok(Some(gateway.presence())),
        "web.login.start" => channels::login_start(call),
        "web.login.wait" => channels::login_wait(call),
        other => Err(Failure::invalid(format!("unknown method: {other}"))),
    }
}
