//! Ports that survive a restart of whoever listens on them.

use std::{
    hash::{BuildHasher, RandomState},
    net::{Ipv4Addr, TcpListener},
};

use crate::{Error, Result};

// Below 32768, where Linux starts to hand out ports to outgoing connections:
// between a kill and a restart nobody else gets the port by accident, which
// does happen with a port that the system chose.
const FIRST: u16 = 20_000;
const LAST: u16 = 31_999;

/// A port on 127.0.0.1 that is free now and that the system gives to nobody by
/// itself, so that a listener may go away and come back on it.
///
/// # Errors
/// [`Error::NoFreePort`] when every port of the range is taken.
pub fn restartable_port() -> Result<u16> {
    let count = LAST - FIRST + 1;
    let start = RandomState::new().hash_one(FIRST) % u64::from(count);
    (0..count)
        .map(|step| {
            let offset = (start + u64::from(step)) % u64::from(count);
            FIRST + u16::try_from(offset).unwrap_or(0)
        })
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or(Error::NoFreePort {
            first: FIRST,
            last: LAST,
        })
}
