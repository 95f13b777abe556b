//! Both directions of one passage: a frame is read when the one before was
//! taken, so that nothing queues up here, and how one side ends the other hears.

use std::fmt::Display;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Bytes;
use axum::extract::ws::{self, WebSocket};
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite;

use crate::dialects::socket::is_too_long;
use crate::limits;
use crate::pace::Pacer;
use crate::tasks::Tasks;
use crate::upstream::GatewaySocket;

/// How long a side may take nothing of what is written to it.
const STALL: Duration = Duration::from_secs(60);
/// How long a side may take to end.
const FAREWELL: Duration = Duration::from_secs(2);

/// What goes through.
#[derive(Debug)]
enum Frame {
    Text(Bytes),
    Binary(Bytes),
    /// A ping or a pong; each side has its own.
    Life,
    Close(Close),
}

/// How a socket ends: code and reason, where there are any.
type Close = Option<(u16, String)>;

/// What carries frames, whatever its own type for them is.
trait Carried: Sized {
    fn read(self) -> Frame;
    fn ping() -> Self;
    /// `None`: text that is none.
    fn write(frame: Frame) -> Option<Self>;
}

impl Carried for ws::Message {
    fn read(self) -> Frame {
        match self {
            Self::Text(text) => Frame::Text(text.into()),
            Self::Binary(bytes) => Frame::Binary(bytes),
            Self::Ping(_) | Self::Pong(_) => Frame::Life,
            Self::Close(close) => {
                Frame::Close(close.map(|close| (close.code, close.reason.to_string())))
            }
        }
    }

    fn ping() -> Self {
        Self::Ping(Bytes::new())
    }

    fn write(frame: Frame) -> Option<Self> {
        Some(match frame {
            Frame::Text(bytes) => Self::Text(bytes.try_into().ok()?),
            Frame::Binary(bytes) => Self::Binary(bytes),
            Frame::Life => return None,
            Frame::Close(close) => Self::Close(close.map(|(code, reason)| ws::CloseFrame {
                code,
                reason: reason.into(),
            })),
        })
    }
}

impl Carried for tungstenite::Message {
    fn read(self) -> Frame {
        match self {
            Self::Text(text) => Frame::Text(text.into()),
            Self::Binary(bytes) => Frame::Binary(bytes),
            Self::Ping(_) | Self::Pong(_) | Self::Frame(_) => Frame::Life,
            Self::Close(close) => {
                Frame::Close(close.map(|close| (close.code.into(), close.reason.to_string())))
            }
        }
    }

    fn ping() -> Self {
        Self::Ping(Bytes::new())
    }

    fn write(frame: Frame) -> Option<Self> {
        use tungstenite::protocol::CloseFrame;
        Some(match frame {
            Frame::Text(bytes) => Self::Text(bytes.try_into().ok()?),
            Frame::Binary(bytes) => Self::Binary(bytes),
            Frame::Life => return None,
            Frame::Close(close) => Self::Close(close.map(|(code, reason)| CloseFrame {
                code: code.into(),
                reason: reason.into(),
            })),
        })
    }
}

/// How the two sides are told that it is over.
#[derive(Debug)]
struct Ending {
    browser: Close,
    gateway: Close,
}

fn close(code: u16, reason: &str) -> Close {
    Some((code, reason.to_owned()))
}

/// Whether one side shows signs of life.
#[derive(Debug, Default)]
struct Pulse {
    /// Something came since the last ping.
    beats: AtomicBool,
    /// Nothing is read of it: the other side is slow to take what it said.
    waits: AtomicBool,
}

/// Carries frames until one side ends, or the relay stops.
pub(super) async fn carry(
    browser: WebSocket,
    gateway: GatewaySocket,
    pacer: &Pacer,
    tasks: &Tasks,
) {
    let (mut to_browser, from_browser) = browser.split();
    let mut from_browser = Box::pin(from_browser.then(async |message| {
        pacer.turn().await;
        message
    }));
    let (mut to_gateway, mut from_gateway) = gateway.split();
    let (of_browser, of_gateway) = (Pulse::default(), Pulse::default());
    of_browser.beats.store(true, Ordering::Relaxed);
    of_gateway.beats.store(true, Ordering::Relaxed);
    let ending = tokio::select! {
        end = lead(&mut from_browser, &of_browser, &mut to_gateway, &of_gateway) => match end {
            End::Said(said) => Ending { browser: said.clone(), gateway: said },
            End::TooLong => Ending { browser: close(1009, ""), gateway: close(1001, "") },
            End::Gone => Ending { browser: None, gateway: close(1001, "") },
            End::Stalled => Ending { browser: close(1013, "the gateway has gone; try again"), gateway: None },
        },
        end = lead(&mut from_gateway, &of_gateway, &mut to_browser, &of_browser) => match end {
            End::Said(said) => Ending { browser: said.clone(), gateway: said },
            End::TooLong => Ending { browser: close(1009, ""), gateway: close(1009, "") },
            End::Gone => Ending { browser: close(1013, "the gateway has gone; try again"), gateway: None },
            End::Stalled => Ending { browser: close(1008, "slow consumer"), gateway: close(1001, "") },
        },
        () = tasks.stopped() => Ending {
            browser: close(1012, "service restart"),
            gateway: close(1001, ""),
        },
    };
    tokio::join!(
        farewell(to_browser, from_browser, ending.browser),
        farewell(to_gateway, from_gateway, ending.gateway),
    );
}

/// How one direction ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The reading side closed so.
    Said(Close),
    /// It sent a frame that is longer than is carried.
    TooLong,
    /// It broke off.
    Gone,
    /// The other side takes nothing more, or is dead.
    Stalled,
}

/// Carries frames one way, and pings the side that it writes to.
async fn lead<A, B, E>(
    from: &mut (impl Stream<Item = Result<A, E>> + Unpin),
    of_from: &Pulse,
    to: &mut (impl Sink<B> + Unpin),
    of_to: &Pulse,
) -> End
where
    A: Carried,
    B: Carried,
    E: Display,
{
    let mut pings = interval_at(Instant::now() + limits::PING, limits::PING);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let frame = tokio::select! {
            message = from.next() => match message {
                Some(Ok(message)) => message.read(),
                Some(Err(error)) if is_too_long(&error) => return End::TooLong,
                Some(Err(_)) | None => return End::Gone,
            },
            _ = pings.tick() => {
                let is_alive = of_to.beats.swap(false, Ordering::Relaxed);
                if !is_alive && !of_to.waits.load(Ordering::Relaxed) {
                    return End::Stalled;
                }
                if !sent(to, B::ping()).await {
                    return End::Stalled;
                }
                continue;
            }
        };
        of_from.beats.store(true, Ordering::Relaxed);
        if let Frame::Close(said) = frame {
            return End::Said(said);
        }
        let Some(message) = B::write(frame) else {
            continue;
        };
        of_from.waits.store(true, Ordering::Relaxed);
        let is_sent = sent(to, message).await;
        of_from.beats.store(true, Ordering::Relaxed);
        of_from.waits.store(false, Ordering::Relaxed);
        if !is_sent {
            return End::Stalled;
        }
    }
}

async fn sent<B>(to: &mut (impl Sink<B> + Unpin), message: B) -> bool {
    matches!(timeout(STALL, to.send(message)).await, Ok(Ok(())))
}

/// Says how it ends, unless the side knows, and waits a moment for its answer.
async fn farewell<B: Carried>(
    mut to: impl Sink<B> + Unpin,
    mut from: impl Stream + Unpin,
    close: Close,
) {
    let farewell = async {
        if let Some(message) = B::write(Frame::Close(close)) {
            // A side that closed first has its answer already: this does nothing.
            let _ = to.send(message).await;
        }
        while from.next().await.is_some() {}
    };
    let _ = timeout(FAREWELL, farewell).await;
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{pending, ready};
    use std::sync::atomic::AtomicU32;

    use futures_util::{sink, stream};

    use super::*;

    /// A side that is there, as far as is known.
    fn alive() -> Pulse {
        let pulse = Pulse::default();
        pulse.beats.store(true, Ordering::Relaxed);
        pulse
    }

    /// A direction from a side that says nothing, to one that takes everything;
    /// gives its end, how long it took, and how many frames went out.
    async fn silence(of_to: &Pulse) -> (End, Duration, u32) {
        let sent = AtomicU32::new(0);
        let mut to = Box::pin(sink::unfold((), |(), _: tungstenite::Message| {
            sent.fetch_add(1, Ordering::Relaxed);
            ready(Ok::<_, Infallible>(()))
        }));
        let mut from = stream::pending::<Result<ws::Message, axum::Error>>();
        let started = Instant::now();
        let end = lead(&mut from, &alive(), &mut to, of_to).await;
        (end, started.elapsed(), sent.load(Ordering::Relaxed))
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_that_answers_no_ping_has_gone() {
        let ended = silence(&alive()).await;
        assert_eq!(ended, (End::Stalled, 2 * limits::PING, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_that_is_not_read_is_not_taken_for_gone() {
        let of_to = alive();
        of_to.waits.store(true, Ordering::Relaxed);
        let ended = timeout(100 * limits::PING, silence(&of_to)).await;
        assert!(ended.is_err(), "{ended:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_side_that_takes_nothing_ends_it() {
        let of_from = alive();
        let stuck = |(), _: ws::Message| pending::<Result<(), Infallible>>();
        let mut to = Box::pin(sink::unfold((), stuck));
        let frames = [Ok::<_, tungstenite::Error>(tungstenite::Message::text("x"))];
        let mut from = stream::iter(frames).chain(stream::pending());
        let started = Instant::now();
        let end = lead(&mut from, &of_from, &mut to, &alive()).await;
        assert_eq!((end, started.elapsed()), (End::Stalled, STALL));
    }
}
