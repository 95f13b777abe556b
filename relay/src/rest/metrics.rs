//! What is counted, as Prometheus reads it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

use super::Rest;
use crate::account::Account;
use crate::bus::{Ending, Event};
use crate::channels::ChannelState;
use crate::channels::whatsapp::Counts;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Way {
    channel: String,
    direction: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Step {
    channel: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfAccount {
    channel: String,
    account: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Close {
    channel: String,
    account: String,
    code: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct End {
    ending: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Of {
    channel: String,
}

/// The numbers.
#[derive(Debug)]
pub(super) struct Metrics {
    registry: Registry,
    messages: Family<Way, Counter>,
    progress: Family<Step, Counter>,
    runs: Family<End, Counter>,
    lost: Counter,
    connected: Family<Of, Gauge>,
    account_connected: Family<OfAccount, Gauge>,
    restarts: Family<OfAccount, Counter>,
    closed: Family<Close, Counter>,
    bad_lines: Family<OfAccount, Counter>,
    waiting: Family<OfAccount, Gauge>,
    uptime: Gauge<i64, AtomicI64>,
    started: Instant,
}

impl Metrics {
    pub(super) fn new() -> Self {
        let mut all = Registry::with_prefix("clawline");
        Self {
            messages: known(
                &mut all,
                "channel_messages",
                "Messages that came in or went out through a channel",
            ),
            progress: known(
                &mut all,
                "channel_progress",
                "How far messages came that went out, where a channel tells that",
            ),
            runs: known(&mut all, "runs", "Runs of agents, by their end"),
            lost: known(&mut all, "events_lost", "Events that these counters missed"),
            connected: known(
                &mut all,
                "channel_connected",
                "1 for a channel that is connected, else 0",
            ),
            account_connected: known(
                &mut all,
                "account_connected",
                "1 for an account that is connected, else 0",
            ),
            restarts: known(
                &mut all,
                "bridge_restarts",
                "Times that the bridge of an account was started once more",
            ),
            closed: known(
                &mut all,
                "bridge_closed",
                "Times that the connection of an account was closed, by the code",
            ),
            bad_lines: known(
                &mut all,
                "bridge_bad_lines",
                "Lines of the bridge of an account that were none",
            ),
            waiting: known(
                &mut all,
                "account_waiting",
                "Messages of an account that wait to be sent",
            ),
            uptime: known(&mut all, "uptime_seconds", "Seconds since the start"),
            registry: all,
            started: Instant::now(),
        }
    }

    pub(super) fn count(&self, event: &Event) {
        match event {
            Event::ChannelReceived(message) => self.message(&message.channel, "received"),
            Event::ChannelSent(message) => self.message(&message.channel, "sent"),
            Event::RunEnded { ending, .. } => {
                let ending = match ending {
                    Ending::Answered(_) => "answered",
                    Ending::Failed(_) => "failed",
                    Ending::Stopped => "stopped",
                    Ending::Withdrawn => "withdrawn",
                    Ending::Lost(_) => "lost",
                };
                self.runs.get_or_create(&End { ending }).inc();
            }
            Event::MessageStored { .. }
            | Event::SessionChanged { .. }
            | Event::SessionDeleted { .. }
            | Event::RunStarted(_)
            | Event::RunSaid { .. }
            | Event::RowProgress(_)
            | Event::ChannelTyping(_)
            | Event::ChannelStatus { .. } => {}
            Event::ChannelProgress(progress) => {
                let channel = progress.channel.clone();
                let state = progress.state;
                self.progress.get_or_create(&Step { channel, state }).inc();
            }
        }
    }

    fn message(&self, channel: &str, direction: &'static str) {
        let channel = channel.to_owned();
        let way = Way { channel, direction };
        self.messages.get_or_create(&way).inc();
    }

    /// Takes over what an account has counted itself.
    fn take(&self, channel: &str, account: &Account, counts: &Counts) {
        let of = || OfAccount {
            channel: channel.to_owned(),
            account: account.to_string(),
        };
        catch_up(&self.restarts.get_or_create(&of()), counts.restarts);
        catch_up(&self.bad_lines.get_or_create(&of()), counts.bad_lines);
        let waiting = i64::try_from(counts.waiting).unwrap_or(i64::MAX);
        self.waiting.get_or_create(&of()).set(waiting);
        for (&code, &times) in &counts.closed {
            let OfAccount { channel, account } = of();
            let close = Close {
                channel,
                account,
                code,
            };
            catch_up(&self.closed.get_or_create(&close), times);
        }
    }

    pub(super) fn lose(&self, count: u64) {
        self.lost.inc_by(count);
    }
}

/// A number that the registry knows.
fn known<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, about: &str) -> M {
    let metric = M::default();
    registry.register(name, about, metric.clone());
    metric
}

/// Brings a counter to what was counted elsewhere, also where several read at once.
fn catch_up(counter: &Counter, counted: u64) {
    counter.inner().fetch_max(counted, Ordering::Relaxed);
}

/// What is counted, in the text format of Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, content_type = "text/plain", body = String),
        (status = 401, body = super::docs::ProblemDetails)))]
pub(super) async fn metrics(State(rest): State<Arc<Rest>>) -> impl IntoResponse {
    let metrics = &rest.metrics;
    let uptime = metrics.started.elapsed().as_secs();
    metrics
        .uptime
        .set(i64::try_from(uptime).unwrap_or(i64::MAX));
    for channel in rest.channels.list() {
        let name = channel.name().to_owned();
        let gauge = metrics.connected.get_or_create(&Of { channel: name });
        gauge.set(i64::from(channel.state() == ChannelState::Connected));
        for account in channel.accounts() {
            let of = OfAccount {
                channel: channel.name().to_owned(),
                account: account.id.to_string(),
            };
            let gauge = metrics.account_connected.get_or_create(&of);
            gauge.set(i64::from(account.connected()));
        }
        let Some(linking) = channel.linking() else {
            continue;
        };
        for account in linking.accounts() {
            metrics.take(channel.name(), &account, &linking.counts(&account));
        }
    }
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = encode(&mut text, &metrics.registry);
    const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, KIND)], text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_who_read_at_once_count_nothing_twice() {
        let counter = Counter::default();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..=50_000).for_each(|counted| catch_up(&counter, counted)));
            }
        });
        assert_eq!(counter.get(), 50_000);
    }
}
