//! A bridge that is not as ours is: whatever it writes, the relay goes on.

use std::path::Path;
use std::time::Duration;

use clawline_relay::account::Account;
use clawline_relay::channels::whatsapp::Mode;
use clawline_relay::channels::whatsapp::bridge::lines::{Command, Event};
use clawline_relay::channels::whatsapp::bridge::{Bridge, Settings, TestBridge, Told};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Log;
use super::stand::PATIENCE;

/// It says that it works, answers everything, and does what else a test gives it
/// to do. `say` writes a line, `run` counts its starts, `obey` sees each command.
const SCRIPT: &str = r#"
const fs = require('node:fs');
const folder = process.argv[process.argv.indexOf('--auth-dir') + 1];
const file = `${folder}/runs`;
const run = fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) + 1 : 1;
fs.writeFileSync(file, String(run));
const say = (line) => process.stdout.write(`${typeof line === 'string' ? line : JSON.stringify(line)}\n`);
const me = { jid: '15550000000@s.whatsapp.net' };
const ready = (seq) => say({ ev: 'ready', seq, ts: 1, proto: 1, bridge: '0', baileys: '7', node: '24', linked: true, me });
const message = (seq) => ({ ev: 'message', seq, ts: 1, chat: '1@s.whatsapp.net', id: `ALICE${seq}`, kind: 'text', text: 'x' });
let obey = () => ({});
const input = require('node:readline').createInterface({ input: process.stdin });
input.on('line', (line) => {
  const { id, ...command } = JSON.parse(line);
  say({ id, ok: true, result: obey(command) });
});
input.on('close', () => process.exit(0));
"#;

fn bridge(home: &Path, script: &str) -> (Bridge, mpsc::Receiver<Told>) {
    let main = home.join("main.cjs");
    std::fs::write(&main, format!("{SCRIPT}\n{script}")).unwrap();
    std::fs::write(home.join("creds.json"), "{}").unwrap();
    let mut settings = Settings::new(Account::default(), home.to_owned(), home.to_owned());
    settings.test = Some(TestBridge {
        main,
        server: String::new(),
        locks: home.to_owned(),
    });
    let (bridge, told, work) = Bridge::with_work(settings);
    tokio::spawn(work);
    bridge.begin(Mode::Resume);
    (bridge, told)
}

async fn message(told: &mut mpsc::Receiver<Told>) -> Told {
    loop {
        let told = timeout(PATIENCE, told.recv()).await.unwrap().unwrap();
        if matches!(told.event, Event::Message(_)) {
            return told;
        }
    }
}

async fn stats(bridge: &Bridge) -> Value {
    bridge.ask(Command::Stats, PATIENCE).await.unwrap()
}

#[tokio::test]
async fn whatever_a_bridge_writes_hurts_nothing_and_fills_no_log() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        ready(1);
        ready(2);
        say({ id: 99999, ok: true, result: {} });
        say({ id: 1, ok: true, result: {} });
        say({ id: 1, ok: true, result: {} });
        say(message(1));
        for (let n = 0; n < 20000; n += 1) say('Closing session: c2VjcmV0LWtleQ');
        say('x'.repeat(3 << 20));
        say({ ev: 'state', seq: 3, ts: 1, state: 'open', generation: 1 });
        say({ ev: 'qr', seq: 4, ts: 1, data: '2@late', n: 1, expires_in_ms: 2 ** 53 });
        const most = '9223372036854775807';
        say(JSON.stringify({ ...message(10), sent_at: 1 }).replace('"ts":1', `"ts":${most}`).replace('"sent_at":1', `"sent_at":${most}`));
        say(message(9));
    "#;
    let (bridge, mut told) = bridge(home.path(), script);
    let told = message(&mut told).await;
    assert_eq!((told.seq, told.at_ms), (Some(10), i64::MAX));
    let link = bridge.link().borrow().clone();
    assert_eq!((link.state.as_str(), link.qr), ("open", None));
    assert_eq!(stats(&bridge).await, json!({}));
    assert_eq!(bridge.counts().bad_lines, 20_003);
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let complaints = log.lines().filter(|line| line.contains("WARN")).count();
    assert!((1..=100).contains(&complaints), "{complaints}");
    assert!(!log.contains("c2VjcmV0LWtleQ"));
    bridge.end().await;
}

#[tokio::test]
async fn a_bridge_that_counts_anew_hears_only_of_what_it_told_itself() {
    let home = tempfile::tempdir().unwrap();
    let script = r#"
        const acks = [];
        obey = ({ cmd, seq }) => {
          if (cmd === 'ack' && run === 1) process.exit(1);
          if (cmd === 'ack') acks.push(seq);
          return { acks };
        };
        ready(1);
        say(message(run === 1 ? 10 : 2));
    "#;
    let (bridge, mut told) = bridge(home.path(), script);
    assert_eq!(message(&mut told).await.seq, Some(10));
    bridge.ack(10);
    assert_eq!(message(&mut told).await.seq, Some(2));
    assert_eq!(stats(&bridge).await["acks"], json!([]));
    bridge.ack(2);
    let heard = async {
        while stats(&bridge).await["acks"] != json!([2]) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, heard).await.expect("it is acknowledged");
    bridge.end().await;
}
