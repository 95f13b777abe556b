//! The real bridge, with the real Baileys, under its supervisor, against a
//! program that plays WhatsApp.

mod accounts;
mod channel;
mod command;
mod crabline;
mod files;
mod killed;
mod odd;
mod pairing;
mod proxy;
mod refused;
mod secrets;
mod stand;
mod talking;
mod world;

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clawline_relay::channels::whatsapp::bridge::lines::{Command, Event};
use clawline_relay::channels::whatsapp::{Link, Mode};
use serde_json::json;

use self::secrets::secrets_in_folder;
use self::stand::{Account, PATIENCE, start};

#[tokio::test]
async fn a_qr_is_shown_scanned_and_never_needed_again() {
    let mut account = Account::new(false).await;
    account.bridge.begin(Mode::Resume);
    account.state("not_linked").await;
    account.bridge.begin(Mode::Qr);
    let shown = account.until(|link| link.qr.is_some()).await;
    let qr = shown.qr.unwrap();
    assert_eq!((shown.state.as_str(), qr.number), ("pairing", 1));
    account
        .stand
        .order("scan", json!({ "data": qr.data }))
        .await;
    let open = account.state("open").await;
    assert_eq!(open.qr, None);
    let me = account.until(|link| link.me.is_some()).await.me.unwrap();
    assert_eq!(me.phone.as_deref(), Some("+15550000000"));
    account.bridge.end().await;
    account.state("off").await;

    let (bridge, _told) = start(&account.stand, account.home.path());
    account.link = bridge.link();
    bridge.begin(Mode::Resume);
    let open = account.state("open").await;
    assert_eq!(open.me.unwrap().phone.as_deref(), Some("+15550000000"));
    bridge.end().await;
}

#[tokio::test]
async fn a_code_to_type_is_shown_when_whatsapp_took_it_and_otherwise_the_reason() {
    let mut account = Account::new(false).await;
    let phone = "+15550000000".to_owned();
    account.stand.order("code", json!({ "given": false })).await;
    account.bridge.begin(Mode::Code {
        phone: phone.clone(),
    });
    let refused = account.state("not_linked").await;
    assert!(refused.reason.unwrap().contains("400"));
    account.stand.order("code", json!({ "given": true })).await;
    account.bridge.begin(Mode::Code { phone });
    let shown = account.until(|link| link.code.is_some()).await;
    assert_eq!(shown.code.unwrap().code.len(), 8);
    assert_eq!(shown.qr, None);
}

#[tokio::test]
async fn what_a_person_has_to_mend_is_said_and_never_tried_by_itself() {
    for (code, state) in [
        ("401", "logged_out"),
        ("403", "forbidden"),
        ("405", "too_old"),
        ("440", "conflict"),
    ] {
        let mut account = Account::open().await;
        let order = if code == "440" {
            "stream_error"
        } else {
            "failure"
        };
        account.stand.order(order, json!({ "code": code })).await;
        let link = account.state(state).await;
        assert!(link.reason.is_some() && link.next_step.is_some());
        let number: u32 = code.parse().unwrap();
        assert_eq!(account.bridge.counts().closed.get(&number), Some(&1));
        // Nothing runs any more that could.
        account.bridge.end().await;
        assert_eq!(account.stand.order("counts", json!({})).await["sockets"], 1);
        assert_eq!(
            account.home.path().join("auth/creds.json").exists(),
            code != "401"
        );
        if code == "401" {
            account.bridge.begin(Mode::Qr);
            account.until(|link| link.qr.is_some()).await;
        }
    }
}

#[tokio::test]
async fn what_mends_itself_is_tried_again_and_a_restart_that_whatsapp_wants_at_once() {
    let mut account = Account::open().await;
    account
        .stand
        .order("failure", json!({ "code": "503" }))
        .await;
    let link = account.state("waiting").await;
    assert!(link.reason.unwrap().contains("not available"));
    account.state("open").await;
    account
        .stand
        .order("stream_error", json!({ "code": "515" }))
        .await;
    account.state("connecting").await;
    let link = account.state("open").await;
    assert_eq!(
        link.attempts, 1,
        "a restart is no failure, and open for a moment forgets none"
    );
    account.stand.order("drop", json!({})).await;
    account.state("waiting").await;
    account.state("open").await;
}

#[tokio::test]
async fn a_bridge_that_is_killed_is_started_again_and_loses_nothing() {
    let mut account = Account::open().await;
    account
        .stand
        .order("write", json!({ "id": "ALICE0000001", "text": "words" }))
        .await;
    let seq = loop {
        let told = account.told.recv().await.unwrap();
        if let Event::Message(message) = &told.event {
            assert_eq!(message.text, "words");
            break told.seq.unwrap();
        }
    };
    let first = account.process();
    let asked = account.bridge.ask(Command::Stats, PATIENCE).await.unwrap();
    assert_eq!(asked["linked"], true);
    let status = std::process::Command::new("kill")
        .args(["-KILL", &first.to_string()])
        .status();
    assert!(status.unwrap().success());
    account.state("waiting").await;
    let refused = account
        .bridge
        .ask(Command::Stats, PATIENCE)
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.unknown),
        ("not_running", false)
    );
    let open = account.state("open").await;
    assert_eq!(open.qr, None);
    assert_ne!(account.process(), first);
    assert_eq!(account.bridge.counts().restarts, 1);
    // What was not acknowledged is told again, under its number.
    let again = loop {
        let told = account.told.recv().await.unwrap();
        if matches!(told.event, Event::Message(_)) {
            break told;
        }
    };
    assert_eq!((again.seq, again.again), (Some(seq), true));
    account.bridge.ack(seq);
    let (told, bridge) = (&mut account.told, &account.bridge);
    let waiting = async {
        while bridge.ask(Command::Stats, PATIENCE).await.unwrap()["waiting_events"] != 0 {
            while let Ok(told) = told.try_recv() {
                told.seq.into_iter().for_each(|seq| bridge.ack(seq));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("it is acknowledged");
}

#[tokio::test]
async fn unlinking_sets_the_credentials_aside() {
    let mut account = Account::open().await;
    let unlinked = account.bridge.unlink().await.unwrap();
    assert!(unlinked.told_whatsapp);
    assert!(
        std::path::Path::new(&unlinked.set_aside.unwrap())
            .join("creds.json")
            .exists()
    );
    account.state("not_linked").await;
    assert!(!account.home.path().join("auth/creds.json").exists());
}

#[tokio::test]
async fn a_relay_that_is_gone_leaves_no_bridge_behind() {
    let account = Account::open().await;
    let process = account.process();
    drop(account.bridge);
    let is_there = || {
        std::process::Command::new("kill")
            .args(["-0", &process.to_string()])
            .output()
            .unwrap()
            .status
            .success()
    };
    let gone = async {
        while is_there() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone)
        .await
        .expect("it ends with its handle");
}

#[tokio::test]
#[ignore = "a minute of a dead server: `cargo xtask test --full`"]
async fn a_server_that_is_gone_for_a_minute_is_asked_twelve_times_at_most() {
    let mut account = Account::open().await;
    account.stand.order("die", json!({})).await;
    account.state("waiting").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let knocks = account.stand.order("counts", json!({})).await["knocks"]
        .as_u64()
        .unwrap();
    assert!((3..=12).contains(&knocks), "{knocks}");
    assert_eq!(account.bridge.counts().restarts, 0);
}

#[tokio::test]
#[ignore = "a minute until WhatsApp is asked for a sign of life: `cargo xtask test --full`"]
async fn a_whatsapp_that_answers_nothing_is_left_and_connected_again() {
    let mut account = Account::open().await;
    account.stand.order("silent", json!({})).await;
    let (mut link, is_waiting) = (account.bridge.link(), |link: &Link| {
        link.state.as_str() == "waiting"
    });
    let waiting = tokio::time::timeout(2 * PATIENCE, link.wait_for(is_waiting)).await;
    let reason = waiting.expect("it is noticed").unwrap().reason.clone();
    assert!(reason.unwrap().contains("does not answer"));
    account.state("open").await;
    let counts = account.stand.order("counts", json!({})).await;
    assert_eq!(
        (&counts["sockets"], account.bridge.counts().restarts),
        (&json!(2), 0)
    );
}

/// Everything that is logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_key_of_the_credentials_is_logged_or_shown() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // The tasks of this test are all on this thread.
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut account = Account::new(false).await;
    account.bridge.begin(Mode::Qr);
    let qr = account.until(|link| link.qr.is_some()).await;
    tracing::info!("{qr:?}");
    let data = qr.qr.unwrap().data;
    account.stand.order("scan", json!({ "data": data })).await;
    let open = account.state("open").await;
    tracing::info!("{open:?}");
    account.stand.order("drop", json!({})).await;
    account.state("waiting").await;
    let mut secrets = secrets_in_folder(&account.home.path().join("auth"));
    assert!(secrets.len() > 8, "{}", secrets.len());
    secrets.insert(data);
    account.bridge.end().await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("Qr { number: 1 }"), "the log was seen");
    for secret in secrets {
        assert!(!log.contains(&secret), "a secret was logged");
    }
}
