//! Who speaks on the chat wire.

use clawline_core::Secret;
use clawline_core::dialects::chat::{ClientFrame, Query, allow_sender};
use serde_json::json;

use crate::{frame, json as text};

#[test]
fn a_token_may_come_in_the_first_frame_and_is_never_shown() {
    let wire = json!({"type": "chat.auth", "token": "hunter2"});
    let read = ClientFrame::read(frame(&wire)).unwrap();
    assert_eq!(read, ClientFrame::Auth(Secret::new("hunter2")));
    assert!(!format!("{read:?}").contains("hunter2"));
    assert_eq!(text(&read.encode()), wire);
}

#[test]
fn a_sender_is_whom_the_token_stands_for() {
    let foreign = "senderId is not the user of this token: leave it out, or use a token of scope \
                   'senders'";
    for (claimed, bound, allowed) in [
        (None, None, Ok(None)),
        (Some("u"), None, Ok(Some("u"))),
        (None, Some("u"), Ok(Some("u"))),
        (Some("u"), Some("u"), Ok(Some("u"))),
        (Some("v"), Some("u"), Err(foreign)),
        (Some("U"), Some("u"), Err(foreign)),
    ] {
        let got = allow_sender(claimed, bound).map_err(|refusal| refusal.to_string());
        assert_eq!(got, allowed.map_err(str::to_owned), "{claimed:?} {bound:?}");
    }
}

#[test]
fn an_address_may_say_who_it_is() {
    for (query, sender, name, token) in [
        ("", None, None, None),
        ("?", None, None, None),
        (
            "senderId=user1&senderName=John%20Doe",
            Some("user1"),
            Some("John Doe"),
            None,
        ),
        (
            "?senderName=John+Doe&senderId=%E4%BD%A0",
            Some("你"),
            Some("John Doe"),
            None,
        ),
        ("senderId=&senderName&x=1", None, None, None),
        ("senderId=a&senderId=b", Some("a"), None, None),
        ("sender%49d=a%26b%3D", Some("a&b="), None, None),
        ("senderId=50%25%", Some("50%%"), None, None),
        ("senderId=%ff", Some("\u{fffd}"), None, None),
        (
            "token=hunter2&tokenType=jwt&tenant=7&senderId=u",
            Some("u"),
            None,
            Some("hunter2"),
        ),
    ] {
        let read = Query::read(query).unwrap();
        assert_eq!(read.sender_id.as_deref(), sender, "{query}");
        assert_eq!(read.sender_name.as_deref(), name, "{query}");
        assert_eq!(read.token.as_ref().map(Secret::expose), token, "{query}");
        assert!(!format!("{read:?}").contains("hunter2"));
        let again = read.encode();
        assert!(again.bytes().all(|byte| byte.is_ascii_graphic()), "{again}");
        assert_eq!(Query::read(&again).unwrap(), read);
    }
    let long = ["senderId=", &"x".repeat(257)].concat();
    let error = Query::read(&long).unwrap_err().to_string();
    assert_eq!(error, "senderId has more than 256 characters");
}
