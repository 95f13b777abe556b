use serde_json::{Value, json};

use super::login::{Login, Wish};
use super::login::{Next, Step, WAIT_MS, named};
use super::phone::digits;
use super::screen::{Deed, Part, Question, Screen, keyed};
use super::{Account, Standing, State};
use crate::words::Words;
use crate::words::catalogues::english;

const NOW: f64 = 1_000_000.0;

/// What OpenClaw 2026.9.6 with its plugin has answered, but for what is not read.
fn recorded(account: &Value, owner: &Value) -> Standing {
    let mut summary = account.clone();
    summary["self"] = owner.clone();
    let mut row = account.clone();
    row["accountId"] = json!("default");
    Standing::read(
        &json!({
            "channelOrder": ["whatsapp"],
            "channels": { "whatsapp": summary },
            "channelAccounts": { "whatsapp": [row] },
            "channelDefaultAccountId": { "whatsapp": "default" },
        }),
        NOW,
    )
}

fn one(standing: &Standing) -> &Account {
    standing.account("default").expect("the account")
}

/// The same from our relay, which says more.
fn ours(link: &Value) -> Standing {
    let account = json!({ "accountId": "default", "linked": true, "link": link });
    Standing::read(
        &json!({
            "channels": { "whatsapp": {} },
            "channelAccounts": { "whatsapp": [account] },
        }),
        NOW,
    )
}

#[test]
fn a_real_gateways_answers_say_how_it_stands() {
    let nobody = json!({ "e164": null, "jid": null, "lid": null });
    let fresh = json!({
        "linked": false, "running": false, "connected": false,
        "healthState": "stopped", "lastError": null,
    });
    let standing = recorded(&fresh, &nobody);
    assert_eq!(one(&standing).state, State::NotLinked);
    assert!(!one(&standing).is_linked);
    let owner = json!({
        "e164": "+15550001111", "jid": "15550001111@s.whatsapp.net", "lid": "99000000000001@lid",
    });
    let linked = json!({
        "linked": true, "running": true, "connected": true,
        "healthState": "healthy", "lastError": null,
    });
    let standing = recorded(&linked, &owner);
    assert_eq!(one(&standing).state, State::Open);
    assert_eq!(one(&standing).number.as_deref(), Some("+15550001111"));
    let mut gone = fresh;
    gone["lastError"] = json!("logged out");
    let standing = recorded(&gone, &nobody);
    assert_eq!(one(&standing).state, State::NotLinked);
    assert_eq!(one(&standing).reason.as_deref(), Some("logged out"));
    for (health, lifecycle, running, state) in [
        ("conflict", "blocked", false, State::Conflict),
        ("reconnecting", "starting", true, State::Connecting),
        ("stopped", "stopped", false, State::Off),
        ("plugin-trust-refused", "blocked", false, State::Failed),
    ] {
        let broken = json!({
            "linked": true, "connected": false, "running": running, "healthState": health,
            "lifecycle": lifecycle,
        });
        assert_eq!(one(&recorded(&broken, &owner)).state, state, "{health}");
    }
}

#[test]
fn a_gateway_without_it_has_none() {
    for answer in [
        json!({ "channels": {}, "channelAccounts": {} }),
        json!({ "channels": { "telegram": {} } }),
        json!({}),
        json!({ "channels": 7 }),
    ] {
        assert_eq!(Standing::read(&answer, NOW), Standing::Absent);
    }
    // The channel without a row is one account all the same.
    let bare = Standing::read(&json!({ "channels": { "whatsapp": {} } }), NOW);
    assert_eq!(one(&bare).state, State::NotLinked);
}

#[test]
fn our_relay_says_each_state_and_each_has_words() {
    let states = [
        ("off", State::Off),
        ("installing", State::Installing),
        ("starting", State::Starting),
        ("not_linked", State::NotLinked),
        ("expired", State::NotLinked),
        ("pairing", State::Pairing),
        ("linking", State::Linking),
        ("connecting", State::Connecting),
        ("open", State::Open),
        ("waiting", State::Waiting),
        ("conflict", State::Conflict),
        ("logged_out", State::LoggedOut),
        ("forbidden", State::Forbidden),
        ("too_old", State::TooOld),
        ("no_node", State::NoNode),
        ("failed", State::Failed),
        ("what is to come", State::Failed),
    ];
    for (name, state) in states {
        let standing = ours(&json!({ "state": name }));
        let account = one(&standing);
        assert_eq!(account.state, state, "{name}");
        assert!(!english(&state.headline()).is_empty());
        // It goes on, or works, or says what to do.
        let says = account.advice().map(|advice| english(&advice));
        let goes_on = state.is_busy() || state == State::Open;
        assert_eq!(says.is_none(), goes_on, "{name}");
        // What rests can be begun again here.
        let can_begin = state.takes_login() || state.rests();
        assert_eq!(can_begin, !goes_on && state != State::Waiting, "{name}");
    }
    let standing = ours(&json!({
        "state": "failed", "reason": "node: not found", "nextStep": "Install Node 20.",
    }));
    let account = one(&standing);
    assert_eq!(account.reason.as_deref(), Some("node: not found"));
    assert_eq!(account.advice(), Some(Words::said("Install Node 20.")));
}

#[test]
fn whose_account_it_is_comes_from_where_it_is_said() {
    let owner = |number: &str, name: &str| json!({ "e164": number, "name": name });
    let row = |id: &str, number: &str| {
        let link = json!({ "state": "open", "linked": true, "self": owner(number, id) });
        json!({ "accountId": id, "linked": true, "connected": true, "link": link })
    };
    let standing = Standing::read(
        &json!({
            "channels": { "whatsapp": { "self": owner("+1", "") } },
            "channelAccounts": { "whatsapp": [row("default", "+1"), row("work", "+2")] },
        }),
        NOW,
    );
    for (id, number) in [("default", "+1"), ("work", "+2")] {
        let account = standing.account(id).expect(id);
        assert_eq!(account.number.as_deref(), Some(number));
        assert_eq!(account.name.as_deref(), Some(id));
    }
}

#[test]
fn a_change_that_is_told_counts_at_once() {
    let mut standing = ours(
        &json!({ "state": "open", "linked": true, "self": { "e164": "+1", "name": "Ann\u{202e} \n B" } }),
    );
    assert_eq!(one(&standing).name.as_deref(), Some("Ann B"));
    let told = json!({ "accountId": "default", "state": "waiting", "linked": true, "retryInMs": 5000, "reason": "closed (428)" });
    assert!(standing.heard(&told, NOW));
    let account = one(&standing);
    assert_eq!(account.state, State::Waiting);
    assert_eq!(account.retry_at, Some(NOW + 5_000.0));
    assert_eq!(account.reason.as_deref(), Some("closed (428)"));
    let told = json!({ "accountId": "default", "state": "logged_out", "linked": false });
    assert!(standing.heard(&told, NOW));
    let account = one(&standing);
    assert_eq!((account.number.clone(), account.is_linked), (None, false));
    // Of another account nothing is known: the gateway is asked.
    assert!(!standing.heard(&json!({ "accountId": "second", "state": "open" }), NOW));
    assert!(!Standing::Unknown.heard(&told, NOW));
}

#[test]
fn another_channels_change_is_none_of_its_business() {
    let mut standing = ours(&json!({ "state": "open", "linked": true }));
    let mut told = json!({ "channel": "signal", "accountId": "default", "state": "logged_out" });
    assert!(standing.heard(&told, NOW));
    assert_eq!(one(&standing).state, State::Open);
    told["channel"] = json!("whatsapp");
    assert!(standing.heard(&told, NOW));
    assert_eq!(one(&standing).state, State::LoggedOut);
}

#[test]
fn an_account_is_there_once_and_only_so_many_are() {
    let mut rows = vec![
        json!({ "accountId": "a\u{202e}b", "linked": true }),
        json!({ "accountId": "a\u{202e}b" }),
        json!({ "accountId": "" }),
    ];
    rows.extend((0..5_000).map(|number| json!({ "accountId": number.to_string() })));
    let answer = json!({ "channels": { "whatsapp": {} }, "channelAccounts": { "whatsapp": rows } });
    let Standing::Present(accounts) = Standing::read(&answer, NOW) else {
        panic!("there are some");
    };
    let ids = accounts.iter().map(|account| account.id.as_str());
    assert_eq!(ids.take(2).collect::<Vec<_>>(), ["a\u{202e}b", "0"]);
    assert_eq!((accounts.len(), accounts[0].is_linked), (50, true));
    assert_eq!(accounts[0].title(), Words::said("ab"));
}

#[test]
fn no_time_is_counted_down_that_nobody_would_wait() {
    let picture = "data:image/png;base64,iVBORw0KGgo=";
    for wait in [-1.0, -1e300, 1e300, 86_400_001.0] {
        let link = json!({ "state": "waiting", "retryInMs": wait });
        assert_eq!(one(&ours(&link)).retry_at, None, "{wait}");
        let answer = json!({ "qrDataUrl": picture, "expiresInMs": wait });
        let shown = Next::Show(Step::Qr(picture.to_owned(), None));
        assert_eq!(next(&answer, NOW, 5.0), shown, "{wait}");
    }
}

fn next(answer: &Value, now: f64, waited: f64) -> Next {
    super::login::next(answer, now, waited, WAIT_MS)
}

#[test]
fn a_login_is_told_by_fields_and_time_never_by_words() {
    let late = f64::from(WAIT_MS) + 3.0;
    let picture = "data:image/png;base64,iVBORw0KGgo=";
    let shown = next(
        &json!({ "qrDataUrl": picture, "message": "Scan", "expiresInMs": 20_000 }),
        NOW,
        5.0,
    );
    assert_eq!(
        shown,
        Next::Show(Step::Qr(picture.to_owned(), Some(NOW + 20_000.0)))
    );
    let shown = next(
        &json!({ "connected": false, "qrDataUrl": picture }),
        NOW,
        5.0,
    );
    assert_eq!(shown, Next::Show(Step::Qr(picture.to_owned(), None)));
    let still = json!({ "connected": false, "message": "Still waiting for the QR scan." });
    assert_eq!(next(&still, NOW, late), Next::Wait);
    // The same words before the time: nothing waits there any more.
    assert_eq!(
        next(&still, NOW, 4.0),
        Next::Over(Words::said("Still waiting for the QR scan."))
    );
    assert_eq!(next(&json!({ "connected": true }), NOW, late), Next::Linked);
    let code = next(&json!({ "code": "abcd-1234" }), NOW, 5.0);
    assert_eq!(
        code,
        Next::Show(Step::Code(vec!["ABCD".to_owned(), "1234".to_owned()], None))
    );
    // A code of a failure is none for a phone.
    let unstable = json!({ "code": "whatsapp-auth-unstable", "message": "Try again." });
    assert_eq!(
        next(&unstable, NOW, 5.0),
        Next::Over(Words::said("Try again."))
    );
    for strange in [
        json!({}),
        json!([]),
        json!({ "code": "", "connected": "yes" }),
    ] {
        assert_eq!(
            next(&strange, NOW, 5.0),
            Next::Over(Words::of("answer-unreadable"))
        );
    }
}

#[test]
fn a_picture_is_one_that_came_along() {
    for foreign in [
        "https://elsewhere.example/qr.png",
        "data:image/svg+xml;base64,AAAA",
        "data:image/png;base64,",
        "data:image/png;base64,AA\" onload=\"x",
    ] {
        let answer = json!({ "qrDataUrl": foreign, "message": "no" });
        assert_eq!(
            next(&answer, NOW, 5.0),
            Next::Over(Words::said("no")),
            "{foreign}"
        );
    }
    assert_eq!(named(&"x".repeat(16_385)), None);
    assert!(named("x").is_some());
}

#[test]
fn a_number_is_taken_as_people_write_it() {
    for (typed, read) in [
        ("+49 170 1234567", "491701234567"),
        (" 0049 (170) 123-45.67 ", "491701234567"),
        ("15551234567", "15551234567"),
        ("\u{202a}+44 20 7946 0958\u{202c}", "442079460958"),
        ("+٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", "966501234567"),
        ("＋86 138 0013 8000", "8613800138000"),
        // The 0 is dialled within the country alone.
        ("+49 (0)170 1234567", "491701234567"),
        ("(+49) ( 0 ) 170 / 123 45 67", "491701234567"),
        ("0049 (0) 170-1234567", "491701234567"),
        ("+33\u{202f}6\u{2009}12 34 56 78\u{200b}", "33612345678"),
        ("\u{61c}+1 （555） 000−1111\r\n", "15550001111"),
    ] {
        assert_eq!(digits(typed).as_deref(), Ok(read), "{typed}");
    }
    for (typed, says) in [
        ("", "Type the number"),
        ("+", "Type the number"),
        ("0170 1234567", "instead of 0"),
        ("(0) 170 1234567", "instead of 0"),
        ("+49 17", "too short"),
        ("+4917012345678901", "too long"),
        ("me@example.com", "“m”"),
    ] {
        let why = english(&digits(typed).expect_err(typed));
        assert!(why.contains(says), "{typed}: {why}");
    }
}

fn screen(link: &Value) -> Screen {
    Screen {
        standing: ours(link),
        has_codes: true,
        ..Screen::default()
    }
}

/// What the buttons of a screen do.
fn deeds(screen: &Screen) -> Vec<Deed> {
    let parts = screen.parts(true);
    let buttons = parts.into_iter().filter_map(|part| match part {
        Part::Buttons(account, buttons) => {
            assert_eq!(account, "default");
            Some(buttons)
        }
        _ => None,
    });
    buttons.flatten().map(|(_, _, deed)| deed).collect()
}

fn says(screen: &Screen, words: &str) -> bool {
    let parts = screen.parts(true);
    parts.iter().any(|part| match part {
        Part::State(_, said, _) | Part::Text(_, said) => said.is(words),
        _ => false,
    })
}

#[test]
fn each_state_offers_what_helps_there_and_nothing_else() {
    let (qr, code) = (Deed::Link(Wish::Qr), Deed::Ask(Question::Phone));
    let unlink = Deed::Ask(Question::Unlink);
    for (state, linked, offers) in [
        ("not_linked", false, vec![qr.clone(), code.clone()]),
        ("logged_out", false, vec![qr.clone(), code]),
        ("installing", false, vec![]),
        ("open", true, vec![unlink.clone()]),
        ("waiting", true, vec![unlink.clone()]),
        ("conflict", true, vec![Deed::Connect, unlink]),
        ("failed", false, vec![Deed::Connect]),
    ] {
        let screen = screen(&json!({ "state": state, "linked": linked }));
        assert_eq!(deeds(&screen), offers, "{state}");
        // The risk is named before a phone is linked.
        assert_eq!(says(&screen, "wa-risk"), offers.contains(&qr), "{state}");
    }
    let mut openclaw = screen(&json!({ "state": "not_linked", "linked": false }));
    openclaw.has_codes = false;
    assert_eq!(deeds(&openclaw), [qr]);
    openclaw.is_busy = true;
    assert_eq!(deeds(&openclaw), []);
}

#[test]
fn nothing_is_unlinked_that_was_not_asked_twice() {
    let mut screen =
        screen(&json!({ "state": "open", "linked": true, "self": { "e164": "+1555" } }));
    screen.question = Some(("default".to_owned(), Question::Unlink));
    assert_eq!(deeds(&screen), [Deed::Unlink, Deed::Cancel]);
    assert!(says(&screen, "wa-unlink-question-number"));
    screen.question = Some(("another".to_owned(), Question::Unlink));
    assert_eq!(deeds(&screen), [Deed::Ask(Question::Unlink)]);
}

#[test]
fn a_login_shows_its_code_until_the_phone_agrees_or_it_is_over() {
    let login = |step| Login {
        account: "default".to_owned(),
        wish: Wish::Code("1555".to_owned()),
        step,
    };
    let mut screen = screen(&json!({ "state": "pairing", "linked": false }));
    screen.login = Some(login(Step::Asking));
    assert!(says(&screen, "wa-login-asking"));
    screen.login = Some(login(Step::Qr("data:".to_owned(), Some(NOW))));
    let is_shown = |screen: &Screen| {
        screen
            .parts(true)
            .iter()
            .any(|it| matches!(it, Part::Picture(_)))
    };
    assert!(is_shown(&screen) && says(&screen, "wa-login-waiting"));
    let offline = screen.parts(false);
    let is_lost =
        |part: &Part| matches!(part, Part::State(_, words, _) if words.is("wa-login-offline"));
    assert!(offline.iter().any(is_lost));
    screen.standing = ours(&json!({ "state": "linking", "linked": false }));
    assert!(!is_shown(&screen) && says(&screen, "wa-linking"));
    screen.login = Some(login(Step::Over(Words::said("expired"))));
    assert!(!is_shown(&screen) && says(&screen, "wa-login-over"));
    let again = Deed::Link(Wish::Code("1555".to_owned()));
    assert_eq!(deeds(&screen), [again, Deed::Link(Wish::Qr), Deed::Cancel]);
}

#[test]
fn parts_that_are_alike_are_told_apart_and_what_stays_keeps_its_key() {
    let row = |id: &str| json!({ "accountId": id, "linked": false });
    let rows = |ids: &[&str]| {
        let rows: Vec<Value> = ids.iter().map(|id| row(id)).collect();
        let answer =
            json!({ "channels": { "whatsapp": {} }, "channelAccounts": { "whatsapp": rows } });
        Screen {
            standing: Standing::read(&answer, NOW),
            ..Screen::default()
        }
        .parts(true)
    };
    let keys = |parts: &[(usize, Part)]| parts.iter().map(|(key, _)| *key).collect::<Vec<_>>();
    let first = keyed(&[], rows(&["one", "two"]));
    let mut apart = keys(&first);
    apart.dedup();
    assert_eq!(apart.len(), first.len());
    assert_eq!(keyed(&first, rows(&["one", "two"])), first);
    let mut third = keys(&keyed(&first, rows(&["one", "two", "three"])));
    assert_eq!(third[..first.len()], apart);
    third.sort_unstable();
    third.dedup();
    assert!(third.len() > first.len() + 2, "{third:?}");
}
