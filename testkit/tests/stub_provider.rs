//! The stub provider as a gateway sees it.

mod support;

use clawline_testkit::{CallState, StubProvider};
use serde_json::{Value, json};
use support::{post, post_on, soon, until};
use tokio::{io::AsyncReadExt as _, net::TcpStream};

const PATH: &str = "/v1/chat/completions";

fn asking(text: &str) -> Value {
    json!({
        "model": "stub-1", "stream": true, "stream_options": { "include_usage": true },
        "messages": [{ "role": "system", "content": "s" }, { "role": "user", "content": text }],
    })
}

/// The chunks of a streamed answer.
fn chunks(answer: &str) -> Vec<Value> {
    let data = answer
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

fn joined(answer: &str, field: &str) -> String {
    let texts = chunks(answer);
    let texts = texts
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"][field].as_str());
    texts.collect()
}

#[tokio::test]
async fn chunks_come_one_by_one_and_the_call_is_counted_once() {
    let stub = StubProvider::start().await.unwrap();
    let answer = post(stub.address(), PATH, &asking("hi there [chunks:6:1]")).await;
    assert_eq!(joined(&answer, "content"), "w1 w2 w3 w4 w5 w6");
    assert!(answer.contains("data: [DONE]"));
    let usage = chunks(&answer).pop().unwrap();
    assert_eq!(usage["usage"]["completion_tokens"], 6);
    assert_eq!(usage["choices"], json!([]));

    let calls = stub.calls_with("hi there");
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].model, "stub-1");
    assert_eq!(calls[0].state, CallState::Answered);
    assert!(stub.calls_with("other words").is_empty());
    stub.forget_calls();
    assert!(stub.calls().is_empty());
}

#[tokio::test]
async fn without_a_directive_the_words_of_the_user_come_back() {
    let stub = StubProvider::start().await.unwrap();
    let answer = post(stub.address(), PATH, &asking("how are the [tides] today?")).await;
    let text = joined(&answer, "content");
    assert!(text.contains("how are the [tides] today?"), "{text}");
}

#[tokio::test]
async fn an_http_error_is_answered_as_asked_and_counts_as_a_call() {
    let stub = StubProvider::start().await.unwrap();
    let answer = post(stub.address(), PATH, &asking("x [http:503]")).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("stub_error"));
    assert_eq!(stub.calls().len(), 1);
}

#[tokio::test]
async fn a_dropped_answer_ends_in_the_middle() {
    let stub = StubProvider::start().await.unwrap();
    let answer = post(stub.address(), PATH, &asking("[drop:2][chunks:6:1]")).await;
    assert_eq!(joined(&answer, "content"), "w1 w2");
    assert!(!answer.contains("[DONE]") && !answer.contains("finish_reason\":\"stop"));
    assert!(
        !answer.ends_with("0\r\n\r\n"),
        "the body must not end in order"
    );
}

#[tokio::test]
async fn a_hanging_call_runs_until_the_caller_leaves() {
    let stub = StubProvider::start().await.unwrap();
    let mut stream = TcpStream::connect(stub.address()).await.unwrap();
    post_on(&mut stream, PATH, &asking("[chunks:2:1][hang]")).await;
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("w2") {
        soon("the chunks before the silence", stream.read_buf(&mut seen))
            .await
            .unwrap();
    }
    assert_eq!(stub.calls()[0].state, CallState::Running);
    drop(stream);
    until("the call is abandoned", async || {
        stub.calls()[0].state == CallState::Abandoned
    })
    .await;
}

#[tokio::test]
async fn a_tool_is_called_with_its_arguments_and_its_result_ends_the_run() {
    let stub = StubProvider::start().await.unwrap();
    let mut request = asking(r#"look [pre][think:hm] [tool:ls:{"path":"."}]"#);
    let answer = post(stub.address(), PATH, &request).await;
    assert_eq!(joined(&answer, "content"), "I will call a tool.");
    assert_eq!(joined(&answer, "reasoning_content"), "hm");
    let all = chunks(&answer);
    let calls = all
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0]["function"]);
    let (names, arguments): (String, String) = calls
        .map(|f| {
            (
                f["name"].as_str().unwrap_or(""),
                f["arguments"].as_str().unwrap_or(""),
            )
        })
        .unzip();
    assert_eq!(
        (names.as_str(), arguments.as_str()),
        ("ls", r#"{"path":"."}"#)
    );
    assert!(answer.contains(r#""finish_reason":"tool_calls""#));

    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(json!({ "role": "assistant", "tool_calls": [] }));
    messages.push(json!({ "role": "tool", "content": "a.txt" }));
    let answer = post(stub.address(), PATH, &request).await;
    assert_eq!(joined(&answer, "content"), "The tool returned: a.txt");
    assert_eq!(stub.calls().len(), 2);
    assert_eq!(
        stub.calls_with("look").len(),
        1,
        "a run with a tool is one run"
    );
}

#[tokio::test]
async fn a_whole_answer_has_the_same_text_as_a_streamed_one() {
    let stub = StubProvider::start().await.unwrap();
    let mut request = asking("[markdown]");
    let streamed = joined(&post(stub.address(), PATH, &request).await, "content");
    request["stream"] = false.into();
    let answer = post(stub.address(), PATH, &request).await;
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["choices"][0]["message"]["content"], streamed.as_str());
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    for part in ["# A heading", "1. first", "```rust", "| one ", "[link]("] {
        assert!(streamed.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_wrong_directive_is_explained_in_the_answer() {
    let stub = StubProvider::start().await.unwrap();
    let answer = post(stub.address(), PATH, &asking("[chunks:many:5]")).await;
    let text = joined(&answer, "content");
    assert!(
        text.contains("[chunks:many:5]") && text.contains("number up to"),
        "{text}"
    );
}

#[tokio::test]
async fn the_model_is_listed() {
    let stub = StubProvider::start().await.unwrap();
    let answer = clawline_testkit::get(stub.address(), "/v1/models")
        .await
        .unwrap();
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("\"stub-1\""));
}
