//! The program as people start it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program in a home of its own, with nothing of ours around it.
fn program(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clawline-relay"));
    for (name, _) in std::env::vars_os() {
        let is_ours = name.to_str().is_some_and(|name| {
            ["CLAWLINE_", "OPENCLAW_", "XDG_"]
                .iter()
                .any(|ours| name.starts_with(ours))
        });
        if is_ours {
            command.env_remove(name);
        }
    }
    command.env("HOME", home).current_dir(home);
    command
}

fn run(home: &Path, arguments: &[&str]) -> Output {
    program(home).args(arguments).output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A relay that runs until it is dropped.
struct Running(Child);

impl Running {
    /// Starts one and waits for its first address.
    fn start(command: &mut Command) -> (Self, String) {
        let child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut running = Self(child);
        let mut line = String::new();
        let stdout = running.0.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("clawline-relay listens at ");
        (running, url.unwrap().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_tilde_is_the_home_folder_in_options_the_environment_and_the_file() {
    let home = TempDir::new().unwrap();
    fs::write(
        home.path().join("settings.toml"),
        "data_dir = \"~/from-file\"\n",
    )
    .unwrap();
    fs::write(home.path().join("token"), "a-token\n").unwrap();
    let start = |command: &mut Command| drop(Running::start(command));
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    start(
        program(home.path())
            .env("CLAWLINE_DATA_DIR", "~/from-variable")
            .args(serve),
    );
    start(
        program(home.path())
            .args(["--data-dir", "~/from-option"])
            .args(serve),
    );
    start(
        program(home.path())
            .args(["--config", "~/settings.toml"])
            .args(serve),
    );
    let token = ["--token-file", "~/token", "--data-dir", "~/with-token"];
    start(program(home.path()).args(serve).args(token));
    for folder in ["from-variable", "from-option", "from-file", "with-token"] {
        assert!(home.path().join(folder).is_dir(), "{folder}");
    }
    assert!(!home.path().join("~").exists());
    let other = run(home.path(), &["--data-dir", "~root/x", "devices", "list"]);
    assert!(!other.status.success());
    assert!(
        err(&other).contains("--data-dir: data_dir must be a path; only `~/`"),
        "{}",
        err(&other)
    );
}

#[test]
fn it_listens_at_each_address_and_allows_the_pages_of_programs() {
    let home = TempDir::new().unwrap();
    let mut command = program(home.path());
    command.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--listen",
        "127.0.0.1:0",
    ]);
    command.args([
        "--origin",
        "tauri://localhost",
        "--origin",
        "chrome-extension://abcdefghijklmnop",
    ]);
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut running = Running(child);
    let lines = BufReader::new(running.0.stdout.take().unwrap()).lines();
    let urls: Vec<String> = lines.take(2).map(Result::unwrap).collect();
    assert_ne!(urls[0], urls[1]);
    for url in urls {
        let address = url.rsplit("http://").next().unwrap().trim_end_matches('/');
        std::net::TcpStream::connect(address).unwrap();
    }
}

#[test]
fn what_is_wrong_with_the_settings_ends_every_command_with_the_line() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("x.toml"), "\nlisten = \"nowhere\"\n").unwrap();
    for arguments in [
        ["serve"].as_slice(),
        &["devices", "list"],
        &["doctor"],
        &["config", "check"],
    ] {
        let output = run(home.path(), &[arguments, &["--config", "x.toml"]].concat());
        assert!(!output.status.success(), "{arguments:?}");
        let said = out(&output) + &err(&output);
        assert!(
            said.contains("x.toml, line 2: listen must be"),
            "{arguments:?}: {said}"
        );
        assert!(!said.contains("nowhere"), "{said}");
    }
}

#[test]
fn config_check_tells_people_and_programs_what_is_so() {
    let home = TempDir::new().unwrap();
    let right = run(home.path(), &["config", "check"]);
    assert!(right.status.success());
    assert!(
        out(&right).contains(".config/clawline/clawline.toml is not there"),
        "{}",
        out(&right)
    );
    fs::create_dir_all(home.path().join(".config/clawline")).unwrap();
    let usual = home.path().join(".config/clawline/clawline.toml");
    fs::write(
        &usual,
        "[chanel]\n[channel]\nenabled = false\ndm_policy = \"open\"\n",
    )
    .unwrap();
    let odd = run(home.path(), &["config", "check"]);
    assert!(odd.status.success());
    let said = out(&odd);
    assert!(
        said.contains("line 1: chanel is not known") && said.contains("`channel`"),
        "{said}"
    );
    assert!(
        said.contains("line 4: channel.dm_policy is not used by this version"),
        "{said}"
    );
    // Colour is for terminals.
    assert!(!said.contains('\u{1b}'), "{said}");
    let wrong = home.path().join("wrong.toml");
    fs::write(&wrong, "pair = \"never\"\ntoken_file = \"absent\"\n").unwrap();
    let output = run(
        home.path(),
        &["config", "check", "--file", "wrong.toml", "--json"],
    );
    assert!(!output.status.success());
    let report = json(&output);
    assert_eq!(report["ok"], false);
    assert_eq!(report["errors"][0]["key"], "pair");
    assert_eq!(report["errors"][0]["line"], 1);
    assert!(
        report["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("\"always\"")
    );
    // A token that is not there is found before the relay is started.
    fs::write(&wrong, "token_file = \"absent\"\n").unwrap();
    let output = run(home.path(), &["config", "check", "--file", "wrong.toml"]);
    assert!(!output.status.success());
    assert!(out(&output).contains("token_file"), "{}", out(&output));
}

#[test]
fn config_check_finds_what_would_keep_the_relay_from_starting() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("x.toml");
    for (text, words) in [
        (
            "[access.tokens.owner]\nenv = \"HOME\"\nscopes = [\"operator.read\"]",
            "access.tokens.owner: this name is that of whoever has the one token",
        ),
        (
            "[access.tokens.ann]\nenv = \"ABSENT\"\nscopes = [\"operator.read\"]",
            "access.tokens.ann: the variable ABSENT is empty or not set",
        ),
        (
            "[access.tokens.ann]\nenv = \"HOME\"",
            "access.tokens.ann: it allows nothing",
        ),
        (
            "[agent.openai]\nbase_url = \"http://127.0.0.1:1/v1\"\nmodel = \"m\"\napi_key_env = \"ABSENT\"",
            "the key of agent.openai: the variable ABSENT",
        ),
        (
            "[webhook.w]\nurl = \"https://example.org/\"\nsecret_file = \"absent\"",
            "absent",
        ),
    ] {
        fs::write(&file, text).unwrap();
        for arguments in [
            &["config", "check", "--file", "x.toml"][..],
            &["serve", "--listen", "127.0.0.1:0", "--file", "x.toml"],
        ] {
            let ended = run(home.path(), arguments);
            assert!(!ended.status.success(), "{arguments:?} {text}");
            let said = out(&ended) + &String::from_utf8_lossy(&ended.stderr);
            assert!(said.contains(words), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn config_path_names_the_file() {
    let home = TempDir::new().unwrap();
    let usual = home.path().join(".config/clawline/clawline.toml");
    let output = run(home.path(), &["config", "path"]);
    assert!(output.status.success());
    assert_eq!(out(&output).trim(), usual.to_str().unwrap());
    let named = program(home.path())
        .env("CLAWLINE_CONFIG", "~/.openjarvis/config.toml")
        .args(["config", "path", "--json"])
        .output()
        .unwrap();
    let report = json(&named);
    let path = home.path().join(".openjarvis/config.toml");
    assert_eq!(report["path"], path.to_str().unwrap());
    assert_eq!(report["exists"], false);
}

#[test]
fn the_doctor_finds_what_would_keep_the_relay_from_working() {
    let home = TempDir::new().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap();
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    fs::write(home.path().join("file"), "").unwrap();
    let settings = format!(
        "listen = [\"{port}\", \"0.0.0.0:0\"]\ndata_dir = \"~/file/x\"\ngateway = \"ws://{gone}\"\n\
         [channel.whatsapp_baileys]\n"
    );
    fs::write(home.path().join("x.toml"), settings).unwrap();
    let output = program(home.path())
        .env("PATH", home.path())
        .args(["doctor", "--json", "--config", "x.toml"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let report = json(&output);
    assert_eq!(report["ok"], false);
    let checks = report["checks"].as_array().unwrap();
    for (name, words) in [
        ("data folder", "--data-dir"),
        (&format!("address {port}"), "--listen"),
        ("address 0.0.0.0:0", "there is no token"),
        ("page", "index.html"),
        (&format!("gateway {gone}"), "cannot be reached"),
        ("Node.js", "install it"),
    ] {
        let check = checks.iter().find(|check| check["name"] == name);
        let check = check.unwrap_or_else(|| panic!("{name} in {report:#}"));
        assert_eq!(check["outcome"], "failed", "{check}");
        assert!(
            check["message"].as_str().unwrap().contains(words),
            "{check}"
        );
    }
}

#[test]
fn the_doctor_is_content_beside_a_running_relay_and_advises_about_proxies() {
    let home = TempDir::new().unwrap();
    fs::create_dir_all(home.path().join("dist")).unwrap();
    fs::write(home.path().join("dist/index.html"), "").unwrap();
    let mut serve = program(home.path());
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data-dir", "~/data"]);
    let (_running, url) = Running::start(&mut serve);
    let address = url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let settings = format!(
        "data_dir = \"~/data\"\nlisten = \"{address}\"\n[upstream.home]\nurl = \"ws://{address}/gateway\"\n"
    );
    fs::write(home.path().join("x.toml"), settings).unwrap();
    let output = run(home.path(), &["doctor", "--config", "x.toml"]);
    let said = out(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("served by a relay that runs now"), "{said}");
    assert!(
        said.contains("gateway.trustedProxies '[\"127.0.0.1\"]'"),
        "{said}"
    );
    assert!(
        said.contains("not needed: WhatsApp is not configured"),
        "{said}"
    );
    assert!(!said.contains('\u{1b}'), "{said}");
    // It left nothing behind.
    let left = fs::read_dir(home.path().join("data")).unwrap();
    let names: Vec<_> = left.map(|one| one.unwrap().file_name()).collect();
    assert!(
        !names
            .iter()
            .any(|name| name.to_string_lossy().contains("doctor")),
        "{names:?}"
    );
}
