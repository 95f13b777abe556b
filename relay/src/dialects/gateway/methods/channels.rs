//! `channels.status`, `channels.start`, `channels.logout` and `web.login.*` as
//! OpenClaw has them, and `clawline.channels.pair`: how a person links an
//! account. An answer is always `ok`; its fields tell what became of it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::{Answer, Call};
use crate::channels::whatsapp::{Link, LinkState, Mode, PairCode};
use crate::clock::now_ms;
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::linked::{Account, is_linked, name_of, owner, told};
use crate::dialects::gateway::{Gateway, qr_picture, schema};

/// How long `web.login.start` waits for a code, in milliseconds: by default,
/// and its bounds.
const START_MS: [u64; 3] = [30_000, 5_000, 180_000];
/// The same for `web.login.wait`.
const WAIT_MS: [u64; 3] = [120_000, 1_000, 180_000];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StatusParams {
    channel: Option<String>,
}

/// How all channels stand whose accounts a person links.
pub(super) fn status(call: &Call) -> Answer {
    let params: StatusParams = call.params()?;
    let wanted = params.channel.as_deref();
    let mut answer = json!({ "ts": now_ms(), "channelOrder": [], "channelMeta": [] });
    let parts = [
        "channelLabels",
        "channelDetailLabels",
        "channels",
        "channelAccounts",
        "channelDefaultAccountId",
    ];
    for part in parts {
        answer[part] = json!({});
    }
    for channel in call.gateway.linking_channels() {
        let name = name_of(&**channel);
        if wanted.is_some_and(|wanted| wanted != name && wanted != channel.name()) {
            continue;
        }
        let accounts = Gateway::accounts_of(channel);
        let Some(first) = accounts.first() else {
            continue;
        };
        let label = if name == "whatsapp" { "WhatsApp" } else { name };
        push(&mut answer["channelOrder"], [json!(name)]);
        let meta = json!({ "id": name, "label": label, "detailLabel": label });
        push(&mut answer["channelMeta"], [meta]);
        answer["channelLabels"][name] = json!(label);
        answer["channelDetailLabels"][name] = json!(label);
        answer["channelDefaultAccountId"][name] = json!(first.id);
        answer["channels"][name] = summary(&first.now());
        answer["channelAccounts"][name] = accounts.iter().map(row).collect();
    }
    Ok(Some(answer))
}

fn push(list: &mut Value, items: impl IntoIterator<Item = Value>) {
    if let Value::Array(list) = list {
        list.extend(items);
    }
}

fn summary(link: &Link) -> Value {
    let is_linked = is_linked(link);
    let mut summary = standing(link);
    summary.insert(
        "statusState".into(),
        json!(if is_linked { "linked" } else { "not-linked" }),
    );
    summary.insert("self".into(), owner(link));
    Value::Object(summary)
}

fn row(account: &Account) -> Value {
    let link = account.now();
    let mut row = standing(&link);
    row.insert("accountId".into(), json!(account.id));
    row.insert("enabled".into(), json!(true));
    if let Some(name) = link.me.as_ref().and_then(|me| me.name.as_deref()) {
        row.insert("name".into(), json!(name));
    }
    // What OpenClaw does not say.
    row.insert("link".into(), told(&link));
    Value::Object(row)
}

fn standing(link: &Link) -> Map<String, Value> {
    let (health, lifecycle) = match link.state {
        LinkState::Open => ("healthy", "ready"),
        LinkState::Conflict => ("conflict", "stopped"),
        LinkState::Waiting { .. } | LinkState::Connecting => ("reconnecting", "starting"),
        LinkState::Installing { .. }
        | LinkState::Starting
        | LinkState::Pairing
        | LinkState::Linking => ("starting", "starting"),
        LinkState::Forbidden | LinkState::TooOld | LinkState::NoNode | LinkState::Failed => {
            ("degraded", "stopped")
        }
        LinkState::Off | LinkState::NotLinked | LinkState::Expired | LinkState::LoggedOut => {
            ("stopped", "stopped")
        }
    };
    let error = link.last_error.as_ref().or(link.reason.as_ref());
    let standing = json!({
        "configured": true,
        "linked": is_linked(link),
        "running": !link.state.is_at_rest(),
        "connected": link.state == LinkState::Open,
        "reconnectAttempts": link.attempts,
        "lastError": error,
        "healthState": health,
        "lifecycle": lifecycle,
        "busy": false,
    });
    match standing {
        Value::Object(standing) => standing,
        _ => Map::new(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccountParams {
    channel: String,
    account_id: Option<String>,
}

/// Connects an account that rests, as it is linked.
pub(super) fn start(call: &Call) -> Answer {
    let params: AccountParams = call.params()?;
    let account = call
        .gateway
        .account(Some(&params.channel), params.account_id.as_deref())?;
    account.linking()?.begin(&account.id, Mode::Resume)?;
    Ok(Some(
        json!({ "channel": params.channel, "accountId": account.id, "started": true }),
    ))
}

/// Takes the link of an account back.
pub(super) fn logout(call: Call) -> Answer {
    let params: AccountParams = call.params()?;
    let account = call
        .gateway
        .account(Some(&params.channel), params.account_id.as_deref())?;
    call.later(async move {
        let unlinked = account.linking()?.unlink(&account.id).await?;
        Ok(json!({
            "channel": params.channel,
            "accountId": account.id,
            "cleared": true,
            "loggedOut": true,
            // If not, the phone still shows the device.
            "toldWhatsapp": unlinked.told_whatsapp,
        }))
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginParams {
    channel: Option<String>,
    account_id: Option<String>,
    timeout_ms: Option<u64>,
    force: Option<bool>,
    current_qr_data_url: Option<String>,
}

impl LoginParams {
    /// Checks what a request says: the channel, which the published definition
    /// does not have yet, and the rest against it.
    fn read(call: &mut Call, definition: &str) -> Result<Self, Failure> {
        let channel = call
            .params
            .as_object_mut()
            .and_then(|params| params.remove("channel"));
        schema::check(definition, &call.params).map_err(|wrong| {
            Failure::invalid(format!("invalid {} params: {wrong}", call.method))
        })?;
        if let Some(channel) = channel {
            call.params["channel"] = channel;
        }
        call.params()
    }

    fn account(&self, call: &Call) -> Result<Account, Failure> {
        call.gateway
            .account(self.channel.as_deref(), self.account_id.as_deref())
    }

    fn deadline(&self, [usual, least, most]: [u64; 3]) -> Instant {
        let patience = self.timeout_ms.unwrap_or(usual).clamp(least, most);
        Instant::now() + Duration::from_millis(patience)
    }
}

/// Begins a login by a code to scan, or gives the one that is there.
pub(super) fn login_start(mut call: Call) -> Answer {
    let params = LoginParams::read(&mut call, "WebLoginStartParams")?;
    let mut account = params.account(&call)?;
    let deadline = params.deadline(START_MS);
    call.later(async move {
        let link = account.now();
        if is_linked(&link) {
            if params.force != Some(true) {
                return Ok(json!({ "message": already(&link) }));
            }
            account.linking()?.unlink(&account.id).await?;
        } else if let Some(code) = picture(&link) {
            return Ok(shown(
                code,
                "QR already active. Scan it in WhatsApp, under Linked devices.",
            ));
        }
        begin(&mut account, Mode::Qr)?;
        let outcome = until(&mut account, deadline, |link| match picture(link) {
            Some(code) => Some(shown(
                code,
                "Scan this QR in WhatsApp, under Linked devices.",
            )),
            None => ended(link),
        });
        let late = "The QR code is not there yet. It is still being made; wait for it.";
        Ok(outcome.await.unwrap_or_else(|| json!({ "message": late })))
    })
}

/// Waits for what becomes of a login.
pub(super) fn login_wait(mut call: Call) -> Answer {
    let params = LoginParams::read(&mut call, "WebLoginWaitParams")?;
    let mut account = params.account(&call)?;
    let deadline = params.deadline(WAIT_MS);
    // How it stands already counts.
    account.link.mark_changed();
    call.later(async move {
        // Who names none is told of one that comes.
        let before = picture(&account.now()).map(|(picture, _)| picture);
        let current = params.current_qr_data_url.or(before);
        let outcome = until(&mut account, deadline, |link| match picture(link) {
            Some(code) if Some(&code.0) != current.as_ref() => {
                let mut answer = shown(code, "QR refreshed. Scan the new one.");
                answer["connected"] = json!(false);
                Some(answer)
            }
            Some(_) => None,
            None => ended(link),
        });
        let mut answer = outcome
            .await
            .unwrap_or_else(|| json!({ "message": "Still waiting for the phone." }));
        if answer["connected"].is_null() {
            answer["connected"] = json!(false);
        }
        Ok(answer)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PairParams {
    channel: String,
    account_id: Option<String>,
    phone: String,
    timeout_ms: Option<u64>,
}

/// Begins a login by a code that is typed on the phone. A repeat begins anew.
pub(super) fn pair(call: Call) -> Answer {
    let params: PairParams = call.params()?;
    let mut account = call
        .gateway
        .account(Some(&params.channel), params.account_id.as_deref())?;
    let [usual, least, most] = START_MS;
    let patience = params.timeout_ms.unwrap_or(usual).clamp(least, most);
    let deadline = Instant::now() + Duration::from_millis(patience);
    call.later(async move {
        let link = account.now();
        if is_linked(&link) {
            return Ok(json!({ "message": already(&link) }));
        }
        let digits = params.phone.trim().trim_start_matches('+');
        let phone = format!("+{digits}");
        begin(&mut account, Mode::Code { phone })?;
        let is_its = |code: &&PairCode| code.phone.trim_start_matches('+') == digits;
        let outcome = until(&mut account, deadline, |link| match &link.code {
            Some(code) => is_its(&code).then(|| json!({ "code": code.code })),
            None => ended(link),
        });
        let late = "The code is not there yet. Ask for it again in a moment.";
        Ok(outcome.await.unwrap_or_else(|| json!({ "message": late })))
    })
}

/// Begins, so that only what comes after it counts.
fn begin(account: &mut Account, mode: Mode) -> Result<(), Failure> {
    account.link.mark_unchanged();
    account.linking()?.begin(&account.id, mode)?;
    Ok(())
}

/// The first thing to say of what an account becomes; `None` when there is
/// nothing to say in time.
async fn until(
    account: &mut Account,
    deadline: Instant,
    judge: impl Fn(&Link) -> Option<Value>,
) -> Option<Value> {
    while let Ok(Ok(())) = timeout_at(deadline, account.link.changed()).await {
        if let Some(answer) = judge(&account.link.borrow_and_update()) {
            return Some(answer);
        }
    }
    None
}

/// The code to scan, as a picture, and how long it is good, in milliseconds.
fn picture(link: &Link) -> Option<(String, i64)> {
    let code = link.qr.as_ref()?;
    let left = code.expires_at_ms.saturating_sub(now_ms()).max(0);
    Some((qr_picture::data_url(&code.data)?, left))
}

fn shown((picture, left): (String, i64), message: &str) -> Value {
    json!({ "qrDataUrl": picture, "message": message, "expiresInMs": left })
}

fn already(link: &Link) -> String {
    let number = link.me.as_ref().and_then(|me| me.phone.as_deref());
    let number = number
        .map(|number| format!(" ({number})"))
        .unwrap_or_default();
    format!("WhatsApp is already linked{number}. Unlink it first, or ask with force.")
}

/// The end of a login, when it is one.
fn ended(link: &Link) -> Option<Value> {
    if link.state == LinkState::Open {
        return Some(json!({ "connected": true, "message": "Linked. WhatsApp is ready." }));
    }
    if !link.state.is_at_rest() {
        return None;
    }
    let parts = [link.reason.as_deref(), link.next_step.as_deref()];
    let words: Vec<&str> = parts.into_iter().flatten().collect();
    let message = match words.is_empty() {
        true => "No active WhatsApp login in progress.".to_owned(),
        false => words.join(" "),
    };
    Some(json!({ "message": message }))
}
