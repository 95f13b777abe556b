//! Whose program it is that connects from this machine.
//!
//! TCP does not tell, but Linux lists the user of every socket. Elsewhere every
//! program of this machine counts as its owner's; `docs/SECURITY.md` says so.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time;

/// Between two readings: the system looks through all its sockets for each.
const REST: Duration = Duration::from_millis(20);

/// The users of the sockets of this machine, as they were lately.
#[derive(Debug)]
pub(crate) struct Neighbours {
    last: Mutex<Option<Snapshot>>,
    read: fn(&'static str) -> Sockets,
}

#[derive(Debug)]
struct Snapshot {
    /// When it was begun.
    at: Instant,
    /// When it was there.
    done: time::Instant,
    sockets: Sockets,
    /// Both lists were read.
    is_whole: bool,
}

/// A socket by own and other end.
type Pair = (SocketAddr, SocketAddr);

type Sockets = HashMap<Pair, u32>;

impl Default for Neighbours {
    fn default() -> Self {
        Self {
            last: Mutex::default(),
            read: sockets,
        }
    }
}

impl Neighbours {
    /// Whether the socket at `remote`, connected to ours at `local` since
    /// before `since`, is known to be another user's. Reads files; those who ask
    /// within a short time share one reading, which is begun after `since`.
    pub(crate) async fn is_anothers(
        &self,
        remote: SocketAddr,
        local: SocketAddr,
        since: Instant,
    ) -> bool {
        let Some(we) = user() else { return false };
        let pair = (plain(remote), plain(local));
        let mut last = self.last.lock().await;
        // A port has one user as long as a connection lasts, no longer.
        let fresh =
            |one: &Snapshot| one.at > since && (one.is_whole || one.sockets.contains_key(&pair));
        if !last.as_ref().is_some_and(fresh) {
            if let Some(before) = last.as_ref() {
                time::sleep_until(before.done + REST).await;
            }
            let read = self.read;
            let Ok(taken) = spawn_blocking(move || Snapshot::take(pair, read)).await else {
                return true;
            };
            *last = Some(taken);
        }
        last.as_ref()
            .is_none_or(|one| belongs_to_another(&one.sockets, pair, we))
    }
}

impl Snapshot {
    /// Reads the list in which `pair` should be; the other one where it is not.
    fn take(pair: Pair, read: fn(&'static str) -> Sockets) -> Self {
        const V4: &str = "/proc/net/tcp";
        const V6: &str = "/proc/net/tcp6";
        let at = Instant::now();
        let (first, second) = if pair.0.is_ipv4() { (V4, V6) } else { (V6, V4) };
        let mut sockets = read(first);
        let is_whole = !sockets.contains_key(&pair);
        if is_whole {
            sockets.extend(read(second));
        }
        Self {
            at,
            done: time::Instant::now(),
            sockets,
            is_whole,
        }
    }
}

/// Whether a pair, in the eyes of the other end, is another user's.
fn belongs_to_another(sockets: &Sockets, (remote, local): Pair, we: u32) -> bool {
    match sockets.get(&(remote, local)) {
        // The administrator may read our files anyway.
        Some(user) => *user != we && *user != 0,
        // Our own end is listed and the other one is not: nobody we know.
        None => sockets.contains_key(&(local, remote)),
    }
}

fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(target_os = "linux")]
fn user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
fn user() -> Option<u32> {
    None
}

fn sockets(file: &'static str) -> Sockets {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().skip(1).filter_map(socket).collect()
}

/// One line of such a file, of an established connection.
fn socket(line: &str) -> Option<((SocketAddr, SocketAddr), u32)> {
    const ESTABLISHED: &str = "01";
    let mut fields = line.split_ascii_whitespace().skip(1);
    let own = address(fields.next()?)?;
    let other = address(fields.next()?)?;
    if fields.next()? != ESTABLISHED {
        return None;
    }
    let user = fields.nth(3)?.parse().ok()?;
    Some(((own, other), user))
}

/// `0100007F:1F90`: words as this machine has them in memory, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = ip.get(at..at + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let ip = match ip.len() {
        8 => IpAddr::V4(Ipv4Addr::from(word(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for (part, at) in bytes.chunks_mut(4).zip([0, 8, 16, 24]) {
                part.copy_from_slice(&word(at)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(plain(SocketAddr::new(ip, port)))
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    const LINES: [&str; 5] = [
        "   0: 0100007F:9C40 0100007F:4966 01 00000000:00000000 00:00000000 00000000  1001        0 7 1 0 20 4 30 10 -1",
        "   1: 0100007F:4966 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 8 1 0 20 4 30 10 -1",
        "   2: 0000000000000000FFFF00000100007F:9C41 0000000000000000FFFF00000100007F:4966 01 00000000:00000000 00:00000000 00000000  1000        0 9 1 0",
        "   3: 00000000000000000000000001000000:9C42 00000000000000000000000001000000:4966 01 00000000:00000000 00:00000000 00000000     0        0 9 1 0",
        "   4: 0100007F:9C43 0100007F:4966 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0",
    ];

    #[test]
    fn another_users_socket_is_told_from_our_own() {
        let mut sockets: Sockets = LINES.iter().filter_map(|line| socket(line)).collect();
        let at = |text: &str| text.parse().unwrap();
        let ours = at("127.0.0.1:18790");
        let another = |sockets: &Sockets, remote, local| {
            belongs_to_another(sockets, (at(remote), local), 1000)
        };
        assert!(another(&sockets, "127.0.0.1:40000", ours));
        assert!(
            !another(&sockets, "127.0.0.1:40001", ours),
            "mapped into IPv6"
        );
        assert!(!another(&sockets, "[::1]:40002", at("[::1]:18790")), "root");
        assert!(
            !another(&sockets, "127.0.0.1:40003", ours),
            "nothing is listed"
        );
        sockets.insert((ours, at("127.0.0.1:40003")), 1000);
        assert!(
            another(&sockets, "127.0.0.1:40003", ours),
            "only our end is"
        );
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn our_own_sockets_are_ours() {
        for listens in ["127.0.0.1:0", "[::]:0"] {
            // Not every machine has IPv6.
            let Ok(listener) = std::net::TcpListener::bind(listens) else {
                continue;
            };
            let before = Instant::now();
            let port = listener.local_addr().unwrap().port();
            let client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (server, remote) = listener.accept().unwrap();
            let local = server.local_addr().unwrap();
            let neighbours = Neighbours::default();
            assert!(!neighbours.is_anothers(remote, local, before).await);
            let last = neighbours.last.lock().await;
            let own = (client.local_addr().unwrap(), plain(local));
            let listed = last.as_ref().unwrap().sockets.get(&own).copied();
            assert_eq!(listed, user());
        }
    }

    const OURS: &str = "127.0.0.1:18790";

    /// Another user's sockets; those of ports below 100 are IPv6 sockets.
    #[cfg(target_os = "linux")]
    fn crowd(file: &'static str) -> Sockets {
        READINGS.lock().unwrap().push(file);
        let ports = if file.ends_with('6') {
            1..100
        } else {
            100..200
        };
        let client = |port| {
            (
                SocketAddr::from(([127, 0, 0, 1], port)),
                OURS.parse().unwrap(),
            )
        };
        ports.map(|port| (client(port), u32::MAX - 1)).collect()
    }

    #[cfg(target_os = "linux")]
    static READINGS: std::sync::Mutex<Vec<&str>> = std::sync::Mutex::new(Vec::new());

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn a_crowd_shares_readings_that_are_begun_after_each_came() {
        let neighbours = Neighbours {
            last: Mutex::default(),
            read: crowd,
        };
        let ask = async |port: u16, since| {
            let remote = SocketAddr::from(([127, 0, 0, 1], port));
            neighbours
                .is_anothers(remote, OURS.parse().unwrap(), since)
                .await
        };
        let taken = || std::mem::take(&mut *READINGS.lock().unwrap());
        let (old, new) = ("/proc/net/tcp", "/proc/net/tcp6");
        assert!(ask(100, Instant::now()).await);
        assert_eq!(taken(), [old], "what is found is not looked for elsewhere");
        let comes = async |number: u16| {
            time::sleep(REST / 20 * u32::from(number)).await;
            assert!(ask(100 + number, Instant::now()).await);
        };
        futures_util::future::join_all((1..10).map(comes)).await;
        assert_eq!(taken(), [old], "one for all who came meanwhile");
        assert!(ask(1, Instant::now()).await);
        assert_eq!(taken(), [old, new], "an IPv6 socket to an IPv4 address");
        let came = Instant::now();
        assert!(ask(2, came).await && ask(150, came).await);
        assert_eq!(taken(), [old, new], "none is older than who asks");
    }
}
