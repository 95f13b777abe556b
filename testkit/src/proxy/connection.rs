//! One client of a fault proxy, from its acceptance to its end.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

use super::{
    Mode,
    faults::{Orders, Tally, add},
    pump::{Direction, End, pump},
    sockets::{Entered, Sockets},
};
use crate::recorder::log::Way;

const MAX_HEAD: usize = 64 << 10;

/// What all connections of a proxy share.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub upstream: SocketAddr,
    pub forwarded_for: Option<Arc<str>>,
    pub tally: Arc<Tally>,
    pub sockets: Arc<Sockets>,
    pub orders: watch::Receiver<Orders>,
}

/// Counts a connection as open as long as it lives.
struct Open<'a>(&'a AtomicU64);

impl<'a> Open<'a> {
    fn mark(counter: &'a AtomicU64) -> Self {
        counter.fetch_add(1, Ordering::SeqCst);
        Self(counter)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(super) async fn serve(mut client: TcpStream, number: u64, route: Route) {
    let _open = Open::mark(&route.tally.open);
    let entered = route.sockets.enter(number);
    let mut orders = route.orders.clone();
    let (mode, cut) = {
        let now = orders.borrow();
        (now.faults.mode, now.cut)
    };
    let ordered_cut = async {
        // An error means that the proxy is gone.
        let is_cut = |orders: &Orders| orders.cut != cut || orders.cut_sockets.contains(&number);
        let _ = orders.wait_for(is_cut).await;
        entered.note("cut");
    };
    if matches!(mode, Mode::BlackHole | Mode::NeverAnswer) {
        tokio::select! {
            () = swallow(&mut client, &route.tally) => {}
            () = ordered_cut => reset(&client),
        }
        return;
    }
    let Ok(mut upstream) = TcpStream::connect(route.upstream).await else {
        entered.note("the upstream does not listen");
        reset(&client);
        return;
    };
    let end = tokio::select! {
        end = exchange(&mut client, &mut upstream, &route, &entered) => end,
        () = ordered_cut => Err(End::Reset),
    };
    if let Err(End::Reset) = end {
        reset(&client);
        reset(&upstream);
    }
}

/// Makes the drop of `stream` an RST instead of an orderly end.
fn reset(stream: &TcpStream) {
    // Refused only for a socket that is dead already.
    let _ = stream.set_zero_linger();
}

/// Reads and forgets; a client that ends stays half-open.
async fn swallow(client: &mut TcpStream, tally: &Tally) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(length @ 1..) = client.read(&mut buffer).await {
        add(&tally.swallowed, length);
    }
    std::future::pending::<()>().await;
}

async fn exchange(
    client: &mut TcpStream,
    upstream: &mut TcpStream,
    route: &Route,
    entered: &Entered,
) -> Result<(), End> {
    // Small frames must not wait for one another in the kernel: the delay is ours.
    let _ = client.set_nodelay(true);
    let _ = upstream.set_nodelay(true);
    let first = match &route.forwarded_for {
        Some(peer) => head_with_peer(client, peer).await.map_err(|_| End::Reset)?,
        None => Vec::new(),
    };
    let (client_read, client_write) = client.split();
    let (upstream_read, mut upstream_write) = upstream.split();
    upstream_write
        .write_all(&first)
        .await
        .map_err(|_| End::Reset)?;
    add(&route.tally.up, first.len());
    let mut heard = entered.ear(Way::Out);
    heard.hear(&first, false);
    let lost = AtomicBool::new(false);
    let up = Direction {
        orders: route.orders.clone(),
        passed: &route.tally.up,
        swallowed: &route.tally.swallowed,
        limit: |faults| faults.cut_after_up,
        lost: &lost,
        ear: heard,
    };
    let down = Direction {
        orders: route.orders.clone(),
        passed: &route.tally.down,
        swallowed: &route.tally.swallowed,
        limit: |faults| faults.cut_after_down,
        lost: &lost,
        ear: entered.ear(Way::In),
    };
    tokio::try_join!(
        pump(client_read, upstream_write, up),
        pump(upstream_read, client_write, down),
    )?;
    Ok(())
}

/// Reads the head of the first request and adds the header to it. What is not
/// HTTP passes unchanged.
async fn head_with_peer(client: &mut TcpStream, peer: &str) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|four| four == b"\r\n\r\n") && head.len() < MAX_HEAD {
        if client.read_buf(&mut head).await? == 0 {
            return Ok(head);
        }
    }
    let line_end = head.windows(2).position(|two| two == b"\r\n");
    if let Some(line_end) = line_end.filter(|&end| head[..end].ends_with(b" HTTP/1.1")) {
        let header = format!("\r\nX-Forwarded-For: {peer}");
        head.splice(line_end..line_end, header.bytes());
    }
    Ok(head)
}
