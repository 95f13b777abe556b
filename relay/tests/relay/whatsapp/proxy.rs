//! WhatsApp behind a proxy that the settings name. Which ways take it, the tests of
//! the bridge say (`relay/bridge/test/proxy.test.mjs`).

use std::net::SocketAddr;

use clawline_relay::account::Account;
use clawline_relay::channels::whatsapp::Mode;
use clawline_relay::channels::whatsapp::bridge::{Bridge, Settings, TestBridge};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::stand::{PATIENCE, Stand};

/// A proxy, and to where it is asked to lead.
async fn proxy() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (say, asked) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(lead(client, say.clone()));
        }
    });
    (address, asked)
}

async fn lead(client: TcpStream, say: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let mut first = String::new();
    client.read_line(&mut first).await?;
    let mut line = String::new();
    while client.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let place = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut onward = TcpStream::connect(&place).await?;
    let _ = say.send(place);
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut onward).await?;
    Ok(())
}

#[tokio::test]
async fn the_proxy_of_the_settings_is_the_way_to_whatsapp() {
    let home = tempfile::tempdir().unwrap();
    let mut stand = Stand::start().await;
    let folder = home.path().join("auth");
    stand.order("login", json!({ "folder": folder })).await;
    let (address, mut asked) = proxy().await;
    let mut settings = Settings::new(Account::default(), folder, home.path().join("whatsapp"));
    settings.proxy = Some(format!("http://{address}"));
    settings.test = Some(TestBridge {
        main: stand.main.clone(),
        server: stand.url.clone(),
        locks: home.path().join("locks"),
    });
    let (bridge, _told, work) = Bridge::with_work(settings);
    tokio::spawn(work);
    bridge.begin(Mode::Resume);
    let mut link = bridge.link();
    let open = link.wait_for(|link| link.state.as_str() == "open");
    timeout(PATIENCE, open).await.unwrap().unwrap();
    let place = asked.recv().await.unwrap();
    assert!(stand.url.contains(&format!("//{place}/")), "{place}");
    bridge.end().await;
}
