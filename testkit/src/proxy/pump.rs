//! One direction of one connection, with its faults.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    sync::{
        mpsc::{Receiver, Sender, channel},
        watch,
    },
    time::{Instant, sleep, sleep_until},
};

use super::{
    Faults,
    faults::{Orders, add},
    sockets::Ear,
};

const READ: usize = 16 << 10;
// How much may be under way: beyond it the sender has to wait, as on a real line.
const IN_FLIGHT: usize = 256;

/// Why a connection ends before both sides are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At once, without a farewell.
    Reset,
    /// After what was passed on so far has arrived.
    AfterLimit,
}

/// What a direction obeys and counts.
pub(super) struct Direction<'a> {
    pub orders: watch::Receiver<Orders>,
    pub passed: &'a AtomicU64,
    pub swallowed: &'a AtomicU64,
    pub limit: fn(&Faults) -> Option<u64>,
    /// Whether this connection lost bytes in a black hole, in any direction.
    pub lost: &'a AtomicBool,
    /// Reads along.
    pub ear: Ear<'a>,
}

type UnderWay = (Instant, Vec<u8>);

/// Carries bytes until the sender ends, and then ends the receiver.
pub(super) async fn pump(
    from: ReadHalf<'_>,
    to: WriteHalf<'_>,
    direction: Direction<'_>,
) -> Result<(), End> {
    let (sender, receiver) = channel(IN_FLIGHT);
    let orders = direction.orders.clone();
    let (lost, number) = (direction.lost, direction.ear.number());
    tokio::try_join!(
        take(from, sender, orders, lost, number),
        give(to, receiver, direction)
    )?;
    Ok(())
}

async fn take(
    mut from: ReadHalf<'_>,
    sender: Sender<UnderWay>,
    orders: watch::Receiver<Orders>,
    lost: &AtomicBool,
    number: u64,
) -> Result<(), End> {
    loop {
        let mut bytes = vec![0; READ];
        let read = from.read(&mut bytes).await;
        let (delay, hole) = {
            let now = orders.borrow();
            (now.faults.delay, now.is_hole(number))
        };
        let length = match read {
            Ok(length) => length,
            Err(_) if hole || lost.load(Ordering::SeqCst) => 0,
            Err(_) => return Err(End::Reset),
        };
        bytes.truncate(length);
        // An empty piece is the end: it is under way as long as any byte.
        if sender.send((Instant::now() + delay, bytes)).await.is_err() || length == 0 {
            return Ok(());
        }
    }
}

async fn give(
    mut to: WriteHalf<'_>,
    mut receiver: Receiver<UnderWay>,
    mut direction: Direction<'_>,
) -> Result<(), End> {
    let mut quota = Quota::default();
    while let Some((due, bytes)) = receiver.recv().await {
        sleep_until(due).await;
        if direction.is_hole() {
            add(direction.swallowed, bytes.len());
            direction.ear.hear(&bytes, true);
        } else if bytes.is_empty() {
            to.shutdown().await.map_err(|_| End::Reset)?;
        } else {
            direction.deliver(&mut to, &bytes, &mut quota).await?;
        }
    }
    Ok(())
}

/// Counts towards a limit, anew after each change of the faults.
#[derive(Default)]
struct Quota {
    change: u64,
    used: u64,
}

impl Quota {
    fn left(&mut self, limit: Option<u64>, change: u64) -> u64 {
        if self.change != change {
            *self = Self { change, used: 0 };
        }
        limit.map_or(u64::MAX, |limit| limit.saturating_sub(self.used))
    }
}

impl Direction<'_> {
    /// Whether what comes now is lost; once it is, all that follows is too.
    fn is_hole(&self) -> bool {
        if self.orders.borrow().is_hole(self.ear.number()) {
            self.lost.store(true, Ordering::SeqCst);
        }
        self.lost.load(Ordering::SeqCst)
    }

    async fn deliver(
        &mut self,
        to: &mut WriteHalf<'_>,
        mut bytes: &[u8],
        quota: &mut Quota,
    ) -> Result<(), End> {
        while !bytes.is_empty() {
            if self.is_hole() {
                add(self.swallowed, bytes.len());
                self.ear.hear(bytes, true);
                return Ok(());
            }
            let (faults, change) = {
                let now = self.orders.borrow_and_update();
                (now.faults.clone(), now.change)
            };
            let (slice, pause) = match faults.throttle {
                Some(0) => {
                    self.orders.changed().await.map_err(|_| End::Reset)?;
                    continue;
                }
                Some(rate) => slice_of(rate),
                None => (READ as u64, Duration::ZERO),
            };
            let left = quota.left((self.limit)(&faults), change);
            let length = slice.min(left).min(bytes.len() as u64) as usize;
            let (now, later) = bytes.split_at(length);
            to.write_all(now).await.map_err(|_| End::Reset)?;
            add(self.passed, length);
            self.ear.hear(now, false);
            quota.used += length as u64;
            bytes = later;
            if left == length as u64 {
                // An orderly end, so that exactly the bytes of the limit arrive.
                let _ = to.shutdown().await;
                return Err(End::AfterLimit);
            }
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
        Ok(())
    }
}

/// What is sent at once at a rate, and the pause after it: about 20 times a
/// second, a single byte at very low rates.
fn slice_of(rate: u64) -> (u64, Duration) {
    let slice = (rate / 20).clamp(1, READ as u64);
    (slice, Duration::from_secs_f64(slice as f64 / rate as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_and_its_pause_make_the_rate() {
        for rate in [1_u64, 7, 100, 4096, 1 << 20, 1 << 30] {
            let (slice, pause) = slice_of(rate);
            let made = slice as f64 / pause.as_secs_f64();
            assert!((made / rate as f64 - 1.0).abs() < 0.01, "{rate}: {made}");
        }
    }

    #[test]
    fn a_change_of_the_faults_begins_the_count_anew() {
        let mut quota = Quota::default();
        assert_eq!(quota.left(Some(10), 0), 10);
        quota.used = 8;
        assert_eq!(quota.left(Some(10), 0), 2);
        assert_eq!(quota.left(Some(3), 1), 3);
        assert_eq!(quota.left(None, 1), u64::MAX);
    }
}
