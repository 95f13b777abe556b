//! The addresses of a server: which it may have, and how people reach it there.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::config::{ServeError, Setup};
use crate::origin;

/// Refuses to be open to everybody: what others can reach needs a token.
pub(super) fn check(config: &Setup) -> Result<(), ServeError> {
    if !config.gateway.tokens.is_empty() {
        return Ok(());
    }
    let mut all = config.listen.iter().chain(&config.hub_listen);
    if let Some(address) = all.find(|at| !origin::is_loopback(at.ip())) {
        return Err(ServeError::OpenToAll(*address));
    }
    match config.gateway.welcome.outside_name() {
        Some(name) => Err(ServeError::NamedToAll(name.to_owned())),
        None => Ok(()),
    }
}

/// Listens at each address; gives them with their real ports.
pub(super) fn listen(
    wanted: &[SocketAddr],
) -> Result<(Vec<SocketAddr>, Vec<TcpListener>), ServeError> {
    let (mut addresses, mut listeners) = (Vec::new(), Vec::new());
    for &address in wanted {
        let no_listener = |source| ServeError::Listen { address, source };
        let tcp = bind(address).map_err(no_listener)?;
        addresses.push(tcp.local_addr().map_err(no_listener)?);
        listeners.push(tcp);
    }
    Ok((addresses, listeners))
}

/// Connections that may wait in the system until there is a place for them:
/// whoever finds no room there tries again after seconds.
const WAITING: u32 = 1_024;

fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // What is left of an earlier relay's connections keeps no port; on Windows it
    // would let two listen there.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// The address for people.
pub(super) fn url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        // 0.0.0.0 is no place to go to.
        return format!("http://127.0.0.1:{}/", address.port());
    }
    format!("http://{address}/")
}
