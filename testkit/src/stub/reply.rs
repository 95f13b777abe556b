//! Answers in the shapes of the OpenAI chat completions API.

use std::io;

use axum::{
    Json,
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc::{Sender, channel},
    time::sleep,
};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    CallMark,
    directives::Odd,
    request::CompletionRequest,
    script::{Ending, Refusal, Script},
    unix_ms,
};

type Piece = Result<Bytes, io::Error>;

/// The HTTP error that was asked for.
pub(super) fn error(refusal: Refusal) -> Response {
    let Refusal { status, is_passing } = refusal;
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let message = format!("the stub answers HTTP {status}, as the text asked");
    let body = json!({ "error": { "message": message, "type": "stub_error", "code": status.to_string() } });
    let mut response = (code, Json(body)).into_response();
    if is_passing {
        let now = HeaderValue::from_static("0");
        response.headers_mut().insert(header::RETRY_AFTER, now);
    }
    response
}

/// A stream of server-sent events.
pub(super) fn streamed(request: &CompletionRequest, script: Script, mark: CallMark) -> Response {
    let (sender, receiver) = channel::<Piece>(1);
    let frame = Frame::new(request, &mark, script.odd);
    let usage = request.wants_usage();
    tokio::spawn(async move {
        // Cut short when the receiver is gone, that is, the caller.
        tokio::select! {
            () = sender.closed() => {}
            _ = play(&sender, &frame, script, usage, &mark) => {}
        }
    });
    let body = Body::from_stream(ReceiverStream::new(receiver));
    (
        [
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        body,
    )
        .into_response()
}

/// One JSON body, after all the delays of the script.
pub(super) async fn whole(request: &CompletionRequest, script: Script, mark: CallMark) -> Response {
    let pauses = u32::try_from(script.chunks.len()).unwrap_or(u32::MAX);
    sleep(script.delay.saturating_mul(pauses)).await;
    let frame = Frame::new(request, &mark, script.odd);
    let mut message = json!({ "role": "assistant", "content": script.chunks.concat() });
    let mut reason = "stop";
    match script.ending {
        Ending::Stop => {}
        Ending::ToolCall { name, arguments } => {
            reason = "tool_calls";
            let call = json!({ "id": frame.tool_id, "type": "function",
                "function": { "name": name, "arguments": Value::from(arguments).to_string() } });
            message["tool_calls"] = json!([call]);
        }
        Ending::Cut => {
            mark.answered();
            let cut: [Piece; 2] = [Ok(Bytes::from_static(b"{\"id\":")), Err(cut_error())];
            return Body::from_stream(tokio_stream::iter(cut)).into_response();
        }
        // The mark goes with this future when the caller leaves.
        Ending::Hang => std::future::pending::<()>().await,
    }
    if let Some(thinking) = script.thinking {
        message["reasoning_content"] = thinking.into();
    }
    mark.answered();
    Json(json!({
        "id": frame.id, "object": "chat.completion", "created": frame.created, "model": frame.model,
        "choices": [{ "index": 0, "message": message, "finish_reason": reason }],
        "usage": usage_of(script.chunks.len()),
    }))
    .into_response()
}

/// What all chunks of an answer share.
struct Frame {
    id: String,
    tool_id: String,
    created: u64,
    model: String,
    odd: Option<Odd>,
}

impl Frame {
    fn new(request: &CompletionRequest, mark: &CallMark, odd: Option<Odd>) -> Self {
        Self {
            id: format!("chatcmpl-stub-{}", mark.number),
            tool_id: format!("call_stub_{}", mark.number),
            created: unix_ms() / 1000,
            model: request.model.clone(),
            odd,
        }
    }

    fn chunk(&self, choices: Value) -> Value {
        match self.odd {
            Some(Odd::NoId) => json!({ "choices": choices }),
            odd => {
                let mut chunk = json!({ "id": self.id, "object": "chat.completion.chunk",
                    "created": self.created, "model": self.model, "choices": choices });
                if odd == Some(Odd::Tier) {
                    chunk["service_tier"] = "on_the_house".into();
                }
                chunk
            }
        }
    }

    fn delta(&self, delta: Value) -> Piece {
        let reason = match self.odd {
            Some(Odd::EmptyFinish) => json!(""),
            _ => Value::Null,
        };
        event(&self.chunk(json!([{ "index": 0, "delta": delta, "finish_reason": reason }])))
    }

    fn finish(&self, reason: &str) -> Piece {
        let reason = match self.odd {
            Some(Odd::EmptyFinish) => "",
            _ => reason,
        };
        event(&self.chunk(json!([{ "index": 0, "delta": {}, "finish_reason": reason }])))
    }
}

/// Sends a script; stops when nobody receives any more.
async fn play(
    sender: &Sender<Piece>,
    frame: &Frame,
    script: Script,
    usage: bool,
    mark: &CallMark,
) -> Option<()> {
    let count = script.chunks.len();
    send(
        sender,
        frame.delta(json!({ "role": "assistant", "content": "" })),
    )
    .await?;
    if let Some(thinking) = script.thinking {
        send(
            sender,
            frame.delta(json!({ "reasoning_content": thinking })),
        )
        .await?;
    }
    for chunk in script.chunks {
        sleep(script.delay).await;
        send(sender, frame.delta(json!({ "content": chunk }))).await?;
    }
    let reason = match script.ending {
        Ending::Stop => "stop",
        Ending::ToolCall { name, arguments } => {
            // Providers send the arguments apart from the name.
            let call = json!({ "index": 0, "id": frame.tool_id, "type": "function",
                "function": { "name": name, "arguments": "" } });
            send(sender, frame.delta(json!({ "tool_calls": [call] }))).await?;
            let arguments = Value::from(arguments).to_string();
            let call = json!({ "index": 0, "function": { "arguments": arguments } });
            send(sender, frame.delta(json!({ "tool_calls": [call] }))).await?;
            "tool_calls"
        }
        Ending::Cut => {
            mark.answered();
            return send(sender, Err(cut_error())).await;
        }
        Ending::Hang => std::future::pending().await,
    };
    if frame.odd == Some(Odd::Error) {
        mark.answered();
        let error = json!({ "message": "the stub broke, as the text asked", "type": "stub_error" });
        return send(sender, event(&json!({ "error": error }))).await;
    }
    send(sender, frame.finish(reason)).await?;
    if usage {
        let mut last = frame.chunk(json!([]));
        last["usage"] = usage_of(count);
        if frame.odd == Some(Odd::NoDone) {
            mark.answered();
            return send(sender, Ok(format!("data: {last}").into())).await;
        }
        send(sender, event(&last)).await?;
    }
    // Before the last bytes leave: whoever reads them may count calls at once.
    mark.answered();
    send(sender, Ok(Bytes::from_static(b"data: [DONE]\n\n"))).await
}

async fn send(sender: &Sender<Piece>, piece: Piece) -> Option<()> {
    sender.send(piece).await.ok()
}

fn event(data: &Value) -> Piece {
    Ok(format!("data: {data}\n\n").into())
}

/// An error in the body makes the server end the connection.
fn cut_error() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "cut, as the text asked")
}

fn usage_of(chunks: usize) -> Value {
    json!({ "prompt_tokens": 100, "completion_tokens": chunks, "total_tokens": chunks + 100 })
}
