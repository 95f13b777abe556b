//! Which addresses deliveries may go to. It is asked about the address that is
//! connected to, after names are looked up: a name that changes its mind between
//! a check and a connection gains nothing.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// The addresses of one webhook. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    named: Arc<[IpAddr]>,
}

impl Gate {
    /// Lets everybody on the internet through, and who is named.
    pub(super) fn new(named: &[IpAddr]) -> Self {
        let named = named.iter().map(IpAddr::to_canonical).collect();
        Self { named }
    }

    pub(super) fn lets(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.named.contains(&address) || is_public(address)
    }
}

impl Resolve for Gate {
    fn resolve(&self, name: Name) -> Resolving {
        let gate = self.clone();
        Box::pin(async move {
            let found = lookup_host((name.as_str(), 0)).await?;
            let all: Vec<SocketAddr> = found.collect();
            let (open, shut): (Vec<_>, Vec<_>) = all.into_iter().partition(|at| gate.lets(at.ip()));
            match (open.is_empty(), shut.first()) {
                (false, _) => Ok(Box::new(open.into_iter()) as Addrs),
                (true, Some(at)) => Err(Shut(at.ip()).into()),
                (true, None) => Err(io::Error::other("the name has no address").into()),
            }
        })
    }
}

/// A name that leads into a private network.
#[derive(Debug)]
struct Shut(IpAddr);

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.0;
        write!(
            f,
            "its name leads to {address}, inside a private network; if that is right, add it to private_addresses"
        )
    }
}

impl std::error::Error for Shut {}

/// Whether an address is one of the internet's, and nobody's inside a network.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_for_protocols = (a, b, c) == (192, 0, 0);
    let is_relay = (a, b, c) == (192, 88, 99);
    let is_benchmark = a == 198 && (18..20).contains(&b);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || is_shared
        || is_for_protocols
        || is_relay
        || is_benchmark
        || a == 0
        || a >= 240)
}

/// Only what is given out, and nothing that carries an address of version 4
/// which is not public itself.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let carried = |high: u16, low: u16| {
        let [[x, y], [z, w]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_public_v4(Ipv4Addr::new(x, y, z, w))
    };
    match (a, b) {
        // Translated (NAT64) and 6to4.
        (0x64, 0xff9b) => (c, d, e, f) == (0, 0, 0, 0) && carried(g, h),
        (0x2002, high) => carried(high, c),
        // Teredo and other protocols, and documentation.
        (0x2001, 0..0x200 | 0xdb8) | (0x3fff, 0..0x1000) => false,
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_internet_is_public() {
        for inside in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "2002:7f00:1::1",
            "2001:0:1::1",
            "2001:db8::1",
        ] {
            let address: IpAddr = inside.parse().unwrap();
            assert!(!Gate::new(&[]).lets(address), "{inside}");
            assert!(Gate::new(&[address]).lets(address), "{inside} is named");
        }
        for outside in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2606:4700::1111",
            "2a00::1",
        ] {
            assert!(Gate::new(&[]).lets(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_name_in_one_form_of_an_address_is_good_for_the_other() {
        let gate = Gate::new(&["::ffff:10.0.0.1".parse().unwrap()]);
        assert!(gate.lets("10.0.0.1".parse().unwrap()));
        assert!(!gate.lets("10.0.0.2".parse().unwrap()));
    }
}
