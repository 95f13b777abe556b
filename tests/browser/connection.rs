//! The shell against a gateway in the page.

use crate::support::*;
use clawline::core::Progress;
use clawline::core::engine::Status;
use clawline::{Notice, RequestError, RequestOptions};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::*;

#[wasm_bindgen_test]
async fn a_client_signs_in_with_the_key_of_its_device() {
    let gateway = gateway();
    let client = client("signs");
    ready(&client).await;
    assert_eq!(gateway.proves().await, Ok(JsValue::TRUE));
    assert_eq!(client.notices(), []);
    assert_eq!(client.main_session().as_deref(), Some("agent:main:main"));
}

#[wasm_bindgen_test]
async fn without_web_crypto_it_signs_all_the_same_and_says_so() {
    let gateway = gateway();
    let back = without_web_crypto();
    let client = client("software");
    ready(&client).await;
    assert_eq!(client.notices(), [Notice::KeyIsReadable]);
    back.call0(&JsValue::NULL).unwrap();
    assert_eq!(gateway.proves().await, Ok(JsValue::TRUE));
}

#[wasm_bindgen_test]
async fn without_indexed_db_it_connects_and_says_that_nothing_is_kept() {
    let _gateway = gateway();
    let back = without_indexed_db();
    let client = client("unkept");
    ready(&client).await;
    back.call0(&JsValue::NULL).unwrap();
    assert_eq!(client.notices(), [Notice::NothingIsKept]);
}

#[wasm_bindgen_test]
async fn the_device_keeps_its_key_and_the_token_that_it_was_given() {
    let gateway = gateway();
    let mut options = clawline::Options::new(clawline::Target {
        url: "ws://fake.example".to_owned(),
        ..clawline::Target::default()
    });
    options.store = format!("test-kept-{}", js_sys::Math::random());
    let first = clawline::Client::new(options.clone());
    ready(&first).await;
    settle().await;
    let id = first.device_id();
    let first_notices = first.notices();
    drop(first);
    let second = clawline::Client::new(options);
    ready(&second).await;
    assert_eq!((first_notices, second.notices()), (vec![], vec![]));
    assert_eq!(second.device_id(), id);
    let connects = gateway.sent("connect");
    assert_eq!(text(&connects[0], &["auth", "deviceToken"]), "");
    assert_eq!(
        text(&connects[1], &["auth", "deviceToken"]),
        "issued-by-the-fake"
    );
}

#[wasm_bindgen_test]
async fn two_pages_that_start_at_once_are_one_device() {
    let _gateway = gateway();
    let mut options = clawline::Options::new(clawline::Target {
        url: "ws://fake.example".to_owned(),
        ..clawline::Target::default()
    });
    options.store = format!("test-race-{}", js_sys::Math::random());
    let (one, two) = (
        clawline::Client::new(options.clone()),
        clawline::Client::new(options),
    );
    one.connect();
    two.connect();
    until(|| one.status() == Status::Ready && two.status() == Status::Ready).await;
    assert_eq!(one.device_id(), two.device_id());
}

#[wasm_bindgen_test]
async fn a_request_gets_its_answer_and_a_refusal_its_code() {
    let _gateway = gateway();
    let client = client("requests");
    ready(&client).await;
    let none = JsValue::UNDEFINED;
    let answer = client
        .request("status", &none, RequestOptions::default())
        .await
        .unwrap();
    assert_eq!(text(&answer, &["method"]), "status");
    let refused = client
        .request("fails", &none, RequestOptions::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "MISSING_SCOPE");
}

#[wasm_bindgen_test]
async fn a_request_may_have_two_answers() {
    let _gateway = gateway();
    let client = client("two");
    ready(&client).await;
    let (tell, told) = futures_channel::oneshot::channel();
    let options = RequestOptions {
        expect_final: true,
        on_accepted: Some(Box::new(move |payload| tell.send(payload).unwrap())),
        ..RequestOptions::default()
    };
    let last = client.request("agent", &js("{}"), options).await.unwrap();
    assert_eq!(text(&told.await.unwrap(), &["status"]), "accepted");
    assert_eq!(text(&last, &["summary"]), "completed");
}

#[wasm_bindgen_test]
async fn a_request_whose_future_is_dropped_leaves_nothing_behind() {
    let _gateway = gateway();
    let client = client("dropped");
    ready(&client).await;
    let options = RequestOptions {
        deadline: Some(std::time::Duration::from_millis(20)),
        ..RequestOptions::default()
    };
    let late = client.request("never", &JsValue::UNDEFINED, options).await;
    assert!(
        late.is_err_and(|error| error.code() == "timeout" && error.progress() == Progress::Sent)
    );
}

#[wasm_bindgen_test]
async fn params_that_are_not_json_are_an_error_and_not_a_panic() {
    let _gateway = gateway();
    let client = client("cyclic");
    ready(&client).await;
    let cyclic = js_sys::Object::new();
    js_sys::Reflect::set(&cyclic, &"self".into(), &cyclic).unwrap();
    let error = client
        .request("status", &cyclic, RequestOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, RequestError::InvalidParams(_)), "{error}");
}

#[wasm_bindgen_test]
async fn a_frame_larger_than_the_gateway_takes_is_refused_before_it_leaves() {
    let gateway = gateway();
    let client = client("huge");
    ready(&client).await;
    let huge = JsValue::from_str(&"x".repeat(27_000_000));
    let error = client
        .request("status", &huge, RequestOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "too-large");
    assert!(gateway.sent("status").is_empty());
    assert!(client.send(None, &"x".repeat(27_000_000)).is_err());
    assert_eq!(client.status(), Status::Ready);
}

#[wasm_bindgen_test]
async fn garbage_and_giant_frames_change_nothing() {
    let gateway = gateway();
    let client = client("garbage");
    ready(&client).await;
    for garbage in [
        "",
        "{",
        "null",
        "[]",
        "7",
        r#"{"type":7}"#,
        r#"{"type":"event"}"#,
    ] {
        gateway.say(&garbage.into());
    }
    gateway.say(&r#"{"type":"res","id":{},"ok":1}"#.into());
    gateway.say(&r#"{"type":"event","event":"chat","payload":5,"seq":"x"}"#.into());
    gateway.say(&js_sys::ArrayBuffer::new(64));
    let giant = format!(
        r#"{{"type":"event","event":"agent","payload":"{}"}}"#,
        "x".repeat(30_000_000)
    );
    gateway.say(&giant.into());
    let answer = client
        .request("status", &JsValue::UNDEFINED, RequestOptions::default())
        .await;
    assert!(answer.is_ok());
    assert_eq!(
        (client.status(), gateway.socket_count()),
        (Status::Ready, 1)
    );
}

#[wasm_bindgen_test]
async fn a_wrong_token_is_tried_once_and_says_what_to_do() {
    let gateway = gateway();
    gateway.set_mode("wrong-token");
    let client = client("wrong");
    client.connect();
    until(|| matches!(client.status(), Status::Paused(_))).await;
    settle().await;
    let Status::Paused(cause) = client.status() else {
        panic!()
    };
    assert_eq!(
        (cause.code.as_str(), gateway.socket_count()),
        ("AUTH_TOKEN_MISMATCH", 1)
    );
    assert!(!cause.advice.is_empty());
}

#[wasm_bindgen_test]
async fn a_hello_that_allows_nothing_is_a_failed_sign_in() {
    let gateway = gateway();
    gateway.set_mode("no-scopes");
    let client = client("noscopes");
    client.connect();
    until(|| matches!(client.status(), Status::Paused(_))).await;
    assert_eq!(gateway.open_count(), 0);
}

#[wasm_bindgen_test]
async fn a_challenge_without_a_time_waits_and_tries_again() {
    let gateway = gateway();
    gateway.set_mode("no-ts");
    let client = client("nots");
    client.connect();
    until(|| matches!(client.status(), Status::Waiting { .. })).await;
    gateway.set_mode("normal");
    until(|| client.status() == Status::Ready).await;
    assert!(gateway.sent("connect").len() == 1);
}

#[wasm_bindgen_test]
async fn an_address_that_is_none_says_so_and_is_not_tried_again() {
    let gateway = gateway();
    let client = client_at("not an address", "address");
    client.connect();
    until(|| matches!(client.status(), Status::Paused(_))).await;
    let Status::Paused(cause) = client.status() else {
        panic!()
    };
    assert_eq!(
        (cause.code.as_str(), gateway.socket_count()),
        ("address-invalid", 0)
    );
}

#[wasm_bindgen_test]
async fn a_secret_in_an_address_is_not_told() {
    let _gateway = gateway();
    for address in [
        "http//me:secret@host",
        "host?token=secret",
        "http://[/#token=secret",
    ] {
        let client = client_at(address, "address");
        client.connect();
        until(|| matches!(client.status(), Status::Paused(_))).await;
        let told = format!("{:?}", client.status());
        assert!(
            told.contains("address-invalid") && !told.contains("secret"),
            "{told}"
        );
    }
}

#[wasm_bindgen_test]
async fn a_hundred_reconnects_leave_no_listener_and_no_socket_behind() {
    let gateway = gateway();
    let client = client("listeners");
    ready(&client).await;
    let at_first = gateway.listener_count();
    for round in 2..=100 {
        gateway.cut();
        until(|| gateway.socket_count() == round || client.status() != Status::Ready).await;
        client.connect();
        until(|| gateway.socket_count() == round && client.status() == Status::Ready).await;
        assert_eq!(
            gateway.listener_count(),
            at_first,
            "after {round} connections"
        );
    }
    drop(client);
    settle().await;
    assert_eq!((gateway.listener_count(), gateway.open_count()), (0, 0));
}

#[wasm_bindgen_test]
async fn the_hello_is_kept_fresh_and_holds_no_token() {
    let gateway = gateway();
    let client = client("hello");
    ready(&client).await;
    let hello = client.hello().unwrap();
    assert_eq!(text(&hello, &["server", "version"]), "test");
    assert_eq!(text(&hello, &["auth", "role"]), "operator");
    assert_eq!(text(&hello, &["auth", "deviceToken"]), "");
    let versions = |health| {
        js(&format!(
            r#"{{"stateVersion":{{"presence":1,"health":{health}}}}}"#
        ))
    };
    gateway.broadcast("health", js(r#"{"note":"newer"}"#), versions(5));
    gateway.broadcast("health", js(r#"{"note":"older"}"#), versions(4));
    assert_eq!(text(&hello, &["snapshot", "health", "note"]), "newer");
}

#[wasm_bindgen_test]
async fn metrics_count_what_happened() {
    let gateway = gateway();
    let client = client("metrics");
    ready(&client).await;
    let none = JsValue::UNDEFINED;
    let answer = client
        .request("status", &none, RequestOptions::default())
        .await;
    assert!(answer.is_ok());
    gateway.cut();
    until(|| client.metrics().connections == 2).await;
    let metrics = client.metrics();
    assert_eq!(
        (metrics.attempts, metrics.answered, metrics.failed),
        (2, 1, 0)
    );
    assert_eq!(metrics.ends, [("1006".to_owned(), 1)]);
    assert!(metrics.answer_p50.is_some());
}

#[wasm_bindgen_test]
async fn a_forgotten_device_is_another_one_afterwards() {
    let gateway = gateway();
    let client = client("forget");
    ready(&client).await;
    settle().await;
    let before = client.device_id();
    client.forget_device().await.unwrap();
    ready(&client).await;
    assert_ne!(client.device_id(), before);
    let connects = gateway.sent("connect");
    assert_eq!(text(&connects[1], &["auth", "deviceToken"]), "");
}

#[wasm_bindgen_test]
async fn a_closed_client_listens_to_nothing_and_can_connect_again() {
    let gateway = gateway();
    let client = client("closed");
    ready(&client).await;
    let while_open = gateway.page_listener_count();
    assert!(while_open > 0);
    client.close();
    assert_eq!(gateway.page_listener_count(), 0);
    settle().await;
    assert_eq!((client.status(), gateway.open_count()), (Status::Closed, 0));
    ready(&client).await;
    let counts = (gateway.open_count(), gateway.page_listener_count());
    assert_eq!(counts, (1, while_open));
}
