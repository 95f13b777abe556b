//! Another user of the same machine, for whom a program of his speaks. Only
//! root can start one: whoever runs the tests as somebody else sees nothing here.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use crate::common::{Client, Device, Relay, Wish, with_token};

const NOBODY: u32 = 65_534;
const FORWARD_TO: &str = "CLAWLINE_TEST_FORWARD_TO";

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}

struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program of another user that hands everything on to `to`.
fn program_of_another_user(to: SocketAddr) -> (Program, SocketAddr) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "another_user::forwarder",
            "--ignored",
            "--nocapture",
        ])
        .env(FORWARD_TO, to.to_string())
        .current_dir("/")
        .uid(NOBODY)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let line = out
        .lines()
        .map(Result::unwrap)
        .find_map(|line| Some(line.split_once("forwards at ")?.1.to_owned()))
        .unwrap();
    (Program(child), line.parse().unwrap())
}

#[test]
#[ignore = "the other user's program; started by the test below"]
fn forwarder() {
    let Ok(to) = std::env::var(FORWARD_TO) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("forwards at {}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    for client in listener.incoming() {
        let client = client.unwrap();
        let server = TcpStream::connect(&to).unwrap();
        for (mut from, mut to) in [
            (client.try_clone().unwrap(), server.try_clone().unwrap()),
            (server, client),
        ] {
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
        }
    }
}

#[tokio::test]
async fn another_user_of_this_machine_is_a_stranger() {
    if !is_root() {
        return;
    }
    let relay = Relay::start(Default::default()).await;
    let (_program, address) = program_of_another_user(relay.address());
    let mut program = Wish {
        origin: None,
        ..Wish::default().scopes(&["operator.admin"])
    };
    (program.client_id, program.mode) = ("cli", "cli");
    let refused = Client::try_connect(address, &Device::new(1), &program).await;
    let (error, _) = refused.err().unwrap();
    assert_eq!(error["details"]["code"], "PAIRING_REQUIRED", "{error}");
    Client::connect(relay.address(), &Device::new(2), &Wish::default()).await;
    drop(relay);
    // With the shared token a program without a device gets no scopes there.
    let relay = Relay::start(with_token()).await;
    let (_program, address) = program_of_another_user(relay.address());
    let mut cli = Wish::default();
    (cli.origin, cli.client_id, cli.mode) = (None, "cli", "cli");
    let client = Client::open(address, &cli).await;
    let mut params = client.connect_params(&Device::new(1), &cli);
    params.as_object_mut().unwrap().remove("device");
    let client = client.shake(params).await.ok().unwrap();
    assert_eq!(client.hello["auth"]["scopes"], serde_json::json!([]));
}
