//! `chat.history` and `chat.message.get`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Answer, Call};
use crate::dialects::gateway::frames::Failure;
use crate::dialects::gateway::projection::live;
use crate::dialects::gateway::rows::{self, DISPLAY_CHARACTERS};
use crate::dialects::gateway::sessions::{canonical, defaults, session_row};
use crate::ids;
use crate::store::Session;

const ROWS_BY_DEFAULT: i64 = 200;
/// Stored JSON that goes into one answer: well below the largest frame.
const MAX_BYTES: usize = 8 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HistoryParams {
    session_key: String,
    agent_id: Option<String>,
    cursor: Option<String>,
    limit: Option<i64>,
    offset: Option<i64>,
    message_id: Option<String>,
    max_chars: Option<usize>,
}

/// What a `deltaCursor` means: everything after this row was not seen yet.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cursor {
    version: u8,
    session_id: String,
    last_seq: i64,
}

impl Cursor {
    fn text(session: &Session, last_seq: i64) -> String {
        let cursor = json!({ "version": 1, "sessionId": session.session_id, "lastSeq": last_seq });
        ids::base64url(cursor.to_string().as_bytes())
    }

    fn read(text: &str, session: &Session) -> Option<Self> {
        let cursor: Self = serde_json::from_slice(&ids::from_base64url(text)?).ok()?;
        (cursor.version == 1 && cursor.session_id == session.session_id).then_some(cursor)
    }
}

pub(super) async fn history(call: Call) -> Answer {
    let params: HistoryParams = call.params()?;
    let key = canonical(&params.session_key, params.agent_id.as_deref())?;
    let store = &call.gateway.store;
    let Some(session) = store.session(&key).await? else {
        let mut payload = Map::new();
        if params.cursor.is_some() {
            return Ok(Some(json!({ "kind": "reset" })));
        }
        payload.insert("sessionKey".into(), json!(params.session_key));
        payload.insert("messages".into(), json!([]));
        payload.insert("pendingInputs".into(), json!({ "items": [], "total": 0 }));
        payload.insert("hasMore".into(), json!(false));
        payload.insert("totalMessages".into(), json!(0));
        payload.insert("defaults".into(), defaults(&*call.gateway.agent()));
        return Ok(Some(Value::Object(payload)));
    };
    let (first, total) = store.range(&key).await?.into_inner();
    let mut payload = Map::new();
    if let Some(cursor) = &params.cursor {
        // This shape cannot say that there is more: too much is a reset.
        let reaches = (total.saturating_sub(ROWS_BY_DEFAULT)).max(first - 1)..=total;
        let known = Cursor::read(cursor, &session);
        let known = known.filter(|cursor| reaches.contains(&cursor.last_seq));
        let Some(cursor) = known else {
            return Ok(Some(json!({ "kind": "reset" })));
        };
        let news = store
            .rows_after(&key, cursor.last_seq, ROWS_BY_DEFAULT)
            .await?;
        let row = session_row(&call.gateway.inbox.state_of(session.clone()));
        let progress = store.progress_of_rows(&news).await?;
        let mut messages: Vec<Value> = news
            .iter()
            .map(|news| rows::envelope(news, &session, &row))
            .collect();
        let rows = messages.iter_mut().map(|news| &mut news["message"]);
        rows.for_each(|row| rows::add_progress(std::slice::from_mut(row), &progress));
        let last = news.last().map_or(cursor.last_seq, |news| news.seq);
        payload.insert("kind".into(), json!("delta"));
        payload.insert("messages".into(), json!(messages));
        payload.insert("deltaCursor".into(), json!(Cursor::text(&session, last)));
        now(&call, &session, &mut payload).await?;
        return Ok(Some(Value::Object(payload)));
    }
    let offset = params.offset.unwrap_or(0);
    let limit = params.limit.unwrap_or(ROWS_BY_DEFAULT);
    let newest = match &params.message_id {
        Some(id) => match store.row(&key, id).await? {
            // The page that has the row in its middle.
            Some(row) => (row.seq + limit / 2).min(total),
            None => return Err(Failure::invalid("unknown messageId in this session")),
        },
        None => total.saturating_sub(offset),
    };
    let page = store.rows_before(&key, newest, limit, MAX_BYTES).await?;
    let characters = params.max_chars.unwrap_or(DISPLAY_CHARACTERS);
    let mut messages: Vec<Value> = page
        .iter()
        .map(|row| rows::shown(row, characters))
        .collect();
    rows::add_progress(&mut messages, &store.progress_of_rows(&page).await?);
    let oldest = page.first().map_or(newest + 1, |row| row.seq);
    payload.insert("sessionKey".into(), json!(params.session_key));
    payload.insert("sessionId".into(), json!(session.session_id));
    payload.insert("messages".into(), json!(messages));
    payload.insert("deltaCursor".into(), json!(Cursor::text(&session, total)));
    payload.insert("hasMore".into(), json!(oldest > first));
    if oldest > first {
        payload.insert("nextOffset".into(), json!(total - oldest + 1));
    }
    payload.insert("totalMessages".into(), json!(total - first + 1));
    payload.insert("defaults".into(), defaults(&*call.gateway.agent()));
    now(&call, &session, &mut payload).await?;
    Ok(Some(Value::Object(payload)))
}

/// What goes on in the session at this moment.
async fn now(
    call: &Call,
    session: &Session,
    payload: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let gateway = &call.gateway;
    let waiting = gateway.inbox.waiting(&session.key).await?;
    let items: Vec<Value> = waiting.iter().map(rows::pending).collect();
    let pending = json!({ "items": items, "total": items.len() });
    payload.insert("pendingInputs".into(), pending);
    let mut info = session_row(&gateway.inbox.state_of(session.clone()));
    let last = gateway
        .store
        .rows_before(&session.key, i64::MAX, 1, 1)
        .await?;
    if let Some(row) = last.last() {
        info["activeLeafEntryId"] = json!(row.id);
    }
    payload.insert("sessionInfo".into(), info);
    if let Some(turn) = gateway.inbox.running(&session.key) {
        let run = turn.said().read(|said| {
            json!({
                "runId": turn.run_id(),
                "text": live(said.trim_end()),
                "startedAt": turn.input().accepted_at,
            })
        });
        payload.insert("inFlightRun".into(), run);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MessageParams {
    session_key: String,
    agent_id: Option<String>,
    message_id: String,
    max_chars: Option<usize>,
}

/// A whole row, for one that history showed cut.
pub(super) async fn message(call: Call) -> Answer {
    const CHARACTERS_AT_MOST: usize = 2_000_000;
    let params: MessageParams = call.params()?;
    let key = canonical(&params.session_key, params.agent_id.as_deref())?;
    let store = &call.gateway.store;
    let row = store.row(&key, &params.message_id).await?;
    Ok(Some(match row {
        Some(row) => {
            let characters = params.max_chars.unwrap_or(CHARACTERS_AT_MOST);
            let mut message = [rows::shown(&row, characters)];
            let progress = store.progress_of_rows(&[row]).await?;
            rows::add_progress(&mut message, &progress);
            json!({ "ok": true, "message": message[0] })
        }
        None => json!({ "ok": false, "unavailableReason": "not_found" }),
    }))
}
