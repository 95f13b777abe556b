//! What WhatsApp does, and what becomes of it.

use super::super::*;
use super::*;

#[test]
fn a_scan_links_and_every_code_is_shown_with_its_end() {
    let (mut rig, out) = Rig::pairing(Mode::Qr);
    assert!(matches!(
        &out[..],
        [Output::Write(
            _,
            Command::Start {
                mode: StartMode::Qr,
                phone: None,
                ..
            }
        )]
    ));
    rig.shows_qr();
    let qr = rig.supervisor.link().qr.clone().unwrap();
    assert_eq!(
        (qr.data.as_str(), qr.number, qr.expires_at_ms),
        ("2@x", 1, 1_060_000)
    );
    rig.whatsapp("linking");
    assert_eq!(
        (rig.state(), rig.supervisor.link().qr.clone()),
        ("linking", None)
    );
    rig.hear(json!({ "ev": "qr", "data": "2@dead", "n": 2, "expires_in_ms": 20_000 }));
    assert_eq!(
        rig.supervisor.link().qr,
        None,
        "a code after the scan is of no use"
    );
    rig.whatsapp("connecting");
    rig.whatsapp("open");
    rig.hear(json!({ "ev": "paired", "jid": "15551234567@s.whatsapp.net", "alt": "99@lid", "name": "Ana" }));
    let me = rig.supervisor.link().me.clone().unwrap();
    assert_eq!(
        (me.phone.as_deref(), me.lid.as_deref(), me.name.as_deref()),
        (Some("+15551234567"), Some("99@lid"), Some("Ana"))
    );
    // What comes later shows no code by itself.
    rig.closes(428);
    let out = rig.until(10);
    assert_eq!(starts(&out), 1);
    assert_eq!(rig.state(), "connecting");
}

#[test]
fn without_a_login_nothing_is_shown_that_nobody_asked_for() {
    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Resume));
    rig.feed(Input::Installed);
    let out = rig.ready(false);
    assert_eq!(out, [Output::CloseInput]);
    assert_eq!(rig.state(), "not_linked");
    rig.feed(Input::Ended("code 0".to_owned()));
    assert!(rig.supervisor.is_ended());
}

#[test]
fn a_code_to_type_comes_or_says_why_not() {
    let phone = "+15551234567".to_owned();
    let (mut rig, out) = Rig::pairing(Mode::Code {
        phone: phone.clone(),
    });
    assert!(matches!(
        &out[..],
        [Output::Write(
            _,
            Command::Start {
                mode: StartMode::Code,
                phone: Some(_),
                ..
            }
        )]
    ));
    rig.hear(json!({ "ev": "pair_code", "phone": phone, "code": "ABCD1234" }));
    assert_eq!(
        rig.supervisor.link().code.as_ref().unwrap().code,
        "ABCD1234"
    );

    let (mut rig, _) = Rig::pairing(Mode::Code { phone });
    let out = rig.hear(json!({ "ev": "pair_code", "phone": "1", "error": { "code": "code_refused", "message": "WhatsApp refused it (400)" } }));
    assert_eq!((rig.state(), out), ("not_linked", vec![Output::CloseInput]));
    assert!(
        rig.supervisor
            .link()
            .reason
            .as_ref()
            .unwrap()
            .contains("400")
    );
}

#[test]
fn each_close_code_has_its_one_consequence() {
    // Code, state, and whether something is tried by itself.
    for (code, state, tries) in [
        (401, "logged_out", false),
        (402, "forbidden", false),
        (403, "forbidden", false),
        (405, "too_old", false),
        (406, "forbidden", false),
        (409, "too_old", false),
        (411, "failed", false),
        (440, "conflict", false),
        (408, "waiting", true),
        (428, "waiting", true),
        (500, "waiting", true),
        (503, "waiting", true),
        (0, "waiting", true),
        (515, "connecting", true),
    ] {
        let mut rig = Rig::open();
        let out = rig.closes(code);
        assert!(out.contains(&Output::Closed(code)));
        assert_eq!(rig.state(), state, "{code}");
        let link = rig.supervisor.link();
        assert!(
            tries || link.reason.is_some() && link.next_step.is_some(),
            "{code}"
        );
        assert_eq!(link.me.is_none(), code == 401, "{code}");
        let later = rig.until(3600);
        let connects = starts(&out) + starts(&later);
        assert_eq!(connects > 0, tries, "{code}");
        if !tries {
            assert!(out.contains(&Output::CloseInput), "{code}: nothing runs");
            rig.feed(Input::Ended("SIGKILL".to_owned()));
            assert_eq!(
                rig.until(100_000),
                [],
                "{code}: not even after the process ended"
            );
        }
        // A person may always try again.
        rig.feed(Input::Begin(Mode::Qr));
        assert!(!rig.supervisor.link().state.is_at_rest(), "{code}");
    }
}

#[test]
fn another_new_connection_at_once_is_given_once() {
    let mut rig = Rig::open();
    assert_eq!(starts(&rig.closes(515)), 1);
    rig.whatsapp("open");
    assert_eq!(starts(&rig.closes(515)), 0);
    assert_eq!(rig.state(), "waiting");
}

#[test]
fn a_code_that_nobody_used_has_expired_and_a_new_one_can_be_had() {
    let (mut rig, _) = Rig::pairing(Mode::Qr);
    rig.shows_qr();
    rig.closes(408);
    assert_eq!(
        (rig.state(), rig.supervisor.link().qr.is_none()),
        ("expired", true)
    );
    assert_eq!(starts(&rig.until(1)), 0);
    rig.feed(Input::Begin(Mode::Qr));
    assert_eq!(
        rig.feed(Input::Ended("code 0".to_owned())),
        [Output::Install]
    );
    // A connection that breaks before there was a code is only a broken one.
    let (mut rig, _) = Rig::pairing(Mode::Qr);
    rig.closes(408);
    assert_eq!(rig.state(), "waiting");
}

#[test]
fn a_dead_server_is_asked_twelve_times_a_minute_at_most() {
    for chance in [0.0, 0.5, 1.0] {
        let mut rig = Rig::open();
        let mut connects = 0;
        let mut out = rig.closes(428);
        loop {
            connects += starts(&out);
            if starts(&out) > 0 {
                out = rig.closes(428);
                continue;
            }
            let Some(at) = rig
                .supervisor
                .deadline()
                .filter(|at| *at <= Duration::from_secs(60))
            else {
                break;
            };
            rig.at = at;
            let now = Now {
                at,
                wall_ms: 0,
                chance,
            };
            rig.supervisor.handle(now, Input::Woke);
            out = std::iter::from_fn(|| rig.supervisor.poll()).collect();
        }
        assert!(
            (4..=12).contains(&connects),
            "{connects} with chance {chance}"
        );
    }
}

#[test]
fn open_for_a_moment_forgets_no_failure() {
    let mut rig = Rig::open();
    let mut tries = 0;
    for round in 1..=200_u64 {
        rig.closes(428);
        let out = rig.until(round * 80);
        tries += starts(&out);
        rig.whatsapp("open");
    }
    assert_eq!(tries, 200);
    assert_eq!(rig.supervisor.link().attempts, 200);
    rig.until(200 * 80 + 301);
    assert_eq!(rig.supervisor.link().attempts, 0);
}

#[test]
fn whatsapp_that_answers_nothing_is_left_and_connected_again() {
    let mut rig = Rig::open();
    rig.lives = false;
    let silent = Refusal {
        code: "silent".to_owned(),
        message: "silent".to_owned(),
        retryable: true,
        unknown: false,
    };
    let mut far = 0;
    for beat in 1..=8 {
        let (number, whatsapp) = ping(&rig.until(15 * beat)).unwrap();
        if !whatsapp {
            rig.feed(Input::Answered(number, Ok(&json!({}))));
            continue;
        }
        far += 1;
        let out = rig.feed(Input::Answered(number, Err(&silent)));
        assert!(matches!(&out[..], [Output::Write(_, Command::Stop)]));
        assert_eq!(rig.state(), "waiting");
        let out = rig.until(15 * beat + 5);
        assert_eq!(starts(&out), 1);
        rig.whatsapp("open");
    }
    assert_eq!(far, 2, "now and then");
}

#[test]
fn a_connection_whose_end_was_never_told_is_made_anew() {
    let mut rig = Rig::open();
    rig.lives = false;
    let not_open = Refusal {
        code: "not_open".to_owned(),
        message: "WhatsApp is not connected".to_owned(),
        retryable: true,
        unknown: false,
    };
    for beat in 1..=4 {
        let (number, whatsapp) = ping(&rig.until(15 * beat)).unwrap();
        if whatsapp {
            rig.feed(Input::Answered(number, Err(&not_open)));
        } else {
            rig.feed(Input::Answered(number, Ok(&json!({}))));
        }
    }
    assert_eq!(rig.state(), "waiting");
    assert_eq!(starts(&rig.until(65)), 1);
}

#[test]
fn a_connection_that_comes_no_further_is_left_and_tried_again() {
    let is_left = |rig: &mut Rig| {
        let out = rig.until(rig.at.as_secs() + 90);
        let stops = |one: &Output| matches!(one, Output::Write(_, Command::Stop));
        assert!(out.iter().any(stops), "{out:?}");
        assert_eq!(rig.state(), "waiting");
        let out = rig.until(rig.at.as_secs() + 30);
        assert_eq!(starts(&out), 1);
    };
    // WhatsApp takes the login and says no more.
    let mut rig = Rig::open();
    rig.closes(428);
    rig.until(5);
    rig.whatsapp("connecting");
    assert_eq!(rig.state(), "connecting");
    is_left(&mut rig);

    // It never offers a code, or forgets who took it.
    let (mut rig, _) = Rig::pairing(Mode::Qr);
    is_left(&mut rig);
    rig.whatsapp("pairing");
    rig.shows_qr();
    rig.until(rig.at.as_secs() + 600);
    assert_eq!(rig.state(), "pairing", "a person has the time of the code");
    rig.whatsapp("linking");
    is_left(&mut rig);

    // Nobody reads what it says: it may have come further.
    rig.whatsapp("linking");
    rig.whatsapp("connecting");
    rig.feed(Input::HeldUp);
    rig.until(rig.at.as_secs() + 600);
    assert_eq!(rig.state(), "connecting");
    rig.feed(Input::Resumed);
    is_left(&mut rig);
    rig.whatsapp("open");
    rig.until(rig.at.as_secs() + 600);
    assert_eq!(rig.state(), "open");
}

#[test]
fn what_a_socket_says_that_is_not_in_use_any_more_changes_nothing() {
    let mut rig = Rig::open();
    rig.hear(json!({ "ev": "state", "state": "open", "generation": 3 }));
    rig.hear(json!({ "ev": "state", "state": "closed", "generation": 2, "code": 440 }));
    assert_eq!(rig.state(), "open");
}

#[test]
fn a_start_that_is_refused_is_tried_again_unless_it_never_can_be() {
    for (code, state) in [
        ("journal_full", "waiting"),
        ("internal", "waiting"),
        ("bad_command", "not_linked"),
    ] {
        let mut rig = Rig::new();
        rig.feed(Input::Begin(Mode::Code {
            phone: "+1".to_owned(),
        }));
        rig.feed(Input::Installed);
        let out = rig.ready(false);
        let [Output::Write(number, _)] = out[..] else {
            panic!("{out:?}")
        };
        let refusal = Refusal {
            code: code.to_owned(),
            message: "the words".to_owned(),
            retryable: false,
            unknown: false,
        };
        rig.feed(Input::Answered(number, Err(&refusal)));
        let link = rig.supervisor.link();
        assert_eq!(
            (link.state.as_str(), link.reason.as_deref()),
            (state, Some("the words"))
        );
    }
}
