use std::fs;

use serde_json::{Value, json};

use super::actions::{Action, Features, Offer, Way};
use super::deletions::{Deletions, UNDO_MS};
use super::listing::{Listing, Part, drawn, hold};
use super::{Session, Title, place, presence};

fn row(key: &str, at: u64) -> Value {
    json!({"key": key, "updatedAt": at})
}

fn listed(rows: &[Value]) -> Listing {
    let mut listing = Listing::default();
    assert!(listing.answered(Part::Active, &json!({ "sessions": rows })));
    listing
}

fn keys(listing: &Listing) -> Vec<&str> {
    let sessions = listing.sessions().iter();
    sessions.map(|session| session.key.as_str()).collect()
}

/// What the real gateway said while a session was made, talked in and renamed.
fn recorded() -> Vec<Value> {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../tests/conformance/recordings/sessions-list-subscribe-create.jsonl"
    );
    let text = fs::read_to_string(file).expect("the recording");
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.map(|line| line["frame"].clone()).collect()
}

#[test]
fn the_real_gateways_list_reads_and_follows_its_events() {
    let frames = recorded();
    let answer = frames
        .iter()
        .find(|frame| frame["payload"]["sessions"].is_array());
    let mut listing = Listing::default();
    assert!(listing.answered(Part::Active, &answer.expect("a list")["payload"]));
    assert_eq!(listing.sessions().len(), 5);
    assert!(listing.has_more);
    assert_eq!(keys(&listing)[0], "agent:main:md");
    assert!(listing.sessions()[0].is_unread && !listing.sessions()[0].is_running);
    let changes: Vec<&Value> = frames
        .iter()
        .filter(|frame| frame["event"] == "sessions.changed")
        .map(|frame| &frame["payload"])
        .collect();
    // It is asked for once, and belongs there.
    let stale: Vec<bool> = changes
        .iter()
        .map(|change| listing.heard(*change).is_stale)
        .collect();
    assert!(stale[0] && !stale[1] && stale[stale.len() - 1]);
    let told: Vec<Value> = changes[1..]
        .iter()
        .map(|change| change["session"].clone())
        .collect();
    let mut listing = listed(&[changes[0]["session"].clone()]);
    let session = |listing: &Listing| listing.sessions()[0].clone();
    assert_eq!(
        session(&listing).title(),
        Title::Named("My new chat".into())
    );
    assert!(session(&listing).is_running);
    for change in &changes[1..] {
        listing.heard(*change);
    }
    assert_eq!(session(&listing).title(), Title::Named("Renamed".into()));
    assert!(!session(&listing).is_running && session(&listing).is_unread);
    // Not from events: the last words in them are those before the last ones.
    assert_eq!(session(&listing).preview, None);
    let last = listed(&[told.last().expect("a row").clone()]);
    assert_eq!(session(&last).preview.as_deref(), Some("w1 w2 w3"));
}

#[test]
fn a_strange_field_costs_only_itself() {
    let good = json!({
        "key": "agent:main:x", "label": "Name", "displayName": "Shown", "derivedTitle": "Derived",
        "lastMessagePreview": "words", "channel": "whatsapp", "updatedAt": 5, "isMain": true,
        "hasActiveRun": true, "unread": true, "pinned": true, "archived": true, "status": "done",
        "sessionId": "id",
    });
    let read = Session::read(&good).expect("a session");
    for (name, value) in good.as_object().expect("members") {
        for other in [
            json!(null),
            json!([value]),
            json!({"a": value}),
            json!(-1e300),
            json!(""),
        ] {
            let mut bad = good.clone();
            bad[name] = other.clone();
            let Some(session) = Session::read(&bad) else {
                assert_eq!(name, "key");
                continue;
            };
            let mut same = session.clone();
            match name.as_str() {
                "label" => same.label = read.label.clone(),
                "displayName" | "derivedTitle" => same.name = read.name.clone(),
                "lastMessagePreview" => same.preview = read.preview.clone(),
                "channel" => same.channel = read.channel.clone(),
                "sessionId" => same.id = read.id.clone(),
                "updatedAt" => same.updated_at = read.updated_at,
                "isMain" => same.is_main = true,
                "hasActiveRun" => same.is_running = true,
                "unread" => same.is_unread = true,
                "pinned" => same.is_pinned = true,
                "archived" => same.is_archived = true,
                _ => {}
            }
            assert_eq!(same, read, "{name}: {other}");
        }
    }
    let odd = json!({"sessions": [1, null, {}, {"key": 1}, {"key": ""}, {"key": "a\nb"}, row("k", 1), row("k", 2)]});
    let mut listing = Listing::default();
    assert!(listing.answered(Part::Active, &odd));
    assert_eq!(keys(&listing), ["k"]);
    assert!(!listing.answered(Part::Active, &json!({"sessions": "none"})));
    assert_eq!(keys(&listing), ["k"]);
}

#[test]
fn a_run_that_has_ended_is_not_under_way_whatever_else_is_said() {
    let is_running = |started: Value, ended: Value| {
        let row = json!({"key": "k", "hasActiveRun": true, "status": "running", "startedAt": started, "endedAt": ended});
        Session::read(&row).expect("a session").is_running
    };
    assert!(!is_running(json!(5), json!(9)));
    assert!(is_running(json!(9), json!(5)));
    assert!(is_running(json!(9), json!(null)));
    assert!(is_running(json!(null), json!(5)));
}

#[test]
fn a_session_is_called_by_the_best_name_there_is() {
    let title = |row: Value| Session::read(&row).expect("a session").title();
    let named = |words: &str| Title::Named(words.to_owned());
    let id = "agent:main:dashboard:a00a4df3-49e1-4ad9-8cab-98132f296b15";
    assert_eq!(
        title(json!({"key": id, "label": "L", "derivedTitle": "D"})),
        named("L")
    );
    assert_eq!(
        title(json!({"key": id, "derivedTitle": "D", "lastMessagePreview": "P"})),
        named("D")
    );
    assert_eq!(
        title(json!({"key": id, "lastMessagePreview": " P\n\tq "})),
        named("P q")
    );
    assert_eq!(title(json!({"key": id})), Title::New);
    assert_eq!(title(json!({"key": "agent:main:tool"})), named("tool"));
    let alice = "agent:main:whatsapp:direct:+15551112222";
    let told = json!({
        "key": alice, "origin": {"label": "+15551112222"}, "derivedTitle": "D",
        "lastMessagePreview": "Conversation info: ⟦openclaw:ctx⟧ Are you there?",
    });
    assert_eq!(title(told.clone()), named("+15551112222"));
    let read = Session::read(&told).expect("a session");
    assert_eq!(read.preview.as_deref(), Some("Are you there?"));
    // Only where somebody else is at the other end.
    assert_eq!(
        title(json!({"key": id, "origin": {"label": "clawline"}, "derivedTitle": "D"})),
        named("D")
    );
    let by_id =
        json!({"key": id, "sessionId": "b5526210-09e6", "derivedTitle": "b5526210 (2026-11-29)"});
    assert_eq!(title(by_id), Title::New);
    assert_eq!(
        title(json!({"key": "agent:main:main", "isMain": true, "derivedTitle": "D"})),
        Title::Main
    );
    assert_eq!(
        title(json!({"key": id, "label": "a\u{202e}b\u{0}c"})),
        named("abc")
    );
    let Title::Named(long) = title(json!({"key": id, "label": "wörter ".repeat(100_000)})) else {
        panic!("it has a name");
    };
    assert!(long.chars().count() <= 121 && long.ends_with('…'), "{long}");
}

#[test]
fn a_channel_is_named_unless_it_is_this_page() {
    let channel = |row: Value| Session::read(&row).expect("a session").channel;
    assert_eq!(
        channel(json!({"key": "k", "channel": "telegram"})).as_deref(),
        Some("telegram")
    );
    assert_eq!(
        channel(json!({"key": "agent:main:whatsapp:group:1@g.us"})).as_deref(),
        Some("WhatsApp")
    );
    assert_eq!(
        channel(json!({"key": "k", "channel": "whatsapp_baileys"})).as_deref(),
        Some("WhatsApp")
    );
    assert_eq!(channel(json!({"key": "k", "channel": "webchat"})), None);
    assert_eq!(channel(json!({"key": "agent:main:main"})), None);
}

#[test]
fn pinned_ones_come_first_then_the_newest_and_a_fresh_main_one_is_at_hand() {
    let mut pinned = row("old", 1);
    pinned["pinned"] = json!(true);
    let listing = listed(&[
        row("b", 5),
        row("a", 5),
        pinned,
        row("c", 9),
        json!({"key": "none"}),
    ]);
    assert_eq!(keys(&listing), ["old", "c", "a", "b", "none"]);
    let order: Vec<String> = drawn(&listing, Part::Active, Some("m"))
        .into_iter()
        .map(|s| s.key)
        .collect();
    assert_eq!(order, ["old", "m", "c", "a", "b", "none"]);
    let is_main = |key: &str| {
        drawn(&listing, Part::Active, Some("c"))
            .iter()
            .any(|s| s.key == key && s.is_main)
    };
    assert!(is_main("c") && !is_main("a"));
}

#[test]
fn nothing_moves_under_the_hand() {
    let sessions = drawn(
        &listed(&[row("a", 1), row("b", 9), row("new", 5)]),
        Part::Active,
        None,
    );
    let mut sessions = hold(sessions, &["a".into(), "gone".into(), "b".into()]);
    let order: Vec<&str> = sessions
        .iter()
        .map(|session| session.key.as_str())
        .collect();
    assert_eq!(order, ["new", "a", "b"]);
    sessions[2].is_pinned = true;
    sessions = hold(sessions, &["new".into(), "a".into(), "b".into()]);
    assert_eq!(sessions[0].key, "b");
}

#[test]
fn the_two_parts_are_asked_for_apart_and_a_session_goes_from_one_to_the_other() {
    let mut listing = listed(&[row("a", 1), row("b", 2)]);
    let mut old = row("z", 9);
    old["archived"] = json!(true);
    listing.answered(Part::Archived, &json!({"sessions": [old]}));
    assert_eq!(drawn(&listing, Part::Archived, None)[0].key, "z");
    let mut away = row("a", 3);
    away["archived"] = json!(true);
    let heard = listing.heard(&json!({"sessionKey": "a", "reason": "patch", "session": away}));
    assert!(heard.is_changed && heard.is_stale);
    assert_eq!(drawn(&listing, Part::Active, None).len(), 1);
    assert_eq!(drawn(&listing, Part::Archived, None).len(), 2);
    listing.answered(Part::Active, &json!({"sessions": [row("c", 4)]}));
    assert_eq!(drawn(&listing, Part::Active, None)[0].key, "c");
    assert_eq!(drawn(&listing, Part::Archived, None).len(), 2);
}

#[test]
fn events_say_what_has_to_be_asked_for_again() {
    let mut listing = listed(&[row("a", 1)]);
    let mut heard = |payload: Value| listing.heard(&payload);
    assert!(heard(json!({"sessionKey": "new", "reason": "send"})).is_stale);
    assert!(!heard(json!({"sessionKey": "new", "reason": "send"})).is_stale);
    assert!(heard(json!({"sessionKey": "new", "reason": "patch"})).is_stale);
    assert!(!heard(json!({"sessionKey": "new", "reason": "delete"})).is_stale);
    assert!(!heard(json!({"reason": "send"})).is_stale);
    assert!(heard(json!({"sessionKey": "a"})).is_stale);
    let run =
        json!({"sessionKey": "a", "phase": "start", "session": {"key": "a", "hasActiveRun": true}});
    let now = heard(run);
    assert!(now.is_changed && !now.is_stale);
    assert!(heard(json!({"sessionKey": "a", "phase": "end", "session": {"key": "a"}})).is_stale);
    assert!(heard(json!({"sessionKey": "a", "reason": "delete"})).is_changed);
    assert!(listing.get("a").is_none());
}

fn hello(methods: &[&str], scopes: &[&str]) -> Features {
    Features::read(&json!({"features": {"methods": methods}, "auth": {"scopes": scopes}}))
}

#[test]
fn what_a_gateway_does_not_have_is_absent_and_what_it_does_not_allow_names_the_scope() {
    let all = [
        "sessions.list",
        "sessions.create",
        "sessions.patch",
        "sessions.delete",
        "sessions.reset",
    ];
    let usual = hello(&all, &["operator.read", "operator.write"]);
    for action in [
        Action::Create,
        Action::Rename,
        Action::Pin,
        Action::Archive,
        Action::Delete,
    ] {
        assert_eq!(usual.offer(action), Offer::Present, "{action:?}");
    }
    // Measured: what is archived may be deleted with the scope to write.
    assert_eq!(usual.way(), Way::ByArchive);
    assert_eq!(
        usual.offer(Action::Reset),
        Offer::NeedsScope("operator.admin")
    );
    let admin = hello(&all, &["operator.admin"]);
    assert_eq!(
        (admin.way(), admin.offer(Action::Reset)),
        (Way::Straight, Offer::Present)
    );
    let reader = hello(&all, &["operator.read"]);
    assert_eq!(
        reader.offer(Action::Rename),
        Offer::NeedsScope("operator.write")
    );
    let bare = hello(&["sessions.list", "sessions.delete"], &["operator.write"]);
    assert_eq!(bare.offer(Action::Rename), Offer::Absent);
    assert_eq!(
        bare.offer(Action::Delete),
        Offer::NeedsScope("operator.admin")
    );
    assert!(!Features::read(&json!({"features": []})).has_list());
    assert_eq!(
        usual.offer_for(Action::Delete, &Session::main("m")),
        Offer::Absent
    );
    let away = Session {
        is_archived: true,
        is_main: false,
        ..Session::main("m")
    };
    assert_eq!(usual.offer_for(Action::Pin, &away), Offer::Absent);
}

#[test]
fn a_deletion_can_be_taken_back_until_it_lapses() {
    let mut deletions = Deletions::default();
    deletions.ask("a", Title::New, true, 1_000.0);
    deletions.ask("b", Title::New, false, 4_000.0);
    assert_eq!(deletions.next(2_000.0), Some(UNDO_MS - 1_000.0));
    assert!(deletions.lapse(1_000.0 + UNDO_MS - 1.0).is_empty());
    assert!(deletions.has("a"));
    assert!(
        deletions
            .undo("a")
            .is_some_and(|deletion| deletion.was_shown)
    );
    assert!(deletions.undo("a").is_none());
    let over = deletions.lapse(4_000.0 + UNDO_MS);
    assert_eq!(over.len(), 1);
    assert_eq!((over[0].key.as_str(), deletions.next(0.0)), ("b", None));
    // Not shown again until the gateway has answered.
    assert!(deletions.has("b") && deletions.waiting().next().is_none());
    deletions.ended("b");
    assert!(!deletions.has("b"));
    // A clock that was set back.
    deletions.ask("c", Title::New, false, 1e12);
    assert_eq!(deletions.next(0.0), Some(UNDO_MS));
}

#[test]
fn an_address_names_a_session() {
    let session = |key: &str| Some(Some(key.to_owned()));
    assert_eq!(
        place::read("#session=agent%3Amain%3Ax%26y"),
        session("agent:main:x&y")
    );
    assert_eq!(
        place::read("#session=agent:main:x"),
        session("agent:main:x")
    );
    assert_eq!(place::read("gateway=ws://h:1&session=k"), session("k"));
    assert_eq!(place::read("#session=main"), Some(None));
    for nothing in ["", "#", "#session=", "#session=%0A", "#other=1", "#session"] {
        assert_eq!(place::read(nothing), None, "{nothing}");
    }
    assert_eq!(place::read(&format!("#session={}", "k".repeat(513))), None);
}

#[test]
fn others_are_those_who_are_there_and_somebody_else() {
    let frames = recorded();
    let event = frames
        .iter()
        .find(|frame| frame["event"] == "presence")
        .expect("presence");
    let own = "b96381f6139e1b0cb762b47d24bf825e73b5d4833fea8ef89d0f32ab2ffdabbb";
    let others = presence::others(&event["payload"], Some(own));
    assert!(others.is_empty(), "{others:?}");
    let told = json!({"presence": [
        1, {"host": 3}, {"mode": "gateway", "host": "g"}, {"reason": "disconnect", "host": "h"},
        {"deviceId": "me", "host": "own"},
        {"deviceId": "one", "host": "webchat-ui", "user": {"name": "Ada"}, "platform": "web"},
        {"deviceId": "one", "host": "again"}, {"host": "cli"}, {"host": "cli"},
    ]});
    let others = presence::others(&told, Some("me"));
    let names: Vec<&str> = others.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Ada", "cli", "cli"]);
}
