//! `clawline-relay whatsapp`, with and without a running relay.

use std::fs;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};
use crate::common::TOKEN;
use crate::http::ask;

/// The program with nothing of ours around it, in a home of its own.
fn program(home: &Path, stand: &Stand, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawline-relay"));
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap())
        .envs(stand.variables(home))
        .current_dir(home)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn call(command: &mut Command) -> (i32, String, String) {
    let output = timeout(PATIENCE, command.output());
    let Output {
        status,
        stdout,
        stderr,
    } = output.await.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// Reads what a login prints, scans the first code, and gives what came after it.
async fn scan(mut login: Child, stand: &mut Stand) -> (i32, Vec<String>) {
    let mut lines = BufReader::new(login.stdout.take().unwrap()).lines();
    let mut picture = Vec::new();
    let mut more = Vec::new();
    let reading = async {
        while let Some(line) = lines.next_line().await.unwrap() {
            let is_picture = !line.is_empty() && line.chars().all(|c| " █▀▄".contains(c));
            if is_picture {
                picture.push(line);
            } else {
                more.push(line);
            }
            // A code is square, and two of its rows are one line.
            if picture
                .first()
                .is_some_and(|line| picture.len() == line.chars().count().div_ceil(2))
            {
                stand.order("scan", json!({ "data": read(&picture) })).await;
                picture.clear();
            }
        }
        login.wait().await.unwrap().code().unwrap()
    };
    let code = timeout(PATIENCE, reading).await.expect("it ends");
    (code, more)
}

/// What a phone reads from the printed code.
fn read(picture: &[String]) -> String {
    const SCALE: usize = 4;
    let rows: Vec<Vec<char>> = picture.iter().map(|line| line.chars().collect()).collect();
    let width = rows[0].len() * SCALE;
    let is_dark = |x: usize, y: usize| {
        let (x, y) = (x / SCALE, y / SCALE);
        let half = if y % 2 == 0 { '▀' } else { '▄' };
        rows.get(y / 2)
            .is_some_and(|row| row[x] == '█' || row[x] == half)
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, width, |x, y| {
        if is_dark(x, y) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    grids[0].decode().unwrap().1
}

#[tokio::test]
async fn without_a_relay_an_account_is_linked_seen_and_unlinked() {
    let mut stand = Stand::start().await;
    let home = tempfile::tempdir().unwrap();
    let whatsapp = |stand: &Stand, what: &str| {
        program(
            home.path(),
            stand,
            &["whatsapp", what, "--data-dir", "data"],
        )
    };
    let (code, out, _) = call(&mut whatsapp(&stand, "status")).await;
    assert_eq!(code, 0);
    assert!(
        out.contains("not linked") && out.contains("whatsapp login"),
        "{out}"
    );
    // Nor does an account that is none, or could be none.
    for (name, exit) in [("work", 1), ("../work", 2), ("Work", 2), ("", 2)] {
        let mut status = whatsapp(&stand, "status");
        let (code, out, err) = call(status.args(["--account", name])).await;
        assert_eq!((code, &*out), (exit, ""), "{name}: {err}");
        assert!(err.contains("account"), "{name}: {err}");
    }
    // What is no number starts and installs nothing.
    for phone in ["abc", "", "0170 1234567", "12036301@g.us", "1@lid"] {
        let mut login = whatsapp(&stand, "login");
        let (code, out, err) = call(login.args(["--code", phone])).await;
        assert_eq!((code, &*out), (2, ""), "{phone}: {err}");
        assert!(err.contains("country code"), "{phone}: {err}");
    }
    let (code, _, err) = call(&mut whatsapp(&stand, "logout")).await;
    assert_eq!(code, 1);
    assert!(err.contains("not linked"), "{err}");

    let login = whatsapp(&stand, "login").spawn().unwrap();
    let (code, lines) = scan(login, &mut stand).await;
    assert_eq!(code, 0, "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("Linked devices")),
        "{lines:?}"
    );
    assert!(
        lines.last().unwrap().starts_with("Linked as +15550000000"),
        "{lines:?}"
    );
    let (_, out, _) = call(&mut whatsapp(&stand, "status")).await;
    assert!(out.contains("off as +15550000000"), "{out}");
    // It is linked: no code is needed again.
    let (code, out, err) = call(&mut whatsapp(&stand, "login")).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Linked as") && !out.contains('█'), "{out}");
    let (code, out, err) = call(&mut whatsapp(&stand, "logout")).await;
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("Unlinked") && !err.contains("was not told"),
        "{out} {err}"
    );
    assert!(
        !home
            .path()
            .join("data/whatsapp/default/creds.json")
            .exists()
    );
}

#[tokio::test]
async fn with_a_relay_it_is_that_one_which_links_and_unlinks() {
    let mut stand = Stand::start().await;
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("clawline.toml");
    fs::write(&settings, "[channel.whatsapp_baileys]\n").unwrap();
    let common = ["--data-dir", "data", "--config", settings.to_str().unwrap()];
    let serve = [&["serve", "--listen", "127.0.0.1:0"], &common[..]].concat();
    let mut relay = program(home.path(), &stand, &serve)
        .env("OPENCLAW_GATEWAY_TOKEN", TOKEN)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(relay.stdout.take().unwrap()).lines();
    let line = timeout(PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let url = line.split(" at ").nth(1).unwrap().to_owned();
    let whatsapp = |stand: &Stand, what: &str, named: bool| {
        let mut arguments = [&["whatsapp", what, "--json"], &common[..]].concat();
        if named {
            arguments.extend(["--gateway", &url]);
        }
        let mut command = program(home.path(), stand, &arguments);
        command.env("OPENCLAW_GATEWAY_TOKEN", TOKEN);
        command
    };
    // Whoever does not find the relay begins nothing beside it.
    let (code, _, err) = call(&mut whatsapp(&stand, "login", false)).await;
    assert_eq!(code, 1);
    assert!(err.contains("a relay has the data"), "{err}");
    let login = whatsapp(&stand, "login", true).spawn().unwrap();
    let (code, lines) = scan(login, &mut stand).await;
    assert_eq!(code, 0, "{lines:?}");
    let (_, out, _) = call(&mut whatsapp(&stand, "status", true)).await;
    let link: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&link["state"], &link["me"]["phone"]),
        (&json!("open"), &json!("+15550000000"))
    );
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .parse()
        .unwrap();
    stand.order("drop", json!({})).await;
    let token = format!("Bearer {TOKEN}");
    let counted = async {
        loop {
            let headers = [("authorization", token.as_str())];
            let text = ask(address, Method::GET, "/metrics", &headers, "")
                .await
                .text;
            let of = r#"{channel="whatsapp_baileys",account="default""#;
            if text.contains(&format!(
                "clawline_bridge_closed_total{of},code=\"428\"}} 1"
            )) {
                assert!(
                    text.contains(&format!("clawline_bridge_restarts_total{of}}} 0")),
                    "{text}"
                );
                assert!(
                    text.contains(&format!("clawline_account_waiting{of}}} 0")),
                    "{text}"
                );
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(PATIENCE, counted)
        .await
        .expect("what happens is counted");
    let (code, out, err) = call(&mut whatsapp(&stand, "logout", true)).await;
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Unlinked"), "{out}");
    let (_, out, _) = call(&mut whatsapp(&stand, "status", true)).await;
    let link: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(link["state"], "not_linked");
    // Without the token nobody sees codes.
    let mut stranger = whatsapp(&stand, "status", true);
    let (code, _, err) = call(stranger.env_remove("OPENCLAW_GATEWAY_TOKEN")).await;
    assert_eq!(code, 1);
    assert!(err.contains("token"), "{err}");
}
