//! `chat.history`: pages of rows, the inputs without one, the run in flight.

use serde_json::{Value, json};

use super::{Gateway, MAIN};

impl Gateway {
    pub(super) fn history(&mut self, params: &Value) -> Value {
        let name = params["sessionKey"].as_str().unwrap_or(MAIN);
        let whole = |name: &str| params[name].as_u64().and_then(|n| usize::try_from(n).ok());
        let offset = whole("offset").unwrap_or(0);
        let limit = whole("limit").unwrap_or(200).clamp(1, self.setup.page);
        let turn = self
            .process
            .as_ref()
            .and_then(|process| process.turns.get(name));
        let shown = turn.filter(|turn| turn.written || !self.setup.shy);
        let in_flight = shown.map(|turn| turn.id().to_owned());
        let session = self.disk.session(name);
        let end = session.rows.len().saturating_sub(offset);
        let begin = end.saturating_sub(limit);
        let rows: Vec<Value> = session.rows[begin..end]
            .iter()
            .map(super::Row::shown)
            .collect();
        let inputs = session.inputs.iter();
        let mut items: Vec<Value> = inputs
            .map(|input| {
                let state = if input.interrupted {
                    "interrupted"
                } else {
                    "queued"
                };
                json!({"id": input.key, "runId": input.key, "state": state})
            })
            .collect();
        // What a turn of the gateway's own took over waits until it is written.
        if in_flight.is_some()
            && let Some((_, inputs)) = &session.running
        {
            items.extend(
                inputs
                    .iter()
                    .map(|input| json!({"id": input.key, "runId": input.key, "state": "queued"})),
            );
        }
        let mut page = json!({
            "sessionKey": name, "hasMore": begin > 0,
            "totalMessages": session.rows.len(), "pendingInputs": {"items": items},
        });
        page["messages"] = Value::Array(rows);
        if begin > 0 {
            page["nextOffset"] = json!(offset + (end - begin));
        }
        if let Some(run) = in_flight {
            page["inFlightRun"] = json!({"runId": run, "text": "", "events": []});
        }
        page
    }
}
