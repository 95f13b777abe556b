use serde_json::{Value, json};

use super::*;

fn read(value: &Value) -> Result<Line, BadLine> {
    Line::read(value.to_string().as_bytes())
}

fn event(value: &Value) -> Numbered {
    match read(value) {
        Ok(Line::Event(numbered)) => numbered,
        other => panic!("{other:?}"),
    }
}

#[test]
fn commands_are_written_as_the_bridge_reads_them() {
    let sending = Sending {
        jid: "15551234567@s.whatsapp.net".to_owned(),
        message_id: "3EB0AAAAAAAAAAAAAAAA".to_owned(),
        deadline_ms: Some(60_000),
        again: false,
    };
    let target = Target {
        id: "ALICE0000001".to_owned(),
        from_me: false,
        from: Some("15550001111@s.whatsapp.net".to_owned()),
    };
    let send = Command::Send(Box::new(Outgoing {
        sending: sending.clone(),
        kind: Kind::Image,
        text: Some("see".to_owned()),
        media: Some(Media {
            path: "/data/a.png".into(),
            mime: Some("image/png".to_owned()),
            name: None,
            seconds: None,
            thumbnail: None,
        }),
        quoted: Some(Quoted {
            target: target.clone(),
            text: Some("before".to_owned()),
        }),
        mentions: Vec::new(),
        expiration: Some(86_400),
    }));
    let to = json!({ "jid": sending.jid, "message_id": sending.message_id, "deadline_ms": 60_000 });
    let about =
        json!({ "id": "ALICE0000001", "from_me": false, "from": "15550001111@s.whatsapp.net" });
    let mut quoted = about.clone();
    quoted["text"] = json!("before");
    let cases = [
        (Command::Stop, json!({ "cmd": "stop" })),
        (
            Command::Start {
                mode: StartMode::Code,
                phone: Some("+15551234567".to_owned()),
                history: true,
            },
            json!({ "cmd": "start", "mode": "code", "phone": "+15551234567", "history": true }),
        ),
        (
            Command::Ping {
                whatsapp: true,
                deadline_ms: 10_000,
            },
            json!({ "cmd": "ping", "whatsapp": true, "deadline_ms": 10_000 }),
        ),
        (
            Command::PairCode {
                phone: "+1".to_owned(),
            },
            json!({ "cmd": "pair_code", "phone": "+1" }),
        ),
        (
            Command::MediaFetch {
                chat: "1@g.us".to_owned(),
                message_id: "ALICE0000001".to_owned(),
                path: "/data/a".into(),
                max: Some(9),
                deadline_ms: None,
            },
            json!({
                "cmd": "media_fetch", "chat": "1@g.us", "message_id": "ALICE0000001",
                "path": "/data/a", "max": 9,
            }),
        ),
        (
            send,
            merged(
                &to,
                json!({
                    "cmd": "send", "kind": "image", "text": "see", "expiration": 86_400, "quoted": quoted,
                    "media": { "path": "/data/a.png", "mime": "image/png" },
                }),
            ),
        ),
        (
            Command::React {
                sending,
                target,
                emoji: String::new(),
            },
            merged(&to, json!({ "cmd": "react", "target": about, "emoji": "" })),
        ),
    ];
    for (command, fields) in cases {
        let line = command.line(7).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        let written: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(written, merged(&fields, json!({ "v": 1, "id": 7 })));
    }
}

fn merged(one: &Value, other: Value) -> Value {
    let (Value::Object(mut one), Value::Object(other)) = (one.clone(), other) else {
        panic!("two objects")
    };
    one.extend(other);
    Value::Object(one)
}

#[test]
fn a_command_that_is_longer_than_a_line_is_refused_here() {
    let command = Command::MediaFetch {
        chat: "x".repeat(MAX_LINE_BYTES),
        message_id: "ALICE0000001".to_owned(),
        path: "/x".into(),
        max: None,
        deadline_ms: None,
    };
    assert!(matches!(command.line(1), Err(BadLine::TooLong(_))));
}

#[test]
fn an_answer_is_one_of_two_things() {
    let good = read(&json!({ "id": 3, "ok": true, "result": { "generation": 1 } }));
    let answer = Answer {
        id: Some(3),
        outcome: Ok(json!({ "generation": 1 })),
    };
    assert_eq!(good, Ok(Line::Answer(answer)));
    let refused = read(&json!({
        "id": null, "ok": false, "later": 1,
        "error": { "code": "deadline", "message": "late", "retryable": false, "unknown": true, "x": 1 },
    }));
    let Ok(Line::Answer(Answer {
        id: None,
        outcome: Err(refusal),
    })) = refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (refusal.code.as_str(), refusal.unknown, refusal.retryable),
        ("deadline", true, false)
    );
}

#[test]
fn events_are_read_with_what_they_carry() {
    let ready = event(&json!({
        "ev": "ready", "seq": 1, "ts": 5, "proto": 1, "bridge": "0.1.0", "baileys": "7", "node": "20",
        "linked": true, "me": { "jid": "1@s.whatsapp.net", "alt": "9@lid" },
    }));
    assert!(
        matches!(&ready.event, Event::Ready(ready) if ready.linked && ready.me.alt.as_deref() == Some("9@lid"))
    );
    assert!(!ready.event.is_kept());
    let closed = event(&json!({
        "ev": "state", "seq": 2, "ts": 5, "state": "closed", "generation": 4, "code": 440, "reason": "conflict",
    }));
    let Event::State(state) = closed.event else {
        panic!()
    };
    assert_eq!(
        (state.state, state.generation, state.code),
        (Status::Closed, 4, Some(440))
    );
    let message = event(&json!({
        "ev": "message", "seq": 9, "ts": 5, "again": true, "cut": true, "chat": "120@g.us", "from": "5@lid",
        "from_alt": "1@s.whatsapp.net", "from_me": false, "is_group": true, "id": "A1", "sent_at": 7, "live": true,
        "offline": true, "encrypted": true, "kind": "image", "text": "see", "raw_type": "imageMessage",
        "media": { "mime": "image/png", "bytes": 12, "view_once": true },
        "quoted": { "id": "B2", "kind": "text", "text": "x" }, "mentions": ["9@lid"], "news": { "of": "later" },
    }));
    assert!(message.again && message.cut && message.event.is_kept());
    let Event::Message(message) = message.event else {
        panic!()
    };
    assert!(message.head.is_group && message.head.offline && message.head.encrypted);
    assert_eq!(message.kind, MessageKind::Image);
    assert_eq!(message.media.unwrap().bytes, Some(12));
    assert_eq!(message.quoted.unwrap().kind, Some(MessageKind::Text));
}

#[test]
fn a_close_without_a_sensible_code_is_a_close_all_the_same() {
    for code in [
        json!(null),
        json!(99_999_999_999_u64),
        json!(440.5),
        json!(-1),
        json!("440"),
    ] {
        let closed =
            event(&json!({ "ev": "state", "seq": 2, "ts": 5, "state": "closed", "code": code }));
        let Event::State(state) = closed.event else {
            panic!()
        };
        assert_eq!((state.state, state.code), (Status::Closed, None), "{code}");
    }
}

#[test]
fn what_a_later_bridge_says_is_passed_over() {
    let unknown = event(&json!({ "ev": "weather", "seq": 3, "ts": 5, "sun": true }));
    assert_eq!(
        unknown.event,
        Event::Other {
            name: "weather".to_owned()
        }
    );
    assert!(unknown.event.is_kept(), "acknowledged, not told for ever");
    let kind = event(&json!({
        "ev": "message", "seq": 4, "ts": 5, "chat": "1@s.whatsapp.net", "id": "A", "kind": "hologram",
    }));
    assert!(matches!(kind.event, Event::Message(message) if message.kind == MessageKind::Other));
}

#[test]
fn a_row_of_history_that_is_broken_costs_only_itself() {
    let history = event(&json!({
        "ev": "history", "seq": 3, "ts": 5, "sync": 2, "messages": [
            { "ev": "message", "chat": "1@s.whatsapp.net", "id": "A", "kind": "text", "text": "old", "live": false },
            { "ev": "message" }, 7, { "ev": "reaction", "chat": "1@s.whatsapp.net", "id": "B", "target": "A", "emoji": "x" },
        ],
    }));
    let Event::History(history) = history.event else {
        panic!()
    };
    let there: Vec<bool> = history.messages.iter().map(|row| row.0.is_some()).collect();
    assert_eq!(there, [true, false, false, true]);
}

#[test]
fn a_line_that_is_none_is_an_error_and_its_words_say_nothing_of_it() {
    let secret = "c2VjcmV0LWtleQ";
    for line in [
        "",
        "{",
        "null",
        "[]",
        "7",
        "{}",
        "{\"ev\":\"qr\",\"seq\":1,\"ts\":1,\"data\":\"c2VjcmV0LWtleQ\"",
        "{\"id\":1,\"ok\":true,\"result\":{}}{\"id\":2,\"ok\":true,\"result\":{}}",
        "{\"ev\":\"stats\"} {\"ev\":\"stats\"}",
        "Closing session: c2VjcmV0LWtleQ",
        "{\"ev\":7,\"seq\":1,\"ts\":1}",
        "{\"ev\":\"qr\",\"seq\":-1,\"ts\":1}",
        "{\"ev\":\"qr\",\"seq\":1,\"ts\":1,\"c2VjcmV0LWtleQ\":1}",
        "{\"ev\":\"qr\",\"seq\":1,\"ts\":1,\"data\":[\"c2VjcmV0LWtleQ\"],\"n\":1,\"expires_in_ms\":1}",
        "{\"ev\":\"x\",\"ok\":true,\"id\":1}",
        "{\"ev\":\"c2VjcmV0LWtleQ\"}",
        "{\"ok\":true,\"result\":{}}",
        "{\"id\":\"c2VjcmV0LWtleQ\",\"ok\":true,\"result\":{}}",
        "{\"id\":1,\"ok\":true}",
        "{\"id\":1,\"ok\":false,\"error\":\"c2VjcmV0LWtleQ\"}",
    ] {
        let error = Line::read(line.as_bytes()).unwrap_err();
        let said = format!("{error} {error:?}");
        assert!(!said.contains(secret), "{line}: {said}");
    }
    assert!(Line::read(b"\xff\xfe{}").is_err());
    // A stack that deep would end the program.
    let deep = "[".repeat(100_000);
    assert!(Line::read(deep.as_bytes()).is_err());
    let long = vec![b' '; MAX_LINE_BYTES + 1];
    assert_eq!(Line::read(&long), Err(BadLine::TooLong(long.len())));
}

#[test]
fn bytes_become_lines_wherever_they_are_torn() {
    let text = b"{\"a\":1}\r\n\n{\"b\":\"\xc3\xbc\"}\nrest";
    for size in 1..text.len() {
        let mut cutter = Cutter::default();
        let parts = text.chunks(size);
        let lines: Vec<_> = parts.flat_map(|part| cutter.push(part)).collect();
        let whole = [
            Ok(b"{\"a\":1}".to_vec()),
            Ok("{\"b\":\"ü\"}".as_bytes().to_vec()),
        ];
        assert_eq!(lines, whole, "in parts of {size} bytes");
    }
}

#[test]
fn a_line_that_is_too_long_is_skipped_without_being_held() {
    let mut cutter = Cutter::default();
    let part = vec![b'x'; 64 * 1024];
    for _ in 0..1000 {
        assert!(cutter.push(&part).is_empty());
        assert!(cutter.held_bytes() <= 2 * MAX_LINE_BYTES);
    }
    assert_eq!(
        cutter.push(b"\n{}\n"),
        [Err(BadLine::TooLong(1000 * part.len())), Ok(b"{}".to_vec())]
    );
    let longest = vec![b'x'; MAX_LINE_BYTES];
    assert!(cutter.push(&longest).is_empty());
    assert_eq!(cutter.push(b"\n"), [Ok(longest)]);
}
