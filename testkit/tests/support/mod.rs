//! What several test files share.
#![allow(
    dead_code,
    reason = "each test file is a crate of its own and uses a part"
)]

use std::{
    future::Future,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::sleep,
};

/// Long enough for any machine; only a failing test waits so long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Asks until the answer is yes.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut ask: impl FnMut() -> F) {
    let begun = Instant::now();
    while !ask().await {
        assert!(begun.elapsed() < LIMIT, "never happened: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Fails the test instead of hanging it.
pub(crate) async fn soon<F: Future>(what: &str, future: F) -> F::Output {
    let limited = tokio::time::timeout(LIMIT, future).await;
    limited.unwrap_or_else(|_| panic!("never happened: {what}"))
}

/// A server that sends back what it gets, until the test ends.
pub(crate) async fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                let _ = tokio::io::copy(&mut read, &mut write).await;
            });
        }
    });
    address
}

/// Posts JSON and returns all that comes until the server ends the connection.
pub(crate) async fn post(address: SocketAddr, path: &str, body: &Value) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    post_on(&mut stream, path, body).await;
    let mut answer = Vec::new();
    // A cut connection ends with an error; what came before it counts.
    let _ = soon("the end of the answer", stream.read_to_end(&mut answer)).await;
    String::from_utf8(answer).unwrap()
}

/// Posts JSON and leaves the answer to the caller.
pub(crate) async fn post_on(stream: &mut TcpStream, path: &str, body: &Value) {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
}

/// The lines of a recording.
pub(crate) fn recording(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Whether a process of that id exists and is not a corpse.
pub(crate) fn is_alive(id: u32) -> bool {
    let output = std::process::Command::new("ps")
        .args(["-o", "stat=", "-p", &id.to_string()])
        .output();
    let state = String::from_utf8(output.unwrap().stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}
