//! What a world can be told, as JSON.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::Deserialize;
use serde_json::Value;

use crate::{Faults, GatewayAuth, GatewayOptions, Mode};

/// A command; its `id` was taken out before.
#[derive(Debug, Deserialize)]
#[serde(tag = "do")]
pub(super) enum Command {
    #[serde(rename = "stub.info")]
    StubInfo(Nothing),
    #[serde(rename = "stub.calls")]
    StubCalls(CallsFilter),
    #[serde(rename = "stub.forget")]
    StubForget(Nothing),

    #[serde(rename = "gateway.start")]
    GatewayStart(Box<GatewayStart>),
    #[serde(rename = "gateway.ready")]
    GatewayReady(Waiting),
    #[serde(rename = "gateway.kill")]
    GatewayKill(Named),
    #[serde(rename = "gateway.terminate")]
    GatewayTerminate(Waiting),
    #[serde(rename = "gateway.restart")]
    GatewayRestart(Waiting),
    #[serde(rename = "gateway.pause")]
    GatewayPause(Named),
    #[serde(rename = "gateway.resume")]
    GatewayResume(Named),
    #[serde(rename = "gateway.stop")]
    GatewayStop(Named),
    #[serde(rename = "gateway.devices")]
    GatewayDevices(Named),
    #[serde(rename = "gateway.approve")]
    GatewayApprove(DeviceRequest),
    #[serde(rename = "gateway.reject")]
    GatewayReject(DeviceRequest),
    #[serde(rename = "gateway.cli")]
    GatewayCli(Cli),

    #[serde(rename = "relay.start")]
    RelayStart(RelayStart),
    #[serde(rename = "relay.ready")]
    RelayReady(Waiting),
    #[serde(rename = "relay.kill")]
    RelayKill(Named),
    #[serde(rename = "relay.terminate")]
    RelayTerminate(Waiting),
    #[serde(rename = "relay.restart")]
    RelayRestart(Waiting),
    #[serde(rename = "relay.pause")]
    RelayPause(Named),
    #[serde(rename = "relay.resume")]
    RelayResume(Named),
    #[serde(rename = "relay.stop")]
    RelayStop(Named),

    #[serde(rename = "proxy.start")]
    ProxyStart(ProxyStart),
    #[serde(rename = "proxy.set")]
    ProxySet(ProxySet),
    #[serde(rename = "proxy.cut")]
    ProxyCut(OneOrAll),
    #[serde(rename = "proxy.swallow")]
    ProxySwallow(One),
    #[serde(rename = "proxy.sockets")]
    ProxySockets(Named),
    #[serde(rename = "proxy.counters")]
    ProxyCounters(Named),
    #[serde(rename = "proxy.stop")]
    ProxyStop(Named),

    #[serde(rename = "recorder.start")]
    RecorderStart(RecorderStart),
    #[serde(rename = "recorder.note")]
    RecorderNote(Note),
    #[serde(rename = "recorder.stop")]
    RecorderStop(Named),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallsFilter {
    #[serde(default)]
    pub contains: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    #[serde(default = "main_name")]
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Waiting {
    #[serde(default = "main_name")]
    pub name: String,
    #[serde(default = "patience_ms")]
    patience_ms: u64,
}

impl Waiting {
    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GatewayStart {
    #[serde(default = "main_name")]
    pub name: String,
    #[serde(default = "patience_ms")]
    patience_ms: u64,
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    password: Option<String>,
    /// Neither token nor password.
    #[serde(default)]
    open: bool,
    #[serde(default)]
    allowed_origins: Vec<String>,
    #[serde(default)]
    plugins: bool,
    #[serde(default)]
    control_ui: bool,
    #[serde(default = "yes")]
    silent_pairing: bool,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    #[serde(default)]
    whatsapp: Option<String>,
    #[serde(default)]
    config: Value,
    /// Another provider than the world's stub.
    #[serde(default)]
    pub provider: Option<String>,
}

impl GatewayStart {
    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }

    pub(super) fn options(&self) -> Result<GatewayOptions, &'static str> {
        let mut options = GatewayOptions {
            allowed_origins: self.allowed_origins.clone(),
            plugins: self.plugins,
            control_ui: self.control_ui,
            silent_pairing: self.silent_pairing,
            trusted_proxies: self.trusted_proxies.clone(),
            whatsapp: self.whatsapp.clone(),
            extra: self.config.clone(),
            ..GatewayOptions::default()
        };
        match (&self.token, &self.password, self.open) {
            (None, None, false) => {}
            (Some(token), None, false) => options.auth = GatewayAuth::Token(token.clone()),
            (None, Some(password), false) => options.auth = GatewayAuth::Password(password.clone()),
            (None, None, true) => options.auth = GatewayAuth::Open,
            _ => return Err("give one of `token`, `password` and `open`"),
        }
        Ok(options)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct DeviceRequest {
    #[serde(default = "main_name")]
    pub name: String,
    pub request_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cli {
    #[serde(default = "main_name")]
    pub name: String,
    pub args: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RelayStart {
    #[serde(default = "main_name")]
    pub name: String,
    #[serde(default = "patience_ms")]
    patience_ms: u64,
    pub path: PathBuf,
    #[serde(default)]
    pub args: Vec<String>,
    #[serde(default)]
    pub env: BTreeMap<String, String>,
}

impl RelayStart {
    pub(super) fn patience(&self) -> Duration {
        Duration::from_millis(self.patience_ms)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProxyStart {
    #[serde(default = "main_name")]
    pub name: String,
    /// `HOST:PORT`, or a URL of it.
    pub upstream: String,
    #[serde(default)]
    pub forwarded_for: Option<String>,
    #[serde(default)]
    pub log: Option<PathBuf>,
    #[serde(default)]
    pub log_bytes: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct One {
    #[serde(default = "main_name")]
    pub name: String,
    pub socket: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OneOrAll {
    #[serde(default = "main_name")]
    pub name: String,
    #[serde(default)]
    pub socket: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ProxySet {
    #[serde(default = "main_name")]
    pub name: String,
    #[serde(default)]
    mode: Mode,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    bytes_per_second: Option<u64>,
    #[serde(default)]
    cut_after_up: Option<u64>,
    #[serde(default)]
    cut_after_down: Option<u64>,
}

impl ProxySet {
    pub(super) fn faults(&self) -> Faults {
        Faults {
            mode: self.mode,
            delay: Duration::from_millis(self.delay_ms),
            throttle: self.bytes_per_second,
            cut_after_up: self.cut_after_up,
            cut_after_down: self.cut_after_down,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecorderStart {
    #[serde(default = "main_name")]
    pub name: String,
    pub upstream: String,
    pub out: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    #[serde(default = "main_name")]
    pub name: String,
    pub text: String,
}

fn main_name() -> String {
    "main".to_owned()
}

fn patience_ms() -> u64 {
    120_000
}

fn yes() -> bool {
    true
}
