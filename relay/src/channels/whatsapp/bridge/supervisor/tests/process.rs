//! The life of the process.

use super::*;

fn missing() -> NotInstalled {
    NotInstalled {
        state: LinkState::NoNode,
        reason: "no Node.js".to_owned(),
        next_step: "install it".to_owned(),
    }
}

#[test]
fn a_process_that_does_not_answer_is_ended_and_started_again() {
    let mut rig = Rig::open();
    rig.lives = false;
    let (first, _) = ping(&rig.until(15)).unwrap();
    rig.feed(Input::Answered(first, Ok(&json!({}))));
    let out = rig.until(45);
    assert_eq!(out.len(), 2, "two questions stay without an answer");
    assert_eq!(rig.state(), "open");
    let out = rig.until(60);
    assert_eq!(out, [Output::CloseInput, Output::Terminate]);
    assert_eq!(rig.until(65), [Output::Kill]);
    let out = rig.feed(Input::Ended("by signal 9".to_owned()));
    assert_eq!(out, [Output::Restarted]);
    assert_eq!(rig.state(), "waiting");
    assert_eq!(rig.until(68), [Output::Install]);
    rig.feed(Input::Installed);
    assert_eq!(starts(&rig.ready(true)), 1, "without a new code");
}

#[test]
fn a_process_that_waits_for_us_is_not_ended_for_its_silence() {
    let mut rig = Rig::open();
    rig.lives = false;
    rig.until(15);
    rig.feed(Input::HeldUp);
    assert_eq!(rig.until(600), []);
    rig.feed(Input::Resumed);
    assert!(ping(&rig.until(615)).is_some());
}

#[test]
fn a_process_that_ends_again_and_again_is_left_alone_with_words() {
    let mut rig = Rig::open();
    let mut ends = 0;
    while rig.state() != "failed" {
        rig.feed(Input::Ended("with code 1".to_owned()));
        ends += 1;
        let seconds = rig.at.as_secs() + 30;
        let next = rig.supervisor.deadline();
        if let Some(at) = next {
            assert!(at.as_secs() <= seconds);
            rig.at = at;
            assert_eq!(rig.feed(Input::Woke), [Output::Install]);
            rig.feed(Input::Installed);
        }
    }
    assert_eq!(ends, 5);
    assert!(
        rig.supervisor
            .link()
            .reason
            .as_ref()
            .unwrap()
            .contains("code 1")
    );
    assert!(rig.supervisor.is_ended());
    assert_eq!(rig.feed(Input::Begin(Mode::Resume)), [Output::Install]);
}

#[test]
fn what_the_process_says_of_its_end_is_what_people_hear() {
    let fatal = |code: &str| json!({ "ev": "fatal", "code": code, "message": "the words" });
    let mut rig = Rig::open();
    rig.hear(fatal("credentials_damaged"));
    rig.feed(Input::Ended("code 2".to_owned()));
    assert_eq!(
        (rig.state(), rig.supervisor.link().reason.as_deref()),
        ("failed", Some("the words"))
    );

    // What a killed relay left behind goes soon; another program does not.
    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Resume));
    for _ in 0..5 {
        rig.feed(Input::Installed);
        rig.hear(fatal("locked"));
        rig.feed(Input::Ended("code 2".to_owned()));
        assert_eq!(rig.state(), "waiting");
        let at = rig.supervisor.deadline().unwrap();
        rig.at = at;
        rig.feed(Input::Woke);
    }
    rig.feed(Input::Installed);
    rig.hear(fatal("locked"));
    rig.feed(Input::Ended("code 2".to_owned()));
    assert_eq!(rig.state(), "conflict");
    assert_eq!(rig.until(100_000), []);
}

#[test]
fn it_ends_in_order_and_by_force_only_when_it_must() {
    let mut rig = Rig::open();
    assert_eq!(rig.feed(Input::End), [Output::CloseInput]);
    assert!(!rig.supervisor.is_ended());
    assert_eq!(rig.until(12), [Output::CloseInput, Output::Terminate]);
    assert_eq!(rig.until(17), [Output::Kill]);
    assert_eq!(rig.feed(Input::Ended("by signal 9".to_owned())), []);
    assert!(rig.supervisor.is_ended());
    assert_eq!(rig.state(), "off");

    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Resume));
    assert_eq!(rig.feed(Input::End), [Output::DropInstall]);
    assert_eq!(rig.feed(Input::Installed), []);
}

#[test]
fn a_process_that_never_says_that_it_works_is_ended() {
    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Resume));
    rig.feed(Input::Installed);
    assert_eq!(rig.until(59), []);
    assert_eq!(rig.until(60), [Output::CloseInput, Output::Terminate]);
    assert_eq!(
        rig.feed(Input::Ended("by signal 15".to_owned())),
        [Output::Restarted]
    );
}

#[test]
fn unlinking_tells_what_came_of_it() {
    let mut rig = Rig::open();
    let out = rig.feed(Input::Unlink);
    let [Output::Write(number, Command::Logout { wipe: false })] = out[..] else {
        panic!("{out:?}")
    };
    let out = rig.feed(Input::Answered(
        number,
        Ok(&json!({ "told_whatsapp": true, "set_aside": "/x" })),
    ));
    let unlinked = Unlinked {
        told_whatsapp: true,
        set_aside: Some("/x".to_owned()),
    };
    assert_eq!(out, [Output::Unlinked(Ok(unlinked)), Output::CloseInput]);
    assert_eq!(
        (rig.state(), rig.supervisor.link().me.clone()),
        ("not_linked", None)
    );

    // Where nothing runs, it is started for that alone.
    let mut rig = Rig::new();
    rig.feed(Input::Unlink);
    rig.feed(Input::Installed);
    let out = rig.ready(true);
    assert!(matches!(
        &out[..],
        [Output::Write(_, Command::Logout { .. })]
    ));
    let out = rig.feed(Input::Ended("by signal 9".to_owned()));
    assert!(matches!(&out[..], [Output::Unlinked(Err(words))] if words.contains("signal 9")));
}

#[test]
fn what_is_missing_is_said_and_tried_again_when_a_person_asks() {
    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Qr));
    rig.feed(Input::Installing(Installing::Fetching));
    assert_eq!(rig.state(), "installing");
    rig.feed(Input::NotInstalled(missing()));
    let link = rig.supervisor.link();
    assert_eq!(link.state, LinkState::NoNode);
    assert_eq!(
        (link.reason.as_deref(), link.next_step.as_deref()),
        (Some("no Node.js"), Some("install it"))
    );
    assert_eq!(rig.until(100_000), []);
    assert_eq!(rig.feed(Input::Begin(Mode::Qr)), [Output::Install]);
}

#[test]
fn whoever_waits_for_unlinking_hears_of_its_end_whatever_comes_between() {
    for between in [
        Input::NotInstalled(missing()),
        Input::End,
        Input::Begin(Mode::Qr),
    ] {
        let mut rig = Rig::new();
        rig.feed(Input::Unlink);
        let out = rig.feed(between);
        let ends = out
            .iter()
            .filter(|one| matches!(one, Output::Unlinked(Err(_))));
        assert_eq!(ends.count(), 1, "{out:?}");
    }
    // Once WhatsApp was told there is no way back: what is wanted then comes after it.
    let mut rig = Rig::open();
    let out = rig.feed(Input::Unlink);
    let [Output::Write(number, _)] = out[..] else {
        panic!("{out:?}")
    };
    assert_eq!(rig.feed(Input::Begin(Mode::Qr)), []);
    rig.closes(401);
    let answer = json!({ "told_whatsapp": true });
    let out = rig.feed(Input::Answered(number, Ok(&answer)));
    assert!(matches!(out[0], Output::Unlinked(Ok(_))));
    assert_eq!((starts(&out), rig.state()), (1, "pairing"));
}

#[test]
fn a_step_of_an_installation_that_nobody_wants_any_more_changes_nothing() {
    let mut rig = Rig::new();
    rig.feed(Input::Begin(Mode::Qr));
    rig.feed(Input::End);
    rig.feed(Input::Installing(Installing::Fetching));
    assert_eq!(rig.state(), "off");
}
